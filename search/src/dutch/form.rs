//! What a word is: how it is written, its stem, and the parts by which it is found too. A word is analysed once in a while,
//! and remembered: texts repeat their words.

use std::{
    cell::RefCell,
    sync::{Arc, LazyLock, PoisonError, RwLock},
};

use hashbrown::HashMap;
use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};

use super::{compound, frequent, stem};

/// A word longer than this is no word (a hash, a picture as text) and is cut.
const LONGEST: usize = 60;

/// Longer runs of letters are no words that come again.
const MEMORABLE: usize = 64;

/// Words that each thread remembers for itself: those it meets first, which are the most frequent ones.
const OWN: usize = 4_000;

/// Words that all threads remember together, in each of so many parts with a lock of its own.
const SHARED: usize = 12_000;
const PARTS: usize = 16;

/// A word, whatever its capitals and accents.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Form {
    /// Lower case, without accents, ligatures taken apart: the word as written.
    pub folded: Box<str>,
    /// Its stem.
    pub stem: Box<str>,
    /// The stems by which it is found beside its own: parts of a compound, letters and digits of a code.
    pub parts: Box<[Box<str>]>,
    /// Whether it is one of the words that stand everywhere.
    pub is_frequent: bool,
}

impl Form {
    /// The word that is written so.
    pub fn of(raw: &str) -> Self {
        let folded = fold(raw);
        let stem = stem::stem(&folded);
        let mut parts: Vec<Box<str>> = Vec::new();
        for piece in code(&folded).into_iter().chain(compound::pieces(&folded)) {
            let piece = stem::stem(piece).into_boxed_str();
            if *piece != *stem && !parts.contains(&piece) {
                parts.push(piece);
            }
        }
        Self {
            is_frequent: frequent::is_frequent(&folded),
            stem: stem.into_boxed_str(),
            folded: folded.into_boxed_str(),
            parts: parts.into_boxed_slice(),
        }
    }

    /// Whether a word with that stem finds it.
    pub fn is_found_by(&self, stem: &str) -> bool {
        &*self.stem == stem || self.parts.iter().any(|part| &**part == stem)
    }
}

/// Lower case, without accents; ligatures and full-width letters as plain ones.
pub fn fold(word: &str) -> String {
    if word.is_ascii() {
        let letters = word.bytes().filter(u8::is_ascii_alphanumeric).take(LONGEST);
        return letters.map(|b| char::from(b.to_ascii_lowercase())).collect();
    }
    let letters = word.nfkd().flat_map(char::to_lowercase).nfkd();
    letters.filter(|c| c.is_alphanumeric() && !is_combining_mark(*c)).take(LONGEST).collect()
}

/// The letters and the digits of a code such as `ris321030`.
fn code(folded: &str) -> Vec<&str> {
    let is_digit = |c: char| c.is_ascii_digit();
    let Some(turn) = folded.find(is_digit).filter(|turn| *turn > 0) else { return Vec::new() };
    let (letters, digits) = folded.split_at(turn);
    if letters.len() < 2 || digits.len() < 3 || !digits.chars().all(is_digit) {
        return Vec::new();
    }
    vec![letters, digits]
}

type Words = HashMap<Box<str>, Arc<Form>>;

static TOGETHER: LazyLock<[RwLock<Words>; PARTS]> = LazyLock::new(Default::default);

/// What this thread knows of words. Two threads that count the same frequent word together would wait for each other, so each has
/// its own of those; rare words are shared, so that a thread that is new knows them, and there are not as many as threads.
#[derive(Default)]
pub struct Memory {
    words: Words,
    none: Arc<Form>,
}

impl Memory {
    /// The form of a word that nobody asks for: it is written with no letters, and nothing finds it.
    pub fn none(&self) -> Arc<Form> {
        Arc::clone(&self.none)
    }

    /// The form of a word as it stands in a text.
    pub fn form(&mut self, raw: &str) -> Arc<Form> {
        if let Some(known) = self.words.get(raw) {
            return Arc::clone(known);
        }
        if raw.len() > MEMORABLE {
            return Arc::new(Form::of(raw));
        }
        let form = shared(raw);
        if self.words.len() < OWN {
            let own = Arc::new(Form::clone(&form));
            self.words.insert(raw.into(), Arc::clone(&own));
            return own;
        }
        form
    }
}

fn shared(raw: &str) -> Arc<Form> {
    // Any spread will do: the ends of words differ most.
    let sum = raw.bytes().rev().take(6).fold(0_usize, |sum, byte| sum * 31 + usize::from(byte));
    let part = &TOGETHER[sum % PARTS];
    if let Some(known) = part.read().unwrap_or_else(PoisonError::into_inner).get(raw) {
        return Arc::clone(known);
    }
    let form = Arc::new(Form::of(raw));
    let mut words = part.write().unwrap_or_else(PoisonError::into_inner);
    if words.len() >= SHARED {
        words.clear();
    }
    words.insert(raw.into(), Arc::clone(&form));
    form
}

/// Lends this thread's memory.
pub fn with_memory<T>(lend: impl FnOnce(&mut Memory) -> T) -> T {
    thread_local!(static MEMORY: RefCell<Memory> = RefCell::default());
    MEMORY.with(|memory| match memory.try_borrow_mut() {
        Ok(mut memory) => lend(&mut memory),
        // Whoever is called while a text is read reads another one with a memory of its own.
        Err(_) => lend(&mut Memory::default()),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_found_by_its_digits_and_its_letters() {
        let form = Form::of("RIS321030");
        assert!(form.is_found_by("321030") && form.is_found_by("ris321030") && form.is_found_by("ris"));
        assert!(Form::of("2024").parts.is_empty() && Form::of("A4").parts.is_empty());
    }
}
