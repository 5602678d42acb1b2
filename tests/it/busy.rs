//! A store that is busy: another process holds its only writer in the middle of a crawl.

use std::{sync::Arc, time::Duration};

use raadhuis_fixtures::PERIOD;
use raadhuis_harvester::Progress;
use raadhuis_schema::Verdict;
use raadhuis_tests::{PATIENCE, World, dump};
use sqlx::{Connection, SqliteConnection};
use tokio::task::JoinSet;

use crate::WORKER;

/// One source of each supplier.
const SOURCES: [&str; 4] = ["waterdam", "heidekerk", "duinstede", "veenhoven"];

/// Holds the writer of a database for a second, some times.
async fn hold_writer(database: String, times: u32) {
    let mut connection = SqliteConnection::connect(&database).await.unwrap();
    sqlx::query("PRAGMA busy_timeout = 60000").execute(&mut connection).await.unwrap();
    for _ in 0..times {
        sqlx::query("BEGIN IMMEDIATE").execute(&mut connection).await.unwrap();
        tokio::time::sleep(Duration::from_secs(1)).await;
        sqlx::query("COMMIT").execute(&mut connection).await.unwrap();
        tokio::time::sleep(Duration::from_millis(300)).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn four_crawls_go_on_when_the_writer_was_held_for_a_second() {
    let quiet = World::new(WORKER).await;
    for source in SOURCES {
        quiet.harvest(source).await;
    }
    let busy = World::new(WORKER).await;
    let database = format!("sqlite:{}", busy.data_folder().join("raadhuis.db").display());
    let holding = tokio::spawn(hold_writer(database, 3));
    let World { harvester, followers, folder, .. } = busy;
    let harvester = Arc::new(harvester);
    let mut crawls = JoinSet::new();
    for key in SOURCES {
        let harvester = Arc::clone(&harvester);
        crawls.spawn(async move {
            let source = harvester.catalogue.get(key).unwrap().clone();
            harvester.harvest(&source, PERIOD.parse().unwrap(), Arc::new(Progress::default())).await.unwrap()
        });
    }
    let finish = async {
        while let Some(report) = crawls.join_next().await {
            let report = report.unwrap();
            assert_eq!(report.verdict, Verdict::Healthy, "{}", report.source);
        }
        holding.await.unwrap();
        followers.catch_up().await.unwrap();
    };
    tokio::time::timeout(PATIENCE, finish).await.expect("the crawls hang");
    assert_eq!(dump(&harvester.store).await, dump(&quiet.harvester.store).await);
    drop(folder);
}
