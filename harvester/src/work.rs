//! Work without end: every source in its time, many at once, none at the cost of another.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
    time::Duration,
};

use jiff::{Timestamp, ToSpan, civil::Date};
use raadhuis_schema::{Kind, Purpose, RunReport, Source, When};
use raadhuis_store::{Filter, Page, StoreError};
use tokio::task::JoinSet;

use crate::{
    HarvestError, Harvester, Progress,
    schedule::{Facts, Job, next},
};

/// Sources that are harvested at once at one host. They share its lane, and come by turns.
const AT_ONE_HOST: usize = 6;

/// Sources that are harvested at once in all.
const IN_ALL: usize = 40;

/// Runs of a source that are looked at: its last ones for each purpose, and of its history as many as it has years.
const RUNS: [(Purpose, u32); 3] = [(Purpose::Recent, 20), (Purpose::Owed, 20), (Purpose::History, 100)];

/// How long the loop sleeps at most before it looks again.
const NAP: Duration = Duration::from_mins(1);

/// Whoever watches runs come and go.
pub trait Watch {
    /// A run began.
    fn began(&self, source: &Source, progress: &Arc<Progress>);

    /// A run ended.
    fn ended(&self, source: &Source, report: &RunReport);
}

/// Harvests sources for ever.
pub struct Work {
    /// What harvests.
    pub harvester: Arc<Harvester>,
    /// Whom.
    pub sources: Vec<Source>,
    /// From which day on everything is to be held.
    pub since: Date,
    /// Whether it stops as soon as nothing is due.
    pub once: bool,
}

impl Work {
    /// Works until it is dropped, or until nothing is due where it is to stop then. A run that is cut off goes on at the
    /// next start. `watch` is told of each run that begins and ends.
    ///
    /// # Errors
    /// The store or the archive failed.
    pub async fn run(&self, watch: &impl Watch) -> Result<(), HarvestError> {
        let keys: Vec<String> = self.sources.iter().map(|source| source.key.clone()).collect();
        self.harvester.store.promise(&keys, self.since).await?;
        let mut jobs = BTreeMap::new();
        for (place, source) in self.sources.iter().enumerate() {
            jobs.insert(place, self.next(source).await?);
        }
        let mut under_way = JoinSet::new();
        let mut busy = BTreeSet::new();
        loop {
            for place in self.to_begin(&jobs, &busy, Timestamp::now()) {
                let (Some(source), Some(job)) = (self.sources.get(place).cloned(), jobs.get(&place)) else {
                    continue;
                };
                busy.insert(place);
                let (harvester, what) = (Arc::clone(&self.harvester), (job.purpose, job.window));
                let progress = Arc::new(Progress::default());
                watch.began(&source, &progress);
                under_way.spawn(async move { (place, harvester.run(&source, what, progress).await) });
            }
            if under_way.is_empty() && self.once {
                return Ok(());
            }
            let done = tokio::select! {
                done = under_way.join_next(), if !under_way.is_empty() => done,
                () = tokio::time::sleep(NAP) => {
                    self.harvester.sweep().await?;
                    None
                }
            };
            let Some(done) = done else { continue };
            // A task that panicked is a fault of ours: it is not hidden.
            let (place, report) = done.unwrap_or_else(|error| std::panic::resume_unwind(error.into_panic()));
            busy.remove(&place);
            if let Some(source) = self.sources.get(place) {
                watch.ended(source, &report?);
                jobs.insert(place, self.next(source).await?);
            }
        }
    }

    /// Which sources begin now: what is due, the most urgent first, as far as their hosts have room.
    fn to_begin(&self, jobs: &BTreeMap<usize, Job>, busy: &BTreeSet<usize>, now: Timestamp) -> Vec<usize> {
        let host = |place: usize| self.sources.get(place).and_then(|source| source.base.host_str());
        let mut at_host = BTreeMap::<_, usize>::new();
        for place in busy {
            *at_host.entry(host(*place)).or_default() += 1;
        }
        let mut due: Vec<_> =
            jobs.iter().filter(|(place, job)| job.due <= now && !busy.contains(place)).collect();
        due.sort_by_key(|(place, job)| (job.purpose, job.due, **place));
        let mut begin = Vec::new();
        for (place, _) in due {
            let there = at_host.entry(host(*place)).or_default();
            if *there < AT_ONE_HOST && busy.len() + begin.len() < IN_ALL {
                *there += 1;
                begin.push(*place);
            }
        }
        begin
    }

    async fn next(&self, source: &Source) -> Result<Job, StoreError> {
        let store = &self.harvester.store;
        let now = Timestamp::now();
        let today = When::At(now).day();
        let about_now = Filter {
            kinds: vec![Kind::Meeting],
            authorities: vec![source.authority.id.any().clone()],
            from: today.checked_sub(1.day()).ok(),
            until: today.checked_add(1.day()).ok(),
        };
        let nothing = Page { first: 0, after: None, descending: false };
        let mut runs = Vec::new();
        for (purpose, first) in RUNS {
            runs.extend(store.reports(&source.key, Some(purpose), first).await?);
        }
        let facts = Facts {
            runs,
            meets_now: store.list(&about_now, &nothing).await?.total > 0,
            owed: store.next_due(&source.key).await?,
        };
        Ok(next(&facts, self.since, today, now))
    }
}
