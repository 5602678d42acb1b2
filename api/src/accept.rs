//! The media types that a visitor accepts.

use axum::http::{HeaderMap, header};

/// Returns whether the `Accept` header names this media type.
pub fn accepts(headers: &HeaderMap, kind: &str) -> bool {
    headers
        .get_all(header::ACCEPT)
        .iter()
        .any(|accept| accept.to_str().is_ok_and(|accept| accept.contains(kind)))
}
