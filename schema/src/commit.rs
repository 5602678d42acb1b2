//! Commits, which enter the store in one transaction, and the changes that they cause.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{Authority, Diagnostic, End, EntityId, Id, Kind, Origin, Part, Queued, RunPurpose, Window};

/// The content of one answer, which the store takes completely or not at all.
#[derive(Clone, Debug, PartialEq)]
pub struct Commit {
    /// The key of the source.
    pub source: String,
    /// The number of the run.
    pub run: i64,
    /// The name of the question that was asked.
    pub task: String,
    /// The time at which the answer was fetched.
    pub fetched: Timestamp,
    /// The key of the answer in the archive.
    pub payload: Option<String>,
    /// The record of the archived answer.
    pub answer: Option<Archived>,
    /// Marks an answer that the same adapter read before: its parts are only marked as heard again.
    pub is_unchanged: bool,
    /// Marks an archived answer that is read again: it confirms what rests on it and is no news.
    pub is_reread: bool,
    /// The parts that the answer contributes.
    pub parts: Vec<Part>,
    /// The scopes that the answer covers completely.
    pub complete: Vec<Scope>,
    /// The diagnostics on the answer, for a person to read.
    pub diagnostics: Vec<Diagnostic>,
    /// A follower's cursor, moved in the same transaction.
    pub cursor: Option<(String, i64)>,
    /// The days that the question was about; all pages of a listing share them.
    pub window: Option<Window>,
    /// The entities that complete listings left out and that are not withdrawn.
    pub spared: Vec<EntityId>,
    /// The entities that listings left out and that were asked at their own addresses, each with whether it
    /// answers there.
    pub asked: Vec<(EntityId, bool)>,
    /// The scopes that the answer, as a listing, covers completely. They take effect at the end of the run,
    /// when all listings were read.
    pub listed: Vec<Scope>,
    /// The questions to ask next.
    pub next: Vec<Queued>,
    /// The end of the question itself; `None` if nobody asked, as with followers.
    pub end: Option<End>,
    /// The time for which an entity must be missing from complete listings before it is withdrawn.
    pub grace: SignedDuration,
    /// The report of the run up to now, kept in case the program is interrupted.
    pub account: Option<Value>,
}

impl Commit {
    /// Makes an empty commit for a question.
    pub fn for_question(source: &str, run: i64, task: &str, fetched: Timestamp) -> Self {
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
            diagnostics: Vec::new(),
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

/// The record of an answer in the archive.
#[derive(Clone, Debug, PartialEq)]
pub struct Archived {
    /// The key of the answer in the archive.
    pub payload: String,
    /// The question, as written by the adapter of its supplier.
    pub task: Value,
    /// The hash of the archived bytes.
    pub sha256: String,
    /// The edition of the adapter that read it.
    pub edition: u32,
    /// The time at which it was fetched.
    pub fetched: Timestamp,
}

/// The range that a listing or a detail covers completely: parts of this origin (and window) that this run
/// did not see are gone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scope {
    /// The origin of the parts in the range.
    pub origin: Origin,
    /// The days of the range; `None` for everything.
    pub window: Option<Window>,
    /// The number of entities that the listing announced, if it did.
    pub announced: Option<u64>,
}

/// One line of the change log.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change {
    /// The position in the log, ascending without repeats.
    pub seq: i64,
    /// The id of the changed entity.
    pub id: EntityId,
    /// The authority of that entity.
    pub authority: Option<Id<Authority>>,
    /// The kind of this change.
    pub action: Action,
    /// The time at which we saw the change.
    pub at: Timestamp,
    /// The number of the run that caused it; `None` in lines written before runs were recorded.
    pub run: Option<i64>,
    /// The purpose of that run; `None` if it is unknown or the change was caused by this program alone.
    pub purpose: Option<RunPurpose>,
}

impl Change {
    /// The kind of the entity that changed.
    pub fn kind(&self) -> Kind {
        self.id.kind()
    }
}

/// The kinds of change of an entity.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Action {
    /// The entity was seen for the first time.
    Created,
    /// The content of the entity changed.
    Updated,
    /// The entity became a tombstone because no answer names it any more.
    Withdrawn,
    /// The entity became a tombstone because it is not public or was taken down: every trace must go.
    Erased,
    /// The entity was a tombstone and came back.
    Revived,
}

/// The reason why an entity is a tombstone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Gone {
    /// No answer names it any more.
    Withdrawn,
    /// The supplier marks it as not public.
    Withheld,
    /// The operator took the entity down.
    Blocked,
}

/// The source of an entity and the times at which it was seen, kept outside the content hash.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Provenance {
    /// The key of the source.
    pub source: String,
    /// The time at which the entity was first seen.
    pub first_seen: Timestamp,
    /// The time at which an answer last named the entity.
    pub harvested: Timestamp,
}
