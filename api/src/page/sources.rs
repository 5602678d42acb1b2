//! The page of the sources with their last run.

use axum::{extract::State, http::StatusCode, response::Response};
use serde_json::json;

use super::{ask, pour};
use crate::App;

/// The page.
pub async fn page(State(app): State<App>) -> Response {
    match ask(&app, include_str!("../../queries/sources.graphql"), json!({})).await {
        Ok(data) => pour(&app.site, StatusCode::OK, "sources.html", &data),
        Err(refusal) => refusal,
    }
}
