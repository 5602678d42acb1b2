//! HTTP: which address answers what, and the manners that hold for all of them.

use std::{future::Future, time::Duration};

use async_graphql::{Request, Response};
use axum::{
    Router,
    extract::{RawQuery, State},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    middleware::{self, Next},
    response::{Html, IntoResponse, Response as Answer},
    routing::get,
};
use bytes::Bytes;
use tokio::net::TcpListener;
use tower_http::{
    compression::{CompressionLayer, DefaultPredicate, Predicate, predicate::NotForContentType},
    limit::RequestBodyLimitLayer,
    timeout::TimeoutLayer,
};

use crate::{App, Library, file, graphql, metrics, page, rest};

/// The largest request, in bytes.
const LARGEST_REQUEST: usize = 1 << 20;

/// The longest that an answer may take.
const LONGEST: Duration = Duration::from_secs(30);

/// Pages load nothing from anywhere else, and run no script but the explorer's own.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; base-uri 'none'; \
                      form-action 'self'; frame-ancestors 'none'";

/// All addresses.
pub fn router(library: Library) -> Router {
    metrics::start();
    let app = App::new(library);
    Router::new()
        .route("/graphql", get(graphql_get).post(graphql_post))
        .route("/graphql/voorbeelden.json", get(page::explorer::examples))
        .route("/healthz", get(health))
        .route("/metrics", get(metrics::metrics))
        .route("/v1/documents/{id}/original", get(file::original::original))
        .route("/v1/documents/{id}/pages/{page}/image", get(file::image::image))
        .merge(page::routes())
        .merge(rest::routes())
        .fallback(page::not_found)
        .layer(middleware::from_fn(manners))
        .layer(CompressionLayer::new().compress_when(compressible()))
        .layer(RequestBodyLimitLayer::new(LARGEST_REQUEST))
        .layer(TimeoutLayer::with_status_code(StatusCode::GATEWAY_TIMEOUT, LONGEST))
        .with_state(app)
}

/// Answers until `stopped` ends, and then finishes what is under way.
///
/// # Errors
/// The listener fails.
pub async fn serve(
    listener: TcpListener,
    router: Router,
    stopped: impl Future<Output = ()> + Send + 'static,
) -> std::io::Result<()> {
    axum::serve(listener, router).with_graceful_shutdown(stopped).await
}

/// A file has a strong tag, which is that of its bytes as they are.
fn compressible() -> impl Predicate {
    let files = NotForContentType::const_new("application/pdf");
    DefaultPredicate::new().and(files).and(NotForContentType::const_new("application/octet-stream"))
}

async fn manners(request: axum::extract::Request, next: Next) -> Answer {
    let mut answer = next.run(request).await;
    let headers = answer.headers_mut();
    headers.entry(header::CONTENT_SECURITY_POLICY).or_insert(HeaderValue::from_static(POLICY));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    answer
}

/// In the browser the explorer; with a query in the address, its answer.
async fn graphql_get(State(app): State<App>, RawQuery(query): RawQuery, headers: HeaderMap) -> Answer {
    match query.as_deref().filter(|query| !query.is_empty()) {
        None if accepts(&headers, "text/html") => Html(page::explorer::PAGE).into_response(),
        None => refuse("GET /graphql wants a query in the address; POST takes one in the body"),
        Some(query) => match async_graphql::http::parse_query_string(query) {
            Ok(request) => respond(&app, request, &headers).await,
            Err(why) => refuse(&format!("the address holds no GraphQL request: {why}")),
        },
    }
}

async fn graphql_post(State(app): State<App>, headers: HeaderMap, body: Bytes) -> Answer {
    let is_json = headers.get(header::CONTENT_TYPE).is_some_and(|kind| {
        kind.to_str()
            .is_ok_and(|kind| kind.split(';').next().is_some_and(|kind| kind.trim().ends_with("json")))
    });
    if !is_json {
        return error(StatusCode::UNSUPPORTED_MEDIA_TYPE, "the body must be application/json");
    }
    match serde_json::from_slice::<Request>(&body) {
        Ok(request) if request.query.trim().is_empty() => refuse("the body holds no query"),
        Ok(request) => respond(&app, request, &headers).await,
        Err(why) => refuse(&format!("the body holds no GraphQL request: {why}")),
    }
}

async fn respond(app: &App, request: Request, headers: &HeaderMap) -> Answer {
    let response: Response = graphql::execute(&app.schema, request).await;
    let modern = "application/graphql-response+json";
    let kind = if accepts(headers, modern) { modern } else { "application/json" };
    // A request that could not be run has no data; only the modern media type says so in the status.
    let failed = kind == modern && response.is_err() && response.data == async_graphql::Value::Null;
    let status = if failed { StatusCode::BAD_REQUEST } else { StatusCode::OK };
    json(status, kind, &response)
}

fn json(status: StatusCode, kind: &'static str, body: &impl serde::Serialize) -> Answer {
    match serde_json::to_vec(body) {
        Ok(body) => (status, [(header::CONTENT_TYPE, kind)], body).into_response(),
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}

fn refuse(why: &str) -> Answer {
    error(StatusCode::BAD_REQUEST, why)
}

fn error(status: StatusCode, why: &str) -> Answer {
    json(status, "application/json", &serde_json::json!({"errors": [{"message": why}]}))
}

fn accepts(headers: &HeaderMap, kind: &str) -> bool {
    headers
        .get_all(header::ACCEPT)
        .iter()
        .any(|accept| accept.to_str().is_ok_and(|accept| accept.contains(kind)))
}

/// Whether the store answers, and how far the index is behind it.
async fn health(State(app): State<App>) -> Answer {
    let cursor = app.library.search.cursor().await;
    let (Ok(cursor), Ok(waiting)) =
        (&cursor, app.library.store.changes(*cursor.as_ref().unwrap_or(&0), 1).await)
    else {
        return json(
            StatusCode::SERVICE_UNAVAILABLE,
            "application/json",
            &serde_json::json!({"status": "failing"}),
        );
    };
    let body =
        serde_json::json!({"status": "ok", "index": {"cursor": cursor, "current": waiting.is_empty()}});
    json(StatusCode::OK, "application/json", &body)
}
