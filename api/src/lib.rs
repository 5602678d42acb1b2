//! The reader: GraphQL and plain pages over store, archive and search engine. It does not change entities.
//!
//! [`graphql`] answers all queries. A page runs one of the documents in `queries/` in this process and renders the answer
//! with a template, so pages see nothing that an app developer cannot query too.

use std::sync::Arc;

use raadhuis_alerts::AlertStore;
use raadhuis_schema::{Directory, PageText};
use raadhuis_search::SharedSearch;
use raadhuis_store::{Archive, ArchiveError, ArchiveKey, SharedStore};
use raadhuis_text::{Extractor, StoredText};

mod accept;
mod app;
mod etag;
mod file;
pub mod graphql;
mod link;
mod live;
pub mod metrics;
mod middleware;
mod narrow;
mod page;
mod problem;
mod rest;
mod serve;
mod server;
mod site;
mod stream;

use app::App;
pub use live::ChangeBroadcast;
pub use serve::serve;
pub use server::build_router;
pub use site::Site;

/// The stores that queries read, and the services that they use.
#[derive(Clone)]
pub struct Library {
    pub store: SharedStore,
    pub archive: Archive,
    pub search: SharedSearch,
    pub extractor: Extractor,
    /// The catalogue of authorities and their sources.
    pub directory: Arc<Directory>,
    pub live: ChangeBroadcast,
    /// `None` in a program that only reads: it accepts no alerts and reports.
    pub alerts: Option<Alerts>,
}

/// The store of alerts and reports, with the ways to deliver alerts.
#[derive(Clone, Debug)]
pub struct Alerts {
    pub store: AlertStore,
    pub sends_mail: bool,
    /// The origins of the apps to whose pages messages may link, such as `https://app.example`.
    pub apps: Vec<String>,
}

impl Alerts {
    /// Checks that a page belongs to a known app, so that messages cannot be used to send readers to any site.
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
    pub(crate) fn sends_mail(&self) -> bool {
        self.alerts.as_ref().is_some_and(|alerts| alerts.sends_mail)
    }

    /// The pages of a file's text, withheld pages included; `None` when the archive does not hold the text. The key is
    /// the SHA-256 of the file.
    pub(crate) async fn load_pages(&self, sha256: &str) -> Result<Option<Vec<PageText>>, ArchiveError> {
        let kept = self.archive.get_json::<StoredText>(&ArchiveKey::for_text(sha256)).await?;
        Ok(kept.map(|kept| kept.pages))
    }
}
