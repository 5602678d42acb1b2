//! The answers in the archive, sent through the adapters of today. Nobody is asked anything.

use bytes::Bytes;
use jiff::Timestamp;
use raadhuis_schema::{Archived, Commit, ContentHash, Remark, RemarkCode, Source};
use raadhuis_store::{ArchiveKey, offload};

use super::{Interpreted, Tally, World, clean, interpret, speakers};
use crate::{
    HarvestError, Progress,
    supplier::{Answer, EDITION, Harvested, ParsedBody, Supplier},
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
    let bytes = world.archive.get(&ArchiveKey::stored(&archived.payload)).await?;
    let (shared, of) = (source.clone(), archived.clone());
    let (name, sha256, mut harvested) = match offload(move || said::<S>(&shared, &of, bytes)).await {
        Ok(said) => said,
        // What rests on it stays.
        Err(why) => {
            let remark = Remark::unanswered(RemarkCode::Unreadable, &archived.payload, &why);
            let commit = Commit::of(&source.key, run, &archived.payload, Timestamp::now());
            world.store.commit(Commit { remarks: vec![remark], ..commit }).await?;
            return Ok(());
        }
    };
    speakers::name(&world.store, source, &mut harvested).await?;
    clean::clean(&name, &mut harvested);
    tally.answered += 1;
    harvested.complete.retain(|scope| scope.origin.anchor().is_some());
    let committed = world
        .store
        .commit(Commit {
            payload: Some(archived.payload.clone()),
            answer: Some(Archived { sha256, edition: EDITION, ..archived.clone() }),
            is_reread: true,
            parts: harvested.parts,
            complete: harvested.complete,
            remarks: harvested.remarks,
            ..Commit::of(&source.key, run, &name, archived.fetched)
        })
        .await?;
    tally.note_erasures(&committed);
    Ok(())
}

/// What an archived answer says by the adapters of today, with its question's name and its hash; or why it says nothing.
fn said<S: Supplier>(
    source: &Source,
    archived: &Archived,
    bytes: Option<Bytes>,
) -> Result<(String, String, Harvested<S::Task>), String> {
    let bytes = bytes.ok_or("the archive has lost it")?;
    let task: S::Task = serde_json::from_value(archived.task.clone())
        .map_err(|why| format!("its question is of another edition: {why}"))?;
    let sha256 = ContentHash::of_bytes(&bytes).to_string();
    let answer = Answer {
        status: 200,
        bytes,
        fetched: archived.fetched,
        validator: None,
        parsed: ParsedBody::default(),
    };
    match interpret::<S>(source, &task, &answer) {
        Reading::Says(Interpreted { harvested, .. }) => Ok((S::name(&task), sha256, harvested)),
        Reading::Unreadable(why) => Err(why),
        Reading::Amounts(_) => Err("it is no answer any more".to_owned()),
    }
}
