//! Entity tags: they tell whether a visitor already has an answer (RFC 9110, 13.1.2).

use axum::{
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use raadhuis_schema::ContentHash;

/// Returns whether `If-None-Match` names this tag, compared weakly.
pub fn is_known(headers: &HeaderMap, tag: &str) -> bool {
    let lists = headers.get_all(header::IF_NONE_MATCH).iter().filter_map(|list| list.to_str().ok());
    let bare = tag.trim_start_matches("W/");
    let mut known = lists.flat_map(|list| list.split(',')).map(|tag| tag.trim().trim_start_matches("W/"));
    known.any(|it| it == bare || it == "*")
}

/// A tag that is a hash of these words. It is weak, because an answer may be compressed on its way.
pub fn tag_of(words: &[&str]) -> String {
    let hash = ContentHash::of_bytes(words.join("\n").as_bytes());
    format!("W/\"{}\"", &hash.as_str()[..32])
}

/// An answer that the visitor may cache but must revalidate each time, because something may be taken down: 304 without a
/// body when the visitor has it already.
pub fn answer_cacheable(kind: &'static str, body: String, tag: &str, headers: &HeaderMap) -> Response {
    let mut answer = if is_known(headers, tag) {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        ([(header::CONTENT_TYPE, kind)], body).into_response()
    };
    let given = answer.headers_mut();
    given.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    if let Ok(tag) = HeaderValue::from_str(tag) {
        given.insert(header::ETAG, tag);
    }
    answer
}
