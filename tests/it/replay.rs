//! From recording to whole store: what is there, what changes, and that order makes no difference.

use std::collections::{BTreeMap, HashSet, VecDeque};

use jiff::SignedDuration;
use proptest::{prelude::*, test_runner::Config};
use raadhuis_fixtures::{Country, PERIOD};
use raadhuis_harvester::{
    Catalogue,
    supplier::{Notubiz, Supplier, notubiz::NotubizTask},
    transport::Answer,
};
use raadhuis_schema::{Action, Commit, DiagnosticCode, Kind, Source, Verdict};
use raadhuis_search::{Between, EntryFilter, Facet, Query, SearchRequest, Sort, SortDirection};
use raadhuis_tests::{World, answer, dump};
use serde_json::{Value, json};

use crate::WORKER;

#[tokio::test]
async fn the_country_is_harvested_whole() {
    let world = World::new(WORKER).await;
    let report = world.harvest("waterdam").await;
    assert_eq!(report.verdict, Verdict::Healthy);
    let created: BTreeMap<&str, u64> =
        report.changes.iter().map(|(kind, counts)| (kind.as_str(), counts.created)).collect();
    // Counted by hand over the payloads.
    let expected = [
        // The catalogue names it, and no supplier.
        ("authority", 1),
        ("committee", 4),
        ("meeting", 11),
        ("agenda-item", 42),
        ("document", 33),
        ("document-text", 33),
        ("person", 9),
        ("party", 6),
        ("membership", 10),
        ("motion", 6),
        ("commitment", 3),
        ("register-entry", 8),
        ("vote-event", 5),
        // 45 by anonymous role, and 29 by name on the page of the meeting of the council.
        ("vote", 74),
        ("recording", 2),
        // 14 items, and who speaks in 10 stretches: of 12, one lies in what is not public and one touches it.
        ("chapter", 24),
        ("transcript-segment", 12),
    ];
    assert_eq!(created, BTreeMap::from(expected));
    let mut diagnostics: BTreeMap<String, u64> = BTreeMap::new();
    for diagnostic in &report.diagnostics {
        *diagnostics.entry(diagnostic.code.as_str().to_owned()).or_default() += 1;
    }
    let expected = [
        ("DOUBTFUL_TIME", 2),
        ("GONE", 1),
        ("SCAN_WITHOUT_TEXT", 1),
        // The numbers of the interface and of the page differ in one vote.
        ("TALLY_DIFFERS", 1),
        ("UNREADABLE_DOCUMENT", 1),
        ("UNSUPPORTED_FORMAT", 1),
        ("WITHHELD", 7),
    ];
    assert_eq!(diagnostics, expected.map(|(code, count)| (code.to_owned(), count)).into());
}

#[tokio::test]
async fn harvesting_twice_changes_nothing() {
    let world = World::harvested(WORKER).await;
    let (end, state) = (world.end().await, dump(&world.harvester.store).await);
    for key in ["middenland", "waterdam"] {
        let report = world.harvest(key).await;
        assert_eq!(report.changed(), 0, "{:?}", report.changes);
        assert_eq!(report.pages, 0, "no file is fetched again");
    }
    assert_eq!(world.changes(end).await, []);
    assert_eq!(dump(&world.harvester.store).await, state);
}

#[tokio::test]
async fn a_changed_agenda_title_is_exactly_one_change() {
    let world = World::harvested(WORKER).await;
    let end = world.end().await;
    world.edit("notubiz/9101/meetings/910103.json", |json| {
        let items = json["meeting"]["agenda_items"].as_array_mut().unwrap();
        let item = items.iter_mut().find(|item| item["id"] == 9_110_021).unwrap();
        let title = item["type_data"]["attributes"]
            .as_array_mut()
            .unwrap()
            .iter_mut()
            .find(|a| a["id"] == 1)
            .unwrap();
        title["value"] = json!("Opening, mededelingen en een gloednieuw kwispelpunt");
    });
    world.harvest("waterdam").await;
    let changes = world.changes(end).await;
    let shown: Vec<_> = changes.iter().map(|change| (change.action, change.id.as_str())).collect();
    assert_eq!(shown, [(Action::Updated, "agenda-item:notubiz:9101:9110021")]);
    assert_eq!(found(&world, "kwispelpunt").await, ["agenda-item:notubiz:9101:9110021"]);
}

#[tokio::test]
async fn a_meeting_missing_from_a_complete_listing_goes_and_its_reappearance_revives_it() {
    let world = World::harvested(WORKER).await;
    let (end, state) = (world.end().await, dump(&world.harvester.store).await);
    let phrase = "\"een vrijliggend fietspad langs de Kastanjelaan\"";
    assert_eq!(found(&world, phrase).await, ["document:notubiz:9101:9101001"]);
    let original = world.country.lock().unwrap().json("notubiz/9101/events.json").unwrap();
    let own = world.country.lock().unwrap().json("notubiz/9101/meetings/910103.json").unwrap();
    world.edit("notubiz/9101/events.json", |json| {
        json["events"].as_array_mut().unwrap().retain(|event| event["id"] != 910_103);
    });
    world.remove("notubiz/9101/meetings/910103.json");
    world.harvest("waterdam").await;
    let gone = world.changes(end).await;
    assert!(gone.iter().all(|change| change.action == Action::Withdrawn), "{gone:?}");
    assert!(gone.iter().any(|change| change.id.as_str() == "meeting:notubiz:9101:910103"));
    assert_eq!(found(&world, phrase).await, [] as [String; 0]);
    assert_eq!(
        world.data("{ node(id: \"meeting:notubiz:9101:910103\") { id } }", json!({})).await["node"],
        Value::Null
    );

    world.edit("notubiz/9101/events.json", |json| *json = original);
    world.country.lock().unwrap().put("notubiz/9101/meetings/910103.json", own.to_string().into_bytes());
    world.harvest("waterdam").await;
    assert!(
        world.changes(gone.last().unwrap().seq).await.iter().any(|change| change.action == Action::Revived)
    );
    assert_eq!(dump(&world.harvester.store).await, state);
    assert_eq!(found(&world, phrase).await, ["document:notubiz:9101:9101001"]);
}

#[tokio::test]
async fn the_only_meeting_of_a_quarter_goes_when_the_listing_of_that_quarter_is_empty() {
    let world = World::harvested(WORKER).await;
    let end = world.end().await;
    world.edit("notubiz/9102/events.json", |json| {
        json["events"].as_array_mut().unwrap().retain(|event| event["id"] != 920_103);
    });
    world.remove("notubiz/9102/meetings/920103.json");
    world.harvest("middenland").await;
    let gone = world.changes(end).await;
    assert!(gone.iter().any(|change| change.id.as_str() == "meeting:notubiz:9102:920103"), "{gone:?}");
}

#[tokio::test]
async fn a_listing_that_gives_less_than_it_announces_withdraws_nothing() {
    let world = World::harvested(WORKER).await;
    let end = world.end().await;
    world.twist("modules/6/items", |answer| {
        let mut json: Value = serde_json::from_slice(&answer.bytes).unwrap();
        json["items"].as_array_mut().unwrap().clear();
        Answer { bytes: json.to_string().into(), ..answer }
    });
    let report = world.harvest("waterdam").await;
    let announced = report
        .diagnostics
        .iter()
        .filter(|diagnostic| diagnostic.code == DiagnosticCode::IncompleteListing)
        .count();
    assert!(announced > 0, "{:?}", report.diagnostics);
    assert_eq!(world.changes(end).await, []);
}

#[tokio::test]
async fn what_is_no_answer_is_a_remark_and_costs_nothing_that_was_stored() {
    let world = World::harvested(WORKER).await;
    let end = world.end().await;
    let bodies: [(&[u8], DiagnosticCode); 4] = [
        (b"<!doctype html><title>Even geduld</title>", DiagnosticCode::Failed),
        (b"{\"message\": \"An error\", \"error_code\": 7}", DiagnosticCode::Refused),
        (b"{\"meeting\": {\"id\": 910101, \"agenda_it", DiagnosticCode::Unreadable),
        (b"[]", DiagnosticCode::Unreadable),
    ];
    for (body, code) in bodies {
        world.twist("events/meetings/910101", move |answer| Answer { bytes: body.into(), ..answer });
        let report = world.harvest("waterdam").await;
        let diagnostic =
            report.diagnostics.iter().find(|diagnostic| diagnostic.subject == "meeting 910101").unwrap();
        assert_eq!(diagnostic.code, code, "{diagnostic:?}");
        assert!(report.has_trouble());
        assert_eq!(world.changes(end).await, []);
    }
}

#[tokio::test]
async fn a_source_that_falls_silent_is_suspicious_and_keeps_what_it_said() {
    let world = World::harvested(WORKER).await;
    let state = dump(&world.harvester.store).await;
    for path in ["notubiz/9102/events.json", "notubiz/9102/modules.json"] {
        world.edit(path, |json| {
            for list in ["events", "modules"] {
                if let Some(list) = json.get_mut(list) {
                    *list = json!([]);
                }
            }
        });
    }
    let report = world.harvest("middenland").await;
    assert_eq!(report.verdict, Verdict::Suspicious);
    assert!(report.diagnostics.iter().any(|diagnostic| diagnostic.code == DiagnosticCode::Silent));
    assert_eq!(dump(&world.harvester.store).await, state);
}

#[tokio::test]
async fn a_register_that_falls_silent_is_a_remark_and_keeps_what_it_said() {
    let world = World::harvested(WORKER).await;
    let state = dump(&world.harvester.store).await;
    world.edit("notubiz/9101/modules/6.json", |json| json["items"] = json!([]));
    let report = world.harvest("waterdam").await;
    let silent: Vec<_> =
        report.diagnostics.iter().filter(|diagnostic| diagnostic.code == DiagnosticCode::Silent).collect();
    assert_eq!(silent.len(), 1, "{silent:?}");
    assert!(silent[0].subject.contains("waterdam") && silent[0].message.contains("things of it are held"));
    assert_eq!(report.verdict, Verdict::Healthy, "its other registers spoke");
    assert_eq!(dump(&world.harvester.store).await, state);
    // Who never spoke is not silent.
    let again = World::harvested(WORKER).await.harvest("waterdam").await;
    assert!(again.diagnostics.iter().all(|diagnostic| diagnostic.code != DiagnosticCode::Silent));
}

#[tokio::test]
async fn an_index_made_from_nothing_answers_as_the_one_that_followed() {
    let world = World::harvested(WORKER).await;
    // The newer of two meetings with the same document goes; so does the date of a motion.
    world.edit("notubiz/9101/events.json", |json| {
        json["events"].as_array_mut().unwrap().retain(|event| event["id"] != 910_103);
    });
    world.edit("notubiz/9101/modules/6.json", |json| {
        for item in json["items"].as_array_mut().unwrap() {
            item["attributes"].as_array_mut().unwrap().retain(|field| field["id"] != 15);
        }
    });
    world.harvest("waterdam").await;
    compare_with_rebuild(&world).await;
}

/// Compares the index that followed the log with one that is made from nothing.
pub async fn compare_with_rebuild(world: &World) {
    let folder = tempfile::tempdir().unwrap();
    let fresh = raadhuis_search::open(&format!("tantivy:{}", folder.path().display())).await.unwrap();
    let (store, archive) = (world.harvester.store.clone(), world.harvester.archive.clone());
    raadhuis_followers::Index::new(store, archive, fresh.clone()).take_all().await.unwrap();
    let mut compared = 0;
    for query in ["", "fietsbrug", "water", "motie", "\"de raad\""] {
        for month in 0..=12 {
            let from = (month > 0).then(|| jiff::civil::date(2026, month, 1));
            for (from, until) in [(from, None), (None, from)] {
                let filter = EntryFilter { meeting_date: Between { from, until }, ..EntryFilter::default() };
                let sort = Sort::MeetingDate(SortDirection::Newest);
                let facets = Facet::ALL.to_vec();
                let ask = SearchRequest {
                    filter,
                    sort,
                    facets,
                    ..SearchRequest::new(Query::parse(query).unwrap(), 500)
                };
                let old = world.search.find_entries(&ask).await.unwrap();
                assert_eq!(old, fresh.find_entries(&ask).await.unwrap(), "{ask:?}");
                compared += old.hits.len();
            }
        }
    }
    assert!(compared > 1000, "{compared}");
}

#[tokio::test]
async fn a_vote_has_the_day_of_its_meeting() {
    let world = World::harvested(WORKER).await;
    let query = "query Q($filter: SearchFilter) { search(query: \"\", filter: $filter) { totalCount } }";
    let total = async |filter: Value| {
        world.data(query, json!({"filter": filter})).await["search"]["totalCount"].clone()
    };
    let all = total(json!({"kinds": ["VOTE_EVENT"]})).await;
    assert_eq!(all, total(json!({"kinds": ["VOTE_EVENT"], "meetingDate": {"from": "2026-01-01"}})).await);
    assert_eq!(
        total(json!({"kinds": ["VOTE_EVENT"], "meetingDate": {"from": "2026-03-24", "until": "2026-03-24"}}))
            .await,
        3
    );
}

async fn found(world: &World, query: &str) -> Vec<String> {
    let answer =
        world.data("query Q($q: String!) { search(query: $q) { nodes { id } } }", json!({"q": query})).await;
    answer["search"]["nodes"]
        .as_array()
        .unwrap()
        .iter()
        .map(|node| node["id"].as_str().unwrap().to_owned())
        .collect()
}

/// Every question a crawl of Waterdam comes to, with its answer.
fn all_answers(country: &Country, source: &Source) -> Vec<(NotubizTask, Answer)> {
    let mut queue: VecDeque<NotubizTask> = Notubiz::start_tasks(source, PERIOD.parse().unwrap()).into();
    let (mut known, mut all) = (HashSet::new(), Vec::new());
    while let Some(task) = queue.pop_front() {
        if !known.insert(Notubiz::task_name(&task)) {
            continue;
        }
        let answer = answer(country, &Notubiz::request(source, &task)).unwrap();
        queue.extend(
            Notubiz::read_answer(source, &task, &answer).map(|harvested| harvested.next).unwrap_or_default(),
        );
        all.push((task, answer));
    }
    all
}

proptest! {
    // A small share of what `RAADHUIS_ORDERS=500 cargo test --release -p raadhuis-tests order` does in full.
    #![proptest_config(Config {
        cases: std::env::var("RAADHUIS_ORDERS").ok().and_then(|n| n.parse().ok()).unwrap_or(8),
        failure_persistence: None,
        ..Config::default()
    })]

    #[test]
    fn the_order_in_which_payloads_arrive_makes_no_difference(order in Just(()).prop_perturb(|(), mut rng| rng.random::<u64>())) {
        let catalogue = Catalogue::of_text("x", raadhuis_fixtures::CATALOGUE).unwrap();
        let source = catalogue.get("waterdam").unwrap();
        let mut answers = all_answers(&Country::default(), source);
        let runtime = tokio::runtime::Runtime::new().unwrap();
        let in_order = runtime.block_on(state_after(source, &answers));
        prop_assert!(in_order.len() > 150);
        let mut state = order;
        for i in (1..answers.len()).rev() {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            answers.swap(i, usize::try_from(state >> 33).unwrap() % (i + 1));
        }
        prop_assert_eq!(runtime.block_on(state_after(source, &answers)), in_order);
    }
}

/// What lives in a store after these answers, read in this order.
async fn state_after(source: &Source, answers: &[(NotubizTask, Answer)]) -> Vec<String> {
    let folder = tempfile::tempdir().unwrap();
    let store = raadhuis_store::open(&format!("sqlite:{}", folder.path().join("x").display())).await.unwrap();
    for (task, answer) in answers {
        let Ok(harvested) = Notubiz::read_answer(source, task, answer) else { continue };
        let commit = Commit {
            parts: harvested.parts,
            complete: harvested.complete,
            diagnostics: harvested.diagnostics,
            ..Commit::for_question(&source.key, 1, &Notubiz::task_name(task), answer.fetched)
        };
        store.commit_answer(commit).await.unwrap();
    }
    let living = dump(&store).await;
    assert!(living.iter().any(|line| line.starts_with(Kind::Vote.as_str())));
    living
}

#[tokio::test]
async fn a_clock_that_is_an_hour_wrong_loses_nothing_and_doubles_nothing() {
    let world = World::harvested(WORKER).await;
    let before = dump(&world.harvester.store).await;
    // The clock of the host goes an hour back, and then an hour too far ahead.
    for hours in [-1, 2] {
        let end = world.end().await;
        world.twist("", move |answer| Answer {
            fetched: answer.fetched.checked_add(SignedDuration::from_hours(hours)).unwrap(),
            ..answer
        });
        world.harvest("waterdam").await;
        assert_eq!(world.changes(end).await, [], "{hours}");
        assert_eq!(dump(&world.harvester.store).await, before, "{hours}");
    }
}
