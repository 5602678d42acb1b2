//! A client of `graphql-transport-ws` that does not behave.

use std::{net::TcpStream, time::Duration};

use tokio_tungstenite::tungstenite::{
    Message, WebSocket, client, client::IntoClientRequest, handshake::client::Response,
};

/// The longest wait for a message.
const PATIENCE: Duration = Duration::from_mins(1);

/// Subscribes with a request, and returns the first message about it, unless the server ends the connection.
pub fn subscribe(address: &str, request: &str) -> Option<String> {
    let mut socket = open(address)?;
    socket.send(Message::text(r#"{"type":"connection_init"}"#)).ok()?;
    socket.read().ok()?;
    socket.send(Message::text(format!(r#"{{"id":"1","type":"subscribe","payload":{request}}}"#))).ok()?;
    // A subscription that was taken says nothing until something changes.
    socket.send(Message::text(r#"{"type":"ping"}"#)).ok()?;
    loop {
        match socket.read().ok()? {
            Message::Text(text) if text.contains("pong") => {}
            Message::Text(text) => return Some(text.to_string()),
            Message::Close(_) => return None,
            _ => {}
        }
    }
}

/// Sends messages as they are, and reads until the server ends the connection or answers a ping behind them.
pub fn send_all(address: &str, messages: &[Message]) {
    let Some(mut socket) = open(address) else { return };
    for message in messages {
        if socket.send(message.clone()).is_err() {
            return;
        }
    }
    let _ = socket.send(Message::Ping("end".into()));
    while let Ok(message) = socket.read() {
        if matches!(&message, Message::Pong(_) | Message::Close(_)) {
            return;
        }
    }
}

fn open(address: &str) -> Option<WebSocket<TcpStream>> {
    let mut request = format!("ws://{address}/graphql/ws").into_client_request().ok()?;
    request.headers_mut().insert("sec-websocket-protocol", "graphql-transport-ws".parse().ok()?);
    request
        .headers_mut()
        .insert("authorization", format!("Bearer {}", raadhuis_tests::reader::KEY).parse().ok()?);
    let stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    let opened: (WebSocket<TcpStream>, Response) = client::client(request, stream).ok()?;
    Some(opened.0)
}
