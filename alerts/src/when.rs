//! What is news, and when it is told. Pure.

use jiff::{SignedDuration, Timestamp, ToSpan, civil::Weekday, tz::TimeZone};
use raadhuis_schema::{Action, Change, Kind, Purpose, When};
use raadhuis_search::Entry;

use crate::Frequency;

/// What met or was published so long before we saw it first is the past, not news.
const OLD: i32 = 30;

/// So long what is told at once waits for its text, so that a letter can name the page.
const FOR_ITS_TEXT: SignedDuration = SignedDuration::from_mins(10);

/// The rests between the attempts to send a letter, in minutes. After the last it is given up.
const RESTS: [i64; 7] = [1, 5, 30, 120, 360, 720, 1440];

/// The hour, Dutch time, at which digests leave.
const MORNING: i8 = 7;

/// Whether a line of the change log may be news: something was seen for the first time, and not while reading again what lies
/// here, nor while the past was fetched. The words of a paper often come later, when its file can be had or was read from a picture;
/// and whichever run comes first reads them.
pub fn may_be_news(change: &Change) -> bool {
    let is_now = matches!(change.purpose, Some(Purpose::Asked | Purpose::Recent | Purpose::Owed));
    match (change.kind(), change.action) {
        (Kind::DocumentText, Action::Created | Action::Updated) => {
            is_now || change.purpose == Some(Purpose::History)
        }
        (_, Action::Created) => is_now,
        _ => false,
    }
}

/// Whether a thing is of the time at which that change of it was seen, as far as its dates say. What is told by its words must have
/// been new itself not long before; and where the past was fetched, nothing without a day is news.
pub fn is_of_its_time(entry: &Entry, change: &Change) -> bool {
    let from = |days: i32| {
        let seen = When::At(change.at).day();
        seen.checked_sub(days.days()).unwrap_or(seen)
    };
    let day = entry.published_at.max(entry.meeting_date);
    let is_young = entry.first_seen_at.is_none_or(|first| from(OLD) <= When::At(first).day());
    is_young && day.map_or(change.purpose != Some(Purpose::History), |day| from(OLD) <= day)
}

/// When something that was seen at a moment is told. A paper whose file is still to be read waits for it a while.
pub fn due(frequency: Frequency, seen: Timestamp, awaits_text: bool) -> Timestamp {
    let dutch = TimeZone::get("Europe/Amsterdam").unwrap_or(TimeZone::UTC);
    let local = seen.to_zoned_datetime(dutch.clone());
    let at_seven = |days_ahead: i32| {
        let day = local.date().checked_add(days_ahead.days()).ok()?;
        day.at(MORNING, 0, 0, 0).to_zoned_datetime(dutch.clone()).ok().map(|it| it.timestamp())
    };
    let today = i32::from(local.hour() >= MORNING);
    match frequency {
        Frequency::Immediate if awaits_text => seen.saturating_add(FOR_ITS_TEXT).unwrap_or(seen),
        Frequency::Immediate => seen,
        Frequency::Daily => at_seven(today).unwrap_or(seen),
        Frequency::Weekly => {
            let to_monday = i32::from(local.date().weekday().until(Weekday::Monday));
            let ahead = if to_monday == 0 && today == 1 { 7 } else { to_monday };
            at_seven(ahead).unwrap_or(seen)
        }
    }
}

/// When a letter that was tried so many times is tried again; `None` where it is given up.
pub fn again(tries: u32, now: Timestamp) -> Option<Timestamp> {
    let rest = RESTS.get(usize::try_from(tries).ok()?.checked_sub(1)?)?;
    now.checked_add(SignedDuration::from_mins(*rest)).ok()
}

#[cfg(test)]
mod tests {
    use jiff::civil::{Date, date};

    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn digests_leave_in_the_dutch_morning_in_summer_and_winter() {
        let told = |frequency, seen: &str| due(frequency, at(seen), false).to_string();
        assert_eq!(told(Frequency::Daily, "2026-07-01T03:00:00Z"), "2026-07-01T05:00:00Z");
        assert_eq!(told(Frequency::Daily, "2026-07-01T06:00:00Z"), "2026-07-02T05:00:00Z");
        assert_eq!(told(Frequency::Daily, "2026-12-01T07:00:00Z"), "2026-12-02T06:00:00Z");
        // 30 November 2026 is a Monday.
        assert_eq!(told(Frequency::Weekly, "2026-11-30T05:00:00Z"), "2026-11-30T06:00:00Z");
        assert_eq!(told(Frequency::Weekly, "2026-11-30T07:00:00Z"), "2026-12-07T06:00:00Z");
        assert_eq!(told(Frequency::Weekly, "2026-11-29T07:00:00Z"), "2026-11-30T06:00:00Z");
        assert_eq!(told(Frequency::Immediate, "2026-11-29T07:00:00Z"), "2026-11-29T07:00:00Z");
        assert_eq!(due(Frequency::Immediate, at("2026-11-29T07:00:00Z"), true), at("2026-11-29T07:10:00Z"));
    }

    #[test]
    fn only_what_is_seen_for_the_first_time_in_its_time_is_news() {
        let change = |action, purpose| Change {
            seq: 1,
            id: "document:x:1:1".parse().unwrap(),
            authority: None,
            action,
            at: at("2026-11-29T07:00:00Z"),
            run: None,
            purpose,
        };
        assert!(may_be_news(&change(Action::Created, Some(Purpose::Recent))));
        let text = |action, purpose| Change {
            id: "document-text:x:1:1".parse().unwrap(),
            ..change(action, purpose)
        };
        assert!(may_be_news(&text(Action::Updated, Some(Purpose::History))));
        assert!(
            !may_be_news(&text(Action::Updated, Some(Purpose::Reread)))
                && !may_be_news(&text(Action::Updated, None))
        );
        for (action, purpose) in [
            (Action::Updated, Some(Purpose::Recent)),
            (Action::Revived, Some(Purpose::Recent)),
            (Action::Created, Some(Purpose::History)),
            (Action::Created, Some(Purpose::Reread)),
            (Action::Created, None),
        ] {
            assert!(!may_be_news(&change(action, purpose)), "{action:?} {purpose:?}");
        }
        let entry = |meeting_date: Option<Date>, published_at| Entry {
            id: "document:x:1:1".parse().unwrap(),
            authority: "authority:nl:tooi:gm9101".parse().unwrap(),
            title: String::new(),
            body: Vec::new(),
            values: Vec::new(),
            meeting_date,
            published_at,
            first_seen_at: None,
            fold: None,
        };
        let now = change(Action::Created, Some(Purpose::Recent));
        assert!(is_of_its_time(&entry(None, None), &now));
        assert!(is_of_its_time(&entry(Some(date(2026, 12, 20)), None), &now));
        assert!(is_of_its_time(&entry(Some(date(2020, 1, 1)), Some(date(2026, 11, 28))), &now));
        assert!(!is_of_its_time(&entry(Some(date(2026, 10, 1)), None), &now));
        let known = Entry { first_seen_at: Some(at("2026-10-01T07:00:00Z")), ..entry(None, None) };
        assert!(!is_of_its_time(&known, &now), "its words came, and it did not");
        let past = change(Action::Created, Some(Purpose::History));
        assert!(!is_of_its_time(&entry(None, None), &past));
        assert!(is_of_its_time(&entry(None, Some(date(2026, 11, 28))), &past));
    }

    #[test]
    fn a_letter_is_given_up_after_two_days() {
        let now = at("2026-11-29T07:00:00Z");
        assert_eq!(again(1, now), Some(at("2026-11-29T07:01:00Z")));
        assert_eq!(again(7, now), Some(at("2026-11-30T07:00:00Z")));
        assert_eq!((again(0, now), again(8, now)), (None, None));
    }
}
