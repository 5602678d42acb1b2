//! What follows the change log. Delete a follower's output and it can be made again from the start.

pub mod index;
pub mod link;
pub mod text;

/// Changes that are taken at once.
const BATCH: u32 = 500;
