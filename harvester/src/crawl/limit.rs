//! The limit on the questions of a run, which stops a source whose payloads keep naming new questions.

use jiff::{SignedDuration, Timestamp};
use raadhuis_schema::{Commit, Diagnostic, DiagnosticCode, End};

use super::{Crawl, queue::CrawlQuestion};
use crate::{HarvestError, supplier::Harvested};

/// The most questions of one run. It stops a source that keeps naming new ones.
pub const MAX_QUESTIONS: u64 = 500_000;

#[derive(Clone, Copy, Debug)]
pub struct CrawlRules {
    /// The time for which an entity must be missing from listings before it is withdrawn.
    pub grace: SignedDuration,
    /// True if a listing that leaves out most of its former entities is doubted.
    pub doubts: bool,
    pub max_questions: u64,
}

impl Crawl<'_> {
    /// Returns whether the run has asked its most questions. Remaining questions go to the backlog.
    pub(super) fn is_at_limit(&self) -> bool {
        self.tally.before.questions + self.tally.questions >= self.rules.max_questions
    }

    /// Reports the questions left at the limit, if any. The listings are not believed then: some may not have been asked.
    pub(super) async fn report_limit(&self) -> Result<(), HarvestError> {
        if self.tally.over_limit == 0 {
            return Ok(());
        }
        let diagnostic =
            Diagnostic::too_many_questions(&self.source.key, self.rules.max_questions, self.tally.over_limit);
        let commit = Commit::for_question(&self.source.key, self.run, "limit", Timestamp::now());
        self.context.store.commit_answer(Commit { diagnostics: vec![diagnostic], ..commit }).await?;
        Ok(())
    }

    pub(super) async fn leave_at_limit(&mut self, question: &CrawlQuestion) -> Result<(), HarvestError> {
        self.tally.over_limit += 1;
        let why = format!("not asked: {} questions of this run came before it", self.rules.max_questions);
        let end = End::Left(Box::new(self.backlog_entry(question, DiagnosticCode::Failed, &why)));
        self.commit_question(question, end, Harvested::default(), None).await
    }
}
