//! From pieces to an expression: `OR` binds weakest, then standing side by side, then `NOT`, then `NEAR`. What lacks its other
//! half is left out; brackets that do not match are as good as absent.

use super::{
    Expr, FURTHEST, MOST_WORDS, Near, QueryError, SHORTEST_PREFIX, Term,
    field::{self, Field},
    lex::{Piece, pieces},
};
use crate::dutch;

/// How near NEAR is where nobody says.
const NEAR: u32 = 10;

/// Brackets inside one another; deeper ones are not looked at.
const DEEPEST: usize = 32;

/// Understands a query.
pub fn parse(text: &str) -> Result<Expr, QueryError> {
    if text.trim().is_empty() {
        return Ok(Expr::All);
    }
    let mut parser = Parser { pieces: pieces(text), at: 0, depth: 0, words: 0 };
    let mut all = Vec::new();
    while parser.at < parser.pieces.len() {
        match parser.or()? {
            Some(expr) => all.push(expr),
            // What nothing could begin with: a closing bracket, an operator at the end.
            None => parser.at += 1,
        }
    }
    if parser.words > MOST_WORDS {
        return Err(QueryError::TooManyWords(parser.words));
    }
    Ok(and(all).unwrap_or(Expr::Nothing))
}

struct Parser {
    pieces: Vec<Piece>,
    at: usize,
    depth: usize,
    words: usize,
}

impl Parser {
    fn peek(&self) -> Option<&Piece> {
        self.pieces.get(self.at)
    }

    fn eats(&mut self, piece: &Piece) -> bool {
        let is_it = self.peek() == Some(piece);
        self.at += usize::from(is_it);
        is_it
    }

    fn or(&mut self) -> Result<Option<Expr>, QueryError> {
        let mut either = Vec::new();
        loop {
            either.extend(self.and()?);
            // A bracket that closes nothing is absent, whatever stands around it.
            while self.depth == 0 && self.peek() == Some(&Piece::Close) {
                self.at += 1;
            }
            if !self.eats(&Piece::Or) {
                break;
            }
        }
        if either.len() > 1 {
            let flat = either.into_iter().flat_map(|expr| match expr {
                Expr::Or(inner) => inner,
                other => vec![other],
            });
            return Ok(Some(Expr::Or(flat.collect())));
        }
        Ok(either.pop())
    }

    fn and(&mut self) -> Result<Option<Expr>, QueryError> {
        let mut all = Vec::new();
        loop {
            match self.peek() {
                Some(Piece::And | Piece::Near(_)) => self.at += 1,
                Some(Piece::Close) if self.depth == 0 => self.at += 1,
                None | Some(Piece::Or | Piece::Close) => break,
                Some(_) => all.extend(self.not()?),
            }
        }
        Ok(and(all))
    }

    fn not(&mut self) -> Result<Option<Expr>, QueryError> {
        let mut denied = false;
        while self.eats(&Piece::Not) {
            denied = !denied;
        }
        let inner = self.near()?;
        Ok(if denied { inner.map(deny) } else { inner })
    }

    fn near(&mut self) -> Result<Option<Expr>, QueryError> {
        let left = self.atom()?;
        let (Some(Piece::Near(how)), Some(next)) = (self.peek().cloned(), self.pieces.get(self.at + 1))
        else {
            return Ok(left);
        };
        // NEAR without anything behind it is left to be passed over.
        let has_right = matches!(next, Piece::Run(..) | Piece::Quoted(_) | Piece::Open | Piece::Field(_));
        if !has_right {
            return Ok(left);
        }
        let Some(left) = left else { return Ok(None) };
        self.at += 1;
        let within = match how {
            None => NEAR,
            Some(how) => match how.parse() {
                Ok(within) if (1..=FURTHEST).contains(&within) => within,
                _ => return Err(QueryError::NearHow(how)),
            },
        };
        match (left, self.atom()?) {
            (Expr::Word(left), Some(Expr::Word(right))) => Ok(Some(Expr::Near(Near { left, right, within }))),
            // One side was only signs.
            (left, None) => Ok(Some(left)),
            _ => Err(QueryError::NearWhat),
        }
    }

    fn atom(&mut self) -> Result<Option<Expr>, QueryError> {
        let Some(piece) = self.peek().cloned() else { return Ok(None) };
        match piece {
            Piece::Open => {
                self.at += 1;
                if self.depth == DEEPEST {
                    return Ok(None);
                }
                self.depth += 1;
                let inner = self.or();
                self.depth -= 1;
                self.eats(&Piece::Close);
                inner
            }
            Piece::Quoted(text) => {
                self.at += 1;
                let words: Vec<String> =
                    dutch::words(&text).iter().map(|word| word.form.folded.to_string()).collect();
                self.words += words.len();
                Ok(Some(Expr::Phrase(words)).filter(|expr| *expr != Expr::Phrase(Vec::new())))
            }
            Piece::Run(text, starred) => {
                self.at += 1;
                if starred { self.prefix(&text) } else { Ok(self.word(&text)) }
            }
            Piece::Field(name) => {
                self.at += 1;
                match field::field(&name)? {
                    // A title of a title of a title is as deep as brackets are.
                    Field::Title if self.depth == DEEPEST => Ok(None),
                    Field::Title => {
                        self.depth += 1;
                        let inner = self.atom();
                        self.depth -= 1;
                        Ok(inner?.map(within_title))
                    }
                    Field::Value(facet) => self.value(facet),
                }
            }
            Piece::Close | Piece::Not | Piece::Or | Piece::And | Piece::Near(_) => Ok(None),
        }
    }

    fn word(&mut self, text: &str) -> Option<Expr> {
        let term = Term::of(text)?;
        self.words += term.shown.split('-').count();
        Some(Expr::Word(term))
    }

    /// The star belongs to the last word of a run.
    fn prefix(&mut self, text: &str) -> Result<Option<Expr>, QueryError> {
        let words = dutch::words(text);
        let Some(last) = words.last() else { return Ok(None) };
        let folded = last.form.folded.to_string();
        if folded.chars().count() < SHORTEST_PREFIX {
            return Err(QueryError::ShortPrefix(folded));
        }
        self.words += 1;
        let before = self.word(&text[..last.from]);
        Ok(and(before.into_iter().chain([Expr::Prefix(folded)]).collect()))
    }

    fn value(&mut self, facet: crate::Facet) -> Result<Option<Expr>, QueryError> {
        let given = match self.peek().cloned() {
            Some(Piece::Quoted(text) | Piece::Run(text, _)) => text,
            // `kind:(motion OR proposal)`: each value on its own.
            Some(Piece::Open) => {
                let values: Result<Vec<_>, _> = self
                    .group()
                    .iter()
                    .map(|(name, denied)| Ok((Expr::Value(facet, field::value(facet, name)?), *denied)))
                    .collect();
                let values = values?.into_iter().filter(|(value, _)| says_something(value));
                let (denied, wanted): (Vec<_>, Vec<_>) = values.partition(|(_, denied)| *denied);
                let wanted: Vec<Expr> = wanted.into_iter().map(|(value, _)| value).collect();
                let denied = denied.into_iter().map(|(value, _)| deny(value));
                let wanted = Some(wanted).filter(|wanted| !wanted.is_empty()).map(either);
                return Ok(and(wanted.into_iter().chain(denied).collect()));
            }
            _ => return Ok(None),
        };
        self.at += 1;
        self.words += 1;
        Ok(Some(Expr::Value(facet, field::value(facet, &given)?)).filter(says_something))
    }

    /// The texts of a bracket, and whether each is denied; what else stands in it says nothing about values.
    fn group(&mut self) -> Vec<(String, bool)> {
        let (mut texts, mut denied) = (Vec::new(), false);
        self.at += 1;
        while let Some(piece) = self.peek().cloned() {
            self.at += 1;
            match piece {
                Piece::Close => break,
                Piece::Not => denied = true,
                Piece::Quoted(text) | Piece::Run(text, _) => {
                    texts.push((text, denied));
                    denied = false;
                }
                _ => {}
            }
        }
        self.words += texts.len();
        texts
    }
}

/// A name of which only signs are left is none.
fn says_something(expr: &Expr) -> bool {
    !matches!(expr, Expr::Value(_, value) if value.is_empty())
}

fn either(mut all: Vec<Expr>) -> Expr {
    match all.pop() {
        Some(only) if all.is_empty() => only,
        last => Expr::Or(all.into_iter().chain(last).collect()),
    }
}

fn and(mut all: Vec<Expr>) -> Option<Expr> {
    if all.len() < 2 {
        return all.pop();
    }
    let flat = all.into_iter().flat_map(|expr| match expr {
        Expr::And(inner) => inner,
        other => vec![other],
    });
    Some(Expr::And(flat.collect()))
}

fn deny(expr: Expr) -> Expr {
    match expr {
        Expr::Not(inner) => *inner,
        other => Expr::Not(Box::new(other)),
    }
}

/// A title within a title is that title; values have none.
fn within_title(expr: Expr) -> Expr {
    match expr {
        same @ (Expr::Title(_) | Expr::Value(..)) => same,
        other => Expr::Title(Box::new(other)),
    }
}
