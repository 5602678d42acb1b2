//! What one can follow: searches as Atom and JSON Feed, meetings as iCalendar.

use axum::{body::Body, http::Request};
use raadhuis_tests::World;
use serde_json::{Value, json};

use crate::WORKER;

async fn get(world: &World, path: &str) -> (u16, String, String) {
    let request = Request::get(path).header("host", "raadhuis.example").body(Body::empty()).unwrap();
    let response = world.respond(request).await;
    let kind = response.headers()["content-type"].to_str().unwrap().to_owned();
    let status = response.status().as_u16();
    let bytes = axum::body::to_bytes(response.into_body(), 16 << 20).await.unwrap();
    (status, kind, String::from_utf8(bytes.to_vec()).unwrap())
}

#[tokio::test]
async fn a_search_is_followed_as_atom_and_as_json() {
    let world = World::harvested(WORKER).await;
    let total = world.data("{ search(query: \"fietsbrug\") { totalCount } }", json!({})).await["search"]["totalCount"]
        .as_u64()
        .unwrap();
    let (status, kind, atom) = get(&world, "/zoeken.atom?q=fietsbrug").await;
    assert_eq!((status, kind.as_str()), (200, "application/atom+xml; charset=utf-8"));
    let feed: Vec<&str> = atom.split("<entry>").collect();
    assert_eq!(feed.len() as u64 - 1, total);
    assert!(
        feed[0].contains("<title>Raadhuis: fietsbrug</title>") && feed[0].contains("rel=\"self\""),
        "{}",
        feed[0]
    );
    let entry =
        feed.iter().find(|entry| entry.contains("urn:raadhuis:document:notubiz:9101:9101001")).unwrap();
    assert!(
        entry.contains("http://raadhuis.example/id/document:notubiz:9101:9101001")
            && entry.contains("Waterdam")
    );
    assert!(entry.contains("Pagina 1: "), "{entry}");
    let (_, kind, body) = get(&world, "/zoeken.json?q=fietsbrug&soort=DOCUMENT").await;
    assert_eq!(kind, "application/feed+json");
    let json: Value = serde_json::from_str(&body).unwrap();
    assert_eq!(json["version"], "https://jsonfeed.org/version/1.1");
    assert_eq!(json["feed_url"], "http://raadhuis.example/zoeken.json?q=fietsbrug&soort=DOCUMENT");
    let items = json["items"].as_array().unwrap();
    assert!(
        !items.is_empty()
            && items.iter().all(|it| it["id"].as_str().unwrap().starts_with("urn:raadhuis:document:"))
    );
    assert!(items.iter().all(|it| it["date_published"].is_string() && it["content_text"].is_string()));
    let (status, _, why) = get(&world, "/zoeken.atom?q=brug&volgorde=MATCH").await;
    assert!(status == 400 && why.contains("het nieuwste eerst"), "{why}");
    assert_eq!(get(&world, "/zoeken.json?zoek=brug").await.0, 400);
}

#[tokio::test]
async fn meetings_are_followed_as_a_calendar() {
    let world = World::harvested(WORKER).await;
    let (status, kind, calendar) = get(&world, "/vergaderingen.ics?overheid=gm9101").await;
    assert_eq!((status, kind.as_str()), (200, "text/calendar; charset=utf-8"));
    assert!(calendar.starts_with("BEGIN:VCALENDAR\r\n") && calendar.ends_with("END:VCALENDAR\r\n"));
    let query = "query($from: Date!, $until: Date!) { authorities(filter: {codes: [\"GM9101\"]}) { nodes {
        meetings(from: $from, until: $until, first: 100) { totalCount } } } }";
    let count = async |from: String, until: String| {
        let data = world.data(query, json!({"from": from, "until": until})).await;
        data["authorities"]["nodes"][0]["meetings"]["totalCount"].as_u64().unwrap()
    };
    let events = |calendar: &str| calendar.matches("BEGIN:VEVENT").count() as u64;
    let today = raadhuis_schema::When::At(jiff::Timestamp::now()).day();
    let (from, until) = (today - jiff::ToSpan::days(62), today + jiff::ToSpan::days(183));
    assert_eq!(events(&calendar), count(from.to_string(), until.to_string()).await);
    let whole = "/vergaderingen.ics?overheid=gm9101&van=2020-01-01&tot=2030-12-31";
    let (_, _, calendar) = get(&world, whole).await;
    assert_eq!(events(&calendar), count("2020-01-01".into(), "2030-12-31".into()).await);
    assert!(events(&calendar) > 0);
    for wrong in [
        "van=gisteren",
        "van=2026-01-01T10:00:00",
        "tot=2026-13-01",
        "van=2026-02-01&tot=2026-01-01",
        "sinds=2026-01-01",
    ] {
        let (status, _, why) = get(&world, &format!("/vergaderingen.ics?overheid=gm9101&{wrong}")).await;
        assert!(status == 400 && why.contains(wrong.split('=').next().unwrap()), "{why}");
    }
    assert_eq!(get(&world, "/vergaderingen.ics?overheid=GM0000").await.0, 404);
    let (status, _, why) = get(&world, "/vergaderingen.ics").await;
    assert!(status == 400 && why.contains("overheid=GM0518"), "{why}");
}
