//! Parses tokens into an expression. Precedence, weakest first: `OR`, juxtaposition, `NOT`, `NEAR`. An operator without an operand
//! and an unmatched bracket are ignored.

use super::{
    Expr, FURTHEST, MOST_WORDS, Near, QueryError, QueryTerm, SHORTEST_PREFIX,
    field::{self, Field},
    lex::{QueryToken, split_tokens},
};
use crate::dutch;

/// Distance of NEAR if none is given.
const NEAR: u32 = 10;

/// Maximum nesting of brackets; deeper ones are ignored.
const DEEPEST: usize = 32;

pub fn parse(text: &str) -> Result<Expr, QueryError> {
    if text.trim().is_empty() {
        return Ok(Expr::All);
    }
    let mut parser = Parser { pieces: split_tokens(text), at: 0, depth: 0, words: 0 };
    let mut all = Vec::new();
    while parser.at < parser.pieces.len() {
        match parser.parse_or()? {
            Some(expr) => all.push(expr),
            // Skips a token that begins nothing: a closing bracket, or an operator at the end.
            None => parser.at += 1,
        }
    }
    if parser.words > MOST_WORDS {
        return Err(QueryError::TooManyWords(parser.words));
    }
    Ok(all_of(all).unwrap_or(Expr::Nothing))
}

struct Parser {
    pieces: Vec<QueryToken>,
    at: usize,
    depth: usize,
    words: usize,
}

impl Parser {
    fn peek_token(&self) -> Option<&QueryToken> {
        self.pieces.get(self.at)
    }

    fn take_token(&mut self, piece: &QueryToken) -> bool {
        let is_it = self.peek_token() == Some(piece);
        self.at += usize::from(is_it);
        is_it
    }

    fn parse_or(&mut self) -> Result<Option<Expr>, QueryError> {
        let mut either = Vec::new();
        loop {
            either.extend(self.parse_and()?);
            // An unmatched closing bracket is ignored.
            while self.depth == 0 && self.peek_token() == Some(&QueryToken::Close) {
                self.at += 1;
            }
            if !self.take_token(&QueryToken::Or) {
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

    fn parse_and(&mut self) -> Result<Option<Expr>, QueryError> {
        let mut all = Vec::new();
        loop {
            match self.peek_token() {
                Some(QueryToken::And | QueryToken::Near(_)) => self.at += 1,
                Some(QueryToken::Close) if self.depth == 0 => self.at += 1,
                None | Some(QueryToken::Or | QueryToken::Close) => break,
                Some(_) => all.extend(self.parse_not()?),
            }
        }
        Ok(all_of(all))
    }

    fn parse_not(&mut self) -> Result<Option<Expr>, QueryError> {
        let mut denied = false;
        while self.take_token(&QueryToken::Not) {
            denied = !denied;
        }
        let inner = self.parse_near()?;
        Ok(if denied { inner.map(negate_expr) } else { inner })
    }

    fn parse_near(&mut self) -> Result<Option<Expr>, QueryError> {
        let left = self.parse_atom()?;
        let (Some(QueryToken::Near(how)), Some(next)) =
            (self.peek_token().cloned(), self.pieces.get(self.at + 1))
        else {
            return Ok(left);
        };
        // A NEAR without a right operand is ignored later.
        let has_right = matches!(
            next,
            QueryToken::Run(..) | QueryToken::Quoted(_) | QueryToken::Open | QueryToken::Field(_)
        );
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
        match (left, self.parse_atom()?) {
            (Expr::Word(left), Some(Expr::Word(right))) => Ok(Some(Expr::Near(Near { left, right, within }))),
            // One operand held only signs.
            (left, None) => Ok(Some(left)),
            _ => Err(QueryError::NearWhat),
        }
    }

    fn parse_atom(&mut self) -> Result<Option<Expr>, QueryError> {
        let Some(piece) = self.peek_token().cloned() else { return Ok(None) };
        match piece {
            QueryToken::Open => {
                self.at += 1;
                if self.depth == DEEPEST {
                    return Ok(None);
                }
                self.depth += 1;
                let inner = self.parse_or();
                self.depth -= 1;
                self.take_token(&QueryToken::Close);
                inner
            }
            QueryToken::Quoted(text) => {
                self.at += 1;
                let words: Vec<String> =
                    dutch::split_words(&text).iter().map(|word| word.form.folded.to_string()).collect();
                self.words += words.len();
                Ok(Some(Expr::Phrase(words)).filter(|expr| *expr != Expr::Phrase(Vec::new())))
            }
            QueryToken::Run(text, starred) => {
                self.at += 1;
                if starred { self.parse_prefix(&text) } else { Ok(self.parse_word(&text)) }
            }
            QueryToken::Field(name) => {
                self.at += 1;
                match field::find_field(&name)? {
                    // Nested `title:` counts as nested brackets.
                    Field::Title if self.depth == DEEPEST => Ok(None),
                    Field::Title => {
                        self.depth += 1;
                        let inner = self.parse_atom();
                        self.depth -= 1;
                        Ok(inner?.map(within_title))
                    }
                    Field::Value(facet) => self.parse_value(facet),
                }
            }
            QueryToken::Close | QueryToken::Not | QueryToken::Or | QueryToken::And | QueryToken::Near(_) => {
                Ok(None)
            }
        }
    }

    fn parse_word(&mut self, text: &str) -> Option<Expr> {
        let term = QueryTerm::analyse_run(text)?;
        self.words += term.shown.split('-').count();
        Some(Expr::Word(term))
    }

    /// Parses a run that ends in a star, which belongs to the run's last word.
    fn parse_prefix(&mut self, text: &str) -> Result<Option<Expr>, QueryError> {
        let words = dutch::split_words(text);
        let Some(last) = words.last() else { return Ok(None) };
        let folded = last.form.folded.to_string();
        if folded.chars().count() < SHORTEST_PREFIX {
            return Err(QueryError::ShortPrefix(folded));
        }
        self.words += 1;
        let before = self.parse_word(&text[..last.from]);
        Ok(all_of(before.into_iter().chain([Expr::Prefix(folded)]).collect()))
    }

    fn parse_value(&mut self, facet: crate::Facet) -> Result<Option<Expr>, QueryError> {
        let given = match self.peek_token().cloned() {
            Some(QueryToken::Quoted(text) | QueryToken::Run(text, _)) => text,
            // `kind:(motion OR proposal)`: each value on its own.
            Some(QueryToken::Open) => {
                let values: Result<Vec<_>, _> = self
                    .parse_group()
                    .iter()
                    .map(|(name, denied)| {
                        Ok((Expr::Value(facet, field::normalize_value(facet, name)?), *denied))
                    })
                    .collect();
                let values = values?.into_iter().filter(|(value, _)| says_something(value));
                let (denied, wanted): (Vec<_>, Vec<_>) = values.partition(|(_, denied)| *denied);
                let wanted: Vec<Expr> = wanted.into_iter().map(|(value, _)| value).collect();
                let denied = denied.into_iter().map(|(value, _)| negate_expr(value));
                let wanted = Some(wanted).filter(|wanted| !wanted.is_empty()).map(any_of);
                return Ok(all_of(wanted.into_iter().chain(denied).collect()));
            }
            _ => return Ok(None),
        };
        self.at += 1;
        self.words += 1;
        Ok(Some(Expr::Value(facet, field::normalize_value(facet, &given)?)).filter(says_something))
    }

    /// Reads the texts in brackets, each with whether it is negated. Ignores other tokens.
    fn parse_group(&mut self) -> Vec<(String, bool)> {
        let (mut texts, mut denied) = (Vec::new(), false);
        self.at += 1;
        while let Some(piece) = self.peek_token().cloned() {
            self.at += 1;
            match piece {
                QueryToken::Close => break,
                QueryToken::Not => denied = true,
                QueryToken::Quoted(text) | QueryToken::Run(text, _) => {
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

/// Returns false for a value that held only signs.
fn says_something(expr: &Expr) -> bool {
    !matches!(expr, Expr::Value(_, value) if value.is_empty())
}

fn any_of(mut all: Vec<Expr>) -> Expr {
    match all.pop() {
        Some(only) if all.is_empty() => only,
        last => Expr::Or(all.into_iter().chain(last).collect()),
    }
}

fn all_of(mut all: Vec<Expr>) -> Option<Expr> {
    if all.len() < 2 {
        return all.pop();
    }
    let flat = all.into_iter().flat_map(|expr| match expr {
        Expr::And(inner) => inner,
        other => vec![other],
    });
    Some(Expr::And(flat.collect()))
}

fn negate_expr(expr: Expr) -> Expr {
    match expr {
        Expr::Not(inner) => *inner,
        other => Expr::Not(Box::new(other)),
    }
}

/// Restricts a condition to the title. Nesting has no effect, and values are not affected.
fn within_title(expr: Expr) -> Expr {
    match expr {
        same @ (Expr::Title(_) | Expr::Value(..)) => same,
        other => Expr::Title(Box::new(other)),
    }
}
