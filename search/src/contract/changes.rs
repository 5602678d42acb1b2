//! How an index follows the log, and how another takes its place.

use super::{document, entry, find, numbers, put};
use crate::{Batch, SearchError, SharedSearch};

pub async fn what_is_put_in_twice_is_there_once(search: SharedSearch) {
    put(&search, vec![entry(&document(1), "brug", "eerst")]).await;
    put(&search, vec![entry(&document(1), "brug", "daarna")]).await;
    assert_eq!(find(&search, "brug").await.total, 1);
    assert_eq!(find(&search, "eerst").await.total, 0);
}

pub async fn what_is_taken_out_is_gone(search: SharedSearch) {
    put(&search, vec![entry(&document(1), "brug", "geheimwoord"), entry(&document(2), "brug", "")]).await;
    let removed = vec![document(1).parse().unwrap()];
    search
        .apply_batch(Batch { removed, after: 1, cursor: 2, erase: true, ..Batch::default() })
        .await
        .unwrap();
    assert_eq!(numbers(&search, "brug").await, [2]);
    assert_eq!(find(&search, "geheimwoord").await.total, 0);
}

pub async fn the_cursor_comes_with_the_batch(search: SharedSearch) {
    assert_eq!(search.read_cursor().await.unwrap(), 0);
    search.apply_batch(Batch { cursor: 42, ..Batch::default() }).await.unwrap();
    assert_eq!(search.read_cursor().await.unwrap(), 42);
    assert_eq!(find(&search, "brug").await.as_of, 42);
}

pub async fn a_batch_for_elsewhere_in_the_log_is_refused(search: SharedSearch) {
    put(&search, vec![entry(&document(1), "brug", "")]).await;
    let elsewhere =
        Batch { entries: vec![entry(&document(2), "brug", "")], after: 7, cursor: 8, ..Batch::default() };
    let why = search.apply_batch(elsewhere).await.unwrap_err();
    assert!(matches!(why, SearchError::Moved { is: 1, expected: 7 }), "{why}");
    assert_eq!(numbers(&search, "brug").await, [1]);
}

pub async fn a_new_generation_takes_the_place_of_the_old_in_one_step(search: SharedSearch) {
    put(&search, vec![entry(&document(1), "brug", "oud")]).await;
    let mut next = search.rebuild().await.unwrap();
    next.add_entries(vec![entry(&document(1), "brug", "nieuw"), entry(&document(2), "brug", "")])
        .await
        .unwrap();
    next.add_entries(vec![entry(&document(3), "brug", "")]).await.unwrap();
    assert_eq!(numbers(&search, "brug").await, [1], "the old one answers until the new one is whole");
    // The old one is written to meanwhile; that is not lost, because the new one says where in the log it is.
    put(&search, vec![entry(&document(4), "brug", "")]).await;
    next.seal_generation(1).await.unwrap();
    next.activate().await.unwrap();
    assert_eq!(numbers(&search, "brug").await, [1, 2, 3]);
    assert_eq!(find(&search, "oud").await.total, 0);
    assert_eq!(search.read_cursor().await.unwrap(), 1);
    put(&search, vec![entry(&document(4), "brug", "")]).await;
    assert_eq!(numbers(&search, "brug").await, [1, 2, 3, 4]);
}

pub async fn a_generation_that_was_not_finished_is_nothing(search: SharedSearch) {
    put(&search, vec![entry(&document(1), "brug", "")]).await;
    let mut next = search.rebuild().await.unwrap();
    next.add_entries(vec![entry(&document(2), "brug", "")]).await.unwrap();
    drop(next);
    assert_eq!(numbers(&search, "brug").await, [1]);
    let mut next = search.rebuild().await.unwrap();
    next.add_entries(vec![entry(&document(3), "brug", "")]).await.unwrap();
    next.seal_generation(9).await.unwrap();
    next.activate().await.unwrap();
    assert_eq!(numbers(&search, "brug").await, [3]);
}
