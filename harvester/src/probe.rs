//! Probes a source with one cheap request.

use raadhuis_schema::{Source, SupplierKind, Window};

use crate::{
    supplier::{AnswerClass, CrawlTask},
    transport::{Answer, Transport, TransportError},
};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProbeFinding {
    Works,
    Empty,
    Blocked,
    /// No server or no customer at that address.
    Moved,
    /// The supplier knows no customer by that name.
    WrongId,
    Failed,
}

impl ProbeFinding {
    pub const fn word(self) -> &'static str {
        match self {
            Self::Works => "works",
            Self::Empty => "empty",
            Self::Blocked => "blocked",
            Self::Moved => "moved",
            Self::WrongId => "wrong id",
            Self::Failed => "failed",
        }
    }
}

/// Sends the first question of a harvest, which asks for a short list at every supplier.
pub async fn probe_source(transport: &dyn Transport, source: &Source) -> (ProbeFinding, String) {
    let today = raadhuis_schema::When::At(jiff::Timestamp::now()).day();
    let Ok(window) = Window::new(today, today) else { return (ProbeFinding::Failed, String::new()) };
    ask_source(transport, source, window).await
}

/// Probes one supplier. An empty answer may name another form of the same question, which is then asked too.
async fn ask_source(transport: &dyn Transport, source: &Source, window: Window) -> (ProbeFinding, String) {
    let Some(mut task) = CrawlTask::start_tasks(source, window).into_iter().next() else {
        return (ProbeFinding::Failed, "there is nothing to ask".to_owned());
    };
    let mut is_first = true;
    loop {
        let answer = match transport.send(&task.request(source)).await {
            Err(error) => return classify_error(&error),
            Ok(answer) => answer,
        };
        let (found, next) = classify_answer(source, &task, &answer);
        match next {
            Some(next) if is_first && found.0 == ProbeFinding::Empty => (task, is_first) = (next, false),
            _ => return found,
        }
    }
}

fn classify_error(error: &TransportError) -> (ProbeFinding, String) {
    let text = error.to_string();
    let finding = match error {
        TransportError::Failed(why) if why.contains("dns") || why.contains("resolve") => ProbeFinding::Moved,
        TransportError::BadAddress(_) => ProbeFinding::Moved,
        TransportError::SecretMissing(_) => ProbeFinding::Blocked,
        _ => ProbeFinding::Failed,
    };
    (finding, text)
}

fn classify_answer(
    source: &Source,
    task: &CrawlTask,
    answer: &Answer,
) -> ((ProbeFinding, String), Option<CrawlTask>) {
    let finding = match task.classify_answer(answer) {
        AnswerClass::Content => match task.read_answer(source, answer) {
            Ok(harvested) if harvested.parts.is_empty() => {
                let next = harvested.next.into_iter().next();
                return ((ProbeFinding::Empty, "nothing is listed".to_owned()), next);
            }
            Ok(harvested) => (ProbeFinding::Works, format!("{} listed", harvested.parts.len())),
            Err(why) => (ProbeFinding::Failed, why.to_string()),
        },
        AnswerClass::Blocked(why) => (ProbeFinding::Blocked, why),
        AnswerClass::Throttled => (ProbeFinding::Blocked, format!("HTTP {}: asked too often", answer.status)),
        AnswerClass::Gone => (ProbeFinding::Moved, format!("HTTP {}", answer.status)),
        // A refusal of the first question concerns the customer, not the question.
        AnswerClass::Refused(why) if source.supplier == SupplierKind::Parlaeus => {
            (ProbeFinding::Blocked, why)
        }
        AnswerClass::Refused(why) if why.contains("not on the supplier's list") => {
            (ProbeFinding::Blocked, why)
        }
        AnswerClass::Refused(why) => (ProbeFinding::WrongId, why),
        AnswerClass::TooMuch => (ProbeFinding::Failed, format!("HTTP {}", answer.status)),
        AnswerClass::Broken(why) => (ProbeFinding::Failed, why),
    };
    (finding, None)
}
