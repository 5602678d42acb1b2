//! The page of the sources with their last run.

use axum::{extract::State, http::StatusCode, response::Response};
use serde_json::json;

use super::{record::template_data, render_page, run_query};
use crate::App;

const QUERY: &str = include_str!("../../queries/sources.graphql");

pub async fn show_sources(State(app): State<App>) -> Response {
    match run_query(&app, QUERY, json!({})).await {
        Ok(data) => render_page(&app.site, StatusCode::OK, "sources.html", template_data(QUERY, &data)),
        Err(refusal) => refusal,
    }
}
