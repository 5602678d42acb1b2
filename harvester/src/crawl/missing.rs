//! Looks up meetings that listings no longer name. Most were postponed beyond the window, or are older than the supplier
//! shows; only few were removed. So a meeting is requested at its own address before it is withdrawn.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp, civil::Date};
use raadhuis_schema::{Commit, CompleteScope, EntityId, Kind, Missing};

use super::{Crawl, queue::CrawlQuestion};
use crate::{HarvestError, supplier::CrawlTask};

/// The most meetings that a run looks up; the rest waits for the next run.
const MOST_LOOKUPS: usize = 100;

/// The time after which a missing meeting is looked up again.
const LOOKED_UP_FOR: SignedDuration = SignedDuration::from_hours(7 * 24);

#[derive(Debug, Default)]
pub struct Lookups {
    is_begun: bool,
    /// The meetings that each question is about, by name of the question.
    asked: BTreeMap<String, Vec<EntityId>>,
    /// Results of this run: true if the meeting still exists at its own address.
    answers: BTreeMap<EntityId, bool>,
}

impl Lookups {
    pub fn note_answer(&mut self, name: &str, answers: bool) {
        for id in self.asked.get(name).into_iter().flatten() {
            self.answers.insert(id.clone(), answers);
        }
    }

    /// Returns whether a meeting still exists at its own address, from this run or a recent one; `None` if unknown.
    fn known_answer(&self, missing: &Missing, now: Timestamp) -> Option<bool> {
        let known = self.answers.get(&missing.entity).copied();
        known.or_else(|| {
            missing.asked.filter(|(at, _)| now.duration_since(*at) < LOOKED_UP_FOR).map(|(_, it)| it)
        })
    }

    pub fn answers(&self) -> Vec<(EntityId, bool)> {
        self.answers.iter().map(|(id, answers)| (id.clone(), *answers)).collect()
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LookupAnswer {
    There,
    /// Its own address says that it is gone.
    Gone,
    /// Not asked yet, or the lookup failed.
    Unknown,
    Unaskable,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Verdicts {
    pub spared: Vec<EntityId>,
    /// The earliest day that is still listed, and the number of older entities that are kept.
    pub horizon: Option<(Date, u64)>,
    pub answering: u64,
    /// The number of meetings whose lookup gave no result.
    pub unknown: u64,
    /// The number of entities to withdraw once the grace period has passed.
    pub withdrawn: u64,
}

/// Decides which of the entities that the listings of one origin left out stay.
///
/// If everything before some day is missing, the supplier stopped showing its past, and those entities are kept. A single
/// document before that day is withdrawn: it may have been removed for privacy.
pub fn decide_missing(
    missing: &[Missing],
    first_named: Option<Date>,
    answer: impl Fn(&Missing) -> LookupAnswer,
) -> Verdicts {
    let (edge, inside): (Vec<&Missing>, Vec<&Missing>) =
        missing.iter().partition(|it| it.day.zip(first_named).is_some_and(|(day, first)| day < first));
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
            LookupAnswer::Gone | LookupAnswer::Unaskable => {
                verdicts.withdrawn += 1;
                continue;
            }
            LookupAnswer::There => verdicts.answering += 1,
            LookupAnswer::Unknown => verdicts.unknown += 1,
        }
        verdicts.spared.push(it.entity.clone());
    }
    verdicts
}

fn is_whole(listed: &CompleteScope) -> bool {
    listed.given >= listed.scope.announced.unwrap_or_default()
}

impl Crawl<'_> {
    pub(super) fn answer_of(&self, missing: &Missing, now: Timestamp) -> LookupAnswer {
        let is_askable = missing.entity.kind() == Kind::Meeting
            && CrawlTask::lookup_task(self.source, &missing.entity, self.window).is_some();
        match self.lookups.known_answer(missing, now) {
            _ if !is_askable => LookupAnswer::Unaskable,
            Some(true) => LookupAnswer::There,
            Some(false) => LookupAnswer::Gone,
            None => LookupAnswer::Unknown,
        }
    }

    /// Queues lookups of missing meetings, once a run. Returns whether any were queued.
    pub(super) async fn look_up_the_missing(&mut self) -> Result<bool, HarvestError> {
        if std::mem::replace(&mut self.lookups.is_begun, true) {
            return Ok(false);
        }
        let now = Timestamp::now();
        let listings = self.context.store.complete_scopes(self.run).await?;
        let missing = listings.into_iter().filter(is_whole).flat_map(|listed| listed.missing);
        let unasked =
            missing.filter(|it| self.answer_of(it, now) == LookupAnswer::Unknown).map(|it| it.entity);
        let mut next = Vec::new();
        for id in unasked.collect::<BTreeSet<_>>().into_iter().rev().take(MOST_LOOKUPS) {
            let Some(task) = CrawlTask::lookup_task(self.source, &id, self.window) else { continue };
            let question = CrawlQuestion::new(self.source, task, None);
            self.lookups.asked.entry(question.name.clone()).or_default().push(id);
            next.push(question.to_queued());
        }
        if next.is_empty() {
            return Ok(false);
        }
        let commit = Commit::for_question(&self.source.key, self.run, "missing meetings", now);
        let committed = self.context.store.commit_answer(Commit { next, ..commit }).await?;
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

    fn judge(all: &[Missing], answer: LookupAnswer) -> Verdicts {
        decide_missing(all, Some(date(2026, 3, 1)), |_| answer)
    }

    #[test]
    fn what_lies_before_everything_that_is_named_is_kept() {
        let all = ["meeting:notubiz:1:1", "motion:notubiz:1:2", "motion:notubiz:1:3"];
        let all: Vec<Missing> = all.iter().zip([1, 2, 5]).map(|(id, month)| missing(id, month)).collect();
        let verdicts = judge(&all, LookupAnswer::Unaskable);
        assert_eq!(verdicts.horizon, Some((date(2026, 3, 1), 2)));
        assert_eq!((verdicts.spared.len(), verdicts.withdrawn), (2, 1));
        let undated = Missing { day: None, ..missing("person:notubiz:1:4", 1) };
        assert_eq!(judge(&[undated], LookupAnswer::Unaskable).withdrawn, 1);
        assert_eq!(decide_missing(&all, None, |_| LookupAnswer::Unaskable).withdrawn, 3);
    }

    #[test]
    fn a_single_document_before_everything_that_is_named_goes() {
        let one = [missing("document:notubiz:1:1", 1)];
        assert_eq!(judge(&one, LookupAnswer::Unaskable).withdrawn, 1);
        let two = [missing("document:notubiz:1:1", 1), missing("document:notubiz:1:2", 1)];
        assert_eq!(judge(&two, LookupAnswer::Unaskable).spared.len(), 2);
    }

    #[test]
    fn a_meeting_goes_only_when_its_own_address_says_so() {
        let one = [missing("meeting:notubiz:1:1", 5)];
        assert_eq!(judge(&one, LookupAnswer::Gone).withdrawn, 1);
        let (there, unknown) = (judge(&one, LookupAnswer::There), judge(&one, LookupAnswer::Unknown));
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
        assert_eq!(lookups.known_answer(&asked("2026-11-29T12:00:00Z"), now), Some(false));
        assert_eq!(lookups.known_answer(&asked("2026-11-01T12:00:00Z"), now), None);
        lookups.note_answer("missing meeting 1", true);
        assert_eq!(lookups.known_answer(&asked("2026-11-29T12:00:00Z"), now), Some(true));
        assert_eq!(lookups.answers(), [(id, true)]);
    }
}
