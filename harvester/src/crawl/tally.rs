//! The counts of a run.

use std::collections::{BTreeMap, BTreeSet};

use raadhuis_schema::{Action, EntityId, Kind};
use raadhuis_store::Committed;
use serde::{Deserialize, Serialize};

use crate::transport::Faults;

/// Totals of a run, stored so that an interrupted run can continue them.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Account {
    pub requests: u64,
    /// Requests for questions only; `requests` includes those for files.
    pub questions: u64,
    pub bytes: u64,
    pub answered: u64,
    pub seen: BTreeMap<Kind, u64>,
}

/// Counts of a crawl since the start of the program.
#[derive(Debug, Default)]
pub struct CrawlTally {
    pub before: Account,
    pub requests: u64,
    pub questions: u64,
    pub bytes: u64,
    pub seen: BTreeMap<Kind, BTreeSet<EntityId>>,
    /// Documents whose type the supplier states.
    pub typed: BTreeSet<EntityId>,
    pub answered: u64,
    pub faults: Faults,
    pub engines: BTreeMap<String, u64>,
    pub over_limit: u64,
    /// True if confidential content was erased: the database must then wipe its free pages.
    pub has_erased: bool,
    /// Hosts that block us entirely, not only at their portal.
    pub closed: BTreeSet<String>,
}

impl CrawlTally {
    pub fn add_faults(&mut self, faults: Faults) {
        for (name, times) in faults {
            *self.faults.entry(name).or_default() += times;
        }
    }

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

    pub fn note_erasures(&mut self, committed: &Committed) {
        self.has_erased |= committed.changes.iter().any(|change| change.action == Action::Erased);
    }
}
