//! Subscriptions: over a WebSocket and as server-sent events, while something is harvested.

use axum::{
    body::{Body, BodyDataStream},
    http::{Request, StatusCode},
};
use futures::{SinkExt, StreamExt};
use raadhuis_api::{Site, build_router};
use raadhuis_tests::World;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio_tungstenite::{
    connect_async,
    tungstenite::{Message, client::IntoClientRequest},
};

use crate::WORKER;

const LIVE: &str = include_str!("../../api/queries/screens/18-live-updates.graphql");

/// Reads events until one ends, and gives its data.
async fn next_event(body: &mut BodyDataStream, seen: &mut String) -> (String, String) {
    loop {
        if let Some((event, rest)) = seen.split_once("\n\n") {
            let field = |name: &str| {
                event.lines().find_map(|line| line.strip_prefix(name)).unwrap_or_default().trim().to_owned()
            };
            let found = (field("event:"), field("data:"));
            let rest = rest.to_owned();
            *seen = rest;
            if !found.0.is_empty() {
                return found;
            }
            continue;
        }
        seen.push_str(std::str::from_utf8(&body.next().await.unwrap().unwrap()).unwrap());
    }
}

#[tokio::test]
async fn what_is_harvested_comes_as_events_to_who_asked_for_it() {
    let world = World::new(WORKER).await;
    world.broadcast();
    world.harvest("middenland").await;
    let variables = json!({"text": "fietsbrug", "filter": {"kinds": ["DOCUMENT"]}, "newOnly": false});
    let asked = json!({"query": LIVE, "variables": variables}).to_string();
    // The schema of one reader: what follows live is shared by all who ask it.
    let app = build_router(world.library(), Site::default());
    let post = |body: String| {
        let request = Request::post("/graphql/stream").header("content-type", "application/json");
        tower::ServiceExt::oneshot(app.clone(), request.body(Body::from(body)).unwrap())
    };
    let answer = post(asked).await.unwrap();
    assert_eq!(answer.status(), StatusCode::OK);
    assert_eq!(answer.headers()["content-type"], "text/event-stream");
    let (mut body, mut seen) = (answer.into_body().into_data_stream(), String::new());
    let mut told = Vec::new();
    let harvesting = async {
        world.harvest("waterdam").await;
    };
    let reading = async {
        while told.len() < 2 {
            let (event, data) = next_event(&mut body, &mut seen).await;
            assert_eq!(event, "next");
            let data: Value = serde_json::from_str(&data).unwrap();
            told.push(data["data"]["changed"].clone());
        }
    };
    tokio::join!(harvesting, reading);
    for change in &told {
        assert_eq!(
            (&change["node"]["__typename"], &change["node"]["authority"]["name"]),
            (&json!("Document"), &json!("Waterdam"))
        );
    }
    let cursors: Vec<i64> = told.iter().map(|it| it["cursor"].as_str().unwrap().parse().unwrap()).collect();
    assert!(cursors.is_sorted() && told[0]["action"] == "CREATED", "{told:?}");
    // What is no subscription is answered once, and what cannot be understood with a reason.
    for (query, piece) in [
        ("{ __typename }", "SUBSCRIPTIONS_ONLY"),
        ("mutation { deleteAlert(token: \"x\") }", "SUBSCRIPTIONS_ONLY"),
        ("subscription { nothing }", "GRAPHQL_VALIDATION_FAILED"),
    ] {
        let answer = post(json!({"query": query}).to_string()).await.unwrap();
        let (mut body, mut seen) = (answer.into_body().into_data_stream(), String::new());
        assert!(next_event(&mut body, &mut seen).await.1.contains(piece), "{query}");
        assert_eq!(next_event(&mut body, &mut seen).await.0, "complete");
    }
    let refused = post("{".into()).await.unwrap();
    assert_eq!(refused.status(), StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn the_same_comes_over_a_websocket_to_several() {
    let world = World::new(WORKER).await;
    world.broadcast();
    world.harvest("middenland").await;
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let app = build_router(world.library(), Site { api_keys: vec!["proef".into()], ..Site::default() });
    tokio::spawn(raadhuis_api::serve(listener, app, std::future::pending()));
    let open = async |filter: Value| {
        let mut request = format!("ws://{address}/graphql/ws").into_client_request().unwrap();
        request.headers_mut().insert("sec-websocket-protocol", "graphql-transport-ws".parse().unwrap());
        let (mut socket, answer) = connect_async(request).await.unwrap();
        assert_eq!(answer.headers()["sec-websocket-protocol"], "graphql-transport-ws");
        let send = |message: Value| Message::text(message.to_string());
        socket.send(send(json!({"type": "connection_init"}))).await.unwrap();
        let hello: Value =
            serde_json::from_str(socket.next().await.unwrap().unwrap().to_text().unwrap()).unwrap();
        assert_eq!(hello["type"], "connection_ack");
        let payload = json!({"query": LIVE, "variables": {"filter": filter, "newOnly": true}});
        socket.send(send(json!({"id": "1", "type": "subscribe", "payload": payload}))).await.unwrap();
        // Questions between, which are refused with a code: when they are, what was asked before is followed.
        for (id, query, code) in [
            ("2", "subscription { nothing }", "GRAPHQL_VALIDATION_FAILED"),
            ("3", "{ __typename }", "SUBSCRIPTIONS_ONLY"),
        ] {
            let payload = json!({"query": query});
            socket.send(send(json!({"id": id, "type": "subscribe", "payload": payload}))).await.unwrap();
            loop {
                let message: Value =
                    serde_json::from_str(socket.next().await.unwrap().unwrap().to_text().unwrap()).unwrap();
                if message["id"] == id {
                    assert!(message.to_string().contains(code), "{message}");
                    break;
                }
            }
        }
        socket
    };
    let mut sockets = Vec::new();
    for kind in ["MEETING", "MOTION", "MEETING"] {
        sockets.push((kind, open(json!({"kinds": [kind], "authorities": ["GM9101"]})).await));
    }
    world.harvest("waterdam").await;
    for (kind, mut socket) in sockets {
        let counted = format!(
            "{{ search(query: \"\", filter: {{kinds: [{kind}], authorities: [\"GM9101\"]}}) {{ entityCount }} }}"
        );
        let expected = world.data(&counted, json!({})).await["search"]["entityCount"].as_u64().unwrap();
        let mut ids = std::collections::BTreeSet::new();
        while (ids.len() as u64) < expected {
            let message: Value =
                serde_json::from_str(socket.next().await.unwrap().unwrap().to_text().unwrap()).unwrap();
            if message["id"] != "1" {
                continue;
            }
            assert_eq!(message["type"], "next", "{message}");
            let change = &message["payload"]["data"]["changed"];
            assert!(ids.insert(change["node"]["id"].to_string()), "{change} comes twice");
        }
        assert!(expected > 0);
    }
}
