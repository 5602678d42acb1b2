//! How a source stands, in one word.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::{Facts, Gap, Line};
use crate::{Owed, Purpose, RemarkCode, RunReport, Source, SourceState, Verdict};

/// A source that last succeeded longer ago than this is not healthy, whatever it holds.
const STALE_AFTER: SignedDuration = SignedDuration::from_hours(48);

/// How a source stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum State {
    /// Nothing is owed, and the last success is fresh.
    Healthy,
    /// As healthy, but none of its listings announces how much it has: nobody can tell whether that is all.
    Unverifiable,
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
    pub const ALL: [Self; 8] = [
        Self::Healthy,
        Self::Unverifiable,
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
            Self::Unverifiable => "unverifiable",
            Self::Suspicious => "suspicious",
            Self::Failing => "failing",
            Self::Blocked => "blocked",
            Self::NeverHarvested => "never harvested",
            Self::Discontinued => "discontinued",
            Self::NoSource => "no source",
        }
    }
}

/// How a source stands by all that is known of it.
pub fn state(source: Option<&Source>, facts: &Facts, gaps: &[Gap], now: Timestamp) -> State {
    // A file may lie at somebody else's, who bans us; but where questions are not answered, or several files, we are banned.
    let is_blocked = |owed: &&Owed| owed.code == Some(RemarkCode::Blocked);
    let blocked: Vec<&Owed> = facts.owed.iter().filter(is_blocked).collect();
    let is_banned = blocked.len() > 1 || blocked.iter().any(|owed| owed.body.is_some());
    let found = match verdict(&facts.runs) {
        None => State::NeverHarvested,
        Some(_) if is_banned => State::Blocked,
        Some(Verdict::Broken) => State::Failing,
        Some(Verdict::Healthy) if gaps.iter().all(|gap| !gap.is_owed) => {
            if facts.is_verifiable() {
                State::Healthy
            } else {
                State::Unverifiable
            }
        }
        Some(Verdict::Healthy | Verdict::Suspicious) => State::Suspicious,
    };
    // One that never succeeded had its chance since its first run.
    let since = facts.succeeded.or_else(|| facts.runs.last().map(|run| run.started));
    known(source, found, since, now)
}

/// The verdict that counts: that of the last run that asked what is new, or of a later one that went worse. To have had what
/// was owed, or a year of the past, heals nothing: a source that is silent today is not healthy for it.
fn verdict(runs: &[RunReport]) -> Option<Verdict> {
    let asks_what_is_new = |run: &RunReport| matches!(run.purpose, Purpose::Recent | Purpose::Asked);
    let place = runs.iter().position(asks_what_is_new).unwrap_or(0);
    let rank = |verdict: &Verdict| match verdict {
        Verdict::Healthy => 0,
        Verdict::Suspicious => 1,
        Verdict::Broken => 2,
    };
    runs.iter().take(place + 1).map(|run| run.verdict).max_by_key(rank)
}

/// How a source stands by the last line that was kept of it, now that time has passed.
pub fn standing(source: Option<&Source>, line: Option<&Line>, now: Timestamp) -> State {
    let found = line.map_or(State::NeverHarvested, |line| line.state);
    known(source, found, line.map(|line| line.succeeded.unwrap_or(line.at)), now)
}

/// A state in the light of the catalogue and the clock. A source that the catalogue does not name was harvested with another.
fn known(source: Option<&Source>, found: State, since: Option<Timestamp>, now: Timestamp) -> State {
    match source {
        None if since.is_none() => return State::NoSource,
        Some(source) if matches!(source.state, SourceState::Archived | SourceState::Off) => {
            return State::Discontinued;
        }
        _ => {}
    }
    let is_stale = since.is_some_and(|at| now.duration_since(at) > STALE_AFTER);
    match found {
        State::Healthy | State::Unverifiable | State::Suspicious if is_stale => State::Failing,
        other => other,
    }
}
