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
        screen!("07-alert-dialog", {"text": "fietsbrug"}, 0),
        screen!("08-alert-landing", {"text": "fietsbrug", "since": "2026-01-01T00:00:00+01:00"}, 3),
        screen!("12-personalise", {}, 2),
        screen!("13-trends-widget", {"month": "2026-03", "term": "fietsbrug"}, 3),
        screen!("14-reading-aid", {"id": DOCUMENT}, 5),
        screen!("16-street-page", {"street": "\"Kastanjelaan\"", "authorities": ["GM9101"]}, 4),
        screen!("17-meeting-page", {"id": MEETING}, 24),
        screen!("19-feed", {"text": "fietsbrug", "filter": {"kinds": ["MOTION"]}}, 0),
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
        let before = world.harvester.store.count_calls();
        let answer = world.data(query, variables).await;
        let calls = world.harvester.store.count_calls() - before;
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
    let tested = screens().into_iter().map(|it| it.0).chain(WISHES.map(|it| it.0)).chain([LIVE]);
    assert_eq!(files, tested.map(str::to_owned).collect());
}

/// What can be wanted, tested in order; and what is followed, which `stream.rs` tests.
const WISHES: [(&str, &str); 5] = [
    ("07-alert-create", include_str!("../../api/queries/screens/07-alert-create.graphql")),
    ("07-alert-confirm", include_str!("../../api/queries/screens/07-alert-confirm.graphql")),
    ("07-alert-manage", include_str!("../../api/queries/screens/07-alert-manage.graphql")),
    ("07-alert-end", include_str!("../../api/queries/screens/07-alert-end.graphql")),
    ("09-flag", include_str!("../../api/queries/screens/09-flag.graphql")),
];
const LIVE: &str = "18-live-updates";

#[tokio::test]
async fn the_wishes_of_screens_are_one_request_each_and_at_most_one_store_call() {
    let world = World::harvested(WORKER).await;
    let wish = async |place: usize, variables: Value| {
        let before = world.harvester.store.count_calls();
        let data = world.data(WISHES[place].1, variables).await;
        assert!(world.harvester.store.count_calls() - before <= 1, "{}", WISHES[place].0);
        data
    };
    let input = json!({"email": "lezer@waterdam.example", "query": "fietsbrug", "filter": {"authorities": ["GM9101"]},
        "frequency": "WEEKLY", "name": "Fietsbrug in Waterdam", "returnUrl": "https://app.example/GM9101"});
    let made = wish(0, json!({"input": input})).await;
    assert_eq!(made, json!({"createAlert": {"status": "PENDING_CONFIRMATION", "signingSecret": null}}));
    let token = world.alerts.store.create_key(raadhuis_alerts::KeyPurpose::Confirm, 1).0;
    let confirmed = wish(1, json!({"token": token})).await["confirmAlert"].clone();
    let alert = &confirmed["alert"];
    assert_eq!(
        (&alert["name"], &alert["understood"], &alert["status"], &alert["channel"], &alert["frequency"]),
        (
            &json!("Fietsbrug in Waterdam"),
            &json!("fietsbrug"),
            &json!("ACTIVE"),
            &json!("MAIL"),
            &json!("WEEKLY")
        )
    );
    let key = confirmed["manageToken"].clone();
    let changed = wish(2, json!({"token": key, "frequency": "DAILY", "paused": true})).await;
    assert_eq!(changed["updateAlert"]["alert"], json!({"frequency": "DAILY", "status": "PAUSED"}));
    for _ in 0..2 {
        assert_eq!(wish(3, json!({"token": key})).await["deleteAlert"], true);
    }
    let flag = json!({"id": DOCUMENT, "reasons": ["WRONG"], "comment": "Het bedrag klopt niet", "query": "fietsbrug"});
    assert_eq!(wish(4, json!({"input": flag})).await["reportProblem"]["ticket"], 1);
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
    // All of it was first seen when the country was taken down, before this month.
    let preview = ask("07-alert-dialog").await["searchPreview"].clone();
    let since = preview["since"].as_str().unwrap();
    let counted = "query($since: DateTime!) { search(query: \"fietsbrug\", filter: {firstSeenAt: {from: $since}}) { totalCount } }";
    let recent = world.data(counted, json!({"since": since})).await["search"]["totalCount"].clone();
    assert_eq!((&preview["totalCount"], &preview["understood"]), (&recent, &json!("fietsbrug")));
    let feed = ask("19-feed").await["feed"].clone();
    assert_eq!(
        feed,
        json!({"atom": "/zoeken.atom?q=fietsbrug&soort=MOTION", "json": "/zoeken.json?q=fietsbrug&soort=MOTION"})
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
