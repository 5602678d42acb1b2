//! The data folder: what lies where in it, and opening it.

use std::{
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    sync::Arc,
};

use jiff::Timestamp;
use raadhuis_alerts::{AlertError, Book};
use raadhuis_followers::{FollowerError, FollowerGroup, Index};
use raadhuis_harvester::HarvestError;
use raadhuis_search::{SearchError, SharedSearch};
use raadhuis_store::{
    Archive, ArchiveError, Locked, SharedStore, StoreError, TakedownError, TakedownList, pending, sweep,
    take_down,
};
use rustix::fs::Mode;

use crate::command;

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
            || cause.is::<FollowerError>()
            || cause.is::<AlertError>()
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
    pub async fn open(data: &command::Data) -> anyhow::Result<Self> {
        Self::opened(data, true).await
    }

    /// The same for whoever makes the index anew: the one that is there is not brought up to date first.
    pub async fn open_to_reindex(data: &command::Data) -> anyhow::Result<Self> {
        Self::opened(data, false).await
    }

    async fn opened(data: &command::Data, follows: bool) -> anyhow::Result<Self> {
        let path = data.data.as_path();
        let not_made = |why| Unusable::NotMade { path: path.display().to_string(), why };
        std::fs::create_dir_all(path).map_err(not_made)?;
        warn_of_others(path);
        let inside = |name: &str| -> PathBuf { path.join(name) };
        let store = raadhuis_store::open(&format!("sqlite:{}", inside("raadhuis.db").display())).await?;
        let files = inside("archive");
        if !files.exists() && store.end().await? > 0 {
            return Err(Unusable::NoArchive { path: files.display().to_string() }.into());
        }
        let is_new = std::fs::read_dir(&files).map_or(true, |mut inside| inside.next().is_none());
        let archive = Archive::open(&Archive::address_of(&files))?;
        let pending = pending(&TakedownList::of(path)?, &store).await?;
        let search = raadhuis_search::open(&data.engine()).await?;
        let folder = Self { store, archive, search };
        // Whoever harvests into this folder does the same when it begins, and keeps the index up to date.
        let Ok(_lock) = Locked::take(path) else {
            for takedown in &pending {
                take_down(&folder.store, &folder.archive, takedown, false).await?;
            }
            return Ok(folder);
        };
        for takedown in &pending {
            take_down(&folder.store, &folder.archive, takedown, true).await?;
        }
        // What went with takedowns, and what a run that was cut off left behind.
        folder.store.recall().await?;
        sweep::<anyhow::Error>(&folder.store, &folder.archive, false).await?;
        let end = folder.store.end().await?;
        if follows {
            match folder.follow().await {
                // Everything but search works without it, and whoever harvests tries again.
                Err(FollowerError::Search(error)) => tracing::error!(%error, "the search index is behind"),
                followed => followed?,
            }
            // Whoever only serves holds nothing that a harvest needs.
            folder.search.rest().await?;
        }
        if is_new && end > 0 {
            let files = folder.store.owe_all_files(Timestamp::now()).await?;
            tracing::warn!(files, "the archive was empty: its files are asked for again");
        }
        Ok(folder)
    }

    /// The book of alerts and reports in the same folder.
    pub async fn book(&self, data: &command::Data) -> anyhow::Result<Book> {
        Ok(Book::open(&data.data.join("alerts.db"), self.store.end().await?).await?)
    }

    /// Brings the index up to the store.
    pub async fn follow(&self) -> Result<(), FollowerError> {
        Index::new(self.store.clone(), self.archive.clone(), self.search.clone()).take_all().await
    }

    /// The followers of a process that harvests into this folder.
    pub fn followers(&self) -> Arc<FollowerGroup> {
        Arc::new(FollowerGroup::for_harvest(self.store.clone(), self.archive.clone(), self.search.clone()))
    }
}

/// Makes all that this program writes readable by its owner only.
pub fn keep_to_owner() {
    rustix::process::umask(Mode::RWXG | Mode::RWXO);
}

/// Says so where others may look into the folder, or into what is kept in it.
fn warn_of_others(path: &Path) {
    for place in [path.to_owned(), path.join("raadhuis.db")] {
        let mode = std::fs::metadata(&place).map_or(0, |it| it.permissions().mode()) & 0o777;
        if mode & 0o077 != 0 {
            let mode = format!("{mode:o}");
            tracing::warn!(place = %place.display(), mode, "others may look into what is kept here; chmod go= ends that");
        }
    }
}
