//! The whole index, made anew beside the one that answers.

use std::collections::{BTreeMap, VecDeque};

use raadhuis_projection::entries;
use raadhuis_schema::{Change, EntityId};
use raadhuis_search::{Entry, SharedSearch, entry::KINDS};
use raadhuis_store::{Archive, SharedStore};

use crate::HarvestError;

/// Lines of the log that are looked at together.
const LINES: u32 = 1000;

/// So many of them are prepared at once.
const AT_ONCE: usize = 3;

/// Makes a new generation of everything that lives now, and lets it answer when it is whole. What changes meanwhile lies behind
/// its place in the log, where the follower takes it up. `progress` is told how far in the log it is.
///
/// # Errors
/// The store, the archive or the engine failed; the generation that answers stays.
pub async fn reindex(
    store: &SharedStore,
    archive: &Archive,
    search: &SharedSearch,
    progress: &(dyn Fn(i64) + Sync),
) -> Result<u64, HarvestError> {
    let end = store.end().await?;
    let mut next = search.rebuild().await?;
    let (mut count, mut after) = (0, 0);
    let mut prepared = VecDeque::new();
    loop {
        let mut lines = store.changes(after, LINES).await?;
        lines.retain(|line| line.seq <= end);
        let last = lines.last().map(|line| line.seq);
        if let Some(last) = last {
            after = last;
            let kept = (store.clone(), archive.clone());
            prepared.push_back(tokio::spawn(async move { living(&kept.0, &kept.1, lines).await }));
        }
        let enough = if last.is_some() { AT_ONCE } else { 0 };
        while prepared.len() > enough
            && let Some(task) = prepared.pop_front()
        {
            // A task that panicked is a fault of ours: it is not hidden.
            let entries = task.await.unwrap_or_else(|error| std::panic::resume_unwind(error.into_panic()))?;
            count += entries.len() as u64;
            next.add(entries).await?;
        }
        progress(after);
        if last.is_none() {
            break;
        }
    }
    // What changed meanwhile comes first: what was taken away since must not be found again, not for a moment.
    if let Some(index) = next.seal(end).await?
        && end > 0
    {
        Box::pin(super::follow(store, archive, &index)).await?;
    }
    next.finish().await?;
    Ok(count)
}

/// The entries of what changed last in one of these lines: so each living thing comes once.
async fn living(
    store: &SharedStore,
    archive: &Archive,
    lines: Vec<Change>,
) -> Result<Vec<Entry>, HarvestError> {
    let last: BTreeMap<EntityId, i64> = lines
        .into_iter()
        .filter(|line| KINDS.contains(&line.kind()))
        .map(|line| (line.id, line.seq))
        .collect();
    let ids: Vec<EntityId> = last.keys().cloned().collect();
    let living = store.get(&ids).await?;
    let here = living.into_iter().filter(|stored| last.get(stored.entity.id()) == Some(&stored.seq));
    Ok(entries(store, archive, &here.collect::<Vec<_>>()).await?)
}
