//! What forms and addresses of pages send: read with limits, and refused in Dutch.

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

/// The most fields in the address of a page, and the most bytes behind its question mark.
pub const MOST_FIELDS: usize = 100;
pub const LONGEST_QUERY: usize = 4 * 1024;

/// The most bytes of a form that is sent: a search in it is encoded twice, a report may have 4 KiB of words.
pub const LONGEST_FORM: usize = 32 * 1024;

/// Why the part of an address behind the question mark is not read, if it is too long.
pub fn excess(query: &str) -> Option<String> {
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

/// Refuses an address that is too long before a page reads it.
pub async fn limit_query(State(app): State<App>, request: Request, next: Next) -> Response {
    match request.uri().query().and_then(excess) {
        Some(why) => refuse(&app, StatusCode::URI_TOO_LONG, &why),
        None => next.run(request).await,
    }
}

/// The fields of an address.
pub struct Address<T>(pub T);

impl<T: DeserializeOwned> FromRequestParts<App> for Address<T> {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Response> {
        match Query::try_from_uri(&parts.uri) {
            Ok(Query(fields)) => Ok(Self(fields)),
            Err(_) => Err(refuse(
                app,
                StatusCode::BAD_REQUEST,
                "In dit adres ontbreekt iets, staat een naam die wij niet kennen, of een getal is er geen.",
            )),
        }
    }
}

/// The fields of a form that was sent.
pub struct Sent<T>(pub T);

impl<T: DeserializeOwned> FromRequest<App> for Sent<T> {
    type Rejection = Response;

    async fn from_request(request: Request, app: &App) -> Result<Self, Response> {
        match Form::from_request(request, app).await {
            Ok(Form(fields)) => Ok(Self(fields)),
            Err(rejection) if rejection.status() == StatusCode::PAYLOAD_TOO_LARGE => {
                Err(refuse(app, StatusCode::PAYLOAD_TOO_LARGE, "U stuurde meer dan wij aannemen."))
            }
            Err(_) => Err(refuse(app, StatusCode::BAD_REQUEST, "Dit formulier is niet volledig ingevuld.")),
        }
    }
}

fn refuse(app: &App, status: StatusCode, why: &str) -> Response {
    message(&app.site, status, "Deze vraag kan niet worden beantwoord", why)
}
