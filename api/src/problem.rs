//! Errors of everything that is no graph, after RFC 9457.

use axum::{
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use serde_json::{Value, json};

/// An error with what more there is to say of it.
pub fn problem(status: StatusCode, title: &str, more: Value) -> Response {
    let mut body = json!({"type": "about:blank", "title": title, "status": status.as_u16()});
    if let (Some(body), Value::Object(more)) = (body.as_object_mut(), more) {
        body.extend(more);
    }
    let kind = [(header::CONTENT_TYPE, "application/problem+json")];
    (status, kind, body.to_string()).into_response()
}

/// A question that cannot be answered, and why.
pub fn refused(why: &str) -> Response {
    problem(StatusCode::BAD_REQUEST, "the question cannot be answered", json!({"detail": why}))
}

/// Something of ours is broken. What it is stands in the log.
pub fn broken(why: &dyn std::fmt::Display) -> Response {
    tracing::error!(error = %why, "a question could not be answered");
    problem(StatusCode::INTERNAL_SERVER_ERROR, "the answer could not be read", json!({}))
}
