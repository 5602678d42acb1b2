//! Whether and where a query stands in texts, told from the texts alone: what engines must agree with, and what is marked. Pure.

use std::{borrow::Borrow, ops::Range};

use crate::{
    Entry, Facet,
    dutch::{self, Word},
    query::{Expr, Near, Query, Term, plain_words},
};

/// An occurrence in a text: of which leaf of the query, and over which words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Occurrence {
    /// The leaf, counted from 0 among the different ones that are not denied.
    pub leaf: usize,
    /// The words.
    pub words: Range<usize>,
}

/// Where the leaves of a query stand among words, in order.
pub fn occurrences(words: &[Word], query: &Query) -> Vec<Occurrence> {
    // Of a text that went through a sieve, few words are left.
    let known: Vec<usize> = (0..words.len()).filter(|at| words[*at].is_known()).collect();
    let (mut found, mut leaves) = (Vec::new(), Vec::new());
    if known.is_empty() {
        return found;
    }
    let text = Text { words, known };
    query.expr.each_positive(&mut |expr| {
        // What is asked in several places is one thing to be found.
        if !leaves.contains(&expr) {
            leaves.push(expr);
        }
    });
    for (leaf, expr) in leaves.into_iter().enumerate() {
        let mut add = |words: Range<usize>| found.push(Occurrence { leaf, words });
        match expr {
            Expr::Word(term) => text.each_word(term, &mut add),
            Expr::Prefix(start) => {
                let begins = |word: &Word| word.forms().any(|form| form.folded.starts_with(start.as_str()));
                text.places(begins).for_each(|at| add(at..at + 1));
            }
            Expr::Phrase(phrase) => text.each_phrase(phrase, &mut add),
            Expr::Near(near) => {
                for (left, right) in text.pairs(near) {
                    add(left..left + 1);
                    add(right..right + 1);
                }
            }
            _ => {}
        }
    }
    found.sort_by_key(|it| (it.words.start, it.words.end, it.leaf));
    found
}

/// The words of a text, and which of them have a form.
struct Text<'a> {
    words: &'a [Word],
    known: Vec<usize>,
}

impl Text<'_> {
    /// Where words stand of which something holds.
    fn places(&self, holds: impl Fn(&Word) -> bool) -> impl Iterator<Item = usize> {
        self.known.iter().copied().filter(move |at| holds(&self.words[*at]))
    }

    fn each_word(&self, term: &Term, on: &mut impl FnMut(Range<usize>)) {
        self.places(|word| word.is_found_by(&term.stem)).for_each(|at| on(at..at + 1));
        for way in &term.apart {
            self.each_phrase(way, on);
        }
    }

    fn each_phrase<S: AsRef<str>>(&self, phrase: &[S], on: &mut impl FnMut(Range<usize>)) {
        let Some((first, rest)) = phrase.split_first() else { return };
        for at in self.places(|word| word.is_written(first.as_ref())) {
            let behind = self.words.get(at + 1..at + phrase.len()).unwrap_or_default();
            let is_whole = behind.len() == rest.len();
            if is_whole && behind.iter().zip(rest).all(|(word, wanted)| word.is_written(wanted.as_ref())) {
                on(at..at + phrase.len());
            }
        }
    }

    /// The places of two words that are close enough. Compounds do not count here: what is near is the word itself.
    fn pairs(&self, near: &Near) -> Vec<(usize, usize)> {
        let places = |term: &Term| -> Vec<usize> {
            self.places(|word| word.forms().any(|form| *form.stem == *term.stem)).collect()
        };
        let (lefts, rights) = (places(&near.left), places(&near.right));
        let within = near.within as usize;
        let (mut pairs, mut from) = (Vec::new(), 0);
        for left in lefts {
            // Both are in order: what lies too far before one place lies too far before the next.
            from += rights[from..].iter().take_while(|right| **right + within < left).count();
            let close = rights[from..].iter().take_while(|right| **right <= left + within);
            // One is enough to show that it is near.
            pairs.extend(close.filter(|right| **right != left).take(1).map(|right| (left, *right)));
        }
        pairs
    }
}

/// What is known of an entry, so that many queries can be held against it.
#[derive(Clone, Debug)]
pub struct Analysed<E> {
    entry: E,
    title: Vec<Word>,
    body: Vec<Vec<Word>>,
}

impl<E: Borrow<Entry>> Analysed<E> {
    /// The words of an entry.
    pub fn of(entry: E) -> Self {
        let body = entry.borrow().body.iter().map(|text| dutch::words(text)).collect();
        Self { title: dutch::words(&entry.borrow().title), body, entry }
    }

    /// The entry.
    pub fn entry(&self) -> &Entry {
        self.entry.borrow()
    }

    /// Whether a query holds of it.
    pub fn matches(&self, query: &Query) -> bool {
        self.holds(&query.expr, false)
    }

    fn holds(&self, expr: &Expr, in_title: bool) -> bool {
        match expr {
            Expr::All => true,
            Expr::Nothing => false,
            Expr::And(all) => all.iter().all(|expr| self.holds(expr, in_title)),
            Expr::Or(all) => all.iter().any(|expr| self.holds(expr, in_title)),
            Expr::Not(inner) => !self.holds(inner, in_title),
            Expr::Title(inner) => self.holds(inner, true),
            Expr::Value(facet, value) => self.has_value(*facet, value),
            leaf => {
                let query = Query { expr: leaf.clone() };
                let stands = |words: &[Word]| !occurrences(words, &query).is_empty();
                stands(&self.title) || (!in_title && self.body.iter().any(|words| stands(words)))
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
