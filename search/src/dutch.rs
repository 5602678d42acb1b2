//! Dutch words: where they are in a text, how they are folded, and their stems. One analysis for indexing,
//! querying and highlighting, so that what is found is also what is marked.

use ::tantivy::tokenizer::{Token, TokenStream, Tokenizer};
use frostem::{Algorithm, Stemmer};
use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};

/// A word longer than this is no word (a hash, a picture as text) and is cut.
const LONGEST: usize = 60;

/// A stem is taken again at most so often.
const ROUNDS: usize = 4;

/// A word in a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Word {
    /// Where it begins, in bytes.
    pub from: usize,
    /// Where it ends, in bytes.
    pub to: usize,
    /// Lower case, without accents, ligatures taken apart: the word as written.
    pub folded: String,
    /// Its stem.
    pub stem: String,
}

/// The words of a text.
pub fn words(text: &str) -> Vec<Word> {
    let stemmer = Stemmer::new(Algorithm::Dutch);
    let words = spans(text).map(|(from, to)| {
        let folded = fold(&text[from..to]);
        let stem = stem(&stemmer, &folded);
        Word { from, to, folded, stem }
    });
    words.filter(|word| !word.folded.is_empty()).collect()
}

/// The runs of letters and digits, with the marks that belong to them.
fn spans(text: &str) -> impl Iterator<Item = (usize, usize)> + '_ {
    let mut chars = text.char_indices().peekable();
    std::iter::from_fn(move || {
        let (from, _) = chars.by_ref().find(|(_, c)| c.is_alphanumeric())?;
        let mut to = from + text[from..].chars().next().map_or(1, char::len_utf8);
        // A soft hyphen only says where a word may be broken: it is no end of the word.
        while let Some((at, c)) =
            chars.next_if(|(_, c)| c.is_alphanumeric() || is_combining_mark(*c) || *c == '\u{AD}')
        {
            to = at + c.len_utf8();
        }
        Some((from, to))
    })
}

/// Lower case, without accents; ligatures and full-width letters as plain ones.
pub fn fold(word: &str) -> String {
    let letters = word.nfkd().flat_map(char::to_lowercase).nfkd();
    letters.filter(|c| c.is_alphanumeric() && !is_combining_mark(*c)).take(LONGEST).collect()
}

fn stem(stemmer: &Stemmer, folded: &str) -> String {
    if folded.chars().any(|c| c.is_ascii_digit()) {
        // Codes and numbers have no stem.
        return folded.to_owned();
    }
    // Once more until nothing falls off: one round makes `fiets` of `fietsen`, but `fiet` of `fiets`.
    let mut stem = folded.to_owned();
    for _ in 0..ROUNDS {
        let shorter = stemmer.stem(&stem);
        if shorter == stem {
            break;
        }
        stem = shorter.into_owned();
    }
    stem
}

/// Dutch words for an engine that speaks in tokens: as written, or stemmed.
#[derive(Clone)]
pub struct Dutch {
    /// Whether stems are given.
    pub stems: bool,
}

impl Tokenizer for Dutch {
    type TokenStream<'a> = Tokens;

    fn token_stream<'a>(&'a mut self, text: &'a str) -> Tokens {
        let tokens = words(text).into_iter().enumerate().map(|(position, word)| Token {
            offset_from: word.from,
            offset_to: word.to,
            position,
            text: if self.stems { word.stem } else { word.folded },
            position_length: 1,
        });
        Tokens::new(tokens.collect())
    }
}

/// Tokens that are all known beforehand.
#[derive(Clone)]
pub struct Tokens {
    tokens: Vec<Token>,
    next: usize,
}

impl Tokens {
    fn new(tokens: Vec<Token>) -> Self {
        Self { tokens, next: 0 }
    }
}

impl TokenStream for Tokens {
    fn advance(&mut self) -> bool {
        self.next += 1;
        self.next <= self.tokens.len()
    }

    fn token(&self) -> &Token {
        &self.tokens[self.next - 1]
    }

    fn token_mut(&mut self) -> &mut Token {
        &mut self.tokens[self.next - 1]
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn folded(text: &str) -> Vec<String> {
        words(text).into_iter().map(|word| word.folded).collect()
    }

    fn same_stem(a: &str, b: &str) {
        assert_eq!(words(a)[0].stem, words(b)[0].stem, "{a} and {b}");
    }

    #[test]
    fn accents_ligatures_and_capitals_do_not_count() {
        assert_eq!(folded("Financiële coördinatie, ÉÉN"), ["financiele", "coordinatie", "een"]);
        assert_eq!(folded("ﬁnanciën ĳsbaan IJsselstein"), ["financien", "ijsbaan", "ijsselstein"]);
        assert_eq!(folded("be\u{AD}stuur e\u{301}e\u{301}n"), ["bestuur", "een"]);
        assert_eq!(
            folded("Wob-verzoek 's-Gravenhage RIS321030"),
            ["wob", "verzoek", "s", "gravenhage", "ris321030"]
        );
    }

    #[test]
    fn forms_of_a_word_share_a_stem() {
        same_stem("fiets", "fietsen");
        same_stem("besluiten", "besluit");
        same_stem("gemeenten", "gemeente");
        same_stem("moties", "motie");
        same_stem("havens", "haven");
        same_stem("huizen", "huis");
        same_stem("scholen", "school");
        same_stem("woningen", "woning");
        same_stem("wijken", "wijk");
        same_stem("gevolgen", "gevolg");
    }

    proptest! {
        #[test]
        fn words_lie_in_the_text_in_order(text in "\\PC{0,80}") {
            let mut end = 0;
            for word in words(&text) {
                prop_assert!(word.from >= end && word.to > word.from);
                prop_assert!(text.get(word.from..word.to).is_some());
                end = word.to;
            }
        }
    }
}
