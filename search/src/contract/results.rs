//! What is counted, in which order it comes, and how it is taken up again.

use std::collections::BTreeSet;

use jiff::{Timestamp, civil::date};

use super::{NONE, ask, counts, document, entry, find, numbers_of, put};
use crate::{
    Between, Entry, EntryFilter, Facet, SearchError, SearchRequest, SharedSearch, Sort, SortDirection,
};

async fn filtered(search: &SharedSearch, filter: EntryFilter) -> Vec<u32> {
    let found = search.find_entries(&SearchRequest { filter, ..ask("brug") }).await.unwrap();
    let mut numbers = numbers_of(&found);
    numbers.sort_unstable();
    assert_eq!(found.total, numbers.len() as u64);
    numbers
}

pub async fn filters_restrict_by_value(search: SharedSearch) {
    let mut motion = entry("motion:notubiz:9102:2", "brug", "");
    motion.authority = "authority:nl:tooi:pv9102".parse().unwrap();
    motion.values = vec![(Facet::Province, "Middenland".into()), (Facet::Province, "Noorderland".into())];
    put(&search, vec![entry(&document(1), "brug", ""), motion, entry(&document(3), "weg", "")]).await;
    let none = EntryFilter::default;
    assert_eq!(filtered(&search, none()).await, [1, 2]);
    assert_eq!(filtered(&search, none().with_value(Facet::Kind, "motion")).await, [2]);
    assert_eq!(
        filtered(&search, none().with_value(Facet::Kind, "motion").with_value(Facet::Kind, "document")).await,
        [1, 2]
    );
    assert_eq!(filtered(&search, none().with_value(Facet::Authority, "authority:nl:tooi:pv9102")).await, [2]);
    assert_eq!(filtered(&search, none().with_value(Facet::Province, "Noorderland")).await, [2]);
    assert_eq!(filtered(&search, none().with_value(Facet::Province, "Atlantis")).await, NONE);
    assert_eq!(
        filtered(
            &search,
            none().with_value(Facet::Kind, "document").with_value(Facet::Province, "Middenland")
        )
        .await,
        NONE
    );
}

pub async fn each_date_has_its_own_filter_and_order(search: SharedSearch) {
    let at = |text: &str| -> Timestamp { text.parse().unwrap() };
    let days = [
        (Some(date(1969, 5, 1)), Some(date(2026, 2, 1)), "2026-01-01T10:00:00Z"),
        (Some(date(2026, 1, 1)), None, "2026-01-01T09:59:59Z"),
        (None, Some(date(2010, 1, 1)), "2020-01-01T00:00:00Z"),
        (Some(date(2010, 1, 1)), Some(date(2026, 1, 31)), "2026-03-01T00:00:00Z"),
    ];
    let entries = (1..).zip(days).map(|(n, (meeting_date, published_at, seen))| Entry {
        meeting_date,
        published_at,
        first_seen_at: Some(at(seen)),
        ..entry(&document(n), "brug", "")
    });
    put(&search, entries.collect()).await;
    let order = async |sort: Sort| {
        numbers_of(&search.find_entries(&SearchRequest { sort, ..ask("brug") }).await.unwrap())
    };
    assert_eq!(order(Sort::MeetingDate(SortDirection::Newest)).await, [2, 4, 1, 3], "undated come last");
    assert_eq!(order(Sort::MeetingDate(SortDirection::Oldest)).await, [1, 4, 2, 3], "undated come last");
    assert_eq!(order(Sort::PublishedAt(SortDirection::Newest)).await, [1, 4, 3, 2]);
    assert_eq!(order(Sort::PublishedAt(SortDirection::Oldest)).await, [3, 4, 1, 2]);
    assert_eq!(order(Sort::FirstSeenAt(SortDirection::Newest)).await, [4, 1, 2, 3]);
    let meeting =
        |from, until| EntryFilter { meeting_date: Between { from, until }, ..EntryFilter::default() };
    assert_eq!(filtered(&search, meeting(Some(date(2010, 1, 1)), None)).await, [2, 4]);
    assert_eq!(filtered(&search, meeting(None, Some(date(2010, 1, 1)))).await, [1, 4]);
    let published_at = Between { from: Some(date(2026, 1, 31)), until: Some(date(2026, 1, 31)) };
    assert_eq!(filtered(&search, EntryFilter { published_at, ..EntryFilter::default() }).await, [4]);
    let first_seen_at = Between { from: Some(at("2026-01-01T10:00:00Z")), until: None };
    assert_eq!(filtered(&search, EntryFilter { first_seen_at, ..EntryFilter::default() }).await, [1, 4]);
}

async fn put_brugs(search: &SharedSearch) {
    put(
        search,
        vec![
            entry(&document(1), "Brief", "over de fietsbrug in de wijk"),
            entry(&document(2), "De fietsbrug in de wijk", "een brief"),
            entry(&document(3), "Brief", "over de fietsbruggen in de wijk"),
        ],
    )
    .await;
}

pub async fn a_title_weighs_more_than_a_body(search: SharedSearch) {
    put_brugs(&search).await;
    assert_eq!(numbers_of(&find(&search, "fietsbrug").await)[0], 2);
}

pub async fn the_word_itself_weighs_more_than_its_forms(search: SharedSearch) {
    put_brugs(&search).await;
    assert_eq!(numbers_of(&find(&search, "fietsbrug").await), [2, 1, 3]);
    let order = numbers_of(&find(&search, "fietsbruggen").await);
    assert!(order.iter().position(|n| *n == 3) < order.iter().position(|n| *n == 1), "{order:?}");
}

pub async fn newer_weighs_somewhat_more_unless_told_not_to(search: SharedSearch) {
    let dated = |n, year, body: &str| Entry {
        meeting_date: Some(date(year, 1, 1)),
        ..entry(&document(n), "x", body)
    };
    put(&search, vec![dated(1, 2012, "brug"), dated(2, 2026, "brug"), dated(3, 2016, "brug brug brug brug")])
        .await;
    let order =
        async |sort| numbers_of(&search.find_entries(&SearchRequest { sort, ..ask("brug") }).await.unwrap());
    let by_age = order(Sort::Relevance).await;
    assert!(by_age.iter().position(|n| *n == 2) < by_age.iter().position(|n| *n == 1), "{by_age:?}");
    assert_eq!(order(Sort::Match).await[0], 3);
}

pub async fn totals_are_exact_and_pages_hold_every_hit_once(search: SharedSearch) {
    for start in [0, 40, 80] {
        let entries = (start..start + 40).map(|n| entry(&document(n), "brug", "gelijk")).collect();
        put(&search, entries).await;
    }
    for sort in [
        Sort::Relevance,
        Sort::Match,
        Sort::MeetingDate(SortDirection::Newest),
        Sort::FirstSeenAt(SortDirection::Oldest),
    ] {
        let (mut seen, mut after) = (Vec::new(), None);
        for round in 0.. {
            let first = [17, 1, 40][round % 3];
            let found =
                search.find_entries(&SearchRequest { sort, first, after, ..ask("brug") }).await.unwrap();
            assert_eq!((found.total, found.entities), (120, 120));
            after = found.hits.last().map(|hit| hit.place.clone());
            seen.extend(found.hits.into_iter().map(|hit| hit.id));
            assert_eq!(found.more, seen.len() < 120);
            if !found.more {
                break;
            }
        }
        assert_eq!(seen.len(), 120, "{sort:?}");
        assert_eq!(seen.into_iter().collect::<BTreeSet<_>>().len(), 120, "{sort:?}");
    }
}

pub async fn a_place_that_is_none_is_refused(search: SharedSearch) {
    for after in ["", "row 3", "é", "r0"] {
        let why = search
            .find_entries(&SearchRequest { after: Some(after.into()), ..ask("brug") })
            .await
            .unwrap_err();
        assert!(matches!(why, SearchError::ForeignPlace(_)), "{after}: {why}");
    }
}

pub async fn identical_files_are_one_result(search: SharedSearch) {
    let shared = |n: u32, fold: &str| Entry { fold: Some(fold.into()), ..entry(&document(n), "brug", "") };
    put(&search, vec![shared(1, "aa"), shared(2, "aa"), entry(&document(3), "brug", "")]).await;
    put(&search, vec![shared(4, "aa"), shared(5, "bb"), entry(&document(6), "brug", "")]).await;
    let found = find(&search, "brug").await;
    assert_eq!((found.total, found.entities, found.hits.len()), (4, 6, 4));
    let alike: u64 = found.hits.iter().map(|hit| hit.alike).sum();
    assert_eq!(alike, 2);
    // A page of one at a time meets each result once.
    let (mut seen, mut after) = (Vec::new(), None);
    loop {
        let found = search.find_entries(&SearchRequest { first: 1, after, ..ask("brug") }).await.unwrap();
        seen.extend(numbers_of(&found));
        after = found.hits.last().map(|hit| hit.place.clone());
        if !found.more {
            break;
        }
    }
    assert_eq!(seen.len(), 4);
    assert_eq!(seen.iter().filter(|n| [1, 2, 4].contains(n)).count(), 1);
    let facets =
        search.find_entries(&SearchRequest { facets: vec![Facet::Kind], ..ask("brug") }).await.unwrap();
    assert_eq!(counts(&facets, Facet::Kind), [("document", 4)]);
}

fn country() -> Vec<Entry> {
    let of = |id: &str, authority: &str, month, outcome: Option<&str>| Entry {
        authority: format!("authority:nl:tooi:{authority}").parse().unwrap(),
        meeting_date: Some(date(2026, month, 1)),
        values: outcome.map(|outcome| (Facet::Outcome, outcome.to_owned())).into_iter().collect(),
        ..entry(id, "brug", "")
    };
    vec![
        of("document:x:1:1", "gm1", 1, None),
        of("document:x:1:2", "gm2", 3, None),
        of("motion:x:1:3", "gm1", 3, Some("adopted")),
        of("motion:x:1:4", "gm1", 3, Some("rejected")),
        Entry { title: "weg".into(), ..of("meeting:x:1:5", "gm3", 5, None) },
    ]
}

pub async fn facets_ignore_their_own_filter_only(search: SharedSearch) {
    put(&search, country()).await;
    let filter =
        EntryFilter::default().with_value(Facet::Kind, "motion").with_value(Facet::Outcome, "adopted");
    let facets = vec![Facet::Kind, Facet::Outcome, Facet::Authority, Facet::Month, Facet::Year];
    let found = search
        .find_entries(&SearchRequest { filter: filter.clone(), facets: facets.clone(), ..ask("brug") })
        .await
        .unwrap();
    assert_eq!(found.total, 1);
    assert_eq!(counts(&found, Facet::Kind), [("motion", 1)], "of those that were adopted");
    assert_eq!(counts(&found, Facet::Outcome), [("adopted", 1), ("rejected", 1)], "of the motions");
    assert_eq!(counts(&found, Facet::Authority), [("authority:nl:tooi:gm1", 1)]);
    let meeting_date = Between { from: Some(date(2026, 3, 1)), until: Some(date(2026, 3, 31)) };
    let filter = EntryFilter { meeting_date, ..EntryFilter::default() };
    let found = search.find_entries(&SearchRequest { filter, facets, ..ask("brug") }).await.unwrap();
    assert_eq!(found.total, 3);
    assert_eq!(counts(&found, Facet::Month), [("2026-01", 1), ("2026-03", 3)]);
    assert_eq!(counts(&found, Facet::Year), [("2026", 4)]);
    assert_eq!(counts(&found, Facet::Kind), [("document", 1), ("motion", 2)]);
}

pub async fn facets_count_results_and_zeroes_when_asked(search: SharedSearch) {
    put(&search, country()).await;
    let asked = |zeroes| SearchRequest {
        first: 0,
        facets: vec![Facet::Authority, Facet::Month],
        zeroes,
        ..ask("brug")
    };
    let found = search.find_entries(&asked(false)).await.unwrap();
    assert!(found.hits.is_empty() && found.more);
    assert_eq!(
        counts(&found, Facet::Authority),
        [("authority:nl:tooi:gm1", 3), ("authority:nl:tooi:gm2", 1)]
    );
    let found = search.find_entries(&asked(true)).await.unwrap();
    assert_eq!(counts(&found, Facet::Authority)[2], ("authority:nl:tooi:gm3", 0));
    assert_eq!(counts(&found, Facet::Month), [("2026-01", 1), ("2026-02", 0), ("2026-03", 3)]);
}
