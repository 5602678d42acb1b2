//! How a run went. Silence is a failure: a source that used to speak and says nothing is suspicious, never healthy.

use raadhuis_schema::{RemarkCode, Verdict};

/// What a verdict rests on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Evidence {
    /// Questions that led to a readable answer.
    pub answered: u64,
    /// Questions asked, files included.
    pub requests: u64,
    /// Questions asked, files left out.
    pub questions: u64,
    /// Meetings and register entries that were named.
    pub named: u64,
    /// Things of this source that were held before the run.
    pub held_before: u64,
    /// Whether a host kept us out and questions were left.
    pub was_kept_out: bool,
}

/// The verdict over a run with these remarks.
pub fn verdict(evidence: Evidence, remarks: impl IntoIterator<Item = RemarkCode>) -> Verdict {
    let mut doubtful = false;
    let remarks = remarks.into_iter().inspect(|code| {
        doubtful |= matches!(code, RemarkCode::Implausible | RemarkCode::TooManyQuestions);
    });
    let hard = remarks.filter(|code| {
        matches!(
            code,
            RemarkCode::Unreadable
                | RemarkCode::Blocked
                | RemarkCode::Throttled
                | RemarkCode::TimedOut
                | RemarkCode::Failed
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

/// Whether a source that used to speak said nothing.
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
        assert_eq!(verdict(some, [RemarkCode::Failed; 3]), Verdict::Suspicious);
        assert_eq!(verdict(some, [RemarkCode::UnexpectedShape; 30]), Verdict::Healthy);
        let kept_out = Evidence { was_kept_out: true, ..some };
        assert_eq!(
            verdict(kept_out, [RemarkCode::Blocked]),
            Verdict::Suspicious,
            "one ban, and half was not asked"
        );
        assert_eq!(verdict(Evidence { answered: 0, ..some }, [RemarkCode::Failed; 9]), Verdict::Broken);
    }
}
