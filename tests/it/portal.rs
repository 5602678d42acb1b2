//! What only pages for people say: votes by name, and who speaks.

use raadhuis_harvester::supplier::{
    GemeenteOplossingen, Supplier, gemeenteoplossingen::GemeenteOplossingenTask,
};
use raadhuis_schema::{DiagnosticCode, Kind};
use raadhuis_tests::{World, shared};
use serde_json::{Value, json};

use crate::{
    WORKER,
    recorded::{answer, count, entities, read, source},
};

#[tokio::test]
async fn votes_have_names_where_a_page_gives_them_and_are_counted_once() {
    let world = World::harvested(WORKER).await;
    let query = "query Q($id: ID!) { node(id: $id) { ... on VoteEvent { title outcome reconciles about { __typename ... on Motion { title } }
        tally { favour against absent } stated { favour against } votes(first: 50) { totalCount nodes { name partyName choice } } } } }";
    let event = async |id: &str| {
        world.data(query, json!({"id": format!("vote-event:notubiz:{id}")})).await["node"].clone()
    };
    let named = event("9101:9110029").await;
    assert_eq!(named["votes"]["totalCount"], 14);
    let split: Vec<_> = named["votes"]["nodes"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|vote| vote["partyName"] == "Lijst Veen")
        .collect();
    assert_eq!(
        split.iter().filter(|vote| vote["choice"] == "FAVOUR").count(),
        1,
        "a divided party keeps its split"
    );
    assert_eq!((&named["reconciles"], &named["outcome"]), (&json!(true), &json!("ADOPTED")));
    // The numbers of the interface and of the page differ in this one, and nobody decides which is right.
    let differing = event("9101:9110028").await;
    assert_eq!(differing["tally"], json!({"favour": 6, "against": 8, "absent": 1}));
    assert_eq!(
        (&differing["stated"], &differing["reconciles"]),
        (&json!({"favour": 6, "against": 9}), &json!(false))
    );
    // No page names these: the anonymous roles stay.
    let anonymous = event("9102:9210012").await;
    assert_eq!(anonymous["votes"]["totalCount"], 9);
    assert_eq!(anonymous["votes"]["nodes"][0]["name"], Value::Null);
    // A vote in a committee that only the page knows.
    let tied = event("9102:920101-2").await;
    assert_eq!(
        (&tied["outcome"], &tied["tally"]),
        (&json!("OTHER"), &json!({"favour": 4, "against": 4, "absent": 0}))
    );
}

#[tokio::test]
async fn a_tally_that_differs_is_a_remark_of_the_run() {
    let world = World::new(WORKER).await;
    let report = world.harvest("waterdam").await;
    let differing: Vec<_> = report
        .diagnostics
        .iter()
        .filter(|diagnostic| diagnostic.code == DiagnosticCode::TallyDiffers)
        .collect();
    assert_eq!(differing.len(), 1, "{differing:?}");
    assert_eq!(differing[0].subject, "vote-event:notubiz:9101:9110028");
}

#[tokio::test]
async fn office_holders_who_speak_are_named_and_citizens_are_not() {
    let world = World::harvested(WORKER).await;
    let query = "{ node(id: \"meeting:notubiz:9101:910103\") { ... on Meeting { recordings { nodes { chapters(first: 100) { nodes { speaker startsAt agendaItem { title } } } } } } } }";
    let recordings = world.data(query, json!({})).await["node"]["recordings"]["nodes"].clone();
    let speaks = |at: u32| {
        let all = recordings[0]["chapters"]["nodes"].as_array().unwrap();
        all.iter().filter(|c| c["startsAt"] == at).map(|c| c["speaker"].clone()).collect::<Vec<_>>()
    };
    assert!(speaks(358).contains(&json!("Mirthe Kadewinde")), "{recordings}");
    assert!(speaks(612).contains(&Value::Null), "an inspreker has no name");
    assert_eq!(world.files_with(&["Kaagpad"]), Vec::<String>::new());
}

#[tokio::test]
async fn a_gate_before_the_portal_is_reported_once_and_the_rest_of_the_portal_is_left_alone() {
    let world = World::new(WORKER).await;
    world.twist("/vergadering/", |answer| raadhuis_harvester::transport::Answer {
        bytes: "<!doctype html><script src=\"/.within.website/x/cmd/anubis/static/js/main.mjs\">".into(),
        ..answer
    });
    let report = world.harvest("waterdam").await;
    let blocked: Vec<_> =
        report.diagnostics.iter().filter(|diagnostic| diagnostic.code == DiagnosticCode::Blocked).collect();
    assert!((1..=4).contains(&blocked.len()), "at most those that were under way: {blocked:?}");
    assert_eq!(report.verdict, raadhuis_schema::Verdict::Healthy, "the interface itself is open");
}

#[tokio::test]
async fn the_votes_of_parties_stay_votes_of_parties_and_add_up() {
    let world = World::new(WORKER).await;
    let report = world.harvest("duinstede").await;
    let query = "query Q($id: ID!) { node(id: $id) { ... on VoteEvent { title outcome reconciles meeting { start } agendaItems: agendaItem { title }
        tally { favour against absent } stated { favour against absent } votes(first: 50) { nodes { name partyName choice members } } } } }";
    let event = async |id: u32| {
        let id = format!("vote-event:gemeenteoplossingen:duinstede:{id}");
        world.data(query, json!({ "id": id })).await["node"].clone()
    };
    let adopted = event(7001).await;
    assert_eq!(adopted["outcome"], "ADOPTED");
    assert_eq!(adopted["tally"], json!({"favour": 14, "against": 4, "absent": 1}));
    assert_eq!((&adopted["tally"], &adopted["reconciles"]), (&adopted["stated"], &json!(true)));
    let votes = adopted["votes"]["nodes"].as_array().unwrap();
    assert!(votes.iter().all(|vote| vote["name"].is_null() && vote["members"].is_number()));
    assert!(votes.iter().any(|vote| vote["partyName"] == "W.I.J. Duinstede" && vote["members"] == 5));
    let differing: Vec<_> = report
        .diagnostics
        .iter()
        .filter(|diagnostic| diagnostic.code == DiagnosticCode::TallyDiffers)
        .collect();
    assert_eq!(differing.len(), 1, "{differing:?}");
    assert!(differing[0].subject.ends_with(":7004"));
    let query = "{ node(id: \"meeting:gemeenteoplossingen:duinstede:2105\") { ... on Meeting { recordings { nodes { media file chapters(first: 100) { nodes { title speaker startsAt agendaItem { title } } } } } } } }";
    let film = world.data(query, json!({})).await["node"]["recordings"]["nodes"][0].clone();
    assert!(
        !film["file"].as_str().unwrap().contains('?'),
        "an address without what is signed for some minutes"
    );
    let chapters = film["chapters"]["nodes"].as_array().unwrap();
    let at = |second: u32| chapters.iter().find(|chapter| chapter["startsAt"] == second).unwrap();
    assert_eq!(at(6795)["agendaItem"]["title"], "Motie Sociale huur eerst");
    assert!(chapters.iter().any(|chapter| chapter["speaker"] == "Willemijn van Zilverschor"));
}

#[test]
fn the_recorded_pages_of_den_helder_give_agenda_and_documents() {
    let Some(folder) = shared("payloads/gemeenteoplossingen") else { return };
    let file = |name: &str| std::fs::read(folder.join(name)).unwrap();
    let address = "https://gemeenteraad.denhelder.nl/Vergaderingen/Gemeenteraad/2015/31-augustus/19:30/";
    let page = GemeenteOplossingenTask::Page {
        meeting: 1,
        address: address.parse().unwrap(),
        items: vec![],
        withheld: vec![],
    };
    let read = |task: &GemeenteOplossingenTask, name: &str| {
        read::<GemeenteOplossingen>("den_helder", task, file(name))
    };
    let meeting = read(&page, "html_den_helder_meeting.html");
    let rows = String::from_utf8(file("html_den_helder_meeting.html"))
        .unwrap()
        .matches("<li id=\"agendapunt")
        .count();
    assert!(rows > 5);
    assert_eq!(count(&meeting, Kind::AgendaItem), rows);
    let one = read(&page, "html_den_helder_meeting_item.html");
    let item = entities(&one)[0].to_json();
    assert_eq!(
        (&item["number"], &item["id"]),
        (&json!("6"), &json!("agenda-item:gemeenteoplossingen:den_helder:19024"))
    );
    assert!(item["title"].as_str().unwrap().starts_with("Bekrachtigen van de geheimhouding"));
    assert_eq!(one.next, [GemeenteOplossingenTask::ItemDocuments { item: 19_024, meeting: 1 }]);
    let documents = read(
        &GemeenteOplossingenTask::ItemDocuments { item: 19_024, meeting: 1 },
        "html_den_helder_meeting_item_documents.html",
    );
    assert_eq!(count(&documents, Kind::Document), 1, "linked twice, and one file");
    // The view for printing has neither ids nor links.
    let print = answer(file("html_den_helder_meeting_print.html"));
    assert!(GemeenteOplossingen::read_answer(&source("den_helder"), &page, &print).is_err());
    let recording = "recording:gemeenteoplossingen:groningen:film-1".parse().unwrap();
    let speakers = GemeenteOplossingenTask::Speakers { fragment: 19_449, starts_at: 100, recording };
    let speaks = read(&speakers, "speakers_fragment19449_elided.json");
    assert_eq!(entities(&speaks)[0].to_json()["startsAt"], 101);
}

#[tokio::test]
async fn a_webcast_has_chapters_and_a_transcript_unless_something_of_its_meeting_is_not_public() {
    let world = World::new(WORKER).await;
    world.harvest("heidekerk").await;
    let query = "query Q($id: ID!) { node(id: $id) { ... on Meeting { recordings { nodes { platform name seconds file language transcriptKind: transcriptKind
        chapters(first: 9) { nodes { title startsAt endsAt speaker agendaItem { title } } } transcript(first: 9) { totalCount nodes { startsAt text } } } } } } }";
    let recording = async |meeting: &str| {
        let id = format!("meeting:ibabs:heidekerk:{meeting}");
        world.data(query, json!({ "id": id })).await["node"]["recordings"]["nodes"][0].clone()
    };
    let open = recording("a7ac4ce8-7ade-579d-886e-affeeb4dce4a").await;
    assert_eq!((&open["seconds"], &open["language"]), (&json!(2467), &json!("nl")));
    assert!(open["file"].as_str().unwrap().ends_with("/20260205_1.mp4"), "without what signs it");
    let chapters = open["chapters"]["nodes"].as_array().unwrap();
    let said: Vec<_> = chapters
        .iter()
        .map(|c| (c["startsAt"].as_u64().unwrap(), &c["agendaItem"]["title"], &c["title"], &c["speaker"]))
        .collect();
    // A citizen speaks in the second minute after the opening, and is not named; a member is.
    let (square, none) = (json!("Herinrichting Kerkplein"), Value::Null);
    assert_eq!(
        said,
        [
            (120, &json!("Opening"), &none, &none),
            (130, &square, &none, &none),
            (180, &square, &none, &none),
            (1120, &square, &none, &json!("Noor Vaartman")),
            (2400, &none, &json!("Mededelingen van de wethouder"), &none),
        ]
    );
    assert_eq!(open["transcript"]["totalCount"], 3);
    assert_eq!(world.files_with(&["Insprekersma"]), Vec::<String>::new());
    let closed = recording("c1695ff0-fcb8-5f3a-9fdd-5270310aeb1a").await;
    assert_eq!(
        (&closed["platform"], &closed["transcript"]["totalCount"]),
        (&json!("companywebcast"), &json!(0))
    );
}

#[tokio::test]
async fn members_who_speak_in_a_video_are_named_and_citizens_are_not() {
    let world = World::new(WORKER).await;
    world.harvest("veenhoven").await;
    let query = "{ node(id: \"meeting:parlaeus:veenhoven:a9106000000000000000000000000004\") { ... on Meeting { recordings { nodes { chapters(first: 50) { nodes { startsAt speaker } } } } } } }";
    let found = world.data(query, json!({})).await["node"]["recordings"]["nodes"][0].clone();
    let chapters = found["chapters"]["nodes"].as_array().unwrap();
    let speaks = |second: u32| {
        let chapter = chapters.iter().find(|chapter| chapter["startsAt"] == second).unwrap();
        chapter["speaker"].clone()
    };
    assert_eq!((speaks(612), speaks(1265)), (json!("Roelof Petgatter"), json!("Hanneke Kienhout")));
    assert_eq!(speaks(702), Value::Null);
    assert_eq!(world.files_with(&["bewoner woonark"]), Vec::<String>::new());
}
