//! Translates a query into what the server takes: words and a filter.

use crate::{
    Between, EntryFilter, Facet, Operator, Query, SearchError,
    filter::day_number,
    query::{Expr, QueryTerm, plain_words},
};

/// Maximum number of words that the server considers.
const MOST_WORDS: usize = 10;

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ServerQuery {
    /// Words, each prefixed with its mark (see [`super::piece`]).
    pub words: String,
    /// Conditions that become a filter.
    values: Vec<String>,
}

impl ServerQuery {
    /// Translates a query; `None` for one that matches nothing.
    ///
    /// # Errors
    /// The query needs an operator that the server does not have.
    pub fn translate(query: &Query) -> Result<Option<Self>, SearchError> {
        let mut asked = Self::default();
        match &query.expr {
            Expr::All => {}
            Expr::Nothing => return Ok(None),
            Expr::And(all) => all.iter().try_for_each(|expr| asked.add_required(expr, false))?,
            other => asked.add_required(other, false)?,
        }
        // The server silently ignores words after the tenth.
        if asked.words.split_whitespace().count() > MOST_WORDS {
            return Err(SearchError::TooManyWords(MOST_WORDS));
        }
        Ok(Some(asked))
    }

    pub fn join_filters(&self, other: &[String]) -> String {
        let all: Vec<&str> = self.values.iter().chain(other).map(String::as_str).collect();
        all.join(" AND ")
    }

    fn add_required(&mut self, expr: &Expr, in_title: bool) -> Result<(), SearchError> {
        match expr {
            Expr::Not(inner) => self.add_denied(inner, in_title),
            Expr::Title(inner) => self.add_required(inner, true),
            Expr::And(all) => all.iter().try_for_each(|expr| self.add_required(expr, in_title)),
            Expr::Value(..) | Expr::Or(_) => {
                self.values.push(value_filter(expr)?);
                Ok(())
            }
            leaf => {
                self.words.push_str(&translate_leaf(leaf, in_title)?);
                self.words.push(' ');
                Ok(())
            }
        }
    }

    fn add_denied(&mut self, expr: &Expr, in_title: bool) -> Result<(), SearchError> {
        match expr {
            Expr::Title(inner) => self.add_denied(inner, true),
            // Not (a or b): each is denied.
            Expr::Or(any) if value_filter(expr).is_err() => {
                any.iter().try_for_each(|expr| self.add_denied(expr, in_title))
            }
            Expr::Value(..) | Expr::Or(_) => {
                self.values.push(format!("NOT ({})", value_filter(expr)?));
                Ok(())
            }
            Expr::Not(inner) => self.add_required(inner, in_title),
            Expr::And(_) => Err(SearchError::Unsupported(Operator::Or)),
            leaf => {
                self.words.push('-');
                self.words.push_str(&translate_leaf(leaf, in_title)?);
                self.words.push(' ');
                Ok(())
            }
        }
    }
}

fn translate_leaf(leaf: &Expr, in_title: bool) -> Result<String, SearchError> {
    let (found, written) = if in_title { ('u', 't') } else { ('s', 'w') };
    match leaf {
        Expr::Word(term) => Ok(mark_term(term, found, written)),
        Expr::Phrase(words) => Ok(mark_phrase(words, written)),
        Expr::Prefix(_) => Err(SearchError::Unsupported(Operator::Prefix)),
        Expr::Near(_) => Err(SearchError::Unsupported(Operator::Near)),
        _ => Err(SearchError::Unsupported(Operator::Or)),
    }
}

fn mark_term(term: &QueryTerm, found: char, written: char) -> String {
    // A code of several pieces (2024-00123) is searched as a phrase, so that any separator matches; other words are searched as
    // one.
    let pieces: Vec<String> = term.shown.split('-').map(str::to_owned).collect();
    let is_code = pieces.len() > 1 && term.shown.bytes().any(|b| b.is_ascii_digit());
    if is_code { mark_phrase(&pieces, written) } else { format!("{found}{}", term.stem) }
}

fn mark_phrase(words: &[String], written: char) -> String {
    let marked: Vec<String> = words.iter().map(|word| format!("{written}{word}")).collect();
    format!("\"{}\"", marked.join(" "))
}

fn value_filter(expr: &Expr) -> Result<String, SearchError> {
    match expr {
        Expr::Value(facet, value) => Ok(match facet {
            Facet::Authority => format!("authorityCode = {}", quote_text(value)),
            Facet::Party => format!("partyWords = {}", quote_text(&plain_words(value))),
            Facet::Province => format!("provinceWords = {}", quote_text(&plain_words(value))),
            _ => format!("{} = {}", facet.as_str(), quote_text(value)),
        }),
        Expr::Or(any) => {
            let any: Result<Vec<String>, _> = any.iter().map(value_filter).collect();
            Ok(format!("({})", any?.join(" OR ")))
        }
        Expr::Not(inner) => Ok(format!("NOT ({})", value_filter(inner)?)),
        _ => Err(SearchError::Unsupported(Operator::Or)),
    }
}

/// The conditions of a filter, except those of the ignored facet.
pub fn filter_but(filter: &EntryFilter, ignored: Option<Facet>) -> Vec<String> {
    let mut all = Vec::new();
    for (facet, values) in &filter.values {
        if Some(*facet) != ignored && !values.is_empty() {
            let values: Vec<String> = values.iter().map(|value| quote_text(value)).collect();
            all.push(format!("{} IN [{}]", facet.as_str(), values.join(", ")));
        }
    }
    if !matches!(ignored, Some(Facet::Year | Facet::Month)) {
        all.extend(between("meetingDate", filter.meeting_date.map_bounds(day_number)));
    }
    all.extend(between("publishedAt", filter.published_at.map_bounds(day_number)));
    all.extend(between("firstSeenAt", filter.first_seen_at.map_bounds(jiff::Timestamp::as_second)));
    all
}

fn between(name: &str, between: Between<i64>) -> Vec<String> {
    let from = between.from.map(|from| format!("{name} >= {from}"));
    from.into_iter().chain(between.until.map(|until| format!("{name} <= {until}"))).collect()
}

pub fn quote_text(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}
