//! Suggestions for query words that are not in the index.

use std::collections::HashMap;

use ::tantivy::{Searcher, TantivyError, Term, query::FuzzyTermQuery, schema::Field};

use super::fields::Fields;
use crate::{
    Unknown,
    query::{Expr, Query, QueryTerm as Word},
};

/// Maximum number of words that get a suggestion.
const MOST: usize = 3;

/// Lengths of words that may have one typing error. Longer words may have two, shorter ones none.
const ONE_MISTAKE: std::ops::RangeInclusive<usize> = 4..=5;

/// Maximum length of a word that gets a suggestion: the automaton grows with the word, to megabytes.
const LONGEST: usize = 32;

pub fn unknown(searcher: &Searcher, fields: Fields, query: &Query) -> Result<Vec<Unknown>, TantivyError> {
    let mut leaves = Vec::new();
    query.expr.each_positive(&mut |leaf| leaves.push(leaf));
    let mut asked: Vec<&str> = Vec::new();
    for leaf in leaves {
        match leaf {
            Expr::Word(word) if is_unknown(searcher, fields, word)? => asked.push(&word.folded),
            Expr::Near(near) => {
                for word in [&near.left, &near.right] {
                    if is_unknown(searcher, fields, word)? {
                        asked.push(&word.folded);
                    }
                }
            }
            Expr::Phrase(words) => asked.extend(words.iter().map(String::as_str)),
            _ => {}
        }
    }
    asked.dedup();
    let mut unknown = Vec::new();
    for word in asked {
        if is_missing(searcher, fields.written, word)? {
            let suggestion = if unknown.len() < MOST { nearest(searcher, fields, word)? } else { None };
            unknown.push(Unknown { word: word.to_owned(), suggestion });
        }
    }
    Ok(unknown)
}

fn is_missing(searcher: &Searcher, field: Field, text: &str) -> Result<bool, TantivyError> {
    Ok(searcher.doc_freq(&Term::from_field_text(field, text))? == 0)
}

/// Returns whether neither the stem nor any spelling as several words is in the index.
fn is_unknown(searcher: &Searcher, fields: Fields, word: &Word) -> Result<bool, TantivyError> {
    if !is_missing(searcher, fields.stems, &word.stem)? || !is_missing(searcher, fields.parts, &word.stem)? {
        return Ok(false);
    }
    for way in &word.apart {
        let mut all_known = true;
        for part in way {
            all_known &= !is_missing(searcher, fields.written, part)?;
        }
        if all_known {
            return Ok(false);
        }
    }
    Ok(true)
}

fn begin_alike(one: &str, other: &str) -> bool {
    one.chars().next() == other.chars().next()
}

/// The indexed word with the fewest edits; of several, the one that begins alike and occurs in the most entries.
fn nearest(searcher: &Searcher, fields: Fields, word: &str) -> Result<Option<String>, TantivyError> {
    let length = word.chars().count();
    // A code with one digit more or less is another code, not a typing error.
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
        // A rare word may be a typing error itself, so the more frequent candidate wins, after one with the same first letter.
        let best = found.into_iter().max_by(|(a, n), (b, m)| {
            (begin_alike(a, word), n).cmp(&(begin_alike(b, word), m)).then_with(|| b.cmp(a))
        });
        if best.is_some() {
            return Ok(best.map(|(text, _)| text));
        }
    }
    Ok(None)
}
