//! Dutch wall clock to instants, and windows of days.
//!
//! Suppliers print naive Dutch time. In the hour that occurs twice (last Sunday of October) the earlier
//! instant is taken, in the hour that does not occur (last Sunday of March) the clock is read as if it had
//! not yet been put forward; both are reported as doubtful.

use std::{fmt, str::FromStr};

use jiff::{
    Timestamp, ToSpan,
    civil::{Date, DateTime},
    tz::{AmbiguousOffset, TimeZone},
};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};

/// A day, or an instant. Midnight in a supplier's answer means the day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum When {
    /// A calendar day, without a time.
    Day(Date),
    /// An instant, shown with the Dutch offset.
    At(Timestamp),
}

/// A text that is no time.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is no date or time")]
pub struct ParseTimeError(pub String);

/// A time, and whether the wall clock is ambiguous there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WallClock {
    /// The time that was read.
    pub when: When,
    /// The clock showed this time twice, or never, on that day.
    pub doubtful: bool,
}

/// The Dutch names of the months as pages and letters write them, from January.
pub const DUTCH_MONTHS: [&str; 12] = [
    "januari",
    "februari",
    "maart",
    "april",
    "mei",
    "juni",
    "juli",
    "augustus",
    "september",
    "oktober",
    "november",
    "december",
];

fn dutch_zone() -> TimeZone {
    // The time zone database is compiled in, so the fallback is never taken.
    TimeZone::get("Europe/Amsterdam").unwrap_or(TimeZone::UTC)
}

impl WallClock {
    /// Parses `2026-03-24 19:30:00`, also with `T`, without seconds, with an explicit offset, or only the
    /// day.
    ///
    /// # Errors
    /// The day is impossible, such as `0000-00-00`, or the text is no time.
    pub fn read(text: &str) -> Result<Self, ParseTimeError> {
        let text = text.trim();
        let refuse = || ParseTimeError(text.chars().take(40).collect());
        if let Ok(instant) = text.parse::<Timestamp>() {
            return Ok(Self { when: When::At(instant), doubtful: false });
        }
        let naive: DateTime = text.parse().map_err(|_| refuse())?;
        if naive.year() < 1800 {
            return Err(refuse());
        }
        if naive.time() == jiff::civil::Time::midnight() {
            return Ok(Self { when: When::Day(naive.date()), doubtful: false });
        }
        let zoned = dutch_zone().to_ambiguous_zoned_datetime(naive);
        let doubtful = !matches!(zoned.offset(), AmbiguousOffset::Unambiguous { .. });
        let instant = zoned.compatible().map_err(|_| refuse())?.timestamp();
        Ok(Self { when: When::At(instant), doubtful })
    }
}

impl When {
    /// The day on the Dutch calendar.
    pub fn day(self) -> Date {
        match self {
            Self::Day(day) => day,
            Self::At(instant) => instant.to_zoned_datetime(dutch_zone()).date(),
        }
    }
}

impl fmt::Display for When {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Day(day) => write!(f, "{day}"),
            Self::At(instant) => {
                write!(f, "{}", instant.to_zoned_datetime(dutch_zone()).strftime("%Y-%m-%dT%H:%M:%S%:z"))
            }
        }
    }
}

impl FromStr for When {
    type Err = ParseTimeError;

    fn from_str(text: &str) -> Result<Self, ParseTimeError> {
        WallClock::read(text).map(|read| read.when)
    }
}

impl Serialize for When {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for When {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(D::Error::custom)
    }
}

/// A range of whole days on the Dutch calendar, both ends included.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Window {
    first: Date,
    last: Date,
}

/// A window that ends before it begins.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the window ends on {last}, before it begins on {first}")]
pub struct BackwardsWindowError {
    /// The first day that was asked for.
    pub first: Date,
    /// The last day that was asked for.
    pub last: Date,
}

impl Window {
    /// Makes the window from `first` to `last`.
    ///
    /// # Errors
    /// `last` is before `first`.
    pub fn new(first: Date, last: Date) -> Result<Self, BackwardsWindowError> {
        if first <= last { Ok(Self { first, last }) } else { Err(BackwardsWindowError { first, last }) }
    }

    /// Makes the window of a single day.
    pub const fn of_day(day: Date) -> Self {
        Self { first: day, last: day }
    }

    /// The first day of the window.
    pub fn first(self) -> Date {
        self.first
    }

    /// The last day of the window, included.
    pub fn last(self) -> Date {
        self.last
    }

    /// Returns whether `day` is in the window.
    pub fn contains(self, day: Date) -> bool {
        self.first <= day && day <= self.last
    }

    /// The instants of its begin and, not included, its end: days of 23 or 25 hours are counted right.
    pub fn instants(self) -> (Timestamp, Timestamp) {
        (start_of_day(self.first), start_of_day(self.last.tomorrow().unwrap_or(Date::MAX)))
    }

    /// Splits the window into calendar pieces of at most `months` months, without gap or overlap.
    pub fn split_by_months(self, months: i32) -> Vec<Self> {
        let mut pieces = Vec::new();
        let mut first = self.first;
        loop {
            let month = first.first_of_month();
            let next = month.checked_add(months.max(1).months()).unwrap_or(Date::MAX);
            let last = next.yesterday().unwrap_or(self.last).min(self.last);
            pieces.push(Self { first, last: last.max(first) });
            match last.tomorrow() {
                Ok(day) if day <= self.last => first = day,
                _ => return pieces,
            }
        }
    }

    /// Lists the ranges of its days that are in none of `others`, in order.
    pub fn without(self, others: &[Self]) -> Vec<Self> {
        let mut others: Vec<Self> = others.to_vec();
        others.sort_by_key(|it| it.first);
        let mut holes = Vec::new();
        let mut next = self.first;
        for other in others {
            if next > self.last {
                return holes;
            }
            if next < other.first {
                let last = other.first.yesterday().unwrap_or(next).min(self.last);
                holes.push(Self { first: next, last });
            }
            match other.last.tomorrow() {
                Ok(day) => next = next.max(day),
                Err(_) => return holes,
            }
        }
        if next <= self.last {
            holes.push(Self { first: next, last: self.last });
        }
        holes
    }

    /// Splits the window into calendar years.
    pub fn split_by_years(self) -> Vec<Self> {
        let years = self.first.year()..=self.last.year();
        years
            .filter_map(|year| {
                let (first, last) = (Date::new(year, 1, 1).ok()?, Date::new(year, 12, 31).ok()?);
                Some(Self { first: first.max(self.first), last: last.min(self.last) })
            })
            .collect()
    }

    /// Splits the window into two halves; `None` when it is a single day.
    pub fn split_window(self) -> Option<[Self; 2]> {
        let days = (self.last - self.first).get_days();
        if days < 1 {
            return None;
        }
        let middle = self.first.checked_add((days / 2).days()).ok()?;
        Some([
            Self { first: self.first, last: middle },
            Self { first: middle.tomorrow().ok()?, last: self.last },
        ])
    }
}

impl fmt::Display for Window {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}..{}", self.first, self.last)
    }
}

/// The first instant of a Dutch day.
fn start_of_day(day: Date) -> Timestamp {
    let midnight = dutch_zone().to_ambiguous_zoned_datetime(day.at(0, 0, 0, 0)).compatible();
    midnight.map_or(Timestamp::MIN, |at| at.timestamp())
}

impl FromStr for Window {
    type Err = ParseTimeError;

    fn from_str(text: &str) -> Result<Self, ParseTimeError> {
        let refuse = || ParseTimeError(text.chars().take(60).collect());
        let (first, last) = text.split_once("..").ok_or_else(refuse)?;
        let day = |text: &str| text.parse::<Date>().map_err(|_| refuse());
        Self::new(day(first)?, day(last)?).map_err(|_| refuse())
    }
}

impl Serialize for Window {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Window {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(D::Error::custom)
    }
}

/// Converts a day as suppliers' templates write it (`29-1-2026`, `Jan 29 2026 12:00AM`, or ISO) to ISO.
/// `None` for a text that is no day.
pub fn parse_written_day(text: &str) -> Option<String> {
    const MONTHS: [&str; 12] =
        ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
    let words: Vec<&str> = text.split_whitespace().collect();
    let parts: Vec<&str> = words.first()?.split('-').collect();
    let (year, month, day) = if let [first, month, last] = parts.as_slice() {
        let last = last.get(..last.len().min(4))?;
        match first.len() {
            4 => (*first, month.parse().ok()?, last.get(..last.len().min(2))?),
            _ => (last, month.parse().ok()?, *first),
        }
    } else {
        let month =
            MONTHS.iter().position(|month| words.first().is_some_and(|w| w.to_lowercase() == *month))?;
        (*words.get(2)?, u32::try_from(month).ok()? + 1, *words.get(1)?)
    };
    let (year, day): (u32, u32) = (year.parse().ok()?, day.parse().ok()?);
    Some(format!("{year:04}-{month:02}-{day:02}"))
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use proptest::prelude::*;

    use super::*;

    fn check(text: &str, expected: &str, doubtful: bool) {
        let read = WallClock::read(text).unwrap();
        assert_eq!((read.when.to_string().as_str(), read.doubtful), (expected, doubtful), "{text}");
        assert_eq!(read.when.to_string().parse::<When>().unwrap(), read.when, "{text} does not round-trip");
    }

    #[test]
    fn winter_and_summer_have_their_own_offset() {
        check("2018-02-08 13:30:00", "2018-02-08T13:30:00+01:00", false);
        check("2026-07-07 19:30:00", "2026-07-07T19:30:00+02:00", false);
        check("2026-07-07T19:30:00+01:00", "2026-07-07T20:30:00+02:00", false);
    }

    #[test]
    fn midnight_and_a_bare_date_mean_the_day() {
        check("2026-01-22 00:00:00", "2026-01-22", false);
        check("2026-01-22", "2026-01-22", false);
    }

    #[test]
    fn the_hour_that_occurs_twice_is_its_first_and_doubtful() {
        check("2026-10-25 02:30:00", "2026-10-25T02:30:00+02:00", true);
        check("2026-10-25 01:30:00", "2026-10-25T01:30:00+02:00", false);
    }

    #[test]
    fn the_hour_that_does_not_occur_moves_on_and_is_doubtful() {
        check("2026-03-29 02:30:00", "2026-03-29T03:30:00+02:00", true);
    }

    #[test]
    fn impossible_days_are_refused() {
        for text in ["0000-00-00 00:00:00", "0001-01-01 00:00:00", "2026-02-30", "", "gisteren", "24-03-2026"]
        {
            assert!(WallClock::read(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_window_knows_the_short_and_the_long_day() {
        let hours = |day| {
            let (start, end) = Window::new(day, day).unwrap().instants();
            (end.as_second() - start.as_second()) / 3600
        };
        assert_eq!(hours(date(2026, 3, 29)), 23);
        assert_eq!(hours(date(2026, 10, 25)), 25);
    }

    proptest! {
        #[test]
        fn pieces_of_a_window_leave_no_gap_and_no_overlap(start in 0_i32..9000, length in 0_i32..1500, months in 1_i32..13) {
            let first = date(2005, 1, 1).checked_add(start.days()).unwrap();
            let whole = Window::new(first, first.checked_add(length.days()).unwrap()).unwrap();
            let halves = whole.split_window().map_or(vec![whole], |halves| halves.to_vec());
            for pieces in [whole.split_by_months(months), halves] {
                prop_assert_eq!(pieces[0].first(), whole.first());
                prop_assert_eq!(pieces[pieces.len() - 1].last(), whole.last());
                for pair in pieces.windows(2) {
                    prop_assert_eq!(pair[0].last().tomorrow().unwrap(), pair[1].first());
                    prop_assert_eq!(pair[0].instants().1, pair[1].instants().0);
                }
            }
        }
    }

    #[test]
    fn the_days_that_lie_in_no_other_window_are_found_in_order() {
        let days = |texts: &[&str]| texts.iter().map(|text| text.parse().unwrap()).collect::<Vec<Window>>();
        let year: Window = "2024-01-01..2024-12-31".parse().unwrap();
        assert_eq!(year.without(&[]), [year]);
        let others = days(&["2024-03-01..2024-05-31", "2024-02-01..2024-03-31", "2024-12-01..2025-02-01"]);
        assert_eq!(year.without(&others), days(&["2024-01-01..2024-01-31", "2024-06-01..2024-11-30"]));
        assert_eq!(
            year.without(&days(&["2023-06-01..2024-02-28", "2024-03-01..2025-01-01"])),
            days(&["2024-02-29..2024-02-29"])
        );
        assert_eq!(days(&["2023-12-31..2025-01-01"])[0].split_by_years().len(), 3);
    }

    #[test]
    fn a_day_is_read_in_every_form_that_templates_use() {
        let check = |text: &str, expected: Option<&str>| {
            assert_eq!(parse_written_day(text).as_deref(), expected, "{text}");
        };
        check("Jan 29 2026 12:00AM", Some("2026-01-29"));
        check("Jan  9 2026 12:00AM", Some("2026-01-09"));
        check("29-1-2026", Some("2026-01-29"));
        check("2026-01-29T10:06:40.073", Some("2026-01-29"));
        check("V", None);
        check("", None);
        check("é-é-é", None);
    }
}
