//! Error answers outside GraphQL: problem details (RFC 9457).

use axum::{
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use serde_json::{Value, json};

/// A problem; the fields of `more` are added to its body.
pub fn problem(status: StatusCode, title: &str, more: Value) -> Response {
    let mut body = json!({"type": "about:blank", "title": title, "status": status.as_u16()});
    if let (Some(body), Value::Object(more)) = (body.as_object_mut(), more) {
        body.extend(more);
    }
    let kind = [(header::CONTENT_TYPE, "application/problem+json")];
    (status, kind, body.to_string()).into_response()
}

/// The problem for a request with wrong arguments.
pub fn bad_request(why: &str) -> Response {
    problem(StatusCode::BAD_REQUEST, "the question cannot be answered", json!({"detail": why}))
}

/// The problem for an internal error. Its cause goes to the log only.
pub fn internal_error(why: &dyn std::fmt::Display) -> Response {
    tracing::error!(error = %why, "a question could not be answered");
    problem(StatusCode::INTERNAL_SERVER_ERROR, "the answer could not be read", json!({}))
}
