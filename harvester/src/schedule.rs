//! Schedules the next harvest of a source. Pure: facts in, jobs out.

use jiff::{SignedDuration, Timestamp, ToSpan, civil::Date};
use raadhuis_schema::{RunPurpose, RunReport, Verdict, Window};

/// Days back in each harvest of recent days: documents are often added after a meeting.
const BACK: i32 = 30;

/// Days ahead: agendas are published before the meeting.
const AHEAD: i32 = 90;

/// The interval between harvests of recent days…
const DAILY: SignedDuration = SignedDuration::from_hours(20);

/// … and the shorter interval around a meeting.
const ON_MEETING_DAYS: SignedDuration = SignedDuration::from_hours(4);

/// The interval between harvests of a year of history: registers change, and files are replaced.
const AGAIN: SignedDuration = SignedDuration::from_hours(90 * 24);

/// The pause after a failed run, doubled after each further failure, up to [`DAILY`].
const AFTER_FAILURE: SignedDuration = SignedDuration::from_hours(1);

#[derive(Clone, Debug, Default)]
pub struct SourceFacts {
    /// Past runs, for each purpose the newest first.
    pub runs: Vec<RunReport>,
    /// True if there is a meeting from yesterday to tomorrow.
    pub meets_now: bool,
    /// The earliest moment at which a backlog entry is due.
    pub owed: Option<Timestamp>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HarvestJob {
    pub due: Timestamp,
    pub purpose: RunPurpose,
    pub window: Window,
}

pub fn recent_window(today: Date) -> Window {
    let first = today.checked_sub(BACK.days()).unwrap_or(today);
    let last = today.checked_add(AHEAD.days()).unwrap_or(today);
    window_of(first, last).unwrap_or(Window::of_day(today))
}

/// Chooses the next job of a source: recent days first, then the backlog, then history from the newest year back. If
/// nothing is due, returns the job that is due first.
pub fn next_job(facts: &SourceFacts, since: Date, today: Date, now: Timestamp) -> HarvestJob {
    let recent =
        HarvestJob { due: recent_due(facts), purpose: RunPurpose::Recent, window: recent_window(today) };
    let owed = facts.owed.map(|due| HarvestJob {
        due: due.max(owed_due(facts)),
        purpose: RunPurpose::Owed,
        window: Window::of_day(today),
    });
    let before_recent = recent.window.first().yesterday().unwrap_or(since);
    let years = (since.year()..=before_recent.year()).rev();
    let history = years.filter_map(|year| {
        let last = Date::new(year, 12, 31).ok()?.min(before_recent);
        let days = window_of(Date::new(year, 1, 1).ok()?.max(since), last)?;
        Some(HarvestJob { due: history_due(facts, days), purpose: RunPurpose::History, window: days })
    });
    let jobs: Vec<HarvestJob> = [recent].into_iter().chain(owed).chain(history).collect();
    let chosen = jobs.iter().find(|job| job.due <= now);
    chosen.or_else(|| jobs.iter().min_by_key(|job| job.due)).copied().unwrap_or(recent)
}

fn recent_due(facts: &SourceFacts) -> Timestamp {
    let runs: Vec<_> = facts.runs.iter().filter(|run| run.purpose == RunPurpose::Recent).collect();
    let usual = if facts.meets_now { ON_MEETING_DAYS } else { DAILY };
    due_after(&runs, usual)
}

/// The moment at which the backlog is due. A run may leave entries unchanged, such as during a ban: then the next run
/// waits.
fn owed_due(facts: &SourceFacts) -> Timestamp {
    let runs: Vec<_> = facts.runs.iter().filter(|run| run.purpose == RunPurpose::Owed).collect();
    due_after(&runs, AFTER_FAILURE)
}

fn history_due(facts: &SourceFacts, days: Window) -> Timestamp {
    // Days of the year after that run were harvested as recent days.
    let mut runs: Vec<_> = facts.runs.iter().filter(|run| run.purpose == RunPurpose::History).collect();
    runs.retain(|run| run.window.first() == days.first());
    due_after(&runs, AGAIN)
}

/// The moment at which to repeat the newest of `runs`, which are ordered from new to old.
fn due_after(runs: &[&RunReport], usual: SignedDuration) -> Timestamp {
    let Some(last) = runs.first() else { return Timestamp::UNIX_EPOCH };
    let failures = runs.iter().take_while(|run| run.verdict == Verdict::Broken).count();
    let pause = match u32::try_from(failures) {
        Ok(0) => usual,
        times => (AFTER_FAILURE * 2_i32.pow(times.unwrap_or(5).min(6) - 1)).min(DAILY),
    };
    last.ended.checked_add(pause).unwrap_or(Timestamp::MAX)
}

fn window_of(first: Date, last: Date) -> Option<Window> {
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

    fn ran(purpose: RunPurpose, days: &str, hours_ago: i64, verdict: Verdict) -> RunReport {
        let ended = now().checked_sub(SignedDuration::from_hours(hours_ago)).unwrap();
        RunReport {
            purpose,
            window: days.parse().unwrap(),
            verdict,
            ..RunReport::empty_at("waterdam", ended)
        }
    }

    fn job(facts: &SourceFacts) -> (RunPurpose, String, bool) {
        let job = next_job(facts, SINCE, today(), now());
        (job.purpose, job.window.to_string(), job.due <= now())
    }

    #[test]
    fn a_new_source_begins_with_the_recent_days_and_goes_back_year_by_year() {
        let mut facts = SourceFacts::default();
        let recent = "2026-10-26..2027-02-23";
        assert_eq!(job(&facts), (RunPurpose::Recent, recent.into(), true));
        let mut did = |purpose, days: &str| {
            facts.runs.insert(0, ran(purpose, days, 0, Verdict::Healthy));
            job(&facts)
        };
        assert_eq!(
            did(RunPurpose::Recent, recent),
            (RunPurpose::History, "2026-01-01..2026-10-25".into(), true)
        );
        let year = did(RunPurpose::History, "2026-01-01..2026-10-25");
        assert_eq!(year, (RunPurpose::History, "2025-01-01..2025-12-31".into(), true));
        let year = did(RunPurpose::History, "2025-01-01..2025-12-31");
        assert_eq!(
            year,
            (RunPurpose::History, "2024-03-01..2024-12-31".into(), true),
            "not before it was promised"
        );
        let done = did(RunPurpose::History, "2024-03-01..2024-12-31");
        assert_eq!(done, (RunPurpose::Recent, recent.into(), false));
    }

    #[test]
    fn the_recent_days_come_daily_and_more_often_when_there_is_a_meeting() {
        let recent = "2026-10-26..2027-02-23";
        let mut facts = SourceFacts {
            runs: vec![ran(RunPurpose::Recent, recent, 5, Verdict::Healthy)],
            ..SourceFacts::default()
        };
        assert_ne!(job(&facts).0, RunPurpose::Recent);
        facts.meets_now = true;
        assert_eq!(job(&facts).0, RunPurpose::Recent);
        facts = SourceFacts {
            runs: vec![ran(RunPurpose::Recent, recent, 21, Verdict::Healthy)],
            ..SourceFacts::default()
        };
        assert_eq!(job(&facts).0, RunPurpose::Recent);
    }

    #[test]
    fn what_failed_is_tried_again_after_pauses_that_grow() {
        let recent = "2026-10-26..2027-02-23";
        let failed = |times: usize, hours_ago| SourceFacts {
            runs: vec![ran(RunPurpose::Recent, recent, hours_ago, Verdict::Broken); times],
            ..SourceFacts::default()
        };
        assert_eq!(job(&failed(1, 1)).0, RunPurpose::Recent);
        assert_ne!(job(&failed(3, 3)).0, RunPurpose::Recent);
        assert_eq!(job(&failed(3, 4)).0, RunPurpose::Recent);
        assert_eq!(job(&failed(30, 20)).0, RunPurpose::Recent, "never less than daily");
    }

    #[test]
    fn what_is_owed_comes_before_history() {
        let runs = vec![ran(RunPurpose::Recent, "2026-10-26..2027-02-23", 1, Verdict::Healthy)];
        let facts = SourceFacts { runs, owed: Some(now()), ..SourceFacts::default() };
        assert_eq!(job(&facts).0, RunPurpose::Owed);
    }

    #[test]
    fn what_is_owed_and_stays_owed_is_not_asked_for_without_end() {
        let recent = "2026-10-26..2027-02-23";
        let runs = vec![
            ran(RunPurpose::Owed, "2026-11-25..2026-11-25", 0, Verdict::Suspicious),
            ran(RunPurpose::Recent, recent, 1, Verdict::Healthy),
        ];
        let facts = SourceFacts { runs, owed: Some(Timestamp::UNIX_EPOCH), ..SourceFacts::default() };
        assert_ne!(job(&facts).0, RunPurpose::Owed);
    }
}
