//! The page of the sources with their last run.

use axum::{extract::State, http::StatusCode, response::Response};
use serde_json::json;

use super::{ask, pour, record::record};
use crate::App;

const QUERY: &str = include_str!("../../queries/sources.graphql");

/// The page.
pub async fn page(State(app): State<App>) -> Response {
    match ask(&app, QUERY, json!({})).await {
        Ok(data) => pour(&app.site, StatusCode::OK, "sources.html", record(QUERY, &data)),
        Err(refusal) => refusal,
    }
}
