//! A parsed query. Read in this order: `lex` splits a text into tokens, `parse` builds an [`Expr`] of them, `print` prints it in
//! the query language, `field` knows the field names.

use crate::{Facet, Unknown, dutch};

mod field;
mod lex;
mod parse;
mod print;

pub use field::plain_words;

/// Maximum number of words in a query.
pub const MOST_WORDS: usize = 64;

/// Minimum number of letters before a star.
pub const SHORTEST_PREFIX: usize = 3;

/// Maximum distance of NEAR, in words.
pub const FURTHEST: u32 = 100;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Query {
    pub expr: Expr,
}

/// A condition on an entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Expr {
    /// An empty query: matches everything.
    All,
    /// A query of stray signs only: matches nothing.
    Nothing,
    /// A word in any of its forms, as a part of a compound, or written as several words.
    Word(QueryTerm),
    /// A word that begins like this, as written.
    Prefix(String),
    /// Adjacent words as written, within one text.
    Phrase(Vec<String>),
    /// Two words close together, in any order, within one text.
    Near(Near),
    /// The condition applied to the title only.
    Title(Box<Expr>),
    Value(Facet, String),
    /// A conjunction; the list is never empty.
    And(Vec<Expr>),
    /// A disjunction; the list is never empty.
    Or(Vec<Expr>),
    Not(Box<Expr>),
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QueryTerm {
    pub shown: String,
    /// The folded word; several joined words are written as one.
    pub folded: String,
    pub stem: String,
    /// Other spellings, as several words.
    pub apart: Vec<Vec<String>>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Near {
    pub left: QueryTerm,
    pub right: QueryTerm,
    /// Maximum distance; adjacent words have distance 1.
    pub within: u32,
}

/// A feature of the query language that an engine may lack.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, strum::VariantArray)]
pub enum Operator {
    And,
    Phrase,
    Not,
    Or,
    Near,
    Prefix,
    Title,
    Value,
    /// Finds a compound that is written as several words.
    Apart,
    /// Exact phrases of more than two words; without it, their words may occur in several places of a text.
    LongPhrase,
    /// Ranking by exact form, frequency and date.
    Weights,
    DidYouMean,
    /// Matches words anywhere in a long text; without it, only within about 50,000 words of each other.
    WholeText,
}

impl Operator {
    pub const ALL: &[Self] = <Self as strum::VariantArray>::VARIANTS;
}

/// A query that cannot be answered. The message tells the reader how to correct it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum QueryError {
    #[error(
        "no field is called {name:?}; the nearest is {nearest:?}. With a space behind the colon it is a word"
    )]
    UnknownField { name: String, nearest: &'static str },
    #[error("{field}: has no value {value:?}; the nearest is {nearest:?}")]
    UnknownValue { field: &'static str, value: String, nearest: String },
    #[error("{0}* would find too much: a word that ends in a star needs {SHORTEST_PREFIX} letters or digits")]
    ShortPrefix(String),
    #[error("the query has {0} words; at most {MOST_WORDS} are looked for")]
    TooManyWords(usize),
    #[error("NEAR stands between two words, as in: brug NEAR/5 haven")]
    NearWhat,
    #[error("NEAR/{0}: the distance is a number of words from 1 to {FURTHEST}")]
    NearHow(String),
}

impl Query {
    /// Parses what a reader typed.
    ///
    /// # Errors
    /// The query breaks a rule that [`QueryError`] lists.
    pub fn parse(text: &str) -> Result<Self, QueryError> {
        Ok(Self { expr: parse::parse(text)? })
    }

    /// Prints the query in the query language, as it was understood.
    pub fn understood(&self) -> String {
        print::print_expr(&self.expr)
    }

    /// Prints the query with its words as alternatives, for a reader whose query found nothing. `None` if that would be the same
    /// query.
    pub fn broader(&self) -> Option<String> {
        let Expr::And(all) = &self.expr else { return None };
        let (words, rest): (Vec<&Expr>, Vec<&Expr>) = all.iter().partition(|expr| expr.is_text());
        if words.len() < 2 {
            return None;
        }
        let either = Expr::Or(words.into_iter().cloned().collect());
        let broader = match rest.len() {
            0 => either,
            _ => Expr::And(std::iter::once(either).chain(rest.into_iter().cloned()).collect()),
        };
        Some(print::print_expr(&broader))
    }
}

/// Replaces unknown words by their suggestions and leaves the rest as typed; `None` if there is no suggestion.
pub fn replaced(text: &str, unknown: &[Unknown]) -> Option<String> {
    let mut replaced = String::new();
    let (mut at, mut changed) = (0, false);
    for word in dutch::split_words(text) {
        let known = unknown.iter().find(|it| *it.word == *word.form.folded);
        if let Some(suggestion) = known.and_then(|it| it.suggestion.as_ref()) {
            replaced.push_str(&text[at..word.from]);
            replaced.push_str(suggestion);
            (at, changed) = (word.to, true);
        }
    }
    replaced.push_str(&text[at..]);
    changed.then_some(replaced)
}

impl Expr {
    fn is_text(&self) -> bool {
        matches!(self, Self::Word(_) | Self::Phrase(_) | Self::Prefix(_))
    }

    /// Calls `on` with each leaf that is not negated: those that may be visible in a match.
    pub fn each_positive<'a>(&'a self, on: &mut impl FnMut(&'a Self)) {
        match self {
            Self::And(all) | Self::Or(all) => all.iter().for_each(|expr| expr.each_positive(on)),
            Self::Title(inner) => inner.each_positive(on),
            Self::Not(_) => {}
            leaf => on(leaf),
        }
    }
}

impl QueryTerm {
    /// Analyses a run without white space; `None` if it holds no word.
    pub fn analyse_run(run: &str) -> Option<Self> {
        let words = dutch::split_words(run);
        let pieces: Vec<String> = words.iter().map(|word| word.form.folded.to_string()).collect();
        let form = match &words[..] {
            [] => return None,
            [word] => word.form.clone(),
            several => {
                dutch::WordForm::new(&several.iter().map(|word| &*word.form.folded).collect::<String>())
                    .into()
            }
        };
        let ways = dutch::compound::spell_apart(&form.folded).into_iter();
        let mut apart: Vec<Vec<String>> =
            ways.map(|way| way.into_iter().map(str::to_owned).collect()).collect();
        if pieces.len() > 1 && !apart.contains(&pieces) {
            apart.insert(0, pieces.clone());
        }
        let (folded, stem) = (form.folded.to_string(), form.stem.to_string());
        Some(Self { shown: pieces.join("-"), folded, stem, apart })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn understood(text: &str) -> String {
        Query::parse(text).map_or_else(|why| why.to_string(), |query| query.understood())
    }

    #[test]
    fn the_language_is_understood() {
        let check = |text: &str, expected: &str| assert_eq!(understood(text), expected, "{text}");
        check("fietsbrug Oude Haven", "fietsbrug oude haven");
        check("\"Oude Haven\" subsidie", "\"oude haven\" subsidie");
        check("„Oude Haven” subsidie", "\"oude haven\" subsidie");
        check("'s-Gravenhage B.V. foto's", "s-gravenhage bv fotos");
        check("\"niet gesloten", "\"niet gesloten\"");
        check("fiets AND brug", "fiets brug");
        check("fiets OR brug haven", "fiets OR brug haven");
        check("(fiets OR brug) haven", "(fiets OR brug) haven");
        check("fiets -brug", "fiets -brug");
        check("fiets NOT (brug OR tunnel)", "fiets -(brug OR tunnel)");
        check("windmol*", "windmol*");
        check("brug NEAR/3 haven", "brug NEAR/3 haven");
        check("brug NEAR haven", "brug NEAR/10 haven");
        check("titel:brug title:(oude haven)", "title:brug title:(oude haven)");
        check("soort:motie uitkomst:aangenomen jaar:2026", "kind:motion outcome:adopted year:2026");
        check("partij:\"Partij voor de Dieren\"", "party:\"partij voor de dieren\"");
        check("overheid:GM9101", "authority:gm9101");
    }

    #[test]
    fn whatever_is_typed_is_taken_for_what_it_can_mean() {
        let check = |text: &str, expected: &str| assert_eq!(understood(text), expected, "{text}");
        check("(((", "");
        check("", "");
        check("OR fiets OR", "fiets");
        check("fiets AND AND brug NOT", "fiets brug");
        check("fiets) OR (brug", "fiets OR brug");
        check("NEAR/3 brug", "brug");
        check("brug NEAR -haven", "brug -haven");
        check("(brug NEAR) haven", "brug haven");
        check("brug NEAR OR tunnel", "brug OR tunnel");
        check("kind:(motion -proposal)", "kind:motion -kind:proposal");
        check("party:\"?!\" brug party:(😀 groen)", "brug party:groen");
        check("12:30 uur http://waterdam.nl besluit: akkoord", "12-30 uur http-waterdam-nl besluit akkoord");
        check("- fiets -- brug", "fiets brug");
        check("or and not", "or and not");
        check("\"\" ()", "");
        check(&format!("{}brug", "titel:".repeat(9)), "title:brug");
        check(&format!("{}brug", "titel:".repeat(680)), "title:brug");
        check("*", "");
    }

    #[test]
    fn what_cannot_be_meant_says_what_can() {
        let check = |text: &str, part: &str| {
            let why = Query::parse(text).unwrap_err().to_string();
            assert!(why.contains(part), "{text}: {why}");
        };
        check("titl:brug", "\"title\"");
        check("partijj:x", "\"partij\"");
        check("soort:moite", "\"motie\"");
        check("wi*", "3 letters");
        check("jaar:vorig", "year");
        check("brug NEAR/900 haven", "1 to 100");
        check("(a b) NEAR/2 c", "between two words");
        check(&"woord ".repeat(65), "65 words");
    }

    #[test]
    fn stray_signs_match_nothing_and_silence_matches_everything() {
        assert_eq!(Query::parse("!!!").unwrap().expr, Expr::Nothing);
        assert_eq!(Query::parse("  ").unwrap().expr, Expr::All);
    }

    #[test]
    fn a_proposal_leaves_everything_else_as_typed() {
        let unknown = [Unknown { word: "fietsburg".into(), suggestion: Some("fietsbrug".into()) }];
        let proposed = |text: &str| replaced(text, &unknown);
        assert_eq!(proposed("(Fietsburg OR \"tunnel\") -x"), Some("(fietsbrug OR \"tunnel\") -x".into()));
        assert_eq!(proposed("tunnel"), None);
    }

    #[test]
    fn a_broader_query_is_satisfied_with_one_of_the_words() {
        let broader = |text: &str| Query::parse(text).unwrap().broader();
        assert_eq!(broader("brug \"oude haven\" -tunnel"), Some("(brug OR \"oude haven\") -tunnel".into()));
        assert_eq!(broader("brug haven"), Some("brug OR haven".into()));
        assert_eq!(broader("brug -haven"), None);
    }

    proptest! {
        #[test]
        fn any_text_is_understood_or_refused_and_its_understanding_is_stable(text in "\\PC{0,200}") {
            if let Ok(query) = Query::parse(&text) {
                let understood = query.understood();
                let again = Query::parse(&understood).unwrap();
                prop_assert_eq!(again.understood(), understood);
            }
        }

        #[test]
        fn so_is_everything_that_looks_like_the_language(
            text in "(\\(|\\)|\"| |-|OR|AND|NOT|NEAR/[0-9]|title:|kind:|fiets|brug|a\\.b|'s-h|\\*|:|ë){0,24}"
        ) {
            if let Ok(query) = Query::parse(&text) {
                let understood = query.understood();
                let again = Query::parse(&understood).unwrap();
                prop_assert_eq!(again.understood(), understood.clone(), "{}", text);
                // The same thing is asked, unless nothing was.
                if !understood.is_empty() {
                    prop_assert_eq!(again.expr, query.expr, "{}", text);
                }
            }
        }
    }
}
