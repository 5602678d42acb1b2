//! Filters, facets and sort orders.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::LazyLock,
};

use jiff::{Timestamp, civil::Date};
use serde::{Deserialize, Serialize};

use crate::Entry;

/// A property by whose values results are counted.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Serialize,
    Deserialize,
    strum::IntoStaticStr,
    strum::VariantArray,
)]
#[strum(serialize_all = "lowercase")]
#[serde(rename_all = "lowercase")]
pub enum Facet {
    Kind,
    Type,
    /// The id of the authority.
    Authority,
    AuthorityKind,
    /// The province of the authority; a water authority may have several.
    Province,
    /// The names of the parties that submitted it.
    Party,
    Outcome,
    Year,
    /// The month of the meeting, as `2026-03`.
    Month,
}

impl Facet {
    pub const ALL: &[Self] = <Self as strum::VariantArray>::VARIANTS;

    /// The facets whose values are stored; year and month are derived from the day of the meeting.
    pub const KEPT: [Self; 7] = [
        Self::Kind,
        Self::Type,
        Self::Authority,
        Self::AuthorityKind,
        Self::Province,
        Self::Party,
        Self::Outcome,
    ];

    pub fn kept_index(self) -> Option<usize> {
        Self::KEPT.iter().position(|kept| *kept == self)
    }

    pub fn as_str(self) -> &'static str {
        self.into()
    }
}

/// A time range with inclusive ends. A missing time passes only if both ends are open.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Between<T> {
    pub from: Option<T>,
    pub until: Option<T>,
}

impl<T> Default for Between<T> {
    fn default() -> Self {
        Self { from: None, until: None }
    }
}

impl<T: PartialOrd + Copy> Between<T> {
    pub fn is_open(&self) -> bool {
        self.from.is_none() && self.until.is_none()
    }

    pub fn holds(&self, time: Option<T>) -> bool {
        self.is_open()
            || time.is_some_and(|time| {
                self.from.is_none_or(|from| from <= time) && self.until.is_none_or(|until| time <= until)
            })
    }

    pub fn map_bounds<U>(self, measure: impl Fn(T) -> U) -> Between<U> {
        Between { from: self.from.map(&measure), until: self.until.map(&measure) }
    }
}

/// Restrictions on results. An empty field restricts nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct EntryFilter {
    /// Values of which an entry must have at least one, for each facet.
    pub values: BTreeMap<Facet, BTreeSet<String>>,
    pub meeting_date: Between<Date>,
    pub published_at: Between<Date>,
    pub first_seen_at: Between<Timestamp>,
}

impl EntryFilter {
    pub fn with_value(mut self, facet: Facet, value: impl Into<String>) -> Self {
        self.values.entry(facet).or_default().insert(value.into());
        self
    }

    pub fn is_open(&self) -> bool {
        *self == Self::default()
    }

    pub fn holds(&self, entry: &Entry) -> bool {
        self.values.iter().all(|(facet, wanted)| has_wanted_value(entry, *facet, wanted))
            && self.meeting_date.holds(entry.meeting_date)
            && self.published_at.holds(entry.published_at)
            && self.first_seen_at.holds(entry.first_seen_at)
    }
}

fn has_wanted_value(entry: &Entry, facet: Facet, wanted: &BTreeSet<String>) -> bool {
    match facet {
        Facet::Year | Facet::Month => {
            let day = entry.meeting_date.map(|day| day.to_string());
            day.is_some_and(|day| wanted.iter().any(|value| day.starts_with(value)))
        }
        kept => entry.values_of(kept).iter().any(|value| wanted.contains(*value)),
    }
}

/// The order of hits. Ties are broken by a key that merges and additions do not change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sort {
    /// Best match first, weighted by date: ten years older counts half (see [`recency`]).
    Relevance,
    Match,
    MeetingDate(SortDirection),
    PublishedAt(SortDirection),
    /// Orders by the time we first saw the entity.
    FirstSeenAt(SortDirection),
}

/// Direction of a time order. Entries without a time come last in both.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SortDirection {
    Newest,
    Oldest,
}

/// The weight of a day in [`Sort::Relevance`]: 1 on 1 January 2020, doubling every ten years. It does not depend on the clock, so
/// the order of two days, and with it a cursor into a list, stays valid for ever. Implausible days are clamped to 2000–2030.
pub fn recency(day: Option<i64>) -> f32 {
    /// Precomputed for every day: taking a power for each match would be slow.
    static WEIGHTS: LazyLock<Vec<f32>> = LazyLock::new(|| (OLDEST..=NEWEST).map(weight_of).collect());
    const OLDEST: i64 = 10_957; // 2000-01-01, in days since 1970
    const MIDDLE: i64 = 18_262; // 2020-01-01
    const NEWEST: i64 = 21_915; // 2030-01-01
    #[allow(clippy::cast_precision_loss, clippy::allow_attributes, reason = "a number of days is small")]
    fn weight_of(day: i64) -> f32 {
        const TEN_YEARS: f32 = 3652.0;
        ((day - MIDDLE) as f32 / TEN_YEARS).exp2()
    }
    let day = day.map_or(i64::midpoint(OLDEST, MIDDLE), |day| day.clamp(OLDEST, NEWEST));
    usize::try_from(day - OLDEST).ok().and_then(|place| WEIGHTS.get(place)).copied().unwrap_or(1.0)
}

/// Days since 1 January 1970, the unit of days in an index.
pub fn day_number(day: Date) -> i64 {
    i64::from((day - Date::constant(1970, 1, 1)).get_days())
}

pub fn day_of(number: i64) -> Option<Date> {
    let span = jiff::Span::new().try_days(number).ok()?;
    Date::constant(1970, 1, 1).checked_add(span).ok()
}

/// Adds zero counts for the missing years or months between the first and the last counted. Does nothing for other facets.
pub fn fill_gaps(counts: &mut BTreeMap<String, u64>, facet: Facet) {
    if !matches!(facet, Facet::Year | Facet::Month) {
        return;
    }
    let first = counts.keys().next().and_then(|text| parse_month(text));
    let last = counts.keys().next_back().and_then(|text| parse_month(text));
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

/// Months since the year 0, from a year or a month as text.
fn parse_month(text: &str) -> Option<i32> {
    let (year, month) = text.split_once('-').unwrap_or((text, "1"));
    Some(year.parse::<i32>().ok()? * 12 + month.parse::<i32>().ok()? - 1)
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
