//! The follower "text": for every document that is new or changed, its file and the text of its pages. What is to be read
//! is owed from the moment the document is known (the store sees to that), and until it was read.

use std::{
    collections::BTreeSet,
    sync::{Mutex, PoisonError},
};

use bytes::Bytes;
use futures::StreamExt;
use jiff::Timestamp;
use raadhuis_schema::{
    Commit, Content, ContentHash, Document, DocumentText, End, Entity, EntityId, Id, Kind, Origin, Owed,
    Part, Remark, RemarkCode, Source, Standing, task::file_of,
};
use raadhuis_store::Owing;

use super::BATCH;
use crate::{
    HarvestError, Progress,
    crawl::{ROUNDS, Tally, World},
    supplier::{Answer, Judgement, Request, Supplier},
    text::{ENGINE, Extracted, Extractor, Format, Kept, sniff},
    transport::{
        Faults, TransportError,
        patience::{self, Outcome, Reading},
    },
    with_supplier,
};

/// The name under which the texts of documents are kept.
pub const NAME: &str = "text";

/// Files under way at once, for each source. How many are read at once is the extractor's to say.
const AT_ONCE: usize = 4;

/// Fetches and reads the files of a source that are owed: those not asked for yet, and those whose trouble may pass. With
/// `due`, only those that are to be asked for again at that moment. Gives the number of pages read.
///
/// # Errors
/// The store or the archive failed. Whatever is wrong with a file is a remark.
pub async fn follow(
    world: &World,
    extractor: &Extractor,
    source: &Source,
    run: i64,
    due: Option<Timestamp>,
    tally: &mut Tally,
) -> Result<u64, HarvestError> {
    let mut pages = 0;
    let closed: Closed = Mutex::new(tally.closed.clone());
    let codes = due.is_none().then(|| RemarkCode::PASSING.into());
    let mut owing = Owing { due, files: Some(true), codes, ..Owing::of(&source.key, BATCH) };
    let mut again = Vec::new();
    loop {
        let owed = world.store.owed(&owing).await?;
        let Some(last) = owed.last() else { break };
        owing.after = Some((last.source.clone(), last.name.clone()));
        pages += read_all(world, extractor, source, (run, &closed), owed, Some(&mut again), tally).await?;
    }
    // As with questions: what may pass is put again at the end of the run, and given up after that.
    for round in 2..=ROUNDS {
        let owed = std::mem::take(&mut again);
        let next = (round < ROUNDS).then_some(&mut again);
        pages += read_all(world, extractor, source, (run, &closed), owed, next, tally).await?;
    }
    tally.closed = closed.into_inner().unwrap_or_else(PoisonError::into_inner);
    Ok(pages)
}

async fn read_all(
    world: &World,
    extractor: &Extractor,
    source: &Source,
    (run, closed): (i64, &Closed),
    owed: Vec<Owed>,
    mut again: Option<&mut Vec<Owed>>,
    tally: &mut Tally,
) -> Result<u64, HarvestError> {
    let mut jobs = Vec::new();
    let ids: Vec<EntityId> = owed.iter().filter_map(|owed| owed.subject.clone()).collect();
    let texts: Vec<EntityId> = ids.iter().map(|id| id.within(Kind::DocumentText, "text")).collect();
    let known = world.store.get(&texts).await?;
    for stored in world.store.get(&ids).await? {
        let Entity::Document(document) = stored.entity else { continue };
        let had = known.iter().find_map(|stored| match &stored.entity {
            Entity::DocumentText(text) if text.document == document.id => Some(text),
            _ => None,
        });
        let trouble = had.and_then(trouble_of);
        if had.is_some_and(|text| text.of_revision == revision(&document))
            && trouble.is_none_or(|code| !code.may_pass())
        {
            // The document changed, its file did not.
            let commit = empty(run, source, &document);
            let end = Some(end_of(&document, source, trouble, "as it was before"));
            world.store.commit(Commit { end, ..commit }).await?;
            continue;
        }
        jobs.push((document, had.cloned()));
    }
    Progress::add(&world.progress.files, jobs.len());
    let mut done = futures::stream::iter(jobs)
        .map(|(document, had)| async move {
            let found = read(world, extractor, closed, &document, source, had).await;
            (document, found)
        })
        .buffer_unordered(AT_ONCE);
    let mut pages = 0;
    while let Some((document, found)) = done.next().await {
        let _open = world.gate.read().await;
        let Some(Read { text, remark, file, faults, may_pass }) = found? else { continue };
        tally.add_faults(faults);
        tally.requests += 1;
        if let (true, Some(again)) = (may_pass, &mut again) {
            again.extend(owed.iter().find(|owed| owed.subject.as_ref() == Some(document.id.any())).cloned());
            continue;
        }
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
        let (code, why) = remark.as_ref().map(|remark| (remark.code, remark.message.as_str())).unzip();
        let commit = Commit {
            parts: vec![part],
            end: Some(end_of(&document, source, code, why.unwrap_or_default())),
            remarks: remark.into_iter().collect(),
            ..empty(run, source, &document)
        };
        tally.add_changes(&world.store.commit(commit).await?);
    }
    Ok(pages)
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

/// What came of one document's file.
struct Read {
    text: DocumentText,
    remark: Option<Remark>,
    /// The file and its text as they go into the archive, where there is anything to put there.
    file: Option<(Bytes, Option<Kept>)>,
    /// What went wrong on the way, also where it passed.
    faults: Faults,
    /// Whether there is no file for a reason that may pass within minutes.
    may_pass: bool,
}

/// Fetches and reads one file; `None` when nothing was asked and nothing is new. Stores nothing: many are read at once,
/// and the store has one writer.
async fn read(
    world: &World,
    extractor: &Extractor,
    closed: &Closed,
    document: &Document,
    source: &Source,
    had: Option<DocumentText>,
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
    let bytes = match fetch(world, closed, document, source, &mut faults).await {
        Ok(bytes) => bytes,
        Err(Unfetched::NotAsked(..)) if is_known => return Ok(None),
        Err(unfetched) => {
            let may_pass = matches!(unfetched, Unfetched::Failed(..));
            let (Unfetched::NotAsked(code, why) | Unfetched::Asked(code, why) | Unfetched::Failed(code, why)) =
                unfetched;
            text.trouble = Some(code.word());
            let remark = Some(Remark::no_text(code, document.id.any(), &why));
            return Ok(Some(Read { text, remark, file: None, faults, may_pass }));
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
    Ok(Some(Read { text, remark, file: Some((bytes, kept)), faults, may_pass: false }))
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

/// Why there is no file.
enum Unfetched {
    /// It was asked for, or never can be.
    Asked(RemarkCode, String),
    /// Its host is not asked now.
    NotAsked(RemarkCode, String),
    /// It was asked for, and came to nothing on the way.
    Failed(RemarkCode, String),
}

/// Houses that keep us out: none of their other files is asked for in this run.
type Closed = Mutex<BTreeSet<String>>;

async fn fetch(
    world: &World,
    closed: &Closed,
    document: &Document,
    source: &Source,
    faults: &mut Faults,
) -> Result<Bytes, Unfetched> {
    let is_recording = |kind: &String| kind.starts_with("audio/") || kind.starts_with("video/");
    if document.media_type.as_ref().is_some_and(is_recording) {
        let why = "recordings are not fetched as documents".to_owned();
        return Err(Unfetched::Asked(RemarkCode::UnsupportedFormat, why));
    }
    let request: Option<Request> = with_supplier!(source.supplier, S => S::original(source, document));
    let no_address = || Unfetched::Asked(RemarkCode::BadAddress, "the document has no address".to_owned());
    let request = request.ok_or_else(no_address)?;
    if closed.lock().unwrap_or_else(PoisonError::into_inner).contains(request.house()) {
        let why = "not asked: its host keeps us out".to_owned();
        return Err(Unfetched::NotAsked(RemarkCode::Blocked, why));
    }
    let is_file = |answer: &Answer| {
        let judgement = with_supplier!(source.supplier, S => S::judge_original(answer));
        match judgement {
            // A page in the place of a file is no document, and is not kept as one.
            Judgement::Content if sniff(&answer.bytes) == Format::Html => {
                Reading::Unreadable("a page of HTML stands where the file should".to_owned())
            }
            Judgement::Content if answer.bytes.trim_ascii_start().starts_with(b"{") => {
                Reading::Unreadable("an answer for programs stands where the file should".to_owned())
            }
            Judgement::Content => Reading::Says(()),
            other => Reading::Amounts(other),
        }
    };
    match patience::ask(&*world.transport, &request, false, faults, is_file).await {
        Outcome::Read(answer, ()) => Ok(answer.bytes),
        Outcome::Judged(answer, judgement) => {
            // A 403 may be about this file only; a 429 is about all.
            if matches!(judgement, Judgement::Blocked(_)) || answer.status == 429 {
                close(closed, &request);
            }
            let (code, why) = crate::crawl::in_words(&judgement, answer.status);
            let is_broken = matches!(judgement, Judgement::Broken(_));
            let unfetched = if is_broken { Unfetched::Failed } else { Unfetched::Asked };
            Err(unfetched(code, why))
        }
        Outcome::Unreadable(_, why) => Err(Unfetched::Failed(RemarkCode::UnsupportedFormat, why)),
        Outcome::None(error) => {
            if error.is_of_the_whole_host() {
                close(closed, &request);
            }
            let unfetched = match &error {
                error if error.is_of_the_whole_host() => Unfetched::NotAsked,
                TransportError::TimedOut | TransportError::Failed(_) | TransportError::CutShort(_) => {
                    Unfetched::Failed
                }
                _ => Unfetched::Asked,
            };
            Err(unfetched(error.code(), error.to_string()))
        }
    }
}

fn close(closed: &Closed, request: &Request) {
    closed.lock().unwrap_or_else(PoisonError::into_inner).insert(request.house().to_owned());
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

/// A commit about a document's file in which nothing stands yet.
fn empty(run: i64, source: &Source, document: &Document) -> Commit {
    Commit::of(&source.key, run, &file_of(document.id.any()), Timestamp::now())
}
