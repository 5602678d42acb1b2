//! Followers that fail: neither the harvest nor the reader ends for that, and the output catches up.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use async_trait::async_trait;
use raadhuis_followers::FollowerGroup;
use raadhuis_harvester::Progress;
use raadhuis_schema::{DiagnosticCode, Verdict};
use raadhuis_search::{Batch, Found, Operator, Rebuild, Search, SearchError, SearchRequest, SharedSearch};
use raadhuis_tests::{PATIENCE, World};

use crate::{WORKER, replay::compare_with_rebuild};

/// A search engine that refuses everything while it is told to.
struct Refusing {
    inner: SharedSearch,
    refuses: AtomicBool,
}

impl Refusing {
    fn check(&self) -> Result<(), SearchError> {
        if self.refuses.load(Ordering::SeqCst) {
            return Err(SearchError::Engine("503 Service Unavailable".into()));
        }
        Ok(())
    }
}

#[async_trait]
impl Search for Refusing {
    fn capabilities(&self) -> &'static [Operator] {
        self.inner.capabilities()
    }

    async fn apply_batch(&self, batch: Batch) -> Result<(), SearchError> {
        self.check()?;
        self.inner.apply_batch(batch).await
    }

    async fn read_cursor(&self) -> Result<i64, SearchError> {
        self.check()?;
        self.inner.read_cursor().await
    }

    async fn find_entries(&self, ask: &SearchRequest) -> Result<Found, SearchError> {
        self.check()?;
        self.inner.find_entries(ask).await
    }

    async fn rebuild(&self) -> Result<Box<dyn Rebuild>, SearchError> {
        self.check()?;
        self.inner.rebuild().await
    }
}

/// The time for which the engine refuses. The long check gives ten minutes.
fn refusal() -> Duration {
    let seconds = std::env::var("RAADHUIS_REFUSAL").ok().and_then(|seconds| seconds.parse().ok());
    Duration::from_secs(seconds.unwrap_or(3))
}

#[tokio::test]
async fn a_search_engine_that_refuses_ends_no_harvest_and_catches_up() {
    let mut world = World::new(WORKER).await;
    let engine = Arc::new(Refusing { inner: world.search.clone(), refuses: AtomicBool::new(true) });
    world.search = engine.clone();
    let (store, archive) = (world.harvester.store.clone(), world.harvester.archive.clone());
    let group = FollowerGroup::for_harvest(store.clone(), archive, world.search.clone());
    world.followers = Arc::new(group.with_timeout(refusal()));
    world.harvester.settle = world.followers.settle_hook();

    let source = world.harvester.catalogue.get("waterdam").unwrap().clone();
    let window = raadhuis_fixtures::PERIOD.parse().unwrap();
    let report = world.harvester.harvest(&source, window, Arc::new(Progress::default())).await.unwrap();
    assert_eq!(report.verdict, Verdict::Healthy);
    let has_tally =
        report.diagnostics.iter().any(|diagnostic| diagnostic.code == DiagnosticCode::TallyDiffers);
    assert!(has_tally, "votes were added up, whatever the index does");

    let begun = Instant::now();
    let lagging = world.followers.catch_up().await.unwrap_err();
    assert!(begun.elapsed() >= refusal());
    let end = store.last_change().await.unwrap();
    assert_eq!(lagging.followers, [("index", end.unsigned_abs())]);
    assert!(lagging.to_string().contains(&format!("index ({end} changes)")), "{lagging}");

    let (status, page) = world.page("/id/document:notubiz:9101:9101001").await;
    assert!(status == 200 && page.contains("Raadsvoorstel Fietsbrug"), "{status} {page}");
    let (_, numbers) = world.page("/metrics").await;
    for (follower, lag) in [("index", end), ("link", 0), ("votes", 0)] {
        let line = format!("raadhuis_follower_lag_changes{{follower=\"{follower}\"}} {lag}\n");
        assert!(numbers.contains(&line), "{line} in {numbers}");
    }

    engine.refuses.store(false, Ordering::SeqCst);
    let begun = Instant::now();
    // Nobody calls: the loop itself tries again.
    tokio::select! {
        never = world.followers.run() => match never {},
        () = async {
            while world.search.read_cursor().await.unwrap() < end {
                tokio::time::sleep(Duration::from_millis(20)).await;
                assert!(begun.elapsed() < PATIENCE, "the index does not catch up");
            }
        } => {}
    }
    compare_with_rebuild(&world).await;
}
