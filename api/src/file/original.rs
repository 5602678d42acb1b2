//! Answers with the original file of a document, whole or a range of its bytes.

use axum::{
    extract::{Path, State},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};

use super::{
    FileError, FilePart, find_file, load_bytes,
    range::{Range, select_range},
    with_headers,
};
use crate::{App, Library, etag::is_known};

/// The media types that a browser may open; all others are only saved.
const SAFE: [&str; 1] = ["application/pdf"];

pub async fn send_original(State(app): State<App>, Path(id): Path<String>, headers: HeaderMap) -> Response {
    answer_file(&app.library, &id, &headers).await.unwrap_or_else(IntoResponse::into_response)
}

async fn answer_file(library: &Library, id: &str, headers: &HeaderMap) -> Result<Response, FileError> {
    let (_, sha) = find_file(library, id, FilePart::File).await?;
    let tag = format!("\"{sha}\"");
    if is_known(headers, &tag) {
        return Ok(with_headers(StatusCode::NOT_MODIFIED.into_response(), &tag));
    }
    let bytes = load_bytes(library, &sha).await?;
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
    let (status, part) = match select_range(headers, bytes.len(), &tag) {
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
    Ok(with_headers(answer, &tag))
}
