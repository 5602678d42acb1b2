//! How a request reaches a supplier and comes back. Pace, deadline, patience and the guard live here, once.

use std::time::Duration;

use async_trait::async_trait;
use raadhuis_schema::RemarkCode;

use crate::supplier::{Answer, Request};

mod live;
mod pace;
pub mod patience;
mod replay;
mod robots;
mod turns;

pub use live::Live;
pub use pace::Pace;
pub use patience::Faults;
pub use replay::{Recording, Replay};
pub use robots::Robots;
pub use turns::Heard;

/// Carries requests.
#[async_trait]
pub trait Transport: Send + Sync {
    /// Sends one request, once, when its turn comes, and gives the answer, whatever its status.
    async fn send(&self, request: &Request) -> Result<Answer, TransportError>;

    /// Learns what the answer to a request amounted to: the pace depends on it.
    async fn heard(&self, _request: &Request, _heard: &Heard) {}

    /// Lets time pass before the same request is sent again.
    async fn rest(&self, _request: &Request, _pause: Duration) {}
}

/// Why there is no answer. Only the variants that somebody branches on.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TransportError {
    /// No answer before the deadline.
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
    /// It could not be reached.
    #[error("{0}")]
    Failed(String),
    /// The answer broke off.
    #[error("the answer broke off: {0}")]
    CutShort(String),
    /// The host asked for rest, and gets it.
    #[error("the host asked for rest: nothing is asked for {} s yet", .0.as_secs())]
    Resting(Duration),
    /// We are banned there.
    #[error("not asked: {0}")]
    Banned(String),
}

impl TransportError {
    /// Whether it will be the same for every question to that host.
    pub fn is_of_the_whole_host(&self) -> bool {
        matches!(self, Self::Disallowed { whole: true, .. } | Self::Resting(_) | Self::Banned(_))
    }

    /// The sort of remark it becomes.
    pub fn code(&self) -> RemarkCode {
        match self {
            Self::TimedOut => RemarkCode::TimedOut,
            Self::BadAddress(_) => RemarkCode::BadAddress,
            Self::TooLarge(_) => RemarkCode::TooLarge,
            Self::Unrecorded(_) => RemarkCode::Unrecorded,
            Self::Disallowed { .. } => RemarkCode::Disallowed,
            Self::SecretMissing(_) => RemarkCode::SecretMissing,
            Self::Failed(_) | Self::CutShort(_) => RemarkCode::Failed,
            Self::Resting(_) => RemarkCode::Throttled,
            Self::Banned(_) => RemarkCode::Blocked,
        }
    }
}
