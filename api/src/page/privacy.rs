//! What is kept of whom and how to have it removed; and what there is for programs.

use axum::{extract::State, http::StatusCode, response::Response};
use serde_json::json;

use super::{pour, record::record};
use crate::App;

/// The page about privacy.
pub async fn page(State(app): State<App>) -> Response {
    pour(&app.site, StatusCode::OK, "privacy.html", record("", &json!({})))
}

/// The page that explains what programs may ask.
pub async fn addresses(State(app): State<App>) -> Response {
    pour(&app.site, StatusCode::OK, "addresses.html", record("", &json!({})))
}
