//! The questions of a run. They lie in the store, so that a run that is cut off goes on where it was; here are only those
//! that come next, and those that may not be kept.

use std::{
    collections::{HashMap, VecDeque},
    sync::Arc,
};

use raadhuis_schema::{Queued, Source};
use raadhuis_store::{SharedStore, StoreError};
use serde::Serialize;
use serde_json::Value;

use crate::supplier::{Request, Supplier, Wants};

/// Questions that are fetched from the store at once.
const BATCH: u32 = 64;

/// How often a run goes over what failed.
pub const ROUNDS: u32 = 3;

/// A question of a run.
#[derive(Clone, Debug)]
pub struct Question<T> {
    /// The question as its supplier writes it.
    pub task: T,
    /// Its name: the same for the same question in every run.
    pub name: String,
    /// How it is put.
    pub request: Arc<Request>,
    /// The name of the question from which it came, where it may not be kept itself: that one stays open until this one is done.
    pub root: Option<String>,
}

impl<T> Question<T> {
    /// A question to a source.
    pub fn new<S: Supplier<Task = T>>(source: &Source, task: T, root: Option<String>) -> Self {
        let (name, request) = (S::name(&task), Arc::new(S::request(source, &task)));
        Self { task, name, request, root }
    }

    /// Whether it goes to a portal, which is slow and comes when nothing else is left to ask.
    pub fn is_page(&self) -> bool {
        self.request.wants == Wants::Page
    }

    /// The question as the store keeps it.
    pub fn queued(&self) -> Queued
    where
        T: Serialize,
    {
        Queued { name: self.name.clone(), body: self.body(), comes_last: self.is_page() }
    }

    /// The supplier's own part of it as JSON.
    pub fn body(&self) -> Value
    where
        T: Serialize,
    {
        // A question is made of plain values, which always serialise.
        serde_json::to_value(&self.task).unwrap_or_default()
    }
}

/// The questions of a run, in the order in which they are put: what is volatile first, pages last.
pub struct Queue<S: Supplier> {
    run: i64,
    source: Arc<Source>,
    volatile: VecDeque<Question<S::Task>>,
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
    /// The open questions of a run.
    pub fn new(run: i64, source: Arc<Source>) -> Self {
        Self {
            run,
            source,
            volatile: VecDeque::new(),
            hanging: HashMap::new(),
            buffer: VecDeque::new(),
            after: [0, 0],
            round: 1,
            has_failed: false,
        }
    }

    /// The next question.
    pub async fn next(&mut self, store: &SharedStore) -> Result<Option<Question<S::Task>>, StoreError> {
        if let Some(question) = self.volatile.pop_front() {
            return Ok(Some(question));
        }
        for (place, comes_last) in [false, true].into_iter().enumerate() {
            if let Some(task) = self.buffer.pop_front() {
                return Ok(Some(self.question(task, None)));
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
        let task = self.buffer.pop_front();
        Ok(task.map(|task| self.question(task, None)))
    }

    fn question(&self, task: S::Task, root: Option<String>) -> Question<S::Task> {
        Question::new::<S>(&self.source, task, root)
    }

    /// Takes back a question whose turn did not come.
    pub fn put_back(&mut self, question: Question<S::Task>) {
        self.volatile.push_front(question);
    }

    /// Notes questions that may not be kept.
    pub fn hang(&mut self, root: &str, tasks: Vec<S::Task>) {
        *self.hanging.entry(root.to_owned()).or_insert(1) += tasks.len();
        for task in tasks {
            let question = self.question(task, Some(root.to_owned()));
            self.volatile.push_back(question);
        }
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
