//! Analysis of Dutch words: their position in a text, their spelling, and the stems that find them. Indexing, querying and
//! highlighting share it, so that whatever is found is also marked. Read in this order: [`scan`] finds words in a text, [`form`]
//! analyses a word, with [`stem`] and [`compound`].

use std::sync::Arc;

pub mod compound;
pub mod form;
pub mod frequent;
pub mod scan;
pub mod stem;

pub use form::WordForm;
use scan::WordSpan;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Word {
    pub from: usize,
    pub to: usize,
    pub form: Arc<WordForm>,
    /// Set on the last of several words joined by hyphens: the byte offset of the first, and the form of all written as one. The
    /// hyphen may be the author's or a line break; either spelling finds the word.
    pub joined: Option<(usize, Arc<WordForm>)>,
}

impl Word {
    /// Returns whether the word, or the joined word it ends, is written like this.
    pub fn is_written(&self, folded: &str) -> bool {
        self.all_forms().any(|form| &*form.folded == folded)
    }

    pub fn has_prefix(&self, start: &str) -> bool {
        self.all_forms().any(|form| form.folded.starts_with(start))
    }

    /// Returns whether the stem is that of the word or of a part of it.
    pub fn is_found_by(&self, stem: &str) -> bool {
        self.all_forms().any(|form| form.is_found_by(stem))
    }

    /// Returns whether the word has a form, so whether the prefilter let it pass.
    pub fn is_known(&self) -> bool {
        !self.form.folded.is_empty() || self.joined.is_some()
    }

    /// The form of the word, and that of the joined word it ends.
    pub fn all_forms(&self) -> impl Iterator<Item = &WordForm> {
        [Some(&*self.form), self.joined.as_ref().map(|(_, form)| &**form)].into_iter().flatten()
    }

    /// Byte offset of the joined word it ends, or else of the word itself.
    pub fn whole_from(&self) -> usize {
        self.joined.as_ref().map_or(self.from, |(from, _)| *from)
    }
}

pub fn split_words(text: &str) -> Vec<Word> {
    let mut words = Vec::new();
    for_each_word(text, |word| words.push(word));
    words
}

pub fn for_each_word(text: &str, on: impl FnMut(Word)) {
    for_each_wanted(text, |_, _| true, on);
}

/// Calls `on` with each word of a text. A word whose byte range is not `wanted` gets an empty form; a joined word that it ends is
/// analysed anyway.
pub fn for_each_wanted(text: &str, mut wanted: impl FnMut(usize, usize) -> bool, mut on: impl FnMut(Word)) {
    form::with_memory(|memory| {
        scan::for_each_span(text, |WordSpan { from, to, chain }| {
            let form = if wanted(from, to) {
                let form = memory.form_of(&text[from..to]);
                // A span may fold to nothing: a lone combining mark.
                if form.folded.is_empty() {
                    return;
                }
                form
            } else {
                memory.empty_form()
            };
            let joined = chain.map(|first| (first, memory.form_of(&text[first..to])));
            on(Word { from, to, form, joined });
        });
    });
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn folded(text: &str) -> Vec<String> {
        split_words(text).into_iter().map(|word| word.form.folded.to_string()).collect()
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
        let words = split_words("de groen-voorziening en het sociaal-cultureel-werk");
        let joined: Vec<_> =
            words.iter().filter_map(|word| Some(word.joined.as_ref()?.1.folded.to_string())).collect();
        assert_eq!(joined, ["groenvoorziening", "sociaalcultureelwerk"]);
        assert!(words[2].is_written("voorziening") && words[2].is_written("groenvoorziening"));
        assert!(words[2].is_found_by(&stem::stem_word("groenvoorzieningen")));
    }

    proptest! {
        #[test]
        fn words_lie_in_the_text_in_order(text in "\\PC{0,80}") {
            let mut end = 0;
            for word in split_words(&text) {
                prop_assert!(word.from >= end && word.to > word.from && word.whole_from() <= word.from);
                prop_assert!(text.get(word.from..word.to).is_some() && text.get(word.whole_from()..word.to).is_some());
                end = word.to;
            }
        }

        #[test]
        fn a_word_that_was_written_down_is_the_same_word_again(text in "[a-zA-Zëéïĳÿß0-9'’.-]{0,24}") {
            for word in split_words(&text) {
                let again = split_words(&word.form.folded);
                prop_assert_eq!(again.len(), 1);
                prop_assert_eq!(&again[0].form, &word.form);
            }
        }
    }
}
