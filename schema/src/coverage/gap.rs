//! The gaps in what is held, each with its cause.

use super::Facts;
use crate::{BacklogItem, DiagnosticCode, EntityId, Kind, Total, Window};

/// A missing entity, question or range of days.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Gap {
    /// The id or the question that is missing.
    pub what: String,
    /// The kind of entity, if known.
    pub kind: Option<Kind>,
    /// The year of the entity, if known.
    pub year: Option<i16>,
    /// Tells whether it should be held.
    pub is_owed: bool,
    /// Tells whether only the file of a document is missing.
    pub is_of_file: bool,
    /// The number of missing entities that this gap represents.
    pub count: u64,
    /// The cause of the gap, as a code.
    pub cause: String,
    /// The last error, in words.
    pub message: String,
}

impl Gap {
    /// Makes a gap that should be filled, without kind and year.
    fn new_owed(what: String, cause: &str, message: &str) -> Self {
        Self {
            what,
            kind: None,
            year: None,
            is_owed: true,
            is_of_file: false,
            count: 1,
            cause: cause.to_owned(),
            message: message.to_owned(),
        }
    }
}

/// Lists everything that is missing.
pub fn list_gaps(facts: &Facts, period: Option<Window>) -> Vec<Gap> {
    let mut gaps: Vec<Gap> = facts.owed.iter().map(unanswered).collect();
    gaps.extend(facts.unheard.iter().map(|(id, year)| Gap {
        kind: Some(id.kind()),
        year: *year,
        ..Gap::new_owed(id.to_string(), "NOT_NAMED", "its listing counts it still and names it no more")
    }));
    gaps.extend(facts.totals.iter().filter_map(|total| uncounted(total, &facts.unheard)));
    gaps.extend(unasked(&facts.asked, period));
    // An entity that is not public is counted and not named: even its id may tell too much.
    gaps.extend(facts.excused.iter().map(|(kind, cause, count)| Gap {
        kind: Some(*kind),
        is_owed: false,
        count: *count,
        ..Gap::new_owed(format!("{count} × {}", kind.as_str()), cause, "")
    }));
    gaps
}

/// Makes the gap of a question or a file that was not answered. The gap of a file names its document.
fn unanswered(owed: &BacklogItem) -> Gap {
    // Gone at the source after three attempts, or excluded by robots.txt: not our failure.
    let is_excused = match owed.code {
        Some(DiagnosticCode::Gone) => owed.tries >= 3,
        Some(DiagnosticCode::Disallowed) => true,
        _ => false,
    };
    let what = owed.subject.as_ref().map_or_else(|| owed.name.clone(), ToString::to_string);
    let cause = owed.code.map_or("NOT_ASKED", DiagnosticCode::as_str);
    let kind = owed.subject.as_ref().map(EntityId::kind);
    Gap {
        kind,
        year: owed.day.map(jiff::civil::Date::year),
        is_owed: !is_excused,
        is_of_file: owed.body.is_none() && kind == Some(Kind::Document),
        ..Gap::new_owed(what, cause, &owed.message)
    }
}

/// Makes the gap of entities that a listing counts and never named: only their number and days are known.
fn uncounted(total: &Total, unheard: &[(EntityId, Option<i16>)]) -> Option<Gap> {
    let missing = total.announced?.checked_sub(total.given).filter(|missing| *missing > 0)?;
    let year = total.window.map(|window| window.first().year());
    let is_here = |(id, of): &&(EntityId, Option<i16>)| {
        (*of == year || year.is_none()) && total.kind.is_none_or(|kind| kind == id.kind())
    };
    let named = unheard.iter().filter(is_here).count() as u64;
    let unnamed = missing.checked_sub(named).filter(|unnamed| *unnamed > 0)?;
    let days = total.window.map_or_else(String::new, |window| format!(" over {window}"));
    let what = format!("{unnamed} of the listing {}{days}", total.collection);
    let gap = Gap::new_owed(what, "NOT_NAMED", "the listing counts more than it names");
    Some(Gap { kind: total.kind, year, count: unnamed, ..gap })
}

/// Lists the days of the period, year by year, for which nobody asked.
fn unasked(asked: &[Window], period: Option<Window>) -> Vec<Gap> {
    let holes = period.map(|period| period.without(asked)).unwrap_or_default();
    let gap = |days: Window| {
        let year = days.first().year();
        let is_whole = days.split_by_years().len() == 1
            && days.first().day_of_year() == 1
            && days.last().day_of_year() == days.last().days_in_year();
        let what = if is_whole { format!("all of {year}") } else { format!("all of {days}") };
        Gap { year: Some(year), ..Gap::new_owed(what, "NOT_ASKED", "these days were never asked for") }
    };
    holes.into_iter().flat_map(Window::split_by_years).map(gap).collect()
}
