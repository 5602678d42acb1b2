//! The last coverage line of every source, with its authority, including sources harvested with another catalogue than the
//! reader's.

use std::collections::BTreeMap;

use raadhuis_schema::{Authority, Directory, EntityId, coverage::Line};
use raadhuis_store::{SharedStore, StoreError};

/// The last coverage lines of all sources.
#[derive(Clone, Debug, Default)]
pub struct Lines {
    by_source: BTreeMap<String, Line>,
    /// Sources that the catalogue does not name, with the authority that they publish.
    unlisted: Vec<(String, EntityId)>,
}

impl Lines {
    /// Reads all lines from the store.
    ///
    /// # Errors
    /// The store failed.
    pub async fn read(store: &SharedStore, directory: &Directory) -> Result<Self, StoreError> {
        let by_source: BTreeMap<String, Line> = store.last_lines().await?.into_iter().collect();
        let mut unlisted: Vec<String> = by_source.keys().cloned().collect();
        unlisted.retain(|key| !directory.sources.iter().any(|source| source.key == *key));
        let unlisted = if unlisted.is_empty() { Vec::new() } else { store.list_owners(&unlisted).await? };
        Ok(Self { by_source, unlisted })
    }

    pub fn of_source(&self, key: &str) -> Option<&Line> {
        self.by_source.get(key)
    }

    pub fn of_authority<'a>(
        &'a self,
        directory: &'a Directory,
        authority: &'a Authority,
    ) -> impl Iterator<Item = &'a Line> {
        let listed = directory.sources.iter().filter(|it| it.authority.code == authority.code);
        let unlisted = self.unlisted.iter().filter(|(_, owner)| owner == authority.id.as_entity());
        let keys = listed.map(|source| &source.key).chain(unlisted.map(|(key, _)| key));
        keys.filter_map(|key| self.of_source(key))
    }

    /// Sources that the catalogue does not name, with their authorities and last lines.
    pub fn unlisted(&self) -> impl Iterator<Item = (&str, &EntityId, &Line)> {
        self.unlisted.iter().filter_map(|(key, owner)| Some((key.as_str(), owner, self.of_source(key)?)))
    }
}
