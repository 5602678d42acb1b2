//! A replaceable projection of the store that answers words.
//!
//! [`Search`] is all that the rest of the program knows of an engine; what every engine promises is the table
//! in `contract.rs`. Understanding a query ([`query`]), analysing Dutch ([`dutch`]), turning an entity into
//! what is indexed ([`entry`]) and cutting a snippet ([`snippet`]) are pure and shared by all engines.

use std::sync::Arc;

use async_trait::async_trait;
use jiff::civil::Date;
use raadhuis_schema::{EntityId, Kind};

#[cfg(test)]
mod contract;
pub mod dutch;
pub mod entry;
pub mod query;
pub mod snippet;
mod tantivy;

pub use entry::Entry;
pub use query::Query;
pub use snippet::{Range, Snippet};

/// The engine as everyone holds it.
pub type SharedSearch = Arc<dyn Search>;

/// Which entities are searched. Empty lists and absent days mean no restriction.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    /// Of these kinds.
    pub kinds: Vec<Kind>,
    /// Of these authorities.
    pub authorities: Vec<EntityId>,
    /// Not before this day. Undated entities do not pass.
    pub from: Option<Date>,
    /// Not after this day. Undated entities do not pass.
    pub until: Option<Date>,
}

/// In which order hits come. Equal ones are ordered by id, so that pages do not overlap.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Sort {
    /// The best match first.
    #[default]
    Relevance,
    /// The newest first; undated ones last.
    Newest,
    /// The oldest first; undated ones last.
    Oldest,
}

/// Which hits: `first` of them after `skip`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Page {
    /// How many at most.
    pub first: usize,
    /// How many to pass over.
    pub skip: usize,
}

/// What was found.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Found {
    /// How many entities match, exactly.
    pub total: u64,
    /// The page that was asked for.
    pub hits: Vec<EntityId>,
}

/// Changes for an engine, taken in whole together with the cursor or not at all.
#[derive(Clone, Debug, Default)]
pub struct Batch {
    /// To be put in, or replaced.
    pub entries: Vec<Entry>,
    /// To be taken out.
    pub removed: Vec<EntityId>,
    /// How far in the change log the index is after this.
    pub cursor: i64,
    /// Whether what is taken out must leave no trace in any file.
    pub erase: bool,
}

/// Why an engine did not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum SearchError {
    /// The address names no engine we have.
    #[error("no search engine is known for {0:?}; it must begin with tantivy:")]
    UnknownAddress(String),
    /// The index was made by another version and must be made again.
    #[error(
        "the index in {0} was made by another version of Raadhuis; delete that folder, it is made again at the next harvest"
    )]
    OtherVersion(String),
    /// The engine failed.
    #[error("the search engine failed: {0}")]
    Engine(String),
}

/// Finds entities by words.
#[async_trait]
pub trait Search: Send + Sync + 'static {
    /// Takes in changes.
    async fn apply(&self, batch: Batch) -> Result<(), SearchError>;

    /// How far in the change log the index is. Kept in the index itself, so that the two cannot part.
    async fn cursor(&self) -> Result<i64, SearchError>;

    /// What matches.
    async fn find(
        &self,
        query: &Query,
        filter: &Filter,
        sort: Sort,
        page: Page,
    ) -> Result<Found, SearchError>;
}

/// Opens the engine at `address` (`tantivy:PATH`), making its index where needed.
///
/// # Errors
/// An unknown address, an index of another version, an engine that fails.
pub fn open(address: &str) -> Result<SharedSearch, SearchError> {
    match address.split_once(':') {
        Some(("tantivy", path)) => Ok(Arc::new(tantivy::Tantivy::open(path)?)),
        _ => Err(SearchError::UnknownAddress(address.to_owned())),
    }
}
