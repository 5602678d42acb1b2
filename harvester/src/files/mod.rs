//! Files of documents: fetched, read, and kept with the text of their pages. A file is owed from the moment its document is known
//! (the store sees to that) until it was read.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, PoisonError},
};

use jiff::{SignedDuration, Timestamp};
use raadhuis_schema::{
    Commit, Content, Document, DocumentText, End, Entity, EntityId, Finding, Kind, Origin, Owed, Part,
    Remark, RemarkCode, Source, Standing, Takedown, Tier, Validator, task::file_of,
};
use raadhuis_store::{ArchiveKey, Owing};
use raadhuis_text::{Extractor, Kept};

use tokio::task::JoinSet;

use crate::{
    HarvestError, Progress,
    crawl::{ROUNDS, Tally, World, join},
};

mod fetch;
mod ocr;
mod read;
mod reread;

use fetch::Closed;
pub use ocr::recognise_scans;
use read::{FileOrigin, Read, ReadFile, put_file, put_text, read};
pub use reread::{apply_rulings, reread_files};

/// The name under which the texts of documents are kept.
pub const NAME: &str = "text";

/// Files that are looked up at once.
const BATCH: u32 = 500;

/// Files under way at once, for each source. How many are read at once is the extractor's to say.
const AT_ONCE: usize = 4;

/// Days after which a file is asked for again behind the same address…
const STALE_DAYS: i64 = 90;

/// … and while it is new: most files that are replaced are replaced within days.
const STALE_DAYS_WHILE_NEW: i64 = 7;

/// For so many days a file is new.
const NEW_DAYS: i64 = 30;

/// Files that are looked at again in one run: what is new comes first.
const MOST_STALE: u32 = 100;

/// Fetches and reads the files of a source that are owed: those not asked for yet, and those whose trouble may pass. With
/// `due`, only those that are to be asked for again at that moment. Gives the number of pages read.
///
/// # Errors
/// The store or the archive failed. Whatever is wrong with a file is a remark.
pub async fn read_backlog(
    world: &World,
    extractor: &Extractor,
    source: &Source,
    run: i64,
    due: Option<Timestamp>,
    tally: &mut Tally,
) -> Result<u64, HarvestError> {
    let mut pages = 0;
    let closed: Arc<Closed> = Arc::new(Mutex::new(tally.closed.clone()));
    let codes = due.is_none().then(|| RemarkCode::PASSING.into());
    let mut owing = Owing { due, files: Some(true), codes, ..Owing::of(&source.key, BATCH) };
    let mut again = Vec::new();
    loop {
        let owed = world.store.owed(&owing).await?;
        let Some(last) = owed.last() else { break };
        owing.after = Some(last.name.clone());
        let jobs = owed_jobs(world, source, run, owed).await?;
        pages += read_all(world, extractor, source, (run, &closed), jobs, Some(&mut again), tally).await?;
    }
    // As with questions: what may pass is put again at the end of the run, and given up after that.
    for round in 2..=ROUNDS {
        let jobs = owed_jobs(world, source, run, std::mem::take(&mut again)).await?;
        let next = (round < ROUNDS).then_some(&mut again);
        pages += read_all(world, extractor, source, (run, &closed), jobs, next, tally).await?;
    }
    let jobs = stale_jobs(world, source).await?;
    pages += read_all(world, extractor, source, (run, &closed), jobs, None, tally).await?;
    tally.closed.clone_from(&closed.lock().unwrap_or_else(PoisonError::into_inner));
    Ok(pages)
}

/// A file to be read.
struct Job {
    document: Document,
    /// What is known of its text.
    had: Option<DocumentText>,
    /// By what its server knows the file that we have.
    known: Option<Validator>,
    /// As what it is owed; nothing where it is only looked at again.
    owed: Option<Owed>,
    /// Whether it lies in the archive and is only read again.
    is_held: bool,
}

/// The files that are owed. Where the document changed and its file did not, nothing is to be read.
async fn owed_jobs(
    world: &World,
    source: &Source,
    run: i64,
    owed: Vec<Owed>,
) -> Result<Vec<Job>, HarvestError> {
    let ids: Vec<EntityId> = owed.iter().filter_map(|owed| owed.subject.clone()).collect();
    let mut jobs = Vec::new();
    for (document, had) in with_text(world, &ids).await? {
        let trouble = had.as_ref().and_then(trouble_of);
        let is_as_before = had.as_ref().is_some_and(|text| text.of_revision == revision(&document))
            && trouble.is_none_or(|code| !code.may_pass());
        let is_held = is_as_before && lies_there(world, had.as_ref()).await?;
        let may_live = trouble == Some(RemarkCode::ReaderDied) && has_rested(world, had.as_ref()).await?;
        if is_held && !may_live {
            let commit = empty(run, &source.key, &document, Timestamp::now());
            let end = Some(end_of(&document, source, trouble, "as it was before"));
            world.store.commit(Commit { end, ..commit }).await?;
            continue;
        }
        let owed = owed.iter().find(|owed| owed.subject.as_ref() == Some(document.id.any())).cloned();
        jobs.push(Job { document, had, known: None, owed, is_held });
    }
    Ok(jobs)
}

/// Whether the archive holds the file of a text, where there is one.
async fn lies_there(world: &World, text: Option<&DocumentText>) -> Result<bool, HarvestError> {
    match text.and_then(|text| text.sha256.as_ref()) {
        Some(sha) => Ok(world.archive.has(&ArchiveKey::original(sha)).await?),
        None => Ok(true),
    }
}

/// Whether a file that killed its readers has been left alone for long enough.
async fn has_rested(world: &World, text: Option<&DocumentText>) -> Result<bool, HarvestError> {
    let Some(sha) = text.and_then(|text| text.sha256.as_ref()) else { return Ok(false) };
    let killer = world.store.killer(sha).await?;
    Ok(killer.is_none_or(|killer| killer.due <= Timestamp::now()))
}

/// The files that were had long ago: behind the same address may be another now.
async fn stale_jobs(world: &World, source: &Source) -> Result<Vec<Job>, HarvestError> {
    let ago = |days: i64| {
        Timestamp::now().checked_sub(SignedDuration::from_hours(24 * days)).unwrap_or(Timestamp::UNIX_EPOCH)
    };
    let moments = (ago(STALE_DAYS), ago(STALE_DAYS_WHILE_NEW), ago(NEW_DAYS));
    let ids = world.store.stale_files(&source.key, moments, MOST_STALE).await?;
    let held = with_text(world, &ids).await?;
    let file = |text: &DocumentText| Some((text.id.any().clone(), text.sha256.clone()?));
    let files: Vec<_> = held.iter().filter_map(|(_, had)| file(had.as_ref()?)).collect();
    let known = world.store.validators(&files).await?;
    let mut jobs = Vec::new();
    for (document, had) in held {
        let of = |text: &DocumentText| known.iter().find(|(id, _)| id == text.id.any());
        let known = had.as_ref().and_then(of).map(|(_, validator)| validator.clone());
        // What the archive lost must be sent again.
        let known = if lies_there(world, had.as_ref()).await? { known } else { None };
        jobs.push(Job { document, had, known, owed: None, is_held: false });
    }
    Ok(jobs)
}

/// The living documents among `ids`, with their texts.
async fn with_text(
    world: &World,
    ids: &[EntityId],
) -> Result<Vec<(Document, Option<DocumentText>)>, HarvestError> {
    let texts: Vec<EntityId> = ids.iter().map(|id| id.within(Kind::DocumentText, "text")).collect();
    let texts = world.store.get(&texts).await?;
    let mut found = Vec::new();
    for stored in world.store.get(ids).await? {
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
    world: &World,
    extractor: &Extractor,
    source: &Source,
    (run, closed): (i64, &Arc<Closed>),
    jobs: Vec<Job>,
    mut again: Option<&mut Vec<Owed>>,
    tally: &mut Tally,
) -> Result<u64, HarvestError> {
    Progress::add(&world.progress.files, jobs.len());
    let shared = Arc::new(source.clone());
    let (mut jobs, mut under_way) = (VecDeque::from(jobs), JoinSet::new());
    let mut pages = 0;
    loop {
        while under_way.len() < AT_ONCE
            && let Some(job) = jobs.pop_front()
        {
            let (world, extractor) = (world.clone(), extractor.clone());
            let (closed, source) = (Arc::clone(closed), Arc::clone(&shared));
            under_way.spawn(async move {
                let Job { document, had, known, owed, is_held } = job;
                let from = if is_held { FileOrigin::Archive } else { FileOrigin::Supplier(known) };
                let found = read(&world, &extractor, &closed, (&document, &source), had.clone(), from).await;
                (document, (owed, had, is_held), found)
            });
        }
        let Some(done) = under_way.join_next().await else { return Ok(pages) };
        let (document, (owed, had, is_held), found) = join(done).await;
        let _open = world.gate.read().await;
        let Some(Read { text, remark, file, validator, faults, may_pass, taken_down }) = found? else {
            continue;
        };
        tally.add_faults(faults);
        tally.requests += u64::from(!is_held);
        if let Some(before) = taken_down {
            take_down_too(world, &document, (source, run), before, tally).await?;
            continue;
        }
        match (owed, &mut again) {
            // What is only looked at again is looked at another day, and does not stand before the others until then.
            (None, _) if may_pass => {
                let parts = had.map(|text| text_part(&document, text)).into_iter().collect();
                world
                    .store
                    .commit(Commit { parts, ..empty(run, &source.key, &document, Timestamp::now()) })
                    .await?;
                continue;
            }
            (Some(owed), Some(again)) if may_pass => {
                again.push(owed);
                continue;
            }
            _ => {}
        }
        Progress::add(&world.progress.read, 1);
        let mut text = text;
        let mut remarks: Vec<Remark> = remark.clone().into_iter().collect();
        if let (Some(ReadFile { bytes, kept, findings }), Some(sha)) = (&file, text.sha256.clone()) {
            text.withheld = withheld(world, &sha, kept, findings).await?;
            if !is_held {
                put_file(world, &sha, bytes).await?;
            }
            put_text(world, &sha, kept).await?;
            let (hidden, numbers): (Vec<_>, Vec<_>) = findings.iter().partition(|it| it.tier == Tier::Hidden);
            if !numbers.is_empty() {
                remarks.push(Remark::personal_numbers(document.id.any(), numbers.len(), text.withheld.len()));
            }
            if !hidden.is_empty() {
                remarks.push(Remark::hidden_text(document.id.any(), hidden.len(), text.withheld.len()));
            }
            pages += u64::from(text.pages_done);
            tally.bytes += if is_held { 0 } else { bytes.len() as u64 };
            for page in &kept.pages {
                *tally.engines.entry(page.engine.clone()).or_default() += 1;
            }
            Progress::add(&world.progress.pages, text.pages_done as usize);
        }
        let (id, sha) = (text.id.any().clone(), text.sha256.clone());
        let (code, why) = (trouble_of(&text), remark.as_ref().map(|remark| remark.message.clone()));
        let commit = Commit {
            parts: vec![text_part(&document, text)],
            end: Some(end_of(&document, source, code, &why.unwrap_or_default())),
            remarks,
            ..empty(run, &source.key, &document, Timestamp::now())
        };
        tally.note_erasures(&world.store.commit(commit).await?);
        if let (Some(validator), Some(sha)) = (validator, sha) {
            world.store.keep_validator(&id, &sha, &validator).await?;
        }
    }
}

/// Takes down a document whose file was taken down before, under whatever id, and names it to the operator.
async fn take_down_too(
    world: &World,
    document: &Document,
    (source, run): (&Source, i64),
    before: Takedown,
    tally: &mut Tally,
) -> Result<(), HarvestError> {
    let (now, id) = (Timestamp::now(), document.id.any());
    let blocked = world.store.block(&Takedown { id: id.clone(), at: now, ..before.clone() }).await?;
    tally.note_erasures(&blocked.committed);
    let remark = Remark::taken_down(id, &before.id);
    let commit =
        Commit { remarks: vec![remark], end: Some(End::Answered), ..empty(run, &source.key, document, now) };
    world.store.commit(commit).await?;
    // The keys that must go are noted, and deleted when the run has ended.
    tally.has_erased = true;
    Ok(())
}

/// The pages of a file that nobody may see for now; what was found on them is noted. All documents with the same file follow
/// before its words are put where they read them.
async fn withheld(
    world: &World,
    sha: &str,
    kept: &Kept,
    found: &[Finding],
) -> Result<Vec<u32>, HarvestError> {
    world.store.keep_findings(sha, found).await?;
    let (withheld, _) = apply_rulings(&world.store, world.policy, sha, kept.pages_total).await?;
    Ok(withheld)
}

/// What is said of a document's text.
fn text_part(document: &Document, text: DocumentText) -> Part {
    Part {
        origin: Origin::Aspect { aspect: NAME.to_owned(), of: document.id.any().clone() },
        standing: Standing::Detail,
        content: Content::Says(Box::new(Entity::DocumentText(text))),
    }
}

/// What becomes of the question for a file: it is owed until there is nothing wrong with it that a reader would miss.
fn end_of(document: &Document, source: &Source, code: Option<RemarkCode>, why: &str) -> End {
    // Pages without text are pages all the same.
    let Some(code) = code.filter(|code| *code != RemarkCode::ScanWithoutText) else { return End::Answered };
    End::Left(Box::new(Owed {
        source: source.key.clone(),
        name: file_of(document.id.any()),
        body: None,
        subject: Some(document.id.any().clone()),
        day: document.date.map(raadhuis_schema::When::day),
        code: Some(code),
        message: why.to_owned(),
        since: Timestamp::now(),
        tries: 1,
        due: Timestamp::now(),
    }))
}

/// Why there is no whole text, in so far as there was trouble.
fn trouble_of(text: &DocumentText) -> Option<RemarkCode> {
    serde_json::from_value(text.trouble.clone()?.into()).ok()
}

/// What tells one state of a document's file from the next.
fn revision(document: &Document) -> String {
    let modified = document.modified.map(|when| when.to_string()).unwrap_or_default();
    // Some suppliers number nothing and date nothing; there only the size tells that a file was replaced.
    let size = document.size.map(|size| size.to_string()).unwrap_or_default();
    format!("{} {modified} {size}", document.version.unwrap_or_default())
}

/// A commit about a document's file in which nothing stands yet.
fn empty(run: i64, source: &str, document: &Document, at: Timestamp) -> Commit {
    Commit::of(source, run, &file_of(document.id.any()), at)
}
