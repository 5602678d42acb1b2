//! A replaceable projection of the store that answers words.
//!
//! [`Search`] is all that the rest of the program knows of an engine; what every engine promises is the table
//! in `contract.rs`. Understanding a query ([`query`]), analysing Dutch ([`dutch`]), turning an entity into
//! what is indexed ([`entry`]), telling whether and where a query stands in a text ([`sieve`], [`matching`]) and cutting a
//! snippet ([`snippet`]) are pure and shared by all engines.

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
pub mod query;
pub mod related;
pub mod sieve;
pub mod snippet;
mod tantivy;
pub mod trend;

pub use entry::Entry;
pub use filter::{Between, Direction, Facet, Filter, Sort};
pub use query::{Operator, Query, QueryError};
pub use snippet::{Range, Snippet};

/// The engine as everyone holds it.
pub type SharedSearch = Arc<dyn Search>;

/// A question to an engine.
#[derive(Clone, Debug, PartialEq)]
pub struct Ask {
    /// What must hold.
    pub query: Query,
    /// Among which things.
    pub filter: Filter,
    /// In which order.
    pub sort: Sort,
    /// How many hits at most.
    pub first: usize,
    /// The place behind which they begin: that of a hit of an earlier answer.
    pub after: Option<String>,
    /// What is counted by value.
    pub facets: Vec<Facet>,
    /// Whether values that nothing has are counted too, with zero.
    pub zeroes: bool,
}

impl Ask {
    /// The first `first` hits of a query, the best first, and nothing else.
    pub fn of(query: Query, first: usize) -> Self {
        Self {
            query,
            filter: Filter::default(),
            sort: Sort::Relevance,
            first,
            after: None,
            facets: Vec::new(),
            zeroes: false,
        }
    }
}

/// What was found, all at one moment.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Found {
    /// How far in the change log the index was at that moment.
    pub as_of: i64,
    /// How many results there are, exactly. Things whose file is the same to the byte are one result.
    pub total: u64,
    /// How many things match, exactly, each on its own.
    pub entities: u64,
    /// The results that were asked for.
    pub hits: Vec<Hit>,
    /// Whether there are more behind them.
    pub more: bool,
    /// How many results there are of each value, where every filter holds but that of the facet itself.
    pub facets: BTreeMap<Facet, BTreeMap<String, u64>>,
    /// Words that stand nowhere in the index, each with a word like it that does.
    pub unknown: Vec<Unknown>,
}

/// A result.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hit {
    /// What: of several with the same file the one that comes first.
    pub id: EntityId,
    /// Its place, for [`Ask::after`].
    pub place: String,
    /// How many other things with the same file match.
    pub alike: u64,
}

/// A word that stands nowhere.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unknown {
    /// The word.
    pub word: String,
    /// The word most like it that does stand somewhere.
    pub suggestion: Option<String>,
}

/// Changes for an engine, taken in whole together with the cursor or not at all.
#[derive(Clone, Debug, Default)]
pub struct Batch {
    /// To be put in, or replaced.
    pub entries: Vec<Entry>,
    /// To be taken out.
    pub removed: Vec<EntityId>,
    /// Where in the change log the index must be now: another generation may have taken its place meanwhile.
    pub after: i64,
    /// How far in the change log the index is after this.
    pub cursor: i64,
    /// Whether what is taken out must leave no trace in any file.
    pub erase: bool,
}

/// Why an engine did not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum SearchError {
    /// The address names no engine we have.
    #[error("no search engine is known for {0:?}; it is tantivy:FOLDER or meilisearch+http://HOST:PORT")]
    UnknownAddress(String),
    /// The index is elsewhere in the log than the batch thinks.
    #[error("the index is at change {is}, not at {expected}")]
    Moved {
        /// Where it is.
        is: i64,
        /// Where it was thought to be.
        expected: i64,
    },
    /// A new generation is being made already.
    #[error("a new index is being made already")]
    Busy,
    /// A place that is none of this order.
    #[error("{0:?} is no place in this list")]
    ForeignPlace(String),
    /// More words than this engine looks at.
    #[error("the search engine that serves here looks at {0} words of a query, those in quotes included")]
    TooManyWords(usize),
    /// What this engine does not know.
    #[error(
        "the search engine that serves here does not know {0:?}; `searchCapabilities` says what it knows"
    )]
    Unsupported(Operator),
    /// The engine failed.
    #[error("the search engine failed: {0}")]
    Engine(String),
}

impl SearchError {
    /// Whether it is the reader who asked for something that cannot be.
    pub fn is_the_readers(&self) -> bool {
        matches!(self, Self::ForeignPlace(_) | Self::Unsupported(_) | Self::TooManyWords(_))
    }
}

/// Finds entities by words.
#[warn(missing_docs)]
#[async_trait]
pub trait Search: Send + Sync + 'static {
    /// What of the query language it knows.
    fn capabilities(&self) -> &'static [Operator];

    /// Takes in changes.
    async fn apply(&self, batch: Batch) -> Result<(), SearchError>;

    /// How far in the change log the index is. Kept in the index itself, so that the two cannot part.
    async fn cursor(&self) -> Result<i64, SearchError>;

    /// What matches.
    async fn find(&self, ask: &Ask) -> Result<Found, SearchError>;

    /// Lets go of what only a writer needs, so that another process may write.
    async fn rest(&self) -> Result<(), SearchError> {
        Ok(())
    }

    /// Begins a new generation beside the one that answers. A generation that was never finished is thrown away.
    async fn rebuild(&self) -> Result<Box<dyn Rebuild>, SearchError>;
}

/// A generation of the index that is being made.
#[async_trait]
pub trait Rebuild: Send {
    /// Puts entries in, each once.
    async fn add(&mut self, entries: Vec<Entry>) -> Result<(), SearchError>;

    /// Closes it, with how far in the change log it is. Where the engine lets it be followed on before it answers, gives it as an
    /// engine of its own.
    async fn seal(&mut self, cursor: i64) -> Result<Option<SharedSearch>, SearchError>;

    /// Puts it in the place of the one that answers.
    async fn finish(self: Box<Self>) -> Result<(), SearchError>;
}

/// Where the key of a search server stands in the environment.
pub const KEY: &str = "RAADHUIS_SEARCH_KEY";

/// Opens the engine at `address` (`tantivy:PATH` or `meilisearch+http://HOST:PORT`), making its index where needed.
///
/// # Errors
/// An unknown address, an engine that fails.
pub async fn open(address: &str) -> Result<SharedSearch, SearchError> {
    if let Some(path) = address.strip_prefix("tantivy:") {
        return Ok(Arc::new(tantivy::Tantivy::open(path)?));
    }
    match address.strip_prefix("meilisearch+") {
        Some(server) => Ok(Arc::new(meilisearch::Meilisearch::open(server, std::env::var(KEY).ok()).await?)),
        None => Err(SearchError::UnknownAddress(address.to_owned())),
    }
}
