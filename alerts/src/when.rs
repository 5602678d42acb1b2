//! Decides what is news and when it is sent. Pure.

use jiff::{
    SignedDuration, Timestamp, ToSpan,
    civil::{Date, Weekday},
    tz::TimeZone,
};
use raadhuis_schema::{Action, Change, Kind, RunPurpose, When};
use raadhuis_search::Entry;

use crate::Frequency;

/// Age in days, at the time we first saw it, beyond which an entity is not news.
const OLD: i32 = 30;

/// Delay of immediate news whose text is not yet read, so that the notification can name the page.
const FOR_ITS_TEXT: SignedDuration = SignedDuration::from_mins(10);

/// Delays between the attempts to send a notification, in minutes. After the last attempt the notification is given up.
const RESTS: [i64; 7] = [1, 5, 30, 120, 360, 720, 1440];

const MORNING: i8 = 7;

/// Returns whether a change may be news: an entity was created, but not by rereading the archive or by fetching the past. A
/// document's text may be news even when it was updated or the past was fetched: it often arrives later, when its file becomes
/// available or was recognised from an image, and whichever run comes first reads it.
pub fn may_be_news(change: &Change) -> bool {
    let is_now = matches!(change.purpose, Some(RunPurpose::Asked | RunPurpose::Recent | RunPurpose::Owed));
    match (change.kind(), change.action) {
        (Kind::DocumentText, Action::Created | Action::Updated) => {
            is_now || change.purpose == Some(RunPurpose::History)
        }
        (_, Action::Created) => is_now,
        _ => false,
    }
}

/// Returns whether an entity was recent when the change was seen, judged by its dates. The entity itself must have been first seen
/// recently, since its text may arrive later. In a run that fetched the past, an entity without a date is not news.
pub fn is_of_its_time(entry: &Entry, change: &Change) -> bool {
    let seen = When::At(change.at).day();
    let from = seen.checked_sub(OLD.days()).unwrap_or(seen);
    let day = entry.published_at.max(entry.meeting_date);
    let is_young = entry.first_seen_at.is_none_or(|first| from <= When::At(first).day());
    is_young && day.map_or(change.purpose != Some(RunPurpose::History), |day| from <= day)
}

/// The time at which news is sent. Immediate news waits for a text that is still to be read.
pub fn schedule_news(frequency: Frequency, seen: Timestamp, awaits_text: bool) -> Timestamp {
    let dutch = TimeZone::get("Europe/Amsterdam").unwrap_or(TimeZone::UTC);
    let local = seen.to_zoned_datetime(dutch.clone());
    let today = i32::from(local.hour() >= MORNING);
    match frequency {
        Frequency::Immediate if awaits_text => seen.saturating_add(FOR_ITS_TEXT).unwrap_or(seen),
        Frequency::Immediate => seen,
        Frequency::Daily => digest_time(local.date(), today, dutch).unwrap_or(seen),
        Frequency::Weekly => {
            let to_monday = i32::from(local.date().weekday().until(Weekday::Monday));
            let ahead = if to_monday == 0 && today == 1 { 7 } else { to_monday };
            digest_time(local.date(), ahead, dutch).unwrap_or(seen)
        }
    }
}

fn digest_time(today: Date, days_ahead: i32, zone: TimeZone) -> Option<Timestamp> {
    let day = today.checked_add(days_ahead.days()).ok()?;
    day.at(MORNING, 0, 0, 0).to_zoned_datetime(zone).ok().map(|it| it.timestamp())
}

/// The time of the next attempt after `tries` attempts; `None` if the notification is given up.
pub fn schedule_retry(tries: u32, now: Timestamp) -> Option<Timestamp> {
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
        let told = |frequency, seen: &str| schedule_news(frequency, at(seen), false).to_string();
        assert_eq!(told(Frequency::Daily, "2026-07-01T03:00:00Z"), "2026-07-01T05:00:00Z");
        assert_eq!(told(Frequency::Daily, "2026-07-01T06:00:00Z"), "2026-07-02T05:00:00Z");
        assert_eq!(told(Frequency::Daily, "2026-12-01T07:00:00Z"), "2026-12-02T06:00:00Z");
        // 30 November 2026 is a Monday.
        assert_eq!(told(Frequency::Weekly, "2026-11-30T05:00:00Z"), "2026-11-30T06:00:00Z");
        assert_eq!(told(Frequency::Weekly, "2026-11-30T07:00:00Z"), "2026-12-07T06:00:00Z");
        assert_eq!(told(Frequency::Weekly, "2026-11-29T07:00:00Z"), "2026-11-30T06:00:00Z");
        assert_eq!(told(Frequency::Immediate, "2026-11-29T07:00:00Z"), "2026-11-29T07:00:00Z");
        assert_eq!(
            schedule_news(Frequency::Immediate, at("2026-11-29T07:00:00Z"), true),
            at("2026-11-29T07:10:00Z")
        );
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
        assert!(may_be_news(&change(Action::Created, Some(RunPurpose::Recent))));
        let text = |action, purpose| Change {
            id: "document-text:x:1:1".parse().unwrap(),
            ..change(action, purpose)
        };
        assert!(may_be_news(&text(Action::Updated, Some(RunPurpose::History))));
        assert!(
            !may_be_news(&text(Action::Updated, Some(RunPurpose::Reread)))
                && !may_be_news(&text(Action::Updated, None))
        );
        for (action, purpose) in [
            (Action::Updated, Some(RunPurpose::Recent)),
            (Action::Revived, Some(RunPurpose::Recent)),
            (Action::Created, Some(RunPurpose::History)),
            (Action::Created, Some(RunPurpose::Reread)),
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
        let now = change(Action::Created, Some(RunPurpose::Recent));
        assert!(is_of_its_time(&entry(None, None), &now));
        assert!(is_of_its_time(&entry(Some(date(2026, 12, 20)), None), &now));
        assert!(is_of_its_time(&entry(Some(date(2020, 1, 1)), Some(date(2026, 11, 28))), &now));
        assert!(!is_of_its_time(&entry(Some(date(2026, 10, 1)), None), &now));
        let known = Entry { first_seen_at: Some(at("2026-10-01T07:00:00Z")), ..entry(None, None) };
        assert!(!is_of_its_time(&known, &now), "its words came, and it did not");
        let past = change(Action::Created, Some(RunPurpose::History));
        assert!(!is_of_its_time(&entry(None, None), &past));
        assert!(is_of_its_time(&entry(None, Some(date(2026, 11, 28))), &past));
    }

    #[test]
    fn a_letter_is_given_up_after_two_days() {
        let now = at("2026-11-29T07:00:00Z");
        assert_eq!(schedule_retry(1, now), Some(at("2026-11-29T07:01:00Z")));
        assert_eq!(schedule_retry(7, now), Some(at("2026-11-30T07:00:00Z")));
        assert_eq!((schedule_retry(0, now), schedule_retry(8, now)), (None, None));
    }
}
