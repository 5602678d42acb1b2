//! Two words close together. Matches are computed eagerly, one segment at a time.

use std::collections::{BTreeMap, HashMap};

use ::tantivy::{
    BitSet, DocId, DocSet, Score, SegmentReader, TERMINATED, TantivyError,
    postings::{Postings, SegmentPostings},
    query::{BitSetDocSet, ConstScorer, EnableScoring, Explanation, Query, Scorer, Weight},
    schema::{Field, IndexRecordOption},
};

use crate::{
    dutch::stem::stem_word,
    query::{Near, QueryTerm},
};

/// Number of letters that all forms of a word share at the beginning.
const BEGINNING: usize = 3;

/// Matches two words close together in a field with positions.
#[derive(Clone, Debug)]
pub struct NearQuery {
    pub field: Field,
    pub near: Near,
}

impl Query for NearQuery {
    fn weight(&self, _: EnableScoring<'_>) -> Result<Box<dyn Weight>, TantivyError> {
        Ok(Box::new(NearWeight(self.clone())))
    }
}

struct NearWeight(NearQuery);

impl NearWeight {
    fn find_docs(&self, segment: &SegmentReader) -> Result<BitSet, TantivyError> {
        let Near { left, right, within } = &self.0.near;
        let (lefts, rights) = (self.read_forms(segment, left)?, self.read_forms(segment, right)?);
        // Positions are read only for entries that contain both words.
        let both = standing(segment, &lefts)
            .into_iter()
            .zip(standing(segment, &rights))
            .map(|(a, b)| a && b)
            .collect::<Vec<_>>();
        let lefts = read_positions(lefts, &both);
        let rights = read_positions(rights, &both);
        let mut found = BitSet::with_max_value(segment.max_doc());
        for (doc, right) in rights {
            if lefts.get(&doc).is_some_and(|left| are_close(left, &right, *within)) {
                found.insert(doc);
            }
        }
        Ok(found)
    }

    /// The postings of all words with the same stem. They share their first letters, except participles (`ge-`) and the spellings
    /// of `ij`.
    fn read_forms(&self, segment: &SegmentReader, word: &QueryTerm) -> Result<Forms, TantivyError> {
        let index = segment.inverted_index(self.0.field)?;
        let mut beginnings = vec![
            beginning_of(&word.folded),
            beginning_of(&word.stem),
            format!("ge{}", beginning_of(&word.stem)),
        ];
        beginnings
            .extend(["ij", "y"].map(|end| beginning_of(&word.folded.replace("ij", end).replace('y', end))));
        beginnings.push(word.folded.chars().take(BEGINNING - 1).collect());
        let mut forms = BTreeMap::new();
        for beginning in beginnings {
            let mut terms = index.terms().range().ge(beginning.as_bytes()).into_stream()?;
            while terms.advance() && terms.key().starts_with(beginning.as_bytes()) {
                let Ok(text) = std::str::from_utf8(terms.key()) else { continue };
                if !forms.contains_key(terms.key()) && stem_word(text) == word.stem {
                    let record = IndexRecordOption::WithFreqsAndPositions;
                    let postings = index.read_postings_from_terminfo(terms.value(), record)?;
                    forms.insert(terms.key().to_vec(), postings);
                }
            }
        }
        Ok(forms)
    }
}

fn beginning_of(text: &str) -> String {
    text.chars().take(BEGINNING).collect()
}

type Forms = BTreeMap<Vec<u8>, SegmentPostings>;

/// For each entry, whether one of these words occurs in it.
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

/// The sorted positions of these words in the `asked` entries.
fn read_positions(forms: Forms, asked: &[bool]) -> HashMap<DocId, Vec<u32>> {
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

/// Returns whether two different positions are at most `within` apart. Both lists must be sorted.
fn are_close(left: &[u32], right: &[u32], within: u32) -> bool {
    let mut from = 0;
    for place in left {
        from += right[from..].iter().take_while(|other| **other + within < *place).count();
        // Two spellings may share one position.
        let mut near = right[from..].iter().take_while(|other| **other <= *place + within);
        if near.any(|other| other != place) {
            return true;
        }
    }
    false
}

impl Weight for NearWeight {
    fn scorer(&self, segment: &SegmentReader, boost: Score) -> Result<Box<dyn Scorer>, TantivyError> {
        Ok(Box::new(ConstScorer::new(BitSetDocSet::from(self.find_docs(segment)?), boost)))
    }

    fn explain(&self, _: &SegmentReader, _: DocId) -> Result<Explanation, TantivyError> {
        Ok(Explanation::new("near", 1.0))
    }
}
