//! The completeness ledger: what suppliers say they have, what we hold, and why each missing thing is missing. Pure: facts
//! in, ledger out.

use std::collections::BTreeMap;

use crate::{EntityId, Kind, Owed, RemarkCode, RunReport, Source, SourceState, Total, Verdict, Window};
use jiff::{SignedDuration, Timestamp};

/// A source that last succeeded longer ago than this is not healthy, whatever it holds.
const STALE_AFTER: SignedDuration = SignedDuration::from_hours(48);

/// What is known of a source.
#[derive(Clone, Debug, Default)]
pub struct Facts {
    /// Its runs, newest first.
    pub runs: Vec<RunReport>,
    /// How much is held, per kind and year.
    pub held: Vec<(Kind, Option<i16>, u64)>,
    /// What is owed.
    pub owed: Vec<Owed>,
    /// What its listings said they have.
    pub totals: Vec<Total>,
    /// What is held on the word of listings that announce it still and name it no more.
    pub unheard: Vec<(EntityId, Option<i16>)>,
    /// What the operator took down or the supplier withholds, per kind.
    pub excused: Vec<(Kind, u64)>,
}

/// How a source stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum State {
    /// Nothing is owed, and the last success is fresh.
    Healthy,
    /// It answered, and something is owed or looks wrong.
    Suspicious,
    /// It does not answer, or has not succeeded for two days.
    Failing,
    /// We are banned.
    Blocked,
    /// It was never harvested to the end.
    NeverHarvested,
    /// The authority left this supplier, or is no more.
    Discontinued,
    /// Nobody publishes this authority.
    NoSource,
}

impl State {
    /// The word that stands for it.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Healthy => "healthy",
            Self::Suspicious => "suspicious",
            Self::Failing => "failing",
            Self::Blocked => "blocked",
            Self::NeverHarvested => "never harvested",
            Self::Discontinued => "discontinued",
            Self::NoSource => "no source",
        }
    }
}

/// A year of a kind.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Row {
    /// How much is held.
    pub held: u64,
    /// How much is missing that we should have.
    pub owed: u64,
    /// How much is missing for a reason that is not ours.
    pub excused: u64,
}

/// Something that is missing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Gap {
    /// What: an id, or a question.
    pub what: String,
    /// Of what kind, where that is known.
    pub kind: Option<Kind>,
    /// Of which year, where that is known.
    pub year: Option<i16>,
    /// Whether we should have it.
    pub is_owed: bool,
    /// Why it is missing, as a code.
    pub cause: String,
    /// The last error, in words.
    pub message: String,
}

/// The ledger of one source.
#[derive(Clone, Debug, PartialEq)]
pub struct Ledger {
    /// How it stands.
    pub state: State,
    /// The days for which that is said: all that was ever asked for.
    pub period: Option<Window>,
    /// When it last succeeded.
    pub succeeded: Option<Timestamp>,
    /// Whether any listing announces how much it has. Where none does, nobody can tell whether all is held.
    pub is_verifiable: bool,
    /// Per year and kind.
    pub rows: BTreeMap<(Option<i16>, Kind), Row>,
    /// Each missing thing.
    pub gaps: Vec<Gap>,
}

/// The ledger of a source, or of an authority that has none.
pub fn ledger(source: Option<&Source>, facts: &Facts, now: Timestamp) -> Ledger {
    let mut gaps: Vec<Gap> = facts.owed.iter().map(gap).collect();
    gaps.extend(facts.unheard.iter().map(|(id, year)| Gap {
        what: id.to_string(),
        kind: Some(id.kind()),
        year: *year,
        is_owed: true,
        cause: "NOT_NAMED".to_owned(),
        message: "its listing counts it still and names it no more".to_owned(),
    }));
    gaps.extend(facts.totals.iter().filter_map(|total| uncounted(total, &facts.unheard)));
    gaps.extend(unasked(&facts.runs));
    let mut rows = BTreeMap::<(Option<i16>, Kind), Row>::new();
    for (kind, year, count) in &facts.held {
        rows.entry((*year, *kind)).or_default().held += count;
    }
    for gap in &gaps {
        let Some(kind) = gap.kind else { continue };
        let row = rows.entry((gap.year, kind)).or_default();
        *(if gap.is_owed { &mut row.owed } else { &mut row.excused }) += 1;
    }
    // A document whose file is missing is an entity all the same, but not one that is held.
    for gap in facts.owed.iter().map(gap).filter(|gap| gap.kind == Some(Kind::Document)) {
        let row = rows.entry((gap.year, Kind::Document)).or_default();
        row.held = row.held.saturating_sub(1);
    }
    for (kind, count) in &facts.excused {
        rows.entry((None, *kind)).or_default().excused += count;
    }
    let success = |run: &&RunReport| run.verdict == Verdict::Healthy;
    let succeeded = facts.runs.iter().find(success).map(|run| run.ended);
    let state = state(source, facts, &gaps, succeeded, now);
    let first = facts.runs.iter().map(|run| run.window.first()).min();
    let last = facts.runs.iter().map(|run| run.window.last()).max();
    Ledger {
        state,
        period: first.zip(last).and_then(|(first, last)| Window::new(first, last).ok()),
        succeeded,
        is_verifiable: facts.totals.iter().any(|total| total.announced.is_some()),
        rows,
        gaps,
    }
}

fn state(
    source: Option<&Source>,
    facts: &Facts,
    gaps: &[Gap],
    succeeded: Option<Timestamp>,
    now: Timestamp,
) -> State {
    let Some(source) = source else { return State::NoSource };
    if matches!(source.state, SourceState::Archived | SourceState::Off) {
        return State::Discontinued;
    }
    let Some(last) = facts.runs.first() else { return State::NeverHarvested };
    if facts.owed.iter().any(|owed| owed.code == Some(RemarkCode::Blocked)) {
        return State::Blocked;
    }
    let is_fresh = succeeded.is_some_and(|at| now.duration_since(at) <= STALE_AFTER);
    match last.verdict {
        Verdict::Broken => State::Failing,
        Verdict::Healthy | Verdict::Suspicious if !is_fresh && succeeded.is_some() => State::Failing,
        Verdict::Healthy if gaps.iter().all(|gap| !gap.is_owed) => State::Healthy,
        Verdict::Healthy | Verdict::Suspicious => State::Suspicious,
    }
}

/// What is owed, as a gap. A file is its document.
fn gap(owed: &Owed) -> Gap {
    // Gone at the source after three looks, or behind a robots.txt: nothing of ours is amiss.
    let is_excused = match owed.code {
        Some(RemarkCode::Gone) => owed.tries >= 3,
        Some(RemarkCode::Disallowed) => true,
        _ => false,
    };
    Gap {
        what: owed.subject.as_ref().map_or_else(|| owed.name.clone(), ToString::to_string),
        kind: owed.subject.as_ref().map(EntityId::kind),
        year: owed.day.map(jiff::civil::Date::year),
        is_owed: !is_excused,
        cause: owed.code.map_or_else(|| "NOT_ASKED".to_owned(), RemarkCode::word),
        message: owed.message.clone(),
    }
}

/// What a listing counts and nobody ever named: only how many, and in which days, can be said.
fn uncounted(total: &Total, unheard: &[(EntityId, Option<i16>)]) -> Option<Gap> {
    let missing = total.announced?.checked_sub(total.given).filter(|missing| *missing > 0)?;
    let year = total.window.map(|window| window.first().year());
    let named = unheard.iter().filter(|(_, of)| *of == year || year.is_none()).count() as u64;
    let unnamed = missing.checked_sub(named).filter(|unnamed| *unnamed > 0)?;
    let days = total.window.map_or_else(String::new, |window| format!(" over {window}"));
    Some(Gap {
        what: format!("{unnamed} of the listing {}{days}", total.collection),
        kind: None,
        year,
        is_owed: true,
        cause: "NOT_NAMED".to_owned(),
        message: "the listing counts more than it names".to_owned(),
    })
}

/// The years between those that were asked for, of which nobody asked.
fn unasked(runs: &[RunReport]) -> Vec<Gap> {
    let asked = |year: i16| {
        runs.iter().any(|run| run.window.first().year() <= year && year <= run.window.last().year())
    };
    let first = runs.iter().map(|run| run.window.first().year()).min();
    let last = runs.iter().map(|run| run.window.last().year()).max();
    let years = first.zip(last).map_or(0..0, |(first, last)| first..last);
    let gap = |year: i16| Gap {
        what: format!("all of {year}"),
        kind: None,
        year: Some(year),
        is_owed: true,
        cause: "NOT_ASKED".to_owned(),
        message: "this year was never asked for".to_owned(),
    };
    years.filter(|year| !asked(*year)).map(gap).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: &str = "2026-11-25T12:00:00Z";

    fn source() -> Source {
        serde_json::from_value(serde_json::json!({
            "key": "waterdam", "supplier": "notubiz", "tenant": "9101", "base": "https://api.notubiz.nl/",
            "state": "active",
            "authority": {"id": "authority:nl:tooi:gm9101", "name": "Waterdam", "kind": "municipality", "code": "GM9101"}
        }))
        .unwrap()
    }

    fn ran(days: &str, ended: &str, verdict: Verdict) -> RunReport {
        let window = days.parse().unwrap();
        RunReport { window, verdict, ..RunReport::of("waterdam", ended.parse().unwrap()) }
    }

    fn state_of(facts: &Facts) -> State {
        ledger(Some(&source()), facts, NOW.parse().unwrap()).state
    }

    fn owed(code: Option<RemarkCode>, tries: u32) -> Owed {
        let at: Timestamp = NOW.parse().unwrap();
        Owed {
            source: "waterdam".into(),
            name: "file of document:notubiz:9101:7".into(),
            body: None,
            subject: "document:notubiz:9101:7".parse().ok(),
            day: "2026-03-01".parse().ok(),
            code,
            message: "HTTP 500".into(),
            since: at,
            tries,
            due: at,
        }
    }

    #[test]
    fn a_source_is_healthy_when_nothing_is_owed_and_its_last_success_is_fresh() {
        let fresh = ran("2026-01-01..2026-12-31", "2026-11-25T06:00:00Z", Verdict::Healthy);
        let old = ran("2026-01-01..2026-12-31", "2026-11-20T06:00:00Z", Verdict::Healthy);
        let broken = ran("2026-01-01..2026-12-31", "2026-11-25T06:00:00Z", Verdict::Broken);
        let with = |runs: Vec<RunReport>, owed: Vec<Owed>| Facts { runs, owed, ..Facts::default() };
        assert_eq!(state_of(&with(vec![fresh.clone()], vec![])), State::Healthy);
        assert_eq!(state_of(&with(vec![], vec![])), State::NeverHarvested);
        assert_eq!(state_of(&with(vec![old], vec![])), State::Failing);
        assert_eq!(state_of(&with(vec![broken, fresh.clone()], vec![])), State::Failing);
        assert_eq!(state_of(&with(vec![fresh.clone()], vec![owed(None, 0)])), State::Suspicious);
        let banned = vec![owed(Some(RemarkCode::Blocked), 1)];
        assert_eq!(state_of(&with(vec![fresh.clone()], banned)), State::Blocked);
        let gone = vec![owed(Some(RemarkCode::Gone), 3)];
        assert_eq!(
            state_of(&with(vec![fresh], gone)),
            State::Healthy,
            "what is gone at the source is excused"
        );
        assert_eq!(ledger(None, &Facts::default(), NOW.parse().unwrap()).state, State::NoSource);
    }

    #[test]
    fn a_missing_file_is_owed_in_its_year_and_not_held() {
        let facts = Facts {
            runs: vec![
                ran("2024-01-01..2024-12-31", NOW, Verdict::Healthy),
                ran("2026-01-01..2026-12-31", NOW, Verdict::Healthy),
            ],
            held: vec![(Kind::Document, Some(2026), 3)],
            owed: vec![owed(Some(RemarkCode::Failed), 1)],
            ..Facts::default()
        };
        let found = ledger(Some(&source()), &facts, NOW.parse().unwrap());
        let row = found.rows.get(&(Some(2026), Kind::Document)).copied();
        assert_eq!(row, Some(Row { held: 2, owed: 1, excused: 0 }));
        let named: Vec<_> = found.gaps.iter().map(|gap| (gap.what.as_str(), gap.cause.as_str())).collect();
        assert_eq!(named, [("document:notubiz:9101:7", "FAILED"), ("all of 2025", "NOT_ASKED")]);
        assert!(!found.is_verifiable, "no listing announced how much it has");
    }

    #[test]
    fn what_a_listing_counts_and_does_not_name_is_owed_by_name_where_it_was_held_before() {
        let total = Total {
            source: "waterdam".into(),
            collection: "events".into(),
            window: "2026-01-01..2026-12-31".parse().ok(),
            announced: Some(10),
            given: 7,
            at: NOW.parse().unwrap(),
        };
        let unheard = vec![("meeting:notubiz:9101:5".parse().unwrap(), Some(2026))];
        let facts = Facts { totals: vec![total], unheard, ..Facts::default() };
        let found = ledger(Some(&source()), &facts, NOW.parse().unwrap());
        let named: Vec<_> = found.gaps.iter().map(|gap| gap.what.as_str()).collect();
        assert_eq!(named, ["meeting:notubiz:9101:5", "2 of the listing events over 2026-01-01..2026-12-31"]);
        assert!(found.is_verifiable);
    }
}
