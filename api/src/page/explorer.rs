//! The explorer: a page of our own that talks to `/graphql` and to nobody else.

use axum::Json;
use serde_json::{Value, json};

/// The page.
pub const PAGE: &str = include_str!("../../assets/explorer.html");

/// The example queries, each with values that work on the demo's country.
pub const EXAMPLES: [(&str, &str, &str); 4] = [
    (
        "Zoeken met vindplaats",
        include_str!("../../queries/examples/search.graphql"),
        r#"{"query": "vrijliggend fietspad", "filter": {"kinds": ["DOCUMENT"]}}"#,
    ),
    ("De laatste vergaderingen", include_str!("../../queries/examples/meetings.graphql"), "{}"),
    (
        "Een vergadering met haar agenda",
        include_str!("../../queries/examples/agenda.graphql"),
        r#"{"id": "meeting:notubiz:9101:910103"}"#,
    ),
    ("Bronnen en hun laatste oogst", include_str!("../../queries/examples/sources.graphql"), "{}"),
];

/// The example queries as the explorer wants them.
pub async fn examples() -> Json<Value> {
    let all = EXAMPLES.iter().map(|(title, query, variables)| {
        let variables: Value = serde_json::from_str(variables).unwrap_or_default();
        json!({"title": title, "query": query, "variables": variables})
    });
    Json(all.collect())
}
