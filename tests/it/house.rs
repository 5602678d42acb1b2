//! The rules of the house, as tests.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::{Path, PathBuf},
};

use raadhuis_tests::files;

/// The rooms, and the rooms each may know. Nothing else; and nobody knows `tests`.
const ARROWS: [(&str, &[&str]); 11] = [
    ("schema", &[]),
    ("store", &["schema"]),
    ("search", &["schema"]),
    ("text", &["schema"]),
    ("projection", &["schema", "search", "store", "text"]),
    ("alerts", &["schema", "search"]),
    ("harvester", &["alerts", "projection", "schema", "search", "store", "text"]),
    ("api", &["alerts", "projection", "schema", "search", "store", "text"]),
    ("fixtures", &["schema"]),
    ("tests", &["alerts", "api", "fixtures", "harvester", "schema", "search", "store", "text"]),
    (".", &["alerts", "api", "fixtures", "harvester", "schema", "search", "store", "text"]),
];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn sources(room: &str) -> Vec<PathBuf> {
    let mut all: Vec<_> = files(&root().join(room))
        .into_iter()
        .filter(|path| path.extension().is_some_and(|e| e == "rs"))
        .collect();
    all.retain(|path| !path.components().any(|part| part.as_os_str() == "target"));
    all
}

#[test]
fn the_rooms_know_only_whom_they_may() {
    for (room, allowed) in ARROWS {
        let manifest: toml::Table =
            std::fs::read_to_string(root().join(room).join("Cargo.toml")).unwrap().parse().unwrap();
        let dependencies = manifest["dependencies"].as_table().unwrap();
        let known: BTreeSet<_> =
            dependencies.keys().filter_map(|name| name.strip_prefix("raadhuis-")).collect();
        let allowed: BTreeSet<_> = allowed.iter().copied().collect();
        assert!(known.is_subset(&allowed), "{room} knows {known:?}, and may know {allowed:?}");
    }
}

#[test]
fn every_file_opens_with_a_sentence() {
    for room in [
        "src",
        "schema",
        "store",
        "search",
        "text",
        "projection",
        "alerts",
        "harvester",
        "api",
        "fixtures",
        "tests",
    ] {
        for path in sources(room) {
            let text = std::fs::read_to_string(&path).unwrap();
            assert!(text.starts_with("//! "), "{} does not say what it is for", path.display());
        }
    }
}

#[test]
fn files_stay_small() {
    let mut lengths = BTreeMap::new();
    for room in
        ["src", "schema", "store", "search", "text", "projection", "alerts", "harvester", "api", "fixtures"]
    {
        for path in sources(room) {
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
fn only_the_live_transport_opens_a_connection_to_a_supplier() {
    for room in
        ["src", "schema", "store", "search", "text", "projection", "alerts", "harvester", "api", "fixtures"]
    {
        for path in sources(room).into_iter().filter(|path| !path.to_string_lossy().contains("transport/")) {
            assert!(!std::fs::read_to_string(&path).unwrap().contains("reqwest"), "{}", path.display());
        }
    }
    // Mail goes to the one server that the operator names, and one file speaks to it.
    let sends = |path: &PathBuf| std::fs::read_to_string(path).unwrap().contains("SmtpTransport");
    let senders: Vec<_> = sources("alerts").into_iter().filter(sends).collect();
    assert!(senders.len() == 1 && senders[0].ends_with("alerts/src/mailer.rs"), "{senders:?}");
}

#[test]
fn the_crawl_never_touches_the_index_and_the_reader_changes_no_entity() {
    let crawl = std::fs::read_to_string(root().join("harvester/src/crawl.rs")).unwrap();
    assert!(!crawl.contains("raadhuis_search"));
    for path in sources("api") {
        let text = std::fs::read_to_string(&path).unwrap();
        for word in [".commit(", ".block(", ".apply(", ".end_run("] {
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
    let rooms =
        ["src", "schema", "store", "search", "text", "projection", "alerts", "harvester", "api", "fixtures"];
    let is_unsafe = |path: &PathBuf| {
        let text = std::fs::read_to_string(path).unwrap();
        text.lines().any(|line| !line.trim_start().starts_with("//") && line.contains("unsafe {"))
    };
    let found: Vec<PathBuf> = rooms.into_iter().flat_map(sources).filter(is_unsafe).collect();
    let module = root().join("text/src/pdf/pdfium/ffi");
    assert!(!found.is_empty() && found.iter().all(|path| path.starts_with(&module)), "{found:?}");
}

#[test]
fn the_readme_is_short() {
    let lines = std::fs::read_to_string(root().join("README.md")).unwrap().lines().count();
    assert!(lines <= 80, "{lines} lines");
}
