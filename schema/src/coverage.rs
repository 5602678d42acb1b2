//! Coverage: the totals that suppliers announce, the entities that are held, and the cause of each gap. Pure: facts in,
//! coverage out.

use std::collections::BTreeMap;

use crate::{BacklogItem, EntityId, Kind, RunReport, Source, Total, Window};
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

/// The facts about a source from which its coverage follows.
#[derive(Clone, Debug, Default)]
pub struct Facts {
    /// The last runs of the source, newest first.
    pub runs: Vec<RunReport>,
    /// The end of the last healthy run that asked for news.
    pub succeeded: Option<Timestamp>,
    /// The days covered by runs that were answered.
    pub asked: Vec<Window>,
    /// The day from which everything is to be held, if somebody promised that.
    pub since: Option<Date>,
    /// The number of entities held, per kind and year.
    pub held: Vec<(Kind, Option<i16>, u64)>,
    /// The questions and files that are owed.
    pub owed: Vec<BacklogItem>,
    /// The totals that its listings announced.
    pub totals: Vec<Total>,
    /// The entities held on the word of listings that still announce them and no longer name them.
    pub unheard: Vec<(EntityId, Option<i16>)>,
    /// The number of entities that the operator took down or the supplier withholds, per kind and cause.
    pub excused: Vec<(Kind, String, u64)>,
}

impl Facts {
    /// Returns whether any listing announces a total.
    pub fn is_verifiable(&self) -> bool {
        self.totals.iter().any(|total| total.announced.is_some())
    }
}

/// The figures of one kind in one year.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Row {
    /// The number of entities that are held.
    pub held: u64,
    /// The number of missing entities that should be held.
    pub owed: u64,
    /// The number of entities missing for a reason outside our control.
    pub excused: u64,
    /// Tells whether listings announce the total of this kind for all days of this year. Without a total
    /// nobody can tell whether everything is held: a listing cannot vouch for itself.
    pub is_verifiable: bool,
}

/// The coverage of one source.
#[derive(Clone, Debug, PartialEq)]
pub struct Coverage {
    /// The state of the source.
    pub state: State,
    /// The days covered: from the promised day, or the first that was asked for, to the last.
    pub period: Option<Window>,
    /// The time of the last success.
    pub succeeded: Option<Timestamp>,
    /// Tells whether any listing announces a total.
    pub is_verifiable: bool,
    /// The figures, per year and kind.
    pub rows: BTreeMap<(Option<i16>, Kind), Row>,
    /// The list of everything that is missing.
    pub gaps: Vec<Gap>,
}

impl Coverage {
    /// Counts the missing entities that should be held.
    pub fn count_owed(&self) -> u64 {
        self.gaps.iter().filter(|gap| gap.is_owed).map(|gap| gap.count).sum()
    }
}

/// Computes the coverage of a source, or of an authority that has none.
pub fn compute_coverage(source: Option<&Source>, facts: &Facts, now: Timestamp) -> Coverage {
    let period = find_period(facts);
    let gaps = gap::list_gaps(facts, period);
    let mut rows = BTreeMap::<(Option<i16>, Kind), Row>::new();
    for (kind, year, count) in &facts.held {
        rows.entry((*year, *kind)).or_default().held += count;
    }
    for gap in &gaps {
        let Some(kind) = gap.kind else { continue };
        let row = rows.entry((gap.year, kind)).or_default();
        *(if gap.is_owed { &mut row.owed } else { &mut row.excused }) += gap.count;
        // A document whose file is missing or unreadable is an entity, but does not count as held.
        if gap.is_of_file {
            row.held = row.held.saturating_sub(1);
        }
    }
    for ((year, kind), row) in &mut rows {
        row.is_verifiable = is_verifiable(facts, period, *year, *kind);
    }
    Coverage {
        state: state::find_state(source, facts, &gaps, now),
        period,
        succeeded: facts.succeeded,
        is_verifiable: facts.is_verifiable(),
        rows,
        gaps,
    }
}

/// Computes the days that the coverage is about.
fn find_period(facts: &Facts) -> Option<Window> {
    let first = facts.asked.iter().map(|days| days.first()).chain(facts.since).min()?;
    let last = facts.asked.iter().map(|days| days.last()).max()?;
    Window::new(first, last.max(first)).ok()
}

/// Returns whether listings announced the total of a kind, over all days of a year within the period.
fn is_verifiable(facts: &Facts, period: Option<Window>, year: Option<i16>, kind: Kind) -> bool {
    let of_kind = || facts.totals.iter().filter(|total| total.kind == Some(kind));
    let announced = || of_kind().filter(|total| total.announced.is_some());
    let silent = |total: &Total| {
        total.announced.is_none() && announced().all(|other| other.collection != total.collection)
    };
    // Another collection of the kind that announces no total may lack anything.
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
