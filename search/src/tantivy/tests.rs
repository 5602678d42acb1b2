//! What the contract cannot see: what lies in the files.

use super::*;
use crate::{Ask, Query};

fn entry(id: &str, body: &str) -> Entry {
    Entry {
        id: id.parse().unwrap(),
        authority: "authority:nl:tooi:gm9101".parse().unwrap(),
        title: String::new(),
        body: vec![body.into()],
        values: Vec::new(),
        meeting_date: None,
        published_at: None,
        first_seen_at: None,
        fold: None,
    }
}

#[test]
fn many_that_start_in_an_empty_folder_open_one_index() {
    for _ in 0..20 {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("index").display().to_string();
        let numbers: Vec<u64> = std::thread::scope(|scope| {
            let open = || Tantivy::open(&path).unwrap().generation().unwrap().number;
            let all: Vec<_> = (0..6).map(|_| scope.spawn(open)).collect();
            all.into_iter().map(|it| it.join().unwrap()).collect()
        });
        assert_eq!(numbers, [1; 6]);
    }
}

#[tokio::test]
async fn an_erased_word_stands_in_no_dictionary_of_the_index() {
    let folder = tempfile::tempdir().unwrap();
    let search = Tantivy::open(&folder.path().display().to_string()).unwrap();
    let entries = vec![entry("document:x:1:1", "geheimwoord"), entry("document:x:1:2", "anders")];
    search.apply(Batch { entries, cursor: 1, ..Batch::default() }).await.unwrap();
    let known = || {
        let searcher = search.generation().unwrap().see().unwrap().searcher;
        let field = search.generation().unwrap().fields.written;
        let term = ::tantivy::Term::from_field_text(field, "geheimwoord");
        searcher
            .segment_readers()
            .iter()
            .any(|segment| segment.inverted_index(field).unwrap().get_term_info(&term).unwrap().is_some())
    };
    assert!(known());
    let removed = vec!["document:x:1:1".parse().unwrap()];
    search.apply(Batch { removed, after: 1, cursor: 2, erase: true, ..Batch::default() }).await.unwrap();
    assert!(!known());
}

#[tokio::test]
async fn another_process_sees_commits_and_generations() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().display().to_string();
    let (writer, reader) = (Tantivy::open(&path).unwrap(), Tantivy::open(&path).unwrap());
    let total = async || reader.find(&Ask::of(Query::parse("brug").unwrap(), 1)).await.unwrap();
    let entries = vec![entry("document:x:1:1", "brug")];
    writer.apply(Batch { entries, cursor: 1, ..Batch::default() }).await.unwrap();
    assert_eq!((total().await.total, total().await.as_of), (1, 1));
    let mut next = writer.rebuild().await.unwrap();
    next.add((0..5).map(|n| entry(&format!("document:x:1:{n}"), "brug")).collect()).await.unwrap();
    next.seal(4).await.unwrap();
    next.finish().await.unwrap();
    assert_eq!((total().await.total, total().await.as_of), (5, 4));
    assert_eq!(reader.cursor().await.unwrap(), 4);
    let generations = std::fs::read_dir(folder.path()).unwrap().count();
    assert_eq!(generations, 2, "one generation, and the file that names it");
}

#[tokio::test]
async fn two_new_generations_are_not_made_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().display().to_string();
    let (one, other) = (Tantivy::open(&path).unwrap(), Tantivy::open(&path).unwrap());
    let first = one.rebuild().await.unwrap();
    assert!(matches!(other.rebuild().await.err(), Some(SearchError::Busy)));
    drop(first);
    let mut next = other.rebuild().await.unwrap();
    next.seal(1).await.unwrap();
    next.finish().await.unwrap();
    assert_eq!(one.cursor().await.unwrap(), 1);
}

#[tokio::test]
async fn what_another_version_left_is_thrown_away() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("meta.json"), "{}").unwrap();
    let search = Tantivy::open(&folder.path().display().to_string()).unwrap();
    assert_eq!(search.cursor().await.unwrap(), 0);
    assert!(!folder.path().join("meta.json").exists());
}
