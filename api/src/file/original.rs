//! The file of a document as it was published, from the archive, whole or in part.

use axum::{
    extract::{Path, State},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};

use super::{
    Lost, Wanted, bytes, find,
    range::{Range, asked},
    with_manners,
};
use crate::{App, Library, etag::is_known};

/// What may be opened in a browser; everything else is only saved.
const SAFE: [&str; 1] = ["application/pdf"];

/// The file.
pub async fn original(State(app): State<App>, Path(id): Path<String>, headers: HeaderMap) -> Response {
    answer(&app.library, &id, &headers).await.unwrap_or_else(IntoResponse::into_response)
}

async fn answer(library: &Library, id: &str, headers: &HeaderMap) -> Result<Response, Lost> {
    let (_, sha) = find(library, id, Wanted::File).await?;
    let tag = format!("\"{sha}\"");
    if is_known(headers, &tag) {
        return Ok(with_manners(StatusCode::NOT_MODIFIED.into_response(), &tag));
    }
    let bytes = bytes(library, &sha).await?;
    let kind = if bytes.starts_with(b"%PDF-") { SAFE[0] } else { "application/octet-stream" };
    let disposition = if SAFE.contains(&kind) { "inline" } else { "attachment" };
    let name = id.rsplit(':').next().unwrap_or_default();
    let name: String = name.chars().filter(|c| c.is_ascii_alphanumeric() || "-_.".contains(*c)).collect();
    let extension = if SAFE.contains(&kind) { ".pdf" } else { "" };
    let mut more = vec![
        (header::CONTENT_TYPE, kind.to_owned()),
        (header::CONTENT_DISPOSITION, format!("{disposition}; filename=\"{name}{extension}\"")),
        (header::ACCEPT_RANGES, "bytes".to_owned()),
    ];
    let (status, part) = match asked(headers, bytes.len(), &tag) {
        Range::Whole => (StatusCode::OK, bytes),
        Range::Part(from, to) => {
            more.push((header::CONTENT_RANGE, format!("bytes {from}-{to}/{}", bytes.len())));
            (StatusCode::PARTIAL_CONTENT, bytes.slice(from..=to))
        }
        Range::Outside => {
            more.push((header::CONTENT_RANGE, format!("bytes */{}", bytes.len())));
            (StatusCode::RANGE_NOT_SATISFIABLE, bytes.slice(0..0))
        }
    };
    let mut answer = (status, part).into_response();
    for (name, value) in more {
        if let Ok(value) = value.parse() {
            answer.headers_mut().insert(name, value);
        }
    }
    Ok(with_manners(answer, &tag))
}
