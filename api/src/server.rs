//! The router: the handler of each address, and the layers around all of them.

use std::time::Duration;

use async_graphql::{Request, Response};
use axum::{
    Extension, Router,
    body::{Body, to_bytes},
    extract::{RawQuery, State},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    middleware::{from_fn, from_fn_with_state, map_response, map_response_with_state},
    response::{Html, IntoResponse, Response as Answer},
    routing::get,
};
use bytes::Bytes;
use raadhuis_schema::json::to_json;
use tower_http::{
    catch_panic::CatchPanicLayer,
    compression::{CompressionLayer, DefaultPredicate, Predicate, predicate::NotForContentType},
    limit::RequestBodyLimitLayer,
    set_header::SetResponseHeaderLayer,
    timeout::TimeoutLayer,
};

use crate::{
    App, Library, Site,
    accept::accepts,
    etag::{is_known, tag_of},
    file, graphql,
    graphql::limits::MUTATION_BY_GET,
    metrics,
    middleware::{
        cors, layer_errors, rate_limit,
        request_id::{self, RequestId},
        visitor::{RATE_LIMITED, Visitor},
    },
    page, rest, stream,
};

/// The largest body of a request, in bytes.
const LARGEST_REQUEST: usize = 1 << 20;

/// The largest answer that is buffered to compute its tag, in bytes.
const LARGEST_ANSWER: usize = 256 << 20;

/// The longest time until an answer begins.
const LONGEST: Duration = Duration::from_secs(30);

/// The content security policy: nothing from other hosts, and no script but the explorer's own.
const POLICY: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'self'; \
     frame-ancestors 'none'",
);
const NO_SNIFFING: HeaderValue = HeaderValue::from_static("nosniff");
const NO_REFERRER: HeaderValue = HeaderValue::from_static("no-referrer");

/// The router of all addresses, with its middleware.
pub fn build_router(library: Library, site: Site) -> Router {
    metrics::install_recorder();
    let app = App::new(library, site);
    let lists = page::list_routes().layer(from_fn_with_state(app.clone(), page::sent::limit_query));
    let programs = Router::new()
        .route("/graphql", get(graphql_get).post(graphql_post))
        .route("/graphql/ws", get(stream::serve_socket))
        .route("/graphql/stream", get(stream::events_get).post(stream::events_post))
        .route("/graphql/voorbeelden.json", get(page::explorer::send_examples))
        .route("/healthz", get(answer_health))
        .route("/metrics", get(metrics::send_metrics))
        .route("/v1/documents/{id}/original", get(file::original::send_original))
        .route("/v1/documents/{id}/pages/{page}/image", get(file::image::send_image))
        .merge(rest::rest_routes())
        .merge(lists);
    let programs = limited(programs, &app)
        .layer(map_response(layer_errors::as_problem))
        .layer(from_fn(request_id::add_request_id))
        .layer(cors::cors_layer());
    let pages = page::page_routes().layer(from_fn_with_state(app.clone(), page::sent::limit_query));
    let pages = limited(pages, &app)
        .layer(map_response_with_state(app.clone(), layer_errors::as_page))
        .layer(from_fn(request_id::add_request_id));
    programs
        .merge(pages)
        .layer(SetResponseHeaderLayer::if_not_present(header::CONTENT_SECURITY_POLICY, POLICY))
        .layer(SetResponseHeaderLayer::overriding(header::X_CONTENT_TYPE_OPTIONS, NO_SNIFFING))
        .layer(SetResponseHeaderLayer::overriding(header::REFERRER_POLICY, NO_REFERRER))
        .with_state(app)
}

/// Adds the limits that hold for programs and for people: rate, size and time.
fn limited(router: Router<App>, app: &App) -> Router<App> {
    router
        .layer(from_fn_with_state(app.clone(), rate_limit::limit_rate))
        .layer(CatchPanicLayer::new())
        .layer(CompressionLayer::new().compress_when(compressible()))
        .layer(RequestBodyLimitLayer::new(LARGEST_REQUEST))
        .layer(TimeoutLayer::with_status_code(StatusCode::GATEWAY_TIMEOUT, LONGEST))
}

/// Compresses everything but files: the strong tag of a file is that of its uncompressed bytes.
fn compressible() -> impl Predicate {
    let files = NotForContentType::const_new("application/pdf");
    DefaultPredicate::new().and(files).and(NotForContentType::const_new("application/octet-stream"))
}

/// Answers the query in the address; without one a browser gets the explorer.
async fn graphql_get(
    State(app): State<App>,
    RawQuery(query): RawQuery,
    number: Option<Extension<RequestId>>,
    headers: HeaderMap,
) -> Answer {
    match query.as_deref().filter(|query| !query.is_empty()) {
        None if accepts(&headers, "text/html") => Html(page::explorer::PAGE).into_response(),
        None => refuse_request("GET /graphql wants a query in the address; POST takes one in the body"),
        Some(query) => match async_graphql::http::parse_query_string(query) {
            Ok(request) => {
                let request = request.data(graphql::limits::OnlyReads);
                cacheable(respond(&app, request, &headers, number).await, &headers).await
            }
            Err(why) => refuse_request(&format!("the address holds no GraphQL request: {why}")),
        },
    }
}

async fn graphql_post(
    State(app): State<App>,
    number: Option<Extension<RequestId>>,
    visitor: Option<Extension<Visitor>>,
    headers: HeaderMap,
    body: Bytes,
) -> Answer {
    let is_json = headers.get(header::CONTENT_TYPE).is_some_and(|kind| {
        kind.to_str()
            .is_ok_and(|kind| kind.split(';').next().is_some_and(|kind| kind.trim().ends_with("json")))
    });
    if !is_json {
        return error_answer(StatusCode::UNSUPPORTED_MEDIA_TYPE, "the body must be application/json");
    }
    match serde_json::from_slice::<Request>(&body) {
        Ok(request) if request.query.trim().is_empty() && request.extensions.is_empty() => {
            refuse_request("the body holds no query")
        }
        Ok(request) => respond(&app, Visitor::attach_to(visitor, request), &headers, number).await,
        Err(why) => refuse_request(&format!("the body holds no GraphQL request: {why}")),
    }
}

/// Adds a tag and cache headers. A cached answer must be revalidated each time, because something may be taken down.
async fn cacheable(answer: Answer, headers: &HeaderMap) -> Answer {
    let (mut parts, body) = answer.into_parts();
    let Ok(body) = to_bytes(body, LARGEST_ANSWER).await else {
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    };
    let tag = tag_of(&[&String::from_utf8_lossy(&body)]);
    parts
        .headers
        .insert(header::CACHE_CONTROL, HeaderValue::from_static("public, max-age=0, must-revalidate"));
    parts.headers.insert(header::VARY, HeaderValue::from_static("accept"));
    if let Ok(tag) = HeaderValue::from_str(&tag) {
        parts.headers.insert(header::ETAG, tag);
    }
    if is_known(headers, &tag) {
        parts.status = StatusCode::NOT_MODIFIED;
        return Answer::from_parts(parts, Body::empty());
    }
    Answer::from_parts(parts, Body::from(body))
}

async fn respond(
    app: &App,
    request: Request,
    headers: &HeaderMap,
    number: Option<Extension<RequestId>>,
) -> Answer {
    let number = number.map(|Extension(RequestId(number))| number);
    let response: Response = graphql::execute(&app.schema, request, number.as_deref()).await;
    let modern = "application/graphql-response+json";
    let kind = if accepts(headers, modern) { modern } else { "application/json" };
    // A request that could not be executed has no data; only the modern media type says so in the status.
    let was_run = response.errors.iter().all(|error| !error.path.is_empty());
    let has = |wanted: &str| {
        response.errors.iter().any(|error| {
            let code = error.extensions.as_ref().and_then(|it| it.get("code"));
            code.is_some_and(|code| *code == async_graphql::Value::from(wanted))
        })
    };
    let status = match (kind == modern, was_run) {
        _ if has(MUTATION_BY_GET) => StatusCode::METHOD_NOT_ALLOWED,
        _ if has(RATE_LIMITED) => StatusCode::TOO_MANY_REQUESTS,
        (true, false) => StatusCode::BAD_REQUEST,
        _ => StatusCode::OK,
    };
    let mut body = to_json(&response);
    if let Some(body) = body.as_object_mut().filter(|_| !was_run) {
        body.remove("data");
    }
    json_answer(status, kind, &body)
}

fn json_answer(status: StatusCode, kind: &'static str, body: &impl serde::Serialize) -> Answer {
    match serde_json::to_vec(body) {
        Ok(body) => (status, [(header::CONTENT_TYPE, kind)], body).into_response(),
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}

fn refuse_request(why: &str) -> Answer {
    error_answer(StatusCode::BAD_REQUEST, why)
}

fn error_answer(status: StatusCode, why: &str) -> Answer {
    json_answer(status, "application/json", &serde_json::json!({"errors": [{"message": why}]}))
}

/// Answers `/healthz`: the state of the store, and whether the index is up to date with it.
async fn answer_health(State(app): State<App>) -> Answer {
    let cursor = app.library.search.read_cursor().await;
    let (Ok(cursor), Ok(waiting)) =
        (&cursor, app.library.store.changes(*cursor.as_ref().unwrap_or(&0), 1).await)
    else {
        return json_answer(
            StatusCode::SERVICE_UNAVAILABLE,
            "application/json",
            &serde_json::json!({"status": "failing"}),
        );
    };
    let body =
        serde_json::json!({"status": "ok", "index": {"cursor": cursor, "current": waiting.is_empty()}});
    json_answer(StatusCode::OK, "application/json", &body)
}
