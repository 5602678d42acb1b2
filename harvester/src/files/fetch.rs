//! Fetches one file of a document.

use std::{
    collections::BTreeSet,
    sync::{Arc, Mutex, PoisonError},
};

use bytes::Bytes;
use raadhuis_schema::{CodedError, DiagnosticCode, Document, Source, Validator};
use raadhuis_text::{Format, detect_format};

use crate::{
    crawl::CrawlContext,
    supplier::{AnswerClass, Supplier},
    transport::{
        Answer, Faults, Request, TransportError,
        retry::{self, Interpretation, SendOutcome},
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
    Asked(CodedError),
    NotAsked(CodedError),
    /// The request failed on the way, perhaps temporarily.
    Failed(CodedError),
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
        return Err(FetchError::Asked(CodedError::new(DiagnosticCode::UnsupportedFormat, why)));
    }
    let request: Option<Request> = with_supplier!(source.supplier, S => S::original(source, document));
    let has_known = known.is_some();
    let Some(request) = request else {
        return Err(FetchError::Asked(CodedError::new(
            DiagnosticCode::BadAddress,
            "the document has no address".to_owned(),
        )));
    };
    let request = Request { known, ..request };
    if closed.lock().unwrap_or_else(PoisonError::into_inner).contains(request.ban_scope()) {
        let why = "not asked: its host keeps us out".to_owned();
        return Err(FetchError::NotAsked(CodedError::new(DiagnosticCode::Blocked, why)));
    }
    let (supplier, may_be_html) = (source.supplier, claims_html(document));
    let interpret = Arc::new(move |answer: &Answer| {
        if answer.status == NOT_MODIFIED && has_known {
            return Interpretation::Says(());
        }
        let judgement = with_supplier!(supplier, S => S::classify_original(answer));
        match judgement {
            // An HTML page instead of the file is an error page or a login page.
            AnswerClass::Content if detect_format(&answer.bytes) == Format::Html && !may_be_html => {
                Interpretation::Unreadable("a page of HTML stands where the file should".to_owned())
            }
            AnswerClass::Content if is_for_programs(&answer.bytes) => {
                Interpretation::Unreadable("an answer for programs stands where the file should".to_owned())
            }
            AnswerClass::Content => Interpretation::Says(()),
            other => Interpretation::Amounts(other),
        }
    });
    match retry::send_with_retry(&*context.transport, &request, false, faults, interpret).await {
        SendOutcome::Read(answer, ()) if answer.status == NOT_MODIFIED => Ok(Fetched::AsBefore),
        SendOutcome::Read(answer, ()) => Ok(Fetched::File(answer.bytes, answer.validator)),
        SendOutcome::Judged(answer, judgement) => {
            // A 403 may be about this file only; a 429 is about all.
            if matches!(judgement, AnswerClass::Blocked(_)) || answer.status == 429 {
                close_host(closed, &request);
            }
            let trouble = crate::crawl::describe_class(&judgement, answer.status);
            let is_broken = matches!(judgement, AnswerClass::Broken(_));
            Err(if is_broken { FetchError::Failed(trouble) } else { FetchError::Asked(trouble) })
        }
        SendOutcome::Unreadable(_, why) => {
            Err(FetchError::Failed(CodedError::new(DiagnosticCode::UnsupportedFormat, why)))
        }
        SendOutcome::None(error) => {
            if error.is_of_the_whole_host() {
                close_host(closed, &request);
            }
            let trouble = CodedError::new(error.diagnostic_code(), error.to_string());
            Err(match error {
                error if error.is_of_the_whole_host() => FetchError::NotAsked(trouble),
                TransportError::TimedOut | TransportError::Failed(_) | TransportError::CutShort(_) => {
                    FetchError::Failed(trouble)
                }
                _ => FetchError::Asked(trouble),
            })
        }
    }
}

/// Returns whether the bytes are JSON. RTF also begins with `{`.
fn is_for_programs(bytes: &[u8]) -> bool {
    detect_format(bytes) == Format::Text && bytes.trim_ascii_start().starts_with(b"{")
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
    closed.lock().unwrap_or_else(PoisonError::into_inner).insert(request.ban_scope().to_owned());
}
