//! The limit on the questions of a run. A payload that keeps naming new ones would otherwise be followed without end.

use jiff::{SignedDuration, Timestamp};
use raadhuis_schema::{Commit, End, Remark, RemarkCode};

use super::{Crawl, queue::Question};
use crate::{
    HarvestError,
    supplier::{Harvested, Supplier},
};

/// The most questions of one run: a source that keeps naming new ones is cut off here.
pub const MAX_QUESTIONS: u64 = 500_000;

/// What a crawl believes, and how much it asks.
#[derive(Clone, Copy, Debug)]
pub struct CrawlRules {
    /// The time for which an entity must be missing from listings before it is withdrawn.
    pub grace: SignedDuration,
    /// Whether a listing that leaves out most of what it had is doubted.
    pub doubts: bool,
    /// The most questions of one run.
    pub max_questions: u64,
}

impl<S: Supplier> Crawl<'_, S> {
    /// Whether as many questions were asked as may be. What is left then is owed.
    pub(super) fn is_at_limit(&self) -> bool {
        self.tally.before.questions + self.tally.questions >= self.rules.max_questions
    }

    /// Reports that questions were left at the limit, if any were. The listings are not believed: some may not have been asked.
    pub(super) async fn report_limit(&self) -> Result<(), HarvestError> {
        if self.tally.over_limit == 0 {
            return Ok(());
        }
        let remark =
            Remark::too_many_questions(&self.source.key, self.rules.max_questions, self.tally.over_limit);
        let commit = Commit::of(&self.source.key, self.run, "limit", Timestamp::now());
        self.world.store.commit(Commit { remarks: vec![remark], ..commit }).await?;
        Ok(())
    }

    /// Leaves a question beyond the limit: it is owed until the next run.
    pub(super) async fn leave_at_limit(&mut self, question: &Question<S::Task>) -> Result<(), HarvestError> {
        self.tally.over_limit += 1;
        let why = format!("not asked: {} questions of this run came before it", self.rules.max_questions);
        let end = End::Left(Box::new(self.owed(question, RemarkCode::Failed, &why)));
        self.commit(question, end, Harvested::default(), None).await
    }
}
