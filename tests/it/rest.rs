//! What is given to everybody else than apps: texts and pages by address, things in the form that is asked for, snapshots.

use axum::{
    body::{Body, to_bytes},
    http::{Request, StatusCode, header},
    response::Response,
};
use parquet::{
    file::reader::{FileReader, SerializedFileReader},
    record::RowAccessor,
};
use raadhuis_schema::ContentHash;
use raadhuis_store::{Filter, visit_each};
use raadhuis_tests::World;
use serde_json::{Value, json};

use crate::WORKER;

const DOCUMENT: &str = "document:notubiz:9101:9101001";

async fn get(world: &World, path: &str, headers: &[(&str, &str)]) -> Response {
    let mut request = Request::get(path);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    world.respond(request.body(Body::empty()).unwrap()).await
}

async fn text(response: Response) -> String {
    String::from_utf8(to_bytes(response.into_body(), 64 << 20).await.unwrap().to_vec()).unwrap()
}

fn head<'a>(response: &'a Response, name: &str) -> &'a str {
    response.headers().get(name).map_or("", |value| value.to_str().unwrap())
}

#[tokio::test]
async fn the_words_of_a_document_have_an_address_whole_and_by_page() {
    let world = World::harvested(WORKER).await;
    let response = get(&world, &format!("/v1/documents/{DOCUMENT}/text"), &[]).await;
    assert_eq!(head(&response, "content-type"), "text/plain; charset=utf-8");
    let tag = head(&response, "etag").to_owned();
    let whole = text(response).await;
    let pages: Vec<&str> = whole.split('\u{c}').collect();
    assert!(pages[2].contains("een vrijliggend fietspad langs de Kastanjelaan"));
    let again = get(&world, &format!("/v1/documents/{DOCUMENT}/text"), &[("if-none-match", &tag)]).await;
    assert_eq!(again.status(), StatusCode::NOT_MODIFIED);
    let third = get(&world, &format!("/v1/documents/{DOCUMENT}/pages/3"), &[]).await;
    let third: Value = serde_json::from_str(&text(third).await).unwrap();
    assert_eq!(
        (&third["number"], &third["pagesTotal"], third["text"].as_str().unwrap()),
        (&json!(3), &json!(pages.len()), pages[2])
    );
    assert!(third["rights"].as_str().unwrap().contains("belongs to its maker"));
    for (path, status) in [
        (format!("/v1/documents/{DOCUMENT}/pages/99"), 404),
        (format!("/v1/documents/{DOCUMENT}/pages/drie"), 404),
        ("/v1/documents/document:notubiz:9101:1/text".to_owned(), 404),
        ("/v1/documents/meeting:notubiz:9101:910103/text".to_owned(), 404),
    ] {
        let response = get(&world, &path, &[]).await;
        assert_eq!(response.status().as_u16(), status, "{path}");
        assert_eq!(head(&response, "content-type"), "application/problem+json", "{path}");
    }
}

#[tokio::test]
async fn a_thing_is_given_in_the_form_that_is_asked_for() {
    let world = World::harvested(WORKER).await;
    let path = "/id/meeting:notubiz:9101:910103";
    let page = get(&world, path, &[("accept", "text/html,*/*;q=0.8")]).await;
    assert!(text(page).await.contains("<!doctype html>"));
    let plain = get(&world, path, &[("accept", "application/json")]).await;
    assert_eq!(
        (head(&plain, "content-type"), head(&plain, "vary").contains("accept")),
        ("application/json", true)
    );
    let plain: Value = serde_json::from_str(&text(plain).await).unwrap();
    assert_eq!((&plain["kind"], &plain["entity"]["name"]), (&json!("meeting"), &json!("Gemeenteraad")));
    assert_eq!(plain["provenance"]["contentHash"], ContentHash::hash_value(&plain["entity"]).as_str());
    let linked = get(&world, path, &[("accept", "application/ld+json")]).await;
    let linked: Value = serde_json::from_str(&text(linked).await).unwrap();
    assert_eq!(linked["@context"], "https://schema.org");
    assert_eq!(
        (&linked["@type"], &linked["startDate"]),
        (&json!("Event"), &json!("2026-03-24T19:30:00+01:00"))
    );
    assert_eq!(linked["organizer"]["@id"], "/id/authority:nl:tooi:gm9101");
    let unknown = get(&world, "/id/meeting:notubiz:9101:1", &[("accept", "application/json")]).await;
    assert_eq!(
        (unknown.status().as_u16(), head(&unknown, "content-type")),
        (404, "application/problem+json")
    );
}

#[tokio::test]
async fn a_snapshot_holds_everything_in_both_forms() {
    let world = World::harvested(WORKER).await;
    let mut held = Vec::new();
    visit_each(&world.harvester.store, &Filter::default(), |it| {
        held.push((it.entity.id().to_string(), it.hash.to_string()));
    })
    .await
    .unwrap();
    held.sort();
    let response = get(&world, "/v1/snapshot", &[]).await;
    let next = head(&response, header::LINK.as_str()).to_owned();
    let lines: Vec<Value> =
        text(response).await.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let (end, lines) = lines.split_last().unwrap();
    let pair = |line: &Value| {
        let hash = ContentHash::hash_value(&line["entity"]).to_string();
        assert_eq!(line["provenance"]["contentHash"], hash);
        (line["id"].as_str().unwrap().to_owned(), hash)
    };
    let mut given: Vec<_> = lines.iter().map(pair).collect();
    given.sort();
    assert_eq!(given, held);
    let documents = lines.iter().filter(|line| line["kind"] == "document");
    assert!(documents.clone().count() > 10 && documents.clone().all(|line| line["rights"].is_string()));
    assert_eq!(next, format!("</v1/changes?after={}>; rel=\"next\"", end["cursor"].as_str().unwrap()));

    let response = get(&world, "/v1/snapshot?format=parquet", &[]).await;
    assert_eq!(head(&response, "content-type"), "application/vnd.apache.parquet");
    let file = to_bytes(response.into_body(), 64 << 20).await.unwrap();
    let reader = SerializedFileReader::new(file).unwrap();
    let mut rows = Vec::new();
    for row in reader.get_row_iter(None).unwrap() {
        let row = row.unwrap();
        let entity: Value = serde_json::from_str(row.get_string(10).unwrap()).unwrap();
        assert_eq!(ContentHash::hash_value(&entity).as_str(), row.get_string(9).unwrap());
        rows.push((row.get_string(0).unwrap().clone(), row.get_string(9).unwrap().clone()));
    }
    rows.sort();
    assert_eq!(rows, held);
    let known = reader.metadata().file_metadata().key_value_metadata().unwrap();
    assert!(known.iter().any(|it| it.key == "cursor" && it.value.as_deref() == end["cursor"].as_str()));

    let part = get(&world, "/v1/snapshot?authority=GM9101&kind=meeting", &[]).await;
    let part = text(part).await;
    let meetings = held.iter().filter(|(id, _)| id.starts_with("meeting:notubiz:9101")).count();
    assert_eq!(part.lines().count(), meetings + 1);
    assert_eq!(get(&world, "/v1/snapshot?format=csv", &[]).await.status(), StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn what_stands_on_a_withheld_page_is_in_no_feed() {
    let world = World::new(WORKER).await;
    let page = |lines: &[&str]| lines.iter().map(|line| (*line).to_owned()).collect::<Vec<String>>();
    let paper = [
        page(&["De Basisregistratie Personen (BRP)."]),
        page(&["Het Zeer Geheime Plan (ZGP).", "Burgerservicenummer: 123456782"]),
    ];
    world.country.lock().unwrap().put("documents/9101002-1.pdf", raadhuis_fixtures::sim::paper::pdf(&paper));
    world.harvest("waterdam").await;
    for path in ["/v1/snapshot", "/v1/changes?limit=10000", "/id/document-text:notubiz:9101:9101002.text"] {
        let given = text(get(&world, path, &[("accept", "application/json")]).await).await;
        assert!(given.contains("Basisregistratie Personen") && !given.contains("Zeer Geheime"), "{path}");
    }
    let whole = get(&world, "/v1/documents/document:notubiz:9101:9101002/text", &[]).await;
    assert_eq!(whole.status(), StatusCode::FORBIDDEN);
    let first = get(&world, "/v1/documents/document:notubiz:9101:9101002/pages/1", &[]).await;
    assert_eq!(first.status(), StatusCode::OK);
    let second = get(&world, "/v1/documents/document:notubiz:9101:9101002/pages/2", &[]).await;
    assert_eq!(second.status(), StatusCode::FORBIDDEN);
    let glossary = world.data("{ glossary(short: \"ZGP\") { long } }", json!({})).await;
    assert_eq!(glossary["glossary"], json!([]));
}
