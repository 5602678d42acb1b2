//! How a source stands, in one word.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::{Facts, Gap, Line};
use crate::{RemarkCode, RunReport, Source, SourceState, Verdict};

/// A source that last succeeded longer ago than this is not healthy, whatever it holds.
const STALE_AFTER: SignedDuration = SignedDuration::from_hours(48);

/// How a source stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
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
    /// All of them, the best first.
    pub const ALL: [Self; 7] = [
        Self::Healthy,
        Self::Suspicious,
        Self::Failing,
        Self::Blocked,
        Self::NeverHarvested,
        Self::Discontinued,
        Self::NoSource,
    ];

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

/// When a source last succeeded.
pub fn succeeded(runs: &[RunReport]) -> Option<Timestamp> {
    runs.iter().find(|run| run.verdict == Verdict::Healthy).map(|run| run.ended)
}

/// How a source stands by all that is known of it.
pub fn state(source: Option<&Source>, facts: &Facts, gaps: &[Gap], now: Timestamp) -> State {
    let found = match facts.runs.first().map(|run| run.verdict) {
        None => State::NeverHarvested,
        Some(_) if facts.owed.iter().any(|owed| owed.code == Some(RemarkCode::Blocked)) => State::Blocked,
        Some(Verdict::Broken) => State::Failing,
        Some(Verdict::Healthy) if gaps.iter().all(|gap| !gap.is_owed) => State::Healthy,
        Some(Verdict::Healthy | Verdict::Suspicious) => State::Suspicious,
    };
    known(source, found, succeeded(&facts.runs), now)
}

/// How a source stands by the last line that was kept of it, now that time has passed.
pub fn standing(source: Option<&Source>, line: Option<&Line>, now: Timestamp) -> State {
    let found = line.map_or(State::NeverHarvested, |line| line.state);
    known(source, found, line.and_then(|line| line.succeeded), now)
}

/// A state in the light of the catalogue and the clock.
fn known(source: Option<&Source>, found: State, succeeded: Option<Timestamp>, now: Timestamp) -> State {
    let Some(source) = source else { return State::NoSource };
    if matches!(source.state, SourceState::Archived | SourceState::Off) {
        return State::Discontinued;
    }
    let is_stale = succeeded.is_some_and(|at| now.duration_since(at) > STALE_AFTER);
    match found {
        State::Healthy | State::Suspicious if is_stale => State::Failing,
        other => other,
    }
}
