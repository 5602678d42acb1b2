//! Requests over a connection of their own, with a key, so that the rate is no limit.

use std::{
    io::{Read, Write},
    net::TcpStream,
    time::Duration,
};

use raadhuis_tests::reader::KEY;

/// The longest wait for the next bytes of an answer. Who waits longer gave up; the program must still be up.
const PATIENCE: Duration = Duration::from_mins(1);

/// The most bytes of an answer that are read.
const MOST_BYTES: u64 = 8 << 20;

/// An answer; status 0 where the server ended the connection without one.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub body: String,
}

/// Asks an address.
pub fn get(address: &str, path: &str) -> Answer {
    raw(address, format!("GET {path} HTTP/1.1\r\n{}\r\n", headers()).as_bytes())
}

/// Sends JSON to an address.
pub fn post(address: &str, path: &str, body: &str) -> Answer {
    let head = format!(
        "POST {path} HTTP/1.1\r\n{}content-type: application/json\r\ncontent-length: {}\r\n\r\n",
        headers(),
        body.len()
    );
    raw(address, &[head.as_bytes(), body.as_bytes()].concat())
}

/// The headers of every request.
pub fn headers() -> String {
    format!("host: x\r\nauthorization: Bearer {KEY}\r\nconnection: close\r\n")
}

/// Sends any bytes.
pub fn raw(address: &str, request: &[u8]) -> Answer {
    let mut stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    // A server that refuses early may close before everything was sent; what it said can still be read.
    let _ = stream.write_all(request);
    let mut bytes = Vec::new();
    let _ = stream.take(MOST_BYTES).read_to_end(&mut bytes);
    let text = String::from_utf8_lossy(&bytes);
    let status = text.get(9..12).and_then(|status| status.parse().ok()).unwrap_or_default();
    let body = text.split_once("\r\n\r\n").map(|(_, body)| body.to_owned()).unwrap_or_default();
    Answer { status, body }
}
