//! An operator at the data folder: taking down, and putting back an older copy.

use std::path::Path;

use raadhuis_search::{Query, SearchRequest};
use raadhuis_store::{Locked, TakedownList};
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

/// What the database answers to a question. It is closed before anybody puts another in its place: the last to leave a
/// database deletes its log.
fn ask<T>(data: &Path, question: &'static str) -> T
where
    T: Send + Unpin + for<'r> sqlx::Decode<'r, sqlx::Sqlite> + sqlx::Type<sqlx::Sqlite>,
{
    Runtime::new().unwrap().block_on(async {
        let address = format!("sqlite:{}", data.join("raadhuis.db").display());
        let pool = sqlx::SqlitePool::connect(&address).await.unwrap();
        let answer = sqlx::query_scalar(question).fetch_one(&pool).await.unwrap();
        pool.close().await;
        answer
    })
}

/// Whether the document lives, and whether its words are found.
fn is_there(data: &Path) -> (bool, bool) {
    let lives: i64 =
        ask(data, "SELECT count(*) FROM entity WHERE id = 'document:notubiz:9101:9101001' AND gone IS NULL");
    let end: i64 = ask(data, "SELECT max(seq) FROM change");
    Runtime::new().unwrap().block_on(async {
        let search =
            raadhuis_search::open(&format!("tantivy:{}", data.join("index").display())).await.unwrap();
        let query = Query::parse("\"fietspad langs de Kastanjelaan\"").unwrap();
        let found = search.find_entries(&SearchRequest::new(query, 1)).await.unwrap();
        assert_eq!(search.read_cursor().await.unwrap(), end);
        (lives > 0, found.total > 0)
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
    for part in ["raadhuis.db", "raadhuis.db-wal", "raadhuis.db-shm"] {
        drop(std::fs::remove_file(data.join(part)));
        // The log is part of the database, where there is one.
        drop(std::fs::copy(backup.join(part), data.join(part)));
    }
    raadhuis(&["lanes", "--data", &folder(&data)]);
    assert_eq!(is_there(&data), (false, false));
    assert_eq!(TakedownList::open_list(&data).unwrap().read_all().unwrap().len(), 1);
    // The archive alone, and the index alone.
    let original = original(&backup);
    demo();
    std::fs::remove_dir_all(data.join("archive")).unwrap();
    copy(&backup.join("archive"), &data.join("archive"));
    assert!(data.join(&original).exists(), "otherwise this test cannot fail");
    std::fs::remove_dir_all(data.join("index")).unwrap();
    copy(&backup.join("index"), &data.join("index"));
    let lanes = raadhuis(&["lanes", "--data", &folder(&data)]);
    assert!(lanes.status.success(), "{}", said(&lanes));
    assert!(!data.join(&original).exists());
    assert_eq!(is_there(&data), (false, false));
}

/// Where the file of the document lies in the archive.
fn original(data: &Path) -> String {
    let sha: String = ask(
        data,
        "SELECT body ->> '$.sha256' FROM entity WHERE id = 'document-text:notubiz:9101:9101001.text'",
    );
    format!("archive/original/{sha}")
}

#[test]
fn a_takedown_beside_a_program_that_then_dies_is_finished_at_the_next_start() {
    let place = tempfile::tempdir().unwrap();
    let data = place.path().join("data");
    let output = raadhuis(&["demo", "--exit", "--data", &folder(&data)]);
    assert!(output.status.success(), "{}", said(&output));
    let held = Locked::take_lock(&data).unwrap();
    let down = raadhuis(&["takedown", ID, "--reason", "court", "--data", &folder(&data)]);
    assert!(said(&down).contains("within a minute"), "{}", said(&down));
    drop(held);
    raadhuis(&["lanes", "--data", &folder(&data)]);
    assert_eq!(is_there(&data), (false, false));
}

#[test]
fn files_that_the_archive_lost_are_asked_for_again() {
    let place = tempfile::tempdir().unwrap();
    let data = place.path().join("data");
    let demo = || {
        let output = raadhuis(&["demo", "--exit", "--data", &folder(&data)]);
        assert!(output.status.success(), "{}", said(&output));
    };
    demo();
    let original = original(&data);
    std::fs::remove_dir_all(data.join("archive")).unwrap();
    std::fs::create_dir(data.join("archive")).unwrap();
    let check = raadhuis(&["check", "--data", &folder(&data)]);
    assert_eq!(check.status.code(), Some(1), "{}", said(&check));
    demo();
    assert!(data.join(original).exists());
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
