//! The data folder: its layout, and opening it.

use std::{os::unix::fs::PermissionsExt, path::Path, sync::Arc};

use jiff::Timestamp;
use raadhuis_alerts::{AlertError, AlertStore};
use raadhuis_followers::{FollowerError, FollowerGroup, Index};
use raadhuis_harvester::HarvestError;
use raadhuis_search::{SearchError, SharedSearch};
use raadhuis_store::{
    Archive, ArchiveError, Locked, SharedStore, StoreError, TakedownError, TakedownList, pending,
    sweep_archive, take_down,
};
use rustix::fs::Mode;

use crate::command;

pub struct Folder {
    pub store: SharedStore,
    pub archive: Archive,
    pub search: SharedSearch,
}

/// Returns whether the data folder caused the error, and not the user's input.
pub fn is_lost(error: &anyhow::Error) -> bool {
    error.chain().any(|cause| {
        cause.is::<StoreError>()
            || cause.is::<ArchiveError>()
            || cause.is::<SearchError>()
            || cause.is::<TakedownError>()
            || cause.is::<HarvestError>()
            || cause.is::<FollowerError>()
            || cause.is::<AlertError>()
            || cause.is::<DataFolderError>()
    })
}

#[derive(Debug, thiserror::Error)]
pub enum DataFolderError {
    /// The folder is missing and cannot be created.
    #[error("the data folder {path} cannot be made: {why}")]
    NotMade { path: String, why: std::io::Error },
    /// The archive folder is missing, while the database refers to files in it.
    #[error(
        "the archive folder {path} is gone, while the database says what lies in it; put it back (or make an empty one, if \
         its files are lost for good)"
    )]
    NoArchive { path: String },
}

impl Folder {
    /// Opens the folder, and creates what is missing. A folder from a backup is brought up to date first: later takedowns
    /// are repeated, and an index that is ahead of the store is rebuilt.
    pub async fn open(data: &command::DataArgs) -> anyhow::Result<Self> {
        Self::open_with(data, true).await
    }

    /// Opens the folder to rebuild the index: the old index is not brought up to date first.
    pub async fn open_to_reindex(data: &command::DataArgs) -> anyhow::Result<Self> {
        Self::open_with(data, false).await
    }

    async fn open_with(data: &command::DataArgs, follows: bool) -> anyhow::Result<Self> {
        let path = data.data.as_path();
        let not_made = |why| DataFolderError::NotMade { path: path.display().to_string(), why };
        std::fs::create_dir_all(path).map_err(not_made)?;
        warn_of_others(path);
        let store = raadhuis_store::open(&format!("sqlite:{}", path.join("raadhuis.db").display())).await?;
        let files = path.join("archive");
        if !files.exists() && store.last_change().await? > 0 {
            return Err(DataFolderError::NoArchive { path: files.display().to_string() }.into());
        }
        let is_new = std::fs::read_dir(&files).map_or(true, |mut inside| inside.next().is_none());
        let archive = Archive::open(&Archive::address_of(&files))?;
        let pending = pending(&TakedownList::open_list(path)?, &store).await?;
        let search = raadhuis_search::open(&data.engine_address()).await?;
        let folder = Self { store, archive, search };
        // Another process holds the lock and harvests into this folder: it does all this when it starts, and keeps the
        // index up to date.
        let Ok(_lock) = Locked::take_lock(path) else {
            for takedown in &pending {
                take_down(&folder.store, &folder.archive, takedown, false).await?;
            }
            return Ok(folder);
        };
        for takedown in &pending {
            take_down(&folder.store, &folder.archive, takedown, true).await?;
        }
        // Delete what takedowns left to delete, and the leftovers of an interrupted run.
        folder.store.condemn_again().await?;
        sweep_archive::<anyhow::Error>(&folder.store, &folder.archive, false).await?;
        let end = folder.store.last_change().await?;
        if follows {
            match folder.update_index().await {
                // Everything but search works without the index, and the next harvest tries again.
                Err(FollowerError::Search(error)) => tracing::error!(%error, "the search index is behind"),
                followed => followed?,
            }
            // A process that only serves must not keep the index writer, which a harvest needs.
            folder.search.release_writer().await?;
        }
        if is_new && end > 0 {
            let files = folder.store.owe_all_files(Timestamp::now()).await?;
            tracing::warn!(files, "the archive was empty: its files are asked for again");
        }
        Ok(folder)
    }

    /// Opens the store of alerts and reports in this folder.
    pub async fn open_alerts(&self, data: &command::DataArgs) -> anyhow::Result<AlertStore> {
        Ok(AlertStore::open(&data.data.join("alerts.db"), self.store.last_change().await?).await?)
    }

    pub async fn update_index(&self) -> Result<(), FollowerError> {
        Index::new(self.store.clone(), self.archive.clone(), self.search.clone()).take_all().await
    }

    pub fn followers(&self) -> Arc<FollowerGroup> {
        Arc::new(FollowerGroup::for_harvest(self.store.clone(), self.archive.clone(), self.search.clone()))
    }
}

/// Makes all files of this process readable by their owner only.
pub fn keep_to_owner() {
    rustix::process::umask(Mode::RWXG | Mode::RWXO);
}

/// Logs a warning when other users may read the folder or the database.
fn warn_of_others(path: &Path) {
    for place in [path.to_owned(), path.join("raadhuis.db")] {
        let mode = std::fs::metadata(&place).map_or(0, |it| it.permissions().mode()) & 0o777;
        if mode & 0o077 != 0 {
            let mode = format!("{mode:o}");
            tracing::warn!(place = %place.display(), mode, "others may look into what is kept here; chmod go= ends that");
        }
    }
}
