//! The index made anew: it answers as before, and a program that dies while it makes one leaves the old.

use std::{
    path::Path,
    process::{Command, Stdio},
};

use raadhuis_search::{Found, Query, SearchRequest};
use tokio::runtime::Runtime;

use crate::{folder, raadhuis, said};

fn found(data: &Path) -> Vec<Found> {
    Runtime::new().unwrap().block_on(async {
        let search =
            raadhuis_search::open(&format!("tantivy:{}", data.join("index").display())).await.unwrap();
        let mut all = Vec::new();
        for text in ["", "fietsbrug", "raad OR water", "\"de raad\""] {
            all.push(
                search.find_entries(&SearchRequest::new(Query::parse(text).unwrap(), 1000)).await.unwrap(),
            );
        }
        all
    })
}

/// How many files the generations hold; they come and go meanwhile.
fn files(index: &Path) -> usize {
    let inside = |path: &Path| std::fs::read_dir(path).into_iter().flatten().flatten();
    inside(index).map(|generation| inside(&generation.path()).count()).sum()
}

/// The same results, in whatever order equal scores of other segments come.
fn results(found: &[Found]) -> Vec<(u64, u64, Vec<String>)> {
    let sorted = |found: &Found| {
        let mut ids: Vec<_> = found.hits.iter().map(|hit| hit.id.to_string()).collect();
        ids.sort();
        (found.total, found.entities, ids)
    };
    found.iter().map(sorted).collect()
}

#[test]
fn a_new_index_answers_as_the_old_did_and_a_death_while_it_is_made_leaves_the_old() {
    let place = tempfile::tempdir().unwrap();
    let data = place.path().join("data");
    let demo = raadhuis(&["demo", "--exit", "--data", &folder(&data)]);
    assert!(demo.status.success(), "{}", said(&demo));
    let before = found(&data);
    assert!(before[1].total > 3);
    for round in 0..4 {
        let mut reindex = Command::new(env!("CARGO_BIN_EXE_raadhuis"));
        reindex.args(["reindex", "--data", &folder(&data)]).stdout(Stdio::null()).stderr(Stdio::null());
        let mut reindex = reindex.spawn().unwrap();
        // Each time a little further: its folder may be there, and is worth nothing.
        let enough = files(&data.join("index")) + 1 + 5 * round;
        while files(&data.join("index")) < enough {
            if reindex.try_wait().unwrap().is_some() {
                break;
            }
            std::thread::yield_now();
        }
        let _ = reindex.kill();
        reindex.wait().unwrap();
        assert_eq!(results(&found(&data)), results(&before));
    }
    let again = raadhuis(&["reindex", "--data", &folder(&data)]);
    assert!(said(&again).contains("things indexed"), "{}", said(&again));
    assert_eq!(results(&found(&data)), results(&before));
    let inside = std::fs::read_dir(data.join("index")).unwrap().count();
    assert_eq!(inside, 2, "one generation, and the file that names it");
}
