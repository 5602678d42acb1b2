//! From our query to tantivy's.

use std::ops::Bound;

use ::tantivy::{
    Term,
    query::{
        AllQuery, BooleanQuery, BoostQuery, EmptyQuery, Occur, PhraseQuery, Query as Engine, RangeQuery,
        TermQuery, TermSetQuery,
    },
    schema::{Field, IndexRecordOption},
};

use raadhuis_schema::EntityId;

use super::{day_number, fields::Fields};
use crate::{
    Filter, Query,
    query::{Clause, Term as Word},
};

/// How much a match weighs by where it is: a title above a body, the word as written above its stem.
const TITLE: f32 = 4.0;
const TITLE_STEM: f32 = 3.0;
const BODY: f32 = 1.5;

/// The engine's query.
pub fn translate(query: &Query, filter: &Filter, fields: Fields) -> Box<dyn Engine> {
    let mut all: Vec<(Occur, Box<dyn Engine>)> = Vec::new();
    if query.clauses.is_empty() {
        all.push((Occur::Must, if query.is_empty { Box::new(AllQuery) } else { Box::new(EmptyQuery) }));
    }
    for clause in &query.clauses {
        all.push((Occur::Must, self::clause(clause, fields)));
    }
    // Filters count, but do not weigh.
    let mut must = |engine: Box<dyn Engine>| {
        all.push((Occur::Must, Box::new(::tantivy::query::ConstScoreQuery::new(engine, 0.0))));
    };
    if !filter.kinds.is_empty() {
        must(any_of(fields.kind, filter.kinds.iter().map(|kind| kind.word())));
    }
    if !filter.authorities.is_empty() {
        must(any_of(fields.authority, filter.authorities.iter().map(EntityId::as_str)));
    }
    if filter.from.is_some() || filter.until.is_some() {
        let bound = |day: Option<jiff::civil::Date>| {
            day.map_or(Bound::Unbounded, |day| {
                Bound::Included(Term::from_field_i64(fields.day, day_number(day)))
            })
        };
        let (from, until) = (bound(filter.from), bound(filter.until));
        // With neither bound there is no field to range over; that case is excluded above.
        must(Box::new(RangeQuery::new(from, until)));
    }
    Box::new(BooleanQuery::new(all))
}

fn clause(clause: &Clause, fields: Fields) -> Box<dyn Engine> {
    match clause {
        Clause::Word(word) => Box::new(BooleanQuery::new(vec![
            boosted(TITLE, exact(fields.title, word)),
            boosted(TITLE_STEM, stem(fields.title_stems, word)),
            boosted(BODY, exact(fields.body, word)),
            boosted(1.0, stem(fields.body_stems, word)),
        ])),
        Clause::Phrase(words) => Box::new(BooleanQuery::new(vec![
            boosted(TITLE, phrase(fields.title, words)),
            boosted(BODY, phrase(fields.body, words)),
        ])),
    }
}

fn boosted(boost: f32, engine: Box<dyn Engine>) -> (Occur, Box<dyn Engine>) {
    (Occur::Should, Box::new(BoostQuery::new(engine, boost)))
}

fn exact(field: Field, word: &Word) -> Box<dyn Engine> {
    Box::new(TermQuery::new(Term::from_field_text(field, &word.folded), IndexRecordOption::WithFreqs))
}

fn stem(field: Field, word: &Word) -> Box<dyn Engine> {
    Box::new(TermQuery::new(Term::from_field_text(field, &word.stem), IndexRecordOption::WithFreqs))
}

fn phrase(field: Field, words: &[Word]) -> Box<dyn Engine> {
    match words {
        [word] => exact(field, word),
        words => Box::new(PhraseQuery::new(
            words.iter().map(|word| Term::from_field_text(field, &word.folded)).collect(),
        )),
    }
}

fn any_of<'a>(field: Field, words: impl Iterator<Item = &'a str>) -> Box<dyn Engine> {
    Box::new(TermSetQuery::new(words.map(|word| Term::from_field_text(field, word)).collect::<Vec<_>>()))
}
