//! Words that were parted at the end of a line. Which hyphen belongs to the word, the rest of the document tells: rules and
//! counts from 437 cases in Dutch papers.

use std::collections::HashSet;

use crate::raw::{Line, RawPage};

/// What an engine writes where it joined two halves itself; also where a glyph has no character.
pub const JOINED: char = '\u{FFFE}';

/// Before these a hyphen is suspended: "zorg- en welzijn".
const AFTER_SUSPENDED: [&str; 6] = ["en", "of", "tot", "dan", "noch", "als"];

/// Letters that fonts draw as one glyph, which some files give no character.
const LIGATURES: [&str; 6] = ["ti", "ft", "fi", "fl", "ff", "tt"];

/// How the words of a document are written where they are not parted.
#[derive(Debug, Default)]
pub struct Vocabulary(HashSet<String>);

impl Vocabulary {
    /// The words of all pages; nothing where no page parts a word.
    pub fn of(pages: &[RawPage]) -> Self {
        let lines = || pages.iter().flat_map(|page| &page.lines);
        let parts =
            |line: &Line| line.text.contains(JOINED) || line.text.contains("- ") || line.text.ends_with('-');
        if !lines().any(parts) {
            return Self::default();
        }
        let mut known = HashSet::new();
        // Neither half of a word that was parted is a word.
        let mut is_parted = false;
        for word in lines().flat_map(|line| line.text.split_whitespace()) {
            let half = std::mem::replace(&mut is_parted, word.ends_with('-'));
            let whole = bare(word);
            if !half && whole.len() > 1 && !whole.contains(JOINED) && !whole.ends_with('-') {
                known.insert(whole.to_lowercase());
            }
        }
        Self(known)
    }

    fn has(&self, word: &str) -> bool {
        self.0.contains(&word.to_lowercase())
    }
}

/// Without the marks around it.
fn bare(word: &str) -> &str {
    word.trim_matches(|c: char| !c.is_alphanumeric() && c != JOINED && c != '-').trim_start_matches('-')
}

/// The lines with their parted words whole.
pub fn join(lines: Vec<Line>, words: &Vocabulary) -> Vec<Line> {
    let mut joined: Vec<Line> = Vec::with_capacity(lines.len());
    for mut line in lines {
        if line.text.contains(JOINED) {
            line.text = inner(&line.text, words);
        }
        if line.text.contains("- ") && !words.0.is_empty() {
            line.text = apart(&line.text, words);
        }
        match joined.last_mut() {
            Some(above) if is_parted(&above.text, &line.text) => {
                let (half, rest) = line.text.split_once(' ').unwrap_or((&line.text, ""));
                let start = above.text.rfind(' ').map_or(0, |at| at + 1);
                let before = above.text[start..].trim_end_matches('-').to_owned();
                let whole = mend(&before, half, words);
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

/// Whether a line ends in the first half of a word and the next begins with the second.
fn is_parted(above: &str, below: &str) -> bool {
    let mut end = above.chars().rev();
    above.ends_with('-')
        && end.nth(1).is_some_and(char::is_alphabetic)
        && below.chars().next().is_some_and(char::is_lowercase)
}

/// A line into which an engine has drawn the next one, with a space behind the hyphen. Only where the document knows the whole
/// word, or neither of its halves: "zorg- en" and "jeugd- dan wel" stay.
fn apart(line: &str, words: &Vocabulary) -> String {
    let mut out: Vec<String> = Vec::new();
    for word in line.split(' ') {
        let parted = out.last().and_then(|last| last.strip_suffix('-')).filter(|half| {
            let (a, b) = (bare(half), bare(word));
            let is_half = a.chars().count() > 1
                && a.ends_with(char::is_alphabetic)
                && b.starts_with(char::is_lowercase);
            let is_known = words.has(&format!("{a}{b}")) || words.has(&format!("{a}-{b}"));
            is_half && !AFTER_SUSPENDED.contains(&b) && (is_known || !(words.has(a) || words.has(b)))
        });
        match parted.map(|half| mend(half, word, words)) {
            Some(whole) => {
                out.pop();
                out.push(whole);
            }
            None => out.push(word.to_owned()),
        }
    }
    out.join(" ")
}

/// A line in which an engine has marked where it joined.
fn inner(line: &str, words: &Vocabulary) -> String {
    let mut out: Vec<String> = Vec::new();
    for word in line.split(' ') {
        let mut parts = word.split(JOINED);
        let mut whole = parts.next().unwrap_or_default().to_owned();
        for part in parts {
            whole = mend(&whole, part, words);
        }
        out.push(whole);
    }
    out.join(" ")
}

/// The two halves as one word, or as two.
fn mend(before: &str, behind: &str, words: &Vocabulary) -> String {
    let (a, b) = (bare(before), bare(behind));
    let with_hyphen = || format!("{before}-{behind}");
    let together = || format!("{before}{behind}");
    if a.is_empty() || b.is_empty() {
        return together();
    }
    let (joined, hyphened) = (format!("{a}{b}"), format!("{a}-{b}"));
    let has_digit = a.ends_with(|c: char| c.is_ascii_digit()) || b.starts_with(|c: char| c.is_ascii_digit());
    let is_acronym = a.chars().count() >= 2 && a.chars().all(|c| c.is_uppercase() || c.is_ascii_digit());
    let is_name = b.starts_with(char::is_uppercase) && !a.chars().all(char::is_uppercase);
    if AFTER_SUSPENDED.contains(&b) && !words.has(&joined) {
        format!("{before}- {behind}")
    } else if has_digit || is_acronym || is_name {
        with_hyphen()
    } else if words.has(&joined) {
        together()
    } else if words.has(&hyphened) {
        with_hyphen()
    } else if let Some(drawn) = LIGATURES.iter().find(|drawn| words.has(&format!("{a}{drawn}{b}"))) {
        format!("{before}{drawn}{behind}")
    } else if words.has(a) && words.has(b) && b.chars().count() > 2 {
        with_hyphen()
    } else {
        together()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(lines: &[&str], known: &str, expected: &[&str]) {
        let line = |text: &&str| Line { text: (*text).to_owned(), ..Line::default() };
        let lines: Vec<Line> = lines.iter().map(line).collect();
        let pages = [RawPage { lines: lines.clone(), ..RawPage::default() }, RawPage::of_text(2, "", known)];
        let joined: Vec<String> =
            join(lines, &Vocabulary::of(&pages)).into_iter().map(|line| line.text).collect();
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
