//! The answers in the archive, sent through the adapters of today. Nobody is asked anything.

use jiff::Timestamp;
use raadhuis_schema::{Archived, Commit, ContentHash, Remark, RemarkCode, Source};

use super::{Tally, World, read, speakers};
use crate::{
    HarvestError, Progress,
    supplier::{Answer, EDITION, Supplier},
    transport::patience::Reading,
};

/// Answers that are looked up at once.
const PAGE: u32 = 200;

/// Reads every archived answer of a source again, in the order in which they were fetched. What was withheld stays withheld,
/// what a later answer said stays as it said it, and a listing is no news: nothing is withdrawn on its word.
///
/// # Errors
/// The store or the archive failed. What cannot be read is a remark, and what it said before stays.
pub async fn reread<S: Supplier>(world: &World, source: &Source, run: i64) -> Result<Tally, HarvestError> {
    let mut tally = Tally::default();
    let mut last: Option<Archived> = None;
    loop {
        let page = world.store.answers(&source.key, last.as_ref(), PAGE).await?;
        Progress::add(&world.progress.known, page.len());
        for archived in &page {
            one::<S>(world, source, run, archived, &mut tally).await?;
            Progress::add(&world.progress.done, 1);
        }
        match page.into_iter().next_back() {
            Some(answer) => last = Some(answer),
            None => return Ok(tally),
        }
    }
}

async fn one<S: Supplier>(
    world: &World,
    source: &Source,
    run: i64,
    archived: &Archived,
    tally: &mut Tally,
) -> Result<(), HarvestError> {
    let bytes = world.archive.get(&archived.payload).await?;
    let task = serde_json::from_value::<S::Task>(archived.task.clone());
    let (bytes, task) = match (bytes, task) {
        (Some(bytes), Ok(task)) => (bytes, task),
        (None, _) => return remark(world, source, (run, archived), "the archive has lost it", tally).await,
        (_, Err(why)) => {
            let why = format!("its question is of another edition: {why}");
            return remark(world, source, (run, archived), &why, tally).await;
        }
    };
    let sha256 = ContentHash::of_bytes(&bytes).to_string();
    let answer = Answer { status: 200, bytes, fetched: archived.fetched, validator: None };
    let mut harvested = match read::<S>(source, &task, &answer) {
        Reading::Says(harvested) => harvested,
        Reading::Unreadable(why) => return remark(world, source, (run, archived), &why, tally).await,
        Reading::Amounts(_) => {
            return remark(world, source, (run, archived), "it is no answer any more", tally).await;
        }
    };
    speakers::name(&world.store, source, &mut harvested).await?;
    tally.answered += 1;
    harvested.complete.retain(|scope| scope.origin.anchor().is_some());
    tally.remarks.extend(harvested.remarks.iter().cloned());
    let committed = world
        .store
        .commit(Commit {
            payload: Some(archived.payload.clone()),
            answer: Some(Archived { sha256, edition: EDITION, ..archived.clone() }),
            is_reread: true,
            parts: harvested.parts,
            complete: harvested.complete,
            remarks: harvested.remarks,
            ..Commit::of(&source.key, run, &S::name(&task), archived.fetched)
        })
        .await?;
    tally.add_changes(&committed);
    Ok(())
}

/// Notes that an answer cannot be read again. What rests on it stays.
async fn remark(
    world: &World,
    source: &Source,
    (run, archived): (i64, &Archived),
    why: &str,
    tally: &mut Tally,
) -> Result<(), HarvestError> {
    let remark = Remark::unanswered(RemarkCode::Unreadable, &archived.payload, why);
    tally.remarks.push(remark.clone());
    let commit = Commit::of(&source.key, run, &archived.payload, Timestamp::now());
    world.store.commit(Commit { remarks: vec![remark], ..commit }).await?;
    Ok(())
}
