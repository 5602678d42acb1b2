//! The outputs that follow the change log. If the output of a follower is deleted, it is made again from the beginning of
//! the log.
//!
//! Each output is a [`Follower`]; [`FollowerGroup`] is the one loop that drives them. A process that harvests drives
//! [`Links`], [`Votes`] and [`Index`], in that order, because what the first two commit is new in the log for the third.
//! A process that serves drives [`AlertFollower`] and what is told live. All of them see an entity as
//! [`SearchEntryBuilder`] shows it.
//!
//! A follower keeps its cursor in its own output, so that both move together or not at all. One that fails is tried again
//! after a delay that grows; it never ends the process, and the others go on.

use async_trait::async_trait;
use raadhuis_alerts::AlertError;
use raadhuis_search::SearchError;
use raadhuis_store::{ArchiveError, StoreError};

pub mod alerts;
mod entries;
mod group;
mod index;
mod links;
mod votes;

pub use alerts::AlertFollower;
pub use entries::{SearchEntryBuilder, load_related};
pub use group::{FollowerGroup, LaggingError};
pub use index::{Index, rebuild::rebuild_index};
pub use links::Links;
pub use votes::Votes;

/// The most changes that one step reads.
const BATCH: u32 = 500;

/// An output that follows the change log.
#[async_trait]
pub trait Follower: Send + Sync {
    /// The name in logs, metrics and stored cursors.
    fn name(&self) -> &'static str;

    /// Returns whether its output is the store itself, so that its commits belong to the run that caused them.
    fn writes_entities(&self) -> bool {
        false
    }

    /// The number of the last change that its output contains.
    ///
    /// # Errors
    /// The output cannot be read.
    async fn cursor(&self) -> Result<i64, FollowerError>;

    /// Takes in the next changes. Returns whether there were any.
    ///
    /// # Errors
    /// The store cannot be read or the output cannot be written; nothing was taken in.
    async fn take_next(&self) -> Result<bool, FollowerError>;
}

/// Failure of a follower to take in changes.
#[derive(Debug, thiserror::Error)]
pub enum FollowerError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Archive(#[from] ArchiveError),
    #[error(transparent)]
    Search(#[from] SearchError),
    #[error(transparent)]
    Alerts(#[from] AlertError),
    #[error("a derived entity cannot be built: {0}")]
    Derived(#[from] serde_json::Error),
    #[error("a task panicked: {0}")]
    Panicked(#[from] tokio::task::JoinError),
}
