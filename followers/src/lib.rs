//! The outputs that follow the change log. Delete the output of a follower and it can be made again from the log's beginning.
//!
//! Each output is a [`Follower`]; [`FollowerGroup`] is the one loop that drives them. A process that harvests drives [`Links`],
//! [`Votes`] and [`Index`], in that order, because what the first two commit is new in the log for the third. A process that
//! serves drives [`AlertFollower`] and what is told live. All of them see an entity as [`SearchEntryBuilder`] shows it.
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

/// The most changes that are taken in at once.
const BATCH: u32 = 500;

/// One output that is brought up to the change log.
#[async_trait]
pub trait Follower: Send + Sync {
    /// Its name in logs, metrics and stored cursors.
    fn name(&self) -> &'static str;

    /// Whether its output is the store itself, so that what it commits is part of the run that caused it.
    fn writes_entities(&self) -> bool {
        false
    }

    /// The number of the last change that its output has taken in.
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
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The archive failed.
    #[error(transparent)]
    Archive(#[from] ArchiveError),
    /// The search engine failed.
    #[error(transparent)]
    Search(#[from] SearchError),
    /// The store of alerts failed.
    #[error(transparent)]
    Alerts(#[from] AlertError),
    /// A task of ours panicked.
    #[error("a task panicked: {0}")]
    Panicked(#[from] tokio::task::JoinError),
}
