//! The id of a request, in its log lines and its answer.

use std::sync::{
    LazyLock,
    atomic::{AtomicU64, Ordering},
};

use axum::{
    extract::Request,
    http::{HeaderName, HeaderValue},
    middleware::Next,
    response::Response,
};
use jiff::Timestamp;
use tracing::Instrument;

/// The id of a request, which its log lines and its answer carry.
#[derive(Clone, Debug)]
pub struct RequestId(pub String);

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

static BEGUN: LazyLock<i64> = LazyLock::new(|| Timestamp::now().as_millisecond());
static COUNTED: AtomicU64 = AtomicU64::new(0);

/// Gives every request an id of ours; an id that the visitor sends is not trusted.
pub async fn add_request_id(mut request: Request, next: Next) -> Response {
    // The id must be unique, not secret: the moment of this program's first request, and a count.
    let number = format!("{:x}-{:x}", *BEGUN, COUNTED.fetch_add(1, Ordering::Relaxed));
    request.extensions_mut().insert(RequestId(number.clone()));
    let span = tracing::info_span!("request", request.id = number);
    let mut answer = next.run(request).instrument(span).await;
    if let Ok(number) = HeaderValue::from_str(&number) {
        answer.headers_mut().insert(REQUEST_ID, number);
    }
    answer
}
