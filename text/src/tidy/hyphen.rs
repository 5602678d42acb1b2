//! Joins words hyphenated at the end of a line. The rest of the document tells which hyphens belong to the
//! word. The rules come from 437 cases in Dutch papers.

use std::collections::HashSet;

use crate::raw::{RawPage, TextLine};

/// The character that an engine writes where it joined two halves, or where a glyph has no character.
pub const JOINED: char = '\u{FFFE}';

/// Words before which a hyphen is suspended: "zorg- en welzijn".
const AFTER_SUSPENDED: [&str; 6] = ["en", "of", "tot", "dan", "noch", "als"];

/// Letter pairs that fonts draw as one glyph, to which some files assign no character.
const LIGATURES: [&str; 6] = ["ti", "ft", "fi", "fl", "ff", "tt"];

/// The unhyphenated words of a document, in lower case.
#[derive(Debug, Default)]
pub struct Vocabulary(HashSet<String>);

impl Vocabulary {
    /// Collects the words of all pages. Empty if no page hyphenates a word.
    pub fn from_pages(pages: &[RawPage]) -> Self {
        let lines: Vec<&str> =
            pages.iter().flat_map(|page| &page.lines).map(|line| line.text.as_str()).collect();
        if !lines.iter().any(|line| line.contains(JOINED) || line.contains("- ") || line.ends_with('-')) {
            return Self::default();
        }
        let mut known = HashSet::new();
        // Neither half of a hyphenated word is a word.
        let mut is_parted = false;
        for word in lines.into_iter().flat_map(str::split_whitespace) {
            let half = std::mem::replace(&mut is_parted, word.ends_with('-'));
            let whole = trim_marks(word);
            if !half && whole.len() > 1 && !whole.contains(JOINED) && !whole.ends_with('-') {
                known.insert(whole.to_lowercase());
            }
        }
        Self(known)
    }

    fn contains(&self, word: &str) -> bool {
        self.0.contains(&word.to_lowercase())
    }
}

fn trim_marks(word: &str) -> &str {
    word.trim_matches(|c: char| !c.is_alphanumeric() && c != JOINED && c != '-').trim_start_matches('-')
}

pub fn join_words(lines: Vec<TextLine>, words: &Vocabulary) -> Vec<TextLine> {
    let mut joined: Vec<TextLine> = Vec::with_capacity(lines.len());
    for mut line in lines {
        if line.text.contains(JOINED) {
            line.text = join_marked(&line.text, words);
        }
        if line.text.contains("- ") && !words.0.is_empty() {
            line.text = join_merged_lines(&line.text, words);
        }
        match joined.last_mut() {
            Some(above) if is_parted(&above.text, &line.text) => {
                let (half, rest) = line.text.split_once(' ').unwrap_or((&line.text, ""));
                let start = above.text.rfind(' ').map_or(0, |at| at + 1);
                let before = above.text[start..].trim_end_matches('-').to_owned();
                let whole = join_halves(&before, half, words);
                above.text.replace_range(start.., &whole);
                line.text.replace_range(..line.text.len() - rest.trim_start().len(), "");
                if !line.text.is_empty() {
                    joined.push(line);
                }
            }
            _ => joined.push(line),
        }
    }
    joined
}

/// Returns whether the last word of `above` is hyphenated and continues in `below`.
fn is_parted(above: &str, below: &str) -> bool {
    let mut end = above.chars().rev();
    above.ends_with('-')
        && end.nth(1).is_some_and(char::is_alphabetic)
        && below.chars().next().is_some_and(char::is_lowercase)
}

/// Joins words in a line that an engine merged with the next one, leaving "- " in a word. Joins only if the
/// document contains the whole word, or neither half: "zorg- en" and "jeugd- dan wel" stay.
fn join_merged_lines(line: &str, words: &Vocabulary) -> String {
    let mut out: Vec<String> = Vec::new();
    for word in line.split(' ') {
        let parted = out.last().and_then(|last| last.strip_suffix('-')).filter(|half| {
            let (a, b) = (trim_marks(half), trim_marks(word));
            let is_half = a.chars().count() > 1
                && a.ends_with(char::is_alphabetic)
                && b.starts_with(char::is_lowercase);
            let is_known = words.contains(&format!("{a}{b}")) || words.contains(&format!("{a}-{b}"));
            is_half
                && !AFTER_SUSPENDED.contains(&b)
                && (is_known || !(words.contains(a) || words.contains(b)))
        });
        match parted.map(|half| join_halves(half, word, words)) {
            Some(whole) => {
                out.pop();
                out.push(whole);
            }
            None => out.push(word.to_owned()),
        }
    }
    out.join(" ")
}

/// Joins words in a line at the marks of an engine.
fn join_marked(line: &str, words: &Vocabulary) -> String {
    let mut out: Vec<String> = Vec::new();
    for word in line.split(' ') {
        let mut parts = word.split(JOINED);
        let mut whole = parts.next().unwrap_or_default().to_owned();
        for part in parts {
            whole = join_halves(&whole, part, words);
        }
        out.push(whole);
    }
    out.join(" ")
}

/// Returns the two halves as one word, as a compound with a hyphen, or as two words.
fn join_halves(before: &str, behind: &str, words: &Vocabulary) -> String {
    let (a, b) = (trim_marks(before), trim_marks(behind));
    let (together, with_hyphen) = (format!("{before}{behind}"), format!("{before}-{behind}"));
    if a.is_empty() || b.is_empty() {
        return together;
    }
    let (joined, hyphened) = (format!("{a}{b}"), format!("{a}-{b}"));
    let has_digit = a.ends_with(|c: char| c.is_ascii_digit()) || b.starts_with(|c: char| c.is_ascii_digit());
    let is_acronym = a.chars().count() >= 2 && a.chars().all(|c| c.is_uppercase() || c.is_ascii_digit());
    let is_name = b.starts_with(char::is_uppercase) && !a.chars().all(char::is_uppercase);
    if AFTER_SUSPENDED.contains(&b) && !words.contains(&joined) {
        format!("{before}- {behind}")
    } else if has_digit || is_acronym || is_name {
        with_hyphen
    } else if words.contains(&joined) {
        together
    } else if words.contains(&hyphened) {
        with_hyphen
    } else if let Some(drawn) = LIGATURES.iter().find(|drawn| words.contains(&format!("{a}{drawn}{b}"))) {
        format!("{before}{drawn}{behind}")
    } else if words.contains(a) && words.contains(b) && b.chars().count() > 2 {
        with_hyphen
    } else {
        together
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(lines: &[&str], known: &str, expected: &[&str]) {
        let line = |text: &&str| TextLine { text: (*text).to_owned(), ..TextLine::default() };
        let lines: Vec<TextLine> = lines.iter().map(line).collect();
        let pages = [RawPage { lines: lines.clone(), ..RawPage::default() }, RawPage::of_text(2, "", known)];
        let joined: Vec<String> =
            join_words(lines, &Vocabulary::from_pages(&pages)).into_iter().map(|line| line.text).collect();
        assert_eq!(joined, expected);
    }

    #[test]
    fn a_word_is_whole_again_and_a_hyphen_of_its_own_stays() {
        check(&["de besluitvor\u{FFFE}ming van"], "", &["de besluitvorming van"]);
        check(&["de besluitvor-", "ming van de raad"], "", &["de besluitvorming", "van de raad"]);
        check(&["het Wob\u{FFFE}verzoek"], "een Wob-verzoek", &["het Wob-verzoek"]);
        check(&["zorg\u{FFFE}en welzijn"], "", &["zorg- en welzijn"]);
        check(&["de EU\u{FFFE}richtlijn en ICT\u{FFFE}beleid"], "", &["de EU-richtlijn en ICT-beleid"]);
        check(&["Noord\u{FFFE}Hollands"], "", &["Noord-Hollands"]);
        check(&["2024\u{FFFE}2025"], "", &["2024-2025"]);
        check(&["bestemmings\u{FFFE}plan"], "bestemmings plan", &["bestemmings-plan"]);
        check(&["bestemmings\u{FFFE}plan"], "bestemmings plan bestemmingsplan", &["bestemmingsplan"]);
        check(&["een posi\u{FFFE}eve"], "positieve", &["een positieve"]);
        check(&["tussen 3 -", "niet meer"], "", &["tussen 3 -", "niet meer"]);
        check(
            &["de open- baarheid van zorg- en jeugd- dan wel"],
            "openbaarheid",
            &["de openbaarheid van zorg- en jeugd- dan wel"],
        );
        check(&["docu- ment"], "van", &["document"]);
        check(&["bevoor\u{FFFE}of"], "bevoorof", &["bevoorof"]);
    }

    #[test]
    fn no_mark_of_an_engine_stays() {
        check(&["\u{FFFE}a \u{FFFE} b\u{FFFE}"], "", &["a  b"]);
    }
}
