//! What enters the store at once, and the change that comes of it.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{Authority, End, EntityId, Id, Kind, Origin, Part, Purpose, Queued, Remark, Window};

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
    /// What is to be remembered of that answer.
    pub answer: Option<Archived>,
    /// Whether the same adapter read the same answer before: then its parts are only heard again.
    pub is_unchanged: bool,
    /// Whether it is an answer of the archive that is read again: it speaks for what rests on it, and is no news.
    pub is_reread: bool,
    /// What it said.
    pub parts: Vec<Part>,
    /// What it said everything about.
    pub complete: Vec<Scope>,
    /// What a person should know.
    pub remarks: Vec<Remark>,
    /// A follower's cursor, moved in the same transaction.
    pub cursor: Option<(String, i64)>,
    /// The days that the question was about; all pages of a listing share them.
    pub window: Option<Window>,
    /// Entities that complete listings left out and that are not withdrawn.
    pub spared: Vec<EntityId>,
    /// Entities that listings left out and that were asked at their own addresses, with whether they answer there.
    pub asked: Vec<(EntityId, bool)>,
    /// What it said everything about as a listing: believed at the end of the run, when all listings have spoken.
    pub listed: Vec<Scope>,
    /// What is to be asked next.
    pub next: Vec<Queued>,
    /// What becomes of the question itself; `None` where nobody asked, as with followers.
    pub end: Option<End>,
    /// How long a thing must be missing from complete listings before it is withdrawn.
    pub grace: SignedDuration,
    /// The run's account so far, so that it is not lost with the program.
    pub account: Option<Value>,
}

impl Commit {
    /// A commit in which nothing stands yet.
    pub fn of(source: &str, run: i64, task: &str, fetched: Timestamp) -> Self {
        Self {
            source: source.to_owned(),
            run,
            task: task.to_owned(),
            fetched,
            payload: None,
            answer: None,
            is_unchanged: false,
            is_reread: false,
            parts: Vec::new(),
            complete: Vec::new(),
            remarks: Vec::new(),
            cursor: None,
            window: None,
            spared: Vec::new(),
            asked: Vec::new(),
            listed: Vec::new(),
            next: Vec::new(),
            end: None,
            grace: SignedDuration::ZERO,
            account: None,
        }
    }
}

/// An answer in the archive.
#[derive(Clone, Debug, PartialEq)]
pub struct Archived {
    /// Its key.
    pub payload: String,
    /// The question, as its supplier writes it.
    pub task: Value,
    /// The hash of what is kept.
    pub sha256: String,
    /// The edition of the adapter that read it.
    pub edition: u32,
    /// When it was fetched.
    pub fetched: Timestamp,
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
    /// The number of the run that caused it; `None` in lines written before runs were noted.
    pub run: Option<i64>,
    /// The purpose of that run; `None` where that is not known, and for what only this program did.
    pub purpose: Option<Purpose>,
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
