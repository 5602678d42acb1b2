//! The queries of readers: filters, pages and relations. No SQL here.

use jiff::{Timestamp, civil::Date};
use raadhuis_schema::{DiagnosticCode, EntityId, Kind, Relation, Tombstone};

use crate::Stored;

/// Conditions on entities. Empty lists and absent days mean no restriction.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Filter {
    pub kinds: Vec<Kind>,
    pub authorities: Vec<EntityId>,
    /// The first day. Undated entities do not pass.
    pub from: Option<Date>,
    /// The last day. Undated entities do not pass.
    pub until: Option<Date>,
}

/// Conditions on owed questions and files. An absent field means no restriction.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BacklogQuery {
    pub source: String,
    /// The time at which they are due.
    pub due: Option<Timestamp>,
    /// `true` for files of documents only, `false` for questions only.
    pub files: Option<bool>,
    /// The codes of the last failure; items that were never asked for pass too.
    pub codes: Option<Vec<DiagnosticCode>>,
    /// The name after which the list begins.
    pub after: Option<String>,
    pub first: u32,
}

impl BacklogQuery {
    /// Selects everything that a source owes, `first` items at a time.
    pub fn of_source(source: &str, first: u32) -> Self {
        Self { source: source.to_owned(), due: None, files: None, codes: None, after: None, first }
    }
}

/// The moments that decide which files are requested again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StaleMoments {
    /// A file is due when it was last requested before this.
    pub before: Timestamp,
    /// The same for a new document, whose file changes more often.
    pub new_before: Timestamp,
    /// A document first seen after this is new.
    pub new_since: Timestamp,
}

/// A page of a list: at most `first` rows after `after`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Page {
    pub first: u32,
    pub after: Option<Place>,
    /// Newest day or last name first.
    pub descending: bool,
}

/// A row's place in the order of a list: stable while other rows come and go.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Place {
    /// The sort key: a day for dated entities, else a position or a name.
    pub sort: String,
    /// The tie-breaker between equal keys.
    pub id: EntityId,
}

#[derive(Clone, Debug, Default, PartialEq)]
pub struct Listing {
    pub rows: Vec<(Place, Stored)>,
    /// The number of rows that pass the filter, on all pages.
    pub total: u64,
    pub more: bool,
}

/// A query for the entities related to given entities.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Related {
    pub relation: Relation,
    pub direction: Direction,
    /// The kinds to return; empty for all.
    pub kinds: Vec<Kind>,
    /// The number of rows at most, for each given entity.
    pub first: u32,
    /// The number of rows to skip, for each given entity.
    pub skip: u32,
    /// Counts rows from the last one; the rows keep their order.
    pub from_end: bool,
}

impl Related {
    pub const fn only_texts() -> Self {
        Self {
            relation: Relation::TextOf,
            direction: Direction::Backward,
            kinds: Vec::new(),
            first: 1,
            skip: 0,
            from_end: false,
        }
    }
}

/// The end from which a relation is followed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Direction {
    /// The entities that the given ones point at, in the order in which they are named.
    Forward,
    /// The entities that point at the given ones, by their sort key.
    Backward,
}

/// The documents in which to look for explained abbreviations.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum TermsOf {
    Document(EntityId),
    /// The documents of a meeting and of its agenda items.
    Meeting(EntityId),
    /// The documents of all meetings of a committee.
    Committee(EntityId),
    Authority(EntityId),
    All,
}

/// An abbreviation with its long form in some documents.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Term {
    pub short: String,
    /// The long form as first written; other documents may use other capitals.
    pub long: String,
    /// The number of documents that explain it so.
    pub documents: u64,
    /// The first document seen that explains it.
    pub document: EntityId,
    /// The page of that document.
    pub page: u32,
    /// The time at which that document was seen.
    pub first_seen: Timestamp,
    /// The time at which a new document last explained it.
    pub last_seen: Timestamp,
}

/// Conditions on a copy of the store. Empty lists mean no restriction.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Narrowed {
    pub authorities: Vec<EntityId>,
    pub kinds: Vec<Kind>,
}

/// The current state of an entity, numbered by its last line in the change log: each entity comes once, and
/// again after another change.
#[derive(Clone, Debug, PartialEq)]
pub struct Latest {
    pub seq: i64,
    /// The time of its last change.
    pub at: Timestamp,
    pub authority: EntityId,
    pub thing: Thing,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Thing {
    Living(Box<Stored>),
    Gone(Tombstone),
}

/// A page of entity states, in the order of their numbers.
#[derive(Clone, Debug, PartialEq)]
pub struct Feed {
    pub rows: Vec<Latest>,
    /// The number to continue from: everything up to it was looked at.
    pub cursor: i64,
    pub more: bool,
    /// The last number in the change log.
    pub end: i64,
}
