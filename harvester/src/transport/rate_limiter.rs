//! The rate limiter: keeps each lane within its budget of requests, shared by all workers and sources.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use jiff::Timestamp;
use raadhuis_schema::{Ban, LaneRecord};
use raadhuis_store::{SharedStore, StoreError};
use tokio::time::Instant;

use super::schedule::{LaneSchedule, PaceFeedback};
use crate::supplier::portal;
use crate::transport::{Lane, SIMULATED, ban_scope, real_host};

/// The share of a lane's budget that is used: a margin for clocks and for other programs of the operator.
const MARGIN: f64 = 0.9;

/// The longest wait for a resting lane. For a longer rest the request fails.
const LONGEST_WAIT: Duration = Duration::from_mins(2);

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TurnError {
    /// The remaining rest of the lane.
    Resting(Duration),
    Banned(String),
}

/// The rate limiter: grants each lane its turns.
pub struct RateLimiter {
    lanes: Vec<Lane>,
    /// The factor by which all waits for simulated hosts are shortened.
    time_scale: f64,
    schedule: Mutex<HashMap<String, LaneSchedule>>,
    memory: Option<SharedStore>,
}

impl RateLimiter {
    /// Creates a rate limiter for `lanes` without a store. Hosts of a simulator on this machine are asked
    /// `time_scale` times as often.
    pub fn new(lanes: &[Lane], time_scale: f64) -> Self {
        Self {
            lanes: lanes.to_vec(),
            time_scale: time_scale.max(1.0),
            schedule: Mutex::default(),
            memory: None,
        }
    }

    /// Creates a rate limiter that loads the state of lanes from the store and keeps it there.
    ///
    /// # Errors
    /// The store failed.
    pub async fn remembering(
        lanes: &[Lane],
        time_scale: f64,
        store: SharedStore,
    ) -> Result<Self, StoreError> {
        let limiter = Self { memory: Some(store.clone()), ..Self::new(lanes, time_scale) };
        let clock = Timestamp::now();
        for record in store.list_lanes().await? {
            let left = record.resting_until.map(|until| until.duration_since(clock));
            // `hold_for` limits the rest, which guards against a clock that was wrong when the rest was stored.
            let left = left.and_then(|left| Duration::try_from(left).ok()).unwrap_or_default();
            let time_scale = limiter.time_scale_of(&record.name);
            limiter.update_schedule(&record.name, |schedule, now| {
                schedule.hold_for(now, left.mul_f64(time_scale));
                schedule.slowness = record.slowness.max(1.0);
                schedule.banned = record.banned.map(|ban| ban.why);
                schedule.is_ban_kept = schedule.banned.is_some();
            });
        }
        Ok(limiter)
    }

    pub fn time_scale_of(&self, host: &str) -> f64 {
        if host.ends_with(SIMULATED) { self.time_scale } else { 1.0 }
    }

    pub async fn wait_for_turn(&self, host: &str) -> Result<(), TurnError> {
        self.wait_in(&self.lane_of(host)).await
    }

    /// Waits for the next turn of a portal page. Pages have a lane of their own, and count for the lane of the host too.
    pub async fn wait_for_page(&self, host: &str) -> Result<(), TurnError> {
        self.wait_in(&portal_of(host)).await?;
        self.wait_for_turn(host).await
    }

    /// Sets the least time between two pages of a host's portal, from its robots.txt.
    pub fn slow_down(&self, host: &str, gap: Duration) {
        self.update_schedule(&portal_of(host), |schedule, _| schedule.widen_gap(gap));
    }

    pub async fn rest_host(&self, host: &str, is_page: bool, pause: Duration) {
        let lane = if is_page { portal_of(host) } else { self.lane_of(host) };
        self.update_schedule(&lane, |schedule, now| schedule.hold_for(now, pause));
        self.remember(&lane).await;
    }

    pub async fn apply_feedback(&self, host: &str, is_page: bool, feedback: &PaceFeedback) {
        let lanes = match feedback {
            // A ban applies to all hosts of the supplier.
            PaceFeedback::Banned(_) => self.lanes_of_scope(host),
            _ if is_page => vec![portal_of(host)],
            _ => vec![self.lane_of(host)],
        };
        // All lanes are closed before anything is stored: storing takes time, in which another request could leave.
        let mut changed = lanes;
        changed.retain(|lane| {
            self.update_schedule(lane, |schedule, now| schedule.apply_feedback(now, feedback))
        });
        for lane in changed {
            log_feedback(&lane, feedback);
            self.remember(&lane).await;
        }
    }

    async fn wait_in(&self, lane: &str) -> Result<(), TurnError> {
        self.look_up_ban(lane).await;
        loop {
            let turn = self.update_schedule(lane, |schedule, now| match &schedule.banned {
                Some(why) => Err(TurnError::Banned(why.clone())),
                None if schedule.held > now + LONGEST_WAIT => Err(TurnError::Resting(schedule.held - now)),
                None => Ok(schedule.take_turn(now)),
            })?;
            tokio::time::sleep_until(turn).await;
            // During the sleep another worker may have learned of a rest or a ban: then this turn is forfeit.
            if self.update_schedule(lane, |schedule, now| schedule.banned.is_none() && schedule.held <= now) {
                return Ok(());
            }
        }
    }

    /// Lifts a ban that an operator lifted in the store, from another process. A ban that is not stored yet was not
    /// lifted.
    async fn look_up_ban(&self, lane: &str) {
        let is_kept =
            self.update_schedule(lane, |schedule, _| schedule.banned.is_some() && schedule.is_ban_kept);
        if let (true, Some(store)) = (is_kept, self.memory.clone())
            && let Ok(records) = store.list_lanes().await
            && records.iter().all(|record| record.name != lane || record.banned.is_none())
        {
            self.update_schedule(lane, |schedule, _| (schedule.banned, schedule.is_ban_kept) = (None, false));
        }
    }

    async fn remember(&self, lane: &str) {
        let Some(store) = self.memory.clone() else { return };
        let clock = Timestamp::now();
        let record = self.update_schedule(lane, |schedule, now| LaneRecord {
            name: lane.to_owned(),
            resting_until: (schedule.held > now).then(|| clock + (schedule.held - now)),
            slowness: schedule.slowness,
            banned: schedule.banned.clone().map(|why| Ban { since: clock, why }),
        });
        let is_ban = record.banned.is_some();
        match store.keep_lane(&record).await {
            Err(error) => tracing::error!(lane, %error, "what this lane learned cannot be remembered"),
            Ok(()) => self.update_schedule(lane, |schedule, _| schedule.is_ban_kept |= is_ban),
        }
    }

    fn update_schedule<R>(&self, lane: &str, change: impl FnOnce(&mut LaneSchedule, Instant) -> R) -> R {
        let now = Instant::now();
        let mut all = self.schedule.lock().unwrap_or_else(PoisonError::into_inner);
        let schedule = all
            .entry(lane.to_owned())
            .or_insert_with(|| LaneSchedule::new(self.gap_of(lane), self.time_scale_of(lane), now));
        change(schedule, now)
    }

    /// The name of the lane of a host. Simulated hosts have separate lanes with the same budgets.
    pub fn lane_of(&self, host: &str) -> String {
        let owner = self.lanes.iter().find(|lane| lane.owns_host(real_host(host)) && !lane.is_each());
        match owner {
            Some(lane) if host.ends_with(SIMULATED) => format!("{}{SIMULATED}", lane.name),
            Some(lane) => lane.name.to_owned(),
            None => host.to_owned(),
        }
    }

    fn lanes_of_scope(&self, host: &str) -> Vec<String> {
        let own = self.lane_of(host);
        let suffix = if host.ends_with(SIMULATED) { SIMULATED } else { "" };
        let mut all = vec![own, portal_of(host)];
        for lane in self.lanes.iter().filter(|lane| !lane.is_each()) {
            if lane.hosts.iter().any(|pattern| ban_scope(pattern.trim_start_matches("*.")) == ban_scope(host))
            {
                all.push(format!("{}{suffix}", lane.name));
            }
        }
        all.sort();
        all.dedup();
        all
    }

    /// The time between two turns of a lane at full speed: its budget less the margin.
    fn gap_of(&self, lane: &str) -> Duration {
        let name = if lane.starts_with(PORTAL) { portal::LANE.name } else { real_host(lane) };
        let own = self.lanes.iter().find(|own| own.name == name);
        let own = own.or_else(|| self.lanes.iter().find(|lane| lane.is_each()));
        let per_minute = own.map_or(Lane::OTHER.per_minute, |own| own.per_minute.max(1));
        Duration::from_secs_f64(60.0 / (f64::from(per_minute) * MARGIN * self.time_scale_of(lane)))
    }
}

const PORTAL: &str = "portal of ";

fn portal_of(host: &str) -> String {
    format!("{PORTAL}{host}")
}

fn log_feedback(lane: &str, feedback: &PaceFeedback) {
    if let PaceFeedback::Banned(why) = feedback {
        let then = "nothing is asked in this lane until an operator opens it with `raadhuis lanes --open`";
        tracing::error!(lane, why, then, "we are banned");
    } else {
        tracing::warn!(lane, heard = ?feedback, "this lane rests");
    }
}

impl std::fmt::Debug for RateLimiter {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Pace").field("lanes", &self.lanes).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::supplier::all_lanes;

    #[tokio::test(start_paused = true)]
    async fn a_host_is_never_asked_more_often_than_its_lane_allows() {
        let limiter = RateLimiter::new(&all_lanes(), 1.0);
        for place in 0..10 {
            let begin = Instant::now();
            limiter.wait_for_turn("api1.ibabs.eu").await.unwrap();
            // The first too: a program before this one may have asked just now.
            assert!(begin.elapsed() >= Duration::from_secs(2), "{place}");
        }
        let begin = Instant::now();
        limiter.wait_for_turn("raad.waterdam.example").await.unwrap();
        assert!(begin.elapsed() < Duration::from_secs(2), "another host has a lane of its own");
    }

    #[tokio::test(start_paused = true)]
    async fn hosts_of_one_lane_share_its_budget_and_a_ban_at_one_door_closes_the_house() {
        let limiter = RateLimiter::new(&all_lanes(), 1.0);
        assert_eq!(limiter.lane_of("heidekerk.bestuurlijkeinformatie.nl"), limiter.lane_of("wcf.ibabs.eu"));
        assert_ne!(limiter.lane_of("wcf.ibabs.eu.localhost"), limiter.lane_of("wcf.ibabs.eu"));
        assert_eq!(limiter.gap_of("ibabs.localhost"), limiter.gap_of("ibabs"));
        limiter.apply_feedback("wcf.ibabs.eu", false, &PaceFeedback::Banned("kept out".to_owned())).await;
        for host in ["wcf.ibabs.eu", "api1.ibabs.eu", "connectlive.ibabs.eu"] {
            assert_eq!(
                limiter.wait_for_turn(host).await,
                Err(TurnError::Banned("kept out".to_owned())),
                "{host}"
            );
        }
        assert_eq!(limiter.wait_for_turn("api.notubiz.nl").await, Ok(()));
        assert_eq!(
            limiter.wait_for_turn("wcf.ibabs.eu.localhost").await,
            Ok(()),
            "a simulator bans nobody from the real one"
        );
    }

    #[tokio::test(start_paused = true)]
    async fn whoever_slept_for_a_turn_looks_again_before_leaving() {
        let limiter = std::sync::Arc::new(RateLimiter::new(&all_lanes(), 1.0));
        let waiting: Vec<_> = (0..8)
            .map(|_| {
                let limiter = std::sync::Arc::clone(&limiter);
                tokio::spawn(async move { limiter.wait_for_turn("wcf.ibabs.eu").await })
            })
            .collect();
        tokio::task::yield_now().await;
        limiter.apply_feedback("wcf.ibabs.eu", false, &PaceFeedback::Banned("kept out".to_owned())).await;
        for turn in waiting {
            assert!(turn.await.unwrap().is_err());
        }
    }

    #[tokio::test(start_paused = true)]
    async fn only_hosts_of_this_machine_are_hurried() {
        let limiter = RateLimiter::new(&all_lanes(), 100.0);
        let times = limiter.gap_of("notubiz").div_duration_f64(limiter.gap_of("notubiz.localhost"));
        assert!((times - 100.0).abs() < 0.01, "{times}");
        assert!((limiter.time_scale_of("localhost.example.nl") - 1.0).abs() < f64::EPSILON);
    }
}
