//! Probes a source with one cheap request.

use raadhuis_schema::{Source, SupplierKind, Window};

use crate::{
    supplier::{Answer, Judgement, Supplier},
    transport::{Transport, TransportError},
    with_supplier,
};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Finding {
    Works,
    Empty,
    Blocked,
    /// No server or no customer at that address.
    Moved,
    /// The supplier knows no customer by that name.
    WrongId,
    Failed,
}

impl Finding {
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
pub async fn probe(transport: &dyn Transport, source: &Source) -> (Finding, String) {
    let today = raadhuis_schema::When::At(jiff::Timestamp::now()).day();
    let Ok(window) = Window::new(today, today) else { return (Finding::Failed, String::new()) };
    with_supplier!(source.supplier, S => ask_source::<S>(transport, source, window).await)
}

/// Probes one supplier. An empty answer may name another form of the same question, which is then asked too.
async fn ask_source<S: Supplier>(
    transport: &dyn Transport,
    source: &Source,
    window: Window,
) -> (Finding, String) {
    let Some(mut task) = S::start(source, window).into_iter().next() else {
        return (Finding::Failed, "there is nothing to ask".to_owned());
    };
    let mut is_first = true;
    loop {
        let answer = match transport.send(&S::request(source, &task)).await {
            Err(error) => return classify_error(&error),
            Ok(answer) => answer,
        };
        let (found, next) = classify_answer::<S>(source, &task, &answer);
        match next {
            Some(next) if is_first && found.0 == Finding::Empty => (task, is_first) = (next, false),
            _ => return found,
        }
    }
}

fn classify_error(error: &TransportError) -> (Finding, String) {
    let text = error.to_string();
    let finding = match error {
        TransportError::Failed(why) if why.contains("dns") || why.contains("resolve") => Finding::Moved,
        TransportError::BadAddress(_) => Finding::Moved,
        TransportError::SecretMissing(_) => Finding::Blocked,
        _ => Finding::Failed,
    };
    (finding, text)
}

fn classify_answer<S: Supplier>(
    source: &Source,
    task: &S::Task,
    answer: &Answer,
) -> ((Finding, String), Option<S::Task>) {
    let finding = match S::judge(task, answer) {
        Judgement::Content => match S::read(source, task, answer) {
            Ok(harvested) if harvested.parts.is_empty() => {
                let next = harvested.next.into_iter().next();
                return ((Finding::Empty, "nothing is listed".to_owned()), next);
            }
            Ok(harvested) => (Finding::Works, format!("{} listed", harvested.parts.len())),
            Err(why) => (Finding::Failed, why.to_string()),
        },
        Judgement::Blocked(why) => (Finding::Blocked, why),
        Judgement::Throttled => (Finding::Blocked, format!("HTTP {}: asked too often", answer.status)),
        Judgement::Gone => (Finding::Moved, format!("HTTP {}", answer.status)),
        // A refusal of the first question concerns the customer, not the question.
        Judgement::Refused(why) if source.supplier == SupplierKind::Parlaeus => (Finding::Blocked, why),
        Judgement::Refused(why) if why.contains("not on the supplier's list") => (Finding::Blocked, why),
        Judgement::Refused(why) => (Finding::WrongId, why),
        Judgement::TooMuch => (Finding::Failed, format!("HTTP {}", answer.status)),
        Judgement::Broken(why) => (Finding::Failed, why),
    };
    (finding, None)
}
