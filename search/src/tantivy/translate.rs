//! Translates our queries into tantivy's.

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

use super::{denied::Denied, fields::Fields, near::NearQuery, statistics::Statistics, tokens::pair_token};
use crate::{
    Facet,
    dutch::frequent::is_frequent,
    filter::day_number,
    query::{Expr, Near, QueryTerm as Word, plain_words},
};

/// Weights of a match, on top of the BM25 score of the stem in the body. The title ranks above the body, the word as written above
/// other forms, forms above parts of compounds.
const TITLE: f32 = 1.5;
const TITLE_STEM: f32 = 1.5;
const WRITTEN: f32 = 0.5;
const PHRASE: f32 = 1.5;
const APART: f32 = 2.0;
const PART: f32 = 1.0;

type Clause = (Occur, Box<dyn Engine>);

pub struct Translator<'a> {
    pub searcher: &'a Searcher,
    pub statistics: &'a Statistics<'a>,
    pub fields: Fields,
}

impl Translator<'_> {
    pub fn translate(&self, expr: &Expr) -> Result<Box<dyn Engine>, TantivyError> {
        self.translate_expr(expr, false)
    }

    fn translate_expr(&self, expr: &Expr, in_title: bool) -> Result<Box<dyn Engine>, TantivyError> {
        Ok(match expr {
            Expr::All => Box::new(AllQuery),
            Expr::Nothing => Box::new(EmptyQuery),
            Expr::Word(word) if in_title => self.title_word(word)?,
            Expr::Word(word) => self.word_query(word)?,
            Expr::Phrase(words) if in_title => self.phrase_query(self.fields.title, words)?,
            Expr::Phrase(words) => with_weights(
                self.body_phrase(words)?,
                vec![boost_clause(TITLE, self.phrase_query(self.fields.title, words)?)],
            ),
            Expr::Prefix(start) => {
                let field = if in_title { self.fields.title } else { self.fields.written };
                constant(1.0, prefix_query(field, start))
            }
            Expr::Near(near) => self.near_query(near, in_title),
            Expr::Title(inner) => self.translate_expr(inner, true)?,
            Expr::Value(facet, value) => constant(0.0, self.value_query(*facet, value)?),
            Expr::And(all) => {
                let clauses: Result<Vec<Clause>, TantivyError> = all
                    .iter()
                    .map(|expr| match expr {
                        Expr::Not(inner) => Ok((Occur::MustNot, self.translate_denied(inner, in_title)?)),
                        other => Ok((Occur::Must, self.translate_expr(other, in_title)?)),
                    })
                    .collect();
                let mut clauses = clauses?;
                if clauses.iter().all(|(occur, _)| *occur == Occur::MustNot) {
                    clauses.push((Occur::Must, everything()));
                }
                Box::new(BooleanQuery::new(clauses))
            }
            Expr::Or(any) => {
                let clauses =
                    any.iter().map(|expr| Ok((Occur::Should, self.translate_expr(expr, in_title)?)));
                Box::new(BooleanQuery::new(clauses.collect::<Result<Vec<_>, TantivyError>>()?))
            }
            Expr::Not(inner) => Box::new(BooleanQuery::new(vec![
                (Occur::Must, everything()),
                (Occur::MustNot, self.translate_denied(inner, in_title)?),
            ])),
        })
    }

    fn translate_denied(&self, expr: &Expr, in_title: bool) -> Result<Box<dyn Engine>, TantivyError> {
        Ok(Box::new(Denied(self.translate_expr(expr, in_title)?)))
    }

    /// Matches a word by its stem, as a part of a compound, or written as several words. The exact form and the title only add to
    /// the score.
    fn word_query(&self, word: &Word) -> Result<Box<dyn Engine>, TantivyError> {
        let fields = self.fields;
        let mut found = Vec::new();
        if let Some(stem) = self.term_query(fields.stems, &word.stem, IndexRecordOption::WithFreqs)? {
            found.push(stem);
        }
        if let Some(part) = self.term_query(fields.parts, &word.stem, IndexRecordOption::Basic)? {
            found.push(constant(PART, part));
        }
        for way in &word.apart {
            if self.knows_all(fields.written, way)? {
                found.push(constant(APART, self.body_phrase(way)?));
            }
        }
        let mut weighs = Vec::new();
        // If every entry with the stem has the exact form, the form adds no information.
        let written = self.statistics.doc_freq(&Term::from_field_text(fields.written, &word.folded))?;
        let has_forms =
            written < self.statistics.doc_freq(&Term::from_field_text(fields.stems, &word.stem))?;
        for (weight, field, text) in [
            (if has_forms { WRITTEN } else { 0.0 }, fields.written, &word.folded),
            (TITLE_STEM, fields.title_stems, &word.stem),
            (TITLE, fields.title, &word.folded),
        ] {
            if weight > 0.0
                && let Some(term) = self.term_query(field, text, IndexRecordOption::WithFreqs)?
            {
                weighs.push(boost_clause(weight, term));
            }
        }
        Ok(with_weights(any_of(found), weighs))
    }

    fn title_word(&self, word: &Word) -> Result<Box<dyn Engine>, TantivyError> {
        let fields = self.fields;
        let stem = self.term_query(fields.title_stems, &word.stem, IndexRecordOption::WithFreqs)?;
        let mut found: Vec<_> = stem.into_iter().collect();
        for way in &word.apart {
            if self.knows_all(fields.title, way)? {
                found.push(constant(APART, self.phrase_query(fields.title, way)?));
            }
        }
        let written = self.term_query(fields.title, &word.folded, IndexRecordOption::WithFreqs)?;
        Ok(with_weights(any_of(found), written.map(|term| boost_clause(WRITTEN, term)).into_iter().collect()))
    }

    /// The query for a term; `None` if no entry has it.
    fn term_query(
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

    fn phrase_query(&self, field: Field, words: &[String]) -> Result<Box<dyn Engine>, TantivyError> {
        Ok(match words {
            [] => Box::new(EmptyQuery),
            [word] => self.term_query(field, word, IndexRecordOption::WithFreqs)?.unwrap_or_else(nothing),
            words if !self.knows_all(field, words)? => nothing(),
            words => Box::new(PhraseQuery::new(
                words.iter().map(|word| Term::from_field_text(field, word)).collect(),
            )),
        })
    }

    /// Matches a phrase anywhere. The indexed pairs of adjacent frequent words restrict the candidates; for a phrase of two such
    /// words the pair is the whole answer.
    fn body_phrase(&self, words: &[String]) -> Result<Box<dyn Engine>, TantivyError> {
        let sides = words.windows(2).filter(|side| is_frequent(&side[0]) && is_frequent(&side[1]));
        let mut pairs = Vec::new();
        for side in sides {
            let pair = pair_token(&side[0], &side[1]);
            match self.term_query(self.fields.pairs, &pair, IndexRecordOption::Basic)? {
                Some(term) => pairs.push(term),
                None => return Ok(nothing()),
            }
        }
        if words.len() == 2 && pairs.len() == 1 {
            return Ok(boost_of(PHRASE, any_of(pairs)));
        }
        let phrase = boost_of(PHRASE, self.phrase_query(self.fields.written, words)?);
        if pairs.is_empty() {
            return Ok(phrase);
        }
        let mut all: Vec<Clause> = pairs.into_iter().map(|pair| (Occur::Must, constant(0.0, pair))).collect();
        all.push((Occur::Must, phrase));
        Ok(Box::new(BooleanQuery::new(all)))
    }

    fn near_query(&self, near: &Near, in_title: bool) -> Box<dyn Engine> {
        let field = if in_title { self.fields.title } else { self.fields.written };
        Box::new(NearQuery { field, near: near.clone() })
    }

    /// Matches a facet value. Names are compared after normalization, so the few distinct values are scanned.
    fn value_query(&self, facet: Facet, value: &str) -> Result<Box<dyn Engine>, TantivyError> {
        let Some(field) = self.fields.value_field(facet) else { return Ok(self.year_query(value)) };
        let mut terms = Vec::new();
        for segment in self.searcher.segment_readers() {
            let index = segment.inverted_index(field)?;
            let mut known = index.terms().stream()?;
            while known.advance() {
                if let Ok(own) = std::str::from_utf8(known.key())
                    && is_same_value(facet, own, value)
                {
                    terms.push(Term::from_field_text(field, own));
                }
            }
        }
        Ok(Box::new(TermSetQuery::new(terms)))
    }

    fn year_query(&self, value: &str) -> Box<dyn Engine> {
        let Ok(year) = value.parse::<i16>() else { return nothing() };
        let (first, last) = (Date::new(year, 1, 1).ok(), Date::new(year, 12, 31).ok());
        Box::new(RangeQuery::new(self.day_bound(first), self.day_bound(last)))
    }

    fn day_bound(&self, day: Option<Date>) -> Bound<Term> {
        day.map_or(Bound::Unbounded, |day| {
            Bound::Included(Term::from_field_i64(self.fields.meeting_date, day_number(day)))
        })
    }
}

fn is_same_value(facet: Facet, own: &str, wanted: &str) -> bool {
    match facet {
        Facet::Authority => own.rsplit(':').next() == Some(wanted),
        _ => plain_words(own) == plain_words(wanted),
    }
}

fn prefix_query(field: Field, start: &str) -> Box<dyn Engine> {
    // A folded word holds only letters and digits, so it needs no escaping in a regular expression.
    match ::tantivy::query::RegexQuery::from_pattern(&format!("{start}.*"), field) {
        Ok(query) => Box::new(query),
        Err(_) => nothing(),
    }
}

fn with_weights(found: Box<dyn Engine>, weighs: Vec<Clause>) -> Box<dyn Engine> {
    if weighs.is_empty() {
        return found;
    }
    let all = std::iter::once((Occur::Must, found)).chain(weighs);
    Box::new(BooleanQuery::new(all.collect()))
}

fn any_of(mut of: Vec<Box<dyn Engine>>) -> Box<dyn Engine> {
    match of.pop() {
        None => nothing(),
        Some(only) if of.is_empty() => only,
        last => {
            Box::new(BooleanQuery::new(of.into_iter().chain(last).map(|it| (Occur::Should, it)).collect()))
        }
    }
}

fn boost_clause(weight: f32, query: Box<dyn Engine>) -> Clause {
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
