//! Access for scripts of other sites (CORS).

use std::time::Duration;

use axum::http::{HeaderName, Method};
use tower_http::cors::{AllowHeaders, Any, CorsLayer};

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
