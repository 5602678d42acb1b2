//! How far a run has come, for whoever draws it.

use std::sync::atomic::{AtomicU64, Ordering};

/// Counters that a run moves and a progress bar reads.
#[derive(Debug, Default)]
pub struct Progress {
    /// Questions that are known.
    pub known: AtomicU64,
    /// Questions that were answered, or failed.
    pub done: AtomicU64,
    /// Files that are to be read.
    pub files: AtomicU64,
    /// Files that were read.
    pub read: AtomicU64,
    /// Pages that were read.
    pub pages: AtomicU64,
}

impl Progress {
    /// Moves a counter.
    pub fn add(counter: &AtomicU64, by: usize) {
        counter.fetch_add(by as u64, Ordering::Relaxed);
    }

    /// Where a counter stands.
    pub fn at(counter: &AtomicU64) -> u64 {
        counter.load(Ordering::Relaxed)
    }
}
