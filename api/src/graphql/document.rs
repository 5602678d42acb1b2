//! Documents and their text.

use async_graphql::{Context, ID, Object, Result, SimpleObject};
use raadhuis_schema::{self as schema, PageText, Relation};
use raadhuis_store::{Direction, Related};
use url::Url;

use super::{
    connection::{PageOf, cost, page, relation},
    held::{FromStored, Held, Provenance},
    loader::{one, related, texts},
    node::Node,
    scalar::{DocumentType, When},
};

/// A published file (document).
#[Object(name = "Document")]
impl Held<schema::Document> {
    /// Its permanent id.
    pub async fn id(&self) -> ID {
        ID(self.it.id.to_string())
    }

    /// Whose.
    async fn authority(&self, context: &Context<'_>) -> Result<Option<Held<schema::Authority>>> {
        one(context, self.it.authority.any()).await
    }

    /// Its title as published.
    async fn name(&self) -> Option<&str> {
        self.it.name.as_deref()
    }

    /// Which sort of document, of a closed set; the supplier's own words stand in types.
    async fn document_type(&self) -> DocumentType {
        self.it.kind.into()
    }

    /// What the supplier calls this sort of document.
    async fn types(&self) -> &[String] {
        &self.it.types
    }

    /// The date printed in the register, if any.
    async fn date(&self) -> Option<When> {
        self.it.date.map(When)
    }

    /// When the supplier last changed it.
    async fn modified(&self) -> Option<When> {
        self.it.modified.map(When)
    }

    /// Where the supplier publishes the file: the newest revision.
    async fn url(&self) -> Option<&str> {
        self.it.url.as_ref().map(Url::as_str)
    }

    /// The number of the newest revision.
    async fn version(&self) -> Option<u32> {
        self.it.version
    }

    /// The name of the file.
    async fn file_name(&self) -> Option<&str> {
        self.it.file_name.as_deref()
    }

    /// The media type the supplier claims.
    async fn media_type(&self) -> Option<&str> {
        self.it.media_type.as_deref()
    }

    /// The size the supplier claims, in bytes.
    async fn size(&self) -> Option<u64> {
        self.it.size
    }

    /// Every revision the supplier names, newest first.
    async fn revisions(&self) -> Vec<Revision> {
        self.it.revisions.iter().cloned().map(Revision::of).collect()
    }

    /// Meetings, agenda items, motions and register entries to which it is attached.
    #[graphql(complexity = "cost(first, child_complexity)")]
    async fn attached_to(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "How many, at most 100; 20 when not given.")] first: Option<i32>,
        #[graphql(desc = "Behind this cursor.")] after: Option<String>,
    ) -> Result<PageOf<Node>> {
        relation(context, self.it.id.any(), Relation::Document, Direction::Backward, vec![], first, after)
            .await
    }

    /// Its text. Absent as long as the file was not fetched.
    async fn text(&self, context: &Context<'_>) -> Result<Option<Held<schema::DocumentText>>> {
        let asked = Related {
            relation: Relation::TextOf,
            direction: Direction::Backward,
            kinds: vec![],
            first: 1,
            skip: 0,
        };
        let listing = related(context, self.it.id.any(), asked).await?;
        Ok(listing.rows.into_iter().next().and_then(|(_, stored)| Held::from_stored(stored)))
    }

    /// Where it comes from, and when it was seen there.
    async fn provenance(&self) -> Provenance {
        self.origin()
    }
}

/// One revision of a file.
#[derive(Clone, Debug, SimpleObject)]
pub struct Revision {
    /// Its number.
    version: u32,
    /// The name of the file.
    file_name: Option<String>,
    /// The media type the supplier claims.
    media_type: Option<String>,
    /// The size the supplier claims, in bytes.
    size: Option<u64>,
}

impl Revision {
    fn of(revision: schema::Revision) -> Self {
        let schema::Revision { version, file_name, media_type, size } = revision;
        Self { version, file_name, media_type, size }
    }
}

/// The text of a document's newest revision.
#[Object(name = "DocumentText")]
impl Held<schema::DocumentText> {
    /// Its permanent id.
    pub async fn id(&self) -> ID {
        ID(self.it.id.to_string())
    }

    /// The document whose text this is.
    async fn document(&self, context: &Context<'_>) -> Result<Option<Held<schema::Document>>> {
        one(context, self.it.document.any()).await
    }

    /// SHA-256 of the file, as hexadecimal digits.
    async fn sha256(&self) -> Option<&str> {
        self.it.sha256.as_deref()
    }

    /// The size of the file that was fetched, in bytes.
    async fn bytes(&self) -> Option<u64> {
        self.it.bytes
    }

    /// What read the file, with its version.
    async fn engine(&self) -> Option<&str> {
        self.it.engine.as_deref()
    }

    /// How many pages the file has.
    async fn pages_total(&self) -> u32 {
        self.it.pages_total
    }

    /// How many of them were read.
    async fn pages_done(&self) -> u32 {
        self.it.pages_done
    }

    /// How many characters of text were found, white space not counted.
    async fn characters(&self) -> u64 {
        self.it.characters
    }

    /// Why there is no text or not all of it: the code of the remark. Absent when all is well.
    async fn trouble(&self) -> Option<&str> {
        self.it.trouble.as_deref()
    }

    /// The text by page.
    #[graphql(complexity = "cost(first, child_complexity)")]
    async fn pages(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "How many, at most 100; 20 when not given.")] first: Option<i32>,
        #[graphql(desc = "Behind this cursor.")] after: Option<String>,
    ) -> Result<PageOf<Page>> {
        let texts = texts(context, self.it.sha256.iter().cloned().collect()).await?;
        let pages: &[PageText] = texts.values().next().map_or(&[], |pages| pages.as_slice());
        let object = |page: &PageText| Page { number: page.number, text: page.text.clone() };
        page(pages, object, first, after.as_deref())
    }

    /// Where it comes from, and when it was seen there.
    async fn provenance(&self) -> Provenance {
        self.origin()
    }
}

/// One page of text.
#[derive(Clone, Debug, SimpleObject)]
#[graphql(name = "Page")]
pub struct Page {
    /// The page's number in the file, from 1.
    number: u32,
    /// Its text.
    text: String,
}
