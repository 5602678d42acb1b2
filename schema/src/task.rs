//! Questions as the store keeps them: those that a run still has to ask, and those that are owed because they failed.

use jiff::{SignedDuration, Timestamp, civil::Date};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{DiagnosticCode, EntityId, Kind, Scope, Window};

/// A question that waits to be asked.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Queued {
    /// The name of the question: the same for the same question in every run.
    pub name: String,
    /// The question, as written by the adapter of its supplier.
    pub body: Value,
    /// Tells whether it waits until no other question is left.
    pub comes_last: bool,
}

/// The ends that a question can have.
#[derive(Clone, Debug, PartialEq)]
pub enum End {
    /// The question was answered completely.
    Answered,
    /// The question is asked again in this run.
    Again,
    /// The question is left for a later run, and owed until then.
    Left(Box<BacklogItem>),
}

/// A run that is under way.
#[derive(Clone, Debug, PartialEq)]
pub struct OpenRun {
    /// The number of the run.
    pub run: i64,
    /// The report up to the interruption, as last committed; `None` for a new run.
    pub before: Option<Value>,
}

/// A question that failed or a file that was not read yet: the supplier has it and we have not.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct BacklogItem {
    /// The key of the source.
    pub source: String,
    /// The name of the question.
    pub name: String,
    /// The question, as written by the adapter of its supplier; `None` for a file, because its document
    /// tells.
    pub body: Option<Value>,
    /// The missing entity, if it has an id.
    pub subject: Option<EntityId>,
    /// The day of the missing entity, if known.
    pub day: Option<Date>,
    /// The reason why it is missing; `None` when it was not asked for yet.
    pub code: Option<DiagnosticCode>,
    /// The last error, in words.
    pub message: String,
    /// The time since which it is missing.
    pub since: Timestamp,
    /// The number of failed attempts.
    pub tries: u32,
    /// The time before which it is not asked for again.
    pub due: Timestamp,
}

/// Makes the name under which a document's file is owed.
pub fn file_of(document: &EntityId) -> String {
    format!("file of {document}")
}

/// A scope that a listing covered completely, set aside until the run has read all listings.
#[derive(Clone, Debug, PartialEq)]
pub struct CompleteScope {
    /// The name of the question.
    pub task: String,
    /// The scope that the listing covered completely.
    pub scope: Scope,
    /// The number of entities that it gave, on all its pages.
    pub given: u64,
    /// The entities held on its word that no listing of this origin named in this run.
    pub missing: Vec<Missing>,
}

/// An entity that a listing no longer names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Missing {
    /// The id of the missing entity.
    pub entity: EntityId,
    /// The day under which the listing named it.
    pub day: Option<Date>,
    /// The time at which it was asked at its own address since then, and whether it answers there.
    pub asked: Option<(Timestamp, bool)>,
}

/// The total that a listing announces beside the number that it gave.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Total {
    /// The key of the source.
    pub source: String,
    /// The name of the collection.
    pub collection: String,
    /// The kind of its entities, if it named any.
    pub kind: Option<Kind>,
    /// The days of the listing; `None` for everything.
    pub window: Option<Window>,
    /// The number of entities announced, if any number is.
    pub announced: Option<u64>,
    /// The number of entities that the listing gave.
    pub given: u64,
    /// The time at which it was asked.
    pub at: Timestamp,
}

/// The pause before the next attempt after `tries` failures. It grows, because a fault of an hour is common
/// and one of a week seldom ends today. A missing or unreadable thing is tried once a month.
pub fn pause_after(tries: u32, code: Option<DiagnosticCode>) -> SignedDuration {
    let is_lasting = code.is_some_and(|code| !code.may_pass());
    match tries {
        // One miss is never trusted, three are.
        0..=2 if code == Some(DiagnosticCode::Gone) => SignedDuration::from_hours(24),
        _ if is_lasting || code == Some(DiagnosticCode::Gone) => SignedDuration::from_hours(30 * 24),
        0 | 1 => SignedDuration::from_hours(1),
        2 => SignedDuration::from_hours(4),
        3 => SignedDuration::from_hours(24),
        4 => SignedDuration::from_hours(3 * 24),
        _ => SignedDuration::from_hours(7 * 24),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_between_attempts_grow() {
        let pauses: Vec<_> = (1..8).map(|tries| pause_after(tries, Some(DiagnosticCode::Failed))).collect();
        assert!(pauses.windows(2).all(|pair| pair[0] <= pair[1]), "{pauses:?}");
        assert!(
            pause_after(1, Some(DiagnosticCode::Encrypted)) > pause_after(9, Some(DiagnosticCode::TimedOut))
        );
        assert!(pause_after(1, Some(DiagnosticCode::Gone)) < pause_after(3, Some(DiagnosticCode::Gone)));
    }
}
