//! Errors that layers of the server make (405, 413, 500 after a panic, 504): a problem for programs, a page for people.

use axum::{
    extract::State,
    http::{StatusCode, header},
    response::Response,
};
use serde_json::json;

use crate::{App, page::message, problem::problem};

/// Replaces the plain text of a layer's error by a problem (RFC 9457).
pub async fn as_problem(answer: Response) -> Response {
    let Some((title, _)) = error_texts(&answer) else { return answer };
    replace(answer, |status| problem(status, title, json!({})))
}

/// Replaces the plain text of a layer's error by a Dutch page.
pub async fn as_page(State(app): State<App>, answer: Response) -> Response {
    let Some((_, text)) = error_texts(&answer) else { return answer };
    replace(answer, |status| message(&app.site, status, "Deze vraag kan niet worden beantwoord", text))
}

/// The text of a layer's error, in English and in Dutch; `None` for the answer of a handler.
fn error_texts(answer: &Response) -> Option<(&'static str, &'static str)> {
    let kind = answer.headers().get(header::CONTENT_TYPE);
    if kind.is_some_and(|kind| !kind.as_bytes().starts_with(b"text/plain")) {
        return None;
    }
    match answer.status() {
        StatusCode::METHOD_NOT_ALLOWED => {
            Some(("this address is not asked by this method", "Dit adres kan zo niet worden gevraagd."))
        }
        StatusCode::PAYLOAD_TOO_LARGE => {
            Some(("the request is larger than is read here", "U stuurde meer dan wij aannemen."))
        }
        StatusCode::INTERNAL_SERVER_ERROR => Some((
            "the answer could not be made; the cause is in the log of the server",
            "Er ging bij ons iets mis. Probeer het later nog eens.",
        )),
        StatusCode::GATEWAY_TIMEOUT => Some((
            "the answer took longer than it may",
            "Het antwoord duurde te lang. Probeer het nog eens, of stel een kleinere vraag.",
        )),
        _ => None,
    }
}

/// Replaces the body and its type; all other headers stay, such as `allow`.
fn replace(answer: Response, body: impl FnOnce(StatusCode) -> Response) -> Response {
    let (mut old, _) = answer.into_parts();
    let (new, body) = body(old.status).into_parts();
    old.headers.remove(header::CONTENT_LENGTH);
    old.headers.extend(new.headers);
    Response::from_parts(old, body)
}

#[cfg(test)]
mod tests {
    use axum::{Router, body::Body, http::Request, middleware::map_response, routing::get};
    use tower::ServiceExt;
    use tower_http::catch_panic::CatchPanicLayer;

    use super::*;

    #[tokio::test]
    async fn a_panic_is_a_problem_without_its_message() {
        let router = Router::<()>::new()
            .route("/", get(async || -> StatusCode { panic!("a bug") }))
            .layer(CatchPanicLayer::new())
            .layer(map_response(as_problem));
        let answer = router.oneshot(Request::new(Body::empty())).await.unwrap();
        assert_eq!(answer.status(), StatusCode::INTERNAL_SERVER_ERROR);
        assert_eq!(answer.headers()[header::CONTENT_TYPE], "application/problem+json");
        let body = axum::body::to_bytes(answer.into_body(), 1 << 16).await.unwrap();
        assert!(!String::from_utf8_lossy(&body).contains("a bug"));
    }
}
