//! Serving and working in one process: what Prometheus sees, and a stop that is not in the way.

use std::{
    io::{Read, Write},
    net::TcpStream,
    time::Instant,
};

use raadhuis_fixtures::sim::faults::Faults;
use raadhuis_tests::{PATIENCE, reader::Reader};

use crate::land::{Land, first_day};

#[test]
fn up_serves_its_numbers_while_it_works_and_stops_soon_when_it_is_told_to() {
    // At the real pace: it is at work for minutes, and is stopped in the middle.
    let land = Land::grow(19, 6, 1.0, Faults::default());
    let data = tempfile::tempdir().unwrap();
    let since = first_day().to_string();
    let command = land.command(&["up", "--port", "0", "--since", &since], data.path());
    let reader = Reader::start(land.visit(command));
    let began = Instant::now();
    let numbers = loop {
        let numbers = reader.get("/metrics");
        let is_asking = numbers.contains("raadhuis_requests_total{");
        assert!(is_asking || began.elapsed() < PATIENCE, "{numbers}");
        if is_asking {
            break numbers;
        }
    };
    for expected in [
        "text/plain; version=0.0.4",
        "# TYPE raadhuis_requests_total counter",
        "outcome=\"200\"",
        ".localhost\"",
        "raadhuis_queue_length{queue=\"questions\"}",
        "state=\"never harvested\"} 1",
        "raadhuis_source_last_success_timestamp_seconds{",
        "raadhuis_follower_lag_changes{follower=\"index\"}",
    ] {
        assert!(numbers.contains(expected), "{expected} in {numbers}");
    }
    assert!(
        reader.get("/dekking").contains("Nooit geoogst") || reader.get("/dekking").contains("nooit geoogst")
    );
    // A visitor who never ends a question is not waited for until it is answered that this took too long.
    let mut dawdler = TcpStream::connect(&reader.address).unwrap();
    write!(
        dawdler,
        "POST /graphql HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 10\r\n\r\n{{"
    )
    .unwrap();
    assert!(reader.stop().success());
    let mut answer = Vec::new();
    let _ = dawdler.read_to_end(&mut answer);
    assert!(answer.is_empty(), "{}", String::from_utf8_lossy(&answer));
    let questions: Vec<_> =
        land.look().counter.counted().into_iter().filter(|it| it.fullest > it.budget).collect();
    assert!(questions.is_empty(), "{questions:?}");
}
