//! The reader: GraphQL and plain pages over store, archive and search engine. It changes nothing.
//!
//! [`graphql`] is the whole of what can be asked. A page is one of the documents in `queries/`, run in this
//! process, poured into one of the templates: pages see nothing that an app developer could not ask for too.

use std::sync::Arc;

use raadhuis_schema::{Directory, PageText};
use raadhuis_search::SharedSearch;
use raadhuis_store::{Archive, ArchiveError, SharedStore};
use raadhuis_text::{Extractor, Kept};

mod app;
mod etag;
mod file;
pub mod graphql;
mod manners;
pub mod metrics;
mod narrow;
mod page;
mod problem;
mod rest;
mod server;
mod site;

use app::App;
pub use server::{router, serve};
pub use site::Site;

/// What is read from.
#[derive(Clone)]
pub struct Library {
    /// Entities.
    pub store: SharedStore,
    /// Texts.
    pub archive: Archive,
    /// Words.
    pub search: SharedSearch,
    /// What paints pages.
    pub extractor: Extractor,
    /// Whom there is to harvest.
    pub directory: Arc<Directory>,
}

/// Why the words of a file cannot be read.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Unreadable {
    #[error(transparent)]
    Archive(#[from] ArchiveError),
    #[error("what is kept of a text has another shape: {0}")]
    Shape(#[from] serde_json::Error),
}

impl Library {
    /// The words of a file by page, by its hash, whoever may see them; `None` where they are not kept.
    pub(crate) async fn pages(&self, sha256: &str) -> Result<Option<Vec<PageText>>, Unreadable> {
        let Some(kept) = self.archive.get(&format!("text/{sha256}")).await? else { return Ok(None) };
        let kept: Kept = serde_json::from_slice(&kept)?;
        Ok(Some(kept.pages))
    }
}
