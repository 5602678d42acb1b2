//! How a request reaches a supplier and comes back. Pace, deadline, retry and the guard live here, once.

use async_trait::async_trait;
use raadhuis_schema::RemarkCode;

use crate::supplier::{Answer, Request};

mod guard;
mod live;
mod pace;
mod replay;
mod robots;

pub use guard::Guard;
pub use live::{Live, LiveError};
pub use pace::Pace;
pub use replay::{Recording, Replay};
pub use robots::Robots;

/// Carries requests.
#[async_trait]
pub trait Transport: Send + Sync {
    /// Sends one request and gives the answer, whatever its status.
    async fn send(&self, request: &Request) -> Result<Answer, TransportError>;

    /// Leaves the host of a request alone for a while, longer each of so many `times`: it asked for patience.
    async fn pause(&self, _request: &Request, _times: u32) {}
}

/// Why there is no answer. Only the variants that somebody branches on.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TransportError {
    /// No answer before the deadline, retries included.
    #[error("no answer before the deadline")]
    TimedOut,
    /// We do not visit that address.
    #[error("{0}")]
    BadAddress(String),
    /// More bytes than we accept.
    #[error("the answer is larger than {0} bytes")]
    TooLarge(usize),
    /// The recording holds no answer to this request.
    #[error("the recording holds no answer to {0}")]
    Unrecorded(String),
    /// The host asks robots to stay away from that page, or from all of it.
    #[error("robots.txt of {host} asks us to stay away{}", if *.whole { "" } else { " from that page" })]
    Disallowed {
        /// The host.
        host: String,
        /// Whether all of it.
        whole: bool,
    },
    /// The operator has not given a secret that this supplier asks for.
    #[error("the environment variable {0} is not set")]
    SecretMissing(String),
    /// It could not be reached, or broke off.
    #[error("{0}")]
    Failed(String),
}

impl TransportError {
    /// The sort of remark it becomes.
    pub fn code(&self) -> RemarkCode {
        match self {
            Self::TimedOut => RemarkCode::TimedOut,
            Self::BadAddress(_) => RemarkCode::BadAddress,
            Self::TooLarge(_) => RemarkCode::TooLarge,
            Self::Unrecorded(_) => RemarkCode::Unrecorded,
            Self::Disallowed { .. } => RemarkCode::Disallowed,
            Self::SecretMissing(_) => RemarkCode::SecretMissing,
            Self::Failed(_) => RemarkCode::Failed,
        }
    }
}
