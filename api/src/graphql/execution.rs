//! Execution of requests. On every connection each error carries a code, and a panic, which is a bug of ours, is an internal error.

use std::{panic::AssertUnwindSafe, sync::Arc};

use async_graphql::{Data, Executor, Pos, Request, Response};
use futures::{FutureExt, Stream, StreamExt, stream::BoxStream};

use super::{RaadhuisSchema, code::with_codes, hint::with_hints, loader::internal_error};

/// Answers a request. `number` is its id in the log. An error about an unknown name suggests the nearest one.
pub async fn execute(schema: &RaadhuisSchema, request: Request, number: Option<&str>) -> Response {
    with_codes(with_hints(catch_panic(schema.execute(request)).await), number)
}

/// The schema for connections that stay open.
#[derive(Clone)]
pub struct CodedSchema(pub RaadhuisSchema);

impl Executor for CodedSchema {
    async fn execute(&self, request: Request) -> Response {
        execute(&self.0, request, None).await
    }

    fn execute_stream(&self, request: Request, session: Option<Arc<Data>>) -> BoxStream<'static, Response> {
        let responses = Executor::execute_stream(&self.0, request, session);
        catch_panics(responses).map(|response| with_codes(with_hints(response), None)).boxed()
    }
}

async fn catch_panic(execution: impl Future<Output = Response>) -> Response {
    AssertUnwindSafe(execution).catch_unwind().await.unwrap_or_else(|_| panic_response())
}

/// Ends a stream after a panic with an error.
fn catch_panics(responses: impl Stream<Item = Response>) -> impl Stream<Item = Response> {
    AssertUnwindSafe(responses).catch_unwind().map(|response| response.unwrap_or_else(|_| panic_response()))
}

fn panic_response() -> Response {
    let error = internal_error(&"a resolver panicked; the log has its message");
    Response::from_errors(vec![error.into_server_error(Pos::default())])
}

#[cfg(test)]
mod tests {
    use futures::stream;

    use super::*;

    fn check(response: &Response) {
        let body = serde_json::to_value(response).unwrap();
        assert_eq!(body["errors"][0]["extensions"]["code"], "INTERNAL_SERVER_ERROR");
        assert!(!body.to_string().contains("a bug"), "{body}");
    }

    #[tokio::test]
    async fn a_panic_is_an_internal_error() {
        check(&catch_panic(async { panic!("a bug") }).await);
    }

    #[tokio::test]
    async fn a_panic_in_a_stream_is_an_internal_error_and_ends_it() {
        let responses = stream::iter([1, 2, 3]).map(|number| {
            assert!(number != 2, "a bug");
            Response::default()
        });
        let responses: Vec<Response> = catch_panics(responses).collect().await;
        assert_eq!(responses.len(), 2);
        check(&responses[1]);
    }
}
