//! Meetings that listings no longer name. A postponed meeting leaves the days that are asked for, a supplier stops showing
//! its past, and only few are removed: before one is withdrawn, it is asked at its own address.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp, civil::Date};
use raadhuis_schema::{Commit, EntityId, Kind, Listed, Missing};

use super::{Crawl, queue::Question};
use crate::{HarvestError, supplier::Supplier};

/// The most meetings that are looked up in a run; the rest waits for the next one.
const MOST_LOOKUPS: usize = 100;

/// The time after which a meeting that is still missing is looked up again.
const LOOKED_UP_FOR: SignedDuration = SignedDuration::from_hours(7 * 24);

/// The lookups of a run.
#[derive(Debug, Default)]
pub struct Lookups {
    /// Whether the missing were looked up in this run.
    is_begun: bool,
    /// The meetings that each question is about, by its name.
    asked: BTreeMap<String, Vec<EntityId>>,
    /// Whether each meeting answers at its own address, as far as this run knows.
    answers: BTreeMap<EntityId, bool>,
}

impl Lookups {
    /// Notes the answer to a question.
    pub fn note(&mut self, name: &str, answers: bool) {
        for id in self.asked.get(name).into_iter().flatten() {
            self.answers.insert(id.clone(), answers);
        }
    }

    /// Whether a meeting answers at its own address, by this run or by one of the last days; `None` where it is not known.
    fn answer(&self, missing: &Missing, now: Timestamp) -> Option<bool> {
        let known = self.answers.get(&missing.entity).copied();
        known.or_else(|| {
            missing.asked.filter(|(at, _)| now.duration_since(*at) < LOOKED_UP_FOR).map(|(_, it)| it)
        })
    }

    /// What this run learned, for the store.
    pub fn answers(&self) -> Vec<(EntityId, bool)> {
        self.answers.iter().map(|(id, answers)| (id.clone(), *answers)).collect()
    }
}

/// What is known of an entity that listings left out, beside that.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    /// It answers at its own address.
    There,
    /// Its own address says that it is gone.
    Gone,
    /// It was not asked, or nobody answered.
    Unknown,
    /// It cannot be asked.
    Unaskable,
}

/// What becomes of the entities that the listings of one origin left out.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Verdicts {
    /// The entities that stay.
    pub spared: Vec<EntityId>,
    /// The day before which nothing is named any more, and how many entities from before it are kept.
    pub horizon: Option<(Date, u64)>,
    /// The meetings that answer at their own addresses.
    pub answering: u64,
    /// The meetings of which it is not known.
    pub unknown: u64,
    /// The entities that are withdrawn, once the grace has passed.
    pub withdrawn: u64,
}

/// Decides what becomes of what the listings of one origin left out.
///
/// Where everything before a day is missing, the supplier has stopped showing its past: that is no word about any of it. A
/// single document there may have been removed, and privacy decides: it goes.
pub fn judge_missing(
    missing: &[Missing],
    first_named: Option<Date>,
    answer: impl Fn(&Missing) -> Answer,
) -> Verdicts {
    let is_before = |it: &&Missing| it.day.zip(first_named).is_some_and(|(day, first)| day < first);
    let (edge, inside): (Vec<&Missing>, Vec<&Missing>) = missing.iter().partition(is_before);
    let mut verdicts = Verdicts::default();
    match (first_named, edge.as_slice()) {
        (_, [one]) if one.entity.kind() == Kind::Document => verdicts.withdrawn += 1,
        (Some(first), [_, ..]) => {
            verdicts.horizon = Some((first, edge.len() as u64));
            verdicts.spared.extend(edge.iter().map(|it| it.entity.clone()));
        }
        _ => {}
    }
    for it in inside {
        match answer(it) {
            Answer::Gone | Answer::Unaskable => {
                verdicts.withdrawn += 1;
                continue;
            }
            Answer::There => verdicts.answering += 1,
            Answer::Unknown => verdicts.unknown += 1,
        }
        verdicts.spared.push(it.entity.clone());
    }
    verdicts
}

impl<S: Supplier> Crawl<'_, S> {
    /// What is known of an entity that listings left out.
    pub(super) fn answer_of(&self, missing: &Missing, now: Timestamp) -> Answer {
        let is_askable = missing.entity.kind() == Kind::Meeting
            && S::lookup(self.source, &missing.entity, self.window).is_some();
        match self.lookups.answer(missing, now) {
            _ if !is_askable => Answer::Unaskable,
            Some(true) => Answer::There,
            Some(false) => Answer::Gone,
            None => Answer::Unknown,
        }
    }

    /// Queues the questions about meetings that listings no longer name, once in a run; whether there are any.
    pub(super) async fn look_up_the_missing(&mut self) -> Result<bool, HarvestError> {
        if std::mem::replace(&mut self.lookups.is_begun, true) {
            return Ok(false);
        }
        let now = Timestamp::now();
        let is_whole = |listed: &Listed| listed.given >= listed.scope.announced.unwrap_or_default();
        let listings = self.world.store.listed(self.run).await?;
        let missing = listings.into_iter().filter(is_whole).flat_map(|listed| listed.missing);
        let unasked = missing.filter(|it| self.answer_of(it, now) == Answer::Unknown).map(|it| it.entity);
        let mut next = Vec::new();
        for id in unasked.collect::<BTreeSet<_>>().into_iter().rev().take(MOST_LOOKUPS) {
            let Some(task) = S::lookup(self.source, &id, self.window) else { continue };
            let question = Question::new::<S>(self.source, task, None);
            self.lookups.asked.entry(question.name.clone()).or_default().push(id);
            next.push(question.queued());
        }
        if next.is_empty() {
            return Ok(false);
        }
        let commit = Commit::of(&self.source.key, self.run, "missing meetings", now);
        let committed = self.world.store.commit(Commit { next, ..commit }).await?;
        Ok(committed.queued > 0)
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    fn missing(id: &str, month: i8) -> Missing {
        Missing { entity: id.parse().unwrap(), day: Some(date(2026, month, 1)), asked: None }
    }

    fn judge(all: &[Missing], answer: Answer) -> Verdicts {
        judge_missing(all, Some(date(2026, 3, 1)), |_| answer)
    }

    #[test]
    fn what_lies_before_everything_that_is_named_is_kept() {
        let all = ["meeting:notubiz:1:1", "motion:notubiz:1:2", "motion:notubiz:1:3"];
        let all: Vec<Missing> = all.iter().zip([1, 2, 5]).map(|(id, month)| missing(id, month)).collect();
        let verdicts = judge(&all, Answer::Unaskable);
        assert_eq!(verdicts.horizon, Some((date(2026, 3, 1), 2)));
        assert_eq!((verdicts.spared.len(), verdicts.withdrawn), (2, 1));
        let undated = Missing { day: None, ..missing("person:notubiz:1:4", 1) };
        assert_eq!(judge(&[undated], Answer::Unaskable).withdrawn, 1);
        assert_eq!(judge_missing(&all, None, |_| Answer::Unaskable).withdrawn, 3);
    }

    #[test]
    fn a_single_document_before_everything_that_is_named_goes() {
        let one = [missing("document:notubiz:1:1", 1)];
        assert_eq!(judge(&one, Answer::Unaskable).withdrawn, 1);
        let two = [missing("document:notubiz:1:1", 1), missing("document:notubiz:1:2", 1)];
        assert_eq!(judge(&two, Answer::Unaskable).spared.len(), 2);
    }

    #[test]
    fn a_meeting_goes_only_when_its_own_address_says_so() {
        let one = [missing("meeting:notubiz:1:1", 5)];
        assert_eq!(judge(&one, Answer::Gone).withdrawn, 1);
        let (there, unknown) = (judge(&one, Answer::There), judge(&one, Answer::Unknown));
        assert_eq!((there.answering, there.unknown, there.withdrawn), (1, 0, 0));
        assert_eq!((unknown.answering, unknown.unknown, unknown.withdrawn), (0, 1, 0));
        assert_eq!((there.spared.len(), unknown.spared.len()), (1, 1));
    }

    #[test]
    fn an_answer_is_known_from_this_run_or_from_the_last_days() {
        let id: EntityId = "meeting:notubiz:1:1".parse().unwrap();
        let now: Timestamp = "2026-11-30T12:00:00Z".parse().unwrap();
        let mut lookups = Lookups::default();
        lookups.asked.insert("missing meeting 1".into(), vec![id.clone()]);
        let asked =
            |at: &str| Missing { asked: Some((at.parse().unwrap(), false)), ..missing(id.as_str(), 5) };
        assert_eq!(lookups.answer(&asked("2026-11-29T12:00:00Z"), now), Some(false));
        assert_eq!(lookups.answer(&asked("2026-11-01T12:00:00Z"), now), None);
        lookups.note("missing meeting 1", true);
        assert_eq!(lookups.answer(&asked("2026-11-29T12:00:00Z"), now), Some(true));
        assert_eq!(lookups.answers(), [(id, true)]);
    }
}
