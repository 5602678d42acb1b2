//! Pace: no lane is asked more often than its budget allows, however many workers and sources there are.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use jiff::Timestamp;
use raadhuis_schema::{Ban, LaneRecord};
use raadhuis_store::{SharedStore, StoreError};
use tokio::time::Instant;

use super::turns::{Heard, Turns};
use crate::supplier::{Lane, SIMULATED, house, portal, real};

/// The share of a lane's budget that is used: a margin for clocks, and for other programs of the operator.
const MARGIN: f64 = 0.9;

/// The longest that a request waits for a lane that rests. A longer rest is told to whoever asks.
const LONGEST_WAIT: Duration = Duration::from_mins(2);

/// Why a request may not leave.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Stay {
    /// The lane rests for so long yet.
    Resting(Duration),
    /// We are banned there, in these words.
    Banned(String),
}

/// Hands out moments at which hosts may be asked.
pub struct Pace {
    lanes: Vec<Lane>,
    /// All waits at hosts that a simulator plays are this many times shorter.
    hurry: f64,
    turns: Mutex<HashMap<String, Turns>>,
    /// Where rests and bans are remembered.
    memory: Option<SharedStore>,
}

impl Pace {
    /// A pace that keeps to `lanes` and remembers nothing. Hosts that a simulator on this machine plays are asked
    /// `hurry` times as often.
    pub fn new(lanes: &[Lane], hurry: f64) -> Self {
        Self { lanes: lanes.to_vec(), hurry: hurry.max(1.0), turns: Mutex::default(), memory: None }
    }

    /// A pace that begins with what was learned before, and remembers what it learns.
    ///
    /// # Errors
    /// The store failed.
    pub async fn remembering(lanes: &[Lane], hurry: f64, store: SharedStore) -> Result<Self, StoreError> {
        let pace = Self { memory: Some(store.clone()), ..Self::new(lanes, hurry) };
        let clock = Timestamp::now();
        for record in store.lanes().await? {
            let left = record.resting_until.map(|until| until.duration_since(clock));
            // A rest is never longer than a host may ask for, also when the clock was wrong when it was written.
            let left = left.and_then(|left| Duration::try_from(left).ok()).unwrap_or_default();
            let hurry = pace.hurry_of(&record.name);
            pace.change(&record.name, |turns, now| {
                turns.hold(now, left.mul_f64(hurry));
                turns.slowness = record.slowness.max(1.0);
                turns.banned = record.banned.map(|ban| ban.why);
                turns.is_ban_kept = turns.banned.is_some();
            });
        }
        Ok(pace)
    }

    /// How many times shorter the waits at this host are.
    pub fn hurry_of(&self, host: &str) -> f64 {
        if host.ends_with(SIMULATED) { self.hurry } else { 1.0 }
    }

    /// Waits for this host's next turn, and takes it.
    pub async fn wait(&self, host: &str) -> Result<(), Stay> {
        self.wait_in(&self.lane_of(host)).await
    }

    /// Waits for the next turn for a page of this host's portal, which has a lane of its own beside the host's.
    pub async fn wait_for_page(&self, host: &str) -> Result<(), Stay> {
        self.wait_in(&portal_of(host)).await?;
        self.wait(host).await
    }

    /// Leaves so much time between two pages of this host's portal from now on: its robots.txt asks for it.
    pub fn slow_down(&self, host: &str, gap: Duration) {
        self.change(&portal_of(host), |turns, _| turns.widen(gap));
    }

    /// Leaves a host's lane (or that of its pages) alone for `pause`: it asked for that.
    pub async fn hold(&self, host: &str, is_page: bool, pause: Duration) {
        let lane = if is_page { portal_of(host) } else { self.lane_of(host) };
        self.change(&lane, |turns, now| turns.hold(now, pause));
        self.remember(&lane).await;
    }

    /// Learns from what a host answered.
    pub async fn learn(&self, host: &str, is_page: bool, heard: &Heard) {
        let lanes = match heard {
            // Who bans an address at one door bans it at all of them.
            Heard::Banned(_) => self.lanes_of_house(host),
            _ if is_page => vec![portal_of(host)],
            _ => vec![self.lane_of(host)],
        };
        // All doors are closed before anything is written down: that takes time, in which another request could leave.
        let learned = |lane: &String| self.change(lane, |turns, now| turns.learn(now, heard));
        let learned: Vec<String> = lanes.into_iter().filter(learned).collect();
        for lane in learned {
            tell(&lane, heard);
            self.remember(&lane).await;
        }
    }

    async fn wait_in(&self, lane: &str) -> Result<(), Stay> {
        self.look_up_ban(lane).await;
        loop {
            let turn = self.change(lane, |turns, now| match &turns.banned {
                Some(why) => Err(Stay::Banned(why.clone())),
                None if turns.held > now + LONGEST_WAIT => Err(Stay::Resting(turns.held - now)),
                None => Ok(turns.take(now)),
            })?;
            tokio::time::sleep_until(turn).await;
            // While we slept, another worker may have been told to stay away: then this turn is forfeit.
            if self.change(lane, |turns, now| turns.banned.is_none() && turns.held <= now) {
                return Ok(());
            }
        }
    }

    /// An operator opens a lane in the store, from another process. A ban that is not written down yet is not one that was
    /// lifted.
    async fn look_up_ban(&self, lane: &str) {
        let is_kept = self.change(lane, |turns, _| turns.banned.is_some() && turns.is_ban_kept);
        if let (true, Some(store)) = (is_kept, self.memory.clone())
            && let Ok(records) = store.lanes().await
            && records.iter().all(|record| record.name != lane || record.banned.is_none())
        {
            self.change(lane, |turns, _| (turns.banned, turns.is_ban_kept) = (None, false));
        }
    }

    async fn remember(&self, lane: &str) {
        let Some(store) = self.memory.clone() else { return };
        let clock = Timestamp::now();
        let record = self.change(lane, |turns, now| LaneRecord {
            name: lane.to_owned(),
            resting_until: (turns.held > now).then(|| clock + (turns.held - now)),
            slowness: turns.slowness,
            banned: turns.banned.clone().map(|why| Ban { since: clock, why }),
        });
        let is_ban = record.banned.is_some();
        match store.keep_lane(&record).await {
            Err(error) => tracing::error!(lane, %error, "what this lane learned cannot be remembered"),
            Ok(()) => self.change(lane, |turns, _| turns.is_ban_kept |= is_ban),
        }
    }

    fn change<R>(&self, lane: &str, change: impl FnOnce(&mut Turns, Instant) -> R) -> R {
        let now = Instant::now();
        let mut all = self.turns.lock().unwrap_or_else(PoisonError::into_inner);
        let fresh = || Turns::new(self.gap(lane), self.hurry_of(lane), now);
        change(all.entry(lane.to_owned()).or_insert_with(fresh), now)
    }

    /// The name of the lane that a host rides. What a simulator plays has lanes of the same budgets, apart.
    pub fn lane_of(&self, host: &str) -> String {
        let owner = self.lanes.iter().find(|lane| lane.owns(real(host)) && !lane.is_each());
        match owner {
            Some(lane) if host.ends_with(SIMULATED) => format!("{}{SIMULATED}", lane.name),
            Some(lane) => lane.name.to_owned(),
            None => host.to_owned(),
        }
    }

    fn lanes_of_house(&self, host: &str) -> Vec<String> {
        let own = self.lane_of(host);
        let is_of_house = |pattern: &&str| house(pattern.trim_start_matches("*.")) == house(host);
        let suffix = if host.ends_with(SIMULATED) { SIMULATED } else { "" };
        let named = self.lanes.iter().filter(|lane| !lane.is_each() && lane.hosts.iter().any(is_of_house));
        let mut all: Vec<String> = named.map(|lane| format!("{}{suffix}", lane.name)).collect();
        all.extend([own, portal_of(host)]);
        all.sort();
        all.dedup();
        all
    }

    /// The time between two turns of a lane at full speed, a margin below its budget.
    fn gap(&self, lane: &str) -> Duration {
        let name = if lane.starts_with(PORTAL) { portal::LANE.name } else { real(lane) };
        let own = self.lanes.iter().find(|own| own.name == name);
        let own = own.or_else(|| self.lanes.iter().find(|lane| lane.is_each()));
        let per_minute = own.map_or(Lane::OTHER.per_minute, |own| own.per_minute.max(1));
        Duration::from_secs_f64(60.0 / (f64::from(per_minute) * MARGIN * self.hurry_of(lane)))
    }
}

/// What the names of lanes of pages begin with.
const PORTAL: &str = "portal of ";

fn portal_of(host: &str) -> String {
    format!("{PORTAL}{host}")
}

/// An operator must hear of a ban at once; of a rest, who wants to know.
fn tell(lane: &str, heard: &Heard) {
    if let Heard::Banned(why) = heard {
        let then = "nothing is asked in this lane until an operator opens it with `raadhuis lanes --open`";
        tracing::error!(lane, why, then, "we are banned");
    } else {
        tracing::warn!(lane, ?heard, "this lane rests");
    }
}

impl std::fmt::Debug for Pace {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Pace").field("lanes", &self.lanes).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::supplier::lanes;

    #[tokio::test(start_paused = true)]
    async fn a_host_is_never_asked_more_often_than_its_lane_allows() {
        let pace = Pace::new(&lanes(), 1.0);
        for place in 0..10 {
            let begin = Instant::now();
            pace.wait("api1.ibabs.eu").await.unwrap();
            // The first too: a program before this one may have asked just now.
            assert!(begin.elapsed() >= Duration::from_secs(2), "{place}");
        }
        let begin = Instant::now();
        pace.wait("raad.waterdam.example").await.unwrap();
        assert!(begin.elapsed() < Duration::from_secs(2), "another host has a lane of its own");
    }

    #[tokio::test(start_paused = true)]
    async fn hosts_of_one_lane_share_its_budget_and_a_ban_at_one_door_closes_the_house() {
        let pace = Pace::new(&lanes(), 1.0);
        assert_eq!(pace.lane_of("heidekerk.bestuurlijkeinformatie.nl"), pace.lane_of("wcf.ibabs.eu"));
        assert_ne!(pace.lane_of("wcf.ibabs.eu.localhost"), pace.lane_of("wcf.ibabs.eu"));
        assert_eq!(pace.gap("ibabs.localhost"), pace.gap("ibabs"));
        pace.learn("wcf.ibabs.eu", false, &Heard::Banned("kept out".to_owned())).await;
        for host in ["wcf.ibabs.eu", "api1.ibabs.eu", "connectlive.ibabs.eu"] {
            assert_eq!(pace.wait(host).await, Err(Stay::Banned("kept out".to_owned())), "{host}");
        }
        assert_eq!(pace.wait("api.notubiz.nl").await, Ok(()));
        assert_eq!(
            pace.wait("wcf.ibabs.eu.localhost").await,
            Ok(()),
            "a simulator bans nobody from the real one"
        );
    }

    #[tokio::test(start_paused = true)]
    async fn whoever_slept_for_a_turn_looks_again_before_leaving() {
        let pace = std::sync::Arc::new(Pace::new(&lanes(), 1.0));
        let waiting: Vec<_> = (0..8)
            .map(|_| {
                let pace = std::sync::Arc::clone(&pace);
                tokio::spawn(async move { pace.wait("wcf.ibabs.eu").await })
            })
            .collect();
        tokio::task::yield_now().await;
        pace.learn("wcf.ibabs.eu", false, &Heard::Banned("kept out".to_owned())).await;
        for turn in waiting {
            assert!(turn.await.unwrap().is_err());
        }
    }

    #[tokio::test(start_paused = true)]
    async fn only_hosts_of_this_machine_are_hurried() {
        let pace = Pace::new(&lanes(), 100.0);
        let times = pace.gap("notubiz").div_duration_f64(pace.gap("notubiz.localhost"));
        assert!((times - 100.0).abs() < 0.01, "{times}");
        assert!((pace.hurry_of("localhost.example.nl") - 1.0).abs() < f64::EPSILON);
    }
}
