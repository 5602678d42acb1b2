//! The GraphQL objects of documents and their text.

use async_graphql::{Context, Enum, ID, Object, Result, SimpleObject};
use raadhuis_paged::paged;
use raadhuis_schema::{self as schema, PageText, Relation};
use raadhuis_store::{Direction, TermsOf};

use super::{
    at_most::AtMost,
    connection::{PageOf, Paging, cost, load_relation, make_page},
    glossary::{self, GLOSSARY, GlossaryScope, GlossaryTerm, TermMention},
    loader::{load_file_history, load_holders, load_many, load_one, load_pages, load_text},
    node::Node,
    provenance::ProvenanceObject,
    rights::Rights,
    scalar::{DocumentTypeEnum, WhenScalar},
    stored_record::{FromStored, StoredRecord},
};
use raadhuis_text::pdf::pdfium;

use crate::link::filter_address;

/// A published file (document) with its description.
#[paged]
#[Object(name = "Document")]
impl StoredRecord<schema::Document> {
    /// The permanent id: opaque and safe in a URL.
    pub async fn id(&self) -> ID {
        ID(self.entity.id.to_string())
    }

    /// The public body (overheid) that published this document.
    async fn authority(&self, context: &Context<'_>) -> Result<Option<StoredRecord<schema::Authority>>> {
        load_one(context, self.entity.authority.as_entity()).await
    }

    /// The title as published; null when the supplier gives none.
    async fn name(&self) -> Option<&str> {
        self.entity.name.as_deref()
    }

    /// The sort of document (documentsoort), from a closed list; `types` has the supplier's own words.
    async fn document_type(&self) -> DocumentTypeEnum {
        self.entity.kind.into()
    }

    /// The supplier's own words for the sort of document; empty when it gives none.
    async fn types(&self) -> &[String] {
        &self.entity.types
    }

    /// The date that the register gives the document; null when it gives none.
    async fn date(&self) -> Option<WhenScalar> {
        self.entity.date.map(WhenScalar)
    }

    /// The moment at which the supplier last changed the document; null when the supplier does not say.
    async fn modified(&self) -> Option<WhenScalar> {
        self.entity.modified.map(WhenScalar)
    }

    /// The address at which the supplier publishes the newest revision of the file; null when it has no public address.
    async fn url(&self) -> Option<&str> {
        filter_address(self.entity.url.as_ref())
    }

    /// The number of the newest revision; null when the supplier does not number revisions.
    async fn version(&self) -> Option<u32> {
        self.entity.version
    }

    /// The name of the file; null when the supplier gives none.
    async fn file_name(&self) -> Option<&str> {
        self.entity.file_name.as_deref()
    }

    /// The media type that the supplier claims, such as application/pdf; null when it claims none.
    async fn media_type(&self) -> Option<&str> {
        self.entity.media_type.as_deref()
    }

    /// The size that the supplier claims, in bytes; null when it claims none.
    async fn size(&self) -> Option<u64> {
        self.entity.size
    }

    /// All revisions that the supplier names, newest first.
    async fn revisions(&self) -> Vec<RevisionObject> {
        self.entity.revisions.iter().cloned().map(RevisionObject::new).collect()
    }

    /// The meetings, agenda items (agendapunten), motions and register entries to which this document is attached.
    async fn attached_to(&self, context: &Context<'_>, paging: Paging) -> Result<PageOf<Node>> {
        load_relation(
            context,
            self.entity.id.as_entity(),
            Relation::Document,
            Direction::Backward,
            vec![],
            paging,
        )
        .await
    }

    /// The text of the newest revision; null until the file was fetched.
    async fn text(&self, context: &Context<'_>) -> Result<Option<StoredRecord<schema::DocumentText>>> {
        load_text(context, self.entity.id.as_entity()).await
    }

    /// Other documents with exactly the same file: attached elsewhere, or published through a former supplier. At most 100.
    #[graphql(complexity = "20 * (1 + child_complexity)")]
    async fn same_file(&self, context: &Context<'_>) -> Result<Vec<StoredRecord<schema::Document>>> {
        let Some(sha256) =
            load_text(context, self.entity.id.as_entity()).await?.and_then(|text| text.entity.sha256)
        else {
            return Ok(Vec::new());
        };
        let mut others = load_holders(context, &sha256).await?;
        others.retain(|id| id != self.entity.id.as_entity());
        others.truncate(MOST_ALIKE);
        Ok(load_many(context, &others).await?.into_iter().filter_map(StoredRecord::from_stored).collect())
    }

    /// The licence of the description and the terms for the file.
    async fn rights(&self) -> Rights {
        Rights::default()
    }

    /// The abbreviations that this document itself explains, sorted by short form.
    #[graphql(complexity = "100 + 10 * child_complexity")]
    async fn glossary(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Only this abbreviation, spelled exactly so, such as BRP.")] short: Option<String>,
        #[graphql(desc = "The number of rows, at most 100; 20 when not given.")] first: Option<i32>,
    ) -> Result<Vec<GlossaryTerm>> {
        glossary::list_terms(context, TermsOf::Document(self.entity.id.as_entity().clone()), short, first)
            .await
    }

    /// Every place where an abbreviation is used in this document, with its meaning there: the explanation in the nearest scope.
    #[graphql(complexity = "GLOSSARY + 20 * child_complexity")]
    async fn term_mentions(
        &self,
        context: &Context<'_>,
        #[graphql(
            desc = "The scopes in which explanations are looked up, at most 4; all of them when not given.",
            validator(custom = AtMost(4, "scopes"))
        )]
        scopes: Option<Vec<GlossaryScope>>,
    ) -> Result<Vec<TermMention>> {
        use GlossaryScope::{Authority, Committee, Document, Meeting};
        let Some(text) = load_text(context, self.entity.id.as_entity()).await? else { return Ok(Vec::new()) };
        let scopes = scopes.unwrap_or_else(|| vec![Document, Meeting, Committee, Authority]);
        glossary::find_mentions(context, self, &text.entity, &scopes.into_iter().collect()).await
    }

    /// The source of this record, and when it was harvested there.
    async fn provenance(&self) -> ProvenanceObject {
        self.provenance_of(self.entity.id.as_entity())
    }
}

/// The maximum number of documents in `sameFile`.
const MOST_ALIKE: usize = 100;

/// One revision of a published file.
#[derive(Clone, Debug, SimpleObject)]
#[graphql(name = "Revision")]
pub struct RevisionObject {
    /// The number of this revision.
    version: u32,
    /// The name of the file; null when the supplier gives none.
    file_name: Option<String>,
    /// The media type that the supplier claims, such as application/pdf; null when it claims none.
    media_type: Option<String>,
    /// The size that the supplier claims, in bytes; null when it claims none.
    size: Option<u64>,
}

impl RevisionObject {
    fn new(revision: schema::Revision) -> Self {
        let schema::Revision { version, file_name, media_type, size } = revision;
        Self { version, file_name, media_type, size }
    }
}

/// The text of the newest revision of a document.
#[paged]
#[Object(name = "DocumentText")]
impl StoredRecord<schema::DocumentText> {
    /// The permanent id: opaque and safe in a URL.
    pub async fn id(&self) -> ID {
        ID(self.entity.id.to_string())
    }

    /// The document to which this text belongs.
    async fn document(&self, context: &Context<'_>) -> Result<Option<StoredRecord<schema::Document>>> {
        load_one(context, self.entity.document.as_entity()).await
    }

    /// The SHA-256 of the file, in hexadecimal digits; null until the file was fetched.
    async fn sha256(&self) -> Option<&str> {
        self.entity.sha256.as_deref()
    }

    /// The SHA-256 of each earlier version of the file, in hexadecimal digits.
    #[graphql(complexity = "20")]
    async fn former_files(&self, context: &Context<'_>) -> Result<Vec<String>> {
        let mut files = load_file_history(context, self.entity.id.as_entity()).await?;
        files.retain(|file| Some(file) != self.entity.sha256.as_ref());
        Ok(files)
    }

    /// The size of the fetched file, in bytes; null until the file was fetched.
    async fn bytes(&self) -> Option<u64> {
        self.entity.bytes
    }

    /// The program that extracted the text, with its version; null when none has.
    async fn engine(&self) -> Option<&str> {
        self.entity.engine.as_deref()
    }

    /// The number of pages in the file.
    async fn pages_total(&self) -> u32 {
        self.entity.pages_total
    }

    /// The number of pages from which text was extracted so far.
    async fn pages_done(&self) -> u32 {
        self.entity.pages_done
    }

    /// The number of characters in the text, white space not counted.
    async fn characters(&self) -> u64 {
        self.entity.characters
    }

    /// The number of extracted pages that are pictures without any text and were not read by OCR (text recognition).
    async fn scans(&self) -> u32 {
        self.entity.scans
    }

    /// The numbers of the withheld pages. A page is withheld until a person has reviewed it when it holds a citizen service
    /// number (BSN), or text under an opaque shape.
    async fn withheld_pages(&self) -> &[u32] {
        &self.entity.withheld
    }

    /// The code of the remark that explains why text is missing; null when the text is complete.
    async fn trouble(&self) -> Option<&str> {
        self.entity.trouble.map(schema::DiagnosticCode::as_str)
    }

    /// The pages with their text, in order.
    async fn pages(
        &self,
        context: &Context<'_>,
        paging: Paging,
        #[graphql(
            name = "fromPage",
            desc = "The number of the first page to return, or else the next one that was read; replaces after."
        )]
        from_page: Option<u32>,
    ) -> Result<PageOf<DocumentPage>> {
        if from_page.is_some() && (paging.after.is_some() || paging.before.is_some() || paging.last.is_some())
        {
            return Err("fromPage says where the list begins: after, before and last say it too".into());
        }
        let texts = load_pages(context, &[Some(&self.entity)]).await?;
        let pages: &[PageText] = texts.iter().flatten().next().map_or(&[], |pages| pages.as_slice());
        let passed = from_page.map(|from| pages.partition_point(|page| page.number < from));
        let after =
            paging.after.or(passed.filter(|passed| *passed > 0).map(|passed| format!("row-{passed}")));
        // No page has a picture when the rendering engine is missing.
        let is_painted = pdfium::find_library().is_some();
        make_page(pages, |page| DocumentPage::new(page, &self.entity, is_painted), Paging { after, ..paging })
    }

    /// The source of this record, and when it was harvested there.
    async fn provenance(&self) -> ProvenanceObject {
        self.provenance_of(self.entity.id.as_entity())
    }
}

/// One page of a document with its text.
#[derive(Clone, Debug, SimpleObject)]
#[graphql(name = "Page")]
pub struct DocumentPage {
    /// The number of the page in the file, from 1.
    number: u32,
    /// The text, without headers and footers that recur on other pages; empty when the page is withheld.
    text: String,
    /// The origin of the text on this page.
    origin: TextOriginEnum,
    /// The mean confidence of our own OCR (text recognition) over the words, in percent; null for text of any other origin.
    confidence: Option<u8>,
    /// The program that extracted the text, with its version; null when unknown.
    engine: Option<String>,
    /// The page number printed on the page; null when there is none.
    label: Option<String>,
    /// The lines at the top that recur on other pages.
    header: Vec<String>,
    /// The lines at the foot that recur on other pages.
    footer: Vec<String>,
    /// The headings on this page, recognised by the size and weight of their letters or marked by the file format.
    headings: Vec<PageHeading>,
    /// The name of the inner file that has this page, when the document is an archive or a message; else null.
    file: Option<String>,
    /// True while the page is withheld: it holds a citizen service number (BSN), or text under an opaque shape, and nobody has
    /// reviewed it yet.
    is_withheld: bool,
    /// The address of a picture of this page, relative to the root of this server; null when the page is withheld or not from a
    /// PDF.
    image: Option<String>,
}

impl DocumentPage {
    fn new(page: &PageText, text: &schema::DocumentText, can_paint: bool) -> Self {
        let is_withheld = text.withheld.contains(&page.number);
        let lines: Vec<&str> = page.text.lines().collect();
        let mut headings = Vec::new();
        for heading in &page.headings {
            if let Some(text) = lines.get(heading.line as usize) {
                let text = (*text).to_owned();
                headings.push(PageHeading { line: heading.line, level: heading.level, text });
            }
        }
        // The rendering engine cannot draw a page that it could not read.
        let was_opened = page.file.is_none() && page.engine.starts_with("pdfium");
        let is_painted = can_paint && (was_opened || page.origin == schema::TextOrigin::Ocr);
        let image = format!("/v1/documents/{}/pages/{}/image", text.document, page.number);
        Self {
            number: page.number,
            text: page.text.clone(),
            origin: if is_withheld { TextOriginEnum::Withheld } else { page.origin.into() },
            confidence: page.confidence,
            engine: (!page.engine.is_empty()).then(|| page.engine.clone()),
            label: page.label.clone(),
            header: page.header.clone(),
            footer: page.footer.clone(),
            headings,
            file: page.file.clone(),
            is_withheld,
            image: (is_painted && !is_withheld).then_some(image),
        }
    }
}

/// A heading (kop) on a page.
#[derive(Clone, Debug, SimpleObject)]
#[graphql(name = "Heading")]
pub struct PageHeading {
    /// The line of the page's text that is the heading, from 0.
    line: u32,
    /// The level of the heading: 1 is the largest.
    level: u8,
    /// The words of the heading.
    text: String,
}

/// The origin of the text of a page.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(name = "TextOrigin")]
pub enum TextOriginEnum {
    /// The file contains the text itself.
    TextLayer,
    /// The file contains the result of somebody else's OCR (text recognition).
    EmbeddedOcr,
    /// Our own OCR (text recognition) read the picture of the page.
    Ocr,
    /// The page has no text: it is a picture, or its letters cannot be decoded, and no OCR has read it.
    Scan,
    /// The page is blank and has no text.
    Blank,
    /// The text is withheld: a citizen service number (BSN), or text under an opaque shape, was found on the page.
    Withheld,
}

impl From<schema::TextOrigin> for TextOriginEnum {
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
