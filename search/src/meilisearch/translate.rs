//! From our query to what the server is asked: words, and a filter.

use crate::{
    Between, Facet, Filter, Operator, Query, SearchError,
    filter::day_number,
    query::{Expr, Term, plain_words},
};

/// Words that the server looks at.
const MOST_WORDS: usize = 10;

/// A query as the server takes it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Asked {
    /// The words, each marked for what it is.
    pub words: String,
    /// What of the query is a filter there.
    values: Vec<String>,
}

impl Asked {
    /// Translates a query; `None` for one that nothing matches.
    ///
    /// # Errors
    /// It needs what the server does not know.
    pub fn of(query: &Query) -> Result<Option<Self>, SearchError> {
        let mut asked = Self::default();
        match &query.expr {
            Expr::All => {}
            Expr::Nothing => return Ok(None),
            Expr::And(all) => all.iter().try_for_each(|expr| asked.must(expr, false))?,
            other => asked.must(other, false)?,
        }
        // The server leaves out what is behind its tenth word, and says nothing.
        if asked.words.split_whitespace().count() > MOST_WORDS {
            return Err(SearchError::TooManyWords(MOST_WORDS));
        }
        Ok(Some(asked))
    }

    /// The filter of the query and another one together.
    pub fn filter(&self, other: &[String]) -> String {
        let all: Vec<&str> = self.values.iter().chain(other).map(String::as_str).collect();
        all.join(" AND ")
    }

    fn must(&mut self, expr: &Expr, in_title: bool) -> Result<(), SearchError> {
        match expr {
            Expr::Not(inner) => self.must_not(inner, in_title),
            Expr::Title(inner) => self.must(inner, true),
            Expr::And(all) => all.iter().try_for_each(|expr| self.must(expr, in_title)),
            Expr::Value(..) | Expr::Or(_) => {
                self.values.push(value(expr)?);
                Ok(())
            }
            leaf => {
                self.words.push_str(&words(leaf, in_title)?);
                self.words.push(' ');
                Ok(())
            }
        }
    }

    fn must_not(&mut self, expr: &Expr, in_title: bool) -> Result<(), SearchError> {
        match expr {
            Expr::Title(inner) => self.must_not(inner, true),
            // None of several: each is denied.
            Expr::Or(any) if value(expr).is_err() => {
                any.iter().try_for_each(|expr| self.must_not(expr, in_title))
            }
            Expr::Value(..) | Expr::Or(_) => {
                self.values.push(format!("NOT ({})", value(expr)?));
                Ok(())
            }
            Expr::Not(inner) => self.must(inner, in_title),
            Expr::And(_) => Err(SearchError::Unsupported(Operator::Or)),
            leaf => {
                self.words.push('-');
                self.words.push_str(&words(leaf, in_title)?);
                self.words.push(' ');
                Ok(())
            }
        }
    }
}

/// One leaf as a word or a quoted text.
fn words(leaf: &Expr, in_title: bool) -> Result<String, SearchError> {
    let (found, written) = if in_title { ('u', 't') } else { ('s', 'w') };
    match leaf {
        Expr::Word(term) => Ok(word(term, found, written)),
        Expr::Phrase(words) => Ok(phrase(words, written)),
        Expr::Prefix(_) => Err(SearchError::Unsupported(Operator::Prefix)),
        Expr::Near(_) => Err(SearchError::Unsupported(Operator::Near)),
        _ => Err(SearchError::Unsupported(Operator::Or)),
    }
}

fn word(term: &Term, found: char, written: char) -> String {
    // A code in several pieces (2024-00123) is found however they are joined; words are found as one.
    let pieces: Vec<String> = term.shown.split('-').map(str::to_owned).collect();
    let is_code = pieces.len() > 1 && term.shown.bytes().any(|b| b.is_ascii_digit());
    if is_code { phrase(&pieces, written) } else { format!("{found}{}", term.stem) }
}

fn phrase(words: &[String], written: char) -> String {
    let marked: Vec<String> = words.iter().map(|word| format!("{written}{word}")).collect();
    format!("\"{}\"", marked.join(" "))
}

/// A value, or one of several, as a filter.
fn value(expr: &Expr) -> Result<String, SearchError> {
    match expr {
        Expr::Value(facet, value) => Ok(match facet {
            Facet::Authority => format!("authorityCode = {}", quoted(value)),
            Facet::Party => format!("partyWords = {}", quoted(&plain_words(value))),
            Facet::Province => format!("provinceWords = {}", quoted(&plain_words(value))),
            _ => format!("{} = {}", facet.word(), quoted(value)),
        }),
        Expr::Or(any) => {
            let any: Result<Vec<String>, _> = any.iter().map(value).collect();
            Ok(format!("({})", any?.join(" OR ")))
        }
        Expr::Not(inner) => Ok(format!("NOT ({})", value(inner)?)),
        _ => Err(SearchError::Unsupported(Operator::Or)),
    }
}

/// A filter, without the part that one facet ignores.
pub fn filter_but(filter: &Filter, ignored: Option<Facet>) -> Vec<String> {
    let mut all = Vec::new();
    for (facet, values) in &filter.values {
        if Some(*facet) != ignored && !values.is_empty() {
            let values: Vec<String> = values.iter().map(|value| quoted(value)).collect();
            all.push(format!("{} IN [{}]", facet.word(), values.join(", ")));
        }
    }
    if !matches!(ignored, Some(Facet::Year | Facet::Month)) {
        all.extend(between("meetingDate", filter.meeting_date.map(day_number)));
    }
    all.extend(between("publishedAt", filter.published_at.map(day_number)));
    all.extend(between("firstSeenAt", filter.first_seen_at.map(jiff::Timestamp::as_second)));
    all
}

fn between(name: &str, between: Between<i64>) -> Vec<String> {
    let from = between.from.map(|from| format!("{name} >= {from}"));
    from.into_iter().chain(between.until.map(|until| format!("{name} <= {until}"))).collect()
}

/// A text in a filter.
pub fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}
