//! What was asked: words that must all occur, and phrases as written. Understanding never fails.

use crate::dutch;

/// The most words that are looked at; what comes behind them is left out, and the query says so.
const MOST_WORDS: usize = 64;

/// A query as it was understood.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Query {
    /// What must occur. Empty together with `is_empty` means everything.
    pub clauses: Vec<Clause>,
    /// Nothing was asked, so that everything matches. A query of stray signs is not empty: it matches nothing.
    pub is_empty: bool,
}

/// One thing that must occur.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Clause {
    /// A word in any of its forms.
    Word(Term),
    /// Words as written, one directly behind the other.
    Phrase(Vec<Term>),
}

/// A word of a query.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Term {
    /// As written, folded.
    pub folded: String,
    /// Its stem.
    pub stem: String,
}

impl Query {
    /// Understands what a reader typed. Quotes, also typographic ones, make phrases; one that is not closed runs on.
    pub fn parse(text: &str) -> Self {
        let mut query = Self { clauses: Vec::new(), is_empty: text.trim().is_empty() };
        let mut left = MOST_WORDS;
        for (i, piece) in text.split(['"', '“', '”', '„', '«', '»']).enumerate() {
            let quoted = i % 2 == 1;
            let runs: Vec<&str> = if quoted { vec![piece] } else { piece.split_whitespace().collect() };
            for run in runs {
                let mut terms: Vec<Term> = dutch::words(run).into_iter().map(Term::of).collect();
                terms.truncate(left);
                left -= terms.len();
                query.clauses.extend(match (terms.len(), quoted) {
                    (0, _) => None,
                    (1, false) => terms.pop().map(Clause::Word),
                    // A word with a hyphen or an apostrophe is several of ours: they must stand together.
                    _ => Some(Clause::Phrase(terms)),
                });
            }
        }
        query
    }

    /// How the query was understood, in the query language itself.
    pub fn understood(&self) -> String {
        let clauses = self.clauses.iter().map(|clause| match clause {
            Clause::Word(term) => term.folded.clone(),
            Clause::Phrase(terms) => {
                format!("\"{}\"", terms.iter().map(|term| term.folded.as_str()).collect::<Vec<_>>().join(" "))
            }
        });
        clauses.collect::<Vec<_>>().join(" ")
    }
}

impl Term {
    fn of(word: dutch::Word) -> Self {
        Self { folded: word.folded, stem: word.stem }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_query_is_understood_as_words_and_phrases() {
        let check =
            |text: &str, expected: &str| assert_eq!(Query::parse(text).understood(), expected, "{text}");
        check("fietsbrug Oude Haven", "fietsbrug oude haven");
        check("\"Oude Haven\" subsidie", "\"oude haven\" subsidie");
        check("„Oude Haven” subsidie", "\"oude haven\" subsidie");
        check("Wob-verzoek", "\"wob verzoek\"");
        check("\"niet gesloten", "\"niet gesloten\"");
        check("(((", "");
        check("", "");
    }

    #[test]
    fn stray_signs_match_nothing_and_silence_matches_everything() {
        assert!(!Query::parse("!!!").is_empty);
        assert!(Query::parse("  ").is_empty);
    }

    proptest! {
        #[test]
        fn any_text_is_understood_and_its_understanding_is_stable(text in "\\PC{0,200}") {
            let understood = Query::parse(&text).understood();
            prop_assert_eq!(Query::parse(&understood).understood(), understood);
        }
    }
}
