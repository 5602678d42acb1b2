//! What follows the change log. Delete a follower's output and it can be made again from the start.

use jiff::Timestamp;
use raadhuis_schema::Commit;

pub mod alert;
pub mod index;
pub mod link;
pub mod text;
pub mod votes;

/// Changes that are taken at once.
const BATCH: u32 = 500;

/// A commit of a follower in which nothing stands yet.
fn empty(follower: &str, run: i64, source: &str) -> Commit {
    Commit::of(source, run, follower, Timestamp::now())
}
