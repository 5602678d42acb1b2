//! What is remembered of a lane: the budget that a supplier's hosts share, and how they took it so far.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// How a lane stands. Kept, so that a program that is started again knows what the one before it learned.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct LaneRecord {
    /// The lane's name.
    pub name: String,
    /// Until when nothing is asked there, because a host wants rest.
    pub resting_until: Option<Timestamp>,
    /// How many times slower than its budget allows it is asked, at least 1: learned from being told to slow down.
    pub slowness: f64,
    /// Since when, and in what words, we are banned there. Nothing is asked until an operator opens the lane.
    pub banned: Option<Ban>,
}

/// A ban.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Ban {
    /// When we met it.
    pub since: Timestamp,
    /// What was said.
    pub why: String,
}
