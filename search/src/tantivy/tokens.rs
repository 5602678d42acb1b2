//! Our words as tantivy tokens. Each kind of field gets its own token stream.

use std::{cell::RefCell, collections::VecDeque, rc::Rc};

use ::tantivy::tokenizer::{Token, TokenStream, Tokenizer};

use crate::{
    dutch::{self, Word},
    query::FURTHEST,
};

/// The kind of tokens that a field indexes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tokens {
    /// Words as written, at their positions, joined words included.
    Written,
    Stems,
    /// Stems of the parts of compounds and codes.
    Parts,
    /// Stems and stems of parts together, for titles, which are short.
    All,
    /// Pairs of adjacent frequent words.
    Pairs,
}

impl Tokens {
    pub const ALL: [Self; 5] = [Self::Written, Self::Stems, Self::Parts, Self::All, Self::Pairs];

    pub const fn tokenizer_name(self) -> &'static str {
        match self {
            Self::Written => "dutch-written",
            Self::Stems => "dutch-stems",
            Self::Parts => "dutch-parts",
            Self::All => "dutch-all",
            Self::Pairs => "dutch-pairs",
        }
    }

    fn for_each_token(self, before: Option<&Word>, word: &Word, on: &mut impl FnMut(&[&str])) {
        match self {
            Self::Written => word.all_forms().for_each(|form| on(&[&form.folded])),
            Self::Stems => word.all_forms().for_each(|form| on(&[&form.stem])),
            Self::Parts => word.all_forms().flat_map(|form| form.parts.iter()).for_each(|part| on(&[part])),
            Self::All => {
                Self::Stems.for_each_token(before, word, on);
                Self::Parts.for_each_token(before, word, on);
            }
            Self::Pairs => {
                let Some(before) = before else { return };
                for second in word.all_forms().filter(|form| form.is_frequent) {
                    for first in before.all_forms().filter(|form| form.is_frequent) {
                        on(&[&first.folded, " ", &second.folded]);
                    }
                }
            }
        }
    }
}

/// Number of analysed texts that are cached: tantivy indexes one field after another, each from the same few texts.
const RECENT: usize = 8;

/// Maximum length in bytes of a cached text.
const LONGEST: usize = 1 << 20;

type Recent = VecDeque<(Box<str>, Rc<Vec<Word>>)>;

/// Analyses a text once for all its fields.
fn analyse_text(text: &str) -> Rc<Vec<Word>> {
    thread_local!(static RECENTLY: RefCell<Recent> = RefCell::default());
    RECENTLY.with_borrow_mut(|recent| {
        if let Some((_, words)) = recent.iter().find(|(known, _)| **known == *text) {
            return Rc::clone(words);
        }
        let words = Rc::new(dutch::split_words(text));
        if text.len() > LONGEST {
            return words;
        }
        if recent.len() == RECENT {
            recent.pop_front();
        }
        recent.push_back((text.into(), Rc::clone(&words)));
        words
    })
}

pub fn pair_token(first: &str, second: &str) -> String {
    format!("{first} {second}")
}

impl Tokenizer for Tokens {
    type TokenStream<'a> = Stream;

    fn token_stream<'a>(&'a mut self, text: &'a str) -> Stream {
        let (mut texts, mut ends) = (String::new(), Vec::new());
        let words = analyse_text(text);
        for (place, word) in words.iter().enumerate() {
            let before = place.checked_sub(1).and_then(|before| words.get(before));
            self.for_each_token(before, word, &mut |pieces| {
                texts.extend(pieces.iter().copied());
                ends.push((texts.len(), place));
            });
        }
        Stream { texts, ends, next: 0, token: Token::default() }
    }
}

pub struct Stream {
    texts: String,
    /// For each token the end of its text in `texts`, and its position.
    ends: Vec<(usize, usize)>,
    next: usize,
    token: Token,
}

impl TokenStream for Stream {
    fn advance(&mut self) -> bool {
        let Some((to, place)) = self.ends.get(self.next).copied() else { return false };
        let from = self.next.checked_sub(1).map_or(0, |last| self.ends[last].0);
        self.token.text.clear();
        self.token.text.push_str(&self.texts[from..to]);
        // Keeps the texts of one entry so far apart that NEAR never spans two of them.
        self.token.position = place + FURTHEST as usize;
        self.next += 1;
        true
    }

    fn token(&self) -> &Token {
        &self.token
    }

    fn token_mut(&mut self) -> &mut Token {
        &mut self.token
    }
}
