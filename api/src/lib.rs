//! The reader: GraphQL and plain pages over store, archive and search engine. It changes nothing.
//!
//! [`graphql`] is the whole of what can be asked. A page is one of the documents in `queries/`, run in this
//! process, poured into one of the templates: pages see nothing that an app developer could not ask for too.

use std::sync::Arc;

use raadhuis_alerts::Book;
use raadhuis_schema::{Directory, PageText};
use raadhuis_search::SharedSearch;
use raadhuis_store::{Archive, ArchiveError, ArchiveKey, SharedStore};
use raadhuis_text::{Extractor, Kept};

mod app;
mod etag;
mod file;
pub mod graphql;
mod link;
mod live;
mod manners;
pub mod metrics;
mod narrow;
mod page;
mod problem;
mod rest;
mod serve;
mod server;
mod site;
mod stream;

use app::App;
pub use live::Live;
pub use serve::serve;
pub use server::router;
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
    /// The broadcast to subscribers.
    pub live: Live,
    /// Where alerts and reports are taken in; nowhere in a program that only looks.
    pub alerts: Option<Alerts>,
}

/// Where alerts and reports are taken in.
#[derive(Clone, Debug)]
pub struct Alerts {
    /// What is kept of them.
    pub book: Book,
    /// Whether anything leaves by mail.
    pub sends_mail: bool,
    /// Where the apps are found to whose pages letters may lead, such as `https://app.example`.
    pub apps: Vec<String>,
}

impl Alerts {
    /// A page of an app that is known: nobody has us send people just anywhere.
    fn known_app(&self, page: &str) -> Result<String, String> {
        let url: url::Url = page.parse().map_err(|_| format!("{page:?} is no address"))?;
        let origin = url.origin().ascii_serialization();
        if self.apps.iter().any(|app| app.trim_end_matches('/') == origin) {
            return Ok(url.into());
        }
        Err(format!("{origin} is no app that this service knows; its operator can name it"))
    }
}

impl Library {
    /// Whether readers can be told by mail what is new.
    pub(crate) fn sends_mail(&self) -> bool {
        self.alerts.as_ref().is_some_and(|alerts| alerts.sends_mail)
    }

    /// The pages of a file's text, by the SHA-256 of the file, also those that are withheld; `None` where they are not kept.
    pub(crate) async fn pages(&self, sha256: &str) -> Result<Option<Vec<PageText>>, ArchiveError> {
        let kept = self.archive.get_json::<Kept>(&ArchiveKey::text(sha256)).await?;
        Ok(kept.map(|kept| kept.pages))
    }
}
