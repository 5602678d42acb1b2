//! What an operator takes down leaves no trace, says publicly why it is gone, and never comes back.

use axum::{body::Body, http::Request};
use jiff::Timestamp;
use raadhuis_schema::{DiagnosticCode, Takedown, TakedownReason};
use raadhuis_store::{ArchiveKey, take_down};
use raadhuis_tests::{World, dump};
use serde_json::{Value, json};

use crate::WORKER;

async fn down(world: &World, id: &str, reason: TakedownReason) {
    let takedown = Takedown { id: id.parse().unwrap(), reason, at: Timestamp::now(), files: vec![] };
    let kept = &world.harvester;
    take_down(&kept.store, &kept.archive, &takedown, true).await.unwrap();
    world.keep_up().await;
}

async fn total(world: &World, words: &str) -> Value {
    let query = "query($words: String!) { search(query: $words) { totalCount } }";
    world.data(query, json!({"words": words})).await["search"]["totalCount"].clone()
}

#[tokio::test]
async fn a_document_goes_with_its_file_its_text_and_every_answer_that_names_it() {
    const ID: &str = "document:notubiz:9101:9101001";
    let needles = ["Kastanjelaan", "Raadsvoorstel Fietsbrug"];
    let world = World::harvested(WORKER).await;
    let address = format!("/v1/documents/{ID}/original");
    let get = || Request::get(&address).body(Body::empty()).unwrap();
    let answer = world.respond(get()).await;
    assert_eq!(
        (answer.status().as_u16(), &answer.headers()["content-type"] == "application/pdf"),
        (200, true)
    );
    assert_eq!(answer.headers()["content-security-policy"], "default-src 'none'; sandbox");
    assert!(!world.files_with(&needles).is_empty());
    assert_eq!(total(&world, "\"fietspad langs de Kastanjelaan\"").await, 1);

    down(&world, ID, TakedownReason::Copyright).await;
    for again in [false, true] {
        if again {
            world.harvest("waterdam").await;
        }
        assert_eq!(world.files_with(&needles), [] as [String; 0], "again: {again}");
        assert_eq!(total(&world, "\"fietspad langs de Kastanjelaan\"").await, 0);
        let (status, page) = world.page(&format!("/id/{ID}")).await;
        assert_eq!(status.as_u16(), 410);
        assert!(page.contains("omdat de maker niet toestaat"), "{page}");
        let (status, body) = world.page(&address).await;
        assert_eq!(status.as_u16(), 410);
        assert!(body.contains("\"reason\":\"copyright\""), "{body}");
        let query = "query($id: ID!) { node(id: $id) { id } tombstone(id: $id) { kind cause reason } }";
        let data = world.data(query, json!({"id": ID})).await;
        let left = json!({"kind": "document", "cause": "BLOCKED", "reason": "COPYRIGHT"});
        assert_eq!(data, json!({"node": null, "tombstone": left}));
    }
    // It is excused in the ledger, not missing.
    let query = "{ coverage(code: \"GM9101\") { nodes { ledger { gaps(first: 100) { nodes { cause owed count } } } } } }";
    let gaps = world.data(query, json!({})).await["coverage"]["nodes"][0]["ledger"]["gaps"]["nodes"].clone();
    let excused = json!({"cause": "COPYRIGHT", "owed": false, "count": 1});
    assert!(gaps.as_array().unwrap().contains(&excused), "{gaps}");
}

#[tokio::test]
async fn a_meeting_goes_with_all_that_hangs_from_it() {
    let world = World::harvested(WORKER).await;
    down(&world, "meeting:notubiz:9101:910103", TakedownReason::Court).await;
    world.harvest("waterdam").await;
    for id in
        ["meeting:notubiz:9101:910103", "agenda-item:notubiz:9101:9110026", "document:notubiz:9101:9101001"]
    {
        let (status, page) = world.page(&format!("/id/{id}")).await;
        assert_eq!(status.as_u16(), 410, "{id}");
        let why = if id.starts_with("meeting") { "op last van een rechter" } else { "hoort bij iets dat" };
        assert!(page.contains(why), "{page}");
    }
    assert_eq!(world.files_with(&["Kastanjelaan"]), [] as [String; 0]);
}

#[tokio::test]
async fn a_person_is_named_nowhere_where_it_is_known_to_be_her() {
    const ID: &str = "person:notubiz:9101:8101";
    let world = World::harvested(WORKER).await;
    let motion =
        "{ node(id: \"motion:notubiz:9101:9120021\") { ... on Motion { title proposers { name } } } }";
    let before = world.data(motion, json!({})).await;
    assert!(before.to_string().contains("Oldewater"), "{before}");
    down(&world, ID, TakedownReason::Privacy).await;
    for again in [false, true] {
        if again {
            world.harvest("waterdam").await;
        }
        let after = world.data(motion, json!({})).await;
        assert_eq!(after["node"]["title"], before["node"]["title"], "the motion itself stays");
        assert!(!after.to_string().contains("Oldewater"), "{after}");
        assert_eq!(world.page(&format!("/id/{ID}")).await.0.as_u16(), 410);
        // A file that names her, and a portal that names who voted and spoke, are things of their own.
        let answers = world.files_with(&["Oldewater"]).into_iter().filter(|file| file.contains("/payload/"));
        assert_eq!(answers.collect::<Vec<_>>(), [] as [String; 0], "again: {again}");
    }
}

#[tokio::test]
async fn an_authority_goes_with_everything_it_published() {
    let world = World::harvested(WORKER).await;
    down(&world, "authority:nl:tooi:gm9101", TakedownReason::Court).await;
    for again in [false, true] {
        if again {
            world.harvest("waterdam").await;
        }
        let left = dump(&world.harvester.store).await;
        let of_town: Vec<_> =
            left.iter().filter(|line| line.contains(":9101:") || line.contains("gm9101")).collect();
        assert!(of_town.is_empty(), "again: {again}, {of_town:?}");
        assert!(left.iter().any(|line| line.contains(":9102:")), "the others stay");
        assert_eq!(world.files_with(&["Kastanjelaan"]), [] as [String; 0], "again: {again}");
    }
}

#[tokio::test]
async fn the_last_reason_counts_and_a_text_alone_closes_its_file() {
    let world = World::harvested(WORKER).await;
    let text = "document-text:notubiz:9101:9101001.text";
    down(&world, text, TakedownReason::Court).await;
    down(&world, text, TakedownReason::Privacy).await;
    let (status, body) = world.page("/v1/documents/document:notubiz:9101:9101001/original").await;
    assert_eq!(status.as_u16(), 410);
    assert!(body.contains("\"reason\":\"privacy\""), "{body}");
}

#[tokio::test]
async fn a_file_has_a_tag_and_is_not_sent_to_whoever_has_it() {
    let world = World::harvested(WORKER).await;
    let address = "/v1/documents/document:notubiz:9101:9101001/original";
    let get = |known: &str| {
        Request::get(address)
            .header("accept-encoding", "gzip")
            .header("if-none-match", known)
            .body(Body::empty())
            .unwrap()
    };
    let whole = world.respond(get("\"other\"")).await;
    assert_eq!((whole.status().as_u16(), whole.headers().get("content-encoding")), (200, None));
    let tag = whole.headers()["etag"].to_str().unwrap().to_owned();
    for known in [tag.clone(), format!("\"a\", W/{tag}"), "*".to_owned()] {
        let answer = world.respond(get(&known)).await;
        assert_eq!(answer.status().as_u16(), 304, "{known}");
        assert_eq!(answer.headers()["etag"], tag.as_str());
        assert_eq!(answer.headers()["content-security-policy"], "default-src 'none'; sandbox");
    }
}

#[tokio::test]
async fn what_the_source_withdrew_answers_410_too() {
    let world = World::harvested(WORKER).await;
    let listed =
        |json: &mut Value| json["events"].as_array_mut().unwrap().retain(|event| event["id"] != 910_103);
    world.edit("notubiz/9101/events.json", listed);
    world.remove("notubiz/9101/meetings/910103.json");
    world.harvest("waterdam").await;
    let (status, body) = world.page("/v1/documents/document:notubiz:9101:9101001/original").await;
    assert_eq!(status.as_u16(), 410, "{body}");
    assert!(body.contains("\"reason\":null"), "{body}");
    assert_eq!(world.page("/v1/documents/document:notubiz:9101:1/original").await.0.as_u16(), 404);
}

/// The same file as document 9101005 of Waterdam, at the province.
const SAME_FILE: &str = "document:notubiz:9102:9102003";

#[tokio::test]
async fn a_file_that_was_taken_down_is_taken_down_under_whatever_id_it_is_read_later() {
    let world = World::new(WORKER).await;
    world.harvest("waterdam").await;
    down(&world, "document:notubiz:9101:9101005", TakedownReason::Privacy).await;
    let report = world.harvest("middenland").await;
    let named = report.diagnostics.iter().find(|it| it.code == DiagnosticCode::TakenDown).unwrap();
    assert_eq!(named.subject, SAME_FILE);
    assert!(named.message.contains("document:notubiz:9101:9101005"), "{named:?}");
    for again in [false, true] {
        if again {
            world.harvest("middenland").await;
        }
        for address in [
            format!("/id/{SAME_FILE}"),
            format!("/v1/documents/{SAME_FILE}/original"),
            format!("/v1/documents/{SAME_FILE}/text"),
        ] {
            assert_eq!(world.page(&address).await.0.as_u16(), 410, "{address} again: {again}");
        }
        let texts =
            world.harvester.store.texts_of(&world.harvester.store.takedowns().await.unwrap()[0].files).await;
        assert_eq!(texts.unwrap(), []);
        for file in &world.harvester.store.takedowns().await.unwrap()[0].files {
            let kept = world.harvester.archive.has_object(&ArchiveKey::original(file)).await.unwrap();
            assert!(!kept, "again: {again}");
        }
    }
    // Who looks after this service sees it in the list too.
    assert_eq!(world.harvester.store.takedowns().await.unwrap().len(), 2);
}

#[tokio::test]
async fn a_copy_that_was_there_before_the_takedown_stays_until_it_is_taken_down_itself() {
    let world = World::harvested(WORKER).await;
    down(&world, "document:notubiz:9101:9101005", TakedownReason::Privacy).await;
    let report = world.harvest("middenland").await;
    assert!(report.diagnostics.iter().all(|it| it.code != DiagnosticCode::TakenDown));
    assert_eq!(world.page(&format!("/v1/documents/{SAME_FILE}/text")).await.0.as_u16(), 200);
}

#[tokio::test]
async fn of_an_authority_only_files_are_remembered_that_nobody_else_has() {
    let world = World::harvested(WORKER).await;
    let data = world
        .data(
            &format!("{{ node(id: \"{SAME_FILE}\") {{ ... on Document {{ text {{ sha256 }} }} }} }}"),
            json!({}),
        )
        .await;
    let shared = data["node"]["text"]["sha256"].as_str().unwrap().to_owned();
    down(&world, "authority:nl:tooi:gm9101", TakedownReason::Court).await;
    let files = world.harvester.store.takedowns().await.unwrap().remove(0).files;
    assert!(files.len() > 10 && !files.contains(&shared), "{files:?}");
    assert_eq!(world.harvester.store.takedown_of_file(&shared).await.unwrap(), None);
    assert!(world.harvester.store.takedown_of_file(&files[0]).await.unwrap().is_some());
}
