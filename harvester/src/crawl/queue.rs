//! The questions of a run. They lie in the store, so that a run that is cut off goes on where it was; here are only those
//! that come next, and those that may not be kept.

use std::collections::{HashMap, VecDeque};

use raadhuis_schema::Queued;
use raadhuis_store::{SharedStore, StoreError};

use crate::supplier::Supplier;

/// Questions that are fetched from the store at once.
const BATCH: u32 = 64;

/// How often a run goes over what failed.
pub const ROUNDS: u32 = 3;

/// A question that is about to be put.
#[derive(Clone, Debug)]
pub struct Asked<T> {
    /// The question.
    pub task: T,
    /// The question from which it came, where it may not be kept itself: that one stays open until this one is done.
    pub root: Option<String>,
}

/// The questions of a run, in the order in which they are put: what is volatile first, pages last.
pub struct Queue<S: Supplier> {
    run: i64,
    volatile: VecDeque<Asked<S::Task>>,
    /// How many volatile questions hang from each kept one, itself included.
    hanging: HashMap<String, usize>,
    buffer: VecDeque<S::Task>,
    /// The last question that was fetched, of those that come first and of those that come last.
    after: [i64; 2],
    round: u32,
    /// Whether a question of this round is to be put again.
    has_failed: bool,
}

impl<S: Supplier> Queue<S> {
    /// The questions of a run that are open.
    pub fn of(run: i64) -> Self {
        Self {
            run,
            volatile: VecDeque::new(),
            hanging: HashMap::new(),
            buffer: VecDeque::new(),
            after: [0, 0],
            round: 1,
            has_failed: false,
        }
    }

    /// The next question.
    pub async fn next(&mut self, store: &SharedStore) -> Result<Option<Asked<S::Task>>, StoreError> {
        if let Some(asked) = self.volatile.pop_front() {
            return Ok(Some(asked));
        }
        for (place, comes_last) in [false, true].into_iter().enumerate() {
            if let Some(task) = self.buffer.pop_front() {
                return Ok(Some(Asked { task, root: None }));
            }
            let Some(after) = self.after.get_mut(place) else { continue };
            for (seq, queued) in store.open_tasks(self.run, *after, comes_last, BATCH).await? {
                *after = seq;
                match serde_json::from_value(queued.body) {
                    Ok(task) => self.buffer.push_back(task),
                    // Written by another version of the adapter: whatever led to it is asked again in another run.
                    Err(why) => {
                        tracing::warn!(task = queued.name, %why, "a question is left, it cannot be read");
                    }
                }
            }
        }
        Ok(self.buffer.pop_front().map(|task| Asked { task, root: None }))
    }

    /// Takes back a question whose turn did not come.
    pub fn put_back(&mut self, asked: Asked<S::Task>) {
        self.volatile.push_front(asked);
    }

    /// Notes questions that may not be kept.
    pub fn hang(&mut self, root: &str, tasks: Vec<S::Task>) {
        *self.hanging.entry(root.to_owned()).or_insert(1) += tasks.len();
        let asked = |task| Asked { task, root: Some(root.to_owned()) };
        self.volatile.extend(tasks.into_iter().map(asked));
    }

    /// Whether a kept question is done when this part of it is: nothing hangs from it any more.
    pub fn is_done(&mut self, root: &str) -> bool {
        let Some(left) = self.hanging.get_mut(root) else { return true };
        *left -= 1;
        if *left == 0 {
            self.hanging.remove(root);
            return true;
        }
        false
    }

    /// Whether a question that failed is put again in this run; if so, in the next round.
    pub fn again(&mut self) -> bool {
        let again = self.round < ROUNDS;
        self.has_failed |= again;
        again
    }

    /// Begins another round when questions of this one are to be put again.
    pub fn begin_round(&mut self) -> bool {
        let begins = std::mem::take(&mut self.has_failed);
        if begins {
            self.round += 1;
            self.after = [0, 0];
        }
        begins
    }
}

/// A question as the store keeps it.
pub fn kept<S: Supplier>(task: &S::Task, comes_last: bool) -> Queued {
    // A question is made of plain values, which always serialise.
    Queued { name: S::name(task), body: serde_json::to_value(task).unwrap_or_default(), comes_last }
}
