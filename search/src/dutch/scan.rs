//! Where words begin and end in a text. A word is a run of letters and digits; around that come the customs of Dutch:
//! `foto's`, `b.v.`, `1.250.000`, and hyphens, which make several words that are also one.

use std::ops::Range;

use unicode_normalization::char::is_combining_mark;

/// So many words at most are taken as one because hyphens join them.
const LONGEST_CHAIN: usize = 4;

/// What may stand behind an apostrophe and still belong to the word before it.
const ENDINGS: [&str; 6] = ["s", "tje", "tjes", "er", "ers", "en"];

/// A word's place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    /// Where it begins, in bytes.
    pub from: usize,
    /// Where it ends, in bytes.
    pub to: usize,
    /// Where the first of the words begins that hyphens join to it, at the last of them.
    pub chain: Option<usize>,
}

/// Calls `on` with each word's place, in order.
pub fn each(text: &str, mut on: impl FnMut(Span)) {
    let mut at = 0;
    // Where the chain of hyphens that ends here began, and of how many words it is so far.
    let mut chain: Option<(usize, usize)> = None;
    while let Some(run) = run_from(text, at) {
        let to = extend(text, &run);
        let (first, count) = chain.map_or((run.start, 1), |(first, count)| (first, count + 1));
        let hyphen = hyphen_at(text, to);
        let goes_on = hyphen.is_some_and(|behind| run_at(text, behind).is_some());
        let whole = !goes_on && (2..=LONGEST_CHAIN).contains(&count);
        on(Span { from: run.start, to, chain: whole.then_some(first) });
        chain = goes_on.then_some((first, count));
        at = to;
    }
}

/// The first run of letters and digits at or behind `at`.
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

/// The run that begins right at `at`, with the marks that belong to it.
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
            // A soft hyphen only says where a word may be broken: it is no end of the word.
            let belongs = c.is_alphanumeric() || (to > at && (is_combining_mark(c) || c == '\u{AD}'));
            if !belongs {
                break;
            }
            to += c.len_utf8();
        }
    }
    (to > at).then_some(at..to)
}

/// Where the word ends that begins with this run.
fn extend(text: &str, run: &Range<usize>) -> usize {
    // Behind most words nothing stands that could belong to them.
    if text.as_bytes().get(run.end).is_none_or(|b| b.is_ascii() && !matches!(b, b'.' | b'\'')) {
        return run.end;
    }
    let piece = &text[run.clone()];
    if let Some(to) = abbreviation(text, run).or_else(|| thousands(text, run)) {
        return to;
    }
    // "foto's", "A4'tje": but "'s" alone stands before a name.
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

/// Single letters with dots between them: `b.v.`, `a.u.b.`.
fn abbreviation(text: &str, run: &Range<usize>) -> Option<usize> {
    let is_letter = |run: &Range<usize>| {
        let mut chars = text[run.clone()].chars();
        chars.next().is_some_and(char::is_alphabetic) && chars.next().is_none()
    };
    let mut last = run.clone();
    while is_letter(&last) && text[last.end..].starts_with('.') {
        match run_at(text, last.end + 1).filter(&is_letter) {
            Some(next) => last = next,
            None => break,
        }
    }
    // The dot behind the last letter is left out: it may be the end of a sentence.
    (last != *run).then_some(last.end)
}

/// Groups of three digits with dots between them are one number: `1.250.000`.
fn thousands(text: &str, run: &Range<usize>) -> Option<usize> {
    let digits = |run: &Range<usize>| text[run.clone()].bytes().all(|b| b.is_ascii_digit());
    if run.len() > 3 || !digits(run) {
        return None;
    }
    let mut last = run.clone();
    while text[last.end..].starts_with('.') {
        match run_at(text, last.end + 1).filter(|next| next.len() == 3 && digits(next)) {
            Some(next) => last = next,
            None => break,
        }
    }
    (last != *run).then_some(last.end)
}

/// Behind the hyphen that stands at `at`, if one does.
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
        each(text, |span| pieces.push(&text[span.from..span.to]));
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
