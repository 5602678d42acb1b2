//! From our query to tantivy's.

use std::ops::Bound;

use ::tantivy::{
    Searcher, TantivyError, Term,
    query::{
        AllQuery, Bm25StatisticsProvider, BooleanQuery, BoostQuery, ConstScoreQuery, EmptyQuery, Occur,
        PhraseQuery, Query as Engine, RangeQuery, TermQuery, TermSetQuery,
    },
    schema::{Field, IndexRecordOption},
};
use jiff::civil::Date;

use super::{denied::Denied, fields::Fields, near::NearQuery, statistics::Statistics, tokens::pair};
use crate::{
    Facet,
    dutch::frequent::is_frequent,
    filter::day_number,
    query::{Expr, Near, Term as Word, plain_words},
};

/// How much a match weighs by where and how it is, on top of its stem in the body, which weighs as BM25 says. A match in the
/// title is above one in the body, a word as written above another form of it, a form above a part of a compound.
const TITLE: f32 = 1.5;
const TITLE_STEM: f32 = 1.5;
const WRITTEN: f32 = 0.5;
const PHRASE: f32 = 1.5;
const APART: f32 = 2.0;
const PART: f32 = 1.0;

type Clause = (Occur, Box<dyn Engine>);

/// Translates over what one searcher sees.
pub struct Translator<'a> {
    /// What it sees.
    pub searcher: &'a Searcher,
    /// How frequent words are held to be.
    pub statistics: &'a Statistics<'a>,
    /// Its fields.
    pub fields: Fields,
}

impl Translator<'_> {
    /// The engine's query.
    pub fn query(&self, expr: &Expr) -> Result<Box<dyn Engine>, TantivyError> {
        self.expr(expr, false)
    }

    fn expr(&self, expr: &Expr, in_title: bool) -> Result<Box<dyn Engine>, TantivyError> {
        Ok(match expr {
            Expr::All => Box::new(AllQuery),
            Expr::Nothing => Box::new(EmptyQuery),
            Expr::Word(word) if in_title => self.title_word(word)?,
            Expr::Word(word) => self.word(word)?,
            Expr::Phrase(words) if in_title => self.phrase(self.fields.title, words)?,
            Expr::Phrase(words) => {
                scored(self.body_phrase(words)?, vec![boost(TITLE, self.phrase(self.fields.title, words)?)])
            }
            Expr::Prefix(start) => {
                let field = if in_title { self.fields.title } else { self.fields.written };
                constant(1.0, prefix(field, start))
            }
            Expr::Near(near) => self.near(near, in_title),
            Expr::Title(inner) => self.expr(inner, true)?,
            Expr::Value(facet, value) => constant(0.0, self.value(*facet, value)?),
            Expr::And(all) => {
                let clauses: Result<Vec<Clause>, TantivyError> = all
                    .iter()
                    .map(|expr| match expr {
                        Expr::Not(inner) => Ok((Occur::MustNot, self.denied(inner, in_title)?)),
                        other => Ok((Occur::Must, self.expr(other, in_title)?)),
                    })
                    .collect();
                let mut clauses = clauses?;
                if clauses.iter().all(|(occur, _)| *occur == Occur::MustNot) {
                    clauses.push((Occur::Must, everything()));
                }
                Box::new(BooleanQuery::new(clauses))
            }
            Expr::Or(any) => {
                let clauses = any.iter().map(|expr| Ok((Occur::Should, self.expr(expr, in_title)?)));
                Box::new(BooleanQuery::new(clauses.collect::<Result<Vec<_>, TantivyError>>()?))
            }
            Expr::Not(inner) => Box::new(BooleanQuery::new(vec![
                (Occur::Must, everything()),
                (Occur::MustNot, self.denied(inner, in_title)?),
            ])),
        })
    }

    fn denied(&self, expr: &Expr, in_title: bool) -> Result<Box<dyn Engine>, TantivyError> {
        Ok(Box::new(Denied(self.expr(expr, in_title)?)))
    }

    /// A word is found by its stem, by a part of a compound, or apart; what else holds of it only weighs.
    fn word(&self, word: &Word) -> Result<Box<dyn Engine>, TantivyError> {
        let fields = self.fields;
        let mut found = Vec::new();
        if let Some(stem) = self.term(fields.stems, &word.stem, IndexRecordOption::WithFreqs)? {
            found.push(stem);
        }
        if let Some(part) = self.term(fields.parts, &word.stem, IndexRecordOption::Basic)? {
            found.push(constant(PART, part));
        }
        for way in &word.apart {
            if self.knows_all(fields.written, way)? {
                found.push(constant(APART, self.body_phrase(way)?));
            }
        }
        let mut weighs = Vec::new();
        // Where all that has the stem has the word as written, that is nothing to weigh.
        let frequency = |field, text: &str| self.statistics.doc_freq(&Term::from_field_text(field, text));
        let has_forms = frequency(fields.written, &word.folded)? < frequency(fields.stems, &word.stem)?;
        for (weight, field, text) in [
            (if has_forms { WRITTEN } else { 0.0 }, fields.written, &word.folded),
            (TITLE_STEM, fields.title_stems, &word.stem),
            (TITLE, fields.title, &word.folded),
        ] {
            if weight > 0.0
                && let Some(term) = self.term(field, text, IndexRecordOption::WithFreqs)?
            {
                weighs.push(boost(weight, term));
            }
        }
        Ok(scored(any(found), weighs))
    }

    fn title_word(&self, word: &Word) -> Result<Box<dyn Engine>, TantivyError> {
        let fields = self.fields;
        let stem = self.term(fields.title_stems, &word.stem, IndexRecordOption::WithFreqs)?;
        let mut found: Vec<_> = stem.into_iter().collect();
        for way in &word.apart {
            if self.knows_all(fields.title, way)? {
                found.push(constant(APART, self.phrase(fields.title, way)?));
            }
        }
        let written = self.term(fields.title, &word.folded, IndexRecordOption::WithFreqs)?;
        Ok(scored(any(found), written.map(|term| boost(WRITTEN, term)).into_iter().collect()))
    }

    /// The query for a term; `None` where it stands nowhere.
    fn term(
        &self,
        field: Field,
        text: &str,
        record: IndexRecordOption,
    ) -> Result<Option<Box<dyn Engine>>, TantivyError> {
        let term = Term::from_field_text(field, text);
        let known = self.searcher.doc_freq(&term)? > 0;
        Ok(known.then(|| Box::new(TermQuery::new(term, record)) as Box<dyn Engine>))
    }

    fn knows_all(&self, field: Field, words: &[String]) -> Result<bool, TantivyError> {
        for word in words {
            if self.searcher.doc_freq(&Term::from_field_text(field, word))? == 0 {
                return Ok(false);
            }
        }
        Ok(true)
    }

    fn phrase(&self, field: Field, words: &[String]) -> Result<Box<dyn Engine>, TantivyError> {
        Ok(match words {
            [] => Box::new(EmptyQuery),
            [word] => self.term(field, word, IndexRecordOption::WithFreqs)?.unwrap_or_else(nothing),
            words if !self.knows_all(field, words)? => nothing(),
            words => Box::new(PhraseQuery::new(
                words.iter().map(|word| Term::from_field_text(field, word)).collect(),
            )),
        })
    }

    /// A phrase anywhere. Where two frequent words stand side by side, their pair says which papers to look at at all, and of a
    /// phrase of two it says everything.
    fn body_phrase(&self, words: &[String]) -> Result<Box<dyn Engine>, TantivyError> {
        let sides = words.windows(2).filter(|side| is_frequent(&side[0]) && is_frequent(&side[1]));
        let mut pairs = Vec::new();
        for side in sides {
            let pair = pair(&side[0], &side[1]);
            match self.term(self.fields.pairs, &pair, IndexRecordOption::Basic)? {
                Some(term) => pairs.push(term),
                None => return Ok(nothing()),
            }
        }
        if words.len() == 2 && pairs.len() == 1 {
            return Ok(boost_of(PHRASE, any(pairs)));
        }
        let phrase = boost_of(PHRASE, self.phrase(self.fields.written, words)?);
        if pairs.is_empty() {
            return Ok(phrase);
        }
        let mut all: Vec<Clause> = pairs.into_iter().map(|pair| (Occur::Must, constant(0.0, pair))).collect();
        all.push((Occur::Must, phrase));
        Ok(Box::new(BooleanQuery::new(all)))
    }

    fn near(&self, near: &Near, in_title: bool) -> Box<dyn Engine> {
        let field = if in_title { self.fields.title } else { self.fields.written };
        Box::new(NearQuery { field, near: near.clone() })
    }

    /// What has a value. Names are compared as readers write them, so the few that there are are looked through.
    fn value(&self, facet: Facet, value: &str) -> Result<Box<dyn Engine>, TantivyError> {
        let Some(field) = self.fields.value(facet) else { return Ok(self.year(value)) };
        let is = |own: &str| match facet {
            Facet::Authority => own.rsplit(':').next() == Some(value),
            _ => plain_words(own) == plain_words(value),
        };
        let mut terms = Vec::new();
        for segment in self.searcher.segment_readers() {
            let index = segment.inverted_index(field)?;
            let mut known = index.terms().stream()?;
            while known.advance() {
                if let Ok(own) = std::str::from_utf8(known.key())
                    && is(own)
                {
                    terms.push(Term::from_field_text(field, own));
                }
            }
        }
        Ok(Box::new(TermSetQuery::new(terms)))
    }

    /// What met in a year.
    fn year(&self, value: &str) -> Box<dyn Engine> {
        let Ok(year) = value.parse::<i16>() else { return nothing() };
        let bound = |month, day| match Date::new(year, month, day) {
            Ok(day) => Bound::Included(Term::from_field_i64(self.fields.meeting_date, day_number(day))),
            Err(_) => Bound::Unbounded,
        };
        Box::new(RangeQuery::new(bound(1, 1), bound(12, 31)))
    }
}

fn prefix(field: Field, start: &str) -> Box<dyn Engine> {
    // Only letters and digits are left in a folded word, so it is its own regular expression.
    match ::tantivy::query::RegexQuery::from_pattern(&format!("{start}.*"), field) {
        Ok(query) => Box::new(query),
        Err(_) => nothing(),
    }
}

fn scored(found: Box<dyn Engine>, weighs: Vec<Clause>) -> Box<dyn Engine> {
    if weighs.is_empty() {
        return found;
    }
    let all = std::iter::once((Occur::Must, found)).chain(weighs);
    Box::new(BooleanQuery::new(all.collect()))
}

fn any(mut of: Vec<Box<dyn Engine>>) -> Box<dyn Engine> {
    match of.pop() {
        None => nothing(),
        Some(only) if of.is_empty() => only,
        last => {
            Box::new(BooleanQuery::new(of.into_iter().chain(last).map(|it| (Occur::Should, it)).collect()))
        }
    }
}

fn boost(weight: f32, query: Box<dyn Engine>) -> Clause {
    (Occur::Should, boost_of(weight, query))
}

fn boost_of(weight: f32, query: Box<dyn Engine>) -> Box<dyn Engine> {
    Box::new(BoostQuery::new(query, weight))
}

fn constant(score: f32, query: Box<dyn Engine>) -> Box<dyn Engine> {
    Box::new(ConstScoreQuery::new(query, score))
}

fn everything() -> Box<dyn Engine> {
    constant(1.0, Box::new(AllQuery))
}

fn nothing() -> Box<dyn Engine> {
    Box::new(EmptyQuery)
}
