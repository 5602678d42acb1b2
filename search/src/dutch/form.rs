//! Analysis of a word: its written form, its stem, and further stems that find it. Results are cached, because texts repeat their
//! words.

use std::{
    cell::RefCell,
    sync::{Arc, LazyLock, PoisonError, RwLock},
};

use hashbrown::HashMap;
use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};

use super::{compound, frequent, stem};

/// Maximum length of a folded word, in characters. Anything longer is a hash or an image as text, and is cut.
const LONGEST: usize = 60;

/// Maximum length in bytes of a word that is cached.
const MEMORABLE: usize = 64;

/// Size of each thread's own cache. The first words a thread meets are the most frequent ones.
const OWN: usize = 4_000;

/// Size of one part of the shared cache, and the number of parts. Each part has its own lock.
const SHARED: usize = 12_000;
const PARTS: usize = 16;

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct WordForm {
    /// The word as written, in lower case, without accents and ligatures.
    pub folded: Box<str>,
    pub stem: Box<str>,
    /// Further stems that find the word: parts of a compound, letters and digits of a code.
    pub parts: Box<[Box<str>]>,
    pub is_frequent: bool,
}

impl WordForm {
    pub fn new(raw: &str) -> Self {
        let folded = fold_word(raw);
        let stem = stem::stem_word(&folded);
        let mut parts: Vec<Box<str>> = Vec::new();
        for piece in split_code(&folded).into_iter().chain(compound::inner_words(&folded)) {
            let piece = stem::stem_word(piece).into_boxed_str();
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

    pub fn is_found_by(&self, stem: &str) -> bool {
        &*self.stem == stem || self.parts.iter().any(|part| &**part == stem)
    }
}

/// Converts to lower case and removes accents, signs, ligatures and full-width forms.
pub fn fold_word(word: &str) -> String {
    if word.is_ascii() {
        let letters = word.bytes().filter(u8::is_ascii_alphanumeric).take(LONGEST);
        return letters.map(|b| char::from(b.to_ascii_lowercase())).collect();
    }
    let letters = word.nfkd().flat_map(char::to_lowercase).nfkd();
    letters.filter(|c| c.is_alphanumeric() && !is_combining_mark(*c)).take(LONGEST).collect()
}

/// Splits a code such as `ris321030` into letters and digits.
fn split_code(folded: &str) -> Vec<&str> {
    let Some(turn) = folded.find(|c: char| c.is_ascii_digit()).filter(|turn| *turn > 0) else {
        return Vec::new();
    };
    let (letters, digits) = folded.split_at(turn);
    if letters.len() < 2 || digits.len() < 3 || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return Vec::new();
    }
    vec![letters, digits]
}

type Words = HashMap<Box<str>, Arc<WordForm>>;

static TOGETHER: LazyLock<[RwLock<Words>; PARTS]> = LazyLock::new(Default::default);

/// A thread's cache of forms. Threads sharing the reference count of a frequent word would contend for it, so each thread has its
/// own copy. Rare words are shared: a new thread finds them, and they are stored only once.
#[derive(Default)]
pub struct Memory {
    words: Words,
    none: Arc<WordForm>,
}

impl Memory {
    /// The empty form, for words that are skipped. No query finds it.
    pub fn empty_form(&self) -> Arc<WordForm> {
        Arc::clone(&self.none)
    }

    pub fn form_of(&mut self, raw: &str) -> Arc<WordForm> {
        if let Some(known) = self.words.get(raw) {
            return Arc::clone(known);
        }
        if raw.len() > MEMORABLE {
            return Arc::new(WordForm::new(raw));
        }
        let form = shared_form(raw);
        if self.words.len() < OWN {
            let own = Arc::new(WordForm::clone(&form));
            self.words.insert(raw.into(), Arc::clone(&own));
            return own;
        }
        form
    }
}

fn shared_form(raw: &str) -> Arc<WordForm> {
    // Any hash will do; the ends of words differ most.
    let sum = raw.bytes().rev().take(6).fold(0_usize, |sum, byte| sum * 31 + usize::from(byte));
    let part = &TOGETHER[sum % PARTS];
    if let Some(known) = part.read().unwrap_or_else(PoisonError::into_inner).get(raw) {
        return Arc::clone(known);
    }
    let form = Arc::new(WordForm::new(raw));
    let mut words = part.write().unwrap_or_else(PoisonError::into_inner);
    if words.len() >= SHARED {
        words.clear();
    }
    words.insert(raw.into(), Arc::clone(&form));
    form
}

pub fn with_memory<T>(lend: impl FnOnce(&mut Memory) -> T) -> T {
    thread_local!(static MEMORY: RefCell<Memory> = RefCell::default());
    MEMORY.with(|memory| match memory.try_borrow_mut() {
        Ok(mut memory) => lend(&mut memory),
        // A callback that reads another text while this cache is borrowed gets an empty one.
        Err(_) => lend(&mut Memory::default()),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_found_by_its_digits_and_its_letters() {
        let form = WordForm::new("RIS321030");
        assert!(form.is_found_by("321030") && form.is_found_by("ris321030") && form.is_found_by("ris"));
        assert!(WordForm::new("2024").parts.is_empty() && WordForm::new("A4").parts.is_empty());
    }
}
