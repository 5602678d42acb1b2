//! What the contract cannot see: what lies in the files.

use std::time::{Duration, Instant};

use super::*;
use crate::{Query, SearchRequest};

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
    search.apply_batch(Batch { entries, cursor: 1, ..Batch::default() }).await.unwrap();
    let known = || {
        let searcher = search.generation().unwrap().current_view().unwrap().searcher;
        let field = search.generation().unwrap().fields.written;
        let term = ::tantivy::Term::from_field_text(field, "geheimwoord");
        searcher
            .segment_readers()
            .iter()
            .any(|segment| segment.inverted_index(field).unwrap().get_term_info(&term).unwrap().is_some())
    };
    assert!(known());
    let removed = vec!["document:x:1:1".parse().unwrap()];
    search
        .apply_batch(Batch { removed, after: 1, cursor: 2, erase: true, ..Batch::default() })
        .await
        .unwrap();
    assert!(!known());
}

#[tokio::test]
async fn another_process_sees_commits_and_generations() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().display().to_string();
    let (writer, reader) = (Tantivy::open(&path).unwrap(), Tantivy::open(&path).unwrap());
    let total =
        async || reader.find_entries(&SearchRequest::new(Query::parse("brug").unwrap(), 1)).await.unwrap();
    let entries = vec![entry("document:x:1:1", "brug")];
    writer.apply_batch(Batch { entries, cursor: 1, ..Batch::default() }).await.unwrap();
    assert_eq!((total().await.total, total().await.as_of), (1, 1));
    let mut next = writer.rebuild().await.unwrap();
    next.add_entries((0..5).map(|n| entry(&format!("document:x:1:{n}"), "brug")).collect()).await.unwrap();
    next.seal_generation(4).await.unwrap();
    next.activate().await.unwrap();
    assert_eq!((total().await.total, total().await.as_of), (5, 4));
    assert_eq!(reader.read_cursor().await.unwrap(), 4);
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
    next.seal_generation(1).await.unwrap();
    next.activate().await.unwrap();
    assert_eq!(one.read_cursor().await.unwrap(), 1);
}

#[tokio::test]
async fn what_another_version_left_is_thrown_away() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("meta.json"), "{}").unwrap();
    let search = Tantivy::open(&folder.path().display().to_string()).unwrap();
    assert_eq!(search.read_cursor().await.unwrap(), 0);
    assert!(!folder.path().join("meta.json").exists());
}

#[tokio::test]
async fn a_list_by_relevance_goes_on_as_it_began_whatever_comes_in_between() {
    let folder = tempfile::tempdir().unwrap();
    let search = Tantivy::open(&folder.path().display().to_string()).unwrap();
    let text = |n: u32| {
        format!(
            "{} {} en nog {}",
            "raad ".repeat(n as usize % 7),
            "brug ".repeat(n as usize % 5),
            "woord ".repeat(n as usize % 11)
        )
    };
    let entries = (0..90).map(|n| entry(&format!("document:x:1:{n}"), &text(n))).collect();
    search.apply_batch(Batch { entries, cursor: 1, ..Batch::default() }).await.unwrap();
    let ask = |first, after| SearchRequest {
        after,
        ..SearchRequest::new(Query::parse("raad OR brug").unwrap(), first)
    };
    let ids = |found: Found| found.hits.into_iter().map(|hit| hit.id.to_string()).collect::<Vec<_>>();
    let whole = ids(search.find_entries(&ask(1000, None)).await.unwrap());
    let (mut seen, mut after) = (Vec::new(), None);
    for round in 1.. {
        let found = search.find_entries(&ask(10, after)).await.unwrap();
        after = found.hits.last().map(|hit| hit.place.clone());
        let more = found.more;
        seen.extend(ids(found).into_iter().filter(|id| id.starts_with("document:x:1:")));
        if !more {
            break;
        }
        // Bridges make a bridge worth less, and would put what has both words in another order.
        let entries = (0..40).map(|n| entry(&format!("document:x:2:{n}"), &"brug ".repeat(round))).collect();
        let cursor = i64::try_from(round).unwrap();
        search
            .apply_batch(Batch { entries, after: cursor, cursor: cursor + 1, ..Batch::default() })
            .await
            .unwrap();
    }
    assert_eq!(seen, whole);
    let now = ids(search.find_entries(&ask(1000, None)).await.unwrap());
    let now: Vec<_> = now.into_iter().filter(|id| id.starts_with("document:x:1:")).collect();
    assert!(now != whole, "nothing came in between that matters");
}

/// Drops a rebuild while a thread seals its generation, as an aborted task does.
#[tokio::test]
async fn a_rebuild_that_is_dropped_while_it_seals_keeps_others_out_until_its_thread_ends() {
    let folder = tempfile::tempdir().unwrap();
    let search = Tantivy::open(&folder.path().display().to_string()).unwrap();
    for round in 0..10 {
        let entries =
            |word: &str| (0..400).map(|n| entry(&format!("document:x:1:{n}"), word)).collect::<Vec<_>>();
        let mut dropped = search.rebuild().await.unwrap();
        dropped.add_entries(entries("eerste")).await.unwrap();
        let sealing = tokio::spawn(async move { dropped.seal_generation(1).await.map(drop) });
        tokio::task::yield_now().await;
        sealing.abort();
        let begun = Instant::now();
        let mut next = loop {
            match search.rebuild().await {
                Ok(next) => break next,
                Err(SearchError::Busy) => tokio::task::yield_now().await,
                Err(error) => panic!("{error}"),
            }
            assert!(begun.elapsed() < Duration::from_mins(10), "the thread never ends");
        };
        next.add_entries(entries("tweede")).await.unwrap();
        next.seal_generation(2).await.unwrap();
        next.activate().await.unwrap();
        let batch = Batch { entries: entries("derde"), after: 2, cursor: 3, ..Batch::default() };
        search.apply_batch(batch).await.unwrap();
        let found =
            search.find_entries(&SearchRequest::new(Query::parse("derde").unwrap(), 1)).await.unwrap();
        assert_eq!((found.total, found.as_of), (400, 3), "round {round}");
    }
}
