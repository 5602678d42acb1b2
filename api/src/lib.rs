//! The reader: GraphQL and plain pages over store, archive and search engine. It changes nothing.
//!
//! [`graphql`] is the whole of what can be asked. A page is one of the documents in `queries/`, run in this
//! process, poured into one of the templates: pages see nothing that an app developer could not ask for too.

use std::sync::Arc;

use raadhuis_schema::Directory;
use raadhuis_search::SharedSearch;
use raadhuis_store::{Archive, SharedStore};
use raadhuis_text::Extractor;

mod app;
mod etag;
mod file;
pub mod graphql;
mod manners;
pub mod metrics;
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
