//! Processes one file: fetches or loads it, extracts its text, searches it for personal numbers, and archives it.

use bytes::Bytes;
use jiff::{SignedDuration, Timestamp};
use metrics::counter;
use raadhuis_schema::{
    CodedError, ContentHash, Diagnostic, DiagnosticCode, Document, DocumentText, Finding, PageText, Source,
    Takedown, Tier, Validator,
};
use raadhuis_store::{ArchiveKey, CrashRecord, offload, offload_large};
use raadhuis_text::{Extracted, Extractor, StoredText, abbreviation, bsn, pdf::pdfium};

use super::{
    fetch::{Closed, FetchError, Fetched, fetch_file},
    revision,
};
use crate::{HarvestError, crawl::CrawlContext, transport::Faults};

/// The rest of a file that crashed its readers: a day, then seven times longer after each crash, at most 90 days.
const AFTER_DEATH: SignedDuration = SignedDuration::from_hours(24);
const LONGER_EACH_TIME: i32 = 7;
const LONGEST: SignedDuration = SignedDuration::from_hours(90 * 24);

/// Characters of the previous page that are searched together with a page.
const BEFORE: usize = 200;

pub struct FileOutcome {
    pub text: DocumentText,
    pub diagnostic: Option<Diagnostic>,
    pub file: Option<ReadFile>,
    pub validator: Option<Validator>,
    pub faults: Faults,
    /// True if there is no file for a reason that may pass within minutes.
    pub may_pass: bool,
    /// An earlier takedown of the same file, under any id.
    pub taken_down: Option<Takedown>,
}

impl FileOutcome {
    fn without_file(text: DocumentText, diagnostic: Option<Diagnostic>, faults: Faults) -> Self {
        Self { text, diagnostic, file: None, validator: None, faults, may_pass: false, taken_down: None }
    }
}

pub struct ReadFile {
    pub bytes: Bytes,
    pub kept: StoredText,
    /// Personal numbers and hidden text on its pages.
    pub findings: Vec<Finding>,
}

pub enum FileOrigin {
    /// The supplier, with the validator of the archived file.
    Supplier(Option<Validator>),
    Archive,
}

/// Fetches and reads one file. Returns `None` if nothing was requested and nothing is new. Commits nothing: files are
/// read in parallel and committed one by one.
pub async fn read_file(
    context: &CrawlContext,
    extractor: &Extractor,
    closed: &Closed,
    document: &Document,
    source: &Source,
    had: Option<DocumentText>,
    from: FileOrigin,
) -> Result<Option<FileOutcome>, HarvestError> {
    let is_known = had.is_some();
    // A failed fetch keeps the text of the previous file.
    let text = had.unwrap_or_else(|| DocumentText::unread(document));
    let text = DocumentText { of_revision: revision(document), ..text };
    let mut faults = Faults::new();
    let fetched = match from {
        FileOrigin::Supplier(known) => {
            fetch_file(context, closed, document, source, known, &mut faults).await
        }
        FileOrigin::Archive => match load_original(context, &text).await? {
            Some(bytes) => Ok(Fetched::File(bytes, None)),
            None => return Ok(None),
        },
    };
    let (bytes, validator) = match fetched {
        Ok(Fetched::File(bytes, validator)) => (bytes, validator),
        Ok(Fetched::AsBefore) => return Ok(Some(FileOutcome::without_file(text, None, faults))),
        Err(FetchError::NotAsked(..)) if is_known => return Ok(None),
        Err(error) => {
            let may_pass = matches!(error, FetchError::Failed(..));
            let (FetchError::NotAsked(trouble) | FetchError::Asked(trouble) | FetchError::Failed(trouble)) =
                error;
            let text = DocumentText { trouble: Some(trouble.code), ..text };
            let diagnostic = Diagnostic::no_text(&trouble, document.id.as_entity());
            let outcome = FileOutcome::without_file(text, Some(diagnostic), faults);
            return Ok(Some(FileOutcome { may_pass, ..outcome }));
        }
    };
    let hashed = bytes.clone();
    let sha = offload_large(bytes.len(), move || ContentHash::of_bytes(&hashed).to_string()).await;
    // A document that had the file before the takedown, and was spared then, is spared still.
    if text.sha256.as_ref() != Some(&sha) {
        let taken_down = context.store.takedown_of_file(&sha).await?;
        if taken_down.is_some() {
            let read = FileOutcome {
                text,
                diagnostic: None,
                file: None,
                validator: None,
                faults,
                may_pass: false,
                taken_down,
            };
            return Ok(Some(read));
        }
    }
    let (kept, death) = extract(context, extractor, &sha, &bytes).await?;
    let size = bytes.len() as u64;
    let (text, kept, findings) = offload(move || {
        let found = find_personal(&kept.pages);
        (describe_text(text, &sha, size, &kept), kept, found)
    })
    .await;
    let trouble = find_trouble(&kept).or(death);
    let diagnostic = trouble.map(|trouble| Diagnostic::no_text(&trouble, document.id.as_entity()));
    let file = Some(ReadFile { bytes, kept, findings });
    Ok(Some(FileOutcome { text, diagnostic, file, validator, faults, may_pass: false, taken_down: None }))
}

/// Fills in the text entity of a file that was read. Its withheld pages depend on reviewers and are set elsewhere.
pub fn describe_text(text: DocumentText, sha: &str, bytes: u64, kept: &StoredText) -> DocumentText {
    let engines = kept.engines();
    DocumentText {
        sha256: Some(sha.to_owned()),
        bytes: Some(bytes),
        engine: (!engines.is_empty()).then_some(engines),
        pages_total: kept.pages_total,
        pages_done: u32::try_from(kept.pages.len()).unwrap_or(u32::MAX),
        characters: kept.characters(),
        scans: kept.count_scans(),
        abbreviations: abbreviation::find_abbreviations(&kept.pages),
        trouble: find_trouble(kept).map(|trouble| trouble.code),
        ..text
    }
}

fn find_trouble(kept: &StoredText) -> Option<CodedError> {
    let scans = kept.count_scans();
    kept.trouble.clone().or_else(|| {
        let why = format!("{scans} of {} pages are pictures: there is no text to read", kept.pages_total);
        (scans > 0).then_some(CodedError::new(DiagnosticCode::ScanWithoutText, why))
    })
}

/// Finds personal numbers and hidden text on pages. Each page is searched with its header, footer and the end of the
/// previous page, because a table may continue.
pub fn find_personal(pages: &[PageText]) -> Vec<Finding> {
    let mut found = Vec::new();
    let mut before = String::new();
    for page in pages {
        let lines = page.header.iter().chain([&page.text]).chain(&page.footer).map(String::as_str);
        let whole = lines.collect::<Vec<_>>().join("\n");
        let skipped = before.chars().count();
        let searched = format!("{before}{whole}");
        for hit in bsn::find_numbers(&searched).into_iter().filter(|hit| hit.end > skipped) {
            found.push(Finding {
                page: page.number,
                at: u32::try_from(hit.at.saturating_sub(skipped)).unwrap_or(u32::MAX),
                tier: hit.tier,
                masked: bsn::mask_number(&searched, hit),
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

/// Puts a file into the archive. Its key is reserved first, so that an interrupted run leaves no unknown file.
pub async fn put_file(context: &CrawlContext, sha: &str, bytes: &Bytes) -> Result<(), HarvestError> {
    let key = ArchiveKey::original(sha);
    context.store.reserve(&[key.to_string()]).await?;
    Ok(context.archive.put_object(&key, bytes.clone()).await?)
}

pub async fn put_text(context: &CrawlContext, sha: &str, kept: &StoredText) -> Result<(), HarvestError> {
    let key = ArchiveKey::for_text(sha);
    context.store.reserve(&[key.to_string()]).await?;
    // A text without pages is stored only to replace a text with pages.
    if !kept.pages.is_empty() || context.archive.has_object(&key).await? {
        context.archive.put_json(&key, kept.clone()).await?;
    }
    Ok(())
}

async fn load_original(context: &CrawlContext, text: &DocumentText) -> Result<Option<Bytes>, HarvestError> {
    let Some(sha) = &text.sha256 else { return Ok(None) };
    Ok(context.archive.get_intact(&ArchiveKey::original(sha)).await?)
}

/// Loads the archived text of a file; `None` if it is absent or damaged.
pub async fn load_text(context: &CrawlContext, sha: &str) -> Result<Option<StoredText>, HarvestError> {
    Ok(context.archive.get_json(&ArchiveKey::for_text(sha)).await?)
}

/// Extracts the text of a file, or takes it from the archive if the same bytes were read with the current program.
/// Returns also a diagnostic if the file crashed readers.
async fn extract(
    context: &CrawlContext,
    extractor: &Extractor,
    sha: &str,
    bytes: &[u8],
) -> Result<(StoredText, Option<CodedError>), HarvestError> {
    let before = load_text(context, sha).await?;
    if let Some(kept) = before.as_ref().filter(|kept| kept.is_current(pdfium::find_library().is_some())) {
        return Ok((kept.clone(), None));
    }
    let crash = context.store.crash_record(sha).await?;
    let now = Timestamp::now();
    if let Some(CrashRecord { times, due }) = crash.filter(|crash| crash.due > now) {
        let why = format!("file {sha} killed its readers, {times} times; it is read again after {due:.0}");
        let trouble = Some(CodedError::new(DiagnosticCode::ReaderDied, why));
        let before = before.unwrap_or_else(|| StoredText::from_extracted(Extracted::default()));
        return Ok((StoredText { trouble, ..before }, None));
    }
    let extracted = extractor.extract(bytes).await;
    count_pages(&extracted);
    let is_over =
        extracted.trouble.as_ref().is_some_and(|trouble| trouble.code == DiagnosticCode::ReaderDied);
    // Without a crash no reader could be started, and the file is not to blame.
    let is_dead = is_over && extracted.deaths > 0;
    if is_dead || crash.is_some() {
        let crash = is_dead.then(|| {
            let before = crash.map_or(0, |crash| crash.times);
            let rest =
                AFTER_DEATH.saturating_mul(LONGER_EACH_TIME.saturating_pow(before.min(4))).min(LONGEST);
            CrashRecord { times: before + 1, due: now.saturating_add(rest).unwrap_or(now) }
        });
        context.store.keep_crash_record(sha, crash).await?;
    }
    let deaths = extracted.deaths;
    let death = (deaths > 0).then(|| {
        let why = format!("file {sha} killed {deaths} readers, and was read on by others");
        CodedError::new(DiagnosticCode::ReaderDied, why)
    });
    let mut kept = StoredText::from_extracted(extracted);
    if let Some(CodedError { code: DiagnosticCode::ReaderDied, message }) = &mut kept.trouble {
        *message = format!("file {sha}: {message}");
    }
    // Keeps pages that OCR read before.
    if let Some(before) = before {
        kept.take_recognised(before);
    }
    Ok((kept, death))
}

fn count_pages(extracted: &Extracted) {
    let outcome = extracted.trouble.as_ref().map_or("READ", |trouble| trouble.code.as_str());
    counter!("raadhuis_documents_read_total", "outcome" => outcome).increment(1);
    counter!("raadhuis_reader_deaths_total").increment(extracted.deaths.into());
    for page in &extracted.pages {
        counter!("raadhuis_pages_read_total", "engine" => page.engine.clone()).increment(1);
    }
}
