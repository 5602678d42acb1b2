//! Finds word boundaries. A word is a run of letters and digits, with Dutch conventions: `foto's`, `b.v.`, `1.250.000`, and
//! hyphens, which join several words into one more.

use std::ops::Range;

use unicode_normalization::char::is_combining_mark;

/// Maximum number of hyphenated words that are joined.
const LONGEST_CHAIN: usize = 4;

/// Endings that belong to the word before an apostrophe.
const ENDINGS: [&str; 6] = ["s", "tje", "tjes", "er", "ers", "en"];

/// Byte range of a word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WordSpan {
    pub from: usize,
    pub to: usize,
    /// Start of the first word of a hyphenated chain; set on its last word.
    pub chain: Option<usize>,
}

pub fn for_each_span(text: &str, mut on: impl FnMut(WordSpan)) {
    let mut at = 0;
    // Start of the hyphenated chain that ends here, and its number of words so far.
    let mut chain: Option<(usize, usize)> = None;
    while let Some(run) = run_from(text, at) {
        let to = word_end(text, &run);
        let (first, count) = chain.map_or((run.start, 1), |(first, count)| (first, count + 1));
        let hyphen = hyphen_at(text, to);
        let goes_on = hyphen.is_some_and(|behind| run_at(text, behind).is_some());
        let whole = !goes_on && (2..=LONGEST_CHAIN).contains(&count);
        on(WordSpan { from: run.start, to, chain: whole.then_some(first) });
        chain = goes_on.then_some((first, count));
        at = to;
    }
}

/// The first run of letters and digits that begins at or after `at`.
fn run_from(text: &str, at: usize) -> Option<Range<usize>> {
    let bytes = text.as_bytes();
    let mut at = at;
    while at < bytes.len() {
        if bytes[at].is_ascii() {
            if bytes[at].is_ascii_alphanumeric() {
                return run_at(text, at);
            }
            at += 1;
        } else {
            let c = text[at..].chars().next()?;
            if c.is_alphanumeric() {
                return run_at(text, at);
            }
            at += c.len_utf8();
        }
    }
    None
}

/// The run that begins exactly at `at`, including combining marks.
fn run_at(text: &str, at: usize) -> Option<Range<usize>> {
    let bytes = text.as_bytes();
    let mut to = at;
    while to < bytes.len() {
        if bytes[to].is_ascii() {
            if !bytes[to].is_ascii_alphanumeric() {
                break;
            }
            to += 1;
        } else {
            let c = text[to..].chars().next()?;
            // A soft hyphen marks a possible line break; it does not end a word.
            let belongs = c.is_alphanumeric() || (to > at && (is_combining_mark(c) || c == '\u{AD}'));
            if !belongs {
                break;
            }
            to += c.len_utf8();
        }
    }
    (to > at).then_some(at..to)
}

/// The end of the word that begins with this run.
fn word_end(text: &str, run: &Range<usize>) -> usize {
    // A shortcut for most words: the next character cannot extend them.
    if text.as_bytes().get(run.end).is_none_or(|b| b.is_ascii() && !matches!(b, b'.' | b'\'')) {
        return run.end;
    }
    let piece = &text[run.clone()];
    if let Some(to) = abbreviation(text, run).or_else(|| thousands(text, run)) {
        return to;
    }
    // "foto's", "A4'tje"; but a lone "'s" precedes a name.
    let rest = &text[run.end..];
    let behind = rest.strip_prefix('\'').or_else(|| rest.strip_prefix('’'));
    if let Some(behind) = behind
        && !piece.is_empty()
        && let Some(ending) = run_at(behind, 0)
        && ENDINGS.contains(&behind[ending.clone()].to_lowercase().as_str())
    {
        return run.end + (rest.len() - behind.len()) + ending.end;
    }
    run.end
}

/// Joins single letters with dots between them: `b.v.`, `a.u.b.`
fn abbreviation(text: &str, run: &Range<usize>) -> Option<usize> {
    let mut last = run.clone();
    while is_single_letter(&text[last.clone()]) && text[last.end..].starts_with('.') {
        match run_at(text, last.end + 1).filter(|next| is_single_letter(&text[next.clone()])) {
            Some(next) => last = next,
            None => break,
        }
    }
    // The final dot is left out: it may end a sentence.
    (last != *run).then_some(last.end)
}

fn is_single_letter(run: &str) -> bool {
    let mut chars = run.chars();
    chars.next().is_some_and(char::is_alphabetic) && chars.next().is_none()
}

/// Joins groups of three digits with dots between them: `1.250.000`.
fn thousands(text: &str, run: &Range<usize>) -> Option<usize> {
    if run.len() > 3 || !is_number(&text[run.clone()]) {
        return None;
    }
    let mut last = run.clone();
    while text[last.end..].starts_with('.') {
        match run_at(text, last.end + 1).filter(|next| next.len() == 3 && is_number(&text[next.clone()])) {
            Some(next) => last = next,
            None => break,
        }
    }
    (last != *run).then_some(last.end)
}

fn is_number(run: &str) -> bool {
    run.bytes().all(|b| b.is_ascii_digit())
}

/// The offset just after a hyphen at `at`; `None` if there is no hyphen.
fn hyphen_at(text: &str, at: usize) -> Option<usize> {
    if text.as_bytes().get(at).is_none_or(|b| b.is_ascii() && *b != b'-') {
        return None;
    }
    let rest = &text[at..];
    let hyphen = ['-', '\u{2010}', '\u{2011}'].into_iter().find(|hyphen| rest.starts_with(*hyphen))?;
    Some(at + hyphen.len_utf8())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pieces(text: &str) -> Vec<&str> {
        let mut pieces = Vec::new();
        for_each_span(text, |span| pieces.push(&text[span.from..span.to]));
        pieces
    }

    #[test]
    fn the_customs_of_dutch_are_known() {
        let check = |text: &str, expected: &[&str]| assert_eq!(pieces(text), expected, "{text}");
        check("'s-Gravenhage", &["s", "Gravenhage"]);
        check("foto's en auto’s", &["foto's", "en", "auto’s"]);
        check("zo'n avond", &["zo", "n", "avond"]);
        check("b.v. en o.a.", &["b.v", "en", "o.a"]);
        check("J.P. is niet a.u.b. nr.5", &["J.P", "is", "niet", "a.u.b", "nr", "5"]);
        check("€ 1.250.000,50 op 24.03.2026", &["1.250.000", "50", "op", "24", "03", "2026"]);
        check("2024-00123 RIS321030", &["2024", "00123", "RIS321030"]);
        check("www.waterdam.nl", &["www", "waterdam", "nl"]);
        check("- -a- --", &["a"]);
        check("", &[]);
    }
}
