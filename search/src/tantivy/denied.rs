//! A negated query. For an excluded clause tantivy seeks positions before the current one, which its phrase scorer (0.27) does not
//! allow. This wrapper only moves forward.

use ::tantivy::{
    DocId, DocSet, Score, SeekDangerResult, SegmentReader, TantivyError,
    query::{EnableScoring, Explanation, Query, Scorer, Weight},
};

/// A negated query. It contributes no score.
#[derive(Debug)]
pub struct Denied(pub Box<dyn Query>);

impl Clone for Denied {
    fn clone(&self) -> Self {
        Self(self.0.box_clone())
    }
}

impl Query for Denied {
    fn weight(&self, scoring: EnableScoring<'_>) -> Result<Box<dyn Weight>, TantivyError> {
        let unscored = match scoring.searcher() {
            Some(searcher) => EnableScoring::disabled_from_searcher(searcher),
            None => EnableScoring::disabled_from_schema(scoring.schema()),
        };
        Ok(Box::new(DeniedWeight(self.0.weight(unscored)?)))
    }
}

struct DeniedWeight(Box<dyn Weight>);

impl Weight for DeniedWeight {
    fn scorer(&self, segment: &SegmentReader, boost: Score) -> Result<Box<dyn Scorer>, TantivyError> {
        Ok(Box::new(Forward(self.0.scorer(segment, boost)?)))
    }

    fn explain(&self, segment: &SegmentReader, doc: DocId) -> Result<Explanation, TantivyError> {
        self.0.explain(segment, doc)
    }
}

struct Forward(Box<dyn Scorer>);

impl DocSet for Forward {
    fn advance(&mut self) -> DocId {
        self.0.advance()
    }

    fn seek(&mut self, target: DocId) -> DocId {
        self.0.seek(target)
    }

    fn seek_danger(&mut self, target: DocId) -> SeekDangerResult {
        let doc = if self.0.doc() < target { self.0.seek(target) } else { self.0.doc() };
        if doc == target { SeekDangerResult::Found } else { SeekDangerResult::SeekLowerBound(doc) }
    }

    fn doc(&self) -> DocId {
        self.0.doc()
    }

    fn size_hint(&self) -> u32 {
        self.0.size_hint()
    }
}

impl Scorer for Forward {
    fn score(&mut self) -> Score {
        1.0
    }
}
