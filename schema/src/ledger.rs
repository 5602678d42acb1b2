//! The completeness ledger: what suppliers say they have, what we hold, and why each missing thing is missing. Pure: facts
//! in, ledger out.

use std::collections::BTreeMap;

use crate::{EntityId, Kind, Owed, RunReport, Source, Total, Window};
use jiff::{Timestamp, civil::Date};
use serde::{Deserialize, Serialize};

mod gap;
mod line;
mod state;
#[cfg(test)]
mod tests;

pub use gap::Gap;
pub use line::Line;
pub use state::{State, standing};

/// What is known of a source.
#[derive(Clone, Debug, Default)]
pub struct Facts {
    /// Its last runs, newest first.
    pub runs: Vec<RunReport>,
    /// When a run that asked what is new last was healthy.
    pub succeeded: Option<Timestamp>,
    /// The days that were ever asked for by a run that was answered.
    pub asked: Vec<Window>,
    /// From which day on everything is to be held, where somebody promised that.
    pub since: Option<Date>,
    /// How much is held, per kind and year.
    pub held: Vec<(Kind, Option<i16>, u64)>,
    /// What is owed.
    pub owed: Vec<Owed>,
    /// What its listings said they have.
    pub totals: Vec<Total>,
    /// What is held on the word of listings that announce it still and name it no more.
    pub unheard: Vec<(EntityId, Option<i16>)>,
    /// How much the operator took down or the supplier withholds, per kind and cause.
    pub excused: Vec<(Kind, String, u64)>,
}

impl Facts {
    /// Whether any listing announces how much it has.
    pub fn is_verifiable(&self) -> bool {
        self.totals.iter().any(|total| total.announced.is_some())
    }
}

/// A year of a kind.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Row {
    /// How much is held.
    pub held: u64,
    /// How much is missing that we should have.
    pub owed: u64,
    /// How much is missing for a reason that is not ours.
    pub excused: u64,
    /// Whether listings announce how much there is of this kind, over all days of this year for which it is said. Where
    /// none does, nobody can tell whether all is held: a listing cannot vouch for itself.
    pub is_verifiable: bool,
}

/// The ledger of one source.
#[derive(Clone, Debug, PartialEq)]
pub struct Ledger {
    /// How it stands.
    pub state: State,
    /// The days for which that is said: from the day that was promised, or the first that was asked for, to the last.
    pub period: Option<Window>,
    /// When it last succeeded.
    pub succeeded: Option<Timestamp>,
    /// Whether any listing announces how much it has.
    pub is_verifiable: bool,
    /// Per year and kind.
    pub rows: BTreeMap<(Option<i16>, Kind), Row>,
    /// Each missing thing.
    pub gaps: Vec<Gap>,
}

impl Ledger {
    /// How much is missing that we should have.
    pub fn owed(&self) -> u64 {
        self.gaps.iter().filter(|gap| gap.is_owed).map(|gap| gap.count).sum()
    }
}

/// The ledger of a source, or of an authority that has none.
pub fn ledger(source: Option<&Source>, facts: &Facts, now: Timestamp) -> Ledger {
    let period = period(facts);
    let gaps = gap::gaps(facts, period);
    let mut rows = BTreeMap::<(Option<i16>, Kind), Row>::new();
    for (kind, year, count) in &facts.held {
        rows.entry((*year, *kind)).or_default().held += count;
    }
    for gap in &gaps {
        let Some(kind) = gap.kind else { continue };
        let row = rows.entry((gap.year, kind)).or_default();
        *(if gap.is_owed { &mut row.owed } else { &mut row.excused }) += gap.count;
        // A document whose file is missing or cannot be read is an entity all the same, but not one that is held.
        if gap.is_of_file {
            row.held = row.held.saturating_sub(1);
        }
    }
    for ((year, kind), row) in &mut rows {
        row.is_verifiable = is_verifiable(facts, period, *year, *kind);
    }
    Ledger {
        state: state::state(source, facts, &gaps, now),
        period,
        succeeded: facts.succeeded,
        is_verifiable: facts.is_verifiable(),
        rows,
        gaps,
    }
}

/// The days of which a ledger speaks.
fn period(facts: &Facts) -> Option<Window> {
    let first = facts.asked.iter().map(|days| days.first()).chain(facts.since).min()?;
    let last = facts.asked.iter().map(|days| days.last()).max()?;
    Window::new(first, last.max(first)).ok()
}

/// Whether listings announced how much there is of a kind, over all days of a year that lie in the period.
fn is_verifiable(facts: &Facts, period: Option<Window>, year: Option<i16>, kind: Kind) -> bool {
    let of_kind = || facts.totals.iter().filter(|total| total.kind == Some(kind));
    let announced = || of_kind().filter(|total| total.announced.is_some());
    let silent = |total: &Total| {
        total.announced.is_none() && announced().all(|other| other.collection != total.collection)
    };
    // A second collection of the kind that announces nothing may lack anything.
    if of_kind().any(silent) {
        return false;
    }
    if announced().any(|total| total.window.is_none()) {
        return true;
    }
    let of_year = |days: Window| days.split_by_years().into_iter().find(|it| Some(it.first().year()) == year);
    let days: Vec<Window> = announced().filter_map(|total| total.window).collect();
    period.and_then(of_year).is_some_and(|days_of_year| days_of_year.without(&days).is_empty())
}
