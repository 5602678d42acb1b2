//! Builds a new index beside the one that answers.

use std::collections::{BTreeMap, VecDeque};

use raadhuis_schema::{Change, EntityId};
use raadhuis_search::{Entry, SharedSearch, entry::KINDS};
use raadhuis_store::{SharedStore, join_task};

use super::Index;
use crate::{FollowerError, SearchEntryBuilder};

/// The number of changes that one task prepares.
const LINES: u32 = 1000;

/// The most tasks that prepare entries at once.
const AT_ONCE: usize = 3;

/// Builds a new generation of all living entities and publishes it when it is complete. The follower takes in changes
/// made meanwhile. `progress` gets the number of the last change that was prepared. Returns the number of entries.
///
/// # Errors
/// The store, the archive or the engine failed; the current generation stays.
pub async fn rebuild_index(
    store: &SharedStore,
    builder: &SearchEntryBuilder,
    search: &SharedSearch,
    progress: &(dyn Fn(i64) + Sync),
) -> Result<u64, FollowerError> {
    let end = store.last_change().await?;
    let mut next = search.rebuild().await?;
    let (mut count, mut after) = (0, 0);
    let mut prepared = VecDeque::new();
    loop {
        let mut lines = store.changes(after, LINES).await?;
        lines.retain(|line| line.seq <= end);
        let last = lines.last().map(|line| line.seq);
        if let Some(last) = last {
            after = last;
            let (store, builder) = (store.clone(), builder.clone());
            prepared.push_back(tokio::spawn(async move { build_living(&store, &builder, lines).await }));
        }
        let enough = if last.is_some() { AT_ONCE } else { 0 };
        while prepared.len() > enough
            && let Some(task) = prepared.pop_front()
        {
            let entries = join_task(task.await).await?;
            count += entries.len() as u64;
            next.add_entries(entries).await?;
        }
        progress(after);
        if last.is_none() {
            break;
        }
    }
    // Take in changes made meanwhile before publishing: an entity that was taken away since must never be found again.
    if let Some(index) = next.seal_generation(end).await?
        && end > 0
    {
        let index = Index { store: store.clone(), search: index, builder: builder.clone() };
        Box::pin(index.take_all()).await?;
    }
    next.activate().await?;
    Ok(count)
}

/// The entries of those entities whose last change is in `lines`, so that each living entity is built once.
async fn build_living(
    store: &SharedStore,
    builder: &SearchEntryBuilder,
    lines: Vec<Change>,
) -> Result<Vec<Entry>, FollowerError> {
    let last: BTreeMap<EntityId, i64> = lines
        .into_iter()
        .filter(|line| KINDS.contains(&line.kind()))
        .map(|line| (line.id, line.seq))
        .collect();
    let ids: Vec<EntityId> = last.keys().cloned().collect();
    let living = store.get(&ids).await?;
    let here = living.into_iter().filter(|stored| last.get(stored.entity.id()) == Some(&stored.seq));
    builder.build_entries(&here.collect::<Vec<_>>()).await
}
