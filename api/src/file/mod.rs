//! Files as they were published, and pictures of their pages. [`find_file`] alone decides which may be given.

use axum::{
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use bytes::Bytes;
use raadhuis_schema::{DocumentText, Entity, EntityId, Kind, TakedownReason, Tier, Tombstone};
use raadhuis_store::{ArchiveKey, Related};
use serde_json::json;

use crate::{Library, link::filter_address, problem::problem};

pub mod image;
pub mod original;
mod range;

/// The content security policy of files: a foreign file must not run anything here.
const POLICY: &str = "default-src 'none'; sandbox";

/// The reason why a file is not given.
pub enum FileError {
    /// The document is unknown, or its file is not held; with a text for the visitor.
    Unknown(&'static str),
    Gone(Tombstone),
    /// Personal data or covered text was found in the file, and nobody has reviewed it yet.
    Withheld {
        /// True when all findings are covered text, false when one is a citizen service number.
        is_hidden_text: bool,
        /// The supplier's address of the file.
        source: Option<String>,
    },
    /// Too many requests wait for a picture.
    Busy,
    Broken,
}

/// The part of a document that a request wants.
pub enum FilePart {
    File,
    Page(u32),
}

/// The text of a document and the SHA-256 of its file, if the wanted part may be shown.
pub async fn find_file(
    library: &Library,
    id: &str,
    wanted: FilePart,
) -> Result<(DocumentText, String), FileError> {
    let unknown = FileError::Unknown("the file of this document is not held");
    let Ok(id) = id.parse::<EntityId>() else { return Err(unknown) };
    if id.kind() != Kind::Document {
        return Err(unknown);
    }
    // A takedown may concern the text alone.
    let gone = [id.clone(), id.within(Kind::DocumentText, "text")];
    let tombstones = library.store.tombstones(&gone).await.map_err(|why| log_failure(&why))?;
    if let Some(tombstone) = tombstones.into_iter().max_by_key(|it| it.reason.is_some()) {
        return Err(FileError::Gone(tombstone));
    }
    let ids = std::slice::from_ref(&id);
    let text = Related::only_texts();
    let pages = library.store.related(ids, &text).await.map_err(|why| log_failure(&why))?;
    let found = pages.into_iter().next().and_then(|(_, page)| page.rows.into_iter().next());
    let Some(Entity::DocumentText(text)) = found.map(|(_, stored)| stored.entity) else {
        return Err(unknown);
    };
    let is_withheld = match wanted {
        FilePart::File => !text.withheld.is_empty(),
        FilePart::Page(number) => text.withheld.contains(&number),
    };
    if is_withheld {
        let document = library.store.get(ids).await.map_err(|why| log_failure(&why))?.pop();
        let source = document.and_then(|stored| match stored.entity {
            Entity::Document(document) => filter_address(document.url.as_ref()).map(str::to_owned),
            _ => None,
        });
        let findings =
            library.store.findings(text.sha256.as_deref()).await.map_err(|why| log_failure(&why))?;
        let is_hidden_text =
            !findings.is_empty() && findings.iter().all(|it| it.finding.tier == Tier::Hidden);
        return Err(FileError::Withheld { is_hidden_text, source });
    }
    let sha = text.sha256.clone().ok_or(unknown)?;
    Ok((text, sha))
}

async fn load_bytes(library: &Library, sha: &str) -> Result<Bytes, FileError> {
    let bytes = library.archive.get(&ArchiveKey::original(sha)).await.map_err(|why| log_failure(&why))?;
    bytes.ok_or(FileError::Unknown("the file of this document is not held"))
}

pub fn log_failure(why: &dyn std::fmt::Display) -> FileError {
    tracing::error!(error = %why, "a file cannot be given");
    FileError::Broken
}

impl IntoResponse for FileError {
    fn into_response(self) -> Response {
        match self {
            Self::Unknown(why) => problem(StatusCode::NOT_FOUND, why, json!({})),
            Self::Gone(tombstone) => {
                let reason = tombstone.reason.map(TakedownReason::as_str);
                problem(
                    StatusCode::GONE,
                    "this document is no longer published here",
                    json!({"reason": reason}),
                )
            }
            Self::Withheld { is_hidden_text, source } => {
                let (what, reason) = if is_hidden_text {
                    ("text under an opaque shape", "hidden-text")
                } else {
                    ("a citizen service number", "personal-number")
                };
                let why = format!(
                    "{what} was found in this document; it is withheld until a person has looked at it"
                );
                problem(StatusCode::FORBIDDEN, &why, json!({"reason": reason, "source": source}))
            }
            Self::Busy => {
                let why = "too many pictures are asked for at once";
                let mut answer = problem(StatusCode::TOO_MANY_REQUESTS, why, json!({}));
                answer.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static("2"));
                answer
            }
            Self::Broken => {
                problem(StatusCode::INTERNAL_SERVER_ERROR, "the file could not be read", json!({}))
            }
        }
    }
}

/// Adds the headers of files to an answer, also to a 304.
pub fn with_headers(mut answer: Response, tag: &str) -> Response {
    let headers = answer.headers_mut();
    headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY));
    // A file may be taken down at any moment: caches must revalidate.
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    // Files name citizens: search engines must not index them.
    headers.insert("x-robots-tag", HeaderValue::from_static("noindex"));
    if let Ok(tag) = HeaderValue::from_str(tag) {
        headers.insert(header::ETAG, tag);
    }
    answer
}
