//! `/v1/documents/{id}/text` and `/v1/documents/{id}/pages/{n}`: the words of a document, all of them or those of a page.

use axum::{
    extract::{Path, State},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use raadhuis_schema::{DocumentText, PageText};
use serde_json::json;

use crate::{
    App, Library,
    etag::{is_known, tag_of},
    file::{FileError, FilePart, find_file, log_failure, with_headers},
    graphql::rights::FILE_TERMS,
    problem::problem,
};

/// The text of all pages, separated by form feeds. A document with a withheld page is given by page only.
pub async fn send_text(State(app): State<App>, Path(id): Path<String>, headers: HeaderMap) -> Response {
    let answer = async {
        let (text, sha) = find_file(&app.library, &id, FilePart::File).await?;
        let tag = tag_of(&["text", &sha, &text.characters.to_string()]);
        if is_known(&headers, &tag) {
            return Ok(with_headers(StatusCode::NOT_MODIFIED.into_response(), &tag));
        }
        let pages = load_pages(&app.library, &sha).await?;
        let words = pages.iter().map(|page| page.text.as_str()).collect::<Vec<_>>().join("\u{c}");
        let kind = [(header::CONTENT_TYPE, "text/plain; charset=utf-8")];
        Ok::<_, FileError>(with_headers((kind, words).into_response(), &tag))
    };
    answer.await.unwrap_or_else(IntoResponse::into_response)
}

pub async fn send_page(
    State(app): State<App>,
    Path((id, number)): Path<(String, String)>,
    headers: HeaderMap,
) -> Response {
    let Ok(number) = number.parse::<u32>() else {
        return unknown_page("a page is asked for by its number, from 1");
    };
    let (text, sha) = match find_file(&app.library, &id, FilePart::Page(number)).await {
        Ok(found) => found,
        Err(lost) => return lost.into_response(),
    };
    let tag = tag_of(&["page", &sha, &number.to_string(), &text.characters.to_string()]);
    if is_known(&headers, &tag) {
        return with_headers(StatusCode::NOT_MODIFIED.into_response(), &tag);
    }
    match load_pages(&app.library, &sha).await {
        Ok(pages) => match pages.iter().find(|page| page.number == number) {
            Some(page) => with_headers(as_json(&id, &text, page), &tag),
            None => unknown_page("the document has no such page, or it was not read"),
        },
        Err(lost) => lost.into_response(),
    }
}

fn unknown_page(why: &str) -> Response {
    problem(StatusCode::NOT_FOUND, why, json!({}))
}

fn as_json(id: &str, text: &DocumentText, page: &PageText) -> Response {
    let body = json!({
        "document": id,
        "number": page.number,
        "pagesTotal": text.pages_total,
        "text": page.text,
        "origin": page.origin,
        "rights": FILE_TERMS,
    });
    ([(header::CONTENT_TYPE, "application/json")], body.to_string()).into_response()
}

async fn load_pages(library: &Library, sha: &str) -> Result<Vec<PageText>, FileError> {
    let pages = library.load_pages(sha).await.map_err(|why| log_failure(&why))?;
    pages.ok_or(FileError::Unknown("the text of this document is not held"))
}
