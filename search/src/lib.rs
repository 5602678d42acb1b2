//! Full-text search: a projection of the store that can be rebuilt at any time.
//!
//! The rest of the program knows an engine only as [`Search`]; the table in `contract.rs` lists what every engine guarantees.
//! Parsing a query ([`query`]), analysing Dutch ([`dutch`]), building an entry ([`entry`]), matching a query against a text
//! ([`prefilter`], [`matching`]) and cutting snippets ([`snippet`]) are pure and shared by all engines.

use std::{collections::BTreeMap, sync::Arc};

use async_trait::async_trait;
use raadhuis_schema::EntityId;

#[cfg(test)]
mod contract;
pub mod dutch;
pub mod entry;
pub mod filter;
pub mod matching;
mod meilisearch;
pub mod prefilter;
pub mod query;
pub mod related;
pub mod snippet;
mod tantivy;
pub mod trend;

pub use entry::Entry;
pub use filter::{Between, EntryFilter, Facet, Sort, SortDirection};
pub use query::{Operator, Query, QueryError};
pub use snippet::{Snippet, TextRange};

pub type SharedSearch = Arc<dyn Search>;

/// A search request to an engine.
#[derive(Clone, Debug, PartialEq)]
pub struct SearchRequest {
    pub query: Query,
    pub filter: EntryFilter,
    pub sort: Sort,
    pub first: usize,
    /// The [`SearchResult::place`] of an earlier answer after which the hits begin.
    pub after: Option<String>,
    pub facets: Vec<Facet>,
    /// Also list facet values with a count of zero.
    pub zeroes: bool,
}

impl SearchRequest {
    /// Requests the `first` best hits of a query, without filter or facets.
    pub fn new(query: Query, first: usize) -> Self {
        Self {
            query,
            filter: EntryFilter::default(),
            sort: Sort::Relevance,
            first,
            after: None,
            facets: Vec::new(),
            zeroes: false,
        }
    }
}

/// The answer to a [`SearchRequest`]; all its parts are from one state of the index.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Found {
    /// The index's position in the change log.
    pub as_of: i64,
    /// The exact number of results. Entities with identical files are one result.
    pub total: u64,
    /// The exact number of matching entities.
    pub entities: u64,
    pub hits: Vec<SearchResult>,
    pub more: bool,
    /// Result counts for each value of a facet. The facet's own filter is ignored.
    pub facets: BTreeMap<Facet, BTreeMap<String, u64>>,
    /// Query words that are not in the index, each with the most similar word that is.
    pub unknown: Vec<Unknown>,
}

/// A result: one entity, or several with identical files.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SearchResult {
    /// The first entity, in the order of the list, of those with the same file.
    pub id: EntityId,
    /// A cursor for [`SearchRequest::after`].
    pub place: String,
    /// The number of other matching entities with the same file.
    pub alike: u64,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unknown {
    pub word: String,
    pub suggestion: Option<String>,
}

/// Changes for an engine. Entries, removals and cursor are applied atomically.
#[derive(Clone, Debug, Default)]
pub struct Batch {
    pub entries: Vec<Entry>,
    pub removed: Vec<EntityId>,
    /// The position in the change log that the index must have now. It differs if another generation was switched in meanwhile.
    pub after: i64,
    /// The position in the change log after this batch.
    pub cursor: i64,
    /// Removed entries must be erased from every file.
    pub erase: bool,
}

/// A failure of an engine, or a request that it cannot answer.
#[derive(Debug, thiserror::Error)]
pub enum SearchError {
    #[error("no search engine is known for {0:?}; it is tantivy:FOLDER or meilisearch+http://HOST:PORT")]
    UnknownAddress(String),
    /// The index is at another position in the change log than the batch expects.
    #[error("the index is at change {is}, not at {expected}")]
    Moved { is: i64, expected: i64 },
    /// Another rebuild is under way.
    #[error("a new index is being made already")]
    Busy,
    /// The cursor does not belong to this sort order.
    #[error("{0:?} is no place in this list")]
    ForeignPlace(String),
    /// The query has more words than this engine supports; holds the limit.
    #[error("the search engine that serves here looks at {0} words of a query, those in quotes included")]
    TooManyWords(usize),
    #[error(
        "the search engine that serves here does not know {0:?}; `searchCapabilities` says what it knows"
    )]
    Unsupported(Operator),
    #[error("the search engine failed: {0}")]
    Engine(String),
}

impl SearchError {
    /// Returns whether the request, not the engine, is at fault.
    pub fn is_the_readers(&self) -> bool {
        matches!(self, Self::ForeignPlace(_) | Self::Unsupported(_) | Self::TooManyWords(_))
    }
}

/// A full-text index of entities.
#[warn(missing_docs)]
#[async_trait]
pub trait Search: Send + Sync + 'static {
    /// The operators of the query language that the engine supports.
    fn capabilities(&self) -> &'static [Operator];

    /// Applies a batch of changes.
    async fn apply_batch(&self, batch: Batch) -> Result<(), SearchError>;

    /// The index's position in the change log. It is stored in the index, so that both always agree.
    async fn read_cursor(&self) -> Result<i64, SearchError>;

    /// Answers one search request.
    async fn find_entries(&self, ask: &SearchRequest) -> Result<Found, SearchError>;

    /// Releases the writer and its lock, so that another process may write.
    async fn release_writer(&self) -> Result<(), SearchError> {
        Ok(())
    }

    /// Begins a new generation beside the active one. Discards an earlier generation that was never finished.
    async fn rebuild(&self) -> Result<Box<dyn Rebuild>, SearchError>;
}

/// A generation of the index under construction.
#[async_trait]
pub trait Rebuild: Send {
    /// Adds entries. Each entity must be added only once.
    async fn add_entries(&mut self, entries: Vec<Entry>) -> Result<(), SearchError>;

    /// Completes the generation at position `cursor` of the change log. Returns it as an engine if it can follow the log before it
    /// becomes active.
    async fn seal_generation(&mut self, cursor: i64) -> Result<Option<SharedSearch>, SearchError>;

    /// Replaces the active generation with this one.
    async fn activate(self: Box<Self>) -> Result<(), SearchError>;
}

/// The environment variable that holds the API key of a search server.
pub const KEY: &str = "RAADHUIS_SEARCH_KEY";

/// Opens the engine at `address` (`tantivy:PATH` or `meilisearch+http://HOST:PORT`) and creates its index if there is none.
///
/// # Errors
/// The address is unknown, or the engine fails.
pub async fn open(address: &str) -> Result<SharedSearch, SearchError> {
    if let Some(path) = address.strip_prefix("tantivy:") {
        return Ok(Arc::new(tantivy::Tantivy::open(path)?));
    }
    match address.strip_prefix("meilisearch+") {
        Some(server) => Ok(Arc::new(meilisearch::Meilisearch::open(server, std::env::var(KEY).ok()).await?)),
        None => Err(SearchError::UnknownAddress(address.to_owned())),
    }
}
