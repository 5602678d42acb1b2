//! The state of a source, in one word.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::{Facts, Gap, Line};
use crate::{BacklogItem, DiagnosticCode, RunPurpose, RunReport, Source, SourceState, Verdict};

/// The age of the last success after which a source is not healthy, whatever it holds.
const STALE_AFTER: SignedDuration = SignedDuration::from_hours(48);

/// The states of a source.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Serialize,
    Deserialize,
    strum::IntoStaticStr,
    strum::VariantArray,
)]
#[strum(serialize_all = "lowercase")]
#[serde(rename_all = "kebab-case")]
pub enum State {
    /// Nothing is owed, and the last success is fresh.
    Healthy,
    /// Healthy, but none of its listings announces a total: nobody can tell whether everything is held.
    Unverifiable,
    /// The source answered, but something is owed or looks wrong.
    Suspicious,
    /// The source does not answer, or has not succeeded for two days.
    Failing,
    /// The supplier banned our requests.
    Blocked,
    /// The source was never harvested to the end.
    #[strum(serialize = "never harvested")]
    NeverHarvested,
    /// The authority left this supplier, or is dissolved.
    Discontinued,
    /// No supplier publishes this authority's papers.
    #[strum(serialize = "no source")]
    NoSource,
}

impl State {
    /// All states, the best first.
    pub const ALL: &[Self] = <Self as strum::VariantArray>::VARIANTS;

    /// The word for it that is stored and printed.
    pub fn as_str(self) -> &'static str {
        self.into()
    }
}

/// Computes the state of a source from all that is known of it.
pub fn find_state(source: Option<&Source>, facts: &Facts, gaps: &[Gap], now: Timestamp) -> State {
    // One blocked file may be on another host that bans us; a blocked question, or several blocked files, mean a ban.
    let blocked: Vec<&BacklogItem> =
        facts.owed.iter().filter(|owed| owed.code == Some(DiagnosticCode::Blocked)).collect();
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
    // For a source that never succeeded the time counts from its first run.
    let since = facts.succeeded.or_else(|| facts.runs.last().map(|run| run.started));
    adjust_state(source, found, since, now)
}

/// The verdict that counts: of the last run that asked for news, or of a later one that went worse. A run for
/// owed questions or for a past year proves nothing: a source that is silent today is not healthy for it.
fn verdict(runs: &[RunReport]) -> Option<Verdict> {
    let place = runs
        .iter()
        .position(|run| matches!(run.purpose, RunPurpose::Recent | RunPurpose::Asked))
        .unwrap_or(0);
    runs.iter().take(place + 1).map(|run| run.verdict).max_by_key(|verdict| match verdict {
        Verdict::Healthy => 0,
        Verdict::Suspicious => 1,
        Verdict::Broken => 2,
    })
}

/// Computes the state of a source from the last line kept of it, at the time `now`.
pub fn standing(source: Option<&Source>, line: Option<&Line>, now: Timestamp) -> State {
    let found = line.map_or(State::NeverHarvested, |line| line.state);
    adjust_state(source, found, line.map(|line| line.succeeded.unwrap_or(line.at)), now)
}

/// Adjusts a state to the catalogue and the clock. A source that the catalogue does not name was harvested
/// with another catalogue.
fn adjust_state(source: Option<&Source>, found: State, since: Option<Timestamp>, now: Timestamp) -> State {
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
