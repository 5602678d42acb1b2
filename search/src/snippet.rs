//! Where in a text the query stands: the page, and a piece of it with the hits marked. Pure.

use std::ops;

use crate::{
    dutch::{self, Word},
    query::{Clause, Query},
};

/// Words in a snippet.
const LENGTH: usize = 36;

/// A piece of text with its hits.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Snippet {
    /// The text, never HTML. An ellipsis at an end means that more text stands there.
    pub text: String,
    /// Where the hits are in it, in order, without overlap.
    pub ranges: Vec<Range>,
}

/// A stretch of a text, in Unicode characters (code points) from its beginning.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Range {
    /// Its first character.
    pub start: usize,
    /// The character behind its last.
    pub end: usize,
}

/// Which of `texts` (pages) shows the query best, and the snippet there: the one with most of the clauses; of
/// equals the first. `None` when no clause occurs in any.
pub fn best<'a>(texts: impl IntoIterator<Item = &'a str>, query: &Query) -> Option<(usize, Snippet)> {
    let mut best: Option<(usize, usize, Snippet)> = None;
    for (i, text) in texts.into_iter().enumerate() {
        let words = dutch::words(text);
        let hits = hits(&words, query);
        let found = clauses_in(&hits, 0..words.len());
        if found > best.as_ref().map_or(0, |(found, ..)| *found) {
            best = Some((found, i, cut(text, &words, &hits)));
        }
        if found == query.clauses.len() && found > 0 {
            break;
        }
    }
    best.map(|(_, i, snippet)| (i, snippet))
}

/// The whole of a short text (a title) with its hits.
pub fn mark(text: &str, query: &Query) -> Snippet {
    let words = dutch::words(text);
    let hits = hits(&words, query);
    slice(text, &words, &hits, 0..words.len(), true)
}

/// An occurrence of a clause: which one, and over which words.
struct Hit {
    clause: usize,
    words: ops::Range<usize>,
}

fn hits(words: &[Word], query: &Query) -> Vec<Hit> {
    let mut hits = Vec::new();
    for (clause, wanted) in query.clauses.iter().enumerate() {
        match wanted {
            Clause::Word(term) => {
                let matching = words.iter().enumerate().filter(|(_, word)| word.stem == term.stem);
                hits.extend(matching.map(|(i, _)| Hit { clause, words: i..i + 1 }));
            }
            Clause::Phrase(terms) if !terms.is_empty() => {
                let at = words.windows(terms.len()).enumerate();
                let matching =
                    at.filter(|(_, window)| window.iter().zip(terms).all(|(w, t)| w.folded == t.folded));
                hits.extend(matching.map(|(i, _)| Hit { clause, words: i..i + terms.len() }));
            }
            Clause::Phrase(_) => {}
        }
    }
    hits.sort_by_key(|hit| (hit.words.start, hit.words.end));
    hits
}

fn clauses_in(hits: &[Hit], window: ops::Range<usize>) -> usize {
    let inside = hits.iter().filter(|hit| window.start <= hit.words.start && hit.words.end <= window.end);
    let mut clauses: Vec<_> = inside.map(|hit| hit.clause).collect();
    clauses.sort_unstable();
    clauses.dedup();
    clauses.len()
}

/// The stretch around the hits that together show most clauses.
fn cut(text: &str, words: &[Word], hits: &[Hit]) -> Snippet {
    let around = |hit: &Hit| {
        let from = hit.words.start.saturating_sub(LENGTH / 4);
        from..(from + LENGTH).max(hit.words.end).min(words.len())
    };
    let windows = hits.iter().take(200).map(|hit| {
        let window = around(hit);
        (clauses_in(hits, window.clone()), window)
    });
    // Of equals the first, so that the snippet does not jump about.
    let best = windows.reduce(|a, b| if b.0 > a.0 { b } else { a });
    best.map_or_else(Snippet::default, |(_, window)| slice(text, words, hits, window, false))
}

fn slice(text: &str, words: &[Word], hits: &[Hit], window: ops::Range<usize>, whole: bool) -> Snippet {
    let (mut from, mut to) = (0, text.len());
    if !whole
        && let (Some(first), Some(last)) = (words.get(window.start), words.get(window.end.wrapping_sub(1)))
    {
        if window.start > 0 {
            from = first.from;
        }
        if window.end < words.len() {
            to = last.to;
        }
    }
    let mut builder = Builder::default();
    if from > 0 {
        builder.push("… ");
    }
    let mut at = from;
    for hit in hits.iter().filter(|hit| window.start <= hit.words.start && hit.words.end <= window.end) {
        let (start, end) = (words[hit.words.start].from, words[hit.words.end - 1].to);
        if start < at {
            continue;
        }
        builder.push(&text[at..start]);
        let range_start = builder.length();
        builder.push(&text[start..end]);
        builder.snippet.ranges.push(Range { start: range_start, end: builder.length });
        at = end;
    }
    builder.push(&text[at.min(to)..to]);
    if to < text.len() {
        builder.push(" …");
    }
    builder.snippet
}

/// Joins pieces with single spaces for any white space, counting characters.
#[derive(Default)]
struct Builder {
    snippet: Snippet,
    length: usize,
    space: bool,
}

impl Builder {
    fn push(&mut self, text: &str) {
        for c in text.chars() {
            if c.is_whitespace() {
                self.space = self.length > 0;
                continue;
            }
            self.flush();
            self.snippet.text.push(c);
            self.length += 1;
        }
    }

    fn flush(&mut self) {
        if self.space {
            self.snippet.text.push(' ');
            self.length += 1;
            self.space = false;
        }
    }

    /// The length so far, a pending space included: what comes next begins here.
    fn length(&mut self) -> usize {
        self.flush();
        self.length
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn shown(snippet: &Snippet) -> Vec<String> {
        let cut = |r: &Range| snippet.text.chars().skip(r.start).take(r.end - r.start).collect();
        snippet.ranges.iter().map(cut).collect()
    }

    #[test]
    fn the_page_with_most_of_the_query_is_shown() {
        let pages = ["Over de haven.", "Over fietsen en de financiële haven.", "Over fietsen en de haven."];
        let (page, snippet) = best(pages, &Query::parse("haven fiets financiele")).unwrap();
        assert_eq!(page, 1);
        assert_eq!(shown(&snippet), ["fietsen", "financiële", "haven"]);
    }

    #[test]
    fn a_phrase_is_marked_as_one_and_only_as_written() {
        let (page, snippet) =
            best(["oude havens", "de Oude\n Haven ligt er"], &Query::parse("\"oude haven\"")).unwrap();
        assert_eq!((page, shown(&snippet)), (1, vec!["Oude Haven".to_owned()]));
    }

    #[test]
    fn a_long_text_is_cut_around_the_hits() {
        let text = format!("{} de brug komt er {}", "woord ".repeat(200), "woord ".repeat(200));
        let (_, snippet) = best([text.as_str()], &Query::parse("brug")).unwrap();
        assert!(snippet.text.starts_with("… ") && snippet.text.ends_with(" …"), "{}", snippet.text);
        assert_eq!(shown(&snippet), ["brug"]);
        assert!(snippet.text.len() < 400);
    }

    #[test]
    fn markup_in_a_text_stays_text() {
        let snippet = mark("<b>brug</b> & co", &Query::parse("brug"));
        assert_eq!((snippet.text.as_str(), shown(&snippet)), ("<b>brug</b> & co", vec!["brug".to_owned()]));
    }

    proptest! {
        #[test]
        fn every_range_lies_in_the_text_and_matches(text in "\\PC{0,120}", query in "[a-e \"]{1,8}") {
            let query = Query::parse(&query);
            for snippet in best([text.as_str()], &query).map(|(_, snippet)| snippet).into_iter().chain([mark(&text, &query)]) {
                let length = snippet.text.chars().count();
                let mut end = 0;
                for range in &snippet.ranges {
                    prop_assert!(end <= range.start && range.start < range.end && range.end <= length);
                    end = range.end;
                }
            }
        }
    }
}
