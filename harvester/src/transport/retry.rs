//! Retries requests after temporary failures, for questions and for files.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use raadhuis_store::offload_large;

use super::{Transport, TransportError, schedule::PaceFeedback};
use crate::supplier::{AnswerClass, is_ban};
use crate::transport::{Answer, Request, Wants};

const ATTEMPTS: u32 = 5;

/// The most attempts at a question that can be narrowed, if no answer comes.
const ATTEMPTS_WHEN_WIDE: u32 = 2;

/// The most attempts at an unreadable answer, which seldom improves.
const ATTEMPTS_AT_NONSENSE: u32 = 3;

/// Counts of faults by name, including those that a retry solved.
pub type Faults = BTreeMap<&'static str, u64>;

#[derive(Debug)]
pub enum SendOutcome<T> {
    Read(Answer, T),
    /// An answer without readable content, and its classification.
    Judged(Answer, AnswerClass),
    Unreadable(Answer, String),
    None(TransportError),
}

#[derive(Debug)]
pub enum Interpretation<T> {
    Says(T),
    Amounts(AnswerClass),
    Unreadable(String),
}

/// Interprets an answer. It may take long, so it runs off the async threads.
pub type Interpret<T> = Arc<dyn Fn(&Answer) -> Interpretation<T> + Send + Sync>;

/// Sends a request until its answer is readable, or its attempts are used up.
pub async fn send_with_retry<T: Send + 'static>(
    transport: &dyn Transport,
    request: &Request,
    is_wide: bool,
    faults: &mut Faults,
    interpret: Interpret<T>,
) -> SendOutcome<T> {
    let mut attempt = 1;
    loop {
        let (outcome, fault, feedback) = match transport.send(request).await {
            Ok(answer) => {
                let interpret = Arc::clone(&interpret);
                offload_large(answer.bytes.len(), move || assess_answer(answer, is_wide, &*interpret)).await
            }
            Err(error) => {
                let fault = match &error {
                    TransportError::TimedOut => Some(("timed out", max_attempts(is_wide))),
                    TransportError::Failed(_) => Some(("no connection", ATTEMPTS)),
                    TransportError::CutShort(_) => Some(("cut short", ATTEMPTS)),
                    _ => None,
                };
                // Only faults of the host count for its rate; our own errors do not.
                (SendOutcome::None(error), fault, fault.map(|_| PaceFeedback::Failed))
            }
        };
        if let Some(feedback) = &feedback {
            transport.report_feedback(request, feedback).await;
        }
        let Some((name, most)) = fault else { return outcome };
        *faults.entry(name).or_default() += 1;
        // Pages are requested once: they matter least, and a block page must not be retried.
        if attempt >= most || request.wants == Wants::Page {
            return outcome;
        }
        transport.pause_before_retry(request, backoff(attempt, fastrand::f64())).await;
        attempt += 1;
    }
}

const fn max_attempts(is_wide: bool) -> u32 {
    if is_wide { ATTEMPTS_WHEN_WIDE } else { ATTEMPTS }
}

/// A fault by name, and the most attempts at a question that meets it.
type Fault = Option<(&'static str, u32)>;

/// Classifies an answer: the outcome, its fault if any, and the feedback for the rate limiter.
fn assess_answer<T>(
    answer: Answer,
    is_wide: bool,
    read: impl Fn(&Answer) -> Interpretation<T>,
) -> (SendOutcome<T>, Fault, Option<PaceFeedback>) {
    if is_ban(&answer) {
        let why = "the supplier blocks this address".to_owned();
        let outcome = SendOutcome::Judged(answer, AnswerClass::Blocked(why.clone()));
        return (outcome, Some(("banned", 1)), Some(PaceFeedback::Banned(why)));
    }
    match read(&answer) {
        Interpretation::Says(said) => (SendOutcome::Read(answer, said), None, Some(PaceFeedback::Fine)),
        Interpretation::Unreadable(why) => (
            SendOutcome::Unreadable(answer, why),
            Some(("unreadable", ATTEMPTS_AT_NONSENSE)),
            Some(PaceFeedback::Fine),
        ),
        Interpretation::Amounts(judgement) => {
            let (fault, feedback) = match &judgement {
                AnswerClass::Throttled if answer.status == 429 => {
                    (Some(("HTTP 429", ATTEMPTS)), PaceFeedback::Throttled)
                }
                AnswerClass::Throttled => {
                    (Some(("HTTP 403, asked too often", ATTEMPTS)), PaceFeedback::Throttled)
                }
                AnswerClass::Blocked(_) => (Some(("a page at the gate", ATTEMPTS)), PaceFeedback::Failed),
                AnswerClass::TooMuch | AnswerClass::Broken(_) if answer.status >= 500 => {
                    (Some(("HTTP 5xx", max_attempts(is_wide))), PaceFeedback::Failed)
                }
                AnswerClass::TooMuch => (Some(("too much asked", 1)), PaceFeedback::Fine),
                AnswerClass::Broken(_) => (Some(("no answer to the question", ATTEMPTS)), PaceFeedback::Fine),
                _ => (None, PaceFeedback::Fine),
            };
            (SendOutcome::Judged(answer, judgement), fault, Some(feedback))
        }
    }
}

/// The pause before the next attempt: doubles from half a second, with jitter so that requests do not return together.
fn backoff(attempt: u32, chance: f64) -> Duration {
    Duration::from_secs_f64(0.5 * f64::from(1_u32 << attempt.min(6)) * (0.5 + chance))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_and_are_spread() {
        assert_eq!(backoff(1, 0.0), Duration::from_millis(500));
        assert_eq!(backoff(1, 1.0), Duration::from_millis(1500));
        assert!(backoff(3, 0.0) > backoff(1, 1.0));
        assert!(backoff(40, 1.0) < Duration::from_mins(1));
    }
}
