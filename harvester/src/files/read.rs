//! One file: fetched or taken from the archive, read, looked through for numbers of persons, and put into the archive.

use bytes::Bytes;
use jiff::{SignedDuration, Timestamp};
use metrics::counter;
use raadhuis_schema::{
    ContentHash, Document, DocumentText, Finding, PageText, Remark, RemarkCode, Source, Takedown, Tier,
    Validator,
};
use raadhuis_store::{ArchiveKey, Killer, offload};
use raadhuis_text::{Extracted, Extractor, Kept, abbreviation, bsn, pdf::pdfium};

use super::{
    fetch::{Closed, Fetched, Unfetched, fetch},
    revision,
};
use crate::{HarvestError, crawl::World, transport::Faults};

/// How long a file that killed its readers is left alone: a day, then seven times as long each time, up to a season.
const AFTER_DEATH: SignedDuration = SignedDuration::from_hours(24);
const LONGER_EACH_TIME: i32 = 7;
const LONGEST: SignedDuration = SignedDuration::from_hours(90 * 24);

/// How much of the page before is searched with a page, in characters.
const BEFORE: usize = 200;

/// What came of one document's file.
pub struct Read {
    /// What is said of it.
    pub text: DocumentText,
    /// What a person should know: why there is no text or not all of it.
    pub remark: Option<Remark>,
    /// The file and its text as they go into the archive, where there is anything to put there.
    pub file: Option<ReadFile>,
    /// By what its server knows it again.
    pub validator: Option<Validator>,
    /// What went wrong on the way, also where it passed.
    pub faults: Faults,
    /// Whether there is no file for a reason that may pass within minutes.
    pub may_pass: bool,
    /// The takedown with which the file went before, under whatever id.
    pub taken_down: Option<Takedown>,
}

/// A file that was read.
pub struct ReadFile {
    /// Its bytes.
    pub bytes: Bytes,
    /// Its text.
    pub kept: Kept,
    /// Numbers of persons and hidden text on its pages.
    pub findings: Vec<Finding>,
}

/// Where a file comes from.
pub enum FileOrigin {
    /// The supplier; with what its server knows the file by that we have.
    Supplier(Option<Validator>),
    /// The archive: it was read before, and is to be read again.
    Archive,
}

/// Fetches and reads one file; `None` when nothing was asked and nothing is new. Changes no entity: many are read at once, and
/// their commits come one by one.
pub async fn read(
    world: &World,
    extractor: &Extractor,
    closed: &Closed,
    (document, source): (&Document, &Source),
    had: Option<DocumentText>,
    from: FileOrigin,
) -> Result<Option<Read>, HarvestError> {
    let is_known = had.is_some();
    // A file that cannot be had now does not take away the text of the one before.
    let text = had.unwrap_or_else(|| DocumentText::bare(document));
    let text = DocumentText { of_revision: revision(document), ..text };
    let mut faults = Faults::new();
    let nothing = |text, remark, faults, may_pass| {
        let read = Read { text, remark, file: None, validator: None, faults, may_pass, taken_down: None };
        Ok(Some(read))
    };
    let fetched = match from {
        FileOrigin::Supplier(known) => fetch(world, closed, (document, source), known, &mut faults).await,
        FileOrigin::Archive => match again(world, &text).await? {
            Some(bytes) => Ok(Fetched::File(bytes, None)),
            None => return Ok(None),
        },
    };
    let (bytes, validator) = match fetched {
        Ok(Fetched::File(bytes, validator)) => (bytes, validator),
        Ok(Fetched::AsBefore) => return nothing(text, None, faults, false),
        Err(Unfetched::NotAsked(..)) if is_known => return Ok(None),
        Err(unfetched) => {
            let may_pass = matches!(unfetched, Unfetched::Failed(..));
            let (Unfetched::NotAsked(code, why) | Unfetched::Asked(code, why) | Unfetched::Failed(code, why)) =
                unfetched;
            let text = DocumentText { trouble: Some(code.word()), ..text };
            return nothing(text, Some(Remark::no_text(code, document.id.any(), &why)), faults, may_pass);
        }
    };
    let hashed = bytes.clone();
    let sha = offload(move || ContentHash::of_bytes(&hashed).to_string()).await;
    // What held the file before the takedown, and was left, is left still.
    if text.sha256.as_ref() != Some(&sha) {
        let taken_down = world.store.takedown_of_file(&sha).await?;
        if taken_down.is_some() {
            let read =
                Read { text, remark: None, file: None, validator: None, faults, may_pass: false, taken_down };
            return Ok(Some(read));
        }
    }
    let (kept, death) = extract(world, extractor, &sha, &bytes).await?;
    let size = bytes.len() as u64;
    let (text, kept, findings) = offload(move || {
        let found = findings(&kept.pages);
        (described(text, &sha, size, &kept), kept, found)
    })
    .await;
    let remark = trouble(&kept).or(death).map(|(code, why)| Remark::no_text(code, document.id.any(), &why));
    let file = Some(ReadFile { bytes, kept, findings });
    Ok(Some(Read { text, remark, file, validator, faults, may_pass: false, taken_down: None }))
}

/// What is said of a text that was read. What of it may be seen, its reviewers say.
pub fn described(text: DocumentText, sha: &str, bytes: u64, kept: &Kept) -> DocumentText {
    let engines = kept.engines();
    DocumentText {
        sha256: Some(sha.to_owned()),
        bytes: Some(bytes),
        engine: (!engines.is_empty()).then_some(engines),
        pages_total: kept.pages_total,
        pages_done: u32::try_from(kept.pages.len()).unwrap_or(u32::MAX),
        characters: kept.characters(),
        scans: kept.scans(),
        abbreviations: abbreviation::mined(&kept.pages),
        trouble: trouble(kept).map(|(code, _)| code.word()),
        ..text
    }
}

/// Why there is no text, or not all of it.
fn trouble(kept: &Kept) -> Option<(RemarkCode, String)> {
    let scans = kept.scans();
    let are_pictures = || {
        let why = format!("{scans} of {} pages are pictures: there is no text to read", kept.pages_total);
        (scans > 0).then_some((RemarkCode::ScanWithoutText, why))
    };
    kept.trouble.clone().or_else(are_pictures)
}

/// What should not be on pages: numbers of persons, and hidden text. What is searched of a page is its head, its text and its foot, behind the end of the page
/// before: a table may go on.
pub fn findings(pages: &[PageText]) -> Vec<Finding> {
    let mut found = Vec::new();
    let mut before = String::new();
    for page in pages {
        let lines = page.header.iter().chain([&page.text]).chain(&page.footer).map(String::as_str);
        let whole = lines.collect::<Vec<_>>().join("\n");
        let skipped = before.chars().count();
        let searched = format!("{before}{whole}");
        for hit in bsn::find(&searched).into_iter().filter(|hit| hit.end > skipped) {
            found.push(Finding {
                page: page.number,
                at: u32::try_from(hit.at.saturating_sub(skipped)).unwrap_or(u32::MAX),
                tier: hit.tier,
                masked: bsn::masked(&searched, hit),
            });
        }
        if page.hidden > 0 {
            let masked = format!("{} letters are hidden", page.hidden);
            found.push(Finding { page: page.number, at: 0, tier: Tier::Hidden, masked });
        }
        let tail = whole.char_indices().rev().nth(BEFORE).map_or(0, |(at, _)| at);
        before = format!("{}\n", &whole[tail..]);
    }
    found
}

/// Puts a file into the archive, noted beforehand so that a run cut off here leaves nothing unknown.
pub async fn put_file(world: &World, sha: &str, bytes: &Bytes) -> Result<(), HarvestError> {
    let key = ArchiveKey::original(sha);
    world.store.reserve(&[key.to_string()]).await?;
    Ok(world.archive.put(&key, bytes.clone()).await?)
}

/// Puts the text of a file beside it, noted in the same way.
pub async fn put_text(world: &World, sha: &str, kept: &Kept) -> Result<(), HarvestError> {
    let key = ArchiveKey::text(sha);
    world.store.reserve(&[key.to_string()]).await?;
    // Nothing is kept of a text without pages, but in place of one with some.
    if !kept.pages.is_empty() || world.archive.has(&key).await? {
        world.archive.put_json(&key, kept.clone()).await?;
    }
    Ok(())
}

/// The bytes of a text that was read before.
async fn again(world: &World, text: &DocumentText) -> Result<Option<Bytes>, HarvestError> {
    let Some(sha) = &text.sha256 else { return Ok(None) };
    Ok(world.archive.get(&ArchiveKey::original(sha)).await?)
}

/// The text of a file in the archive, if it is there and not damaged.
pub async fn kept(world: &World, sha: &str) -> Result<Option<Kept>, HarvestError> {
    Ok(world.archive.get_json(&ArchiveKey::text(sha)).await?)
}

/// The text of these bytes: from the archive when the same bytes were read as well before; and of the readers that it
/// killed, if it did.
async fn extract(
    world: &World,
    extractor: &Extractor,
    sha: &str,
    bytes: &[u8],
) -> Result<(Kept, Option<(RemarkCode, String)>), HarvestError> {
    let before = kept(world, sha).await?;
    if let Some(kept) = before.as_ref().filter(|kept| kept.is_current(pdfium::find().is_some())) {
        return Ok((kept.clone(), None));
    }
    let killer = world.store.killer(sha).await?;
    let now = Timestamp::now();
    if let Some(Killer { times, due }) = killer.filter(|killer| killer.due > now) {
        let why = format!("file {sha} killed its readers, {times} times; it is read again after {due:.0}");
        let trouble = Some((RemarkCode::ReaderDied, why));
        let nothing = || Kept::of(Extracted::default());
        return Ok((Kept { trouble, ..before.unwrap_or_else(nothing) }, None));
    }
    let extracted = extractor.extract(bytes).await;
    count(&extracted);
    let is_over = extracted.trouble.as_ref().is_some_and(|(code, _)| *code == RemarkCode::ReaderDied);
    // Where no reader can be started, no file is to blame.
    let is_dead = is_over && extracted.deaths > 0;
    if is_dead || killer.is_some() {
        let killer = is_dead.then(|| {
            let before = killer.map_or(0, |killer| killer.times);
            let rest =
                AFTER_DEATH.saturating_mul(LONGER_EACH_TIME.saturating_pow(before.min(4))).min(LONGEST);
            Killer { times: before + 1, due: now.saturating_add(rest).unwrap_or(now) }
        });
        world.store.keep_killer(sha, killer).await?;
    }
    let deaths = extracted.deaths;
    let death = (deaths > 0).then(|| {
        let why = format!("file {sha} killed {deaths} readers, and was read on by others");
        (RemarkCode::ReaderDied, why)
    });
    let mut kept = Kept::of(extracted);
    if let Some((RemarkCode::ReaderDied, why)) = &mut kept.trouble {
        *why = format!("file {sha}: {why}");
    }
    // Pages that OCR read before are not lost when the file is read again.
    if let Some(before) = before {
        kept.take_recognised(before);
    }
    Ok((kept, death))
}

fn count(extracted: &Extracted) {
    let outcome = extracted.trouble.as_ref().map_or_else(|| "READ".to_owned(), |(code, _)| code.word());
    counter!("raadhuis_documents_read_total", "outcome" => outcome).increment(1);
    counter!("raadhuis_reader_deaths_total").increment(extracted.deaths.into());
    for page in &extracted.pages {
        counter!("raadhuis_pages_read_total", "engine" => page.engine.clone()).increment(1);
    }
}
