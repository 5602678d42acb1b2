//! Retries requests after temporary failures, for questions and for files.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use raadhuis_store::offload_large;

use super::{Transport, TransportError, turns::PaceFeedback};
use crate::supplier::{Answer, Judgement, Request, Wants, is_ban};

const ATTEMPTS: u32 = 5;

/// The most attempts at a question that can be narrowed, if no answer comes.
const ATTEMPTS_WHEN_WIDE: u32 = 2;

/// The most attempts at an unreadable answer, which seldom improves.
const ATTEMPTS_AT_NONSENSE: u32 = 3;

/// Counts of faults by name, including those that a retry solved.
pub type Faults = BTreeMap<&'static str, u64>;

#[derive(Debug)]
pub enum Outcome<T> {
    Read(Answer, T),
    /// An answer without readable content, and its classification.
    Judged(Answer, Judgement),
    Unreadable(Answer, String),
    None(TransportError),
}

#[derive(Debug)]
pub enum Reading<T> {
    Says(T),
    Amounts(Judgement),
    Unreadable(String),
}

/// Interprets an answer. It may take long, so it runs off the async threads.
pub type Interpret<T> = Arc<dyn Fn(&Answer) -> Reading<T> + Send + Sync>;

/// Sends a request until its answer is readable, or its attempts are used up.
pub async fn ask<T: Send + 'static>(
    transport: &dyn Transport,
    request: &Request,
    is_wide: bool,
    faults: &mut Faults,
    interpret: Interpret<T>,
) -> Outcome<T> {
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
                (Outcome::None(error), fault, fault.map(|_| PaceFeedback::Failed))
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
    read: impl Fn(&Answer) -> Reading<T>,
) -> (Outcome<T>, Fault, Option<PaceFeedback>) {
    if is_ban(&answer) {
        let why = "the supplier blocks this address".to_owned();
        let outcome = Outcome::Judged(answer, Judgement::Blocked(why.clone()));
        return (outcome, Some(("banned", 1)), Some(PaceFeedback::Banned(why)));
    }
    match read(&answer) {
        Reading::Says(said) => (Outcome::Read(answer, said), None, Some(PaceFeedback::Fine)),
        Reading::Unreadable(why) => (
            Outcome::Unreadable(answer, why),
            Some(("unreadable", ATTEMPTS_AT_NONSENSE)),
            Some(PaceFeedback::Fine),
        ),
        Reading::Amounts(judgement) => {
            let (fault, feedback) = match &judgement {
                Judgement::Throttled if answer.status == 429 => {
                    (Some(("HTTP 429", ATTEMPTS)), PaceFeedback::Throttled)
                }
                Judgement::Throttled => {
                    (Some(("HTTP 403, asked too often", ATTEMPTS)), PaceFeedback::Throttled)
                }
                Judgement::Blocked(_) => (Some(("a page at the gate", ATTEMPTS)), PaceFeedback::Failed),
                Judgement::TooMuch | Judgement::Broken(_) if answer.status >= 500 => {
                    (Some(("HTTP 5xx", max_attempts(is_wide))), PaceFeedback::Failed)
                }
                Judgement::TooMuch => (Some(("too much asked", 1)), PaceFeedback::Fine),
                Judgement::Broken(_) => (Some(("no answer to the question", ATTEMPTS)), PaceFeedback::Fine),
                _ => (None, PaceFeedback::Fine),
            };
            (Outcome::Judged(answer, judgement), fault, Some(feedback))
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
