//! The follower "text": for every document that changed, its file and the text of its pages.

use std::{
    collections::BTreeSet,
    sync::{Mutex, PoisonError},
};

use bytes::Bytes;
use futures::StreamExt;
use jiff::Timestamp;
use raadhuis_schema::{
    Action, Commit, Content, ContentHash, Document, DocumentText, Entity, EntityId, Id, Kind, Origin, Part,
    Remark, RemarkCode, Source, Standing,
};

use super::BATCH;
use crate::{
    Catalogue, HarvestError, Progress,
    crawl::{Tally, World},
    supplier::{Judgement, Request, Supplier},
    text::{ENGINE, Extracted, Extractor, Format, Kept, sniff},
    with_supplier,
};

/// The name under which the cursor is kept.
pub const NAME: &str = "text";

/// Files read at once: one for each core of a small machine.
const AT_ONCE: usize = 2;

/// Fetches and reads the files of all documents that changed since the last time, and of those in `owed` that
/// have no text yet for a reason that may pass. Gives the number of pages read.
///
/// # Errors
/// The store or the archive failed. Whatever is wrong with a file is a remark.
pub async fn follow(
    world: &World,
    extractor: &Extractor,
    catalogue: &Catalogue,
    run: i64,
    owed: &BTreeSet<EntityId>,
    tally: &mut Tally,
) -> Result<u64, HarvestError> {
    let mut pages = 0;
    let mut wanted = owed.clone();
    let closed: Closed = Mutex::new(tally.closed.clone());
    loop {
        let after = world.store.cursor(NAME).await?;
        let changes = world.store.changes(after, BATCH).await?;
        let documents = changes.iter().filter(|change| change.kind() == Kind::Document);
        let living = documents.filter(|change| !matches!(change.action, Action::Withdrawn | Action::Erased));
        wanted.extend(living.map(|change| change.id.clone()));
        let ids: Vec<_> = std::mem::take(&mut wanted).into_iter().collect();
        for batch in ids.chunks(BATCH as usize) {
            pages += read_all(world, extractor, catalogue, (run, &closed), batch, tally).await?;
        }
        let Some(last) = changes.last() else {
            tally.closed = closed.into_inner().unwrap_or_else(PoisonError::into_inner);
            return Ok(pages);
        };
        let moved = Commit { cursor: Some((NAME.to_owned(), last.seq)), ..empty(run, "", "text cursor") };
        world.store.commit(moved).await?;
    }
}

async fn read_all(
    world: &World,
    extractor: &Extractor,
    catalogue: &Catalogue,
    (run, closed): (i64, &Closed),
    ids: &[EntityId],
    tally: &mut Tally,
) -> Result<u64, HarvestError> {
    let mut jobs = Vec::new();
    let texts: Vec<EntityId> = ids.iter().map(|id| id.within(Kind::DocumentText, "text")).collect();
    let known = world.store.get(&texts).await?;
    for stored in world.store.get(ids).await? {
        let (Entity::Document(document), source) = (stored.entity, stored.provenance.source) else {
            continue;
        };
        let had = known.iter().find_map(|stored| match &stored.entity {
            Entity::DocumentText(text) if text.document == document.id => Some(text),
            _ => None,
        });
        if had.is_some_and(|text| text.of_revision == revision(&document) && !may_pass(text)) {
            continue;
        }
        if let Ok(source) = catalogue.get(&source) {
            jobs.push((document, source, had.cloned()));
        }
    }
    Progress::add(&world.progress.files, jobs.len());
    let mut done = futures::stream::iter(jobs)
        .map(|(document, source, had)| async move {
            let found = read(world, extractor, closed, &document, source, had).await;
            (document, source, found)
        })
        .buffer_unordered(AT_ONCE);
    let mut pages = 0;
    while let Some((document, source, found)) = done.next().await {
        let Read { text, remark, file } = found?;
        tally.requests += 1;
        tally.remarks.extend(remark.clone());
        Progress::add(&world.progress.read, 1);
        if let (Some((bytes, kept)), Some(sha)) = (&file, &text.sha256) {
            put(world, sha, bytes, kept.as_ref()).await?;
            pages += u64::from(text.pages_done);
            tally.bytes += bytes.len() as u64;
            Progress::add(&world.progress.pages, text.pages_done as usize);
        }
        let origin = Origin::Aspect { aspect: NAME.to_owned(), of: document.id.any().clone() };
        let part = Part {
            origin,
            standing: Standing::Detail,
            content: Content::Says(Box::new(Entity::DocumentText(text))),
        };
        let task = format!("text of {}", document.id);
        let commit = Commit {
            parts: vec![part],
            remarks: remark.into_iter().collect(),
            ..empty(run, &source.key, &task)
        };
        for change in world.store.commit(commit).await?.changes {
            tally.changes.entry(change.kind()).or_default().add(change.action);
        }
    }
    Ok(pages)
}

/// What came of one document's file.
struct Read {
    text: DocumentText,
    remark: Option<Remark>,
    /// The file and its text as they go into the archive, where there is anything to put there.
    file: Option<(Bytes, Option<Kept>)>,
}

/// Fetches and reads one file. Stores nothing: many are read at once, and the store has one writer.
async fn read(
    world: &World,
    extractor: &Extractor,
    closed: &Closed,
    document: &Document,
    source: &Source,
    had: Option<DocumentText>,
) -> Result<Read, HarvestError> {
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
    // A file that cannot be had now does not take away the text of the one before.
    let mut text = DocumentText { of_revision: revision(document), ..had.unwrap_or(nothing) };
    let bytes = match fetch(world, closed, document, source).await {
        Ok(bytes) => bytes,
        Err((code, why)) => {
            text.trouble = Some(code.word());
            return Ok(Read {
                text,
                remark: Some(Remark::no_text(code, document.id.any(), &why)),
                file: None,
            });
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
    Ok(Read { text, remark, file: Some((bytes, kept)) })
}

/// Puts a file and its text into the archive, noted beforehand so that a run cut off here leaves nothing unknown.
async fn put(world: &World, sha: &str, bytes: &Bytes, kept: Option<&Kept>) -> Result<(), HarvestError> {
    let (original, text) = (format!("original/{sha}"), format!("text/{sha}"));
    world.store.reserve(&[original.clone(), text.clone()]).await?;
    world.archive.put(&original, bytes).await?;
    if let Some(kept) = kept {
        world.archive.put(&text, &serde_json::to_vec(kept).unwrap_or_default()).await?;
    }
    Ok(())
}

/// Houses that keep us out: none of their other files is asked for in this run.
type Closed = Mutex<BTreeSet<String>>;

async fn fetch(
    world: &World,
    closed: &Closed,
    document: &Document,
    source: &Source,
) -> Result<Bytes, (RemarkCode, String)> {
    let is_recording = |kind: &String| kind.starts_with("audio/") || kind.starts_with("video/");
    if document.media_type.as_ref().is_some_and(is_recording) {
        return Err((RemarkCode::UnsupportedFormat, "recordings are not fetched as documents".to_owned()));
    }
    let request: Option<Request> = with_supplier!(source.supplier, S => S::original(source, document));
    let request = request.ok_or((RemarkCode::BadAddress, "the document has no address".to_owned()))?;
    if closed.lock().unwrap_or_else(PoisonError::into_inner).contains(request.house()) {
        return Err((RemarkCode::Blocked, "not asked: its host keeps us out".to_owned()));
    }
    let answer = world.transport.send(&request).await.map_err(|error| (error.code(), error.to_string()))?;
    let judgement = with_supplier!(source.supplier, S => S::judge_original(&answer));
    match judgement {
        // A page in the place of a file is no document, and is not kept as one.
        Judgement::Content if sniff(&answer.bytes) == Format::Html => {
            Err((RemarkCode::UnsupportedFormat, "a page of HTML stands where the file should".to_owned()))
        }
        Judgement::Content => Ok(answer.bytes),
        other => {
            // A 403 may be about this file only; a 429 is about all.
            if matches!(other, Judgement::Blocked(_)) || answer.status == 429 {
                let mut closed = closed.lock().unwrap_or_else(PoisonError::into_inner);
                closed.insert(request.house().to_owned());
            }
            Err(crate::crawl::in_words(&other, answer.status))
        }
    }
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

/// What tells one state of a document's file from the next.
fn revision(document: &Document) -> String {
    let modified = document.modified.map(|when| when.to_string()).unwrap_or_default();
    // Some suppliers number nothing and date nothing; there only the size tells that a file was replaced.
    let size = document.size.map(|size| size.to_string()).unwrap_or_default();
    format!("{} {modified} {size}", document.version.unwrap_or_default())
}

/// Whether the reason why there is no text may pass by itself.
fn may_pass(text: &DocumentText) -> bool {
    let passing = [
        RemarkCode::TimedOut,
        RemarkCode::Failed,
        RemarkCode::Throttled,
        RemarkCode::Blocked,
        RemarkCode::Refused,
        // One miss is never trusted: what was gone may be back.
        RemarkCode::Gone,
    ];
    text.trouble.as_ref().is_some_and(|trouble| passing.iter().any(|code| code.word() == *trouble))
}

fn empty(run: i64, source: &str, task: &str) -> Commit {
    Commit {
        source: source.to_owned(),
        run,
        task: task.to_owned(),
        fetched: Timestamp::now(),
        payload: None,
        parts: Vec::new(),
        complete: Vec::new(),
        remarks: Vec::new(),
        cursor: None,
    }
}
