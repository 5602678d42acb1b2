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

/// The interval between two polls of the change log.
const POLL_INTERVAL: Duration = Duration::from_millis(700);

/// The delay after the first failure of a follower; each further failure doubles it.
const FIRST_RETRY_DELAY: Duration = Duration::from_secs(1);

const MAX_RETRY_DELAY: Duration = Duration::from_mins(1);

/// The default time without progress after which waiting for followers fails.
const SETTLE_TIMEOUT: Duration = Duration::from_mins(1);

/// The pause between two checks while waiting for followers.
const WAIT_INTERVAL: Duration = Duration::from_millis(50);

pub struct FollowerGroup {
    store: SharedStore,
    followers: Vec<Arc<Driven>>,
    timeout: Duration,
}

struct Driven {
    follower: Arc<dyn Follower>,
    /// Held during a step: two steps at once could write an older state over a newer one.
    turn: Mutex<()>,
    failure: std::sync::Mutex<Option<Failure>>,
}

#[derive(Clone, Copy, Debug)]
struct Failure {
    times: u32,
    retry_at: Instant,
}

/// Followers are behind the change log and make no progress.
#[derive(Debug, thiserror::Error)]
#[error("behind the change log, and no progress for {} s: {}", timeout.as_secs(), describe_lag(followers))]
pub struct LaggingError {
    /// Each follower's name, with the number of changes that it is behind.
    pub followers: Vec<(&'static str, u64)>,
    pub timeout: Duration,
}

fn describe_lag(followers: &[(&'static str, u64)]) -> String {
    let each = followers.iter().map(|(name, behind)| format!("{name} ({behind} changes)"));
    each.collect::<Vec<_>>().join(", ")
}

impl FollowerGroup {
    /// A group whose followers are driven in this order.
    pub fn new(store: SharedStore, followers: Vec<Arc<dyn Follower>>) -> Self {
        let followers = followers
            .into_iter()
            .map(|follower| {
                Arc::new(Driven { follower, turn: Mutex::default(), failure: std::sync::Mutex::default() })
            })
            .collect();
        Self { store, followers, timeout: SETTLE_TIMEOUT }
    }

    /// Sets the time without progress after which waiting fails.
    pub fn with_timeout(self, timeout: Duration) -> Self {
        Self { timeout, ..self }
    }

    /// The followers of a process that harvests. The order matters: the index must see what links and votes commit.
    pub fn for_harvest(store: SharedStore, archive: Archive, search: SharedSearch) -> Self {
        let links = Arc::new(Links::new(store.clone()));
        let votes = Arc::new(Votes::new(store.clone()));
        let index = Arc::new(Index::new(store.clone(), archive, search));
        Self::new(store, vec![links, votes, index])
    }

    /// Drives the followers until the future is dropped. The step under way is then completed.
    pub async fn run(&self) -> Infallible {
        loop {
            if !self.drive_wanted(|_| true).await {
                tokio::time::sleep(POLL_INTERVAL).await;
            }
        }
    }

    /// Drives all followers to the current end of the log.
    ///
    /// # Errors
    /// Followers are behind and made no progress for the group's timeout.
    pub async fn catch_up(&self) -> Result<(), LaggingError> {
        self.wait_for(|_| true).await
    }

    /// Drives the followers whose output is the store itself to the current end of the log.
    ///
    /// # Errors
    /// Followers are behind and made no progress for the group's timeout.
    pub async fn settle_entities(&self) -> Result<(), LaggingError> {
        self.wait_for(|follower| follower.writes_entities()).await
    }

    /// A hook for [`Self::settle_entities`]; it logs followers that lag.
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
        self.drive_wanted(&is_wanted).await;
        // The target includes what the followers just committed, but nothing that is committed later.
        let end = self.find_end().await;
        let (mut least, mut progress) = (u64::MAX, Instant::now());
        loop {
            self.drive_wanted(&is_wanted).await;
            let followers = self.find_lagging(end, &is_wanted).await;
            let behind = followers.iter().fold(0_u64, |sum, (_, changes)| sum.saturating_add(*changes));
            if behind == 0 {
                return Ok(());
            }
            if behind < least {
                (least, progress) = (behind, Instant::now());
            }
            if progress.elapsed() > self.timeout {
                return Err(LaggingError { followers, timeout: self.timeout });
            }
            tokio::time::sleep(WAIT_INTERVAL).await;
        }
    }

    async fn find_lagging(
        &self,
        end: i64,
        is_wanted: impl Fn(&dyn Follower) -> bool,
    ) -> Vec<(&'static str, u64)> {
        let mut lagging = Vec::new();
        for driven in self.followers.iter().filter(|driven| is_wanted(&*driven.follower)) {
            // An unreadable cursor counts as 0.
            let cursor = driven.follower.cursor().await.unwrap_or_default();
            if cursor < end {
                lagging.push((driven.follower.name(), end.abs_diff(cursor)));
            }
        }
        lagging
    }

    /// Drives each wanted follower to the end of the log as it is at the follower's turn. Returns whether one of them
    /// advanced.
    async fn drive_wanted(&self, is_wanted: impl Fn(&dyn Follower) -> bool) -> bool {
        let mut has_moved = false;
        for driven in self.followers.iter().filter(|driven| is_wanted(&*driven.follower)) {
            let end = self.find_end().await;
            while driven.take_step().await {
                has_moved = true;
                if driven.follower.cursor().await.is_ok_and(|cursor| cursor >= end) {
                    break;
                }
            }
        }
        has_moved
    }

    /// The end of the change log; `i64::MAX` when the store fails, so that no follower appears up to date.
    async fn find_end(&self) -> i64 {
        self.store.last_change().await.unwrap_or_else(|error: StoreError| {
            tracing::error!(%error, "the end of the change log cannot be read");
            i64::MAX
        })
    }
}

impl Driven {
    /// Takes one step in a task of its own: a step is never given up halfway when its caller is dropped.
    async fn take_step(self: &Arc<Self>) -> bool {
        let this = Arc::clone(self);
        match tokio::spawn(async move { this.take_next().await }).await {
            Ok(has_moved) => has_moved,
            Err(panic) => {
                let before = *self.failure();
                self.note_failure(before, &panic.into());
                false
            }
        }
    }

    /// Takes one step, unless the follower waits after a failure. Returns whether it advanced.
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

/// The delay after this number of failures in a row.
fn retry_delay(times: u32) -> Duration {
    let doublings = times.saturating_sub(1).min(16);
    FIRST_RETRY_DELAY.saturating_mul(1 << doublings).min(MAX_RETRY_DELAY)
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};

    use super::*;

    /// A follower whose steps take a while and must not overlap.
    #[derive(Default)]
    struct Slow {
        is_stepping: AtomicBool,
        steps: AtomicI64,
        overlaps: AtomicBool,
    }

    #[async_trait::async_trait]
    impl Follower for Slow {
        fn name(&self) -> &'static str {
            "slow"
        }

        async fn cursor(&self) -> Result<i64, FollowerError> {
            Ok(self.steps.load(Ordering::SeqCst))
        }

        async fn take_next(&self) -> Result<bool, FollowerError> {
            if self.is_stepping.swap(true, Ordering::SeqCst) {
                self.overlaps.store(true, Ordering::SeqCst);
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
            self.steps.fetch_add(1, Ordering::SeqCst);
            self.is_stepping.store(false, Ordering::SeqCst);
            Ok(false)
        }
    }

    #[tokio::test]
    async fn a_step_is_completed_when_its_driver_is_dropped() {
        let folder = tempfile::tempdir().unwrap();
        let address = format!("sqlite:{}", folder.path().join("a.db").display());
        let store = raadhuis_store::open(&address).await.unwrap();
        let slow = Arc::new(Slow::default());
        let group = FollowerGroup::new(store, vec![slow.clone()]);
        let is_stepping = async {
            while !slow.is_stepping.load(Ordering::SeqCst) {
                tokio::task::yield_now().await;
            }
        };
        tokio::select! {
            never = group.run() => match never {},
            () = is_stepping => {}
        }
        assert!(slow.is_stepping.load(Ordering::SeqCst), "the driver was dropped in the middle of a step");
        group.catch_up().await.unwrap();
        assert!(slow.steps.load(Ordering::SeqCst) >= 2, "the first step was completed too");
        assert!(!slow.overlaps.load(Ordering::SeqCst));
    }

    #[test]
    fn retry_delays_double_up_to_a_minute() {
        let delays: Vec<u64> = (1..=8).map(|times| retry_delay(times).as_secs()).collect();
        assert_eq!(delays, [1, 2, 4, 8, 16, 32, 60, 60]);
        assert_eq!(retry_delay(u32::MAX), MAX_RETRY_DELAY);
    }
}
