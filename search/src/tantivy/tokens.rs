//! Our words as an engine's tokens: one text gives as many streams as there are fields for it.

use std::{cell::RefCell, collections::VecDeque, rc::Rc};

use ::tantivy::tokenizer::{Token, TokenStream, Tokenizer};

use crate::{
    dutch::{self, Form, Word},
    query::FURTHEST,
};

/// What of each word is indexed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tokens {
    /// Words as written, with those that hyphens join, in their places.
    Written,
    /// Stems.
    Stems,
    /// Stems of what is inside of compounds and codes.
    Parts,
    /// Stems, and stems of what is inside: for titles, which are short.
    All,
    /// Two frequent words side by side.
    Pairs,
}

impl Tokens {
    /// All there are.
    pub const ALL: [Self; 5] = [Self::Written, Self::Stems, Self::Parts, Self::All, Self::Pairs];

    /// The name under which the engine knows them.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Written => "dutch-written",
            Self::Stems => "dutch-stems",
            Self::Parts => "dutch-parts",
            Self::All => "dutch-all",
            Self::Pairs => "dutch-pairs",
        }
    }

    /// Calls `on` with each token of a word.
    fn each(self, before: Option<&Word>, word: &Word, on: &mut impl FnMut(&[&str])) {
        match self {
            Self::Written => word.forms().for_each(|form| on(&[&form.folded])),
            Self::Stems => word.forms().for_each(|form| on(&[&form.stem])),
            Self::Parts => word.forms().flat_map(|form| form.parts.iter()).for_each(|part| on(&[part])),
            Self::All => {
                Self::Stems.each(before, word, on);
                Self::Parts.each(before, word, on);
            }
            Self::Pairs => {
                let frequent = |word: &'_ Word| word.forms().any(|form: &Form| form.is_frequent);
                let Some(before) = before.filter(|before| frequent(before) && frequent(word)) else { return };
                for second in word.forms().filter(|form| form.is_frequent) {
                    for first in before.forms().filter(|form| form.is_frequent) {
                        on(&[&first.folded, " ", &second.folded]);
                    }
                }
            }
        }
    }
}

/// Texts whose words are remembered: the engine fills one field of an entry after the other, each from the same few texts.
const RECENT: usize = 8;

/// Longer texts are not remembered.
const LONGEST: usize = 1 << 20;

type Recent = VecDeque<(Box<str>, Rc<Vec<Word>>)>;

/// The words of a text, analysed once for all fields that are made of it.
fn words(text: &str) -> Rc<Vec<Word>> {
    thread_local!(static RECENTLY: RefCell<Recent> = RefCell::default());
    RECENTLY.with_borrow_mut(|recent| {
        if let Some((_, words)) = recent.iter().find(|(known, _)| **known == *text) {
            return Rc::clone(words);
        }
        let words = Rc::new(dutch::words(text));
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

/// The token of two frequent words side by side.
pub fn pair(first: &str, second: &str) -> String {
    format!("{first} {second}")
}

impl Tokenizer for Tokens {
    type TokenStream<'a> = Stream;

    fn token_stream<'a>(&'a mut self, text: &'a str) -> Stream {
        let (mut texts, mut ends) = (String::new(), Vec::new());
        let words = words(text);
        for (place, word) in words.iter().enumerate() {
            let before = place.checked_sub(1).and_then(|before| words.get(before));
            self.each(before, word, &mut |pieces| {
                texts.extend(pieces.iter().copied());
                ends.push((texts.len(), place));
            });
        }
        Stream { texts, ends, next: 0, token: Token::default() }
    }
}

/// The tokens of a text, one behind the other.
pub struct Stream {
    texts: String,
    /// Where each token ends, and its place among the words.
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
        // Texts of one entry stand so far apart that nothing is near anything in another.
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
