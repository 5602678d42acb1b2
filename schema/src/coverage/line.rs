//! The coverage line of a day: a summary for one source, kept to be shown later.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Coverage, Row, State};
use crate::{Kind, Window};

/// The summary of a source's coverage at the end of the last run of a day.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Line {
    /// The time of the summary.
    pub at: Timestamp,
    /// The state of the source then.
    pub state: State,
    /// The days that the summary covers.
    pub period: Option<Window>,
    /// The time of the last success before.
    pub succeeded: Option<Timestamp>,
    /// Tells whether any listing announced a total.
    pub is_verifiable: bool,
    /// The total number of missing entities that should have been held, those without a kind included.
    pub owed: u64,
    /// The figures per kind, all years together.
    pub kinds: BTreeMap<Kind, Row>,
}

impl Line {
    /// Summarises the coverage of a source.
    pub fn summarise(ledger: &Coverage, at: Timestamp) -> Self {
        let mut kinds = BTreeMap::<Kind, Row>::new();
        for ((_, kind), row) in &ledger.rows {
            let sum = kinds.entry(*kind).or_insert(Row { is_verifiable: true, ..Row::default() });
            sum.held += row.held;
            sum.owed += row.owed;
            sum.excused += row.excused;
            sum.is_verifiable &= row.is_verifiable;
        }
        Self {
            at,
            state: ledger.state,
            period: ledger.period,
            succeeded: ledger.succeeded,
            is_verifiable: ledger.is_verifiable,
            owed: ledger.count_owed(),
            kinds,
        }
    }

    /// Counts the entities that were held.
    pub fn count_held(&self) -> u64 {
        self.kinds.values().map(|row| row.held).sum()
    }

    /// Counts the entities missing for a reason outside our control.
    pub fn excused(&self) -> u64 {
        self.kinds.values().map(|row| row.excused).sum()
    }
}
