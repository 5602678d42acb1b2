//! Patience: a question is put again when what went wrong may pass. In one place, for answers and for files.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use raadhuis_store::offload;

use super::{Transport, TransportError, turns::Heard};
use crate::supplier::{Answer, Judgement, Request, Wants, is_ban};

/// How often a question is put before it counts as failed.
const ATTEMPTS: u32 = 5;

/// A question that can be narrowed is not put more often when no answer comes.
const ATTEMPTS_WHEN_WIDE: u32 = 2;

/// What cannot be read is seldom better the next time.
const ATTEMPTS_AT_NONSENSE: u32 = 3;

/// What went wrong on the way to an answer, and how often.
pub type Faults = BTreeMap<&'static str, u64>;

/// What a question led to.
#[derive(Debug)]
pub enum Outcome<T> {
    /// An answer, and what it says.
    Read(Answer, T),
    /// An answer that says nothing that can be read, and what it amounts to.
    Judged(Answer, Judgement),
    /// An answer that cannot be read: why.
    Unreadable(Answer, String),
    /// No answer.
    None(TransportError),
}

/// What an answer amounts to: what it says, or why it says nothing.
#[derive(Debug)]
pub enum Reading<T> {
    /// What it says.
    Says(T),
    /// What it amounts to.
    Amounts(Judgement),
    /// Why it cannot be read.
    Unreadable(String),
}

/// Says what an answer amounts to. It may take long: it runs off the async threads.
pub type Interpret<T> = Arc<dyn Fn(&Answer) -> Reading<T> + Send + Sync>;

/// Puts a question until its answer can be read, some times.
pub async fn ask<T: Send + 'static>(
    transport: &dyn Transport,
    request: &Request,
    is_wide: bool,
    faults: &mut Faults,
    interpret: Interpret<T>,
) -> Outcome<T> {
    let mut attempt = 1;
    loop {
        let (outcome, fault, heard) = match transport.send(request).await {
            Ok(answer) => {
                let interpret = Arc::clone(&interpret);
                offload(move || heard(answer, is_wide, &*interpret)).await
            }
            Err(error) => {
                let fault = match &error {
                    TransportError::TimedOut => Some(("timed out", most(is_wide))),
                    TransportError::Failed(_) => Some(("no connection", ATTEMPTS)),
                    TransportError::CutShort(_) => Some(("cut short", ATTEMPTS)),
                    _ => None,
                };
                // An error of ours says nothing of the host.
                (Outcome::None(error), fault, fault.map(|_| Heard::Failed))
            }
        };
        if let Some(heard) = &heard {
            transport.heard(request, heard).await;
        }
        let Some((name, most)) = fault else { return outcome };
        *faults.entry(name).or_default() += 1;
        // A page is asked for once: pages are read least, and never past a gate.
        if attempt >= most || request.wants == Wants::Page {
            return outcome;
        }
        transport.rest(request, backoff(attempt, fastrand::f64())).await;
        attempt += 1;
    }
}

const fn most(is_wide: bool) -> u32 {
    if is_wide { ATTEMPTS_WHEN_WIDE } else { ATTEMPTS }
}

/// A fault by name, and how often a question is put that meets it.
type Fault = Option<(&'static str, u32)>;

/// What an answer led to, the fault it was if it was one, and what the pace learns.
fn heard<T>(
    answer: Answer,
    is_wide: bool,
    read: impl Fn(&Answer) -> Reading<T>,
) -> (Outcome<T>, Fault, Option<Heard>) {
    if is_ban(&answer) {
        let why = "the supplier blocks this address".to_owned();
        let outcome = Outcome::Judged(answer, Judgement::Blocked(why.clone()));
        return (outcome, Some(("banned", 1)), Some(Heard::Banned(why)));
    }
    match read(&answer) {
        Reading::Says(said) => (Outcome::Read(answer, said), None, Some(Heard::Fine)),
        Reading::Unreadable(why) => {
            (Outcome::Unreadable(answer, why), Some(("unreadable", ATTEMPTS_AT_NONSENSE)), Some(Heard::Fine))
        }
        Reading::Amounts(judgement) => {
            let (fault, heard) = match &judgement {
                Judgement::Throttled if answer.status == 429 => {
                    (Some(("HTTP 429", ATTEMPTS)), Heard::Throttled)
                }
                Judgement::Throttled => (Some(("HTTP 403, asked too often", ATTEMPTS)), Heard::Throttled),
                Judgement::Blocked(_) => (Some(("a page at the gate", ATTEMPTS)), Heard::Failed),
                Judgement::TooMuch | Judgement::Broken(_) if answer.status >= 500 => {
                    (Some(("HTTP 5xx", most(is_wide))), Heard::Failed)
                }
                Judgement::TooMuch => (Some(("too much asked", 1)), Heard::Fine),
                Judgement::Broken(_) => (Some(("no answer to the question", ATTEMPTS)), Heard::Fine),
                _ => (None, Heard::Fine),
            };
            (Outcome::Judged(answer, judgement), fault, Some(heard))
        }
    }
}

/// The pause before another attempt: doubling from half a second, and shifted so that many do not return at once.
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
