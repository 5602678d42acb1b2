//! Selects the words of a text that a query may match. Rejecting a word costs far less than analysing it. Pure.

use aho_corasick::AhoCorasick;

use crate::{
    dutch::{self, Word},
    query::{Expr, Query, QueryTerm},
};

/// Infixes that the stemmer removes from the middle of a verb (`opgebeld`), one for each of its rounds, which leave a `g` of `gge`.
/// Letters that are apart in the word are then adjacent in the stem.
const TAKEN_OUT: [&str; 4] = ["ge", "gge", "ggge", "gggge"];

/// A prefilter: skips words that no leaf of the query can match.
pub struct Prefilter {
    /// Substrings of which a word must contain one; `None` lets every word pass.
    letters: Option<AhoCorasick>,
}

impl Prefilter {
    pub fn new(query: &Query) -> Self {
        let mut letters: Vec<String> = Vec::new();
        query.expr.each_positive(&mut |expr| match expr {
            Expr::Word(term) => {
                add_substrings(term, &mut letters);
                letters.extend(term.apart.iter().flatten().cloned());
            }
            Expr::Near(near) => {
                add_substrings(&near.left, &mut letters);
                add_substrings(&near.right, &mut letters);
            }
            Expr::Prefix(start) => letters.push(start.clone()),
            Expr::Phrase(words) => letters.extend(words.iter().cloned()),
            _ => {}
        });
        letters.sort_unstable();
        letters.dedup();
        if letters.first().is_some_and(String::is_empty) {
            return Self { letters: None };
        }
        Self { letters: AhoCorasick::builder().ascii_case_insensitive(true).build(letters).ok() }
    }

    /// The words of a text, in order. A word that cannot match keeps its position but has an empty form.
    pub fn candidate_words(&self, text: &str) -> Vec<Word> {
        let Some(letters) = &self.letters else { return dutch::split_words(text) };
        let mut found = letters.find_iter(text).peekable();
        let mut words = Vec::with_capacity(text.len() / 6);
        dutch::for_each_wanted(
            text,
            |from, to| {
                // Folding may change the letters of a word that is not plain ASCII, so it always passes.
                if !text.as_bytes()[from..to].iter().all(u8::is_ascii_alphanumeric) {
                    return true;
                }
                while found.next_if(|it| it.start() < from).is_some() {}
                found.peek().is_some_and(|it| it.end() <= to)
            },
            |word| words.push(word),
        );
        words
    }
}

/// Adds substrings of which every word that has this stem, or a part with this stem, contains at least one: the beginning of the
/// stem, or what precedes a removed infix.
fn add_substrings(term: &QueryTerm, letters: &mut Vec<String>) {
    let beginning = &term.stem[..shared_length(&term.stem)];
    letters.push(beginning.to_owned());
    for (at, letter) in beginning.char_indices() {
        let before = &beginning[..at + letter.len_utf8()];
        letters.extend(TAKEN_OUT.map(|taken| format!("{before}{taken}")));
    }
}

/// Length in bytes of the beginning that a stem shares with all its words. The stemmer changes one letter at the end (`huizen`,
/// `huis`), two if it doubles a vowel (`wegen`, `weeg`) or produces `-er`, three if it merges verbs in `-eren` and `-atie`. A `y`
/// may be `ij` in a word.
fn shared_length(stem: &str) -> usize {
    if stem.bytes().any(|b| b.is_ascii_digit()) {
        return stem.len();
    }
    let mut last = stem.chars().rev().skip(1);
    let is_long = last.next().is_some_and(|vowel| "aeou".contains(vowel) && last.next() == Some(vowel));
    let changed = if stem.ends_with("eer") {
        3
    } else if is_long || stem.ends_with("er") {
        2
    } else {
        1
    };
    let before = stem.char_indices().rev().nth(changed - 1).map_or(0, |(at, _)| at);
    before.min(stem.find('y').unwrap_or(before))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::{dutch::compound, matching::occurrences};

    /// What is found among all words is found among those that are let through.
    fn check(text: &str, asked: &str) {
        let query = Query::parse(asked).unwrap();
        let all = occurrences(&dutch::split_words(text), &query);
        assert_eq!(
            occurrences(&Prefilter::new(&query).candidate_words(text), &query),
            all,
            "{asked:?} in {text:?}"
        );
    }

    #[test]
    fn every_part_of_a_compound_lets_its_forms_through() {
        let endings = [
            "", "s", "en", "e", "je", "tje", "heid", "heden", "ing", "ingen", "eren", "eerde", "atie",
            "aties", "ieve", "lijk", "lijke", "isch", "ische", "iteit", "de", "te", "end", "ende", "er",
            "sters", "baar",
        ];
        for (part, ending) in compound::list_parts().zip(endings.iter().cycle()) {
            let word = format!("{part}{ending}");
            // Whatever has the same stem is let through; so the word itself is, and what it is a form of.
            check(&format!("{word} {part} fiets{word} op-{word} {}", word.to_uppercase()), &word);
        }
    }

    #[test]
    fn most_words_are_kept_out() {
        let query = Query::parse("windturbinepark \"oude haven\"").unwrap();
        let words =
            Prefilter::new(&query).candidate_words("De Oude Haven krijgt een park met windmolens, b.v. één");
        let known: Vec<&str> = words.iter().map(|word| &*word.form.folded).collect();
        assert_eq!(known, ["", "oude", "haven", "", "", "park", "", "windmolens", "bv", "een"]);
        check(
            "De Oude Haven krijgt een wind-turbine-park, of een windturbine park",
            "windturbinepark \"oude haven\"",
        );
    }

    #[test]
    fn a_prefix_from_the_middle_is_no_obstacle() {
        check(
            "hij heeft opgebeld en aangegeven, is weggegaan en teruggeweken",
            "opbellen weggaan terugwijken",
        );
        check("huizen aan de IJssel", "huis");
        check("de Yssel, de wijken en de wyk", "wijk");
        check("realisaties, realiseren", "realisatie");
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2000))]
        #[test]
        fn the_same_is_found(text in "([a-z]{1,7}(en|s|eren|atie|tje|heid|ing)?[ -]){1,12}", at in 0_usize..12, whole in any::<bool>()) {
            let word = text.split([' ', '-']).filter(|word| !word.is_empty()).nth(at).unwrap_or("haven");
            check(&text, word);
            // What is left without an ending is another form of it, or none.
            let stem = word.trim_end_matches("en");
            check(&text, if whole || stem.is_empty() { "\"van de\" -niet" } else { stem });
        }

        #[test]
        fn in_any_text_and_for_any_query(text in "\\PC{0,120}", asked in "[a-hij0-9é\"* -]{1,14}") {
            if Query::parse(&asked).is_ok() {
                check(&text, &asked);
            }
        }
    }
}
