//! The queue of questions of a run. The store holds them, so that an interrupted run can continue; memory holds only the
//! next ones, and volatile questions, which must not be stored.

use std::{
    collections::{HashMap, VecDeque},
    sync::Arc,
};

use raadhuis_schema::{Queued, Source, json::to_json};
use raadhuis_store::{SharedStore, StoreError};
use serde_json::Value;

use crate::supplier::CrawlTask;
use crate::transport::{Request, Wants};

const BATCH: u32 = 64;

/// Rounds of a run: the first pass, and the retries of failed questions.
pub const ROUNDS: u32 = 3;

#[derive(Clone, Debug)]
pub struct CrawlQuestion {
    pub task: CrawlTask,
    /// A stable name: the same question has the same name in every run.
    pub name: String,
    pub request: Arc<Request>,
    /// For a volatile question, the name of the stored question that led to it, which stays open until this one is done.
    pub root: Option<String>,
}

impl CrawlQuestion {
    pub fn new(source: &Source, task: CrawlTask, root: Option<String>) -> Self {
        let (name, request) = (task.name(), Arc::new(task.request(source)));
        Self { task, name, request, root }
    }

    /// Returns whether the question goes to a portal. Portals are slow and are asked last.
    pub fn is_page(&self) -> bool {
        self.request.wants == Wants::Page
    }

    pub fn to_queued(&self) -> Queued {
        Queued { name: self.name.clone(), body: self.task_json(), comes_last: self.is_page() }
    }

    pub fn task_json(&self) -> Value {
        to_json(&self.task)
    }
}

/// The questions of a run in the order of asking: volatile ones first, portal pages last.
pub struct Queue {
    run: i64,
    source: Arc<Source>,
    volatile: VecDeque<CrawlQuestion>,
    /// The number of open volatile questions of each stored question, itself included.
    open_parts: HashMap<String, usize>,
    buffer: VecDeque<CrawlTask>,
    /// Positions of the last fetched questions: of interfaces, and of portal pages.
    after: [i64; 2],
    round: u32,
    has_failed: bool,
}

impl Queue {
    pub fn new(run: i64, source: Arc<Source>) -> Self {
        Self {
            run,
            source,
            volatile: VecDeque::new(),
            open_parts: HashMap::new(),
            buffer: VecDeque::new(),
            after: [0, 0],
            round: 1,
            has_failed: false,
        }
    }

    pub async fn next(&mut self, store: &SharedStore) -> Result<Option<CrawlQuestion>, StoreError> {
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
                match CrawlTask::parse(self.source.supplier, queued.body) {
                    Ok(task) => self.buffer.push_back(task),
                    // The question is from another version of the adapter. A later run asks its parent again.
                    Err(why) => {
                        tracing::warn!(task = queued.name, %why, "a question is left, it cannot be read");
                    }
                }
            }
        }
        let task = self.buffer.pop_front();
        Ok(task.map(|task| self.question(task, None)))
    }

    fn question(&self, task: CrawlTask, root: Option<String>) -> CrawlQuestion {
        CrawlQuestion::new(&self.source, task, root)
    }

    pub fn put_back(&mut self, question: CrawlQuestion) {
        self.volatile.push_front(question);
    }

    /// Adds volatile questions, which must not be stored, under the stored question that led to them.
    pub fn add_volatile(&mut self, root: &str, tasks: Vec<CrawlTask>) {
        *self.open_parts.entry(root.to_owned()).or_insert(1) += tasks.len();
        for task in tasks {
            let question = self.question(task, Some(root.to_owned()));
            self.volatile.push_back(question);
        }
    }

    /// Counts down the open parts of a stored question. Returns true if none is left.
    pub fn is_done(&mut self, root: &str) -> bool {
        let Some(left) = self.open_parts.get_mut(root) else { return true };
        *left -= 1;
        if *left == 0 {
            self.open_parts.remove(root);
            return true;
        }
        false
    }

    /// Schedules a failed question for the next round. Returns false if this is the last round.
    pub fn schedule_retry(&mut self) -> bool {
        let again = self.round < ROUNDS;
        self.has_failed |= again;
        again
    }

    pub fn begin_round(&mut self) -> bool {
        let begins = std::mem::take(&mut self.has_failed);
        if begins {
            self.round += 1;
            self.after = [0, 0];
        }
        begins
    }
}
