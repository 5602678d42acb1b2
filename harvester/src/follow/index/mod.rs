//! The follower "index": what changed, and what depends on it, into the search engine. Read in this order: `dependents` says
//! what else must be indexed anew, `raadhuis_projection` what is indexed of it, `again` makes the whole index anew.

use std::collections::{BTreeMap, BTreeSet};

use raadhuis_schema::{Action, Change, Entity, EntityId, Kind};
use raadhuis_search::{Batch, SearchError, SharedSearch, entry::KINDS};
use raadhuis_store::{Archive, Filter, Page, SharedStore, Stored};

use super::BATCH;
use crate::HarvestError;

pub mod again;
mod dependents;

use dependents::dependents;
use raadhuis_projection::entries;

/// Brings the index up to the end of the change log. An index that is at its beginning is made from what lives.
///
/// # Errors
/// The store, the archive or the engine failed.
pub async fn follow(
    store: &SharedStore,
    archive: &Archive,
    search: &SharedSearch,
) -> Result<(), HarvestError> {
    loop {
        let after = search.cursor().await?;
        let changes = store.changes(after, BATCH).await?;
        let Some(last) = changes.last() else { return Ok(()) };
        if after == 0 {
            match again::reindex(store, archive, search, &|_| ()).await {
                // Another process makes it, and brings it up to the end itself.
                Err(HarvestError::Search(SearchError::Busy)) => return Ok(()),
                made => made?,
            };
            continue;
        }
        match step(store, archive, search, (after, last.seq), &changes).await {
            // A new generation took the place of the one that was asked: it says itself where it is.
            Err(HarvestError::Search(SearchError::Moved { .. })) => {}
            // Another process writes: it follows.
            Err(HarvestError::Search(SearchError::Busy)) => return Ok(()),
            other => other?,
        }
    }
}

/// Takes some changes in.
async fn step(
    store: &SharedStore,
    archive: &Archive,
    search: &SharedSearch,
    (after, cursor): (i64, i64),
    changes: &[Change],
) -> Result<(), HarvestError> {
    let mut touched: BTreeSet<EntityId> = changes.iter().map(|change| change.id.clone()).collect();
    touched.extend(dependents(store, &touched).await?);
    for authority in touched.iter().filter(|id| id.kind() == Kind::Authority) {
        everything_of(store, archive, search, after, authority).await?;
    }
    let ids: Vec<EntityId> = touched.iter().cloned().collect();
    let living = store.get(&ids).await?;
    let entries = entries(store, archive, &living).await?;
    let found: BTreeSet<&EntityId> = entries.iter().map(|entry| &entry.id).collect();
    let removed = ids.iter().filter(|id| !found.contains(id)).cloned().collect();
    let erase = changes.iter().any(|change| change.action == Action::Erased) || living.iter().any(withholds);
    Ok(search.apply(Batch { removed, after, cursor, erase, entries }).await?)
}

/// Whether it is a text with pages that nobody may see: their words must stay in no dictionary.
fn withholds(stored: &Stored) -> bool {
    matches!(&stored.entity, Entity::DocumentText(text) if !text.withheld.is_empty())
}

/// All that belongs to an authority is counted by its sort and its province.
async fn everything_of(
    store: &SharedStore,
    archive: &Archive,
    search: &SharedSearch,
    at: i64,
    authority: &EntityId,
) -> Result<(), HarvestError> {
    let filter = Filter { kinds: KINDS.to_vec(), authorities: vec![authority.clone()], ..Filter::default() };
    let mut page = Page { first: BATCH, after: None, descending: false };
    loop {
        let listing = store.list(&filter, &page).await?;
        let (places, things): (Vec<_>, Vec<_>) = listing.rows.into_iter().unzip();
        let entries = entries(store, archive, &things).await?;
        search.apply(Batch { entries, after: at, cursor: at, ..Batch::default() }).await?;
        page.after = places.into_iter().last();
        if !listing.more {
            return Ok(());
        }
    }
}

/// The ids of what was found.
fn named(related: BTreeMap<EntityId, Vec<Stored>>) -> Vec<EntityId> {
    related.into_values().flatten().map(|stored| stored.entity.id().clone()).collect()
}
