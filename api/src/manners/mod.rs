//! How visitors are treated: who they are ([`client`]), how much each may ask ([`bucket`]), and what goes with every answer.

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

/// Pages load nothing from anywhere else, and run no script but the explorer's own.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; base-uri 'none'; \
                      form-action 'self'; frame-ancestors 'none'";

/// The number of a request, by which an error is found in our log.
#[derive(Clone, Debug)]
pub struct RequestId(pub String);

/// The code of the error for a wish that takes more than is left.
pub const RATE_LIMITED: &str = "RATE_LIMITED";

/// Who asks, with what is left to them: some wishes take more than others.
#[derive(Clone, Debug)]
pub struct Visitor {
    /// Who.
    pub who: client::Client,
    buckets: Arc<bucket::Buckets>,
}

impl Visitor {
    /// A request with whoever asks it, where that is known.
    pub fn of(visitor: Option<Extension<Self>>, request: async_graphql::Request) -> async_graphql::Request {
        match visitor {
            Some(Extension(visitor)) => request.data(visitor),
            None => request,
        }
    }

    /// Takes more from the visitor's bucket.
    ///
    /// # Errors
    /// There is not so much in it.
    pub fn charge(&self, units: u32) -> async_graphql::Result<()> {
        let taken = self.buckets.take(&self.who, units, Instant::now());
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

/// What goes with every answer.
pub async fn headers(mut request: Request, next: Next) -> Response {
    // It need not be secret, only its own: the moment this program began to count, and the count.
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

/// Lets programs of any site read every answer, errors of all other layers included: it must be the outermost layer. There
/// is nothing here that only one visitor may see.
pub fn cors() -> CorsLayer {
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

/// Takes from the visitor's bucket, and says how much is left.
pub async fn rate(State(app): State<App>, mut request: Request, next: Next) -> Response {
    // Only who comes over the network has an address; pages that ask the graph inside do not count twice.
    let Some(ConnectInfo(peer)) = request.extensions().get::<ConnectInfo<SocketAddr>>() else {
        return next.run(request).await;
    };
    let who = client::of(peer.ip(), request.headers(), &app.site);
    let units = bucket::units(request.uri().path());
    let taken = app.buckets.take(&who, units, Instant::now());
    request.extensions_mut().insert(Visitor { who, buckets: Arc::clone(&app.buckets) });
    let mut answer =
        if taken.is_granted { next.run(request).await } else { refuse(&app, &request, taken.reset.max(1)) };
    tell(answer.headers_mut(), &taken);
    answer
}

/// The answer to too many questions: a page for people, a problem for programs.
fn refuse(app: &App, request: &Request, seconds: u64) -> Response {
    if accepts(request.headers(), "text/html") {
        let text = format!("U vroeg in korte tijd veel. Probeer het over {seconds} s opnieuw.");
        return page::message(&app.site, StatusCode::TOO_MANY_REQUESTS, "Even wachten", &text);
    }
    let why = json!({"detail": format!("ask again in {seconds} s")});
    problem(StatusCode::TOO_MANY_REQUESTS, "too many questions", why)
}

fn tell(headers: &mut HeaderMap, taken: &bucket::Taken) {
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
