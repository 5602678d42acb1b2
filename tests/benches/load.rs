//! What five screens of apps cost under load, against a bare handler that returns the same bytes: requests a second and p99, by `wrk`,
//! on one machine, one after the other.
//!
//! `cargo bench -p raadhuis-tests --bench load`; it needs `wrk` (Debian: `apt-get install wrk`) and says so.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::allow_attributes,
    missing_docs,
    reason = "a benchmark fails by panicking, and prints its figures"
)]

use std::{net::SocketAddr, process::Command};

use axum::{Router, http::header, routing::post};
use raadhuis_api::{Site, build_router};
use raadhuis_tests::World;
use serde_json::{Value, json};
use tokio::net::TcpListener;

/// The program that reads documents.
const WORKER: &str = env!("CARGO_BIN_EXE_extract-worker");

/// Seconds of each measurement, after one to warm up.
const SECONDS: &str = "5s";

/// How many ask at once.
const CLIENTS: &str = "16";

fn screens() -> Vec<(&'static str, &'static str, Value)> {
    macro_rules! screen {
        ($file:literal, $variables:tt) => {
            ($file, include_str!(concat!("../../api/queries/screens/", $file, ".graphql")), json!($variables))
        };
    }
    vec![
        screen!("04-filter-panel", {"text": "fietsbrug"}),
        screen!("05-result-list", {"text": "fietsbrug"}),
        screen!("12-personalise", {}),
        screen!("14-reading-aid", {"id": "document:notubiz:9101:9101001"}),
        screen!("17-meeting-page", {"id": "meeting:notubiz:9101:910103"}),
    ]
}

/// Serves without counting who asks: a visitor without an address has no bucket.
async fn serve(app: Router) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move { axum::serve(listener, app).await });
    address
}

/// Requests a second and the 99th percentile in milliseconds.
async fn measured(address: SocketAddr, script: String) -> (f64, f64) {
    let run = tokio::task::spawn_blocking(move || {
        let url = format!("http://{address}/graphql");
        let wrk = |seconds: &str| {
            let output = Command::new("wrk")
                .args(["-t1", "-c", CLIENTS, "-d", seconds, "--latency", "-s", &script, &url])
                .output()
                .unwrap();
            String::from_utf8(output.stdout).unwrap()
        };
        wrk("1s");
        wrk(SECONDS)
    });
    let said = run.await.unwrap();
    assert!(!said.contains("Non-2xx"), "{said}");
    let word = |start: &str| {
        let line = said.lines().find_map(|line| line.trim().strip_prefix(start));
        line.unwrap_or_else(|| panic!("{start} in {said}")).trim().to_owned()
    };
    (word("Requests/sec:").parse().unwrap(), milliseconds(&word("99%")))
}

fn milliseconds(text: &str) -> f64 {
    let (number, unit) = text.split_at(text.find(|c: char| c.is_alphabetic()).unwrap());
    let number: f64 = number.parse().unwrap();
    match unit {
        "us" => number / 1000.0,
        "ms" => number,
        "s" => number * 1000.0,
        other => panic!("{other}"),
    }
}

#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
async fn main() {
    if Command::new("wrk").arg("-v").output().is_err() {
        println!("wrk is not installed (Debian: apt-get install wrk)");
        return;
    }
    let world = World::harvested(WORKER).await;
    let ours = serve(build_router(world.library(), Site::default())).await;
    let folder = tempfile::tempdir().unwrap();
    println!(
        "{:<18} {:>7} | {:>9} {:>9} | {:>9} {:>9} | ratio of requests",
        "screen", "bytes", "ours/s", "p99 ms", "bare/s", "p99 ms"
    );
    for (name, query, variables) in screens() {
        let body = json!({"query": query, "variables": variables}).to_string();
        let script = folder.path().join("post.lua");
        let lua = format!(
            "wrk.method = 'POST'\nwrk.body = [==[{body}]==]\nwrk.headers['Content-Type'] = 'application/json'\n"
        );
        std::fs::write(&script, lua).unwrap();
        let script = script.display().to_string();
        let answer = world.ask(query, variables).await.to_string();
        let length = answer.len();
        let bare = Router::new().route(
            "/graphql",
            post(move |_: String| {
                let answer = answer.clone();
                async move { ([(header::CONTENT_TYPE, "application/json")], answer) }
            }),
        );
        let bare = serve(bare).await;
        let (rate, p99) = measured(ours, script.clone()).await;
        let (bare_rate, bare_p99) = measured(bare, script).await;
        println!(
            "{name:<18} {length:>7} | {rate:>9.0} {p99:>9.2} | {bare_rate:>9.0} {bare_p99:>9.2} | 1 : {:.1}",
            bare_rate / rate
        );
    }
}
