//! What was asked, as it was understood. Read in this order: `lex` cuts a text into pieces, `parse` makes an [`Expr`] of
//! them, `print` says it in the query language again, `field` knows what may stand before a colon.

use crate::{Facet, Unknown, dutch};

mod field;
mod lex;
mod parse;
mod print;

pub use field::plain_words;

/// The most words of a query.
pub const MOST_WORDS: usize = 64;

/// The fewest letters before a star.
pub const SHORTEST_PREFIX: usize = 3;

/// The furthest that NEAR looks.
pub const FURTHEST: u32 = 100;

/// A query as it was understood.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Query {
    /// What must hold of a thing that is found.
    pub expr: Expr,
}

/// Something that holds of a thing or does not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Expr {
    /// Nothing was asked: it holds of everything.
    All,
    /// Only stray signs were asked: it holds of nothing.
    Nothing,
    /// A word occurs in any of its forms, as a part of a compound, or apart.
    Word(Term),
    /// A word that begins so occurs as written.
    Prefix(String),
    /// These words occur as written, one directly behind the other, in one text.
    Phrase(Vec<String>),
    /// Two words occur with at most so many steps from one to the other, in any order, in one text.
    Near(Near),
    /// The same, but in the title.
    Title(Box<Expr>),
    /// It has that value.
    Value(Facet, String),
    /// All hold. Never empty.
    And(Vec<Expr>),
    /// One or more hold. Never empty.
    Or(Vec<Expr>),
    /// It does not hold.
    Not(Box<Expr>),
}

/// A word in any of its forms.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Term {
    /// How it is shown to whoever asked.
    pub shown: String,
    /// As written, as one word.
    pub folded: String,
    /// Its stem.
    pub stem: String,
    /// How it may be written in several words.
    pub apart: Vec<Vec<String>>,
}

/// Two words close to one another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Near {
    /// One.
    pub left: Term,
    /// The other.
    pub right: Term,
    /// From the one to the other it is at most so many steps; the next word is one step away.
    pub within: u32,
}

/// What the query language has, and an engine may lack.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Operator {
    /// Several words, which must all occur.
    And,
    /// Words as written.
    Phrase,
    /// What must not occur.
    Not,
    /// One of several.
    Or,
    /// Words close to one another.
    Near,
    /// Words that begin so.
    Prefix,
    /// `title:`.
    Title,
    /// Every other field.
    Value,
    /// A compound is found where it is written apart as well.
    Apart,
    /// Phrases of more than two words are exact too, where they stand in pieces all over a text.
    LongPhrase,
    /// A word as written weighs more than its forms, one that is there more often more, and what is newer somewhat more.
    Weights,
    /// A proposal for a word that the index does not know.
    DidYouMean,
    /// What was asked may stand anywhere in a long text. Without it, within a stretch of some 50,000 words.
    WholeText,
}

impl Operator {
    /// All there are.
    pub const ALL: [Self; 13] = [
        Self::And,
        Self::Phrase,
        Self::Not,
        Self::Or,
        Self::Near,
        Self::Prefix,
        Self::Title,
        Self::Value,
        Self::Apart,
        Self::LongPhrase,
        Self::Weights,
        Self::DidYouMean,
        Self::WholeText,
    ];
}

/// Why a query has no answer. What the reader can do about it is part of the text.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum QueryError {
    /// A word before a colon that is no field.
    #[error(
        "no field is called {name:?}; the nearest is {nearest:?}. With a space behind the colon it is a word"
    )]
    UnknownField {
        /// What was asked.
        name: String,
        /// The field most like it.
        nearest: &'static str,
    },
    /// A field has no such value.
    #[error("{field}: has no value {value:?}; the nearest is {nearest:?}")]
    UnknownValue {
        /// The field.
        field: &'static str,
        /// What was asked.
        value: String,
        /// The value most like it.
        nearest: String,
    },
    /// Too few letters before a star.
    #[error("{0}* would find too much: a word that ends in a star needs {SHORTEST_PREFIX} letters or digits")]
    ShortPrefix(String),
    /// More words than are looked at.
    #[error("the query has {0} words; at most {MOST_WORDS} are looked for")]
    TooManyWords(usize),
    /// NEAR between other things than words.
    #[error("NEAR stands between two words, as in: brug NEAR/5 haven")]
    NearWhat,
    /// NEAR over a distance that is none.
    #[error("NEAR/{0}: the distance is a number of words from 1 to {FURTHEST}")]
    NearHow(String),
}

impl Query {
    /// Understands what a reader typed.
    ///
    /// # Errors
    /// What no reader can have meant: see [`QueryError`].
    pub fn parse(text: &str) -> Result<Self, QueryError> {
        Ok(Self { expr: parse::parse(text)? })
    }

    /// How the query was understood, in the query language itself.
    pub fn understood(&self) -> String {
        print::print(&self.expr)
    }

    /// The same, but for words of which one is enough: what a reader may ask instead where all together stand nowhere. `None` where
    /// that would be the same query.
    pub fn broader(&self) -> Option<String> {
        let Expr::And(all) = &self.expr else { return None };
        let is_word = |expr: &&Expr| matches!(expr, Expr::Word(_) | Expr::Phrase(_) | Expr::Prefix(_));
        let (words, rest): (Vec<&Expr>, Vec<&Expr>) = all.iter().partition(is_word);
        if words.len() < 2 {
            return None;
        }
        let either = Expr::Or(words.into_iter().cloned().collect());
        let broader = match rest.len() {
            0 => either,
            _ => Expr::And(std::iter::once(either).chain(rest.into_iter().cloned()).collect()),
        };
        Some(print::print(&broader))
    }
}

/// A query with words that stand nowhere replaced by those like them that do; `None` when there is none like any of them.
/// Everything else stays as it was typed.
pub fn replaced(text: &str, unknown: &[Unknown]) -> Option<String> {
    let mut replaced = String::new();
    let (mut at, mut changed) = (0, false);
    for word in dutch::words(text) {
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
    /// Calls `on` with what may be seen in a text that is found: everything that is not denied.
    pub fn each_positive<'a>(&'a self, on: &mut impl FnMut(&'a Self)) {
        match self {
            Self::And(all) | Self::Or(all) => all.iter().for_each(|expr| expr.each_positive(on)),
            Self::Title(inner) => inner.each_positive(on),
            Self::Not(_) => {}
            leaf => on(leaf),
        }
    }
}

impl Term {
    /// What stands in `run`, a stretch without white space; `None` where no word does.
    pub fn of(run: &str) -> Option<Self> {
        let words = dutch::words(run);
        let pieces: Vec<String> = words.iter().map(|word| word.form.folded.to_string()).collect();
        let form = match &words[..] {
            [] => return None,
            [word] => word.form.clone(),
            several => {
                dutch::Form::of(&several.iter().map(|word| &*word.form.folded).collect::<String>()).into()
            }
        };
        let own = |way: Vec<&str>| way.into_iter().map(str::to_owned).collect();
        let mut apart: Vec<Vec<String>> = dutch::compound::apart(&form.folded).into_iter().map(own).collect();
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
