//! Token buckets that limit the rate of each visitor. Pure but for the lock.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

use super::client_ip::Client;

/// The capacity of a bucket in units, and the units that refill it each second.
const ROOM: f64 = 600.0;
const FLOW: f64 = 20.0;

/// The factor by which an API key raises capacity and refill.
const WITH_KEY: f64 = 10.0;

/// The most buckets in memory. A full bucket equals none, so the buckets that refilled are dropped first.
const MOST: usize = 100_000;

/// The cost of a request in units: one for most addresses, more for those that read the whole store.
pub fn request_cost(path: &str) -> u32 {
    match path {
        "/healthz" | "/metrics" => 0,
        "/v1/snapshot" => 300,
        "/v1/changes" => 5,
        "/graphql" => 2,
        path if path.starts_with("/assets/") => 0,
        _ => 1,
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RateDecision {
    pub is_granted: bool,
    pub limit: u64,
    pub remaining: u64,
    /// Seconds until the request can be repeated or, when it was granted, until the bucket is full again.
    pub reset: u64,
}

#[derive(Clone, Copy, Debug)]
struct Bucket {
    level: f64,
    at: Instant,
}

#[derive(Debug, Default)]
pub struct Buckets(Mutex<HashMap<Client, Bucket>>);

impl Buckets {
    pub fn take_units(&self, who: &Client, units: u32, now: Instant) -> RateDecision {
        let factor = if matches!(who, Client::Key(_)) { WITH_KEY } else { 1.0 };
        let (room, flow) = (ROOM * factor, FLOW * factor);
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if all.len() >= MOST && !all.contains_key(who) {
            let full_again = Duration::from_secs_f64(ROOM / FLOW);
            all.retain(|_, bucket| now.saturating_duration_since(bucket.at) < full_again);
            if all.len() >= MOST {
                all.clear();
            }
        }
        let bucket = all.entry(who.clone()).or_insert(Bucket { level: room, at: now });
        let since = now.saturating_duration_since(bucket.at).as_secs_f64();
        bucket.level = (bucket.level + since * flow).min(room);
        bucket.at = now;
        let units = f64::from(units);
        let is_granted = bucket.level >= units;
        if is_granted {
            bucket.level -= units;
        }
        let missing = if is_granted { room - bucket.level } else { units - bucket.level };
        RateDecision {
            is_granted,
            limit: to_whole(room),
            remaining: to_whole(bucket.level),
            reset: to_whole((missing / flow).ceil()),
        }
    }
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "small and not negative")]
fn to_whole(number: f64) -> u64 {
    number.max(0.0) as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bucket_empties_fills_again_and_is_everybodys_own() {
        let (buckets, now) = (Buckets::default(), Instant::now());
        let [one, other] = ["192.0.2.1", "192.0.2.2"].map(|ip| Client::Address(ip.parse().unwrap()));
        for _ in 0..300 {
            assert!(buckets.take_units(&one, 2, now).is_granted);
        }
        let refused = buckets.take_units(&one, 2, now);
        assert_eq!((refused.is_granted, refused.remaining, refused.reset), (false, 0, 1));
        assert!(buckets.take_units(&other, 2, now).is_granted);
        assert!(buckets.take_units(&one, 20, now + Duration::from_secs(1)).is_granted);
        let later = buckets.take_units(&one, 0, now + Duration::from_mins(10));
        assert_eq!((later.remaining, later.reset), (600, 0));
        let key = Client::Key("k".into());
        assert!((0..3000).all(|_| buckets.take_units(&key, 2, now).is_granted));
        assert!(!buckets.take_units(&key, 2, now).is_granted);
    }
}
