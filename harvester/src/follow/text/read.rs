//! One file: fetched, read, and put into the archive.

use bytes::Bytes;
use raadhuis_schema::{ContentHash, Document, DocumentText, Id, Remark, RemarkCode, Source, Validator};

use super::{
    fetch::{Closed, Fetched, Unfetched, fetch},
    revision,
};
use crate::{
    HarvestError,
    crawl::World,
    text::{ENGINE, Extracted, Extractor, Kept},
    transport::Faults,
};

/// What came of one document's file.
pub struct Read {
    /// What is said of it.
    pub text: DocumentText,
    /// Why there is no text or not all of it.
    pub remark: Option<Remark>,
    /// The file and its text as they go into the archive, where there is anything to put there.
    pub file: Option<(Bytes, Option<Kept>)>,
    /// By what its server knows it again.
    pub validator: Option<Validator>,
    /// What went wrong on the way, also where it passed.
    pub faults: Faults,
    /// Whether there is no file for a reason that may pass within minutes.
    pub may_pass: bool,
}

/// Fetches and reads one file; `None` when nothing was asked and nothing is new. Stores nothing: many are read at once,
/// and the store has one writer.
pub async fn read(
    world: &World,
    extractor: &Extractor,
    closed: &Closed,
    (document, source): (&Document, &Source),
    had: Option<DocumentText>,
    known: Option<&Validator>,
) -> Result<Option<Read>, HarvestError> {
    let nothing = DocumentText {
        id: Id::within(document.id.any(), "text"),
        authority: document.authority.clone(),
        document: document.id.clone(),
        of_revision: String::new(),
        sha256: None,
        bytes: None,
        engine: None,
        pages_total: 0,
        pages_done: 0,
        characters: 0,
        trouble: None,
    };
    let is_known = had.is_some();
    // A file that cannot be had now does not take away the text of the one before.
    let mut text = DocumentText { of_revision: revision(document), ..had.unwrap_or(nothing) };
    let mut faults = Faults::new();
    let (bytes, validator) = match fetch(world, closed, (document, source), known, &mut faults).await {
        Ok(Fetched::File(bytes, validator)) => (bytes, validator),
        Ok(Fetched::AsBefore) => {
            let (remark, file, validator) = (None, None, None);
            return Ok(Some(Read { text, remark, file, validator, faults, may_pass: false }));
        }
        Err(Unfetched::NotAsked(..)) if is_known => return Ok(None),
        Err(unfetched) => {
            let may_pass = matches!(unfetched, Unfetched::Failed(..));
            let (Unfetched::NotAsked(code, why) | Unfetched::Asked(code, why) | Unfetched::Failed(code, why)) =
                unfetched;
            text.trouble = Some(code.word());
            let remark = Some(Remark::no_text(code, document.id.any(), &why));
            return Ok(Some(Read { text, remark, file: None, validator: None, faults, may_pass }));
        }
    };
    let sha = ContentHash::of_bytes(&bytes);
    let (extracted, kept) = extract(world, extractor, &sha, &bytes).await?;
    text.sha256 = Some(sha.to_string());
    text.bytes = Some(bytes.len() as u64);
    text.engine = Some(ENGINE.to_owned());
    text.pages_total = extracted.pages_total;
    text.pages_done = u32::try_from(extracted.pages.len()).unwrap_or(u32::MAX);
    text.characters = extracted.characters();
    let trouble = extracted.trouble.or_else(|| {
        let why = "the pages are pictures: there is no text to read";
        (text.pages_done > 0 && text.characters == 0).then(|| (RemarkCode::ScanWithoutText, why.to_owned()))
    });
    let remark = trouble.map(|(code, why)| Remark::no_text(code, document.id.any(), &why));
    text.trouble = remark.as_ref().map(|remark| remark.code.word());
    Ok(Some(Read { text, remark, file: Some((bytes, kept)), validator, faults, may_pass: false }))
}

/// Puts a file and its text into the archive, noted beforehand so that a run cut off here leaves nothing unknown.
pub async fn put(world: &World, sha: &str, bytes: &Bytes, kept: Option<&Kept>) -> Result<(), HarvestError> {
    let (original, text) = (format!("original/{sha}"), format!("text/{sha}"));
    world.store.reserve(&[original.clone(), text.clone()]).await?;
    world.archive.put(&original, bytes).await?;
    if let Some(kept) = kept {
        world.archive.put(&text, &serde_json::to_vec(kept).unwrap_or_default()).await?;
    }
    Ok(())
}

/// The text of these bytes: from the archive when this engine read the same bytes before, else with what to keep.
async fn extract(
    world: &World,
    extractor: &Extractor,
    sha: &ContentHash,
    bytes: &[u8],
) -> Result<(Extracted, Option<Kept>), HarvestError> {
    if let Some(kept) = world.archive.get(&format!("text/{sha}")).await?
        && let Ok(kept) = serde_json::from_slice::<Kept>(&kept)
        && kept.engine == ENGINE
    {
        return Ok((Extracted { pages_total: kept.pages_total, pages: kept.pages, trouble: None }, None));
    }
    let extracted = extractor.extract(bytes).await;
    let engine = if extracted.trouble.is_some() { format!("{ENGINE}, in part") } else { ENGINE.to_owned() };
    let kept = Kept { engine, pages_total: extracted.pages_total, pages: extracted.pages.clone() };
    let kept = (!kept.pages.is_empty()).then_some(kept);
    Ok((extracted, kept))
}
