//! The queries of the screens of apps, one request each: every one of them is answered, and in a number of store calls that does not grow
//! with what is found.

use std::collections::BTreeSet;

use raadhuis_tests::World;
use serde_json::{Value, json};

use crate::WORKER;

const DOCUMENT: &str = "document:notubiz:9101:9101001";
const MEETING: &str = "meeting:notubiz:9101:910103";

/// Each screen with values for its variables, and how many store calls its answer takes.
fn screens() -> Vec<(&'static str, &'static str, Value, u64)> {
    macro_rules! screen {
        ($file:literal, $variables:tt, $calls:literal) => {
            (
                $file,
                include_str!(concat!("../../api/queries/screens/", $file, ".graphql")),
                json!($variables),
                $calls,
            )
        };
    }
    let article = json!({"title": "Fietsbrug Oude Haven", "text": "Krediet voor de aanlanding van de beweegbare fietsbrug bij de sluis."});
    let mut all = vec![
        screen!("01-municipality-list", {"match": "wterdam"}, 4),
        screen!("04-filter-panel", {"text": "fietsbrug"}, 1),
        screen!("05-result-list", {"text": "fietsbrug"}, 5),
        screen!("08-alert-landing", {"text": "fietsbrug", "since": "2026-01-01T00:00:00+01:00"}, 3),
        screen!("12-personalise", {}, 2),
        screen!("13-trends-widget", {"month": "2026-03", "term": "fietsbrug"}, 3),
        screen!("14-reading-aid", {"id": DOCUMENT}, 5),
        screen!("16-street-page", {"street": "\"Kastanjelaan\"", "authorities": ["GM9101"]}, 4),
        screen!("17-meeting-page", {"id": MEETING}, 24),
        screen!("20-bulk", {"authorities": ["GM9101"], "kinds": ["meeting"]}, 1),
    ];
    all.push((
        "10-news-side-panel",
        include_str!("../../api/queries/screens/10-news-side-panel.graphql"),
        json!({"article": article}),
        5,
    ));
    let articles = json!({"articles": [{"id": "a", "article": article}]});
    all.push((
        "11-news-overview-icons",
        include_str!("../../api/queries/screens/11-news-overview-icons.graphql"),
        articles,
        0,
    ));
    all
}

#[tokio::test]
async fn every_screen_is_one_request_and_so_many_store_calls() {
    let world = World::harvested(WORKER).await;
    let mut wrong = Vec::new();
    for (name, query, variables, expected) in screens() {
        let before = world.harvester.store.calls();
        let answer = world.data(query, variables).await;
        let calls = world.harvester.store.calls() - before;
        assert!(!is_empty(&answer), "{name}: {answer}");
        if calls != expected {
            wrong.push(format!("{name}: {calls}, not {expected}"));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// Whether an answer says nothing at all.
fn is_empty(answer: &Value) -> bool {
    match answer {
        Value::Null => true,
        Value::Object(fields) => fields.values().all(is_empty),
        Value::Array(items) => items.iter().all(is_empty),
        _ => false,
    }
}

#[test]
fn every_file_of_a_screen_is_tested() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../api/queries/screens");
    let files: BTreeSet<String> = std::fs::read_dir(folder)
        .unwrap()
        .filter_map(|entry| Some(entry.unwrap().file_name().to_str()?.strip_suffix(".graphql")?.to_owned()))
        .collect();
    assert_eq!(files, screens().into_iter().map(|it| it.0.to_owned()).collect());
}

#[tokio::test]
async fn the_screens_say_what_was_worked_out_by_hand() {
    let world = World::harvested(WORKER).await;
    let ask = async |name: &str| {
        let (_, query, variables, _) = screens().into_iter().find(|it| it.0 == name).unwrap();
        world.data(query, variables).await
    };
    let list = ask("01-municipality-list").await;
    assert_eq!(
        (&list["authorities"]["totalCount"], &list["authorities"]["nodes"][0]["name"]),
        (&json!(1), &json!("Waterdam"))
    );
    // The phrase stands in two papers of one town, and nowhere in another form.
    let street = ask("16-street-page").await["search"].clone();
    let counted = "{ search(query: \"\\\"Kastanjelaan\\\"\") { totalCount } }";
    assert_eq!(street["totalCount"], world.data(counted, json!({})).await["search"]["totalCount"]);
    assert!(street["edges"][0]["fragments"][0]["snippet"]["text"].as_str().unwrap().contains("Kastanjelaan"));
    let panel = ask("04-filter-panel").await["search"].clone();
    let values = |facet: &str| -> u64 {
        let found = panel["facets"].as_array().unwrap().iter().find(|it| it["facet"] == facet).unwrap();
        found["values"].as_array().unwrap().iter().map(|it| it["count"].as_u64().unwrap()).sum()
    };
    // Every result has one kind and one authority.
    assert_eq!(
        (values("KIND"), values("AUTHORITY")),
        (panel["totalCount"].as_u64().unwrap(), panel["totalCount"].as_u64().unwrap())
    );
    let landing = ask("08-alert-landing").await["search"]["totalCount"].clone();
    assert_eq!(landing, panel["totalCount"]);
    let trends = ask("13-trends-widget").await;
    let words: Vec<_> =
        trends["trends"].as_array().unwrap().iter().map(|it| it["term"].as_str().unwrap()).collect();
    assert!(words.iter().any(|word| word.starts_with("fietsbrug")), "{words:?}");
    for word in trends["trends"].as_array().unwrap() {
        let query = "query($q: String!) { search(query: $q, filter: {kinds: [DOCUMENT], meetingDate: {from: \"2026-03-01\", until: \"2026-03-31\"}}) { totalCount } }";
        let counted = world.data(query, json!({"q": word["term"]})).await["search"]["totalCount"].clone();
        assert_eq!(word["count"], counted, "{word}");
        assert!(word["count"].as_u64().unwrap() >= 2 && word["prominence"].as_f64().unwrap() > 0.0);
    }
    let bulk = ask("20-bulk").await["changes"].clone();
    let meetings = world
        .data(
            "{ authorities(filter: {codes: [\"GM9101\"]}) { nodes { meetings { totalCount } } } }",
            json!({}),
        )
        .await;
    assert_eq!(
        bulk["rows"].as_array().unwrap().iter().filter(|it| it["operation"] == "UPSERT").count() as u64,
        meetings["authorities"]["nodes"][0]["meetings"]["totalCount"].as_u64().unwrap()
    );
    let meeting = ask("17-meeting-page").await["node"].clone();
    assert_eq!(meeting["agenda"]["nodes"].as_array().unwrap().len(), 10);
    assert!(meeting.to_string().contains("\"choice\":\"FAVOUR\""));
}
