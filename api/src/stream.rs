//! GraphQL subscriptions: over a WebSocket (`graphql-transport-ws`), and as server-sent events (GraphQL over SSE, one connection for
//! each).

use std::{convert::Infallible, time::Duration};

use async_graphql::{Data, Executor, Request};
use async_graphql_axum::{GraphQLProtocol, GraphQLWebSocket};
use axum::{
    Extension, Json,
    extract::{RawQuery, State, WebSocketUpgrade, rejection::JsonRejection},
    http::{HeaderName, HeaderValue, StatusCode},
    response::{
        IntoResponse, Response,
        sse::{Event, KeepAlive, Sse},
    },
};
use futures::{StreamExt, stream};
use serde_json::json;

use crate::{App, graphql, middleware::visitor::Visitor, problem::problem};

/// The WebSocket subprotocols that the server accepts.
const PROTOCOLS: [&str; 2] = ["graphql-transport-ws", "graphql-ws"];

/// The largest WebSocket message that is accepted, in bytes.
const LARGEST_MESSAGE: usize = 256 << 10;

/// A WebSocket is closed when its client sends nothing for this time, not even a ping.
const SILENCE: Duration = Duration::from_mins(2);

/// The interval between keep-alive comments in an event stream.
const HEARTBEAT: Duration = Duration::from_secs(15);

/// Handles subscriptions over a WebSocket.
pub async fn serve_socket(
    State(app): State<App>,
    visitor: Option<Extension<Visitor>>,
    protocol: GraphQLProtocol,
    upgrade: WebSocketUpgrade,
) -> Response {
    let mut data = Data::default();
    data.insert(graphql::limits::OnlyFollows);
    if let Some(Extension(visitor)) = visitor {
        data.insert(visitor);
    }
    upgrade.protocols(PROTOCOLS).max_message_size(LARGEST_MESSAGE).on_upgrade(move |socket| {
        let schema = graphql::CodedSchema(app.schema);
        GraphQLWebSocket::new(socket, schema, protocol).with_data(data).keepalive_timeout(SILENCE).serve()
    })
}

/// Handles a subscription in the address, answered as server-sent events.
pub async fn events_get(
    State(app): State<App>,
    visitor: Option<Extension<Visitor>>,
    RawQuery(query): RawQuery,
) -> Response {
    match async_graphql::http::parse_query_string(query.as_deref().unwrap_or_default()) {
        Ok(request) => stream_events(&app, request, visitor),
        Err(why) => refuse_request(&format!("the address holds no GraphQL request: {why}")),
    }
}

/// Handles a subscription in the body, answered as server-sent events.
pub async fn events_post(
    State(app): State<App>,
    visitor: Option<Extension<Visitor>>,
    body: Result<Json<Request>, JsonRejection>,
) -> Response {
    match body {
        Ok(Json(request)) => stream_events(&app, request, visitor),
        Err(why) => refuse_request(&format!("the body holds no GraphQL request: {why}")),
    }
}

fn stream_events(app: &App, request: Request, visitor: Option<Extension<Visitor>>) -> Response {
    let request = Visitor::attach_to(visitor, request.data(graphql::limits::OnlyFollows));
    let next = graphql::CodedSchema(app.schema.clone()).execute_stream(request, None).map(|response| {
        Event::default()
            .event("next")
            .json_data(response)
            .unwrap_or_else(|_| Event::default().comment("lost"))
    });
    let complete = stream::once(async { Event::default().event("complete").data("") });
    let events = Sse::new(next.chain(complete).map(Ok::<_, Infallible>));
    let mut answer = events.keep_alive(KeepAlive::new().interval(HEARTBEAT)).into_response();
    // Tells a buffering proxy to pass events on at once.
    answer.headers_mut().insert(HeaderName::from_static("x-accel-buffering"), HeaderValue::from_static("no"));
    answer
}

fn refuse_request(why: &str) -> Response {
    problem(StatusCode::BAD_REQUEST, "this cannot be answered", json!({"detail": why}))
}
