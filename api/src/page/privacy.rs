//! The page about privacy, and the page about the addresses for programs.

use axum::{extract::State, http::StatusCode, response::Response};
use serde_json::json;

use super::{record::template_data, render_page};
use crate::App;

pub async fn show_privacy(State(app): State<App>) -> Response {
    render_page(&app.site, StatusCode::OK, "privacy.html", template_data("", &json!({})))
}

pub async fn show_addresses(State(app): State<App>) -> Response {
    render_page(&app.site, StatusCode::OK, "addresses.html", template_data("", &json!({})))
}
