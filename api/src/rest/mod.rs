//! For everybody else than apps: the whole store as a feed and as a snapshot, the texts of documents, and things in the format
//! that is asked for. Read in this order: [`arguments`] what is asked, [`line`] what is said of a thing, then the addresses.

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

/// The addresses.
pub fn routes() -> Router<App> {
    Router::new()
        .route("/v1/schema.graphql", get(schema))
        .route("/v1/changes", get(changes::changes))
        .route("/v1/snapshot", get(snapshot::snapshot))
        .route("/v1/documents/{id}/text", get(text::whole))
        .route("/v1/documents/{id}/pages/{page}", get(text::page))
        .route("/v1/{*path}", any(no_such_address))
}

/// The answer for every other address below `/v1`.
async fn no_such_address() -> impl IntoResponse {
    problem(StatusCode::NOT_FOUND, "there is no such address; /v1 lists all", json!({}))
}

/// The schema of the graph, in its own language.
async fn schema() -> impl IntoResponse {
    // It is the same for as long as the program runs.
    static SDL: LazyLock<String> = LazyLock::new(crate::graphql::sdl);
    ([(header::CONTENT_TYPE, "application/graphql; charset=utf-8")], SDL.as_str())
}
