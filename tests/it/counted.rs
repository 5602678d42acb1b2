//! Every count against a count by hand, while things come and go. A small share of what
//! `RAADHUIS_QUERIES=1000 cargo test --release -p raadhuis-tests counted -- --nocapture` does in full.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    sync::{Arc, Mutex},
};

use jiff::civil::{Date, date};
use raadhuis_schema::EntityId;
use raadhuis_search::{
    Batch, Between, Entry, EntryFilter, Facet, Query, SearchRequest, SharedSearch, Sort, SortDirection,
    matching::Analysed,
};
use raadhuis_tests::corpus::Chance;

const WORDS: [&str; 40] = [
    "de",
    "van",
    "raad",
    "gemeente",
    "gemeenteraad",
    "raadsbesluit",
    "haven",
    "havens",
    "havenbedrijf",
    "brug",
    "bruggen",
    "fietsbrug",
    "fiets",
    "fietsen",
    "windturbine",
    "windturbinepark",
    "park",
    "wind-turbine",
    "groen-voorziening",
    "groenvoorziening",
    "RIS321030",
    "321030",
    "2024-00123",
    "foto's",
    "fotos",
    "'s-Gravenhage",
    "b.v.",
    "bv",
    "1.250.000",
    "1250000",
    "Nijkerk",
    "Nykerk",
    "financiële",
    "financiele",
    "motie",
    "moties",
    "tunnel",
    "weg",
    "school",
    "scholen",
];
const KINDS: [&str; 3] = ["document", "motion", "meeting"];
const PARTIES: [&str; 3] = ["Groen", "Blauw & Co", "Lijst Één"];
const OUTCOMES: [&str; 2] = ["adopted", "rejected"];

/// What lives at each place in the log.
type States = Arc<Mutex<HashMap<i64, Arc<BTreeMap<EntityId, Entry>>>>>;

fn pick<'a>(chance: &mut Chance, of: &[&'a str]) -> &'a str {
    of[usize::try_from(chance.below(of.len() as u64)).unwrap()]
}

fn text(chance: &mut Chance, most: u64) -> String {
    let count = 1 + chance.below(most);
    (0..count).map(|_| pick(chance, &WORDS)).collect::<Vec<_>>().join(" ")
}

fn day(chance: &mut Chance) -> Option<Date> {
    (chance.below(8) > 0).then(|| {
        let days = i32::try_from(chance.below(1500)).unwrap();
        date(2022, 1, 1).checked_add(jiff::Span::new().days(days)).unwrap()
    })
}

fn entry(chance: &mut Chance) -> Entry {
    let kind = pick(chance, &KINDS);
    let mut values = Vec::new();
    if kind == "motion" {
        values.push((Facet::Outcome, pick(chance, &OUTCOMES).to_owned()));
        values.push((Facet::Party, pick(chance, &PARTIES).to_owned()));
    }
    Entry {
        id: format!("{kind}:x:1:{}", chance.below(400)).parse().unwrap(),
        authority: format!("authority:nl:tooi:gm000{}", chance.below(4)).parse().unwrap(),
        title: text(chance, 4),
        body: (0..chance.below(3)).map(|_| text(chance, 25)).collect(),
        values,
        meeting_date: day(chance),
        published_at: day(chance),
        first_seen_at: None,
        fold: (chance.below(3) == 0).then(|| format!("file{}", chance.below(40))),
    }
}

fn asked(chance: &mut Chance, depth: u64) -> String {
    let word = |chance: &mut Chance| pick(chance, &WORDS).to_owned();
    match chance.below(if depth == 0 { 6 } else { 12 }) {
        0..3 => word(chance),
        3 => format!("\"{}\"", text(chance, 3)),
        4 => format!("{}*", &word(chance).to_lowercase().chars().take(4).collect::<String>()),
        5 => match chance.below(5) {
            0 => format!("title:{}", word(chance)),
            1 => format!("kind:{}", pick(chance, &KINDS)),
            2 => format!("party:\"{}\"", pick(chance, &PARTIES).to_lowercase()),
            3 => format!("year:{}", 2022 + chance.below(5)),
            _ => format!("{} NEAR/{} {}", word(chance), 1 + chance.below(6), word(chance)),
        },
        6..9 => format!("{} {}", asked(chance, depth - 1), asked(chance, depth - 1)),
        9 => format!("({} OR {})", asked(chance, depth - 1), asked(chance, depth - 1)),
        10 => format!("{} -{}", asked(chance, depth - 1), word(chance)),
        _ => format!("-({})", asked(chance, depth - 1)),
    }
}

fn filter(chance: &mut Chance) -> EntryFilter {
    let mut filter = EntryFilter::default();
    for (facet, of) in [(Facet::Kind, &KINDS[..]), (Facet::Party, &PARTIES), (Facet::Outcome, &OUTCOMES)] {
        if chance.below(5) == 0 {
            filter = filter.with_value(facet, pick(chance, of));
        }
    }
    if chance.below(4) == 0 {
        filter = filter.with_value(Facet::Authority, format!("authority:nl:tooi:gm000{}", chance.below(5)));
    }
    if chance.below(4) == 0 {
        filter.meeting_date = Between { from: day(chance), until: day(chance) };
    }
    if chance.below(8) == 0 {
        filter.published_at = Between { from: day(chance), until: None };
    }
    filter
}

/// Whether an entry passes a filter, but for what one facet restricts.
fn passes(entry: &Entry, filter: &EntryFilter, but: Option<Facet>) -> bool {
    let by_value = filter.values.iter().all(|(facet, wanted)| {
        Some(*facet) == but || entry.values_of(*facet).iter().any(|value| wanted.contains(*value))
    });
    let calendar = matches!(but, Some(Facet::Year | Facet::Month));
    by_value
        && (calendar || filter.meeting_date.holds(entry.meeting_date))
        && filter.published_at.holds(entry.published_at)
}

/// What a facet counts, by hand.
fn counted(matching: &[&Entry], filter: &EntryFilter, facet: Facet) -> BTreeMap<String, u64> {
    let mut folds: BTreeMap<String, BTreeSet<&str>> = BTreeMap::new();
    for entry in matching.iter().filter(|entry| passes(entry, filter, Some(facet))) {
        let values = match facet {
            Facet::Year => {
                entry.meeting_date.map(|day| day.to_string()[..4].to_owned()).into_iter().collect()
            }
            Facet::Month => {
                entry.meeting_date.map(|day| day.to_string()[..7].to_owned()).into_iter().collect()
            }
            kept => entry.values_of(kept).into_iter().map(str::to_owned).collect::<Vec<_>>(),
        };
        for value in values {
            folds.entry(value).or_default().insert(entry.fold_key());
        }
    }
    folds.into_iter().map(|(value, folds)| (value, folds.len() as u64)).collect()
}

/// Puts entries in and takes some out, for ever.
async fn change(search: SharedSearch, states: States, mut stop: tokio::sync::watch::Receiver<bool>) -> i64 {
    let (mut chance, mut at) = (Chance::new(1), 0);
    let mut living: BTreeMap<EntityId, Entry> = BTreeMap::new();
    while !*stop.borrow_and_update() && at < 400 {
        let count = if at == 0 { 300 } else { 12 };
        let entries: BTreeMap<EntityId, Entry> =
            (0..count).map(|_| entry(&mut chance)).map(|entry| (entry.id.clone(), entry)).collect();
        let removed: Vec<EntityId> =
            living.keys().filter(|id| !entries.contains_key(*id)).take(2).cloned().collect();
        living.extend(entries.clone());
        living.retain(|id, _| !removed.contains(id));
        // A state is known before anybody can see it.
        states.lock().unwrap().insert(at + 1, Arc::new(living.clone()));
        let entries = entries.into_values().collect();
        search
            .apply_batch(Batch { entries, removed, after: at, cursor: at + 1, erase: false })
            .await
            .unwrap();
        at += 1;
    }
    at
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn totals_and_facets_are_what_a_count_by_hand_gives_while_things_come_and_go() {
    let count = std::env::var("RAADHUIS_QUERIES").ok().and_then(|n| n.parse().ok()).unwrap_or(200);
    let folder = tempfile::tempdir().unwrap();
    let search = raadhuis_search::open(&format!("tantivy:{}", folder.path().display())).await.unwrap();
    let states: States = Arc::default();
    states.lock().unwrap().insert(0, Arc::default());
    let (stop, stopped) = tokio::sync::watch::channel(false);
    let changing = tokio::spawn(change(search.clone(), Arc::clone(&states), stopped));
    while search.read_cursor().await.unwrap() == 0 {
        tokio::task::yield_now().await;
    }
    let mut chance = Chance::new(2);
    let (mut moments, mut found_any, mut refused) = (BTreeSet::new(), 0, 0);
    let mut done = 0;
    while done < count {
        let text = asked(&mut chance, 2);
        let Ok(query) = Query::parse(&text) else {
            refused += 1;
            continue;
        };
        let filter = filter(&mut chance);
        let facets: Vec<Facet> = Facet::ALL.iter().copied().filter(|_| chance.below(3) == 0).collect();
        let ask = SearchRequest {
            filter: filter.clone(),
            facets: facets.clone(),
            ..SearchRequest::new(query.clone(), 1000)
        };
        let found = search.find_entries(&ask).await.unwrap_or_else(|why| panic!("{text}, {filter:?}: {why}"));
        let state = states.lock().unwrap().get(&found.as_of).cloned().unwrap();
        let matching: Vec<&Entry> =
            state.values().filter(|entry| Analysed::new(*entry).matches(&query)).collect();
        let passing: Vec<&Entry> =
            matching.iter().copied().filter(|entry| passes(entry, &filter, None)).collect();
        assert!(
            matching.iter().all(|entry| filter.holds(entry) == passes(entry, &filter, None)),
            "{filter:?}"
        );
        let folds: BTreeSet<&str> = passing.iter().map(|entry| entry.fold_key()).collect();
        let why = format!("{text} ({}), {filter:?}, as of {}", query.understood(), found.as_of);
        assert_eq!(found.entities, passing.len() as u64, "{why}");
        assert_eq!(found.total, folds.len() as u64, "{why}");
        let shown: BTreeSet<&str> = found.hits.iter().map(|hit| state[&hit.id].fold_key()).collect();
        assert_eq!((shown, found.hits.len() as u64), (folds, found.total), "{why}");
        let alike: u64 = found.hits.iter().map(|hit| hit.alike + 1).sum();
        assert_eq!(alike, found.entities, "{why}");
        for facet in facets {
            assert_eq!(found.facets[&facet], counted(&matching, &filter, facet), "{facet:?} of {why}");
        }
        moments.insert(found.as_of);
        found_any += u64::from(found.total > 0);
        done += 1;
    }
    stop.send(true).unwrap();
    let changes = changing.await.unwrap();
    eprintln!(
        "{count} queries ({found_any} found something, {refused} more were refused) at {} of {changes} moments",
        moments.len()
    );
    assert!(moments.len() > 3 && found_any * 2 > count, "{moments:?}, {found_any}");
    pages_hold_everything_once(&search).await;
}

/// Pages of any size hold every result once, in every order.
async fn pages_hold_everything_once(search: &SharedSearch) {
    let mut chance = Chance::new(3);
    for sort in [
        Sort::Relevance,
        Sort::Match,
        Sort::MeetingDate(SortDirection::Newest),
        Sort::MeetingDate(SortDirection::Oldest),
        Sort::PublishedAt(SortDirection::Newest),
        Sort::FirstSeenAt(SortDirection::Newest),
    ] {
        for text in ["raad OR brug", "", "haven -fiets"] {
            let query = Query::parse(text).unwrap();
            let (mut seen, mut after, mut total) = (Vec::new(), None, 0);
            loop {
                let first = 1 + usize::try_from(chance.below(30)).unwrap();
                let found = search
                    .find_entries(&SearchRequest { sort, after, ..SearchRequest::new(query.clone(), first) })
                    .await
                    .unwrap();
                total = total.max(found.total);
                assert_eq!(found.total, total);
                after = found.hits.last().map(|hit| hit.place.clone());
                seen.extend(found.hits.into_iter().map(|hit| hit.id));
                if !found.more {
                    break;
                }
            }
            let distinct: BTreeSet<&EntityId> = seen.iter().collect();
            assert_eq!((seen.len() as u64, distinct.len() as u64), (total, total), "{sort:?} {text}");
        }
    }
}
