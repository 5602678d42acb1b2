//! A reader over a folder that was harvested with another catalogue shows what is there.

use std::sync::Arc;

use raadhuis_api::{Site, build_router};
use raadhuis_schema::Directory;
use raadhuis_tests::World;
use serde_json::{Value, json};
use tower::ServiceExt;

use crate::WORKER;

/// What a reader with this catalogue answers.
async fn ask(world: &World, directory: Directory, query: &str) -> Value {
    let library = raadhuis_api::Library { directory: Arc::new(directory), ..world.library() };
    let request = axum::http::Request::post("/graphql").header("content-type", "application/json");
    let request = request.body(axum::body::Body::from(json!({"query": query}).to_string())).unwrap();
    let answer = build_router(library, Site::default()).oneshot(request).await.unwrap();
    let bytes = axum::body::to_bytes(answer.into_body(), 1 << 20).await.unwrap();
    let answer: Value = serde_json::from_slice(&bytes).unwrap();
    assert!(answer.get("errors").is_none(), "{answer}");
    answer["data"].clone()
}

const QUERY: &str = "{ authorities(filter: {available: true}) { nodes { code available lastHarvest } }
    coverage { nodes { code source state latest { held } ledger { verifiable state } days { held } } }
    sources { key state } }";

#[tokio::test]
async fn what_another_catalogue_named_is_available_and_covered() {
    let world = World::harvested(WORKER).await;
    let own = ask(&world, Directory::clone(&world.library().directory), QUERY).await;
    let foreign = ask(&world, Directory::default(), QUERY).await;
    let available = |data: &Value| data["authorities"]["nodes"].clone();
    assert!(available(&own).as_array().unwrap().len() >= 2, "{own}");
    assert_eq!(available(&own), available(&foreign));
    let covered = |data: &Value| -> Vec<Value> {
        let nodes = data["coverage"]["nodes"].as_array().unwrap().iter();
        nodes.filter(|it| !it["latest"].is_null()).cloned().collect()
    };
    assert!(covered(&own).len() >= 2, "{own}");
    assert_eq!(covered(&own), covered(&foreign));
    assert_eq!(own["sources"], foreign["sources"]);
}

#[tokio::test]
async fn an_authority_of_which_nothing_is_held_is_not_available() {
    let world = World::new(WORKER).await;
    let directory = || Directory::clone(&world.library().directory);
    let count = "{ authorities(filter: {available: false}) { totalCount } }";
    // A register names the councillors of all, and has no papers.
    world.harvest("organisaties-overheid").await;
    let available = "{ authorities(filter: {available: true}) { totalCount } }";
    assert_eq!(ask(&world, directory(), available).await["authorities"]["totalCount"], 0);
    let before = ask(&world, directory(), count).await["authorities"]["totalCount"].as_u64().unwrap();
    let chosen = "{ search(query: \"\", filter: {authorities: [\"GM9107\"]}, facets: [AUTHORITY]) {
        facets { values { value label } } } }";
    let chosen = ask(&world, directory(), chosen).await;
    let values = chosen["search"]["facets"][0]["values"].as_array().unwrap();
    assert!(values.iter().all(|it| !it["label"].as_str().unwrap().starts_with("authority:")), "{chosen}");
    world.harvest("waterdam").await;
    let after = ask(&world, directory(), count).await["authorities"]["totalCount"].as_u64().unwrap();
    assert_eq!(after, before - 1);
}
