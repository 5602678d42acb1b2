//! Fetching one file, and why there is none.

use std::{
    collections::BTreeSet,
    sync::{Arc, Mutex, PoisonError},
};

use bytes::Bytes;
use raadhuis_schema::{Document, RemarkCode, Source, Validator};
use raadhuis_text::{Format, sniff};

use crate::{
    crawl::World,
    supplier::{Answer, Judgement, Request, Supplier},
    transport::{
        Faults, TransportError,
        patience::{self, Outcome, Reading},
    },
    with_supplier,
};

/// What a server gave.
pub enum Fetched {
    /// A file, and by what the server knows it again.
    File(Bytes, Option<Validator>),
    /// The file that we have.
    AsBefore,
}

/// The server still gives what we have.
const NOT_MODIFIED: u16 = 304;

/// Why there is no file.
pub enum Unfetched {
    /// It was asked for, or never can be.
    Asked(RemarkCode, String),
    /// Its host is not asked now.
    NotAsked(RemarkCode, String),
    /// It was asked for, and came to nothing on the way.
    Failed(RemarkCode, String),
}

/// Houses that keep us out: none of their other files is asked for in this run.
pub type Closed = Mutex<BTreeSet<String>>;

/// Fetches a file; with `known`, only when it is another than the one we have.
pub async fn fetch(
    world: &World,
    closed: &Closed,
    (document, source): (&Document, &Source),
    known: Option<Validator>,
    faults: &mut Faults,
) -> Result<Fetched, Unfetched> {
    let is_recording = |kind: &String| kind.starts_with("audio/") || kind.starts_with("video/");
    if document.media_type.as_ref().is_some_and(is_recording) {
        let why = "recordings are not fetched as documents".to_owned();
        return Err(Unfetched::Asked(RemarkCode::UnsupportedFormat, why));
    }
    let request: Option<Request> = with_supplier!(source.supplier, S => S::original(source, document));
    let no_address = || Unfetched::Asked(RemarkCode::BadAddress, "the document has no address".to_owned());
    let has_known = known.is_some();
    let request = Request { known, ..request.ok_or_else(no_address)? };
    if closed.lock().unwrap_or_else(PoisonError::into_inner).contains(request.house()) {
        let why = "not asked: its host keeps us out".to_owned();
        return Err(Unfetched::NotAsked(RemarkCode::Blocked, why));
    }
    let (supplier, may_be_html) = (source.supplier, claims_html(document));
    let interpret = Arc::new(move |answer: &Answer| {
        if answer.status == NOT_MODIFIED && has_known {
            return Reading::Says(());
        }
        let judgement = with_supplier!(supplier, S => S::judge_original(answer));
        match judgement {
            // A page in the place of a file is no document, and is not kept as one.
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
    match patience::ask(&*world.transport, &request, false, faults, interpret).await {
        Outcome::Read(answer, ()) if answer.status == NOT_MODIFIED => Ok(Fetched::AsBefore),
        Outcome::Read(answer, ()) => Ok(Fetched::File(answer.bytes, answer.validator)),
        Outcome::Judged(answer, judgement) => {
            // A 403 may be about this file only; a 429 is about all.
            if matches!(judgement, Judgement::Blocked(_)) || answer.status == 429 {
                close(closed, &request);
            }
            let (code, why) = crate::crawl::in_words(&judgement, answer.status);
            let is_broken = matches!(judgement, Judgement::Broken(_));
            let unfetched = if is_broken { Unfetched::Failed } else { Unfetched::Asked };
            Err(unfetched(code, why))
        }
        Outcome::Unreadable(_, why) => Err(Unfetched::Failed(RemarkCode::UnsupportedFormat, why)),
        Outcome::None(error) => {
            if error.is_of_the_whole_host() {
                close(closed, &request);
            }
            let unfetched = match &error {
                error if error.is_of_the_whole_host() => Unfetched::NotAsked,
                TransportError::TimedOut | TransportError::Failed(_) | TransportError::CutShort(_) => {
                    Unfetched::Failed
                }
                _ => Unfetched::Asked,
            };
            Err(unfetched(error.code(), error.to_string()))
        }
    }
}

/// Whether it is JSON. RTF begins with the same sign.
fn is_for_programs(bytes: &[u8]) -> bool {
    sniff(bytes) == Format::Text && bytes.trim_ascii_start().starts_with(b"{")
}

/// Whether a document is said to be a page of HTML.
fn claims_html(document: &Document) -> bool {
    let is_page =
        |name: &str| [".htm", ".html", ".xhtml"].iter().any(|end| name.to_lowercase().ends_with(end));
    document.media_type.as_ref().is_some_and(|kind| kind.contains("html"))
        || document.file_name.as_deref().is_some_and(is_page)
        || document.url.as_ref().is_some_and(|url| is_page(url.path()))
}

fn close(closed: &Closed, request: &Request) {
    closed.lock().unwrap_or_else(PoisonError::into_inner).insert(request.house().to_owned());
}
