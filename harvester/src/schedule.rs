//! What is to be harvested next, and when. Pure: facts in, jobs out.

use jiff::{SignedDuration, Timestamp, ToSpan, civil::Date};
use raadhuis_schema::{Purpose, RunReport, Verdict, Window};

/// Days back that are asked for again each time: papers are often added after a meeting.
const BACK: i32 = 30;

/// Days ahead: agendas are published before the meeting.
const AHEAD: i32 = 90;

/// The recent days are asked for once a day…
const DAILY: SignedDuration = SignedDuration::from_hours(20);

/// … and more often when there is a meeting about now.
const ON_MEETING_DAYS: SignedDuration = SignedDuration::from_hours(4);

/// A year of history is looked at again after so long: registers change, and files are replaced.
const AGAIN: SignedDuration = SignedDuration::from_hours(90 * 24);

/// A run that failed is tried again after this long, doubled each time, up to [`DAILY`].
const AFTER_FAILURE: SignedDuration = SignedDuration::from_hours(1);

/// What is known of a source.
#[derive(Clone, Debug, Default)]
pub struct Facts {
    /// Its runs, of each purpose the newest first.
    pub runs: Vec<RunReport>,
    /// Whether a meeting is held within a day of today.
    pub meets_now: bool,
    /// When the first thing that is owed is to be asked for again.
    pub owed: Option<Timestamp>,
}

/// What to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Job {
    /// When it is due.
    pub due: Timestamp,
    /// What for.
    pub purpose: Purpose,
    /// The days to harvest.
    pub window: Window,
}

/// The recent days, seen from `today`.
pub fn recent(today: Date) -> Window {
    let day = |days: i32| today.checked_add(days.days()).unwrap_or(today);
    window(day(-BACK), day(AHEAD)).unwrap_or(Window::of_day(today))
}

/// What a source needs next: the recent days first, then what is owed, then history, the newest year first. What is not
/// due yet comes with the moment at which it will be.
pub fn next(facts: &Facts, since: Date, today: Date, now: Timestamp) -> Job {
    let recent = Job { due: recent_due(facts), purpose: Purpose::Recent, window: recent(today) };
    let owed = facts.owed.map(|due| Job {
        due: due.max(owed_due(facts)),
        purpose: Purpose::Owed,
        window: Window::of_day(today),
    });
    let before_recent = recent.window.first().yesterday().unwrap_or(since);
    let years = (since.year()..=before_recent.year()).rev();
    let history = years.filter_map(|year| {
        let last = Date::new(year, 12, 31).ok()?.min(before_recent);
        let days = window(Date::new(year, 1, 1).ok()?.max(since), last)?;
        Some(Job { due: history_due(facts, days), purpose: Purpose::History, window: days })
    });
    let jobs: Vec<Job> = [recent].into_iter().chain(owed).chain(history).collect();
    let is_due = |job: &&Job| job.due <= now;
    let soonest = || jobs.iter().min_by_key(|job| job.due);
    jobs.iter().find(is_due).or_else(soonest).copied().unwrap_or(recent)
}

/// When the recent days are to be harvested.
fn recent_due(facts: &Facts) -> Timestamp {
    let runs: Vec<_> = facts.runs.iter().filter(|run| run.purpose == Purpose::Recent).collect();
    let usual = if facts.meets_now { ON_MEETING_DAYS } else { DAILY };
    after(&runs, usual)
}

/// When what is owed may be asked for again. A run may leave it as it was, as when we are banned: then the next is not at
/// once.
fn owed_due(facts: &Facts) -> Timestamp {
    let runs: Vec<_> = facts.runs.iter().filter(|run| run.purpose == Purpose::Owed).collect();
    after(&runs, AFTER_FAILURE)
}

/// When a year of history is to be harvested.
fn history_due(facts: &Facts, days: Window) -> Timestamp {
    // What has happened since it ended were recent days then.
    let covers = |run: &&RunReport| run.purpose == Purpose::History && run.window.first() == days.first();
    after(&facts.runs.iter().filter(covers).collect::<Vec<_>>(), AGAIN)
}

/// When something is to be done again that was done in these runs, newest first.
fn after(runs: &[&RunReport], usual: SignedDuration) -> Timestamp {
    let Some(last) = runs.first() else { return Timestamp::UNIX_EPOCH };
    let failures = runs.iter().take_while(|run| run.verdict == Verdict::Broken).count();
    let pause = match u32::try_from(failures) {
        Ok(0) => usual,
        times => (AFTER_FAILURE * 2_i32.pow(times.unwrap_or(5).min(6) - 1)).min(DAILY),
    };
    last.ended.checked_add(pause).unwrap_or(Timestamp::MAX)
}

fn window(first: Date, last: Date) -> Option<Window> {
    Window::new(first, last).ok()
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    const NOW: &str = "2026-11-25T12:00:00Z";
    const SINCE: Date = date(2024, 3, 1);

    fn now() -> Timestamp {
        NOW.parse().unwrap()
    }

    fn today() -> Date {
        date(2026, 11, 25)
    }

    fn ran(purpose: Purpose, days: &str, hours_ago: i64, verdict: Verdict) -> RunReport {
        let ended = now().checked_sub(SignedDuration::from_hours(hours_ago)).unwrap();
        RunReport { purpose, window: days.parse().unwrap(), verdict, ..RunReport::of("waterdam", ended) }
    }

    fn job(facts: &Facts) -> (Purpose, String, bool) {
        let job = next(facts, SINCE, today(), now());
        (job.purpose, job.window.to_string(), job.due <= now())
    }

    #[test]
    fn a_new_source_begins_with_the_recent_days_and_goes_back_year_by_year() {
        let mut facts = Facts::default();
        let recent = "2026-10-26..2027-02-23";
        assert_eq!(job(&facts), (Purpose::Recent, recent.into(), true));
        let mut did = |purpose, days: &str| {
            facts.runs.insert(0, ran(purpose, days, 0, Verdict::Healthy));
            job(&facts)
        };
        assert_eq!(did(Purpose::Recent, recent), (Purpose::History, "2026-01-01..2026-10-25".into(), true));
        let year = did(Purpose::History, "2026-01-01..2026-10-25");
        assert_eq!(year, (Purpose::History, "2025-01-01..2025-12-31".into(), true));
        let year = did(Purpose::History, "2025-01-01..2025-12-31");
        assert_eq!(
            year,
            (Purpose::History, "2024-03-01..2024-12-31".into(), true),
            "not before it was promised"
        );
        let done = did(Purpose::History, "2024-03-01..2024-12-31");
        assert_eq!(done, (Purpose::Recent, recent.into(), false));
    }

    #[test]
    fn the_recent_days_come_daily_and_more_often_when_there_is_a_meeting() {
        let recent = "2026-10-26..2027-02-23";
        let mut facts =
            Facts { runs: vec![ran(Purpose::Recent, recent, 5, Verdict::Healthy)], ..Facts::default() };
        assert_ne!(job(&facts).0, Purpose::Recent);
        facts.meets_now = true;
        assert_eq!(job(&facts).0, Purpose::Recent);
        facts = Facts { runs: vec![ran(Purpose::Recent, recent, 21, Verdict::Healthy)], ..Facts::default() };
        assert_eq!(job(&facts).0, Purpose::Recent);
    }

    #[test]
    fn what_failed_is_tried_again_after_pauses_that_grow() {
        let recent = "2026-10-26..2027-02-23";
        let failed = |times: usize, hours_ago| Facts {
            runs: vec![ran(Purpose::Recent, recent, hours_ago, Verdict::Broken); times],
            ..Facts::default()
        };
        assert_eq!(job(&failed(1, 1)).0, Purpose::Recent);
        assert_ne!(job(&failed(3, 3)).0, Purpose::Recent);
        assert_eq!(job(&failed(3, 4)).0, Purpose::Recent);
        assert_eq!(job(&failed(30, 20)).0, Purpose::Recent, "never less than daily");
    }

    #[test]
    fn what_is_owed_comes_before_history() {
        let runs = vec![ran(Purpose::Recent, "2026-10-26..2027-02-23", 1, Verdict::Healthy)];
        let facts = Facts { runs, owed: Some(now()), ..Facts::default() };
        assert_eq!(job(&facts).0, Purpose::Owed);
    }

    #[test]
    fn what_is_owed_and_stays_owed_is_not_asked_for_without_end() {
        let recent = "2026-10-26..2027-02-23";
        let runs = vec![
            ran(Purpose::Owed, "2026-11-25..2026-11-25", 0, Verdict::Suspicious),
            ran(Purpose::Recent, recent, 1, Verdict::Healthy),
        ];
        let facts = Facts { runs, owed: Some(Timestamp::UNIX_EPOCH), ..Facts::default() };
        assert_ne!(job(&facts).0, Purpose::Owed);
    }
}
