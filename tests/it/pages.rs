//! The plain pages: Dutch, whole without JavaScript, with source and date for everything, safe to show anything.

use raadhuis_tests::World;
use serde_json::json;

use crate::WORKER;

#[tokio::test]
async fn every_page_is_dutch_has_its_landmarks_and_works_without_script() {
    let world = World::harvested(WORKER).await;
    for address in [
        "/",
        "/?q=fietsbrug",
        "/?q=&soort=MOTION&volgorde=NEWEST",
        "/?q=%28%22&van=2026-01-01&tot=2026-12-31",
        "/bronnen",
        "/id/authority:nl:tooi:gm9101",
        "/id/meeting:notubiz:9101:910103",
        "/id/agenda-item:notubiz:9101:9110026",
        "/id/document:notubiz:9101:9101006",
        "/id/document:notubiz:9101:9101080",
        "/id/motion:notubiz:9101:9120021",
        "/id/register-entry:notubiz:9101:9120001",
        "/id/person:notubiz:9101:8101",
        "/id/party:notubiz:9101:1",
        "/id/vote-event:notubiz:9101:9110028",
    ] {
        let (status, html) = world.page(address).await;
        assert_eq!(status.as_u16(), 200, "{address}");
        for needed in
            ["<html lang=\"nl\">", "<title>", "<main", "<h1>", "href=\"#inhoud\"", "<nav aria-label"]
        {
            assert!(html.contains(needed), "{address} has no {needed}");
        }
        assert!(!html.contains("<script"), "{address} has a script");
        assert!(!html.contains("undefined") && !html.contains("none,"), "{address} shows a hole");
        assert_eq!(html.matches("<h1").count(), 1, "{address}");
        let labels = html.matches("<label for=").count();
        let fields = html.matches("<input").count() + html.matches("<select").count();
        assert_eq!(labels, fields, "{address} has a field without a label");
    }
}

#[tokio::test]
async fn everything_shown_links_to_its_source_and_says_when_it_was_harvested() {
    let world = World::harvested(WORKER).await;
    let (_, found) = world.page("/?q=fietsbrug").await;
    let hits = found.matches("<li>\n      <h3>").count();
    assert!(hits >= 10, "{hits}");
    assert_eq!(found.matches("Geoogst op").count(), hits);
    assert_eq!(found.matches("Bij de bron bekijken").count(), hits);
    for id in ["meeting:notubiz:9101:910103", "document:notubiz:9101:9101001", "motion:notubiz:9101:9120021"]
    {
        let (_, html) = world.page(&format!("/id/{id}")).await;
        assert!(html.contains("Geoogst op <time") && html.contains("rel=\"external\""), "{id}");
    }
}

#[tokio::test]
async fn a_meeting_shows_its_agenda_as_a_tree_and_a_document_its_text_by_page() {
    let world = World::harvested(WORKER).await;
    let (_, meeting) = world.page("/id/meeting:notubiz:9101:910103").await;
    assert_eq!(meeting.matches("<ol class=\"agenda\">").count(), 4, "three levels, one of them twice");
    let (_, document) = world.page("/id/document:notubiz:9101:9101001").await;
    let third =
        document.split("id=\"bladzijde-3\"").nth(1).unwrap().split("id=\"bladzijde-4\"").next().unwrap();
    assert!(third.contains("vrijliggend fietspad langs de Kastanjelaan"));
}

#[tokio::test]
async fn markup_in_what_councils_publish_stays_text() {
    let world = World::new(WORKER).await;
    world.edit("notubiz/9101/events.json", |json| {
        for event in json["events"].as_array_mut().unwrap() {
            for attribute in event["attributes"].as_array_mut().unwrap() {
                if attribute["id"] == 1 {
                    attribute["value"] = json!("<img src=x onerror=alert(1)> kwispelraad");
                }
            }
        }
    });
    world.harvest("waterdam").await;
    let (_, html) = world.page("/?q=kwispelraad%3Cb%3E").await;
    assert!(!html.contains("<img") && !html.contains("kwispelraad<b>"));
}

#[tokio::test]
async fn pages_load_nothing_from_elsewhere() {
    let world = World::new(WORKER).await;
    let (status, explorer) = world.page("/graphql").await;
    assert_eq!(status.as_u16(), 200);
    for asset in
        ["/assets/style.css", "/assets/explorer.css", "/assets/explorer.js", "/graphql/voorbeelden.json"]
    {
        assert_eq!(world.page(asset).await.0.as_u16(), 200, "{asset}");
    }
    let loads =
        |html: &str| html.split(['"', '\'']).any(|part| part.starts_with("//") || part.contains("src=http"));
    assert!(!loads(&explorer));
    assert_eq!(world.page("/nergens").await.0.as_u16(), 404);
    assert_eq!(world.page("/assets/../Cargo.toml").await.0.as_u16(), 404);
}
