//! The data folder: what lies where in it, and opening it.

use std::path::{Path, PathBuf};

use anyhow::Context;
use raadhuis_harvester::{HarvestError, follow};
use raadhuis_search::{SearchError, SharedSearch};
use raadhuis_store::{
    Archive, ArchiveError, Locked, SharedStore, StoreError, TakedownError, TakedownList, pending, take_down,
};

/// An open data folder.
pub struct Folder {
    /// Entities and changes.
    pub store: SharedStore,
    /// Payloads, files and texts.
    pub archive: Archive,
    /// The index.
    pub search: SharedSearch,
}

/// Whether an error is about the data folder: nothing of what was asked is at fault.
pub fn is_lost(error: &anyhow::Error) -> bool {
    error.chain().any(|cause| {
        cause.is::<StoreError>()
            || cause.is::<ArchiveError>()
            || cause.is::<SearchError>()
            || cause.is::<TakedownError>()
            || cause.is::<HarvestError>()
            || cause.is::<Unusable>()
    })
}

/// The folder itself cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum Unusable {
    /// It is not there and cannot be made.
    #[error("the data folder {path} cannot be made: {why}")]
    NotMade {
        /// The folder.
        path: String,
        /// What is wrong.
        why: std::io::Error,
    },
    /// The files on which the database rests are not there.
    #[error(
        "the archive folder {path} is gone, while the database says what lies in it; put it back (or make an empty one, if \
         its files are lost for good)"
    )]
    NoArchive {
        /// The folder.
        path: String,
    },
}

impl Folder {
    /// Opens the folder at `path`, making what is not there. What was put back from a backup is brought up to date first:
    /// what was taken down since goes again, and an index that is ahead of the store is made anew.
    pub async fn open(path: &Path) -> anyhow::Result<Self> {
        let not_made = |why| Unusable::NotMade { path: path.display().to_string(), why };
        std::fs::create_dir_all(path).map_err(not_made)?;
        let inside = |name: &str| -> PathBuf { path.join(name) };
        let store = raadhuis_store::open(&format!("sqlite:{}", inside("raadhuis.db").display())).await?;
        let files = inside("archive");
        if !files.exists() && store.end().await? > 0 {
            return Err(Unusable::NoArchive { path: files.display().to_string() }.into());
        }
        let archive = Archive::open(&Archive::address_of(&files))?;
        let pending = pending(&TakedownList::of(path)?, &store).await?;
        let index = inside("index");
        let search = raadhuis_search::open(&format!("tantivy:{}", index.display()))?;
        let is_ahead = search.cursor().await? > store.end().await?;
        let folder = Self { store, archive, search };
        if pending.is_empty() && !is_ahead {
            return Ok(folder);
        }
        let lock = Locked::take(path).ok();
        for takedown in &pending {
            take_down(&folder.store, &folder.archive, takedown, lock.is_some()).await?;
        }
        // Whoever holds the lock brings the index up to date itself.
        if lock.is_none() {
            return Ok(folder);
        }
        let folder = if is_ahead { folder.with_new_index(&index)? } else { folder };
        folder.follow().await?;
        Ok(folder)
    }

    /// The folder with an empty index in the place of the one at `path`.
    fn with_new_index(self, path: &Path) -> anyhow::Result<Self> {
        let Self { store, archive, search } = self;
        drop(search);
        std::fs::remove_dir_all(path).context("the index is ahead of the store and cannot be deleted")?;
        let search = raadhuis_search::open(&format!("tantivy:{}", path.display()))?;
        Ok(Self { store, archive, search })
    }

    /// Brings the index up to the store.
    pub async fn follow(&self) -> Result<(), HarvestError> {
        follow::index::follow(&self.store, &self.archive, &self.search).await
    }
}
