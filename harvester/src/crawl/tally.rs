//! What a run comes to: counts, remarks, and what went wrong on the way.

use std::collections::{BTreeMap, BTreeSet};

use raadhuis_schema::{Action, Counts, EntityId, Kind, Remark};
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
    /// What changed, per kind.
    pub changes: BTreeMap<Kind, Counts>,
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
    /// What changed, per kind.
    pub changes: BTreeMap<Kind, Counts>,
    /// What was named, changed or not.
    pub seen: BTreeMap<Kind, BTreeSet<EntityId>>,
    /// Documents of which somebody said of what sort they are.
    pub typed: BTreeSet<EntityId>,
    /// What a person should know.
    pub remarks: Vec<Remark>,
    /// Questions that led to a readable answer.
    pub answered: u64,
    /// What went wrong on the way, also where it passed.
    pub faults: Faults,
    /// Pages of text, by what read them.
    pub engines: BTreeMap<String, u64>,
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
        for (kind, counts) in &self.changes {
            all.changes.entry(*kind).or_default().add_all(*counts);
        }
        for (kind, ids) in &self.seen {
            *all.seen.entry(*kind).or_default() += ids.len() as u64;
        }
        all
    }

    /// Counts what changed.
    pub fn add_changes(&mut self, committed: &Committed) {
        for change in &committed.changes {
            self.has_erased |= change.action == Action::Erased;
            self.changes.entry(change.kind()).or_default().add(change.action);
        }
    }
}
