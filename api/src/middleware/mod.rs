//! Middleware for all answers: the visitor's identity ([`client`]), the rate limit ([`bucket`]), security headers and
//! CORS.

use std::{
    net::SocketAddr,
    sync::{
        Arc, LazyLock,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use async_graphql::ErrorExtensions;
use axum::{
    Extension,
    extract::{ConnectInfo, Request, State},
    http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header},
    middleware::Next,
    response::Response,
};
use jiff::Timestamp;
use serde_json::json;
use tower_http::cors::{AllowHeaders, Any, CorsLayer};
use tracing::Instrument;

use crate::{App, page, problem::problem, server::accepts};

pub mod bucket;
pub mod client;
pub mod layer_errors;

/// The content security policy of pages: nothing from other hosts, and no script but the explorer's own.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; base-uri 'none'; \
                      form-action 'self'; frame-ancestors 'none'";

/// The id of a request, which its log lines and its answer carry.
#[derive(Clone, Debug)]
pub struct RequestId(pub String);

/// The code of the GraphQL error for a request over the rate limit.
pub const RATE_LIMITED: &str = "RATE_LIMITED";

/// The visitor of a request and its bucket: some mutations cost more than the request itself.
#[derive(Clone, Debug)]
pub struct Visitor {
    pub who: client::Client,
    buckets: Arc<bucket::Buckets>,
}

impl Visitor {
    /// Attaches the visitor, if known, to a GraphQL request.
    pub fn attach_to(
        visitor: Option<Extension<Self>>,
        request: async_graphql::Request,
    ) -> async_graphql::Request {
        match visitor {
            Some(Extension(visitor)) => request.data(visitor),
            None => request,
        }
    }

    /// Takes further units from the visitor's bucket.
    ///
    /// # Errors
    /// The bucket holds fewer units.
    pub fn charge_units(&self, units: u32) -> async_graphql::Result<()> {
        let taken = self.buckets.take_units(&self.who, units, Instant::now());
        if taken.is_granted {
            return Ok(());
        }
        let why = format!("this was asked too often; in {} seconds there is room again", taken.reset.max(1));
        Err(async_graphql::Error::new(why).extend_with(|_, it| it.set("code", RATE_LIMITED)))
    }
}

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

static BEGUN: LazyLock<i64> = LazyLock::new(|| Timestamp::now().as_millisecond());
static COUNTED: AtomicU64 = AtomicU64::new(0);

/// Adds the security headers and the request id to every answer.
pub async fn add_headers(mut request: Request, next: Next) -> Response {
    // The id must be unique, not secret: the moment of this program's first request, and a count.
    let number = format!("{:x}-{:x}", *BEGUN, COUNTED.fetch_add(1, Ordering::Relaxed));
    request.extensions_mut().insert(RequestId(number.clone()));
    let span = tracing::info_span!("request", request.id = number);
    let mut answer = next.run(request).instrument(span).await;
    let headers = answer.headers_mut();
    headers.entry(header::CONTENT_SECURITY_POLICY).or_insert(HeaderValue::from_static(POLICY));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    if let Ok(number) = HeaderValue::from_str(&number) {
        headers.insert(REQUEST_ID, number);
    }
    answer
}

/// Lets scripts of any site read every answer. It must be the outermost layer, so that errors of other layers are
/// readable too. No answer is private to one visitor.
pub fn cors_layer() -> CorsLayer {
    let shown = [
        "accept-ranges",
        "content-disposition",
        "content-range",
        "etag",
        "link",
        "retry-after",
        "x-request-id",
        "ratelimit-limit",
        "ratelimit-remaining",
        "ratelimit-reset",
    ];
    CorsLayer::new()
        .allow_origin(Any)
        .allow_methods([Method::GET, Method::POST, Method::OPTIONS])
        .allow_headers(AllowHeaders::mirror_request())
        .expose_headers(shown.map(HeaderName::from_static))
        .max_age(Duration::from_hours(24))
}

/// Limits the rate of each visitor and adds the `RateLimit` headers.
pub async fn limit_rate(State(app): State<App>, mut request: Request, next: Next) -> Response {
    // Only requests over the network have an address; queries of pages inside the process do not count twice.
    let Some(ConnectInfo(peer)) = request.extensions().get::<ConnectInfo<SocketAddr>>() else {
        return next.run(request).await;
    };
    let who = client::identify(peer.ip(), request.headers(), &app.site);
    let units = bucket::request_cost(request.uri().path());
    let taken = app.buckets.take_units(&who, units, Instant::now());
    request.extensions_mut().insert(Visitor { who, buckets: Arc::clone(&app.buckets) });
    let mut answer = if taken.is_granted {
        next.run(request).await
    } else {
        refuse_request(&app, &request, taken.reset.max(1))
    };
    add_rate_headers(answer.headers_mut(), &taken);
    answer
}

/// The answer over the rate limit: a page for people, a problem for programs.
fn refuse_request(app: &App, request: &Request, seconds: u64) -> Response {
    if accepts(request.headers(), "text/html") {
        let text = format!("U vroeg in korte tijd veel. Probeer het over {seconds} s opnieuw.");
        return page::message(&app.site, StatusCode::TOO_MANY_REQUESTS, "Even wachten", &text);
    }
    let why = json!({"detail": format!("ask again in {seconds} s")});
    problem(StatusCode::TOO_MANY_REQUESTS, "too many questions", why)
}

fn add_rate_headers(headers: &mut HeaderMap, taken: &bucket::RateDecision) {
    for (name, number) in [
        ("ratelimit-limit", taken.limit),
        ("ratelimit-remaining", taken.remaining),
        ("ratelimit-reset", taken.reset),
    ] {
        headers.insert(HeaderName::from_static(name), HeaderValue::from(number));
    }
    if !taken.is_granted {
        headers.insert(header::RETRY_AFTER, HeaderValue::from(taken.reset.max(1)));
    }
}
