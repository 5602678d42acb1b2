//! The rules of ARCHITECTURE.md and of plain language, as tests.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::{Path, PathBuf},
};

use raadhuis_tests::files;

/// The crates that each crate may depend on. No crate depends on `tests`.
const ARROWS: [(&str, &[&str]); 13] = [
    ("schema", &[]),
    ("store", &["schema"]),
    ("search", &["schema"]),
    ("text", &["schema"]),
    ("alerts", &["schema", "search"]),
    ("outbound", &[]),
    ("harvester", &["outbound", "schema", "store", "text"]),
    ("followers", &["alerts", "outbound", "schema", "search", "store", "text"]),
    ("api", &["alerts", "followers", "paged", "schema", "search", "store", "text"]),
    ("api/paged", &[]),
    ("fixtures", &["schema"]),
    ("tests", EVERYTHING),
    (".", EVERYTHING),
];

/// The crates that only `tests` and the program may know together.
const EVERYTHING: &[&str] =
    &["alerts", "api", "fixtures", "followers", "harvester", "outbound", "schema", "search", "store", "text"];

/// The folders with our own code, tests left out.
pub const FOLDERS: [&str; 11] = [
    "src",
    "schema",
    "store",
    "search",
    "text",
    "alerts",
    "outbound",
    "followers",
    "harvester",
    "api",
    "fixtures",
];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn sources(folder: &str) -> Vec<PathBuf> {
    let mut all: Vec<_> = files(&root().join(folder))
        .into_iter()
        .filter(|path| path.extension().is_some_and(|e| e == "rs"))
        .collect();
    all.retain(|path| !path.components().any(|part| part.as_os_str() == "target"));
    all
}

#[test]
fn crates_depend_only_on_those_they_may() {
    for (folder, allowed) in ARROWS {
        let manifest: toml::Table =
            std::fs::read_to_string(root().join(folder).join("Cargo.toml")).unwrap().parse().unwrap();
        let dependencies = manifest["dependencies"].as_table().unwrap();
        let known: BTreeSet<_> =
            dependencies.keys().filter_map(|name| name.strip_prefix("raadhuis-")).collect();
        let allowed: BTreeSet<_> = allowed.iter().copied().collect();
        assert!(known.is_subset(&allowed), "{folder} depends on {known:?}, and may depend on {allowed:?}");
    }
}

#[test]
fn every_file_opens_with_a_sentence() {
    for folder in FOLDERS.into_iter().chain(["tests"]) {
        for path in sources(folder) {
            let text = std::fs::read_to_string(&path).unwrap();
            assert!(text.starts_with("//! "), "{} does not say what it is for", path.display());
        }
    }
}

#[test]
fn files_stay_small() {
    let mut lengths = BTreeMap::new();
    for folder in FOLDERS {
        for path in sources(folder) {
            lengths
                .insert(path.display().to_string(), std::fs::read_to_string(&path).unwrap().lines().count());
        }
    }
    let long: Vec<_> = lengths.iter().filter(|(_, length)| **length > 460).collect();
    assert!(long.is_empty(), "these hold more than one thing: {long:?}");
}

#[test]
fn the_schema_and_the_suppliers_are_pure() {
    let forbidden = [
        "std::fs",
        "std::net",
        "tokio",
        "reqwest",
        "Timestamp::now",
        "SystemTime",
        "Instant::now",
        "std::env",
        "async ",
    ];
    let supplier = root().join("harvester/src/supplier");
    let pure = sources("schema").into_iter().chain(files(&supplier));
    for path in pure {
        let text = std::fs::read_to_string(&path).unwrap();
        let code = text.lines().filter(|line| !line.trim_start().starts_with("//"));
        for line in code {
            for word in forbidden {
                assert!(!line.contains(word), "{}: {line}", path.display());
            }
        }
    }
}

#[test]
fn connections_are_opened_by_the_live_transport_and_to_webhooks_alone() {
    let opens = |path: &PathBuf| std::fs::read_to_string(path).unwrap().contains("reqwest");
    let found: BTreeSet<String> = FOLDERS
        .into_iter()
        .flat_map(sources)
        .filter(opens)
        .map(|path| path.strip_prefix(root()).unwrap().display().to_string())
        .collect();
    let known = [
        "followers/src/alerts/webhook.rs",
        "harvester/src/transport/live.rs",
        "outbound/src/guard.rs",
        "outbound/src/lib.rs",
    ];
    assert_eq!(found, known.map(str::to_owned).into());
    // Mail goes to the one server that the operator names, and one file speaks to it.
    let sends = |path: &PathBuf| std::fs::read_to_string(path).unwrap().contains("SmtpTransport");
    let senders: Vec<_> = sources("alerts").into_iter().filter(sends).collect();
    assert!(senders.len() == 1 && senders[0].ends_with("alerts/src/mailer.rs"), "{senders:?}");
}

#[test]
fn the_reader_changes_no_entity() {
    for path in sources("api") {
        let text = std::fs::read_to_string(&path).unwrap();
        for word in [".commit_answer(", ".block_entity(", ".apply_batch(", ".end_run("] {
            assert!(!text.contains(word), "{}: {word}", path.display());
        }
    }
}

#[test]
fn suppliers_have_the_same_files() {
    let folder = root().join("harvester/src/supplier");
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            for name in ["mod.rs", "payload.rs", "normalise.rs"] {
                assert!(path.join(name).is_file(), "{} has no {name}", path.display());
            }
        }
    }
}

#[test]
fn one_module_is_unsafe_and_no_other() {
    let is_unsafe = |path: &PathBuf| {
        let text = std::fs::read_to_string(path).unwrap();
        text.lines().any(|line| !line.trim_start().starts_with("//") && line.contains("unsafe {"))
    };
    let found: Vec<PathBuf> = FOLDERS.into_iter().flat_map(sources).filter(is_unsafe).collect();
    let module = root().join("text/src/pdf/pdfium/ffi");
    assert!(!found.is_empty() && found.iter().all(|path| path.starts_with(&module)), "{found:?}");
}

#[test]
fn the_readme_is_short() {
    let lines = std::fs::read_to_string(root().join("README.md")).unwrap().lines().count();
    assert!(lines <= 80, "{lines} lines");
}

/// Doc comments that open with a clause word; the number only falls.
const CLAUSE_OPENINGS: usize = 6;

/// The words that open a clause in place of a noun or a verb.
const CLAUSE_WORDS: [&str; 7] = ["What", "How", "Whether", "Whose", "Of", "Behind", "So"];

/// The code of a file without its tests.
pub fn read_code(path: &Path) -> String {
    let text = std::fs::read_to_string(path).unwrap();
    text.split("#[cfg(test)]\nmod tests {").next().unwrap_or_default().to_owned()
}

/// The name of the type that a line declares.
fn declared_type(line: &str) -> Option<&str> {
    let line = line.trim_start();
    let line = line.strip_prefix("pub ").or_else(|| line.strip_prefix("pub(crate) ")).unwrap_or(line);
    let rest = ["struct ", "enum ", "trait ", "union "].iter().find_map(|word| line.strip_prefix(word))?;
    rest.split(|c: char| !c.is_alphanumeric() && c != '_').next().filter(|name| !name.is_empty())
}

#[test]
fn type_names_are_unique_in_the_workspace() {
    let mut files = BTreeMap::<String, BTreeSet<PathBuf>>::new();
    for path in FOLDERS.into_iter().flat_map(sources).filter(|path| !path.ends_with("tests.rs")) {
        for name in read_code(&path).lines().filter_map(declared_type) {
            files.entry(name.to_owned()).or_default().insert(path.clone());
        }
    }
    let shared: Vec<_> = files.iter().filter(|(_, files)| files.len() > 1).map(|(name, _)| name).collect();
    assert!(shared.is_empty(), "names of several types: {shared:?}");
}

#[test]
fn doc_comments_open_with_a_noun_or_a_verb() {
    let mut found = Vec::new();
    for path in FOLDERS.into_iter().flat_map(sources).filter(|path| !path.ends_with("tests.rs")) {
        let code = read_code(&path);
        let mut before = "";
        for line in code.lines().map(str::trim_start) {
            let opening = line.strip_prefix("/// ").filter(|_| !before.starts_with("///"));
            let word = opening.and_then(|text| text.split_whitespace().next()).unwrap_or_default();
            if CLAUSE_WORDS.contains(&word) {
                found.push(format!("{}: {line}", path.display()));
            }
            before = line;
        }
    }
    assert!(found.len() <= CLAUSE_OPENINGS, "{}: {found:#?}", found.len());
}

#[test]
fn error_types_are_called_so() {
    let mut wrong = Vec::new();
    for path in FOLDERS.into_iter().flat_map(sources) {
        let text = std::fs::read_to_string(&path).unwrap();
        let mut is_error = false;
        for line in text.lines() {
            is_error |= line.starts_with("#[derive(") && line.contains("thiserror::Error");
            if let Some(name) = declared_type(line) {
                if is_error && !name.ends_with("Error") {
                    wrong.push(format!("{}: {name}", path.display()));
                }
                is_error = false;
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}
