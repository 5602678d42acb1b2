//! The record of a lane: the request budget that a supplier's hosts share, and the reactions of these hosts.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// The state of a lane, kept so that a restarted program knows what the earlier one learned.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct LaneRecord {
    /// The name of the lane.
    pub name: String,
    /// The time before which nothing is asked, because a host needs rest.
    pub resting_until: Option<Timestamp>,
    /// The factor by which requests are slower than the budget allows, at least 1: it grows when a host says
    /// to slow down.
    pub slowness: f64,
    /// The ban, if there is one. Nothing is asked until an operator opens the lane.
    pub banned: Option<Ban>,
}

/// A ban by a supplier's host.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Ban {
    /// The time at which the ban was met.
    pub since: Timestamp,
    /// The supplier's words about the ban.
    pub why: String,
}
