//! Sends one question of a crawl, in a task of its own.

use std::sync::Arc;

use raadhuis_schema::Source;
use tokio::time::Instant;

use super::queue::CrawlQuestion;
use crate::{
    supplier::{AnswerClass, CrawlTask, Harvested},
    transport::{
        Answer, Faults, Transport,
        retry::{self, Interpretation, SendOutcome},
    },
};

pub struct AskedQuestion {
    pub question: CrawlQuestion,
    pub outcome: SendOutcome<Interpreted>,
    pub faults: Faults,
}

#[derive(Debug)]
pub struct Interpreted {
    pub harvested: Harvested<CrawlTask>,
    /// The redacted answer; `None` if it must not be archived.
    pub redacted: Option<Vec<u8>>,
}

/// Sends a question after the rest of its host, and retries until the answer is readable or the attempts are used up.
pub async fn ask_question(
    transport: Arc<dyn Transport>,
    source: Arc<Source>,
    question: CrawlQuestion,
    rest: Instant,
) -> AskedQuestion {
    tokio::time::sleep_until(rest).await;
    let mut faults = Faults::new();
    let is_wide = question.task.narrow().is_some();
    let (request, task) = (Arc::clone(&question.request), question.task.clone());
    let interpret = Arc::new(move |answer: &Answer| interpret(&source, &task, answer));
    let outcome = retry::send_with_retry(&*transport, &request, is_wide, &mut faults, interpret).await;
    AskedQuestion { question, outcome, faults }
}

pub fn interpret(source: &Source, task: &CrawlTask, answer: &Answer) -> Interpretation<Interpreted> {
    match task.classify_answer(answer) {
        AnswerClass::Content => match task.read_answer(source, answer) {
            Ok(harvested) => {
                Interpretation::Says(Interpreted { harvested, redacted: task.redact_answer(answer) })
            }
            Err(unreadable) => Interpretation::Unreadable(unreadable.0),
        },
        other => Interpretation::Amounts(other),
    }
}
