//! The harness of the tests that look at the whole: a [`World`] with a made-up country, a data folder and a reader.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stderr,
    clippy::missing_panics_doc,
    clippy::allow_attributes,
    reason = "a harness fails by panicking and talks to the terminal"
)]

pub mod answers;
pub mod corpus;
pub mod filled;
pub mod mailbox;
pub mod named;
pub mod papers;
pub mod plain;
pub mod reader;
pub mod readers;
pub mod recordings;
pub mod relevance;
pub mod survive;
pub mod typed;

use std::{
    path::{Path, PathBuf},
    sync::{Arc, Mutex},
    time::Duration,
};

use axum::{
    body::{Body, to_bytes},
    http::{Request as HttpRequest, StatusCode},
    response::Response,
};
use bytes::Bytes;
use jiff::SignedDuration;
use raadhuis_alerts::AlertStore;
use raadhuis_api::{Alerts, ChangeBroadcast, Library, Site, build_router};
use raadhuis_fixtures::{CAPTURED, CATALOGUE, Country, PERIOD, RecordedRequest};
use raadhuis_followers::{Follower, FollowerGroup};
use raadhuis_harvester::{
    Catalogue, Harvester, Progress,
    transport::{Answer, ParsedBody, Replay, Request},
};
use raadhuis_schema::{Change, RunReport, Source, Window};
use raadhuis_search::SharedSearch;
use raadhuis_store::{Archive, Filter, SharedStore, Stored, visit_each};
use raadhuis_text::Extractor;
use serde_json::{Value, json};
use tempfile::TempDir;
use tower::ServiceExt;

/// What has not come after this time never comes, on the slowest machine too.
pub const PATIENCE: Duration = Duration::from_mins(10);

/// A made-up country with a data folder of its own.
pub struct World {
    /// The folder in which the data folder lies, or which is it.
    pub folder: TempDir,
    data: PathBuf,
    /// The country, which tests may change between harvests.
    pub country: Arc<Mutex<Country>>,
    /// What becomes of an answer on its way, for tests of bad ones.
    pub twist: Arc<Mutex<Twist>>,
    /// Everything a run needs.
    pub harvester: Harvester,
    /// The index.
    pub search: SharedSearch,
    /// The followers that a harvest feeds.
    pub followers: Arc<FollowerGroup>,
    /// The broadcast to subscribers; nobody drives it unless a test does.
    pub live: ChangeBroadcast,
    /// What readers asked to be told.
    pub alerts: Alerts,
}

/// Changes an answer to a request.
pub type Twist = Box<dyn Fn(&Request, Answer) -> Answer + Send>;

impl World {
    /// A world in which nothing was harvested yet. `worker` is the program that reads documents.
    pub async fn new(worker: &str) -> Self {
        Self::over(tempfile::tempdir().unwrap(), "", worker).await
    }

    /// A world over the data folder `inside` of a folder, where something may be already.
    pub async fn over(folder: TempDir, inside: &'static str, worker: &str) -> Self {
        let data = folder.path().join(inside);
        let inside = |name: &str| data.join(name).display().to_string();
        let country = Arc::new(Mutex::new(Country::default()));
        let twist: Arc<Mutex<Twist>> = Arc::new(Mutex::new(Box::new(|_: &Request, answer| answer)));
        let (answers, twists) = (Arc::clone(&country), Arc::clone(&twist));
        let transport = Replay(move |request: &Request| {
            let answer = answer(&answers.lock().unwrap(), request)?;
            Some((*twists.lock().unwrap())(request, answer))
        });
        let store = raadhuis_store::open(&format!("sqlite:{}", inside("raadhuis.db"))).await.unwrap();
        let archive = Archive::open(&format!("file:{}", inside("archive"))).unwrap();
        let search = raadhuis_search::open(&format!("tantivy:{}", inside("index"))).await.unwrap();
        let alert_store = AlertStore::open(&data.join("alerts.db"), 0).await.unwrap();
        let alerts =
            Alerts { store: alert_store, sends_mail: true, apps: vec!["https://app.example".into()] };
        let catalogue = Catalogue::of_text("the made-up country", CATALOGUE).unwrap();
        let extractor = Extractor::new(PathBuf::from(worker));
        let followers = Arc::new(FollowerGroup::for_harvest(store.clone(), archive.clone(), search.clone()));
        let live = ChangeBroadcast::new(store.clone(), archive.clone());
        let mut harvester = Harvester::new(store, archive, Arc::new(transport), catalogue, extractor);
        harvester.settle = followers.settle_hook();
        // Days pass in no time here.
        harvester.rules.grace = SignedDuration::ZERO;
        Self { data: data.clone(), folder, country, twist, harvester, search, followers, live, alerts }
    }

    /// The data folder.
    pub fn data_folder(&self) -> &Path {
        &self.data
    }

    /// A world that was harvested once.
    pub async fn harvested(worker: &str) -> Self {
        let world = Self::new(worker).await;
        world.harvest("middenland").await;
        world.harvest("waterdam").await;
        world
    }

    /// Harvests every source of the country, in the order of the catalogue.
    pub async fn harvest_all(&self) {
        for source in self.harvester.catalogue.sources() {
            self.harvest(&source.key).await;
        }
    }

    /// Harvests one source over the whole period of the country.
    pub async fn harvest(&self, key: &str) -> RunReport {
        self.harvest_window(key, PERIOD.parse().unwrap()).await
    }

    /// Harvests one source over some days.
    pub async fn harvest_window(&self, key: &str, window: Window) -> RunReport {
        let source = self.harvester.catalogue.get(key).unwrap().clone();
        let report = self.harvester.harvest(&source, window, Arc::new(Progress::default())).await.unwrap();
        self.keep_up().await;
        report
    }

    /// Reads what the archive holds of a source again.
    pub async fn reread(&self, source: &Source) -> RunReport {
        let report = self.harvester.reread_source(source, Arc::new(Progress::default())).await.unwrap();
        self.keep_up().await;
        report
    }

    /// Starts the broadcast to subscribers, as a process that serves does.
    pub fn broadcast(&self) {
        let live: Vec<Arc<dyn Follower>> = vec![Arc::new(self.live.clone())];
        let group = FollowerGroup::new(self.harvester.store.clone(), live);
        tokio::spawn(async move { group.run().await });
    }

    /// Drives the followers to the end of the log, and deletes what was condemned.
    pub async fn keep_up(&self) {
        self.followers.catch_up().await.unwrap();
        self.harvester.sweep_archive().await.unwrap();
    }

    /// From now on answers to addresses that hold `part` are changed on their way.
    pub fn twist(&self, part: &'static str, change: impl Fn(Answer) -> Answer + Send + 'static) {
        *self.twist.lock().unwrap() =
            Box::new(
                move |request, answer| {
                    if request.url.as_str().contains(part) { change(answer) } else { answer }
                },
            );
    }

    /// Changes a JSON file of the country.
    pub fn edit(&self, path: &str, change: impl FnOnce(&mut Value)) {
        self.country.lock().unwrap().edit(path, change);
    }

    /// Takes a file of the country away.
    pub fn remove(&self, path: &str) {
        self.country.lock().unwrap().remove(path);
    }

    /// The changes after `seq`.
    pub async fn changes(&self, seq: i64) -> Vec<Change> {
        self.harvester.store.changes(seq, 100_000).await.unwrap()
    }

    /// The end of the change log.
    pub async fn end(&self) -> i64 {
        self.changes(0).await.last().map_or(0, |change| change.seq)
    }

    /// What a reader reads from.
    pub fn library(&self) -> Library {
        let Harvester { store, archive, catalogue, extractor, .. } = &self.harvester;
        Library {
            store: store.clone(),
            archive: archive.clone(),
            search: self.search.clone(),
            live: self.live.clone(),
            extractor: extractor.clone(),
            directory: Arc::new(catalogue.directory()),
            alerts: Some(self.alerts.clone()),
        }
    }

    /// Asks a GraphQL question over HTTP and gives the whole answer.
    pub async fn ask(&self, query: &str, variables: Value) -> Value {
        let body = json!({"query": query, "variables": variables}).to_string();
        let request =
            HttpRequest::post("/graphql").header("content-type", "application/json").body(Body::from(body));
        let (status, text) = self.send(request.unwrap()).await;
        assert_eq!(status, StatusCode::OK, "{text}");
        serde_json::from_str(&text).unwrap()
    }

    /// The data of an answer that must have no errors.
    pub async fn data(&self, query: &str, variables: Value) -> Value {
        let answer = self.ask(query, variables).await;
        assert_eq!(answer.get("errors"), None, "{query}");
        answer["data"].clone()
    }

    /// Fetches a page.
    pub async fn page(&self, address: &str) -> (StatusCode, String) {
        self.send(HttpRequest::get(address).header("accept", "text/html").body(Body::empty()).unwrap()).await
    }

    /// What the reader answers to any request, with its headers.
    pub async fn respond(&self, request: HttpRequest<Body>) -> Response {
        build_router(self.library(), Site::default()).oneshot(request).await.unwrap()
    }

    /// Sends any request to the reader.
    pub async fn send(&self, request: HttpRequest<Body>) -> (StatusCode, String) {
        let response = self.respond(request).await;
        let status = response.status();
        let bytes = to_bytes(response.into_body(), 16 << 20).await.unwrap();
        (status, String::from_utf8(bytes.to_vec()).unwrap())
    }

    /// The files in the data folder that hold one of `needles`, also when they are compressed.
    pub fn files_with(&self, needles: &[&str]) -> Vec<String> {
        let mut found = Vec::new();
        for path in files(self.folder.path()) {
            // The index merges its files meanwhile: one that is gone holds nothing.
            let raw = match std::fs::read(&path) {
                Err(why) if why.kind() == std::io::ErrorKind::NotFound => continue,
                read => read.unwrap(),
            };
            let plain = zstd::decode_all(raw.as_slice()).unwrap_or_default();
            for needle in needles {
                let holds =
                    |bytes: &[u8]| bytes.windows(needle.len()).any(|window| window == needle.as_bytes());
                if holds(&raw) || holds(&plain) {
                    found.push(format!("{needle} in {}", path.display()));
                }
            }
        }
        found
    }
}

/// What the country answers, as a transport gives it.
pub fn answer(country: &Country, request: &Request) -> Option<Answer> {
    let body = request.soap.as_ref().map(|soap| soap.envelope.as_str());
    let recorded = country.answer(RecordedRequest { url: &request.url, body })?;
    Some(Answer {
        status: recorded.status,
        bytes: Bytes::from(recorded.body),
        fetched: CAPTURED.parse().unwrap(),
        validator: None,
        parsed: ParsedBody::default(),
    })
}

/// All that lives in a store, a line each: id and content hash.
pub async fn dump(store: &SharedStore) -> Vec<String> {
    let mut lines = Vec::new();
    let line = |stored: Stored| lines.push(format!("{} {}", stored.entity.id(), stored.hash));
    visit_each(store, &Filter::default(), line).await.unwrap();
    lines.sort();
    lines
}

/// All files below a folder.
pub fn files(folder: &Path) -> Vec<PathBuf> {
    let mut all = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            all.extend(files(&path));
        } else {
            all.push(path);
        }
    }
    all.sort();
    all
}

/// The folder of recorded answers and documents beside the project. Without it a test says that it is skipped; in CI,
/// where it was promised, it fails.
pub fn shared(inside: &str) -> Option<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared").join(inside);
    if folder.is_dir() {
        return Some(folder);
    }
    assert!(std::env::var_os("CI").is_none(), "{} is missing, and CI promised it", folder.display());
    eprintln!("skipped: {} is not there", folder.display());
    None
}
