//! Metrics for Prometheus: counters of this process, and gauges that are read from the store.

use std::sync::LazyLock;

use axum::{
    extract::State,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use jiff::Timestamp;
use metrics::{describe_counter, describe_gauge, gauge};
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};
use raadhuis_schema::coverage::{Line, State as Standing, standing};
use raadhuis_store::StoreError;

use crate::{App, Library, graphql::Lines};

/// The media type of the text format of Prometheus.
const FORMAT: &str = "text/plain; version=0.0.4; charset=utf-8";

/// The recorder for all crates of this process; `None` when another recorder was installed before.
static RECORDER: LazyLock<Option<PrometheusHandle>> = LazyLock::new(|| {
    let handle = PrometheusBuilder::new().install_recorder().ok()?;
    describe_counter!("raadhuis_requests_total", "Requests to suppliers, by lane and outcome.");
    describe_counter!("raadhuis_documents_read_total", "Files that were read, by outcome.");
    describe_counter!("raadhuis_pages_read_total", "Pages of text, by what read them.");
    describe_counter!("raadhuis_reader_deaths_total", "Readers of files that died or were too slow.");
    describe_gauge!("raadhuis_lane_banned", "Whether we are banned in a lane.");
    describe_gauge!("raadhuis_lane_slowness", "How many times slower than its budget a lane is asked.");
    describe_gauge!("raadhuis_queue_length", "What waits: questions of runs under way, and what is owed.");
    describe_gauge!("raadhuis_source_state", "1 for the state in which a source stands.");
    describe_gauge!("raadhuis_source_last_success_timestamp_seconds", "When a source last succeeded.");
    describe_gauge!("raadhuis_source_verifiable", "Whether a source announces how much it has.");
    describe_gauge!("raadhuis_source_held", "How many things of a source are held.");
    describe_gauge!("raadhuis_source_owed", "How many things of a source are missing that we should have.");
    describe_counter!("raadhuis_follower_failures_total", "Failures of a follower to take in changes.");
    describe_gauge!("raadhuis_follower_lag_changes", "How many changes a follower is behind the change log.");
    Some(handle)
});

/// Installs the recorder if it is not installed yet.
pub fn install_recorder() {
    LazyLock::force(&RECORDER);
}

pub async fn send_metrics(State(app): State<App>) -> Response {
    let Some(recorder) = RECORDER.as_ref() else { return StatusCode::SERVICE_UNAVAILABLE.into_response() };
    if let Err(error) = gauge_all(&app.library).await {
        tracing::error!(%error, "the numbers cannot be had");
        return StatusCode::SERVICE_UNAVAILABLE.into_response();
    }
    ([(header::CONTENT_TYPE, FORMAT)], recorder.render()).into_response()
}

async fn gauge_all(library: &Library) -> Result<(), StoreError> {
    for lane in library.store.list_lanes().await? {
        let name = [("lane", lane.name.clone())];
        gauge!("raadhuis_lane_banned", &name).set(if lane.banned.is_some() { 1.0 } else { 0.0 });
        gauge!("raadhuis_lane_slowness", &name).set(lane.slowness);
    }
    for (queue, length) in library.store.count_queues().await? {
        gauge!("raadhuis_queue_length", "queue" => queue).set(to_float(length));
    }
    let lines = Lines::read(&library.store, &library.directory).await?;
    let now = Timestamp::now();
    for source in library.directory.sources.iter().filter(|source| !source.supplier.is_register()) {
        let line = lines.of_source(&source.key);
        gauge_source(&source.key, standing(Some(source), line, now), line);
    }
    // Sources that were harvested with another catalogue are reported as well.
    for (key, _, line) in lines.unlisted() {
        gauge_source(key, standing(None, Some(line), now), Some(line));
    }
    gauge_followers(library).await
}

/// Sets the lag of each follower, also of those that run in another process. A cursor that cannot be read
/// counts as 0, so that the lag is seen.
async fn gauge_followers(library: &Library) -> Result<(), StoreError> {
    let end = library.store.last_change().await?;
    let index = library.search.read_cursor().await.unwrap_or_else(|why| note_unread("index", &why));
    let mut cursors = vec![("index", index)];
    for name in ["link", "votes"] {
        cursors.push((name, library.store.read_cursor(name).await?));
    }
    if let Some(alerts) = &library.alerts {
        cursors.push((
            "alerts",
            alerts.store.read_cursor().await.unwrap_or_else(|why| note_unread("alerts", &why)),
        ));
    }
    cursors.push(("live", library.live.last_seen()));
    for (name, cursor) in cursors {
        gauge!("raadhuis_follower_lag_changes", "follower" => name)
            .set(to_float((end - cursor).max(0).unsigned_abs()));
    }
    Ok(())
}

fn note_unread(follower: &str, why: &dyn std::fmt::Display) -> i64 {
    tracing::warn!(follower, error = %why, "the position of a follower cannot be read");
    0
}

fn gauge_source(key: &str, state: Standing, line: Option<&Line>) {
    for one in Standing::ALL {
        let labels = [("source", key.to_owned()), ("state", one.as_str().to_owned())];
        gauge!("raadhuis_source_state", &labels).set(if *one == state { 1.0 } else { 0.0 });
    }
    let name = [("source", key.to_owned())];
    let succeeded = line.and_then(|line| line.succeeded).map_or(0, Timestamp::as_second);
    gauge!("raadhuis_source_last_success_timestamp_seconds", &name).set(to_float(succeeded.unsigned_abs()));
    let is_verifiable = line.is_some_and(|line| line.is_verifiable);
    gauge!("raadhuis_source_verifiable", &name).set(if is_verifiable { 1.0 } else { 0.0 });
    gauge!("raadhuis_source_held", &name).set(to_float(line.map_or(0, Line::count_held)));
    gauge!("raadhuis_source_owed", &name).set(to_float(line.map_or(0, |line| line.owed)));
}

#[expect(clippy::cast_precision_loss, reason = "counts beyond 2^53 are out of reach")]
fn to_float(number: u64) -> f64 {
    number as f64
}
