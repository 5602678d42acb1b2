//! Sends one question of a crawl, in a task of its own.

use std::sync::Arc;

use raadhuis_schema::Source;
use tokio::time::Instant;

use super::queue::CrawlQuestion;
use crate::{
    supplier::{Answer, AnswerClass, Harvested, Supplier},
    transport::{
        Faults, Transport,
        retry::{self, Interpretation, SendOutcome},
    },
};

pub struct AskedQuestion<T> {
    pub question: CrawlQuestion<T>,
    pub outcome: SendOutcome<Interpreted<T>>,
    pub faults: Faults,
}

#[derive(Debug)]
pub struct Interpreted<T> {
    pub harvested: Harvested<T>,
    /// The redacted answer; `None` if it must not be archived.
    pub redacted: Option<Vec<u8>>,
}

/// Sends a question after the rest of its host, and retries until the answer is readable or the attempts are used up.
pub async fn ask_question<S: Supplier>(
    transport: Arc<dyn Transport>,
    source: Arc<Source>,
    question: CrawlQuestion<S::Task>,
    rest: Instant,
) -> AskedQuestion<S::Task> {
    tokio::time::sleep_until(rest).await;
    let mut faults = Faults::new();
    let is_wide = S::narrow_task(&question.task).is_some();
    let (request, task) = (Arc::clone(&question.request), question.task.clone());
    let interpret = Arc::new(move |answer: &Answer| interpret::<S>(&source, &task, answer));
    let outcome = retry::send_with_retry(&*transport, &request, is_wide, &mut faults, interpret).await;
    AskedQuestion { question, outcome, faults }
}

pub fn interpret<S: Supplier>(
    source: &Source,
    task: &S::Task,
    answer: &Answer,
) -> Interpretation<Interpreted<S::Task>> {
    match S::classify_answer(task, answer) {
        AnswerClass::Content => match S::read_answer(source, task, answer) {
            Ok(harvested) => {
                Interpretation::Says(Interpreted { harvested, redacted: S::redact_answer(task, answer) })
            }
            Err(unreadable) => Interpretation::Unreadable(unreadable.0),
        },
        other => Interpretation::Amounts(other),
    }
}
