//! Two words close to one another: which things hold them, looked up eagerly, segment by segment.

use std::collections::{BTreeMap, HashMap};

use ::tantivy::{
    BitSet, DocId, DocSet, Score, SegmentReader, TERMINATED, TantivyError,
    postings::{Postings, SegmentPostings},
    query::{BitSetDocSet, ConstScorer, EnableScoring, Explanation, Query, Scorer, Weight},
    schema::{Field, IndexRecordOption},
};

use crate::{
    dutch::stem::stem,
    query::{Near, Term},
};

/// So many letters of a word all of its forms begin with.
const BEGINNING: usize = 3;

/// Two words close to one another in a field that keeps places.
#[derive(Clone, Debug)]
pub struct NearQuery {
    /// The field.
    pub field: Field,
    /// The words.
    pub near: Near,
}

impl Query for NearQuery {
    fn weight(&self, _: EnableScoring<'_>) -> Result<Box<dyn Weight>, TantivyError> {
        Ok(Box::new(NearWeight(self.clone())))
    }
}

struct NearWeight(NearQuery);

impl NearWeight {
    fn docs(&self, segment: &SegmentReader) -> Result<BitSet, TantivyError> {
        let Near { left, right, within } = &self.0.near;
        let mut found = BitSet::with_max_value(segment.max_doc());
        let lefts = self.places(segment, left, None)?;
        let rights = self.places(segment, right, Some(&lefts))?;
        for (doc, right) in rights {
            let close = |a: &u32| right.iter().any(|b| (1..=*within).contains(&a.abs_diff(*b)));
            if lefts.get(&doc).is_some_and(|left| left.iter().any(close)) {
                found.insert(doc);
            }
        }
        Ok(found)
    }

    /// Where the forms of a word stand, in things that are `among` those of the other.
    fn places(
        &self,
        segment: &SegmentReader,
        word: &Term,
        among: Option<&HashMap<DocId, Vec<u32>>>,
    ) -> Result<HashMap<DocId, Vec<u32>>, TantivyError> {
        let mut places: HashMap<DocId, Vec<u32>> = HashMap::new();
        let mut here = Vec::new();
        for mut postings in self.forms(segment, word)?.into_values() {
            while postings.doc() != TERMINATED {
                let doc = postings.doc();
                if among.is_none_or(|among| among.contains_key(&doc)) {
                    postings.positions(&mut here);
                    places.entry(doc).or_default().extend(&here);
                }
                postings.advance();
            }
        }
        Ok(places)
    }

    /// The postings of all words with the same stem. They share their beginning, but for participles (`ge-`) and the spelling of
    /// `ij`.
    fn forms(
        &self,
        segment: &SegmentReader,
        word: &Term,
    ) -> Result<BTreeMap<Vec<u8>, SegmentPostings>, TantivyError> {
        let index = segment.inverted_index(self.0.field)?;
        let cut = |text: &str| text.chars().take(BEGINNING).collect::<String>();
        let mut beginnings = vec![cut(&word.folded), cut(&word.stem), format!("ge{}", cut(&word.stem))];
        beginnings.extend(["ij", "y"].map(|end| cut(&word.folded.replace("ij", end).replace('y', end))));
        beginnings.push(word.folded.chars().take(BEGINNING - 1).collect());
        let mut forms = BTreeMap::new();
        for beginning in beginnings {
            let mut terms = index.terms().range().ge(beginning.as_bytes()).into_stream()?;
            while terms.advance() && terms.key().starts_with(beginning.as_bytes()) {
                let Ok(text) = std::str::from_utf8(terms.key()) else { continue };
                if !forms.contains_key(terms.key()) && stem(text) == word.stem {
                    let record = IndexRecordOption::WithFreqsAndPositions;
                    let postings = index.read_postings_from_terminfo(terms.value(), record)?;
                    forms.insert(terms.key().to_vec(), postings);
                }
            }
        }
        Ok(forms)
    }
}

impl Weight for NearWeight {
    fn scorer(&self, segment: &SegmentReader, boost: Score) -> Result<Box<dyn Scorer>, TantivyError> {
        Ok(Box::new(ConstScorer::new(BitSetDocSet::from(self.docs(segment)?), boost)))
    }

    fn explain(&self, _: &SegmentReader, _: DocId) -> Result<Explanation, TantivyError> {
        Ok(Explanation::new("near", 1.0))
    }
}
