//! One question of a crawl, put in a task of its own.

use std::sync::Arc;

use raadhuis_schema::Source;
use tokio::{task::JoinError, time::Instant};

use super::queue::Question;
use crate::{
    supplier::{Answer, Harvested, Judgement, Supplier},
    transport::{
        Faults, Transport,
        patience::{self, Outcome, Reading},
    },
};

/// A question that was put, and what it led to.
pub struct Asked<T> {
    /// The question.
    pub question: Question<T>,
    /// What it led to.
    pub outcome: Outcome<Interpreted<T>>,
    /// What went wrong on the way, also where it passed.
    pub faults: Faults,
}

/// What an answer says, and the answer as it may be kept.
#[derive(Debug)]
pub struct Interpreted<T> {
    /// What the answer says.
    pub harvested: Harvested<T>,
    /// The answer as it may be kept.
    pub redacted: Option<Vec<u8>>,
}

/// Puts a question when the rest of its host is over, until its answer can be read.
pub async fn ask_question<S: Supplier>(
    transport: Arc<dyn Transport>,
    source: Arc<Source>,
    question: Question<S::Task>,
    rest: Instant,
) -> Asked<S::Task> {
    tokio::time::sleep_until(rest).await;
    let mut faults = Faults::new();
    let is_wide = S::narrow(&question.task).is_some();
    let (request, task) = (Arc::clone(&question.request), question.task.clone());
    let interpret = Arc::new(move |answer: &Answer| interpret::<S>(&source, &task, answer));
    let outcome = patience::ask(&*transport, &request, is_wide, &mut faults, interpret).await;
    Asked { question, outcome, faults }
}

/// What an answer amounts to, and what it says and may be kept of it if it says anything.
pub fn interpret<S: Supplier>(
    source: &Source,
    task: &S::Task,
    answer: &Answer,
) -> Reading<Interpreted<S::Task>> {
    match S::judge(task, answer) {
        Judgement::Content => match S::read(source, task, answer) {
            Ok(harvested) => Reading::Says(Interpreted { harvested, redacted: S::redact(task, answer) }),
            Err(unreadable) => Reading::Unreadable(unreadable.0),
        },
        other => Reading::Amounts(other),
    }
}

/// The result of a task of ours. A panic in it is a panic here.
pub async fn join<T>(done: Result<T, JoinError>) -> T {
    match done {
        Ok(result) => result,
        Err(error) if error.is_panic() => std::panic::resume_unwind(error.into_panic()),
        // The runtime shuts down, and with it this task.
        Err(_) => std::future::pending().await,
    }
}
