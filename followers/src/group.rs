//! The loop that drives the followers of a process.

use std::{
    convert::Infallible,
    sync::{Arc, MutexGuard, PoisonError},
    time::Duration,
};

use futures::future::BoxFuture;
use raadhuis_search::SharedSearch;
use raadhuis_store::{Archive, SharedStore, StoreError};
use tokio::{sync::Mutex, time::Instant};

use crate::{Follower, FollowerError, Index, Links, Votes};

/// The time between two looks at the log.
const POLL_INTERVAL: Duration = Duration::from_millis(700);

/// The delay after the first failure of a follower; each further failure doubles it.
const FIRST_RETRY_DELAY: Duration = Duration::from_secs(1);

/// The longest delay between two attempts.
const MAX_RETRY_DELAY: Duration = Duration::from_mins(1);

/// The usual time without progress after which nobody waits for a follower any more.
const PATIENCE: Duration = Duration::from_mins(1);

/// The pause between two looks of somebody who waits for a follower.
const WAIT_INTERVAL: Duration = Duration::from_millis(50);

/// The followers of one process, driven together.
pub struct FollowerGroup {
    store: SharedStore,
    followers: Vec<Driven>,
    patience: Duration,
}

/// A follower, and how it fares.
struct Driven {
    follower: Arc<dyn Follower>,
    /// Held while it takes changes in: what it reads now must not overtake what it read before.
    turn: Mutex<()>,
    failure: std::sync::Mutex<Option<Failure>>,
}

/// The last failures in a row of one follower.
#[derive(Clone, Copy, Debug)]
struct Failure {
    times: u32,
    retry_at: Instant,
}

/// Followers that are behind the change log and make no progress.
#[derive(Debug, thiserror::Error)]
#[error("behind the change log, and no progress for {} s: {}", patience.as_secs(), describe_lag(followers))]
pub struct LaggingError {
    /// The name of each, with the number of changes that it is behind.
    pub followers: Vec<(&'static str, u64)>,
    /// The time in which none of them made progress.
    pub patience: Duration,
}

fn describe_lag(followers: &[(&'static str, u64)]) -> String {
    let each = followers.iter().map(|(name, behind)| format!("{name} ({behind} changes)"));
    each.collect::<Vec<_>>().join(", ")
}

impl FollowerGroup {
    /// A group of followers, which are driven in this order.
    pub fn new(store: SharedStore, followers: Vec<Arc<dyn Follower>>) -> Self {
        let followers = followers
            .into_iter()
            .map(|follower| Driven { follower, turn: Mutex::default(), failure: std::sync::Mutex::default() })
            .collect();
        Self { store, followers, patience: PATIENCE }
    }

    /// The same group, for whose followers nobody waits longer than `patience` without progress.
    pub fn with_patience(self, patience: Duration) -> Self {
        Self { patience, ..self }
    }

    /// The followers of a process that harvests, in this order: what links and votes commit is new in the log for the index.
    pub fn for_harvest(store: SharedStore, archive: Archive, search: SharedSearch) -> Self {
        let links = Arc::new(Links::new(store.clone()));
        let votes = Arc::new(Votes::new(store.clone()));
        let index = Arc::new(Index::new(store.clone(), archive, search));
        Self::new(store, vec![links, votes, index])
    }

    /// Drives the followers until it is dropped.
    pub async fn run(&self) -> Infallible {
        loop {
            if !self.drive(|_| true).await {
                tokio::time::sleep(POLL_INTERVAL).await;
            }
        }
    }

    /// Drives the followers up to the end of the log as it is now.
    ///
    /// # Errors
    /// Followers are behind and made no progress for a minute.
    pub async fn catch_up(&self) -> Result<(), LaggingError> {
        self.wait_for(|_| true).await
    }

    /// Drives those followers whose output is the store itself up to the end of the log as it is now.
    ///
    /// # Errors
    /// Followers are behind and made no progress for a minute.
    pub async fn settle_entities(&self) -> Result<(), LaggingError> {
        self.wait_for(|follower| follower.writes_entities()).await
    }

    /// A hook that completes when [`Self::settle_entities`] does; followers that lag are logged.
    pub fn settle_hook(self: &Arc<Self>) -> Arc<dyn Fn() -> BoxFuture<'static, ()> + Send + Sync> {
        let group = Arc::clone(self);
        Arc::new(move || {
            let group = Arc::clone(&group);
            Box::pin(async move {
                if let Err(error) = group.settle_entities().await {
                    tracing::error!(%error, "a run is reported without what is derived from it");
                }
            })
        })
    }

    async fn wait_for(&self, is_wanted: impl Fn(&dyn Follower) -> bool) -> Result<(), LaggingError> {
        self.drive(&is_wanted).await;
        // What the followers themselves committed counts, what others commit from now on does not.
        let end = self.find_end().await;
        let (mut least, mut progress) = (u64::MAX, Instant::now());
        loop {
            self.drive(&is_wanted).await;
            let followers = self.find_lagging(end, &is_wanted).await;
            let behind = followers.iter().fold(0_u64, |sum, (_, changes)| sum.saturating_add(*changes));
            if behind == 0 {
                return Ok(());
            }
            if behind < least {
                (least, progress) = (behind, Instant::now());
            }
            if progress.elapsed() > self.patience {
                return Err(LaggingError { followers, patience: self.patience });
            }
            tokio::time::sleep(WAIT_INTERVAL).await;
        }
    }

    /// The wanted followers that are behind `end`, with the number of changes.
    async fn find_lagging(
        &self,
        end: i64,
        is_wanted: impl Fn(&dyn Follower) -> bool,
    ) -> Vec<(&'static str, u64)> {
        let mut lagging = Vec::new();
        for driven in self.followers.iter().filter(|driven| is_wanted(&*driven.follower)) {
            // One whose cursor cannot be read is as far behind as can be.
            let cursor = driven.follower.cursor().await.unwrap_or_default();
            if cursor < end {
                lagging.push((driven.follower.name(), end.abs_diff(cursor)));
            }
        }
        lagging
    }

    /// Drives each wanted follower up to the end of the log as it is when its turn comes. Returns whether one moved.
    async fn drive(&self, is_wanted: impl Fn(&dyn Follower) -> bool) -> bool {
        let mut has_moved = false;
        for driven in self.followers.iter().filter(|driven| is_wanted(&*driven.follower)) {
            let end = self.find_end().await;
            while driven.take_next().await {
                has_moved = true;
                if driven.follower.cursor().await.is_ok_and(|cursor| cursor >= end) {
                    break;
                }
            }
        }
        has_moved
    }

    /// The end of the change log; beyond all changes where the store does not tell.
    async fn find_end(&self) -> i64 {
        self.store.end().await.unwrap_or_else(|error: StoreError| {
            tracing::error!(%error, "the end of the change log cannot be read");
            i64::MAX
        })
    }
}

impl Driven {
    /// Takes one step, unless the follower failed a moment ago. Returns whether it moved.
    async fn take_next(&self) -> bool {
        let _turn = self.turn.lock().await;
        let before = *self.failure();
        if before.is_some_and(|failure| failure.retry_at > Instant::now()) {
            return false;
        }
        match self.follower.take_next().await {
            Ok(has_moved) => {
                if self.failure().take().is_some() {
                    tracing::info!(follower = self.follower.name(), "follower works again");
                }
                has_moved
            }
            Err(error) => {
                self.note_failure(before, &error);
                false
            }
        }
    }

    fn note_failure(&self, before: Option<Failure>, error: &FollowerError) {
        let name = self.follower.name();
        let times = before.map_or(0, |failure| failure.times).saturating_add(1);
        let delay = retry_delay(times);
        tracing::error!(follower = name, %error, times, retry_in_s = delay.as_secs(), "follower failed");
        metrics::counter!("raadhuis_follower_failures_total", "follower" => name).increment(1);
        *self.failure() = Some(Failure { times, retry_at: Instant::now() + delay });
    }

    fn failure(&self) -> MutexGuard<'_, Option<Failure>> {
        self.failure.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The delay after so many failures in a row.
fn retry_delay(times: u32) -> Duration {
    let doublings = times.saturating_sub(1).min(16);
    FIRST_RETRY_DELAY.saturating_mul(1 << doublings).min(MAX_RETRY_DELAY)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn retry_delays_double_up_to_a_minute() {
        let delays: Vec<u64> = (1..=8).map(|times| retry_delay(times).as_secs()).collect();
        assert_eq!(delays, [1, 2, 4, 8, 16, 32, 60, 60]);
        assert_eq!(retry_delay(u32::MAX), MAX_RETRY_DELAY);
    }
}
