//! What enters the store at once, and the change that comes of it.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{Authority, EntityId, Id, Kind, Origin, Part, Remark, Window};

/// What one answer adds. The store takes it whole or not at all.
#[derive(Clone, Debug, PartialEq)]
pub struct Commit {
    /// The source's key.
    pub source: String,
    /// The number of the run.
    pub run: i64,
    /// The task that asked.
    pub task: String,
    /// When the answer was fetched.
    pub fetched: Timestamp,
    /// Where the answer lies in the archive.
    pub payload: Option<String>,
    /// What it said.
    pub parts: Vec<Part>,
    /// What it said everything about.
    pub complete: Vec<Scope>,
    /// What a person should know.
    pub remarks: Vec<Remark>,
    /// A follower's cursor, moved in the same transaction.
    pub cursor: Option<(String, i64)>,
}

/// What a listing or a detail was exhaustive for: parts of this origin (and window) that this run did not see are gone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scope {
    /// Whose word it is.
    pub origin: Origin,
    /// The days it was about; `None` for everything.
    pub window: Option<Window>,
    /// How many things the listing announced, where it did.
    pub announced: Option<u64>,
}

/// One line of the change log.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change {
    /// Its place in the log, ascending without repeats.
    pub seq: i64,
    /// What changed.
    pub id: EntityId,
    /// Its authority.
    pub authority: Option<Id<Authority>>,
    /// How.
    pub action: Action,
    /// When we saw it.
    pub at: Timestamp,
}

impl Change {
    /// The kind of what changed.
    pub fn kind(&self) -> Kind {
        self.id.kind()
    }
}

/// How an entity changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Action {
    /// Seen for the first time.
    Created,
    /// Its content changed.
    Updated,
    /// It became a tombstone: nothing names it any more.
    Withdrawn,
    /// It became a tombstone because it is not public or was taken down: every trace must go.
    Erased,
    /// A tombstone that came back.
    Revived,
}

/// Why an entity is a tombstone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Gone {
    /// Nothing names it any more.
    Withdrawn,
    /// The supplier marks it as not public.
    Withheld,
    /// The operator took it down.
    Blocked,
}

/// Where an entity comes from and when it was seen. Outside the content hash.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Provenance {
    /// The source's key.
    pub source: String,
    /// When it was first seen.
    pub first_seen: Timestamp,
    /// When an answer last named it.
    pub harvested: Timestamp,
}
