//! What is not public leaves no trace: not in a table, the archive, the index, a log or an answer.

use raadhuis_schema::Action;
use raadhuis_tests::{World, dump};
use serde_json::{Value, json};

use crate::WORKER;

/// Words of the country that stand in confidential things only.
const SECRETS: [&str; 3] = ["Zilverkwartier", "zilverkwartier", "taxatierapport"];

/// Contact data that stands in a payload and is of nobody's concern.
const PERSONAL: [&str; 1] = ["raadslid@waterdam.example"];

#[tokio::test]
async fn no_word_of_a_confidential_item_is_kept() {
    let world = World::harvested(WORKER).await;
    let payload =
        world.country.lock().unwrap().json("notubiz/9101/meetings/910103.json").unwrap().to_string();
    assert!(payload.contains("Zilverkwartier"), "otherwise this test cannot fail");
    assert_eq!(world.files_with(&SECRETS), [] as [String; 0]);
    assert_eq!(world.files_with(&PERSONAL), [] as [String; 0]);
    for id in [
        "agenda-item:notubiz:9101:9110033",
        "agenda-item:notubiz:9101:9110034",
        "document:notubiz:9101:9101999",
    ] {
        let (status, page) = world.page(&format!("/id/{id}")).await;
        assert_eq!(status.as_u16(), 404, "{id}");
        assert!(!page.contains("Zilverkwartier"));
    }
    let sources = world
        .data("{ sources { lastRun { remarks(first: 100) { message path } } } }", json!({}))
        .await
        .to_string();
    assert!(sources.contains("agenda-item:notubiz:9101:9110033"), "the diagnostic names its id");
    assert!(!sources.contains("Zilverkwartier"));
}

#[tokio::test]
async fn an_item_that_turns_confidential_is_removed_in_the_same_way() {
    let world = World::harvested(WORKER).await;
    // Words of the first raadsvoorstel, its file and its agenda item, as they stand in what was harvested.
    let (title, phrase) = ("Fietsbrug Oude Haven", "vrijliggend fietspad langs de Kastanjelaan");
    assert!(!world.files_with(&[phrase]).is_empty() || !world.files_with(&["Kastanjelaan"]).is_empty());
    let end = world.end().await;
    world.edit("notubiz/9101/meetings/910103.json", |json| withhold_item(&mut json["meeting"], 9_110_026));
    world.harvest("waterdam").await;
    let changes = world.changes(end).await;
    let erased =
        |id: &str| changes.iter().any(|change| change.id.as_str() == id && change.action == Action::Erased);
    for id in [
        "agenda-item:notubiz:9101:9110026",
        "agenda-item:notubiz:9101:9110028",
        "document:notubiz:9101:9101001",
        "document-text:notubiz:9101:9101001.text",
    ] {
        assert!(erased(id), "{id} in {changes:?}");
    }
    let kept = world.files_with(&["Kastanjelaan", "Raadsvoorstel Fietsbrug"]);
    assert_eq!(kept, [] as [String; 0]);
    let found = world
        .data("query Q($q: String!) { search(query: $q) { totalCount } }", json!({"q": "Kastanjelaan"}))
        .await;
    assert_eq!(found["search"]["totalCount"], 0);
    let (_, page) = world.page("/id/meeting:notubiz:9101:910103").await;
    assert!(!page.contains(title), "the agenda no longer names it");
}

#[tokio::test]
async fn a_meeting_that_turns_to_members_only_takes_its_agenda_and_files_with_it() {
    let in_the_list = |world: &World| {
        world.edit("notubiz/9101/events.json", |json| {
            let events = json["events"].as_array_mut().unwrap();
            let event = events.iter_mut().find(|event| event["id"] == 910_103).unwrap();
            event["permission_group"] = json!("members");
        });
    };
    let in_its_own_answer = |world: &World| {
        world.edit("notubiz/9101/meetings/910103.json", |json| {
            json["meeting"]["permission_group"] = json!("members");
        });
    };
    let by_an_error = |world: &World| {
        world.edit("notubiz/9101/meetings/910103.json", |json| {
            *json = json!({"message": "No rights to see this meeting", "error_code": 45_624_584_670_u64});
        });
    };
    for hide in [&in_the_list as &dyn Fn(&World), &in_its_own_answer, &by_an_error] {
        let world = World::harvested(WORKER).await;
        hide(&world);
        world.harvest("waterdam").await;
        assert_eq!(world.files_with(&["Kastanjelaan", "Raadsvoorstel Fietsbrug"]), [] as [String; 0]);
        let end = world.end().await;
        world.harvest("waterdam").await;
        assert_eq!(world.changes(end).await, [], "a second harvest changes nothing");
        assert_eq!(world.files_with(&["Kastanjelaan", "Raadsvoorstel Fietsbrug"]), [] as [String; 0]);
    }
}

#[tokio::test]
async fn a_confidential_item_takes_files_it_no_longer_names_and_older_revisions_with_it() {
    let world = World::harvested(WORKER).await;
    // A second revision of the file, and then the item turns confidential and drops its documents at once.
    let second = world.country.lock().unwrap().file("documents/9101002-1.pdf").unwrap().to_vec();
    world.country.lock().unwrap().put("documents/9101001-2.pdf", second);
    world.edit("notubiz/9101/meetings/910103.json", |json| {
        with_document(&mut json["meeting"], 9_101_001, &|document| {
            document["version"] = json!(2);
            document["url"] = json!("https://api.notubiz.nl/document/9101001/2");
            document["versions"] = json!([{"id": 2, "type": "file", "file_name": "x.pdf"}]);
        });
    });
    world.harvest("waterdam").await;
    assert!(!world.files_with(&["Kastanjelaan"]).is_empty(), "the first revision is kept");
    world.edit("notubiz/9101/meetings/910103.json", |json| {
        withhold_item(&mut json["meeting"], 9_110_026);
        drop_documents(&mut json["meeting"], 9_110_026);
    });
    world.harvest("waterdam").await;
    assert_eq!(world.files_with(&["Kastanjelaan", "Raadsvoorstel Fietsbrug"]), [] as [String; 0]);
}

#[tokio::test]
async fn a_vote_under_an_item_that_turns_confidential_goes_even_when_votes_cannot_be_asked() {
    let world = World::harvested(WORKER).await;
    let title = "A1 Dynamische verlichting fietsbrug";
    let votes = world.data("{ node(id: \"vote-event:notubiz:9101:9110028\") { id } }", json!({})).await;
    assert!(votes["node"].is_object());
    world.edit("notubiz/9101/meetings/910103.json", |json| withhold_item(&mut json["meeting"], 9_110_026));
    world.twist("agenda_items/votings", |answer| raadhuis_harvester::transport::Answer {
        status: 500,
        ..answer
    });
    world.harvest("waterdam").await;
    let votes = world.data("{ node(id: \"vote-event:notubiz:9101:9110028\") { id } }", json!({})).await;
    assert!(votes["node"].is_null());
    let found = world
        .data(
            "query Q($q: String!) { search(query: $q, filter: {kinds: [VOTE_EVENT]}) { totalCount } }",
            json!({"q": title}),
        )
        .await;
    assert_eq!(found["search"]["totalCount"], 0);
}

#[tokio::test]
async fn what_turns_public_again_is_whole_after_one_harvest() {
    let world = World::harvested(WORKER).await;
    let state = dump(&world.harvester.store).await;
    let original = world.country.lock().unwrap().json("notubiz/9101/meetings/910103.json").unwrap();
    world.edit("notubiz/9101/meetings/910103.json", |json| json["meeting"]["confidential"] = json!(1));
    world.harvest("waterdam").await;
    world.edit("notubiz/9101/meetings/910103.json", |json| *json = original);
    world.harvest("waterdam").await;
    assert_eq!(dump(&world.harvester.store).await, state);
}

/// Marks an agenda item as confidential, wherever it hangs.
fn withhold_item(json: &mut Value, id: u64) {
    match json {
        Value::Object(fields) => {
            if fields.get("id") == Some(&json!(id)) && fields.contains_key("type_data") {
                fields.insert("confidential".into(), json!(1));
            }
            fields.values_mut().for_each(|value| withhold_item(value, id));
        }
        Value::Array(items) => items.iter_mut().for_each(|value| withhold_item(value, id)),
        _ => {}
    }
}

/// Changes a document, wherever it hangs.
fn with_document(json: &mut Value, id: u64, change: &dyn Fn(&mut Value)) {
    match json {
        Value::Object(fields) => {
            if fields.get("id") == Some(&json!(id)) && fields.contains_key("versions") {
                return change(json);
            }
            fields.values_mut().for_each(|value| with_document(value, id, change));
        }
        Value::Array(items) => items.iter_mut().for_each(|value| with_document(value, id, change)),
        _ => {}
    }
}

/// Takes the documents from an agenda item, wherever it hangs.
fn drop_documents(json: &mut Value, id: u64) {
    match json {
        Value::Object(fields) => {
            if fields.get("id") == Some(&json!(id)) && fields.contains_key("type_data") {
                fields.insert("documents".into(), json!([]));
            }
            fields.values_mut().for_each(|value| drop_documents(value, id));
        }
        Value::Array(items) => items.iter_mut().for_each(|value| drop_documents(value, id)),
        _ => {}
    }
}
