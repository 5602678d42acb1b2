//! A stable code for every error, so that programs need not read its message.

use async_graphql::{Response, ServerError, Value};

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
