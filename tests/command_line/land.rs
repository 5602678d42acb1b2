//! A country that grew, served on this machine, and the program that harvests it.

use std::{
    collections::BTreeSet,
    path::Path,
    process::{Child, Command, Stdio},
    sync::{Arc, Mutex, MutexGuard},
};

use jiff::{Timestamp, ToSpan, civil::Date, tz::TimeZone};
use raadhuis_fixtures::sim::{
    Plan, Simulation,
    count::Counter,
    faults::Faults,
    serve::{self, Served, Shared},
};
use raadhuis_schema::Kind;
use raadhuis_search::{Query, SearchRequest};
use raadhuis_store::{Filter, Stored, visit_each};
use tempfile::TempDir;
use tokio::{net::TcpListener, runtime::Runtime};

use raadhuis_tests::reader::Reader;

/// Words that stand in many papers.
const WORDS: [&str; 12] = [
    "college",
    "griffie",
    "begroting",
    "riolering",
    "fietsverbinding",
    "zwembad",
    "haven",
    "leges",
    "kadernota",
    "zienswijzen",
    "Opening",
    "dijkversterking",
];

/// A country, for as long as it is served.
pub struct Land {
    pub runtime: Runtime,
    pub served: Shared,
    pub port: u16,
    pub hurry: f64,
    catalogue: TempDir,
}

impl Land {
    /// Grows and serves a country of so many authorities, a week long.
    pub fn grow(seed: u64, authorities: usize, hurry: f64, faults: Faults) -> Self {
        Self::over((first_day(), today()), seed, authorities, hurry, faults)
    }

    /// Grows and serves a country of which so many days are published.
    pub fn over(
        (first, last): (Date, Date),
        seed: u64,
        authorities: usize,
        hurry: f64,
        faults: Faults,
    ) -> Self {
        let runtime =
            tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
        let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0")).unwrap();
        let port = listener.local_addr().unwrap().port();
        let plan = Plan { seed, authorities, first, last, meetings: 4, day: 0 };
        let simulation = Simulation::new(plan, port);
        let catalogue = tempfile::tempdir().unwrap();
        std::fs::write(catalogue.path().join("country.toml"), simulation.catalogue()).unwrap();
        let served =
            Served { simulation, faults, counter: Counter::new(hurry), hurry, not_modified: 0, watch: None };
        let served = Arc::new(Mutex::new(served));
        let shared = Arc::clone(&served);
        runtime.spawn(async move { serve::serve(listener, shared).await });
        Self { runtime, served, port, hurry, catalogue }
    }

    /// Writes the catalogue anew, as the country is today.
    pub fn publish_catalogue(&self) {
        let text = self.look().simulation.catalogue();
        std::fs::write(self.catalogue.path().join("country.toml"), text).unwrap();
    }

    pub fn look(&self) -> MutexGuard<'_, Served> {
        serve::lock_served(&self.served)
    }

    /// The program, about to do something with this country.
    pub fn command(&self, arguments: &[&str], data: &Path) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_raadhuis"));
        command.args(arguments).arg("--data").arg(data).arg("--catalogue").arg(self.catalogue.path());
        command.stdout(Stdio::piped()).stderr(Stdio::piped()).env_remove("RUST_LOG");
        for town in &self.look().simulation.towns {
            let key = town.key.to_uppercase().replace('-', "_");
            command.env(format!("RAADHUIS_PARLAEUS_{key}"), "sessie");
        }
        command
    }

    /// The program, about to harvest all of it.
    pub fn work(&self, data: &Path) -> Command {
        self.visit(self.command(&["work", "--once", "--since", &first_day().to_string()], data))
    }

    /// A command that may visit this country.
    pub fn visit(&self, mut command: Command) -> Command {
        command.args(["--allow-host", &format!("*.localhost:{}", self.port)]);
        command.args(["--hurry", &self.hurry.to_string()]);
        command
    }

    /// Harvests all of it; what was printed.
    pub fn harvest(&self, data: &Path) -> String {
        let said = self.harvest_some(data, &[]);
        assert!(!names_bad_sources(&said), "{said}");
        said
    }

    /// Harvests these sources of it, all when none is named; what was printed.
    pub fn harvest_some(&self, data: &Path, keys: &[String]) -> String {
        let output = self.work(data).args(keys).output().unwrap();
        let said =
            format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        // A source that fails or is banned is named, and is the reason for the exit code.
        assert_eq!(output.status.code(), Some(i32::from(names_bad_sources(&said))), "{said}");
        said
    }

    /// Serves what is held.
    pub fn serve(&self, data: &Path) -> Reader {
        Reader::start(self.command(&["serve", "--port", "0"], data))
    }

    /// Begins to harvest, saying nothing.
    pub fn begin(&self, data: &Path) -> Child {
        self.work(data).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap()
    }

    /// The ids of all that is held.
    pub fn held(&self, data: &Path) -> BTreeSet<String> {
        self.dump(data).iter().filter_map(|line| line.split(' ').next()).map(str::to_owned).collect()
    }

    /// All that is held, a line each: id and hash of the content.
    pub fn dump(&self, data: &Path) -> Vec<String> {
        self.runtime.block_on(async {
            let store = raadhuis_store::open(&format!("sqlite:{}", data.join("raadhuis.db").display()))
                .await
                .unwrap();
            let mut lines = Vec::new();
            let line = |stored: Stored| lines.push(format!("{} {}", stored.entity.id(), stored.hash));
            visit_each(&store, &Filter::default(), line).await.unwrap();
            lines.sort();
            lines
        })
    }

    /// What the index finds for some words, in order.
    pub fn found(&self, data: &Path) -> Vec<String> {
        self.runtime.block_on(async {
            let search =
                raadhuis_search::open(&format!("tantivy:{}", data.join("index").display())).await.unwrap();
            let mut lines = Vec::new();
            for word in WORDS {
                let found = search
                    .find_entries(&SearchRequest::new(Query::parse(word).unwrap(), 10_000))
                    .await
                    .unwrap();
                let mut hits: Vec<_> = found.hits.iter().map(|hit| hit.id.to_string()).collect();
                hits.sort();
                lines.push(format!("{word} {} {}", found.total, hits.join(" ")));
            }
            lines
        })
    }
}

fn names_bad_sources(said: &str) -> bool {
    said.lines().any(|line| line.ends_with(" BLOCKED") || line.ends_with(" FAILING"))
}

/// Whether an id is of a kind that the country's own ledger knows.
pub fn is_published(id: &str) -> bool {
    let kind = id.split(':').next().and_then(|word| word.parse::<Kind>().ok());
    !matches!(kind, Some(Kind::Authority | Kind::DocumentText) | None)
}

pub fn today() -> Date {
    TimeZone::get("Europe/Amsterdam").unwrap().to_datetime(Timestamp::now()).date()
}

pub fn first_day() -> Date {
    today().checked_sub(6.days()).unwrap()
}
