//! Extractors of forms and query strings of pages, with limits and Dutch errors.

use axum::{
    Form,
    extract::{FromRequest, FromRequestParts, Query, Request, State},
    http::{StatusCode, request::Parts},
    middleware::Next,
    response::Response,
};
use serde::de::DeserializeOwned;
use url::form_urlencoded;

use super::message;
use crate::App;

/// The most fields of a query string, and its most bytes.
pub const MOST_FIELDS: usize = 100;
pub const LONGEST_QUERY: usize = 4 * 1024;

/// The most bytes of a posted form: a search in it is encoded twice, a report may have 4 KiB of words.
pub const LONGEST_FORM: usize = 32 * 1024;

/// The Dutch error for a query string that is too long.
pub fn find_excess(query: &str) -> Option<String> {
    if query.len() > LONGEST_QUERY {
        return Some(format!(
            "Deze vraag is te lang: {} tekens. Wij lezen er hoogstens {LONGEST_QUERY}.",
            query.len()
        ));
    }
    let fields = form_urlencoded::parse(query.as_bytes()).count();
    (fields > MOST_FIELDS)
        .then(|| format!("Deze vraag heeft {fields} velden. Wij lezen er hoogstens {MOST_FIELDS}."))
}

/// Middleware that refuses a query string that is too long.
pub async fn limit_query(State(app): State<App>, request: Request, next: Next) -> Response {
    match request.uri().query().and_then(find_excess) {
        Some(why) => refuse_input(&app, StatusCode::URI_TOO_LONG, &why),
        None => next.run(request).await,
    }
}

/// Extracts the fields of the query string; the rejection is a Dutch page.
pub struct Address<T>(pub T);

impl<T: DeserializeOwned> FromRequestParts<App> for Address<T> {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Response> {
        match Query::try_from_uri(&parts.uri) {
            Ok(Query(fields)) => Ok(Self(fields)),
            Err(_) => Err(refuse_input(
                app,
                StatusCode::BAD_REQUEST,
                "In dit adres ontbreekt iets, staat een naam die wij niet kennen, of een getal is er geen.",
            )),
        }
    }
}

/// Extracts the fields of a posted form; the rejection is a Dutch page.
pub struct Sent<T>(pub T);

impl<T: DeserializeOwned> FromRequest<App> for Sent<T> {
    type Rejection = Response;

    async fn from_request(request: Request, app: &App) -> Result<Self, Response> {
        match Form::from_request(request, app).await {
            Ok(Form(fields)) => Ok(Self(fields)),
            Err(rejection) if rejection.status() == StatusCode::PAYLOAD_TOO_LARGE => {
                Err(refuse_input(app, StatusCode::PAYLOAD_TOO_LARGE, "U stuurde meer dan wij aannemen."))
            }
            Err(_) => {
                Err(refuse_input(app, StatusCode::BAD_REQUEST, "Dit formulier is niet volledig ingevuld."))
            }
        }
    }
}

/// The page for a request that cannot be answered; `why` is Dutch.
pub fn refuse_input(app: &App, status: StatusCode, why: &str) -> Response {
    message(&app.site, status, "Deze vraag kan niet worden beantwoord", why)
}
