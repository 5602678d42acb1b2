//! What search costs, on as many simulated pages as are wanted: `cargo bench -p raadhuis-tests --bench search -- --pages 1000000`.
//!
//! It fills a data folder, builds the bare engine (a page a document, one field, a Dutch stemmer: what anybody would have in an
//! hour) and ours, and asks both the same questions in one run: cold (a fresh process, the system's cache dropped where it lets
//! us), then others, and warm (after every file was read). Questions are never repeated. Tables go to the terminal.
#![expect(
    clippy::print_stdout,
    clippy::unwrap_used,
    clippy::panic,
    clippy::cast_precision_loss,
    reason = "a benchmark"
)]

mod bare;
mod measure;
mod queries;
mod rivals;

use std::{
    path::{Path, PathBuf},
    process::Command,
    sync::Arc,
    time::Instant,
};

use raadhuis_followers::{SearchEntryBuilder, rebuild_index};
use raadhuis_tests::{corpus::Vocabulary, files, filled::Filled};

use measure::{LEVELS, child};
use queries::KINDS;

/// Pages of a paper, on average.
const PAGES_OF_PAPER: u64 = 5;

/// What is wanted.
struct Wanted {
    pages: u64,
    queries: usize,
    data: PathBuf,
    /// The other server, and where its files lie.
    meilisearch: Option<(String, PathBuf)>,
}

impl Wanted {
    fn papers(&self) -> u64 {
        self.pages / PAGES_OF_PAPER
    }
}

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|argument| argument != "--bench").collect();
    if arguments.first().is_some_and(|first| first == "--child") {
        child(&arguments[1..]);
        return;
    }
    let given = |name: &str| {
        arguments.iter().position(|argument| argument == name).and_then(|at| arguments.get(at + 1)).cloned()
    };
    let number = |name: &str, default: u64| given(name).map_or(default, |text| text.parse().unwrap());
    let kept = tempfile::tempdir().unwrap();
    let wanted = Wanted {
        pages: number("--pages", 5000),
        queries: usize::try_from(number("--queries", 100)).unwrap(),
        data: given("--data").map_or_else(|| kept.path().to_owned(), PathBuf::from),
        meilisearch: given("--meilisearch")
            .map(|address| (address, PathBuf::from(given("--meilisearch-data").unwrap_or_default()))),
    };
    let runtime = tokio::runtime::Runtime::new().unwrap();
    if let Some((address, folder)) = &wanted.meilisearch {
        runtime.block_on(rivals::compare(&wanted, address, folder));
        return;
    }
    runtime.block_on(build(&wanted));
    latencies(&wanted);
}

/// Builds everything, and says what it took.
async fn build(wanted: &Wanted) {
    let vocabulary = Arc::new(Vocabulary::default());
    let filled = Filled::open(&wanted.data).await;
    let begun = Instant::now();
    let mut bytes = 0;
    if filled.store.last_change().await.unwrap() == 0 {
        bytes = filled.fill(&vocabulary, 0, wanted.papers()).await;
        println!("store and archive: {:.0} s", begun.elapsed().as_secs_f64());
    }
    let megabytes = bytes as f64 / 1e6;
    println!("{} papers, {megabytes:.0} MB of text", wanted.papers());
    let took = bare::build(&wanted.data.join("bare"), &vocabulary, wanted.papers());
    said("bare engine", took, megabytes, &wanted.data.join("bare"));
    let search = raadhuis_search::open(&engine(&wanted.data)).await.unwrap();
    let begun = Instant::now();
    let builder = SearchEntryBuilder::new(filled.store.clone(), filled.archive.clone());
    rebuild_index(&filled.store, &builder, &search, &|_| ()).await.unwrap();
    said(
        "ours, from store and archive",
        begun.elapsed().as_secs_f64(),
        megabytes,
        &wanted.data.join("index"),
    );
}

fn said(what: &str, seconds: f64, megabytes: f64, folder: &Path) {
    let size = size(folder) / 1e9;
    println!("{what}: {seconds:.0} s, {:.1} MB/s of text, {size:.3} GB", megabytes / seconds);
}

/// How large a folder is, in bytes.
fn size(folder: &Path) -> f64 {
    files(folder).iter().map(|path| path.metadata().unwrap().len() as f64).sum()
}

fn engine(data: &Path) -> String {
    format!("tantivy:{}", data.join("index").display())
}

/// Each sort of question at each level, in a process of its own.
fn latencies(wanted: &Wanted) {
    let dropped = std::fs::write("/proc/sys/vm/drop_caches", "3").is_ok();
    println!("the system's cache {} dropped before each cold run", if dropped { "is" } else { "cannot be" });
    println!("milliseconds: p50 / p95 / p99 of {} questions", wanted.queries);
    for level in LEVELS {
        for kind in KINDS {
            Command::new("sync").status().unwrap();
            let _ = std::fs::write("/proc/sys/vm/drop_caches", "3");
            run(wanted, level, kind);
        }
    }
    run(wanted, "memory", "all");
    run(wanted, "import", "all");
}

fn run(wanted: &Wanted, level: &str, kind: &str) {
    let mut child = Command::new(std::env::current_exe().unwrap());
    child.args(["--child", level, kind]).arg(&wanted.data);
    child.args([wanted.queries.to_string(), wanted.papers().to_string()]);
    assert!(child.status().unwrap().success(), "{level} {kind}");
}
