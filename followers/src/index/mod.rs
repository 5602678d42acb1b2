//! The follower "index": it updates the search engine with changed entities and their [`dependents`].
//! [`SearchEntryBuilder`] builds the entries; [`rebuild`] builds the whole index anew.

use std::collections::{BTreeMap, BTreeSet};

use async_trait::async_trait;
use raadhuis_schema::{Action, Change, Entity, EntityId, Kind};
use raadhuis_search::{Batch, SearchError, SharedSearch, entry::KINDS};
use raadhuis_store::{Archive, Filter, Page, SharedStore, Stored};

use crate::{BATCH, Follower, FollowerError, SearchEntryBuilder};

mod dependents;
pub mod rebuild;

use dependents::find_dependents;
use rebuild::rebuild_index;

pub struct Index {
    store: SharedStore,
    search: SharedSearch,
    builder: SearchEntryBuilder,
}

#[async_trait]
impl Follower for Index {
    fn name(&self) -> &'static str {
        "index"
    }

    async fn cursor(&self) -> Result<i64, FollowerError> {
        Ok(self.search.read_cursor().await?)
    }

    /// Takes in the next changes. An empty index is rebuilt from the living entities, and so is an index that is ahead of
    /// the log, because the store came from a backup.
    async fn take_next(&self) -> Result<bool, FollowerError> {
        let after = self.search.read_cursor().await?;
        let changes = self.store.changes(after, BATCH).await?;
        let taken = match changes.last() {
            Some(_) if after == 0 => self.rebuild().await,
            Some(last) => self.apply_changes(after, last.seq, &changes).await,
            None if after > self.store.last_change().await? => self.rebuild().await,
            None => return Ok(false),
        };
        match taken {
            // A new generation replaced the one that was asked: it has its own cursor.
            Ok(()) | Err(FollowerError::Search(SearchError::Moved { .. })) => Ok(true),
            // Another process is the writer of the index.
            Err(FollowerError::Search(SearchError::Busy)) => Ok(false),
            Err(error) => Err(error),
        }
    }
}

impl Index {
    pub fn new(store: SharedStore, archive: Archive, search: SharedSearch) -> Self {
        let builder = SearchEntryBuilder::new(store.clone(), archive);
        Self { store, search, builder }
    }

    /// Takes in all changes to the end of the log.
    ///
    /// # Errors
    /// The store, the archive or the engine failed.
    pub async fn take_all(&self) -> Result<(), FollowerError> {
        while self.take_next().await? {}
        Ok(())
    }

    async fn rebuild(&self) -> Result<(), FollowerError> {
        rebuild_index(&self.store, &self.builder, &self.search, &|_| ()).await?;
        Ok(())
    }

    async fn apply_changes(&self, after: i64, cursor: i64, changes: &[Change]) -> Result<(), FollowerError> {
        let mut touched: BTreeSet<EntityId> = changes.iter().map(|change| change.id.clone()).collect();
        touched.extend(find_dependents(&self.store, &touched).await?);
        for authority in touched.iter().filter(|id| id.kind() == Kind::Authority) {
            self.apply_authority(after, authority).await?;
        }
        let ids: Vec<EntityId> = touched.iter().cloned().collect();
        let living = self.store.get(&ids).await?;
        let entries = self.builder.build_entries(&living).await?;
        let found: BTreeSet<&EntityId> = entries.iter().map(|entry| &entry.id).collect();
        let removed = ids.iter().filter(|id| !found.contains(id)).cloned().collect();
        let erase = changes.iter().any(|change| change.action == Action::Erased)
            || living.iter().any(has_withheld_pages);
        Ok(self.search.apply_batch(Batch { removed, after, cursor, erase, entries }).await?)
    }

    /// Reindexes all entities of an authority: their entries hold its kind and province.
    async fn apply_authority(&self, cursor: i64, authority: &EntityId) -> Result<(), FollowerError> {
        let filter =
            Filter { kinds: KINDS.to_vec(), authorities: vec![authority.clone()], ..Filter::default() };
        let mut page = Page { first: BATCH, after: None, descending: false };
        loop {
            let listing = self.store.list_entities(&filter, &page).await?;
            let (places, entities): (Vec<_>, Vec<_>) = listing.rows.into_iter().unzip();
            let entries = self.builder.build_entries(&entities).await?;
            self.search.apply_batch(Batch { entries, after: cursor, cursor, ..Batch::default() }).await?;
            page.after = places.into_iter().last();
            if !listing.more {
                return Ok(());
            }
        }
    }
}

/// Returns whether the entity is a text with withheld pages, whose words must be erased from the index's dictionaries.
fn has_withheld_pages(stored: &Stored) -> bool {
    matches!(&stored.entity, Entity::DocumentText(text) if !text.withheld.is_empty())
}

fn ids_of(related: BTreeMap<EntityId, Vec<Stored>>) -> Vec<EntityId> {
    related.into_values().flatten().map(|stored| stored.entity.id().clone()).collect()
}
