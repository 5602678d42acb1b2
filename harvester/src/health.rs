//! Judges the health of a run. A source that had content before and now names nothing is suspicious, never healthy.

use raadhuis_schema::{DiagnosticCode, Verdict};

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Evidence {
    pub answered: u64,
    pub requests: u64,
    pub questions: u64,
    pub named: u64,
    /// Entities of this source before the run.
    pub held_before: u64,
    pub was_kept_out: bool,
}

pub fn verdict(evidence: Evidence, diagnostics: impl IntoIterator<Item = DiagnosticCode>) -> Verdict {
    let mut doubtful = false;
    let diagnostics = diagnostics.into_iter().inspect(|code| {
        doubtful |= matches!(code, DiagnosticCode::Implausible | DiagnosticCode::TooManyQuestions);
    });
    let hard = diagnostics.filter(|code| {
        matches!(
            code,
            DiagnosticCode::Unreadable
                | DiagnosticCode::Blocked
                | DiagnosticCode::Throttled
                | DiagnosticCode::TimedOut
                | DiagnosticCode::Failed
        )
    });
    let hard = hard.count() as u64;
    if evidence.answered == 0 && evidence.questions > 0 {
        Verdict::Broken
    } else if doubtful || is_silent(evidence) || evidence.was_kept_out || hard * 4 > evidence.requests {
        Verdict::Suspicious
    } else {
        Verdict::Healthy
    }
}

/// Returns whether a source that had content before named nothing.
pub fn is_silent(evidence: Evidence) -> bool {
    evidence.named == 0 && evidence.held_before > 0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_source_that_falls_silent_is_suspicious_and_a_new_empty_one_is_not() {
        let fine = Evidence {
            answered: 9,
            requests: 9,
            questions: 9,
            named: 40,
            held_before: 100,
            was_kept_out: false,
        };
        assert_eq!(verdict(fine, []), Verdict::Healthy);
        assert_eq!(verdict(Evidence { named: 0, ..fine }, []), Verdict::Suspicious);
        assert_eq!(verdict(Evidence { named: 0, held_before: 0, ..fine }, []), Verdict::Healthy);
    }

    #[test]
    fn many_failures_are_suspicious_and_no_answer_at_all_is_broken() {
        let some = Evidence {
            answered: 6,
            requests: 9,
            questions: 9,
            named: 40,
            held_before: 0,
            was_kept_out: false,
        };
        assert_eq!(verdict(some, [DiagnosticCode::Failed; 3]), Verdict::Suspicious);
        assert_eq!(verdict(some, [DiagnosticCode::UnexpectedShape; 30]), Verdict::Healthy);
        let kept_out = Evidence { was_kept_out: true, ..some };
        assert_eq!(
            verdict(kept_out, [DiagnosticCode::Blocked]),
            Verdict::Suspicious,
            "one ban, and half was not asked"
        );
        assert_eq!(verdict(Evidence { answered: 0, ..some }, [DiagnosticCode::Failed; 9]), Verdict::Broken);
    }
}
