//! By what is filtered, counted and sorted.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::LazyLock,
};

use jiff::{Timestamp, civil::Date};
use serde::{Deserialize, Serialize};

use crate::Entry;

/// A property by whose values things are counted. Each has a word under which an engine keeps it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Facet {
    /// What sort of thing it is: the word of its kind.
    Kind,
    /// What sort of paper it is: the word of its type.
    Type,
    /// Whose: the id of an authority.
    Authority,
    /// The sort of authority.
    AuthorityKind,
    /// The province in which the authority lies; a water authority may lie in several.
    Province,
    /// The parties that put it forward, by name.
    Party,
    /// What became of it.
    Outcome,
    /// The year of its meeting.
    Year,
    /// The month of its meeting, as `2026-03`.
    Month,
}

impl Facet {
    /// All there are.
    pub const ALL: [Self; 9] = [
        Self::Kind,
        Self::Type,
        Self::Authority,
        Self::AuthorityKind,
        Self::Province,
        Self::Party,
        Self::Outcome,
        Self::Year,
        Self::Month,
    ];

    /// Those whose values are kept; the others follow from the day of the meeting.
    pub const KEPT: [Self; 7] = [
        Self::Kind,
        Self::Type,
        Self::Authority,
        Self::AuthorityKind,
        Self::Province,
        Self::Party,
        Self::Outcome,
    ];

    /// Its place among those whose values are kept.
    pub fn place(self) -> Option<usize> {
        Self::KEPT.iter().position(|kept| *kept == self)
    }

    /// Its name in an index and in the query language.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Kind => "kind",
            Self::Type => "type",
            Self::Authority => "authority",
            Self::AuthorityKind => "authoritykind",
            Self::Province => "province",
            Self::Party => "party",
            Self::Outcome => "outcome",
            Self::Year => "year",
            Self::Month => "month",
        }
    }
}

/// A stretch of time, both ends included. What has no time of that sort does not pass one with an end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Between<T> {
    /// Not before.
    pub from: Option<T>,
    /// Not after.
    pub until: Option<T>,
}

impl<T> Default for Between<T> {
    fn default() -> Self {
        Self { from: None, until: None }
    }
}

impl<T: PartialOrd + Copy> Between<T> {
    /// Whether it restricts anything.
    pub fn is_open(&self) -> bool {
        self.from.is_none() && self.until.is_none()
    }

    /// Whether a time passes.
    pub fn holds(&self, time: Option<T>) -> bool {
        self.is_open()
            || time.is_some_and(|time| {
                self.from.is_none_or(|from| from <= time) && self.until.is_none_or(|until| time <= until)
            })
    }

    /// The same stretch in another measure.
    pub fn map<U>(self, measure: impl Fn(T) -> U) -> Between<U> {
        Between { from: self.from.map(&measure), until: self.until.map(&measure) }
    }
}

/// Which things are searched. What is not named is not restricted.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Filter {
    /// With one or more of these values.
    pub values: BTreeMap<Facet, BTreeSet<String>>,
    /// The day of the meeting.
    pub meeting_date: Between<Date>,
    /// The day it was published.
    pub published_at: Between<Date>,
    /// When we saw it first.
    pub first_seen_at: Between<Timestamp>,
}

impl Filter {
    /// Restricted to one more value of a facet.
    pub fn with(mut self, facet: Facet, value: impl Into<String>) -> Self {
        self.values.entry(facet).or_default().insert(value.into());
        self
    }

    /// Whether it restricts nothing at all.
    pub fn is_open(&self) -> bool {
        *self == Self::default()
    }

    /// Whether a thing passes.
    pub fn holds(&self, entry: &Entry) -> bool {
        let has = |facet: &Facet, wanted: &BTreeSet<String>| match facet {
            Facet::Year | Facet::Month => {
                let day = entry.meeting_date.map(|day| day.to_string());
                day.is_some_and(|day| wanted.iter().any(|value| day.starts_with(value)))
            }
            kept => entry.values_of(*kept).iter().any(|value| wanted.contains(*value)),
        };
        self.values.iter().all(|(facet, wanted)| has(facet, wanted))
            && self.meeting_date.holds(entry.meeting_date)
            && self.published_at.holds(entry.published_at)
            && self.first_seen_at.holds(entry.first_seen_at)
    }
}

/// In which order hits come. Equal ones are ordered by something that no merge or addition changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sort {
    /// The best match first, where what is newer weighs somewhat more: half as much for every ten years.
    Relevance,
    /// The best match first, however old.
    Match,
    /// By the day of the meeting.
    MeetingDate(Direction),
    /// By the day of publication.
    PublishedAt(Direction),
    /// By the moment we saw it first.
    FirstSeenAt(Direction),
}

/// Which end of time comes first. What has no time comes last either way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// The newest first.
    Newest,
    /// The oldest first.
    Oldest,
}

/// How much a day weighs in [`Sort::Relevance`]: 1 on 1 January 2020, twice as much ten years later. It needs no clock, and
/// orders any two days alike for ever, so that a place in a list stays that place. Days that cannot be right weigh no more than
/// those that can.
pub fn recency(day: Option<i64>) -> f32 {
    /// Weights of all days between the oldest and the newest: a power would be taken for everything there is.
    static WEIGHTS: LazyLock<Vec<f32>> = LazyLock::new(|| (OLDEST..=NEWEST).map(weight).collect());
    const OLDEST: i64 = 10_957; // 2000-01-01, in days since 1970
    const MIDDLE: i64 = 18_262; // 2020-01-01
    const NEWEST: i64 = 21_915; // 2030-01-01
    #[allow(clippy::cast_precision_loss, clippy::allow_attributes, reason = "a number of days is small")]
    fn weight(day: i64) -> f32 {
        const TEN_YEARS: f32 = 3652.0;
        ((day - MIDDLE) as f32 / TEN_YEARS).exp2()
    }
    let day = day.map_or(i64::midpoint(OLDEST, MIDDLE), |day| day.clamp(OLDEST, NEWEST));
    usize::try_from(day - OLDEST).ok().and_then(|place| WEIGHTS.get(place)).copied().unwrap_or(1.0)
}

/// A day as engines count it: from 1 January 1970.
pub fn day_number(day: Date) -> i64 {
    i64::from((day - Date::constant(1970, 1, 1)).get_days())
}

/// The day of that number.
pub fn day_of(number: i64) -> Option<Date> {
    let span = jiff::Span::new().try_days(number).ok()?;
    Date::constant(1970, 1, 1).checked_add(span).ok()
}

/// Adds what nothing has to the counts of a calendar: what lies between the first and the last that is counted. Other facets have
/// no between.
pub fn fill(counts: &mut BTreeMap<String, u64>, facet: Facet) {
    if !matches!(facet, Facet::Year | Facet::Month) {
        return;
    }
    let number = |text: &str| -> Option<i32> {
        let (year, month) = text.split_once('-').unwrap_or((text, "1"));
        Some(year.parse::<i32>().ok()? * 12 + month.parse::<i32>().ok()? - 1)
    };
    let first = counts.keys().next().and_then(|text| number(text));
    let last = counts.keys().next_back().and_then(|text| number(text));
    let (Some(first), Some(last)) = (first, last) else { return };
    let step = if facet == Facet::Year { 12 } else { 1 };
    for month in (first..=last).step_by(step) {
        let name = match facet {
            Facet::Year => format!("{}", month / 12),
            _ => format!("{}-{:02}", month / 12, month % 12 + 1),
        };
        counts.entry(name).or_insert(0);
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn ten_years_halve_and_impossible_days_weigh_no_more() {
        let weight = |day| recency(Some(day_number(day)));
        let ratio = weight(date(2026, 1, 1)) / weight(date(2016, 1, 1));
        assert!((ratio - 2.0).abs() < 0.01, "{ratio}");
        assert!((weight(date(9999, 1, 1)) - weight(date(2030, 1, 1))).abs() < f32::EPSILON);
        assert_eq!(day_of(day_number(date(1958, 7, 3))), Some(date(1958, 7, 3)));
    }
}
