//! Fetches files of documents, extracts their text and archives both. The store puts a file into the backlog as soon
//! as its document is known; the file leaves the backlog once it is read.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, PoisonError},
};

use jiff::{SignedDuration, Timestamp};
use raadhuis_schema::{
    BacklogItem, Commit, Content, Diagnostic, DiagnosticCode, Document, DocumentText, End, Entity, EntityId,
    Finding, Kind, Origin, Part, Source, Standing, Takedown, Tier, Validator, task::file_of,
};
use raadhuis_store::{ArchiveKey, BacklogQuery, StaleMoments, join_task};
use raadhuis_text::{Extractor, StoredText};

use tokio::task::JoinSet;

use crate::{
    HarvestError, Progress,
    crawl::{CrawlContext, CrawlTally, ROUNDS},
};

mod fetch;
mod ocr;
mod read;
mod reread;

use fetch::Closed;
pub use ocr::recognise_scans;
use read::{FileOrigin, FileOutcome, ReadFile, put_file, put_text, read_file};
pub use reread::{apply_rulings, reread_files};

/// The name of the aspect under which texts of documents are stored.
pub const NAME: &str = "text";

const BATCH: u32 = 500;

/// Files under way at once, for each source. The extractor limits how many are parsed at once.
const AT_ONCE: usize = 4;

/// Days after which an unchanged address is checked for a new file.
const STALE_DAYS: i64 = 90;

/// The same for new files: most replacements happen within days.
const STALE_DAYS_WHILE_NEW: i64 = 7;

const NEW_DAYS: i64 = 30;

/// The most files that one run checks again; new files come first.
const MOST_STALE: u32 = 100;

/// Fetches and reads the backlog of files of a source: those never requested, and those whose failure may be temporary.
/// With `due`, only those due by then. Returns the number of pages read.
///
/// # Errors
/// The store or the archive failed. A problem with a file becomes a diagnostic.
pub async fn read_backlog(
    context: &CrawlContext,
    extractor: &Extractor,
    source: &Source,
    run: i64,
    due: Option<Timestamp>,
    tally: &mut CrawlTally,
) -> Result<u64, HarvestError> {
    let mut pages = 0;
    let closed: Arc<Closed> = Arc::new(Mutex::new(tally.closed.clone()));
    let files = FileRun { context, extractor, source, run, closed: &closed };
    let codes = due.is_none().then(|| DiagnosticCode::PASSING.into());
    let mut owing =
        BacklogQuery { due, files: Some(true), codes, ..BacklogQuery::of_source(&source.key, BATCH) };
    let mut again = Vec::new();
    loop {
        let owed = context.store.list_owed(&owing).await?;
        let Some(last) = owed.last() else { break };
        owing.after = Some(last.name.clone());
        let jobs = owed_jobs(context, source, run, owed).await?;
        pages += read_all(&files, jobs, Some(&mut again), tally).await?;
    }
    // Temporary failures are retried at the end of the run, as with questions, and then given up.
    for round in 2..=ROUNDS {
        let jobs = owed_jobs(context, source, run, std::mem::take(&mut again)).await?;
        let next = (round < ROUNDS).then_some(&mut again);
        pages += read_all(&files, jobs, next, tally).await?;
    }
    let jobs = stale_jobs(context, source).await?;
    pages += read_all(&files, jobs, None, tally).await?;
    tally.closed.clone_from(&closed.lock().unwrap_or_else(PoisonError::into_inner));
    Ok(pages)
}

struct FileRun<'a> {
    context: &'a CrawlContext,
    extractor: &'a Extractor,
    source: &'a Source,
    run: i64,
    closed: &'a Arc<Closed>,
}

struct FileJob {
    document: Document,
    had: Option<DocumentText>,
    /// The validator of the archived file.
    known: Option<Validator>,
    /// The backlog entry; `None` if the file is only checked again.
    owed: Option<BacklogItem>,
    /// True if the file is in the archive and is only read again.
    is_held: bool,
}

/// Jobs for backlog entries. An entry whose document changed but whose file did not is closed without reading.
async fn owed_jobs(
    context: &CrawlContext,
    source: &Source,
    run: i64,
    owed: Vec<BacklogItem>,
) -> Result<Vec<FileJob>, HarvestError> {
    let ids: Vec<EntityId> = owed.iter().filter_map(|owed| owed.subject.clone()).collect();
    let mut jobs = Vec::new();
    for (document, had) in load_with_texts(context, &ids).await? {
        let trouble = had.as_ref().and_then(|text| text.trouble);
        let is_as_before = had.as_ref().is_some_and(|text| text.of_revision == revision(&document))
            && trouble.is_none_or(|code| !code.may_pass());
        let is_held = is_as_before && has_file(context, had.as_ref()).await?;
        let may_live =
            trouble == Some(DiagnosticCode::ReaderDied) && has_rested(context, had.as_ref()).await?;
        if is_held && !may_live {
            let commit = file_commit(run, &source.key, &document, Timestamp::now());
            let end = Some(end_of(&document, source, trouble, "as it was before"));
            context.store.commit_answer(Commit { end, ..commit }).await?;
            continue;
        }
        let owed = owed.iter().find(|owed| owed.subject.as_ref() == Some(document.id.as_entity())).cloned();
        jobs.push(FileJob { document, had, known: None, owed, is_held });
    }
    Ok(jobs)
}

/// Returns whether the archive holds the file of a text; true for a text without a file.
async fn has_file(context: &CrawlContext, text: Option<&DocumentText>) -> Result<bool, HarvestError> {
    match text.and_then(|text| text.sha256.as_ref()) {
        Some(sha) => Ok(context.archive.has_object(&ArchiveKey::original(sha)).await?),
        None => Ok(true),
    }
}

/// Returns whether the rest of a file that crashed its readers is over.
async fn has_rested(context: &CrawlContext, text: Option<&DocumentText>) -> Result<bool, HarvestError> {
    let Some(sha) = text.and_then(|text| text.sha256.as_ref()) else { return Ok(false) };
    let crash = context.store.crash_record(sha).await?;
    Ok(crash.is_none_or(|crash| crash.due <= Timestamp::now()))
}

/// Jobs for files fetched long ago: the address may have a new file.
async fn stale_jobs(context: &CrawlContext, source: &Source) -> Result<Vec<FileJob>, HarvestError> {
    let moments = StaleMoments {
        before: days_ago(STALE_DAYS),
        new_before: days_ago(STALE_DAYS_WHILE_NEW),
        new_since: days_ago(NEW_DAYS),
    };
    let ids = context.store.stale_files(&source.key, moments, MOST_STALE).await?;
    let held = load_with_texts(context, &ids).await?;
    let mut files = Vec::new();
    for text in held.iter().filter_map(|(_, had)| had.as_ref()) {
        files.extend(text.sha256.clone().map(|sha| (text.id.as_entity().clone(), sha)));
    }
    let known = context.store.validators(&files).await?;
    let mut jobs = Vec::new();
    for (document, had) in held {
        let mut known = had.as_ref().and_then(|text| {
            let (_, validator) = known.iter().find(|(id, _)| id == text.id.as_entity())?;
            Some(validator.clone())
        });
        // A file that the archive lost must be sent in full.
        if !has_file(context, had.as_ref()).await? {
            known = None;
        }
        jobs.push(FileJob { document, had, known, owed: None, is_held: false });
    }
    Ok(jobs)
}

fn days_ago(days: i64) -> Timestamp {
    Timestamp::now().checked_sub(SignedDuration::from_hours(24 * days)).unwrap_or(Timestamp::UNIX_EPOCH)
}

async fn load_with_texts(
    context: &CrawlContext,
    ids: &[EntityId],
) -> Result<Vec<(Document, Option<DocumentText>)>, HarvestError> {
    let texts: Vec<EntityId> = ids.iter().map(|id| id.within(Kind::DocumentText, "text")).collect();
    let texts = context.store.get(&texts).await?;
    let mut found = Vec::new();
    for stored in context.store.get(ids).await? {
        let Entity::Document(document) = stored.entity else { continue };
        let had = texts.iter().find_map(|stored| match &stored.entity {
            Entity::DocumentText(text) if text.document == document.id => Some(text.clone()),
            _ => None,
        });
        found.push((document, had));
    }
    Ok(found)
}

async fn read_all(
    files: &FileRun<'_>,
    jobs: Vec<FileJob>,
    mut again: Option<&mut Vec<BacklogItem>>,
    tally: &mut CrawlTally,
) -> Result<u64, HarvestError> {
    let FileRun { context, extractor, source, run, closed } = *files;
    Progress::advance(&context.progress.files, jobs.len());
    let shared = Arc::new(source.clone());
    let (mut jobs, mut under_way) = (VecDeque::from(jobs), JoinSet::new());
    let mut pages = 0;
    loop {
        while under_way.len() < AT_ONCE
            && let Some(job) = jobs.pop_front()
        {
            let (context, extractor) = (context.clone(), extractor.clone());
            let (closed, source) = (Arc::clone(closed), Arc::clone(&shared));
            under_way.spawn(async move {
                let FileJob { document, had, known, owed, is_held } = job;
                let from = if is_held { FileOrigin::Archive } else { FileOrigin::Supplier(known) };
                let found =
                    read_file(&context, &extractor, &closed, &document, &source, had.clone(), from).await;
                (document, (owed, had, is_held), found)
            });
        }
        let Some(done) = under_way.join_next().await else { return Ok(pages) };
        let (document, (owed, had, is_held), found) = join_task(done).await;
        let _open = context.archive_guard.read().await;
        let Some(FileOutcome { text, diagnostic, file, validator, faults, may_pass, taken_down }) = found?
        else {
            continue;
        };
        tally.add_faults(faults);
        tally.requests += u64::from(!is_held);
        if let Some(before) = taken_down {
            take_down_too(context, &document, source, run, before, tally).await?;
            continue;
        }
        match (owed, &mut again) {
            // A file that is only checked again waits for another day, and until then does not precede others.
            (None, _) if may_pass => {
                let parts = had.map(|text| text_part(&document, text)).into_iter().collect();
                context
                    .store
                    .commit_answer(Commit {
                        parts,
                        ..file_commit(run, &source.key, &document, Timestamp::now())
                    })
                    .await?;
                continue;
            }
            (Some(owed), Some(again)) if may_pass => {
                again.push(owed);
                continue;
            }
            _ => {}
        }
        Progress::advance(&context.progress.read, 1);
        let mut text = text;
        let mut diagnostics: Vec<Diagnostic> = diagnostic.clone().into_iter().collect();
        if let (Some(ReadFile { bytes, kept, findings }), Some(sha)) = (&file, text.sha256.clone()) {
            text.withheld = record_findings(context, &sha, kept, findings).await?;
            if !is_held {
                put_file(context, &sha, bytes).await?;
            }
            put_text(context, &sha, kept).await?;
            let (hidden, numbers): (Vec<_>, Vec<_>) = findings.iter().partition(|it| it.tier == Tier::Hidden);
            if !numbers.is_empty() {
                diagnostics.push(Diagnostic::personal_numbers(
                    document.id.as_entity(),
                    numbers.len(),
                    text.withheld.len(),
                ));
            }
            if !hidden.is_empty() {
                diagnostics.push(Diagnostic::hidden_text(
                    document.id.as_entity(),
                    hidden.len(),
                    text.withheld.len(),
                ));
            }
            pages += u64::from(text.pages_done);
            tally.bytes += if is_held { 0 } else { bytes.len() as u64 };
            for page in &kept.pages {
                *tally.engines.entry(page.engine.clone()).or_default() += 1;
            }
            Progress::advance(&context.progress.pages, text.pages_done as usize);
        }
        let (id, sha) = (text.id.as_entity().clone(), text.sha256.clone());
        let (code, why) = (text.trouble, diagnostic.as_ref().map(|diagnostic| diagnostic.message.clone()));
        let commit = Commit {
            parts: vec![text_part(&document, text)],
            end: Some(end_of(&document, source, code, &why.unwrap_or_default())),
            diagnostics,
            ..file_commit(run, &source.key, &document, Timestamp::now())
        };
        tally.note_erasures(&context.store.commit_answer(commit).await?);
        if let (Some(validator), Some(sha)) = (validator, sha) {
            context.store.keep_validator(&id, &sha, &validator).await?;
        }
    }
}

/// Takes down a document whose file was taken down before under another id, and reports it to the operator.
async fn take_down_too(
    context: &CrawlContext,
    document: &Document,
    source: &Source,
    run: i64,
    before: Takedown,
    tally: &mut CrawlTally,
) -> Result<(), HarvestError> {
    let (now, id) = (Timestamp::now(), document.id.as_entity());
    let blocked = context.store.block_entity(&Takedown { id: id.clone(), at: now, ..before.clone() }).await?;
    tally.note_erasures(&blocked.committed);
    let diagnostic = Diagnostic::taken_down(id, &before.id);
    let commit = Commit {
        diagnostics: vec![diagnostic],
        end: Some(End::Answered),
        ..file_commit(run, &source.key, document, now)
    };
    context.store.commit_answer(commit).await?;
    // The condemned keys are deleted at the end of the run.
    tally.has_erased = true;
    Ok(())
}

/// Stores the findings of a file and returns its withheld pages. All documents with the same file are updated before its
/// text is published.
async fn record_findings(
    context: &CrawlContext,
    sha: &str,
    kept: &StoredText,
    found: &[Finding],
) -> Result<Vec<u32>, HarvestError> {
    context.store.keep_findings(sha, found).await?;
    let (withheld, _) = apply_rulings(&context.store, context.policy, sha, kept.pages_total).await?;
    Ok(withheld)
}

fn text_part(document: &Document, text: DocumentText) -> Part {
    Part {
        origin: Origin::Aspect { aspect: NAME.to_owned(), of: document.id.as_entity().clone() },
        standing: Standing::Detail,
        content: Content::Says(Box::new(Entity::DocumentText(text))),
    }
}

/// The end of the question for a file: it stays in the backlog while a problem affects readers.
fn end_of(document: &Document, source: &Source, code: Option<DiagnosticCode>, why: &str) -> End {
    // Scanned pages are shown as images, so the file counts as read.
    let Some(code) = code.filter(|code| *code != DiagnosticCode::ScanWithoutText) else {
        return End::Answered;
    };
    End::Left(Box::new(BacklogItem {
        source: source.key.clone(),
        name: file_of(document.id.as_entity()),
        body: None,
        subject: Some(document.id.as_entity().clone()),
        day: document.date.map(raadhuis_schema::When::day),
        code: Some(code),
        message: why.to_owned(),
        since: Timestamp::now(),
        tries: 1,
        due: Timestamp::now(),
    }))
}

/// A fingerprint of a document's version, by which a replaced file is recognised.
fn revision(document: &Document) -> String {
    let modified = document.modified.map(|when| when.to_string()).unwrap_or_default();
    // For suppliers without versions and dates only the size reveals a replaced file.
    let size = document.size.map(|size| size.to_string()).unwrap_or_default();
    format!("{} {modified} {size}", document.version.unwrap_or_default())
}

fn file_commit(run: i64, source: &str, document: &Document, at: Timestamp) -> Commit {
    Commit::for_question(source, run, &file_of(document.id.as_entity()), at)
}
