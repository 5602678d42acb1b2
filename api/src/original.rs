//! The file of a document as it was published, from the archive.

use axum::{
    extract::{Path, State},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use raadhuis_schema::{Entity, EntityId, Kind, Relation, TakedownReason, Tombstone};
use raadhuis_store::{Direction, Related};
use serde_json::json;

use crate::{App, Library};

/// What may be opened in a browser; everything else is only saved.
const SAFE: [&str; 1] = ["application/pdf"];

/// A file from another's hand runs nothing here, whatever it holds.
const POLICY: &str = "default-src 'none'; sandbox";

/// Why there is no file.
enum Lost {
    /// There is no such document, or its file was never had.
    Unknown,
    /// It is gone.
    Gone(Tombstone),
    /// Store or archive failed.
    Broken,
}

/// The file.
pub async fn original(State(app): State<App>, Path(id): Path<String>, headers: HeaderMap) -> Response {
    match find(&app.library, &id, &headers).await {
        Ok(answer) => answer,
        Err(Lost::Unknown) => problem(StatusCode::NOT_FOUND, "the file of this document is not held", None),
        Err(Lost::Gone(tombstone)) => {
            let reason = tombstone.reason.map(TakedownReason::word);
            problem(StatusCode::GONE, "this document is no longer published here", reason)
        }
        Err(Lost::Broken) => problem(StatusCode::INTERNAL_SERVER_ERROR, "the file could not be read", None),
    }
}

async fn find(library: &Library, id: &str, headers: &HeaderMap) -> Result<Response, Lost> {
    let broken = |why: &dyn std::fmt::Display| {
        tracing::error!(error = %why, "an original cannot be read");
        Lost::Broken
    };
    let id: EntityId = id.parse().map_err(|_| Lost::Unknown)?;
    if id.kind() != Kind::Document {
        return Err(Lost::Unknown);
    }
    // Its text may have been taken down alone.
    let gone = [id.clone(), id.within(Kind::DocumentText, "text")];
    let tombstones = library.store.tombstones(&gone).await.map_err(|why| broken(&why))?;
    if let Some(tombstone) = tombstones.into_iter().max_by_key(|it| it.reason.is_some()) {
        return Err(Lost::Gone(tombstone));
    }
    let ids = std::slice::from_ref(&id);
    let text = Related {
        relation: Relation::TextOf,
        direction: Direction::Backward,
        kinds: vec![],
        first: 1,
        skip: 0,
    };
    let pages = library.store.related(ids, &text).await.map_err(|why| broken(&why))?;
    let found = pages.into_iter().next().and_then(|(_, page)| page.rows.into_iter().next());
    let Some(Entity::DocumentText(text)) = found.map(|(_, stored)| stored.entity) else {
        return Err(Lost::Unknown);
    };
    let sha = text.sha256.ok_or(Lost::Unknown)?;
    let tag = format!("\"{sha}\"");
    if is_known(headers, &tag) {
        return Ok(with_manners(StatusCode::NOT_MODIFIED.into_response(), &tag));
    }
    let bytes = library.archive.get(&format!("original/{sha}")).await.map_err(|why| broken(&why))?;
    let bytes = bytes.ok_or(Lost::Unknown)?;
    let kind = if bytes.starts_with(b"%PDF-") { SAFE[0] } else { "application/octet-stream" };
    let disposition = if SAFE.contains(&kind) { "inline" } else { "attachment" };
    let name = id.as_str().rsplit(':').next().unwrap_or_default();
    let name: String = name.chars().filter(|c| c.is_ascii_alphanumeric() || "-_.".contains(*c)).collect();
    let extension = if SAFE.contains(&kind) { ".pdf" } else { "" };
    let kind = [
        (header::CONTENT_TYPE, kind.to_owned()),
        (header::CONTENT_DISPOSITION, format!("{disposition}; filename=\"{name}{extension}\"")),
    ];
    Ok(with_manners((kind, bytes).into_response(), &tag))
}

/// Whether the visitor has a file with this tag (RFC 9110, 13.1.2: compared weakly).
fn is_known(headers: &HeaderMap, tag: &str) -> bool {
    let lists = headers.get_all(header::IF_NONE_MATCH).iter().filter_map(|list| list.to_str().ok());
    let mut known = lists.flat_map(|list| list.split(',')).map(|tag| tag.trim().trim_start_matches("W/"));
    known.any(|it| it == tag || it == "*")
}

/// What goes with a file, and with the word that it did not change.
fn with_manners(mut answer: Response, tag: &str) -> Response {
    let headers = answer.headers_mut();
    headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY));
    // It may be taken down at any moment: whoever keeps it must ask again.
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    if let Ok(tag) = HeaderValue::from_str(tag) {
        headers.insert(header::ETAG, tag);
    }
    answer
}

/// An error after RFC 9457.
fn problem(status: StatusCode, title: &str, reason: Option<&str>) -> Response {
    let body = json!({"type": "about:blank", "title": title, "status": status.as_u16(), "reason": reason});
    let kind = [(header::CONTENT_TYPE, "application/problem+json")];
    (status, kind, body.to_string()).into_response()
}
