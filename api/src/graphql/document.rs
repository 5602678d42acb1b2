//! Documents and their text.

use async_graphql::{Context, Enum, ID, Object, Result, SimpleObject};
use raadhuis_schema::{self as schema, PageText, Relation};
use raadhuis_store::{Direction, TermsOf};

use super::{
    at_most::AtMost,
    connection::{PageOf, Paging, cost, page, relation},
    glossary::{self, GLOSSARY, GlossaryScope, GlossaryTerm, TermMention},
    held::{FromStored, Held, Provenance},
    loader::{files, holders, one, several, text_of, texts},
    node::Node,
    rights::Rights,
    scalar::{DocumentType, When},
};
use raadhuis_text::pdf::pdfium;

use crate::link::shown;

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
        shown(self.it.url.as_ref())
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
    #[graphql(complexity = "cost(first.or(last), child_complexity)")]
    async fn attached_to(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "How many, at most 100; 20 when not given.")] first: Option<i32>,
        #[graphql(desc = "Behind this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, at most 100, in place of first.")] last: Option<i32>,
        #[graphql(desc = "Before this cursor.")] before: Option<String>,
    ) -> Result<PageOf<Node>> {
        relation(
            context,
            self.it.id.any(),
            Relation::Document,
            Direction::Backward,
            vec![],
            Paging { first, after, last, before },
        )
        .await
    }

    /// Its text. Absent as long as the file was not fetched.
    async fn text(&self, context: &Context<'_>) -> Result<Option<Held<schema::DocumentText>>> {
        text_of(context, self.it.id.any()).await
    }

    /// Other documents with the very same file: attached elsewhere, or published by a former supplier. At most 100.
    #[graphql(complexity = "20 * (1 + child_complexity)")]
    async fn same_file(&self, context: &Context<'_>) -> Result<Vec<Held<schema::Document>>> {
        let Some(sha256) = text_of(context, self.it.id.any()).await?.and_then(|text| text.it.sha256) else {
            return Ok(Vec::new());
        };
        let mut others = holders(context, &sha256).await?;
        others.retain(|id| id != self.it.id.any());
        others.truncate(MOST_ALIKE);
        Ok(several(context, &others).await?.into_iter().filter_map(Held::from_stored).collect())
    }

    /// What may be done with it.
    async fn rights(&self) -> Rights {
        Rights::default()
    }

    /// The abbreviations that it explains itself, by short form.
    #[graphql(complexity = "100 + 10 * child_complexity")]
    async fn glossary(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Only this abbreviation, as written.")] short: Option<String>,
        #[graphql(desc = "How many, at most 100; 20 when not given.")] first: Option<i32>,
    ) -> Result<Vec<GlossaryTerm>> {
        glossary::of(context, TermsOf::Document(self.it.id.any().clone()), short, first).await
    }

    /// Every abbreviation that stands in it, with what it means here: as the nearest of the scopes explains it.
    #[graphql(complexity = "GLOSSARY + 20 * child_complexity")]
    async fn term_mentions(
        &self,
        context: &Context<'_>,
        #[graphql(
            desc = "How near an explanation must be, at most 4; anywhere in the authority when not given.",
            validator(custom = AtMost(4, "scopes"))
        )]
        scopes: Option<Vec<GlossaryScope>>,
    ) -> Result<Vec<TermMention>> {
        use GlossaryScope::{Authority, Committee, Document, Meeting};
        let Some(text) = text_of(context, self.it.id.any()).await? else { return Ok(Vec::new()) };
        let scopes = scopes.unwrap_or_else(|| vec![Document, Meeting, Committee, Authority]);
        glossary::mentions(context, self, &text.it, &scopes.into_iter().collect()).await
    }

    /// Where it comes from, and when it was seen there.
    async fn provenance(&self) -> Provenance {
        self.origin(self.it.id.any())
    }
}

/// Documents with one file that are named.
const MOST_ALIKE: usize = 100;

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

    /// SHA-256 of the files that stood in its place before: earlier versions of the same document.
    #[graphql(complexity = "20")]
    async fn former_files(&self, context: &Context<'_>) -> Result<Vec<String>> {
        let mut files = files(context, self.it.id.any()).await?;
        files.retain(|file| Some(file) != self.it.sha256.as_ref());
        Ok(files)
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

    /// How many of the pages that were read are pictures without words, which no OCR has looked at.
    async fn scans(&self) -> u32 {
        self.it.scans
    }

    /// The pages that are withheld: a citizen service number, or text under an opaque shape, was found on them, and nobody has looked
    /// at them yet.
    async fn withheld_pages(&self) -> &[u32] {
        &self.it.withheld
    }

    /// Why there is no text or not all of it: the code of the remark. Absent when all is well.
    async fn trouble(&self) -> Option<&str> {
        self.it.trouble.as_deref()
    }

    /// The text by page.
    #[graphql(complexity = "cost(first.or(last), child_complexity)")]
    async fn pages(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "How many, at most 100; 20 when not given.")] first: Option<i32>,
        #[graphql(desc = "Behind this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, at most 100, in place of first.")] last: Option<i32>,
        #[graphql(desc = "Before this cursor.")] before: Option<String>,
        #[graphql(
            name = "fromPage",
            desc = "From the page with this number on, or the next one that was read; in place of after."
        )]
        from_page: Option<u32>,
    ) -> Result<PageOf<Page>> {
        if from_page.is_some() && (after.is_some() || before.is_some() || last.is_some()) {
            return Err("fromPage says where the list begins: after, before and last say it too".into());
        }
        let texts = texts(context, &[Some(&self.it)]).await?;
        let pages: &[PageText] = texts.iter().flatten().next().map_or(&[], |pages| pages.as_slice());
        let passed = from_page.map(|from| pages.partition_point(|page| page.number < from));
        let after = after.or(passed.filter(|passed| *passed > 0).map(|passed| format!("row-{passed}")));
        // Without the engine that paints there is no picture of any page.
        let is_painted = pdfium::find().is_some();
        let object = |page: &PageText| Page::of(page, &self.it, is_painted);
        page(pages, object, Paging { first, after, last, before })
    }

    /// Where it comes from, and when it was seen there.
    async fn provenance(&self) -> Provenance {
        self.origin(self.it.id.any())
    }
}

/// One page of text.
#[derive(Clone, Debug, SimpleObject)]
#[graphql(name = "Page")]
pub struct Page {
    /// The page's number in the file, from 1.
    number: u32,
    /// Its text, without headers and footers that recur on other pages. Empty when it is withheld.
    text: String,
    /// Where the words come from.
    origin: TextOrigin,
    /// How sure our own OCR was, in percent, averaged over the words; of other origins absent.
    confidence: Option<u8>,
    /// What read the page, with its version.
    engine: Option<String>,
    /// The number that is printed on the page.
    label: Option<String>,
    /// Lines that recur at the top of pages.
    header: Vec<String>,
    /// Lines that recur at the foot of pages.
    footer: Vec<String>,
    /// The lines that are headings, as the size and the weight of letters tell, or the format says.
    headings: Vec<Heading>,
    /// The file within the file from which the page comes, where that is an archive or a message.
    file: Option<String>,
    /// Whether the page is withheld: a citizen service number, or text under an opaque shape, was found on it, and nobody has looked at
    /// it yet.
    is_withheld: bool,
    /// Where a picture of the page is given, from the root of this server. Absent when the page is withheld or no PDF.
    image: Option<String>,
}

impl Page {
    fn of(page: &PageText, text: &schema::DocumentText, can_paint: bool) -> Self {
        let is_withheld = text.withheld.contains(&page.number);
        let lines: Vec<&str> = page.text.lines().collect();
        let heading = |heading: &schema::Heading| {
            let text = (*lines.get(heading.line as usize)?).to_owned();
            Some(Heading { line: heading.line, level: heading.level, text })
        };
        // What the engine that paints could not read, it cannot paint either.
        let was_opened = page.file.is_none() && page.engine.starts_with("pdfium");
        let is_painted = can_paint && (was_opened || page.origin == schema::TextOrigin::Ocr);
        let image = format!("/v1/documents/{}/pages/{}/image", text.document, page.number);
        Self {
            number: page.number,
            text: page.text.clone(),
            origin: if is_withheld { TextOrigin::Withheld } else { page.origin.into() },
            confidence: page.confidence,
            engine: (!page.engine.is_empty()).then(|| page.engine.clone()),
            label: page.label.clone(),
            header: page.header.clone(),
            footer: page.footer.clone(),
            headings: page.headings.iter().filter_map(heading).collect(),
            file: page.file.clone(),
            is_withheld,
            image: (is_painted && !is_withheld).then_some(image),
        }
    }
}

/// A heading on a page.
#[derive(Clone, Debug, SimpleObject)]
pub struct Heading {
    /// Its line of the text, from 0.
    line: u32,
    /// 1 for the largest.
    level: u8,
    /// It.
    text: String,
}

/// Where the words of a page come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
pub enum TextOrigin {
    /// They stand in the file as text.
    TextLayer,
    /// The file brought the result of somebody's OCR.
    EmbeddedOcr,
    /// Our own OCR read them off the picture.
    Ocr,
    /// There are none: the page is a picture, or its letters cannot be told, and no OCR has read it.
    Scan,
    /// There are none: the page is blank.
    Blank,
    /// They are withheld: a citizen service number, or text under an opaque shape, was found on the page.
    Withheld,
}

impl From<schema::TextOrigin> for TextOrigin {
    fn from(origin: schema::TextOrigin) -> Self {
        match origin {
            schema::TextOrigin::TextLayer => Self::TextLayer,
            schema::TextOrigin::EmbeddedOcr => Self::EmbeddedOcr,
            schema::TextOrigin::Ocr => Self::Ocr,
            schema::TextOrigin::Scan => Self::Scan,
            schema::TextOrigin::Blank => Self::Blank,
        }
    }
}
