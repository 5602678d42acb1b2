//! The progress of a run, for progress bars.

use std::sync::atomic::{AtomicU64, Ordering};

/// Counters that a run updates and a progress bar reads.
#[derive(Debug, Default)]
pub struct Progress {
    pub known: AtomicU64,
    /// Questions answered or failed.
    pub done: AtomicU64,
    pub files: AtomicU64,
    pub read: AtomicU64,
    pub pages: AtomicU64,
}

impl Progress {
    pub fn advance(counter: &AtomicU64, by: usize) {
        counter.fetch_add(by as u64, Ordering::Relaxed);
    }

    pub fn read_counter(counter: &AtomicU64) -> u64 {
        counter.load(Ordering::Relaxed)
    }
}
