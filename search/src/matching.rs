//! Matches a query against texts without an index. Engines must agree with it, and highlighting uses it. Pure.

use std::{borrow::Borrow, ops::Range};

use crate::{
    Entry, Facet,
    dutch::{self, Word},
    query::{Expr, Near, Query, QueryTerm, plain_words},
};

/// An occurrence of one leaf of the query, as a range of words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Occurrence {
    /// Index of the leaf among the distinct leaves that are not negated.
    pub leaf: usize,
    pub words: Range<usize>,
}

/// Finds the occurrences of all leaves of a query, in text order.
pub fn occurrences(words: &[Word], query: &Query) -> Vec<Occurrence> {
    // After the prefilter, few words have a form.
    let known: Vec<usize> = (0..words.len()).filter(|at| words[*at].is_known()).collect();
    let (mut found, mut leaves) = (Vec::new(), Vec::new());
    if known.is_empty() {
        return found;
    }
    let text = AnalysedText { words, known };
    query.expr.each_positive(&mut |expr| {
        // A leaf that occurs twice in the query is one leaf.
        if !leaves.contains(&expr) {
            leaves.push(expr);
        }
    });
    for (leaf, expr) in leaves.into_iter().enumerate() {
        match expr {
            Expr::Word(term) => text.each_word(term, &mut |words| found.push(Occurrence { leaf, words })),
            Expr::Prefix(start) => {
                let places = text.find_positions(|word| word.has_prefix(start));
                found.extend(places.map(|at| Occurrence { leaf, words: at..at + 1 }));
            }
            Expr::Phrase(phrase) => {
                text.each_phrase(phrase, &mut |words| found.push(Occurrence { leaf, words }));
            }
            Expr::Near(near) => {
                for (left, right) in text.find_pairs(near) {
                    found.extend([left, right].map(|at| Occurrence { leaf, words: at..at + 1 }));
                }
            }
            _ => {}
        }
    }
    found.sort_by_key(|it| (it.words.start, it.words.end, it.leaf));
    found
}

struct AnalysedText<'a> {
    words: &'a [Word],
    known: Vec<usize>,
}

impl AnalysedText<'_> {
    fn find_positions(&self, holds: impl Fn(&Word) -> bool) -> impl Iterator<Item = usize> {
        self.known.iter().copied().filter(move |at| holds(&self.words[*at]))
    }

    fn find_stem(&self, term: &QueryTerm) -> Vec<usize> {
        self.find_positions(|word| word.all_forms().any(|form| *form.stem == *term.stem)).collect()
    }

    fn each_word(&self, term: &QueryTerm, on: &mut impl FnMut(Range<usize>)) {
        self.find_positions(|word| word.is_found_by(&term.stem)).for_each(|at| on(at..at + 1));
        for way in &term.apart {
            self.each_phrase(way, on);
        }
    }

    fn each_phrase<S: AsRef<str>>(&self, phrase: &[S], on: &mut impl FnMut(Range<usize>)) {
        let Some((first, rest)) = phrase.split_first() else { return };
        for at in self.find_positions(|word| word.is_written(first.as_ref())) {
            let behind = self.words.get(at + 1..at + phrase.len()).unwrap_or_default();
            let is_whole = behind.len() == rest.len();
            if is_whole && behind.iter().zip(rest).all(|(word, wanted)| word.is_written(wanted.as_ref())) {
                on(at..at + phrase.len());
            }
        }
    }

    /// Pairs of word indexes that are close enough. Parts of compounds do not count: only whole words are near each other.
    fn find_pairs(&self, near: &Near) -> Vec<(usize, usize)> {
        let (lefts, rights) = (self.find_stem(&near.left), self.find_stem(&near.right));
        let within = near.within as usize;
        let (mut pairs, mut from) = (Vec::new(), 0);
        for left in lefts {
            // Both lists are sorted: a position too far before this one is too far before the next as well.
            from += rights[from..].iter().take_while(|right| **right + within < left).count();
            let close = rights[from..].iter().take_while(|right| **right <= left + within);
            // One partner is enough.
            pairs.extend(close.filter(|right| **right != left).take(1).map(|right| (left, *right)));
        }
        pairs
    }
}

fn occurs_in(words: &[Word], query: &Query) -> bool {
    !occurrences(words, query).is_empty()
}

/// An analysed entry, against which many queries can be tested.
#[derive(Clone, Debug)]
pub struct Analysed<E> {
    entry: E,
    title: Vec<Word>,
    body: Vec<Vec<Word>>,
}

impl<E: Borrow<Entry>> Analysed<E> {
    pub fn new(entry: E) -> Self {
        let body = entry.borrow().body.iter().map(|text| dutch::split_words(text)).collect();
        Self { title: dutch::split_words(&entry.borrow().title), body, entry }
    }

    pub fn entry(&self) -> &Entry {
        self.entry.borrow()
    }

    pub fn matches(&self, query: &Query) -> bool {
        self.matches_expr(&query.expr, false)
    }

    fn matches_expr(&self, expr: &Expr, in_title: bool) -> bool {
        match expr {
            Expr::All => true,
            Expr::Nothing => false,
            Expr::And(all) => all.iter().all(|expr| self.matches_expr(expr, in_title)),
            Expr::Or(all) => all.iter().any(|expr| self.matches_expr(expr, in_title)),
            Expr::Not(inner) => !self.matches_expr(inner, in_title),
            Expr::Title(inner) => self.matches_expr(inner, true),
            Expr::Value(facet, value) => self.has_value(*facet, value),
            leaf => {
                let query = Query { expr: leaf.clone() };
                occurs_in(&self.title, &query)
                    || (!in_title && self.body.iter().any(|words| occurs_in(words, &query)))
            }
        }
    }

    fn has_value(&self, facet: Facet, value: &str) -> bool {
        match facet {
            Facet::Year | Facet::Month => {
                self.entry().meeting_date.is_some_and(|day| day.to_string().starts_with(value))
            }
            Facet::Authority => self.entry().authority.as_str().ends_with(&format!(":{value}")),
            _ => self.entry().values_of(facet).iter().any(|own| plain_words(own) == plain_words(value)),
        }
    }
}
