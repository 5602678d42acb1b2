//! One process that asks questions of one sort at one level: the bare engine, our engine, or GraphQL with facets, marked texts
//! and parents.

use std::{
    fs::File,
    path::{Path, PathBuf},
    sync::Arc,
    time::Instant,
};

use axum::{
    Router,
    body::{Body, Bytes, to_bytes},
    http::Request,
};
use raadhuis_api::{ChangeBroadcast, Library, Site, build_router};
use raadhuis_followers::Index;
use raadhuis_schema::Directory;
use raadhuis_search::{Query, SearchRequest, SharedSearch};
use raadhuis_tests::{corpus::Vocabulary, files, filled::Filled};
use raadhuis_text::Extractor;
use serde_json::{Value, json};
use tower::ServiceExt;

use crate::{
    bare::Bare,
    engine,
    queries::{KINDS, Question, questions},
};

/// What is measured.
pub const LEVELS: [&str; 3] = ["bare", "ours", "graphql"];

/// What an app asks for a page of results.
const PAGE: &str = include_str!("../../../api/queries/start.graphql");

/// What a process is told.
struct Told {
    kind: String,
    data: PathBuf,
    count: usize,
    papers: u64,
}

/// One process.
pub fn child(arguments: &[String]) {
    let [level, kind, data, count, papers] = arguments else { panic!("told {arguments:?}") };
    let told = Told {
        kind: kind.clone(),
        data: data.into(),
        count: count.parse().unwrap(),
        papers: papers.parse().unwrap(),
    };
    let vocabulary = Arc::new(Vocabulary::default());
    let runtime = tokio::runtime::Runtime::new().unwrap();
    match level.as_str() {
        "bare" => {
            let mut bare = Bare::open(&told.data.join("bare"));
            each(level, &told, &vocabulary, |question| timed(|| bare.ask(question) as u64));
        }
        "ours" => {
            let search = runtime.block_on(raadhuis_search::open(&engine(&told.data))).unwrap();
            each(level, &told, &vocabulary, |question| timed(|| runtime.block_on(ours(&search, question))));
        }
        "graphql" => {
            let app = runtime.block_on(app(&told.data));
            each(level, &told, &vocabulary, |question| {
                let body = asked(question);
                let (time, answer) = timed(|| runtime.block_on(graphql(&app, body)));
                (time, total(&answer))
            });
        }
        "memory" => runtime.block_on(memory(&told, &vocabulary)),
        "import" => runtime.block_on(import(&told, &vocabulary)),
        other => panic!("no level is called {other}"),
    }
}

/// What something gives, and how many milliseconds it takes.
fn timed<T>(work: impl FnOnce() -> T) -> (f64, T) {
    let begun = Instant::now();
    let given = work();
    (begun.elapsed().as_secs_f64() * 1000.0, given)
}

/// Cold; then other questions; then, when every file was read and lies in the memory that the system has to spare, others again.
/// `ask` says how long it took, and how many results there are.
fn each(level: &str, told: &Told, vocabulary: &Vocabulary, mut ask: impl FnMut(&Question) -> (f64, u64)) {
    let mut line = format!("{level:>8} {:>7}", told.kind);
    for (name, seed) in [("cold", 11), ("then", 12), ("warm", 13)] {
        if name == "warm" {
            for path in files(&told.data) {
                std::io::copy(&mut File::open(path).unwrap(), &mut std::io::sink()).unwrap();
            }
        }
        let questions = questions(&told.kind, told.count, seed, vocabulary, told.papers);
        let mut found = 0;
        let mut times = Vec::new();
        for question in &questions {
            let (time, results) = ask(question);
            found += u64::from(results > 0);
            times.push(time);
        }
        line = format!("{line}   {name} {} ({found} found)", percentiles(times));
    }
    println!("{line}");
}

/// The middle, the 95th and the 99th of a hundred.
pub fn percentiles(mut times: Vec<f64>) -> String {
    times.sort_by(f64::total_cmp);
    let at = |percent: usize| times[(times.len() * percent / 100).min(times.len() - 1)];
    format!("{:.2} / {:.2} / {:.2}", at(50), at(95), at(99))
}

/// Ten results of our engine.
pub async fn ours(search: &SharedSearch, question: &Question) -> u64 {
    let query = Query::parse(&question.text()).unwrap();
    let ask = SearchRequest { filter: question.filter(), ..SearchRequest::new(query, 10) };
    search.find_entries(&ask).await.unwrap().total
}

async fn app(data: &Path) -> Router {
    let filled = Filled::open(data).await;
    let search = raadhuis_search::open(&engine(data)).await.unwrap();
    let library = Library {
        live: ChangeBroadcast::new(filled.store.clone(), filled.archive.clone()),
        store: filled.store,
        archive: filled.archive,
        search,
        extractor: Extractor::new("none".into()),
        directory: Arc::new(Directory::default()),
        alerts: None,
    };
    build_router(library, Site::default())
}

/// A page of results with everything around it: from the bytes of a request to those of the answer.
async fn graphql(app: &Router, body: String) -> Bytes {
    let request = Request::post("/graphql").header("content-type", "application/json").body(Body::from(body));
    let answer = app.clone().oneshot(request.unwrap()).await.unwrap();
    to_bytes(answer.into_body(), 64 << 20).await.unwrap()
}

/// The request of an app.
fn asked(question: &Question) -> String {
    let filter = match question.kind {
        "date" => json!({"meetingDate": {"from": "2020-01-01", "until": "2021-12-31"}}),
        _ => json!({}),
    };
    let variables = json!({"query": question.text(), "filter": filter, "searched": true});
    json!({"query": PAGE.replace("first: 20", "first: 10"), "variables": variables}).to_string()
}

/// How many results an answer has.
fn total(answer: &[u8]) -> u64 {
    let answer: Value = serde_json::from_slice(answer).unwrap();
    assert!(answer.get("errors").is_none(), "{answer}");
    answer["data"]["search"]["totalCount"].as_u64().unwrap()
}

/// What a serving process holds under load: its own memory, and the mapped files apart.
async fn memory(told: &Told, vocabulary: &Arc<Vocabulary>) {
    let app = app(&told.data).await;
    let tasks = (0..8_u64).map(|client| {
        let (app, vocabulary) = (app.clone(), Arc::clone(vocabulary));
        let (count, papers) = (told.count, told.papers);
        tokio::spawn(async move {
            for kind in KINDS {
                for question in questions(kind, count / 4, 100 + client, &vocabulary, papers) {
                    total(&graphql(&app, asked(&question)).await);
                }
            }
        })
    });
    let before = status("RssAnon");
    futures::future::join_all(tasks).await;
    println!(
        "memory of a process that serves 8 clients: {} MB of its own (of which {} MB are the simulated words), {} MB of mapped \
         files; peak of both {} MB",
        status("RssAnon"),
        before,
        status("RssFile"),
        status("VmHWM")
    );
}

fn status(name: &str) -> u64 {
    let all = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = all.lines().find(|line| line.starts_with(name)).unwrap();
    line.split_whitespace().nth(1).unwrap().parse::<u64>().unwrap() / 1024
}

/// Questions while papers come in and the index follows.
async fn import(told: &Told, vocabulary: &Arc<Vocabulary>) {
    let filled = Filled::open(&told.data).await;
    let search = raadhuis_search::open(&engine(&told.data)).await.unwrap();
    let app = app(&told.data).await;
    let index = Index::new(filled.store.clone(), filled.archive.clone(), search);
    let (stop, mut stopped) = tokio::sync::watch::channel(false);
    let (words, papers) = (Arc::clone(vocabulary), told.papers);
    let importing = tokio::spawn(async move {
        let (mut at, begun) = (papers, Instant::now());
        while !*stopped.borrow_and_update() {
            filled.fill(&words, at, at + 200).await;
            at += 200;
            index.take_all().await.unwrap();
        }
        (at - papers) as f64 / begun.elapsed().as_secs_f64()
    });
    let mut times = Vec::new();
    for kind in KINDS {
        for question in questions(kind, told.count / KINDS.len(), 14, vocabulary, told.papers) {
            let (body, begun) = (asked(&question), Instant::now());
            let answer = graphql(&app, body).await;
            times.push(begun.elapsed().as_secs_f64() * 1000.0);
            total(&answer);
        }
    }
    stop.send(true).unwrap();
    let rate = importing.await.unwrap();
    println!("graphql while {rate:.0} papers a second come in: {}", percentiles(times));
}
