//! The data folder: what lies where in it, and opening it.

use std::path::{Path, PathBuf};

use anyhow::Context;
use raadhuis_search::{SearchError, SharedSearch};
use raadhuis_store::{Archive, ArchiveError, SharedStore, StoreError};

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
    error
        .chain()
        .any(|cause| cause.is::<StoreError>() || cause.is::<ArchiveError>() || cause.is::<SearchError>())
}

impl Folder {
    /// Opens the folder at `path`, making what is not there.
    pub async fn open(path: &Path) -> anyhow::Result<Self> {
        std::fs::create_dir_all(path)
            .with_context(|| format!("the data folder {} cannot be made", path.display()))?;
        let inside = |name: &str| -> PathBuf { path.join(name) };
        Ok(Self {
            store: raadhuis_store::open(&format!("sqlite:{}", inside("raadhuis.db").display())).await?,
            archive: Archive::open(&Archive::address_of(&inside("archive")))?,
            search: raadhuis_search::open(&format!("tantivy:{}", inside("index").display()))?,
        })
    }
}
