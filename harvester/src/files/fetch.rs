//! Fetches one file of a document.

use std::{
    collections::BTreeSet,
    sync::{Arc, Mutex, PoisonError},
};

use bytes::Bytes;
use raadhuis_schema::{Document, RemarkCode, Source, Validator};
use raadhuis_text::{Format, sniff};

use crate::{
    crawl::CrawlContext,
    supplier::{Answer, Judgement, Request, Supplier},
    transport::{
        Faults, TransportError,
        patience::{self, Outcome, Reading},
    },
    with_supplier,
};

pub enum Fetched {
    /// The bytes, and the validator by which the server recognises them.
    File(Bytes, Option<Validator>),
    AsBefore,
}

const NOT_MODIFIED: u16 = 304;

pub enum FetchError {
    /// The server answered without a file, or the document cannot be requested.
    Asked(RemarkCode, String),
    NotAsked(RemarkCode, String),
    /// The request failed on the way, perhaps temporarily.
    Failed(RemarkCode, String),
}

/// Hosts that block us: their other files are not requested in this run.
pub type Closed = Mutex<BTreeSet<String>>;

/// Fetches a file. With `known`, the server sends it only if it changed.
pub async fn fetch_file(
    context: &CrawlContext,
    closed: &Closed,
    document: &Document,
    source: &Source,
    known: Option<Validator>,
    faults: &mut Faults,
) -> Result<Fetched, FetchError> {
    if document
        .media_type
        .as_ref()
        .is_some_and(|kind| kind.starts_with("audio/") || kind.starts_with("video/"))
    {
        let why = "recordings are not fetched as documents".to_owned();
        return Err(FetchError::Asked(RemarkCode::UnsupportedFormat, why));
    }
    let request: Option<Request> = with_supplier!(source.supplier, S => S::original(source, document));
    let has_known = known.is_some();
    let Some(request) = request else {
        return Err(FetchError::Asked(RemarkCode::BadAddress, "the document has no address".to_owned()));
    };
    let request = Request { known, ..request };
    if closed.lock().unwrap_or_else(PoisonError::into_inner).contains(request.house()) {
        let why = "not asked: its host keeps us out".to_owned();
        return Err(FetchError::NotAsked(RemarkCode::Blocked, why));
    }
    let (supplier, may_be_html) = (source.supplier, claims_html(document));
    let interpret = Arc::new(move |answer: &Answer| {
        if answer.status == NOT_MODIFIED && has_known {
            return Reading::Says(());
        }
        let judgement = with_supplier!(supplier, S => S::judge_original(answer));
        match judgement {
            // An HTML page instead of the file is an error page or a login page.
            Judgement::Content if sniff(&answer.bytes) == Format::Html && !may_be_html => {
                Reading::Unreadable("a page of HTML stands where the file should".to_owned())
            }
            Judgement::Content if is_for_programs(&answer.bytes) => {
                Reading::Unreadable("an answer for programs stands where the file should".to_owned())
            }
            Judgement::Content => Reading::Says(()),
            other => Reading::Amounts(other),
        }
    });
    match patience::ask(&*context.transport, &request, false, faults, interpret).await {
        Outcome::Read(answer, ()) if answer.status == NOT_MODIFIED => Ok(Fetched::AsBefore),
        Outcome::Read(answer, ()) => Ok(Fetched::File(answer.bytes, answer.validator)),
        Outcome::Judged(answer, judgement) => {
            // A 403 may be about this file only; a 429 is about all.
            if matches!(judgement, Judgement::Blocked(_)) || answer.status == 429 {
                close_host(closed, &request);
            }
            let (code, why) = crate::crawl::describe_judgement(&judgement, answer.status);
            let is_broken = matches!(judgement, Judgement::Broken(_));
            Err(if is_broken { FetchError::Failed(code, why) } else { FetchError::Asked(code, why) })
        }
        Outcome::Unreadable(_, why) => Err(FetchError::Failed(RemarkCode::UnsupportedFormat, why)),
        Outcome::None(error) => {
            if error.is_of_the_whole_host() {
                close_host(closed, &request);
            }
            let (code, why) = (error.remark_code(), error.to_string());
            Err(match error {
                error if error.is_of_the_whole_host() => FetchError::NotAsked(code, why),
                TransportError::TimedOut | TransportError::Failed(_) | TransportError::CutShort(_) => {
                    FetchError::Failed(code, why)
                }
                _ => FetchError::Asked(code, why),
            })
        }
    }
}

/// Returns whether the bytes are JSON. RTF also begins with `{`.
fn is_for_programs(bytes: &[u8]) -> bool {
    sniff(bytes) == Format::Text && bytes.trim_ascii_start().starts_with(b"{")
}

fn claims_html(document: &Document) -> bool {
    document.media_type.as_ref().is_some_and(|kind| kind.contains("html"))
        || document.file_name.as_deref().is_some_and(has_html_extension)
        || document.url.as_ref().is_some_and(|url| has_html_extension(url.path()))
}

fn has_html_extension(name: &str) -> bool {
    [".htm", ".html", ".xhtml"].iter().any(|end| name.to_lowercase().ends_with(end))
}

fn close_host(closed: &Closed, request: &Request) {
    closed.lock().unwrap_or_else(PoisonError::into_inner).insert(request.house().to_owned());
}
