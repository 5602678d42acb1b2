//! An operator at the data folder: taking down, and putting back an older copy.

use std::path::Path;

use raadhuis_search::{Filter, Page, Query, Sort};
use raadhuis_store::{SharedStore, TakedownList};
use tokio::runtime::Runtime;

use crate::{folder, raadhuis, said};

const ID: &str = "document:notubiz:9101:9101001";

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &target);
        } else {
            assert!(std::fs::copy(entry.path(), target).is_ok());
        }
    }
}

/// Whether the document lives, and whether its words are found.
fn is_there(data: &Path) -> (bool, bool) {
    Runtime::new().unwrap().block_on(async {
        let address = format!("sqlite:{}", data.join("raadhuis.db").display());
        let store: SharedStore = raadhuis_store::open(&address).await.unwrap();
        let search = raadhuis_search::open(&format!("tantivy:{}", data.join("index").display())).unwrap();
        let (query, page) = (Query::parse("\"fietspad langs de Kastanjelaan\""), Page { first: 1, skip: 0 });
        let found = search.find(&query, &Filter::default(), Sort::Newest, page).await.unwrap();
        assert_eq!(search.cursor().await.unwrap(), store.end().await.unwrap());
        (!store.get(&[ID.parse().unwrap()]).await.unwrap().is_empty(), found.total > 0)
    })
}

#[test]
fn what_was_taken_down_goes_again_when_an_older_copy_is_put_back() {
    let place = tempfile::tempdir().unwrap();
    let (data, backup) = (place.path().join("data"), place.path().join("backup"));
    let demo = || {
        let output = raadhuis(&["demo", "--exit", "--data", &folder(&data)]);
        assert!(output.status.success(), "{}", said(&output));
    };
    demo();
    assert_eq!(is_there(&data), (true, true));
    copy(&data, &backup);
    let down = raadhuis(&["takedown", ID, "--reason", "privacy", "--data", &folder(&data)]);
    assert!(said(&down).contains("is taken down (privacy)"), "{}", said(&down));
    assert_eq!(is_there(&data), (false, false));
    demo();
    assert_eq!(is_there(&data), (false, false));
    // The whole folder of before.
    std::fs::remove_dir_all(&data).unwrap();
    copy(&backup, &data);
    assert_eq!(is_there(&data), (true, true), "otherwise this test cannot fail");
    raadhuis(&["lanes", "--data", &folder(&data)]);
    assert_eq!(is_there(&data), (false, false));
    // The database alone, under an index that is ahead of it.
    demo();
    std::fs::copy(backup.join("raadhuis.db"), data.join("raadhuis.db")).unwrap();
    for log in ["raadhuis.db-wal", "raadhuis.db-shm"] {
        drop(std::fs::remove_file(data.join(log)));
    }
    raadhuis(&["lanes", "--data", &folder(&data)]);
    assert_eq!(is_there(&data), (false, false));
    assert_eq!(TakedownList::of(&data).unwrap().read().unwrap().len(), 1);
}

#[test]
fn a_takedown_wants_an_id_and_a_reason_we_know() {
    let data = tempfile::tempdir().unwrap();
    let data = folder(data.path());
    for (arguments, expected) in [
        (["takedown", "raadsvoorstel", "--reason", "privacy"], "raadsvoorstel"),
        (["takedown", ID, "--reason", "spijt"], "none of privacy, copyright, court"),
    ] {
        let output = raadhuis(&[&arguments[..], &["--data", &data]].concat());
        assert!(!output.status.success() && said(&output).contains(expected), "{}", said(&output));
    }
    let unknown = raadhuis(&["takedown", ID, "--reason", "court", "--data", &data]);
    assert!(said(&unknown).contains("is not held; it will not enter either"), "{}", said(&unknown));
    drop(std::fs::remove_file(format!("{data}.takedowns")));
}
