//! A data folder that version 517a3b3 wrote, taken over by this one: runs that were cut off, what is owed, rulings, takedowns, alerts,
//! an index, and the cursors of clients. `tests/folders/517a3b3.zip` holds it; `recorded.json` in it says what its clients had seen.

use std::{fs::File, path::Path};

use axum::http::StatusCode;
use raadhuis_tests::{World, dump, papers::paper_with_numbers};
use serde_json::{Value, json};
use sqlx::SqlitePool;
use tempfile::TempDir;

use crate::WORKER;

const RULED: &str = "document:notubiz:9101:9101002";
const TAKEN_DOWN: &str = "document:notubiz:9101:9101001";

/// The sources whose runs were cut off.
const CUT_OFF: [&str; 5] = ["duinstede", "heidekerk", "rietlanden", "veenhoven", "waterdam"];

/// The folder, as if it had been left an hour ago, and what its clients had seen.
async fn unpack() -> (TempDir, Value) {
    let archive = Path::new(env!("CARGO_MANIFEST_DIR")).join("folders/517a3b3.zip");
    let place = tempfile::tempdir().unwrap();
    zip::ZipArchive::new(File::open(archive).unwrap()).unwrap().extract(place.path()).unwrap();
    let recorded = std::fs::read(place.path().join("folder/recorded.json")).unwrap();
    let pool = SqlitePool::connect(&format!("sqlite:{}", place.path().join("folder/raadhuis.db").display()))
        .await
        .unwrap();
    let hour_ago = jiff::Timestamp::now().as_second() - 3600;
    // A run that was cut off more than a day ago is not taken up.
    sqlx::query("UPDATE run SET started = ?1 WHERE report IS NULL")
        .bind(hour_ago)
        .execute(&pool)
        .await
        .unwrap();
    pool.close().await;
    (place, serde_json::from_slice(&recorded).unwrap())
}

async fn total(world: &World, words: &str) -> u64 {
    let query = "query($words: String!) { search(query: $words) { entityCount } }";
    world.data(query, json!({"words": words})).await["search"]["entityCount"].as_u64().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_folder_of_an_older_version_is_taken_over_whole() {
    let (place, recorded) = unpack().await;
    let world = World::over(place, "folder", WORKER).await;
    world.country.lock().unwrap().put("documents/9101002-1.pdf", paper_with_numbers());
    let store = world.harvester.store.clone();
    world.keep_up().await;

    // What clients had seen, they see on from there.
    let cursor = recorded["changes"]["changes"]["cursor"].as_str().unwrap();
    let changes = world
        .data(
            "query($after: String!) { changes(after: $after, first: 100) { rows { cursor } } }",
            json!({"after": cursor}),
        )
        .await;
    let first: i64 = changes["changes"]["rows"][0]["cursor"].as_str().unwrap().parse().unwrap();
    assert!(first > cursor.parse::<i64>().unwrap());
    let end = &recorded["search"]["search"]["pageInfo"]["endCursor"];
    let query = "query($after: String) { search(query: \"brug OR raad OR de\", first: 100, after: $after) { totalCount edges { cursor } pageInfo { hasNextPage endCursor } } }";
    let (mut after, mut seen) = (end.clone(), 3);
    let total_count = loop {
        let page = world.data(query, json!({"after": after})).await["search"].clone();
        seen += page["edges"].as_array().unwrap().len() as u64;
        after = page["pageInfo"]["endCursor"].clone();
        if page["pageInfo"]["hasNextPage"] == false {
            break page["totalCount"].as_u64().unwrap();
        }
    };
    assert_eq!(seen, total_count, "{recorded}");
    let meetings = &recorded["meetings"]["authorities"]["nodes"][0]["meetings"];
    let query = "query($after: String!) { authorities(filter: {codes: [\"GM9101\"]}) { nodes { meetings(first: 100, after: $after) { nodes { id } } } } }";
    let rest = world.data(query, json!({"after": meetings["pageInfo"]["endCursor"]})).await;
    let rest = rest["authorities"]["nodes"][0]["meetings"]["nodes"].as_array().unwrap().len() as u64;
    assert_eq!(rest + 2, meetings["totalCount"].as_u64().unwrap());

    // Rulings, takedowns and the keys of alerts hold.
    assert_eq!((total(&world, "zilverreiger").await, total(&world, "roerdomp").await), (1, 1));
    assert_eq!(world.page(&format!("/id/{TAKEN_DOWN}")).await.0, StatusCode::GONE);
    let alert = "query($token: String!) { alert(token: $token) { name status } }";
    let manage = world.data(alert, json!({"token": recorded["keys"]["manage"]})).await;
    assert_eq!(manage["alert"]["name"], "fietsbrug");
    let confirm = "mutation($token: String!) { confirmAlert(token: $token) { alert { name } } }";
    let confirmed = world.data(confirm, json!({"token": recorded["keys"]["waiting"]})).await;
    assert_eq!(confirmed["confirmAlert"]["alert"]["name"], "water OR brug");

    // Runs that were cut off are finished, and not begun anew.
    let database = format!("sqlite:{}", world.data_folder().join("raadhuis.db").display());
    let pool = SqlitePool::connect(&database).await.unwrap();
    let open = "SELECT source, id FROM run WHERE report IS NULL ORDER BY source";
    let open_runs: Vec<(String, i64)> = sqlx::query_as(open).fetch_all(&pool).await.unwrap();
    assert_eq!(open_runs.iter().map(|(source, _)| source.as_str()).collect::<Vec<_>>(), CUT_OFF);
    for (source, run) in &open_runs {
        let report = world.harvest(source).await;
        assert_eq!(report.run, *run, "{source}");
    }
    let open_runs: Vec<(String, i64)> = sqlx::query_as(open).fetch_all(&pool).await.unwrap();
    assert_eq!(open_runs, []);
    let open_tasks: i64 =
        sqlx::query_scalar("SELECT count(*) FROM task WHERE open").fetch_one(&pool).await.unwrap();
    assert_eq!(open_tasks, 0);

    // The archive read again gives nothing new, and everything stands as if this version had harvested it.
    world.harvest_all().await;
    let end = world.end().await;
    for source in world.harvester.catalogue.sources() {
        world.reread(source).await;
    }
    assert_eq!(world.changes(end).await, []);
    let fresh = World::new(WORKER).await;
    fresh.country.lock().unwrap().put("documents/9101002-1.pdf", paper_with_numbers());
    fresh.harvest_all().await;
    fresh.harvest_all().await;
    let of_others = |line: &String| {
        !line.contains(TAKEN_DOWN.trim_start_matches("document:"))
            && !line.contains(RULED.trim_start_matches("document:"))
    };
    let kept: Vec<String> = dump(&store).await.into_iter().filter(of_others).collect();
    let expected: Vec<String> = dump(&fresh.harvester.store).await.into_iter().filter(of_others).collect();
    let differing: Vec<_> = kept
        .iter()
        .filter(|it| !expected.contains(it))
        .chain(expected.iter().filter(|it| !kept.contains(it)))
        .collect();
    assert_eq!(differing, [] as [&String; 0]);
    assert_eq!((total(&world, "zilverreiger").await, total(&world, "roerdomp").await), (1, 1));
    assert_eq!(world.page(&format!("/id/{TAKEN_DOWN}")).await.0, StatusCode::GONE);
}
