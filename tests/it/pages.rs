//! The plain pages: Dutch, whole without JavaScript, with source and date for everything, safe to show anything.

use raadhuis_harvester::transport::Answer;
use raadhuis_tests::World;
use serde_json::json;

use crate::WORKER;

#[tokio::test]
async fn every_page_is_dutch_has_its_landmarks_and_works_without_script() {
    let world = World::harvested(WORKER).await;
    for address in [
        "/",
        "/?q=fietsbrug",
        "/?q=&soort=MOTION&volgorde=MEETING_DATE_NEWEST",
        "/?q=%28%22&van=2026-01-01&tot=2026-12-31",
        "/bronnen",
        "/dekking",
        "/dekking/middenland",
        "/dekking/middenland/gm9101",
        "/dekking/middenland/gm9101?jaar=2026&soort=document",
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
        let hidden = html.matches("<input type=\"hidden\"").count();
        let fields = html.matches("<input").count() + html.matches("<select").count() - hidden;
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

#[tokio::test]
async fn from_a_province_the_cause_of_each_gap_is_three_clicks_away() {
    let world = World::new(WORKER).await;
    // One file of the country never comes.
    world.twist("9101001", |answer| Answer { status: 500, ..answer });
    world.harvest("middenland").await;
    world.harvest("waterdam").await;
    let link = |html: &str, part: &str| -> String {
        let plain = html.replace("&#x2f;", "/").replace("&amp;", "&");
        let mut addresses = plain.split("href=\"").skip(1).filter_map(|rest| rest.split('"').next());
        addresses
            .find(|address| address.contains(part))
            .unwrap_or_else(|| panic!("no link with {part}"))
            .to_owned()
    };
    let (_, country) = world.page("/dekking").await;
    assert_eq!(link(&country, "middenland"), "/dekking/middenland");
    let (_, province) = world.page("/dekking/middenland").await;
    assert!(province.contains("Geen bron"), "those that nobody publishes are listed too");
    let authority = link(&province, "gm9101");
    let (_, ledger) = world.page(&authority).await;
    assert!(ledger.contains("Verdacht"), "{ledger}");
    let (_, causes) = world.page(&link(&ledger, "jaar=2026&soort=document")).await;
    assert!(causes.contains("document:notubiz:9101:9101001</a>"), "{causes}");
    assert!(causes.contains("<code>FAILED</code> De bron gaf geen antwoord."), "{causes}");
    assert_eq!(world.page("/dekking/atlantis").await.0.as_u16(), 404);
    assert_eq!(world.page("/dekking/middenland/gm1").await.0.as_u16(), 404);
}

#[tokio::test]
async fn the_ledger_is_told_in_graphql_and_its_days_are_kept() {
    let world = World::harvested(WORKER).await;
    let query = "{ coverage(code: \"GM9101\") { totalCount nodes { source state latest { held owed kinds { kind held } }
        days(first: 5) { day state } ledger { state owed period { first last } rows { year kind held verifiable }
        gaps(first: 5) { totalCount } } } } provinces { name authorities states { state count } held } }";
    let data = world.data(query, json!({})).await;
    let found = &data["coverage"]["nodes"][0];
    assert_eq!(found["source"], "waterdam");
    assert_eq!(found["days"].as_array().unwrap().len(), 1);
    assert_eq!(found["ledger"]["owed"], found["latest"]["owed"]);
    let rows = found["ledger"]["rows"].as_array().unwrap();
    let meetings =
        rows.iter().filter(|row| row["kind"] == "meeting" && row["year"] == 2026).collect::<Vec<_>>();
    assert!(meetings.len() == 1 && meetings.iter().all(|row| row["verifiable"] == true), "{meetings:?}");
    assert!(rows.iter().any(|row| row["verifiable"] == false), "an agenda cannot vouch for itself");
    let sum: u64 = rows.iter().map(|row| row["held"].as_u64().unwrap()).sum();
    assert_eq!(found["latest"]["held"], sum);
    assert!(data["provinces"].as_array().unwrap().iter().any(|it| it["name"] == "Middenland"));
}
