//! The transport of tests and of the demo: answers come from a recording, never from the network.

use async_trait::async_trait;

use super::{Transport, TransportError};
use crate::supplier::{Answer, Request};

/// What was recorded: the answer to a request, or nothing.
pub trait Recording: Send + Sync {
    /// The recorded answer.
    fn answer(&self, request: &Request) -> Option<Answer>;
}

impl<F: Fn(&Request) -> Option<Answer> + Send + Sync> Recording for F {
    fn answer(&self, request: &Request) -> Option<Answer> {
        self(request)
    }
}

/// Replays a recording. A request that was not recorded fails: it is never guessed.
#[derive(Debug)]
pub struct Replay<R>(pub R);

#[async_trait]
impl<R: Recording> Transport for Replay<R> {
    async fn send(&self, request: &Request) -> Result<Answer, TransportError> {
        self.0.answer(request).ok_or_else(|| TransportError::Unrecorded(request.url.to_string()))
    }
}
