//! The rules of the house, as tests.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::{Path, PathBuf},
};

use raadhuis_tests::files;

/// The rooms, and the rooms each may know. Nothing else; and nobody knows `tests`.
const ARROWS: [(&str, &[&str]); 12] = [
    ("schema", &[]),
    ("store", &["schema"]),
    ("search", &["schema"]),
    ("text", &["schema"]),
    ("alerts", &["schema", "search"]),
    ("outbound", &[]),
    ("harvester", &["outbound", "schema", "store", "text"]),
    ("followers", &["alerts", "outbound", "schema", "search", "store", "text"]),
    ("api", &["alerts", "followers", "schema", "search", "store", "text"]),
    ("fixtures", &["schema"]),
    ("tests", EVERYTHING),
    (".", EVERYTHING),
];

/// The crates that only `tests` and the program may know together.
const EVERYTHING: &[&str] =
    &["alerts", "api", "fixtures", "followers", "harvester", "outbound", "schema", "search", "store", "text"];

/// The folders with our own code, tests left out.
const ROOMS: [&str; 11] = [
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
    for room in ROOMS.into_iter().chain(["tests"]) {
        for path in sources(room) {
            let text = std::fs::read_to_string(&path).unwrap();
            assert!(text.starts_with("//! "), "{} does not say what it is for", path.display());
        }
    }
}

#[test]
fn files_stay_small() {
    let mut lengths = BTreeMap::new();
    for room in ROOMS {
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
fn connections_are_opened_by_the_live_transport_and_to_webhooks_alone() {
    let opens = |path: &PathBuf| std::fs::read_to_string(path).unwrap().contains("reqwest");
    let found: BTreeSet<String> = ROOMS
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
    let is_unsafe = |path: &PathBuf| {
        let text = std::fs::read_to_string(path).unwrap();
        text.lines().any(|line| !line.trim_start().starts_with("//") && line.contains("unsafe {"))
    };
    let found: Vec<PathBuf> = ROOMS.into_iter().flat_map(sources).filter(is_unsafe).collect();
    let module = root().join("text/src/pdf/pdfium/ffi");
    assert!(!found.is_empty() && found.iter().all(|path| path.starts_with(&module)), "{found:?}");
}

#[test]
fn the_readme_is_short() {
    let lines = std::fs::read_to_string(root().join("README.md")).unwrap().lines().count();
    assert!(lines <= 80, "{lines} lines");
}
