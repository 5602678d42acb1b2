//! What every engine promises: one table of behaviours × engines.
//!
//! To add a behaviour: a function below and its name in the table. To add an engine: a line with how to open it.

use jiff::civil::date;
use raadhuis_schema::{EntityId, Kind};

use crate::{Batch, Entry, Filter, Found, Page, Query, SharedSearch, Sort, tantivy::Tantivy};

macro_rules! contract {
    (engines { $($engine:ident: $open:expr;)* } behaviours $behaviours:tt) => {
        $(contract!(@ $engine $open, $behaviours);)*
    };
    (@ $engine:ident $open:expr, { $($behaviour:ident)* }) => {
        mod $engine {
            $(#[tokio::test]
            async fn $behaviour() {
                let folder = tempfile::tempdir().unwrap();
                let open: fn(&str) -> super::SharedSearch = $open;
                super::$behaviour(open(&folder.path().display().to_string())).await;
            })*
        }
    };
}

contract! {
    engines { tantivy: |path| std::sync::Arc::new(super::Tantivy::open(path).unwrap()); }
    behaviours {
        all_words_must_occur_wherever_they_stand
        a_phrase_is_found_as_written_only
        forms_and_accents_of_a_word_are_the_same_word
        filters_restrict_by_kind_authority_and_day
        days_sort_both_ways_and_undated_come_last
        a_title_weighs_more_than_a_body
        totals_are_exact_and_pages_hold_every_hit_once
        what_is_put_in_twice_is_there_once
        what_is_taken_out_is_gone
        the_cursor_comes_with_the_batch
        nothing_asked_is_everything_and_stray_signs_are_nothing
    }
}

fn entry(id: &str, title: &str, body: &str) -> Entry {
    Entry {
        id: id.parse().unwrap(),
        authority: "authority:nl:tooi:gm9101".parse().unwrap(),
        day: Some(date(2026, 3, 24)),
        title: title.into(),
        body: vec![body.into()],
    }
}

fn document(native: u32) -> String {
    format!("document:notubiz:9101:{native}")
}

async fn put(search: &SharedSearch, entries: Vec<Entry>) {
    search.apply(Batch { entries, cursor: 1, ..Batch::default() }).await.unwrap();
}

async fn find(search: &SharedSearch, query: &str) -> Found {
    let page = Page { first: 50, skip: 0 };
    search.find(&Query::parse(query), &Filter::default(), Sort::Relevance, page).await.unwrap()
}

async fn ids(search: &SharedSearch, query: &str) -> Vec<String> {
    let mut ids: Vec<_> = find(search, query).await.hits.iter().map(ToString::to_string).collect();
    ids.sort();
    ids
}

async fn all_words_must_occur_wherever_they_stand(search: SharedSearch) {
    put(
        &search,
        vec![
            entry(&document(1), "Fietsbrug", "over het water"),
            entry(&document(2), "Brief", "de fietsbrug"),
            entry(&document(3), "Water", "zonder meer"),
        ],
    )
    .await;
    assert_eq!(ids(&search, "water fietsbrug").await, [document(1)]);
    assert_eq!(ids(&search, "fietsbrug").await, [document(1), document(2)]);
    assert_eq!(ids(&search, "fietsbrug kasteel").await, [] as [String; 0]);
}

async fn a_phrase_is_found_as_written_only(search: SharedSearch) {
    put(
        &search,
        vec![
            entry(&document(1), "x", "langs de Oude Haven loopt"),
            entry(&document(2), "x", "oude en nieuwe haven"),
            entry(&document(3), "x", "de oude havens"),
            entry(&document(4), "De oude haven", "x"),
            Entry { body: vec!["de oude".into(), "haven ligt er".into()], ..entry(&document(5), "x", "") },
        ],
    )
    .await;
    assert_eq!(ids(&search, "\"oude haven\"").await, [document(1), document(4)]);
    assert_eq!(ids(&search, "\"haven\"").await, [document(1), document(2), document(4), document(5)]);
    assert_eq!(ids(&search, "oude haven").await.len(), 5);
}

async fn forms_and_accents_of_a_word_are_the_same_word(search: SharedSearch) {
    put(&search, vec![entry(&document(1), "x", "de ﬁnanciële gevolgen voor fietsen")]).await;
    for query in ["financiele", "FINANCIËLE", "fiets", "gevolg"] {
        assert_eq!(ids(&search, query).await, [document(1)], "{query}");
    }
}

async fn filters_restrict_by_kind_authority_and_day(search: SharedSearch) {
    let mut other = entry("motion:notubiz:9102:2", "brug", "");
    other.authority = "authority:nl:tooi:pv9102".parse().unwrap();
    other.day = Some(date(2026, 7, 1));
    let mut undated = entry(&document(3), "brug", "");
    undated.day = None;
    put(&search, vec![entry(&document(1), "brug", ""), other.clone(), undated]).await;
    let check = async |filter: Filter, expected: usize| {
        let page = Page { first: 10, skip: 0 };
        let found = search.find(&Query::parse("brug"), &filter, Sort::Relevance, page).await.unwrap();
        assert_eq!((found.total, found.hits.len()), (expected as u64, expected), "{filter:?}");
    };
    let none = Filter::default;
    check(none(), 3).await;
    check(Filter { kinds: vec![Kind::Motion], ..none() }, 1).await;
    check(Filter { kinds: vec![Kind::Motion, Kind::Document], ..none() }, 3).await;
    check(Filter { authorities: vec![other.authority], ..none() }, 1).await;
    check(Filter { from: Some(date(2026, 3, 25)), ..none() }, 1).await;
    check(Filter { until: Some(date(2026, 3, 24)), ..none() }, 1).await;
    check(Filter { from: Some(date(2026, 3, 24)), until: Some(date(2026, 7, 1)), ..none() }, 2).await;
}

async fn days_sort_both_ways_and_undated_come_last(search: SharedSearch) {
    let mut entries: Vec<_> = (1..=4).map(|n| entry(&document(n), "brug", "")).collect();
    for (entry, day) in
        entries.iter_mut().zip([Some(date(1969, 5, 1)), Some(date(2026, 1, 1)), None, Some(date(2010, 1, 1))])
    {
        entry.day = day;
    }
    put(&search, entries).await;
    let page = Page { first: 10, skip: 0 };
    for (sort, expected) in [(Sort::Newest, [2, 4, 1, 3]), (Sort::Oldest, [1, 4, 2, 3])] {
        let found = search.find(&Query::parse("brug"), &Filter::default(), sort, page).await.unwrap();
        let expected: Vec<EntityId> = expected.map(|n| document(n).parse().unwrap()).into();
        assert_eq!(found.hits, expected, "{sort:?}");
    }
}

async fn a_title_weighs_more_than_a_body(search: SharedSearch) {
    put(
        &search,
        vec![
            entry(&document(1), "Brief", "over de fietsbrug in de wijk"),
            entry(&document(2), "De fietsbrug in de wijk", "een brief"),
        ],
    )
    .await;
    assert_eq!(find(&search, "fietsbrug").await.hits[0].as_str(), document(2));
}

async fn totals_are_exact_and_pages_hold_every_hit_once(search: SharedSearch) {
    for start in [0, 40, 80] {
        let entries = (start..start + 40).map(|n| entry(&document(n), "brug", "gelijk")).collect();
        put(&search, entries).await;
    }
    for sort in [Sort::Relevance, Sort::Newest, Sort::Oldest] {
        let mut seen = Vec::new();
        for skip in (0..200).step_by(17) {
            let page = Page { first: 17, skip };
            let found = search.find(&Query::parse("brug"), &Filter::default(), sort, page).await.unwrap();
            assert_eq!(found.total, 120);
            seen.extend(found.hits);
        }
        seen.sort();
        seen.dedup();
        assert_eq!(seen.len(), 120, "{sort:?}");
    }
}

async fn what_is_put_in_twice_is_there_once(search: SharedSearch) {
    put(&search, vec![entry(&document(1), "brug", "eerst")]).await;
    put(&search, vec![entry(&document(1), "brug", "daarna")]).await;
    assert_eq!(find(&search, "brug").await.total, 1);
    assert_eq!(find(&search, "eerst").await.total, 0);
}

async fn what_is_taken_out_is_gone(search: SharedSearch) {
    put(&search, vec![entry(&document(1), "brug", "geheimwoord"), entry(&document(2), "brug", "")]).await;
    let removed = vec![document(1).parse().unwrap()];
    search.apply(Batch { removed, cursor: 2, erase: true, ..Batch::default() }).await.unwrap();
    assert_eq!(ids(&search, "brug").await, [document(2)]);
    assert_eq!(find(&search, "geheimwoord").await.total, 0);
}

async fn the_cursor_comes_with_the_batch(search: SharedSearch) {
    assert_eq!(search.cursor().await.unwrap(), 0);
    search.apply(Batch { cursor: 42, ..Batch::default() }).await.unwrap();
    assert_eq!(search.cursor().await.unwrap(), 42);
}

async fn nothing_asked_is_everything_and_stray_signs_are_nothing(search: SharedSearch) {
    put(&search, vec![entry(&document(1), "brug", ""), entry(&document(2), "weg", "")]).await;
    assert_eq!(find(&search, " ").await.total, 2);
    assert_eq!(find(&search, "?!").await.total, 0);
}
