//! How readers ask: filters, pages and relations. No SQL here.

use jiff::{Timestamp, civil::Date};
use raadhuis_schema::{EntityId, Kind, Relation, RemarkCode, Tombstone};

use crate::Stored;

/// Which entities. Empty lists and absent days mean no restriction.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
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

/// Which of what is owed. What is absent means no restriction.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Owing {
    /// Of this source.
    pub source: String,
    /// To be asked for again at this moment.
    pub due: Option<Timestamp>,
    /// Only files of documents, or only questions.
    pub files: Option<bool>,
    /// For one of these reasons, or not asked for yet.
    pub codes: Option<Vec<RemarkCode>>,
    /// Behind this name.
    pub after: Option<String>,
    /// How many at most.
    pub first: u32,
}

impl Owing {
    /// Everything that a source owes, so many at a time.
    pub fn of(source: &str, first: u32) -> Self {
        Self { source: source.to_owned(), due: None, files: None, codes: None, after: None, first }
    }
}

/// Which page of a list: at most `first` rows after `after`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Page {
    /// How many rows at most.
    pub first: u32,
    /// Behind which row; `None` for the beginning.
    pub after: Option<Place>,
    /// Newest day or last name first.
    pub descending: bool,
}

/// A row's place in the order of a list: stable while others come and go.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Place {
    /// Its sort key: a day for what is dated, else a position or a name.
    pub sort: String,
    /// Its id, which decides between equal keys.
    pub id: EntityId,
}

/// One page, and how many rows there are in all.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Listing {
    /// The rows with their places.
    pub rows: Vec<(Place, Stored)>,
    /// How many rows pass the filter, on all pages.
    pub total: u64,
    /// Whether rows follow.
    pub more: bool,
}

/// Which entities stand in a relation to the ones asked about.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Related {
    /// The relation.
    pub relation: Relation,
    /// Seen from which end.
    pub direction: Direction,
    /// Only these kinds; empty for all.
    pub kinds: Vec<Kind>,
    /// How many rows at most, for each.
    pub first: u32,
    /// How many rows to pass over, for each.
    pub skip: u32,
    /// Whether rows are counted from the last; they come in their order all the same.
    pub from_end: bool,
}

impl Related {
    /// The text of a document.
    pub const fn text() -> Self {
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

/// From which end a relation is looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Direction {
    /// What they point at, in the order in which they name it.
    Forward,
    /// What points at them, by its sort key.
    Backward,
}

/// Whose documents explain abbreviations.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum TermsOf {
    /// The document itself.
    Document(EntityId),
    /// The documents of a meeting and of all that is on its agenda.
    Meeting(EntityId),
    /// Those of all meetings of a committee.
    Committee(EntityId),
    /// All documents of an authority.
    Authority(EntityId),
    /// All there are.
    All,
}

/// An abbreviation with what it stands for among some documents.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Term {
    /// The short form.
    pub short: String,
    /// The long form as written; capitals aside, others write it the same.
    pub long: String,
    /// In how many documents it is explained so.
    pub documents: u64,
    /// The first of them that we saw.
    pub document: EntityId,
    /// On which page of it.
    pub page: u32,
    /// When we saw that.
    pub first_seen: Timestamp,
    /// When we last saw a new document explain it.
    pub last_seen: Timestamp,
}

/// Whose things, and which: what a copy of the store may be narrowed to. Empty lists mean no restriction.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Narrowed {
    /// Of these authorities.
    pub authorities: Vec<EntityId>,
    /// Of these kinds.
    pub kinds: Vec<Kind>,
}

/// How a thing stands now. Its number is that of its last line in the change log, so each thing comes once, and again whenever
/// it changed again.
#[derive(Clone, Debug, PartialEq)]
pub struct Latest {
    /// The number.
    pub seq: i64,
    /// When it came to stand so.
    pub at: Timestamp,
    /// Whose it is.
    pub authority: EntityId,
    /// What it is, or what is left of it.
    pub thing: Thing,
}

/// Whether a thing lives.
#[derive(Clone, Debug, PartialEq)]
pub enum Thing {
    /// It does.
    Living(Box<Stored>),
    /// It is gone.
    Gone(Tombstone),
}

/// A page of how things stand, in the order of their numbers.
#[derive(Clone, Debug, PartialEq)]
pub struct Feed {
    /// The things.
    pub rows: Vec<Latest>,
    /// From which number one goes on: all up to it was looked at.
    pub cursor: i64,
    /// Whether there is more now.
    pub more: bool,
    /// The last number that was given out.
    pub end: i64,
}
