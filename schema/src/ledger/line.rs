//! The line of a day: what was known of a source then, kept so that it can be shown later.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Ledger, Row, State};
use crate::{Kind, Window};

/// What was known of a source at the end of the last run of a day.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Line {
    /// When that was.
    pub at: Timestamp,
    /// How it stood.
    pub state: State,
    /// The days for which that was said.
    pub period: Option<Window>,
    /// When it had last succeeded.
    pub succeeded: Option<Timestamp>,
    /// Whether any listing announced how much it has.
    pub is_verifiable: bool,
    /// How much was missing in all that we should have had, also what is of no kind.
    pub owed: u64,
    /// Per kind, all years together.
    pub kinds: BTreeMap<Kind, Row>,
}

impl Line {
    /// The line of a ledger.
    pub fn of(ledger: &Ledger, at: Timestamp) -> Self {
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
            owed: ledger.owed(),
            kinds,
        }
    }

    /// How much was held in all.
    pub fn held(&self) -> u64 {
        self.kinds.values().map(|row| row.held).sum()
    }

    /// How much was missing in all for a reason that is not ours.
    pub fn excused(&self) -> u64 {
        self.kinds.values().map(|row| row.excused).sum()
    }
}
