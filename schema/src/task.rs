//! Questions as the store keeps them: what is to be asked in a run, and what is owed because asking failed.

use jiff::{SignedDuration, Timestamp, civil::Date};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{EntityId, Kind, RemarkCode, Scope, Window};

/// A question that is to be put.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Queued {
    /// Its name: the same for the same question in every run.
    pub name: String,
    /// The question, as its supplier writes it.
    pub body: Value,
    /// Whether it waits until nothing else is left to ask.
    pub comes_last: bool,
}

/// What becomes of a question.
#[derive(Clone, Debug, PartialEq)]
pub enum End {
    /// It was answered.
    Answered,
    /// It is put again in this run.
    Again,
    /// It is left for a later run, and owed until then.
    Left(Box<Owed>),
}

/// A run that is under way.
#[derive(Clone, Debug, PartialEq)]
pub struct OpenRun {
    /// Its number.
    pub run: i64,
    /// The account of what was done before it was cut off, as it was last committed; `None` when it begins here.
    pub before: Option<Value>,
}

/// Something that the supplier has and we have not: a question that failed, or a file that was not read yet.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Owed {
    /// The source's key.
    pub source: String,
    /// The question's name.
    pub name: String,
    /// The question, as its supplier writes it; `None` for a file, which its document tells.
    pub body: Option<Value>,
    /// What is missing, where it has an id.
    pub subject: Option<EntityId>,
    /// The day that it is about, where that is known.
    pub day: Option<Date>,
    /// Why it is missing; `None` when it was not asked yet.
    pub code: Option<RemarkCode>,
    /// The last error, in words.
    pub message: String,
    /// Since when it is missing.
    pub since: Timestamp,
    /// How often asking failed.
    pub tries: u32,
    /// Before which moment it is not asked again.
    pub due: Timestamp,
}

/// The name under which a document's file is owed.
pub fn file_of(document: &EntityId) -> String {
    format!("file of {document}")
}

/// What a listing said everything about, set aside until the run has heard all of them.
#[derive(Clone, Debug, PartialEq)]
pub struct Listed {
    /// Which question it was.
    pub task: String,
    /// What it was exhaustive for.
    pub scope: Scope,
    /// How many things it gave, on all its pages.
    pub given: u64,
    /// The entities held on its word that no listing of this origin named in this run.
    pub missing: Vec<Missing>,
}

/// An entity that a listing no longer names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Missing {
    /// Its id.
    pub entity: EntityId,
    /// The day under which the listing named it.
    pub day: Option<Date>,
    /// When it was asked at its own address since then, and whether it answers there.
    pub asked: Option<(Timestamp, bool)>,
}

/// What a supplier says it has: the total of a listing beside what it gave.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Total {
    /// The source's key.
    pub source: String,
    /// The collection.
    pub collection: String,
    /// Of which kind it is, as far as it named anything.
    pub kind: Option<Kind>,
    /// The days; `None` for everything.
    pub window: Option<Window>,
    /// How many things it announced, where it announces any.
    pub announced: Option<u64>,
    /// How many it gave.
    pub given: u64,
    /// When it was asked.
    pub at: Timestamp,
}

/// How long after so many failures the same thing is asked for again: growing, because a fault of an hour is common and
/// one of a week seldom ends today. What is not there, or cannot be read, is looked at again once a month.
pub fn pause_after(tries: u32, code: Option<RemarkCode>) -> SignedDuration {
    let is_lasting = code.is_some_and(|code| !code.may_pass());
    match tries {
        // One miss is never trusted, three are.
        0..=2 if code == Some(RemarkCode::Gone) => SignedDuration::from_hours(24),
        _ if is_lasting || code == Some(RemarkCode::Gone) => SignedDuration::from_hours(30 * 24),
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
        let pauses: Vec<_> = (1..8).map(|tries| pause_after(tries, Some(RemarkCode::Failed))).collect();
        assert!(pauses.windows(2).all(|pair| pair[0] <= pair[1]), "{pauses:?}");
        assert!(pause_after(1, Some(RemarkCode::Encrypted)) > pause_after(9, Some(RemarkCode::TimedOut)));
        assert!(pause_after(1, Some(RemarkCode::Gone)) < pause_after(3, Some(RemarkCode::Gone)));
    }
}
