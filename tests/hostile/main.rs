//! The built program under hostile requests, over every transport: it stays up, in bounded memory.
#![allow(
    clippy::unwrap_used,
    clippy::print_stderr,
    clippy::allow_attributes,
    reason = "tests fail by panicking"
)]

mod http;
mod shapes;
mod socket;

use std::process::Command;

use http::{Answer, get, post, raw};
use raadhuis_tests::reader::Reader;
use shapes::{Shape, hostile_requests, hostile_shapes, nested_shapes};

/// The most resident memory that the program may ever have had, in bytes.
const MOST_MEMORY: u64 = 600 << 20;

/// The longest address that a link is tried with, in bytes: longer ones are refused by the server before anything is read.
const LONGEST_LINK: usize = 60_000;

#[test]
fn hostile_requests_over_every_transport_leave_the_program_up() {
    let data = tempfile::tempdir().unwrap();
    let mut demo = Command::new(env!("CARGO_BIN_EXE_raadhuis"));
    demo.args(["demo", "--port", "0", "--data", &data.path().display().to_string()]);
    let reader = Reader::start(demo);
    for shape in nested_shapes() {
        for answer in over_all_transports(&reader, &shape) {
            assert!(answer.contains("QUERY_TOO_LARGE"), "{}: {answer:.300}", shape.name);
        }
    }
    for shape in hostile_shapes() {
        for answer in over_all_transports(&reader, &shape) {
            // The demo is small: what is asked within the limits may be answered.
            assert!(!answer.contains("INTERNAL"), "{}: {answer:.300}", shape.name);
        }
    }
    for (name, request) in hostile_requests() {
        let Answer { status, body } = raw(&reader.address, &request);
        assert!(status != 500, "{name}: {status} {body:.300}");
        assert!(body.len() < 4 << 20, "{name}: {} bytes", body.len());
        assert_up(&reader, name);
    }
    for (name, messages) in shapes::hostile_messages() {
        socket::send_all(&reader.address, &messages);
        assert_up(&reader, name);
    }
    let most = reader.most_memory();
    eprintln!("the program had at most {} MB resident", most >> 20);
    assert!(most < MOST_MEMORY, "the program had {} MB resident", most >> 20);
    assert!(reader.stop().success());
}

/// Sends a shape by POST, as a link, as an event stream and over a WebSocket; the answers that came.
fn over_all_transports(reader: &Reader, shape: &Shape) -> Vec<String> {
    let address = &reader.address;
    let mut answers = vec![post(address, "/graphql", &shape.body()).body];
    answers.push(post(address, "/graphql/stream", &shape.body()).body);
    let link = shape.link();
    if link.len() < LONGEST_LINK {
        answers.push(get(address, &format!("/graphql?{link}")).body);
        answers.push(get(address, &format!("/graphql/stream?{link}")).body);
    }
    answers.extend(socket::subscribe(address, &shape.body()));
    assert_up(reader, shape.name);
    answers
}

fn assert_up(reader: &Reader, name: &str) {
    let answer = reader.ask("/healthz").unwrap_or_default();
    assert!(answer.starts_with("HTTP/1.1 200"), "{name}: the program is gone: {answer}");
}
