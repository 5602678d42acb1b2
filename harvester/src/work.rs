//! The endless harvest of all sources: many in parallel, each when it is due, within the limits of each host.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
    time::Duration,
};

use jiff::{Timestamp, ToSpan, civil::Date};
use raadhuis_schema::{Kind, RunPurpose, RunReport, Source, When};
use raadhuis_store::{Filter, Page, StoreError, join_task};
use tokio::task::JoinSet;

use crate::{
    HarvestError, Harvester, Progress,
    schedule::{HarvestJob, SourceFacts, next_job},
};

/// The most sources of one host that are harvested at once. They share its lane and take turns.
const AT_ONE_HOST: usize = 6;

const IN_ALL: usize = 40;

/// Past runs that the schedule looks at, by purpose. History has one run for each year.
const RUNS: [(RunPurpose, u32); 3] =
    [(RunPurpose::Recent, 20), (RunPurpose::Owed, 20), (RunPurpose::History, 100)];

const NAP: Duration = Duration::from_mins(1);

pub trait RunObserver {
    fn source_began(&self, source: &Source, progress: &Arc<Progress>);

    fn source_ended(&self, source: &Source, report: &RunReport);
}

/// The endless harvest of many sources in parallel.
pub struct HarvestLoop {
    pub harvester: Arc<Harvester>,
    pub sources: Vec<Source>,
    /// The first day of the history to harvest.
    pub since: Date,
    /// True if the loop ends once nothing is due.
    pub once: bool,
}

impl HarvestLoop {
    /// Harvests until it is dropped, or with `once` until nothing is due. An interrupted run continues at the next start.
    /// `watch` is notified of each run.
    ///
    /// # Errors
    /// The store or the archive failed.
    pub async fn run(&self, watch: &impl RunObserver) -> Result<(), HarvestError> {
        let keys: Vec<String> = self.sources.iter().map(|source| source.key.clone()).collect();
        self.harvester.store.promise(&keys, self.since).await?;
        let mut jobs = BTreeMap::new();
        for (place, source) in self.sources.iter().enumerate() {
            jobs.insert(place, self.next_job(source).await?);
        }
        let mut under_way = JoinSet::new();
        let mut busy = BTreeSet::new();
        loop {
            for place in self.to_begin(&jobs, &busy, Timestamp::now()) {
                let (Some(source), Some(job)) = (self.sources.get(place).cloned(), jobs.get(&place)) else {
                    continue;
                };
                busy.insert(place);
                let (harvester, job) = (Arc::clone(&self.harvester), *job);
                let progress = Arc::new(Progress::default());
                watch.source_began(&source, &progress);
                under_way.spawn(async move {
                    (place, harvester.run(&source, job.purpose, job.window, progress).await)
                });
            }
            if under_way.is_empty() && self.once {
                return Ok(());
            }
            let done = tokio::select! {
                done = under_way.join_next(), if !under_way.is_empty() => done,
                () = tokio::time::sleep(NAP) => {
                    self.harvester.sweep_archive().await?;
                    None
                }
            };
            let Some(done) = done else { continue };
            let (place, report) = join_task(done).await;
            busy.remove(&place);
            if let Some(source) = self.sources.get(place) {
                watch.source_ended(source, &report?);
                jobs.insert(place, self.next_job(source).await?);
            }
        }
    }

    /// Chooses the sources that begin now: those that are due, the most urgent first, within the limits of their hosts.
    fn to_begin(
        &self,
        jobs: &BTreeMap<usize, HarvestJob>,
        busy: &BTreeSet<usize>,
        now: Timestamp,
    ) -> Vec<usize> {
        let mut at_host = BTreeMap::<_, usize>::new();
        for place in busy {
            *at_host.entry(self.host_of(*place)).or_default() += 1;
        }
        let mut due: Vec<_> =
            jobs.iter().filter(|(place, job)| job.due <= now && !busy.contains(place)).collect();
        due.sort_by_key(|(place, job)| (job.purpose, job.due, **place));
        let mut begin = Vec::new();
        for (place, _) in due {
            let there = at_host.entry(self.host_of(*place)).or_default();
            if *there < AT_ONE_HOST && busy.len() + begin.len() < IN_ALL {
                *there += 1;
                begin.push(*place);
            }
        }
        begin
    }

    fn host_of(&self, place: usize) -> Option<&str> {
        self.sources.get(place)?.base.host_str()
    }

    async fn next_job(&self, source: &Source) -> Result<HarvestJob, StoreError> {
        let store = &self.harvester.store;
        let now = Timestamp::now();
        let today = When::At(now).day();
        let about_now = Filter {
            kinds: vec![Kind::Meeting],
            authorities: vec![source.authority.id.as_entity().clone()],
            from: today.checked_sub(1.day()).ok(),
            until: today.checked_add(1.day()).ok(),
        };
        let nothing = Page { first: 0, after: None, descending: false };
        let mut runs = Vec::new();
        for (purpose, first) in RUNS {
            runs.extend(store.reports(&source.key, Some(purpose), first).await?);
        }
        let facts = SourceFacts {
            runs,
            meets_now: store.list_entities(&about_now, &nothing).await?.total > 0,
            owed: store.next_due(&source.key).await?,
        };
        Ok(next_job(&facts, self.since, today, now))
    }
}
