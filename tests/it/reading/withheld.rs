//! A page with a number of a person: nobody sees it, by whatever road, until somebody has looked at it; and what is taken
//! down is gone from everywhere.

use axum::{body::Body, http::Request};
use jiff::Timestamp;
use raadhuis_fixtures::sim::paper::pdf;
use raadhuis_harvester::files::apply_rulings;
use raadhuis_schema::{DiagnosticCode, Policy, Ruling, Takedown, TakedownReason, Tier};
use raadhuis_store::take_down;
use raadhuis_tests::{World, papers::paper_with_numbers};
use raadhuis_text::pdf::pdfium;
use serde_json::{Value, json};

use super::hidden::pdf::covered;
use crate::WORKER;

/// What everybody may read beside the word under a box.
const LINE: &str = "\"Zichtbaar voorstel van de raad\"";

const ID: &str = "document:notubiz:9101:9101002";

async fn world() -> World {
    let world = World::new(WORKER).await;
    world.country.lock().unwrap().put("documents/9101002-1.pdf", paper_with_numbers());
    world.harvest("middenland").await;
    world.harvest("waterdam").await;
    world
}

async fn total(world: &World, words: &str) -> u64 {
    let query = "query($words: String!) { search(query: $words) { entityCount } }";
    world.data(query, json!({"words": words})).await["search"]["entityCount"].as_u64().unwrap()
}

async fn status(world: &World, address: &str) -> (u16, String) {
    let response = world.respond(Request::get(address).body(Body::empty()).unwrap()).await;
    let status = response.status().as_u16();
    let bytes = axum::body::to_bytes(response.into_body(), 16 << 20).await.unwrap();
    (status, String::from_utf8_lossy(&bytes).into_owned())
}

fn picture(page: u32) -> String {
    format!("/v1/documents/{ID}/pages/{page}/image")
}

#[tokio::test]
async fn a_page_with_a_number_is_seen_by_nobody_until_it_was_reviewed() {
    let world = world().await;
    let store = &world.harvester.store;
    let found = store.findings(None).await.unwrap();
    let sha256 = found[0].sha256.clone();
    let tiers: Vec<_> =
        found.iter().map(|it| (it.finding.page, it.finding.tier, it.finding.masked.as_str())).collect();
    assert_eq!(tiers, [(2, Tier::High, "*******82"), (4, Tier::Medium, "*******33")]);

    let query =
        "query($id: ID!) { node(id: $id) { ... on Document { text { pagesTotal pagesDone withheldPages
        pages { nodes { number text origin isWithheld header footer headings { text } image } } } } } }";
    let pages = world.data(query, json!({"id": ID})).await["node"]["text"].clone();
    assert_eq!(
        (&pages["pagesTotal"], &pages["pagesDone"], &pages["withheldPages"]),
        (&json!(4), &json!(4), &json!([2]))
    );
    let second = json!({"number": 2, "text": "", "origin": "WITHHELD", "isWithheld": true, "header": [], "footer": [],
        "headings": [], "image": null});
    assert_eq!(pages["pages"]["nodes"][1], second);
    assert_eq!((total(&world, "kwartelkoning").await, total(&world, "roerdomp").await), (1, 1));
    assert_eq!(total(&world, "zilverreiger").await, 0);

    let (code, body) = status(&world, &format!("/v1/documents/{ID}/original")).await;
    assert_eq!(code, 403, "{body}");
    let body: Value = serde_json::from_str(&body).unwrap();
    assert_eq!((&body["reason"], body["source"].as_str().is_some()), (&json!("personal-number"), true));
    assert_eq!(status(&world, &picture(2)).await.0, 403);
    if pdfium::find_library().is_some() {
        assert_eq!(status(&world, &picture(1)).await.0, 200);
    }
    let (code, page) = status(&world, &format!("/id/{ID}")).await;
    assert_eq!(code, 200);
    assert!(page.contains("achtergehouden") && page.contains("kwartelkoning"), "{page}");
    // No road leads to it: every address the pages name, and every answer of the graph that names the document.
    for address in ["/".to_owned(), "/?q=zilverreiger".to_owned(), format!("/id/{ID}"), "/bronnen".to_owned()]
    {
        let (_, page) = status(&world, &address).await;
        let page = page.replace("q=zilverreiger", "").replace("value=\"zilverreiger\"", "");
        assert!(
            !page.contains("123456782") && !page.contains("De aanvraag van de zilverreiger"),
            "{address}"
        );
    }

    // Released, it is as any other page.
    store.keep_ruling(&sha256, 2, Ruling::Release, Timestamp::now()).await.unwrap();
    assert_eq!(apply_rulings(store, Policy::HidePage, &sha256, 4).await.unwrap(), (vec![], 1));
    world.keep_up().await;
    assert_eq!(total(&world, "zilverreiger").await, 1);
    assert_eq!(status(&world, &format!("/v1/documents/{ID}/original")).await.0, 200);
    // The ruling holds when the page is read again.
    world.harvest("waterdam").await;
    assert_eq!(total(&world, "zilverreiger").await, 1);

    store.keep_ruling(&sha256, 4, Ruling::Withhold, Timestamp::now()).await.unwrap();
    apply_rulings(store, Policy::HidePage, &sha256, 4).await.unwrap();
    world.keep_up().await;
    assert_eq!((total(&world, "roerdomp").await, total(&world, "zilverreiger").await), (0, 1));
}

#[tokio::test]
async fn a_page_with_a_word_under_a_box_is_seen_by_nobody_until_it_was_reviewed() {
    let world = World::new(WORKER).await;
    world.country.lock().unwrap().put("documents/9101002-1.pdf", covered());
    world.harvest("middenland").await;
    let run = world.harvest("waterdam").await;
    assert!(run.diagnostics.iter().any(|it| it.code == DiagnosticCode::HiddenText), "{:?}", run.diagnostics);
    let store = &world.harvester.store;
    let found = store.findings(None).await.unwrap();
    assert_eq!(found.len(), 1);
    let (sha256, finding) = (found[0].sha256.clone(), &found[0].finding);
    let told = (finding.page, finding.tier, finding.masked.as_str());
    assert_eq!(told, (1, Tier::Hidden, "11 letters are hidden"));

    assert_eq!((total(&world, "Geheimwoord").await, total(&world, LINE).await), (0, 0));
    let query = "query($id: ID!) { node(id: $id) { ... on Document { text { withheldPages pages { nodes {
        text isWithheld image } } } } } }";
    let text = world.data(query, json!({"id": ID})).await["node"]["text"].clone();
    assert_eq!(
        text,
        json!({"withheldPages": [1], "pages": {"nodes": [{"text": "", "isWithheld": true, "image": null}]}})
    );
    let (code, body) = status(&world, &format!("/v1/documents/{ID}/original")).await;
    let body: Value = serde_json::from_str(&body).unwrap();
    assert_eq!((code, &body["reason"]), (403, &json!("hidden-text")));
    assert_eq!(status(&world, &picture(1)).await.0, 403);
    let (code, page) = status(&world, &format!("/id/{ID}")).await;
    assert!(code == 200 && page.contains("achtergehouden"), "{page}");
    assert!(!page.contains("Geheimwoord") && !page.contains("Zichtbaar"), "{page}");

    store.keep_ruling(&sha256, 1, Ruling::Release, Timestamp::now()).await.unwrap();
    apply_rulings(store, Policy::HidePage, &sha256, 1).await.unwrap();
    world.keep_up().await;
    assert_eq!(total(&world, LINE).await, 1);
    assert_eq!(status(&world, &format!("/v1/documents/{ID}/original")).await.0, 200);
    // What was under the box is no part of the text that pdfium gave; the engine that is always there cannot leave it out.
    if pdfium::find_library().is_some() {
        assert_eq!(total(&world, "Geheimwoord").await, 0);
    }
}

#[tokio::test]
async fn a_policy_may_show_all_or_nothing() {
    for (policy, seen, code) in [(Policy::Detect, (1, 1), 200), (Policy::Quarantine, (0, 0), 403)] {
        let mut world = World::new(WORKER).await;
        world.harvester.policy = policy;
        world.country.lock().unwrap().put("documents/9101002-1.pdf", paper_with_numbers());
        world.harvest("middenland").await;
        world.harvest("waterdam").await;
        assert_eq!(
            (total(&world, "kwartelkoning").await, total(&world, "zilverreiger").await),
            seen,
            "{policy:?}"
        );
        assert_eq!(status(&world, &format!("/v1/documents/{ID}/original")).await.0, code, "{policy:?}");
        assert_eq!(world.harvester.store.findings(None).await.unwrap().len(), 2);
    }
}

#[tokio::test]
async fn another_policy_reaches_what_was_read_before_when_it_is_read_again() {
    let mut world = World::new(WORKER).await;
    world.harvester.policy = Policy::Detect;
    let rtf = br"{\rtf1\ansi De visarend. \page BSN: 123456782 van de purperreiger.}";
    for name in ["documents/9101002-1.pdf", "documents/9101003-1.pdf"] {
        world.country.lock().unwrap().put(name, rtf.to_vec());
    }
    world.harvest("middenland").await;
    world.harvest("waterdam").await;
    assert_eq!((total(&world, "visarend").await, total(&world, "purperreiger").await), (2, 2));
    world.harvester.policy = Policy::HidePage;
    let source = world.harvester.catalogue.get("waterdam").unwrap().clone();
    world.reread(&source).await;
    assert_eq!((total(&world, "visarend").await, total(&world, "purperreiger").await), (2, 0));
    for id in [ID, "document:notubiz:9101:9101003"] {
        assert_eq!(status(&world, &format!("/v1/documents/{id}/original")).await.0, 403, "{id}");
    }
}

#[tokio::test]
async fn a_takedown_reaches_bytes_words_pictures_and_findings() {
    let world = world().await;
    let needles = ["kwartelkoning", "zilverreiger", "roerdomp", "123456782", "*******82"];
    assert!(!world.files_with(&needles).is_empty());
    if pdfium::find_library().is_some() {
        assert_eq!(status(&world, &picture(1)).await.0, 200);
    }
    let takedown = Takedown {
        id: ID.parse().unwrap(),
        reason: TakedownReason::Privacy,
        at: Timestamp::now(),
        files: vec![],
    };
    let kept = &world.harvester;
    take_down(&kept.store, &kept.archive, &takedown, true).await.unwrap();
    world.keep_up().await;
    for again in [false, true] {
        if again {
            world.harvest("waterdam").await;
        }
        assert_eq!(world.files_with(&needles), [] as [String; 0], "again: {again}");
        for address in [picture(1), picture(2), format!("/v1/documents/{ID}/original"), format!("/id/{ID}")] {
            assert_eq!(status(&world, &address).await.0, 410, "{address}");
        }
        assert_eq!(total(&world, "kwartelkoning").await, 0);
    }
}

#[tokio::test]
async fn the_same_bytes_are_kept_once_and_found_at_each_document_that_has_them() {
    let world = World::new(WORKER).await;
    let paper = paper_with_numbers();
    for name in ["documents/9101002-1.pdf", "documents/9101003-1.pdf"] {
        world.country.lock().unwrap().put(name, paper.clone());
    }
    world.harvest("middenland").await;
    world.harvest("waterdam").await;
    let query = "query($id: ID!) { node(id: $id) { ... on Document { sameFile { id } text { sha256 } } } }";
    let node = world.data(query, json!({"id": ID})).await["node"].clone();
    assert_eq!(node["sameFile"], json!([{"id": "document:notubiz:9101:9101003"}]));
    let sha256 = node["text"]["sha256"].as_str().unwrap();
    let originals = std::fs::read_dir(world.folder.path().join("archive/original")).unwrap();
    assert_eq!(originals.filter(|it| it.as_ref().unwrap().file_name() == sha256).count(), 1);
    // One review is enough for both.
    world.harvester.store.keep_ruling(sha256, 2, Ruling::Release, Timestamp::now()).await.unwrap();
    assert_eq!(
        apply_rulings(&world.harvester.store, Policy::HidePage, sha256, 4).await.unwrap(),
        (vec![], 2)
    );
    world.keep_up().await;
    assert_eq!(total(&world, "zilverreiger").await, 2);
}

#[tokio::test]
async fn parts_of_an_original_are_given() {
    let world = World::harvested(WORKER).await;
    let address = "/v1/documents/document:notubiz:9101:9101001/original";
    let get = |range: &str| Request::get(address).header("range", range).body(Body::empty()).unwrap();
    let answer = world.respond(get("bytes=0-4")).await;
    assert_eq!(answer.status().as_u16(), 206);
    assert!(answer.headers()["content-range"].to_str().unwrap().starts_with("bytes 0-4/"));
    assert_eq!(answer.headers()["x-robots-tag"], "noindex");
    assert_eq!(axum::body::to_bytes(answer.into_body(), 99).await.unwrap(), "%PDF-");
    assert_eq!(world.respond(get("bytes=99999999-")).await.status().as_u16(), 416);
    let whole = world.respond(get("bytes=1-0")).await;
    assert_eq!((whole.status().as_u16(), whole.headers()["accept-ranges"].to_str().unwrap()), (200, "bytes"));
}

#[tokio::test]
async fn versions_of_a_document_are_linked_and_what_is_withheld_follows_the_newest() {
    let world = world().await;
    let query =
        "query($id: ID!) { node(id: $id) { ... on Document { text { sha256 formerFiles withheldPages } } } }";
    let before = world.data(query, json!({"id": ID})).await["node"]["text"].clone();
    assert_eq!((&before["formerFiles"], &before["withheldPages"]), (&json!([]), &json!([2])));
    let page = |text: &str| vec![text.to_owned()];
    let cleaned = pdf(&[
        page("De kwartelkoning broedt nog steeds."),
        page("De aanvraag van een inwoner wordt toegekend."),
    ]);
    world.country.lock().unwrap().put("documents/9101002-1.pdf", cleaned);
    world.edit("notubiz/9101/meetings/910103.json", |json| {
        let text = json.to_string().replace("2026-03-05 16:14:02", "2026-03-06 09:00:00");
        *json = serde_json::from_str(&text).unwrap();
    });
    world.harvest("waterdam").await;
    let after = world.data(query, json!({"id": ID})).await["node"]["text"].clone();
    assert_eq!((&after["formerFiles"], &after["withheldPages"]), (&json!([before["sha256"]]), &json!([])));
    assert_eq!((total(&world, "\"nog steeds\"").await, total(&world, "roerdomp").await), (1, 0));
    assert_eq!(status(&world, &format!("/v1/documents/{ID}/original")).await.0, 200);
}
