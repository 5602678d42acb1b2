//! The GraphQL explorer: our own page, which sends requests to `/graphql` only.

use axum::Json;
use serde_json::{Value, json};

pub const PAGE: &str = include_str!("../../assets/explorer.html");

/// An example: title, query and variables.
macro_rules! example {
    ($title:literal, $file:literal, $variables:literal) => {
        ($title, include_str!(concat!("../../queries/", $file, ".graphql")), $variables)
    };
}

/// The example queries, with variables that work on the demo's data: first steps, and the screens of apps.
pub const EXAMPLES: [(&str, &str, &str); 18] = [
    example!(
        "Zoeken met vindplaats",
        "examples/search",
        r#"{"query": "vrijliggend fietspad", "filter": {"kinds": ["DOCUMENT"]}}"#
    ),
    example!("De laatste vergaderingen", "examples/meetings", "{}"),
    example!(
        "Een vergadering met haar agenda",
        "examples/agenda",
        r#"{"id": "meeting:notubiz:9101:910103"}"#
    ),
    example!("Bronnen en hun laatste oogst", "examples/sources", "{}"),
    example!("Scherm 1: overheden op naam", "screens/01-municipality-list", r#"{"match": "wterdam"}"#),
    example!("Scherm 4: filters met aantallen", "screens/04-filter-panel", r#"{"text": "fietsbrug"}"#),
    example!("Scherm 5: resultaten", "screens/05-result-list", r#"{"text": "fietsbrug"}"#),
    example!(
        "Scherm 7: wat een melding zou vertellen",
        "screens/07-alert-dialog",
        r#"{"text": "fietsbrug"}"#
    ),
    example!(
        "Scherm 8: wat er sindsdien bij kwam",
        "screens/08-alert-landing",
        r#"{"text": "fietsbrug", "since": "2026-01-01T00:00:00+01:00"}"#
    ),
    example!(
        "Scherm 10: stukken achter een nieuwsbericht",
        "screens/10-news-side-panel",
        r#"{"article": {"title": "Fietsbrug Oude Haven", "text": "Krediet voor de aanlanding van de beweegbare fietsbrug bij de sluis."}}"#
    ),
    example!(
        "Scherm 11: tellen voor een voorpagina",
        "screens/11-news-overview-icons",
        r#"{"articles": [{"id": "a", "article": {"title": "Fietsbrug Oude Haven", "text": "Krediet voor de aanlanding van de beweegbare fietsbrug bij de sluis."}}]}"#
    ),
    example!("Scherm 12: overheden met stukken", "screens/12-personalise", "{}"),
    example!(
        "Scherm 13: woorden van de maand",
        "screens/13-trends-widget",
        r#"{"month": "2026-03", "term": "fietsbrug"}"#
    ),
    example!(
        "Scherm 14: een stuk met zijn afkortingen",
        "screens/14-reading-aid",
        r#"{"id": "document:notubiz:9101:9101001"}"#
    ),
    example!(
        "Scherm 16: een straat",
        "screens/16-street-page",
        r#"{"street": "\"Kastanjelaan\"", "authorities": ["GM9101"]}"#
    ),
    example!(
        "Scherm 17: een vergadering met moties en stemmen",
        "screens/17-meeting-page",
        r#"{"id": "meeting:notubiz:9101:910103"}"#
    ),
    example!("Scherm 19: een zoekvraag volgen", "screens/19-feed", r#"{"text": "fietsbrug"}"#),
    example!(
        "Scherm 20: wijzigingen bijhouden",
        "screens/20-bulk",
        r#"{"authorities": ["GM9101"], "kinds": ["meeting"]}"#
    ),
];

/// Handler that lists the examples for the explorer.
#[expect(clippy::expect_used, reason = "the examples are constants")]
pub async fn send_examples() -> Json<Value> {
    let all = EXAMPLES.iter().map(|(title, query, variables)| {
        let variables: Value = serde_json::from_str(variables).expect("the variables of an example are JSON");
        json!({"title": title, "query": query, "variables": variables})
    });
    Json(all.collect())
}
