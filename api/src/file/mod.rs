//! The files themselves: as they were published, and pictures of their pages. Which may be given, one door decides.

use axum::{
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use bytes::Bytes;
use raadhuis_schema::{DocumentText, Entity, EntityId, Kind, TakedownReason, Tier, Tombstone};
use raadhuis_store::{ArchiveKey, Related};
use serde_json::json;

use crate::{Library, link::shown, problem::problem};

pub mod image;
pub mod original;
mod range;

/// A file from another's hand runs nothing here, whatever it holds.
const POLICY: &str = "default-src 'none'; sandbox";

/// Why there is no file.
pub enum Lost {
    /// There is no such document, or its file was never had.
    Unknown(&'static str),
    /// It is gone.
    Gone(Tombstone),
    /// Something that should not be public was found in it, and nobody has looked at it yet.
    Withheld {
        /// Whether that is text that somebody hid from readers only, and no citizen service number.
        is_hidden_text: bool,
        /// Where its supplier publishes it.
        source: Option<String>,
    },
    /// Too many ask at once.
    Busy,
    /// Store or archive failed.
    Broken,
}

/// What of a document may be shown.
pub enum Wanted {
    /// All of it.
    File,
    /// One page.
    Page(u32),
}

/// The text of a document whose file may be shown, and its hash.
pub async fn find(library: &Library, id: &str, wanted: Wanted) -> Result<(DocumentText, String), Lost> {
    let unknown = Lost::Unknown("the file of this document is not held");
    let Ok(id) = id.parse::<EntityId>() else { return Err(unknown) };
    if id.kind() != Kind::Document {
        return Err(unknown);
    }
    // Its text may have been taken down alone.
    let gone = [id.clone(), id.within(Kind::DocumentText, "text")];
    let tombstones = library.store.tombstones(&gone).await.map_err(|why| broken(&why))?;
    if let Some(tombstone) = tombstones.into_iter().max_by_key(|it| it.reason.is_some()) {
        return Err(Lost::Gone(tombstone));
    }
    let ids = std::slice::from_ref(&id);
    let text = Related::text();
    let pages = library.store.related(ids, &text).await.map_err(|why| broken(&why))?;
    let found = pages.into_iter().next().and_then(|(_, page)| page.rows.into_iter().next());
    let Some(Entity::DocumentText(text)) = found.map(|(_, stored)| stored.entity) else {
        return Err(unknown);
    };
    let is_withheld = match wanted {
        Wanted::File => !text.withheld.is_empty(),
        Wanted::Page(number) => text.withheld.contains(&number),
    };
    if is_withheld {
        let document = library.store.get(ids).await.map_err(|why| broken(&why))?.pop();
        let source = document.and_then(|stored| match stored.entity {
            Entity::Document(document) => shown(document.url.as_ref()).map(str::to_owned),
            _ => None,
        });
        let findings = library.store.findings(text.sha256.as_deref()).await.map_err(|why| broken(&why))?;
        let is_hidden_text =
            !findings.is_empty() && findings.iter().all(|it| it.finding.tier == Tier::Hidden);
        return Err(Lost::Withheld { is_hidden_text, source });
    }
    let sha = text.sha256.clone().ok_or(unknown)?;
    Ok((text, sha))
}

/// The bytes of a file.
async fn bytes(library: &Library, sha: &str) -> Result<Bytes, Lost> {
    let bytes = library.archive.get(&ArchiveKey::original(sha)).await.map_err(|why| broken(&why))?;
    bytes.ok_or(Lost::Unknown("the file of this document is not held"))
}

pub fn broken(why: &dyn std::fmt::Display) -> Lost {
    tracing::error!(error = %why, "a file cannot be given");
    Lost::Broken
}

impl IntoResponse for Lost {
    fn into_response(self) -> Response {
        match self {
            Self::Unknown(why) => problem(StatusCode::NOT_FOUND, why, json!({})),
            Self::Gone(tombstone) => {
                let reason = tombstone.reason.map(TakedownReason::word);
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

/// What goes with a file, and with the word that it did not change.
pub fn with_manners(mut answer: Response, tag: &str) -> Response {
    let headers = answer.headers_mut();
    headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY));
    // It may be taken down at any moment: whoever keeps it must ask again.
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    // What is written by and about citizens is found here, and not by their names elsewhere.
    headers.insert("x-robots-tag", HeaderValue::from_static("noindex"));
    if let Ok(tag) = HeaderValue::from_str(tag) {
        headers.insert(header::ETAG, tag);
    }
    answer
}
