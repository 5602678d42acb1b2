//! Words that stand nowhere, and the words most like them that do.

use std::collections::HashMap;

use ::tantivy::{Searcher, TantivyError, Term, query::FuzzyTermQuery, schema::Field};

use super::fields::Fields;
use crate::{
    Unknown,
    query::{Expr, Query, Term as Word},
};

/// So many words of a query get a proposal: whoever types more than that astray types something else.
const MOST: usize = 3;

/// Words up to so long are looked for with one mistake, longer ones with two; shorter ones than the first not at all.
const ONE_MISTAKE: std::ops::RangeInclusive<usize> = 4..=5;

/// Longer words get no proposal: what looks for words like them grows with their length, to megabytes.
const LONGEST: usize = 32;

/// The words of a query that stand nowhere.
pub fn unknown(searcher: &Searcher, fields: Fields, query: &Query) -> Result<Vec<Unknown>, TantivyError> {
    let mut asked: Vec<&str> = Vec::new();
    let mut failed = None;
    let mut nowhere = |field: Field, text: &str| match searcher.doc_freq(&Term::from_field_text(field, text))
    {
        Ok(count) => count == 0,
        Err(why) => {
            failed = Some(why);
            false
        }
    };
    let mut word_is_nowhere = |word: &Word| {
        let way_is = |way: &Vec<String>, nowhere: &mut dyn FnMut(Field, &str) -> bool| {
            way.iter().any(|word| nowhere(fields.written, word))
        };
        nowhere(fields.stems, &word.stem)
            && nowhere(fields.parts, &word.stem)
            && word.apart.iter().all(|way| way_is(way, &mut nowhere))
    };
    query.expr.each_positive(&mut |expr| match expr {
        Expr::Word(word) if word_is_nowhere(word) => asked.push(&word.folded),
        Expr::Near(near) => {
            asked.extend(
                [&near.left, &near.right]
                    .into_iter()
                    .filter(|word| word_is_nowhere(word))
                    .map(|word| word.folded.as_str()),
            );
        }
        Expr::Phrase(words) => asked.extend(words.iter().map(String::as_str)),
        _ => {}
    });
    if let Some(why) = failed {
        return Err(why);
    }
    asked.dedup();
    let mut unknown = Vec::new();
    for word in asked {
        if searcher.doc_freq(&Term::from_field_text(fields.written, word))? == 0 {
            let suggestion = if unknown.len() < MOST { nearest(searcher, fields, word)? } else { None };
            unknown.push(Unknown { word: word.to_owned(), suggestion });
        }
    }
    Ok(unknown)
}

/// The word with the fewest changes; of several the one that stands in most things.
fn nearest(searcher: &Searcher, fields: Fields, word: &str) -> Result<Option<String>, TantivyError> {
    let length = word.chars().count();
    // A code with a digit more or less is another code, not a mistake.
    if !(*ONE_MISTAKE.start()..=LONGEST).contains(&length) || word.bytes().any(|b| b.is_ascii_digit()) {
        return Ok(None);
    }
    let most = if ONE_MISTAKE.contains(&length) { 1 } else { 2 };
    for changes in 1..=most {
        let automaton =
            FuzzyTermQuery::new(Term::from_field_text(fields.written, word), changes, true).automaton()?;
        let mut found: HashMap<String, u64> = HashMap::new();
        for segment in searcher.segment_readers() {
            let index = segment.inverted_index(fields.written)?;
            let mut terms = index.terms().search(&automaton).into_stream()?;
            while terms.advance() {
                if let Ok(text) = std::str::from_utf8(terms.key()) {
                    *found.entry(text.to_owned()).or_default() += u64::from(terms.value().doc_freq);
                }
            }
        }
        // A word that is as rare as a mistake may be one itself; more things speak for it, and so does its beginning.
        let same_start = |text: &str| text.chars().next() == word.chars().next();
        let best = found
            .into_iter()
            .max_by(|(a, n), (b, m)| (same_start(a), n).cmp(&(same_start(b), m)).then_with(|| b.cmp(a)));
        if best.is_some() {
            return Ok(best.map(|(text, _)| text));
        }
    }
    Ok(None)
}
