//! The transport of tests and of the demo, which answers from recordings and never uses the network.

use async_trait::async_trait;

use super::{Transport, TransportError};
use crate::transport::{Answer, Request};

pub trait RecordedAnswers: Send + Sync {
    fn recorded_answer(&self, request: &Request) -> Option<Answer>;
}

impl<F: Fn(&Request) -> Option<Answer> + Send + Sync> RecordedAnswers for F {
    fn recorded_answer(&self, request: &Request) -> Option<Answer> {
        self(request)
    }
}

/// Replays a recording. A request that was not recorded fails; no answer is made up.
#[derive(Debug)]
pub struct Replay<R>(pub R);

#[async_trait]
impl<R: RecordedAnswers> Transport for Replay<R> {
    async fn send(&self, request: &Request) -> Result<Answer, TransportError> {
        self.0.recorded_answer(request).ok_or_else(|| TransportError::Unrecorded(request.url.to_string()))
    }
}
