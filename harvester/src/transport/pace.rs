//! Pace: no host is asked more often than its lane allows, however many tasks are waiting.

use std::{collections::HashMap, sync::Mutex, time::Duration};

use tokio::time::Instant;

use crate::supplier::{Lane, portal};

/// The share of a lane's budget that is used: a margin for clocks and for other programs of the operator.
const MARGIN: f64 = 0.9;

/// The longest that a host is left alone on its own word.
const LONGEST_HOLD: Duration = Duration::from_hours(1);

/// Hands out moments at which a host may be asked.
#[derive(Debug)]
pub struct Pace {
    lanes: Vec<Lane>,
    free: Mutex<HashMap<String, Instant>>,
    /// Hosts whose robots.txt asks for more time between two pages.
    slow: Mutex<HashMap<String, Duration>>,
}

impl Pace {
    /// A pace that keeps to `lanes`.
    pub fn new(lanes: &[Lane]) -> Self {
        Self { lanes: lanes.to_vec(), free: Mutex::default(), slow: Mutex::default() }
    }

    /// Waits for this host's next free moment, and takes it.
    pub async fn wait(&self, host: &str) {
        let at = self.take(host, Instant::now());
        tokio::time::sleep_until(at).await;
    }

    /// Waits for the next free moment for a page of this host's portal, which has a pace of its own.
    pub async fn wait_for_page(&self, host: &str) {
        let slow = self.slow.lock().unwrap_or_else(std::sync::PoisonError::into_inner).get(host).copied();
        let gap = self.gap(portal::LANE).max(slow.unwrap_or_default());
        let at = self.take_at(&format!("portal of {host}"), Instant::now(), gap);
        tokio::time::sleep_until(at).await;
    }

    /// Leaves so much time between two pages of this host's portal from now on: its robots.txt asks for it.
    pub fn slow_down(&self, host: &str, pause: Duration) {
        let mut slow = self.slow.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        slow.insert(host.to_owned(), pause);
    }

    /// Keeps the portal of a host free of requests for `pause`.
    pub fn hold_pages(&self, host: &str, pause: Duration) {
        self.hold(&format!("portal of {host}"), pause);
    }

    /// Keeps a host free of requests for `pause`: it asked for that, but for no more than an hour.
    pub fn hold(&self, host: &str, pause: Duration) {
        let pause = pause.min(LONGEST_HOLD);
        let mut free = self.free.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let until = Instant::now() + pause;
        let next = free.entry(host.to_owned()).or_insert(until);
        *next = (*next).max(until);
    }

    /// Keeps a host free of requests for as long as a full budget takes, so many times.
    pub fn rest(&self, host: &str, times: u32) {
        self.hold(host, self.gap(host) * 60 * times);
    }

    fn take(&self, host: &str, now: Instant) -> Instant {
        self.take_at(host, now, self.gap(host))
    }

    fn take_at(&self, host: &str, now: Instant, gap: Duration) -> Instant {
        let mut free = self.free.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let next = free.entry(host.to_owned()).or_insert(now);
        let at = (*next).max(now);
        *next = at + gap;
        at
    }

    fn gap(&self, host: &str) -> Duration {
        let lane = self
            .lanes
            .iter()
            .find(|lane| lane.host == host)
            .or_else(|| self.lanes.iter().find(|l| l.host == "*"));
        let per_minute = lane.map_or(60, |lane| lane.per_minute.max(1));
        // A margin below the budget.
        Duration::from_secs_f64(60.0 / (f64::from(per_minute) * MARGIN))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_host_is_never_asked_more_often_than_its_lane_allows() {
        let pace = Pace::new(&[Lane { host: "a", per_minute: 60 }, Lane { host: "*", per_minute: 6000 }]);
        let now = Instant::now();
        let moments: Vec<_> = (0..10).map(|_| pace.take("a", now)).collect();
        assert_eq!(moments[0], now, "the first waits for nothing");
        assert!(moments.windows(2).all(|pair| pair[1] - pair[0] >= Duration::from_secs(1)));
        assert_eq!(pace.take("b", now), now, "another host has a lane of its own");
    }
}
