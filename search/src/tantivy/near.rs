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
        let (lefts, rights) = (self.forms(segment, left)?, self.forms(segment, right)?);
        // Only where both stand is it looked where they stand.
        let both = standing(segment, &lefts)
            .into_iter()
            .zip(standing(segment, &rights))
            .map(|(a, b)| a && b)
            .collect::<Vec<_>>();
        let lefts = places(lefts, &both);
        let rights = places(rights, &both);
        let mut found = BitSet::with_max_value(segment.max_doc());
        for (doc, right) in rights {
            if lefts.get(&doc).is_some_and(|left| are_close(left, &right, *within)) {
                found.insert(doc);
            }
        }
        Ok(found)
    }

    /// The postings of all words with the same stem. They share their beginning, but for participles (`ge-`) and the spelling of
    /// `ij`.
    fn forms(&self, segment: &SegmentReader, word: &Term) -> Result<Forms, TantivyError> {
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

type Forms = BTreeMap<Vec<u8>, SegmentPostings>;

/// In which things one of these words stands.
fn standing(segment: &SegmentReader, forms: &Forms) -> Vec<bool> {
    let mut there = vec![false; segment.max_doc() as usize];
    for postings in forms.values() {
        let mut postings = postings.clone();
        while postings.doc() != TERMINATED {
            there[postings.doc() as usize] = true;
            postings.advance();
        }
    }
    there
}

/// Where these words stand, in order, in the things that are asked about.
fn places(forms: Forms, asked: &[bool]) -> HashMap<DocId, Vec<u32>> {
    let mut places: HashMap<DocId, Vec<u32>> = HashMap::new();
    let mut here = Vec::new();
    for mut postings in forms.into_values() {
        while postings.doc() != TERMINATED {
            let doc = postings.doc();
            if asked[doc as usize] {
                postings.positions(&mut here);
                places.entry(doc).or_default().extend(&here);
            }
            postings.advance();
        }
    }
    for places in places.values_mut() {
        places.sort_unstable();
    }
    places
}

/// Whether some place of one is at most so many steps from another place of the other. Both are in order.
fn are_close(left: &[u32], right: &[u32], within: u32) -> bool {
    let mut from = 0;
    for place in left {
        from += right[from..].iter().take_while(|other| **other + within < *place).count();
        // Two spellings may stand in one place.
        let mut near = right[from..].iter().take_while(|other| **other <= *place + within);
        if near.any(|other| other != place) {
            return true;
        }
    }
    false
}

impl Weight for NearWeight {
    fn scorer(&self, segment: &SegmentReader, boost: Score) -> Result<Box<dyn Scorer>, TantivyError> {
        Ok(Box::new(ConstScorer::new(BitSetDocSet::from(self.docs(segment)?), boost)))
    }

    fn explain(&self, _: &SegmentReader, _: DocId) -> Result<Explanation, TantivyError> {
        Ok(Explanation::new("near", 1.0))
    }
}
