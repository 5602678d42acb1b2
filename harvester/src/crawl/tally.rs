//! The counts of a run.

use std::collections::{BTreeMap, BTreeSet};

use raadhuis_schema::{Action, EntityId, Kind};
use raadhuis_store::Committed;
use serde::{Deserialize, Serialize};

use crate::transport::Faults;

/// What a run that was cut off had come to.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Account {
    /// Questions asked, files included.
    pub requests: u64,
    /// Questions asked, files left out.
    pub questions: u64,
    /// Bytes received.
    pub bytes: u64,
    /// Questions that led to a readable answer.
    pub answered: u64,
    /// How much was named, per kind.
    pub seen: BTreeMap<Kind, u64>,
}

/// What a crawl came to.
#[derive(Debug, Default)]
pub struct Tally {
    /// What it had come to before it was cut off, if it was.
    pub before: Account,
    /// Questions asked, files included.
    pub requests: u64,
    /// Questions asked, files left out.
    pub questions: u64,
    /// Bytes received.
    pub bytes: u64,
    /// What was named, changed or not.
    pub seen: BTreeMap<Kind, BTreeSet<EntityId>>,
    /// Documents of which somebody said of what sort they are.
    pub typed: BTreeSet<EntityId>,
    /// Questions that led to a readable answer.
    pub answered: u64,
    /// What went wrong on the way, also where it passed.
    pub faults: Faults,
    /// Pages of text, by what read them.
    pub engines: BTreeMap<String, u64>,
    /// The questions that were left because the run asked as many as it may.
    pub over_limit: u64,
    /// Whether anything was erased, of which no trace may remain.
    pub has_erased: bool,
    /// Houses (not merely their portals) that kept us out, so that questions were left.
    pub closed: BTreeSet<String>,
}

impl Tally {
    /// Counts what went wrong on the way to an answer.
    pub fn add_faults(&mut self, faults: Faults) {
        for (name, times) in faults {
            *self.faults.entry(name).or_default() += times;
        }
    }

    /// The account so far.
    pub fn account(&self) -> Account {
        let mut all = self.before.clone();
        all.requests += self.requests;
        all.questions += self.questions;
        all.bytes += self.bytes;
        all.answered += self.answered;
        for (kind, ids) in &self.seen {
            *all.seen.entry(*kind).or_default() += ids.len() as u64;
        }
        all
    }

    /// Notes whether a commit erased anything.
    pub fn note_erasures(&mut self, committed: &Committed) {
        self.has_erased |= committed.changes.iter().any(|change| change.action == Action::Erased);
    }
}
