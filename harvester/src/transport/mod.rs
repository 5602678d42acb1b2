//! Sends requests to suppliers: rate limits, time limits, retries, and the guard over addresses.

use std::time::Duration;

use async_trait::async_trait;
use raadhuis_schema::DiagnosticCode;

mod answer;
mod lane;
mod live;
mod parsed;
mod rate_limiter;
mod replay;
mod request;
pub mod retry;
mod robots;
mod schedule;

pub use answer::Answer;
pub use lane::{Lane, SIMULATED, ban_scope, is_ipv4_only, real_host};
pub use live::HttpTransport;
pub use parsed::{ParsedBody, UnreadableError};
pub use rate_limiter::RateLimiter;
pub use replay::{RecordedAnswers, Replay};
pub use request::{Request, Secret, Soap, Wants};
pub use retry::Faults;
pub use robots::Robots;
pub use schedule::PaceFeedback;

#[async_trait]
pub trait Transport: Send + Sync {
    /// Sends one request once, when its lane has a turn, and returns the answer whatever its status.
    async fn send(&self, request: &Request) -> Result<Answer, TransportError>;

    /// Adapts the pace of the host to the outcome of a request.
    async fn report_feedback(&self, _request: &Request, _feedback: &PaceFeedback) {}

    /// Waits before the same request is sent again.
    async fn pause_before_retry(&self, _request: &Request, _pause: Duration) {}
}

/// A request without an answer. It has only variants that some caller distinguishes.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TransportError {
    #[error("no answer before the deadline")]
    TimedOut,
    /// The guard forbids that address.
    #[error("{0}")]
    BadAddress(String),
    #[error("the answer is larger than {0} bytes")]
    TooLarge(usize),
    #[error("the recording holds no answer to {0}")]
    Unrecorded(String),
    #[error("robots.txt of {host} asks us to stay away{}", if *.whole { "" } else { " from that page" })]
    Disallowed {
        host: String,
        /// True if robots.txt forbids the whole host.
        whole: bool,
    },
    #[error("the environment variable {0} is not set")]
    SecretMissing(String),
    #[error("{0}")]
    Failed(String),
    #[error("the answer broke off: {0}")]
    CutShort(String),
    #[error("the host asked for rest: nothing is asked for {} s yet", .0.as_secs())]
    Resting(Duration),
    #[error("not asked: {0}")]
    Banned(String),
}

impl TransportError {
    /// Returns whether every request to that host would fail in the same way.
    pub fn is_of_the_whole_host(&self) -> bool {
        matches!(self, Self::Disallowed { whole: true, .. } | Self::Resting(_) | Self::Banned(_))
    }

    pub fn diagnostic_code(&self) -> DiagnosticCode {
        match self {
            Self::TimedOut => DiagnosticCode::TimedOut,
            Self::BadAddress(_) => DiagnosticCode::BadAddress,
            Self::TooLarge(_) => DiagnosticCode::TooLarge,
            Self::Unrecorded(_) => DiagnosticCode::Unrecorded,
            Self::Disallowed { .. } => DiagnosticCode::Disallowed,
            Self::SecretMissing(_) => DiagnosticCode::SecretMissing,
            Self::Failed(_) | Self::CutShort(_) => DiagnosticCode::Failed,
            Self::Resting(_) => DiagnosticCode::Throttled,
            Self::Banned(_) => DiagnosticCode::Blocked,
        }
    }
}
