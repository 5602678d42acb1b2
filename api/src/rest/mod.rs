//! The REST interface: the whole store as a feed and as a snapshot, the texts of documents, and entities in other
//! formats. Begin at [`arguments`] (parsing) and [`line`] (one entity as JSON).

use std::sync::LazyLock;

use axum::{
    Router,
    http::{StatusCode, header},
    response::IntoResponse,
    routing::{any, get},
};
use serde_json::json;

use crate::{App, problem::problem};

mod arguments;
mod changes;
pub mod line;
pub mod linked;
mod parquet;
mod snapshot;
mod text;

pub fn rest_routes() -> Router<App> {
    Router::new()
        .route("/v1/schema.graphql", get(send_schema))
        .route("/v1/changes", get(changes::send_changes))
        .route("/v1/snapshot", get(snapshot::send_snapshot))
        .route("/v1/documents/{id}/text", get(text::send_text))
        .route("/v1/documents/{id}/pages/{page}", get(text::send_page))
        .route("/v1/{*path}", any(no_such_address))
}

async fn no_such_address() -> impl IntoResponse {
    problem(StatusCode::NOT_FOUND, "there is no such address; /v1 lists all", json!({}))
}

async fn send_schema() -> impl IntoResponse {
    // The schema does not change while the program runs.
    static SDL: LazyLock<String> = LazyLock::new(crate::graphql::export_sdl);
    ([(header::CONTENT_TYPE, "application/graphql; charset=utf-8")], SDL.as_str())
}
