//! Every name that is stored or sent between processes, held against a golden file: a name in Rust may change, these may not. A folder
//! of an older version is opened in `handed_down.rs`.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write,
    path::Path,
};

use jiff::Timestamp;
use raadhuis_schema::{CodedError, DiagnosticCode, Ruling, Takedown, TakedownReason};
use raadhuis_store::take_down;
use raadhuis_tests::{World, files};
use raadhuis_text::{
    pdf::Engine,
    protocol::{WorkerMessage, WorkerRequest, WorkerTask, WorkerUsage},
    raw::RawPage,
};
use serde_json::{Value, json};
use sqlx::{Row, SqlitePool};

use crate::WORKER;

/// Columns that hold one of a few words.
const WORDS: [(&str, &str); 15] = [
    ("entity", "kind"),
    ("entity", "gone"),
    ("part", "origin"),
    ("task", "name"),
    ("owed", "name"),
    ("change", "action"),
    ("reference", "relation"),
    ("total", "collection"),
    ("cursor", "follower"),
    ("run", "purpose"),
    ("finding", "tier"),
    ("ruling", "ruling"),
    ("policy", "policy"),
    ("block", "reason"),
    ("answer", "payload"),
];

/// Objects whose keys are values: kinds, engines, faults, types of a supplier.
const MAPS: [&str; 6] = [".kinds", ".changes", ".seen", ".engines", ".faults", ".types"];

/// A text without what differs from one thing to the next: numbers, hashes and names.
fn shape_of(text: &str) -> String {
    let mut shape = String::new();
    for piece in text.split_inclusive([':', '/', ' ', '.', ',', '-', '?', '&', '=']) {
        let has_digit = piece.bytes().any(|byte| byte.is_ascii_digit());
        let end = piece.chars().last().filter(|end| !end.is_alphanumeric());
        if has_digit {
            shape.push('#');
            shape.extend(end);
        } else {
            shape.push_str(piece);
        }
    }
    shape
}

/// The paths of all keys in a value.
fn add_paths(value: &Value, path: &str, paths: &mut BTreeSet<String>) {
    match value {
        Value::Object(fields) => {
            let is_map = MAPS.iter().any(|map| path.ends_with(map));
            for (key, value) in fields {
                let path = if is_map { format!("{path}.*") } else { format!("{path}.{}", shape_of(key)) };
                add_paths(value, &path, paths);
                paths.insert(path);
            }
        }
        Value::Array(items) => items.iter().for_each(|item| add_paths(item, &format!("{path}[]"), paths)),
        _ => {}
    }
}

/// Tables, columns, words and keys of a database.
async fn describe_database(path: &Path) -> String {
    let pool = SqlitePool::connect(&format!("sqlite:{}", path.display())).await.unwrap();
    let mut said = String::new();
    let tables: Vec<String> = sqlx::query_scalar(
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%' AND name NOT LIKE '_sqlx%' ORDER BY name",
    )
    .fetch_all(&pool)
    .await
    .unwrap();
    for table in tables {
        let columns: Vec<String> = sqlx::query_scalar("SELECT name FROM pragma_table_info(?1) ORDER BY name")
            .bind(&table)
            .fetch_all(&pool)
            .await
            .unwrap();
        writeln!(said, "table {table}: {}", columns.join(", ")).unwrap();
        for column in columns {
            let rows =
                sqlx::query(sqlx::AssertSqlSafe(format!("SELECT DISTINCT \"{column}\" FROM \"{table}\"")));
            let rows = rows.fetch_all(&pool).await.unwrap();
            let texts: Vec<String> =
                rows.iter().filter_map(|row| row.try_get::<Option<String>, _>(0).ok()?).collect();
            let is_word = WORDS.contains(&(&table, &column));
            let words: BTreeSet<String> =
                texts.iter().filter(|_| is_word).map(|text| shape_of(text)).collect();
            for word in words {
                writeln!(said, "  {column} = {word}").unwrap();
            }
            let mut paths = BTreeSet::new();
            for text in &texts {
                if let Ok(value @ (Value::Object(_) | Value::Array(_))) = serde_json::from_str(text) {
                    add_paths(&value, "", &mut paths);
                }
            }
            for path in paths {
                writeln!(said, "  {column} {path}").unwrap();
            }
        }
    }
    said
}

/// A world in which everything that is stored has happened.
async fn full_world() -> World {
    let world = World::new(WORKER).await;
    world.twist("/document/9101012/", |answer| raadhuis_harvester::transport::Answer {
        status: 503,
        bytes: bytes::Bytes::new(),
        ..answer
    });
    world.harvest_all().await;
    let (store, now) = (&world.harvester.store, Timestamp::now());
    for reviewed in store.findings(None).await.unwrap() {
        store.keep_ruling(&reviewed.sha256, reviewed.finding.page, Ruling::Release, now).await.unwrap();
    }
    let id = "document:notubiz:9101:9101001".parse().unwrap();
    let takedown = Takedown { id, reason: TakedownReason::Court, at: now, files: Vec::new() };
    take_down(store, &world.harvester.archive, &takedown, true).await.unwrap();
    let alert =
        "mutation { createAlert(input: {email: \"lezer@waterdam.example\", query: \"fietsbrug\", filter: {
        kinds: [DOCUMENT], authorities: [\"GM9101\"], meetingDate: {from: \"2026-01-01\"}}}) { status } }";
    world.data(alert, json!({})).await;
    world
}

/// What a worker is told and says.
fn describe_protocol() -> String {
    let jobs = [
        WorkerRequest { size: 1, task: WorkerTask::Text { engine: Engine::Pdfium, from: 1, to: 2 } },
        WorkerRequest { size: 1, task: WorkerTask::Picture { page: 1, dots_per_inch: 200 } },
    ];
    let answers = [
        WorkerMessage::Ready { engine: Engine::Builtin, is_sealed: true },
        WorkerMessage::Opened(1),
        WorkerMessage::Page(RawPage::of_text(1, "engine", "words")),
        WorkerMessage::Failed(1),
        WorkerMessage::Picture(1),
        WorkerMessage::Trouble(CodedError::new(DiagnosticCode::TooLarge, "why")),
        WorkerMessage::Done(WorkerUsage::default()),
    ];
    let mut said = String::new();
    for job in jobs {
        writeln!(said, "{}", serde_json::to_string(&job).unwrap()).unwrap();
    }
    for answer in answers {
        writeln!(said, "{}", serde_json::to_string(&answer).unwrap()).unwrap();
    }
    said
}

/// The fields of an index.
fn describe_index(folder: &Path) -> String {
    let meta = files(folder).into_iter().find(|path| path.ends_with("meta.json")).unwrap();
    let meta: Value = serde_json::from_slice(&std::fs::read(meta).unwrap()).unwrap();
    let mut said = String::new();
    for field in meta["schema"].as_array().unwrap() {
        writeln!(said, "{} {}", field["name"], field["type"]).unwrap();
    }
    said
}

/// The paths into stored JSON that SQL names.
fn describe_paths_in_sql() -> String {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let mut paths = BTreeMap::<String, BTreeSet<String>>::new();
    for folder in ["store/src", "alerts/src"] {
        for path in files(&root.join(folder)) {
            let text = std::fs::read_to_string(&path).unwrap();
            for piece in text.split("'$.").skip(1) {
                let name = piece.split('\'').next().unwrap().to_owned();
                paths.entry(folder.to_owned()).or_default().insert(name);
            }
        }
    }
    let mut said = String::new();
    for (folder, names) in paths {
        writeln!(said, "{folder}: {}", names.into_iter().collect::<Vec<_>>().join(", ")).unwrap();
    }
    said
}

#[tokio::test]
async fn every_stored_and_sent_name_is_as_before() {
    let world = full_world().await;
    let folder = world.folder.path();
    let said = format!(
        "# raadhuis.db\n{}\n# alerts.db\n{}\n# index\n{}\n# worker\n{}\n# paths in SQL\n{}",
        describe_database(&folder.join("raadhuis.db")).await,
        describe_database(&folder.join("alerts.db")).await,
        describe_index(&folder.join("index")),
        describe_protocol(),
        describe_paths_in_sql(),
    );
    insta::assert_snapshot!("stored_names", said);
}
