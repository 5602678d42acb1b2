//! A stable code for every error, so that programs need not read its message.

use std::panic::AssertUnwindSafe;

use async_graphql::{Pos, Response, ServerError, Value};
use futures::FutureExt;

use super::loader::internal_error;

/// Answers a panic, which is a bug of ours, as an internal error.
pub async fn catch_panic(execution: impl Future<Output = Response>) -> Response {
    AssertUnwindSafe(execution).catch_unwind().await.unwrap_or_else(|_| {
        let error = internal_error(&"a resolver panicked; the log has its message");
        Response::from_errors(vec![error.into_server_error(Pos::default())])
    })
}

/// Adds a code to each error without one, and the request number by which our log names it.
pub fn with_codes(mut response: Response, request: Option<&str>) -> Response {
    let was_run = !matches!(response.data, Value::Null);
    for error in &mut response.errors {
        let code = error_code(error, was_run);
        let extensions = error.extensions.get_or_insert_default();
        if extensions.get("code").is_none() {
            extensions.set("code", code);
        }
        if let Some(request) = request {
            extensions.set("requestId", request);
        }
    }
    response
}

/// The code of an error that was made without one: by a resolver, or by the validation of the query.
fn error_code(error: &ServerError, was_run: bool) -> &'static str {
    if was_run || !error.path.is_empty() { "BAD_USER_INPUT" } else { "GRAPHQL_VALIDATION_FAILED" }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_panic_is_an_internal_error() {
        let response = with_codes(catch_panic(async { panic!("a bug") }).await, Some("7"));
        let body = serde_json::to_value(&response).unwrap();
        assert_eq!(body["errors"][0]["extensions"]["code"], "INTERNAL_SERVER_ERROR");
        assert!(!body.to_string().contains("a bug"), "{body}");
    }
}
