//! Dutch words: where they are in a text, how they are written, and by which other words they are found. One analysis for
//! indexing, querying and highlighting, so that what is found is also what is marked. Read in this order: [`scan`] finds
//! words in text, [`form`] says what a word is, with [`stem`] and [`compound`].

use std::sync::Arc;

pub mod compound;
pub mod form;
pub mod frequent;
pub mod scan;
pub mod stem;

pub use form::Form;
use scan::Span;

/// A word in a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Word {
    /// Where it begins, in bytes.
    pub from: usize,
    /// Where it ends, in bytes.
    pub to: usize,
    /// What it is.
    pub form: Arc<Form>,
    /// At the last word of several that hyphens join: where the first begins, and all of them written as one. A hyphen may
    /// be the author's or may have been left by the end of a line; either way both spellings find it.
    pub joined: Option<(usize, Arc<Form>)>,
}

impl Word {
    /// Whether it is written so, alone or as the last of a joined word.
    pub fn is_written(&self, folded: &str) -> bool {
        self.forms().any(|form| &*form.folded == folded)
    }

    /// Whether a word with that stem finds it: as a form of it, or as a part of a compound.
    pub fn is_found_by(&self, stem: &str) -> bool {
        self.forms().any(|form| form.is_found_by(stem))
    }

    /// Whether more is known of it than where it stands.
    pub fn is_known(&self) -> bool {
        !self.form.folded.is_empty() || self.joined.is_some()
    }

    /// What it is alone, and what it is joined.
    pub fn forms(&self) -> impl Iterator<Item = &Form> {
        [Some(&*self.form), self.joined.as_ref().map(|(_, form)| &**form)].into_iter().flatten()
    }

    /// Where it begins with all that is joined to it.
    pub fn whole_from(&self) -> usize {
        self.joined.as_ref().map_or(self.from, |(from, _)| *from)
    }
}

/// The words of a text, in order.
pub fn words(text: &str) -> Vec<Word> {
    let mut words = Vec::new();
    each(text, |word| words.push(word));
    words
}

/// Calls `on` with each word of a text.
pub fn each(text: &str, on: impl FnMut(Word)) {
    each_of(text, |_, _| true, on);
}

/// Calls `on` with each word of a text. A word from here to there that is not `wanted` has a form without letters; only what it is
/// with those that hyphens join to it is known.
pub fn each_of(text: &str, mut wanted: impl FnMut(usize, usize) -> bool, mut on: impl FnMut(Word)) {
    form::with_memory(|memory| {
        scan::each(text, |Span { from, to, chain }| {
            let form = if wanted(from, to) {
                let form = memory.form(&text[from..to]);
                // A span may hold nothing that can be written down: a lone mark.
                if form.folded.is_empty() {
                    return;
                }
                form
            } else {
                memory.none()
            };
            let joined = chain.map(|first| (first, memory.form(&text[first..to])));
            on(Word { from, to, form, joined });
        });
    });
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn folded(text: &str) -> Vec<String> {
        words(text).into_iter().map(|word| word.form.folded.to_string()).collect()
    }

    #[test]
    fn accents_ligatures_and_capitals_do_not_count() {
        assert_eq!(folded("Financiële coördinatie, ÉÉN"), ["financiele", "coordinatie", "een"]);
        assert_eq!(folded("ﬁnanciën ĳsbaan IJsselstein"), ["financien", "ijsbaan", "ijsselstein"]);
        assert_eq!(folded("be\u{AD}stuur e\u{301}e\u{301}n"), ["bestuur", "een"]);
        assert_eq!(folded("Wob-verzoek RIS321030"), ["wob", "verzoek", "ris321030"]);
    }

    #[test]
    fn a_hyphen_joins_and_parts() {
        let words = words("de groen-voorziening en het sociaal-cultureel-werk");
        let joined: Vec<_> =
            words.iter().filter_map(|word| Some(word.joined.as_ref()?.1.folded.to_string())).collect();
        assert_eq!(joined, ["groenvoorziening", "sociaalcultureelwerk"]);
        assert!(words[2].is_written("voorziening") && words[2].is_written("groenvoorziening"));
        assert!(words[2].is_found_by(&stem::stem("groenvoorzieningen")));
    }

    proptest! {
        #[test]
        fn words_lie_in_the_text_in_order(text in "\\PC{0,80}") {
            let mut end = 0;
            for word in words(&text) {
                prop_assert!(word.from >= end && word.to > word.from && word.whole_from() <= word.from);
                prop_assert!(text.get(word.from..word.to).is_some() && text.get(word.whole_from()..word.to).is_some());
                end = word.to;
            }
        }

        #[test]
        fn a_word_that_was_written_down_is_the_same_word_again(text in "[a-zA-Zëéïĳÿß0-9'’.-]{0,24}") {
            for word in words(&text) {
                let again = words(&word.form.folded);
                prop_assert_eq!(again.len(), 1);
                prop_assert_eq!(&again[0].form, &word.form);
            }
        }
    }
}
