//! Where in a text the query stands: pieces of it with the hits marked, the best first. Pure.

use std::{cmp::Reverse, ops};

use crate::{
    dutch::Word,
    matching::{Occurrence, occurrences},
    query::{MOST_WORDS, Query},
    sieve::Sieve,
};

/// Words in a snippet.
const LENGTH: usize = 36;

/// So many hits of one text are looked at when the best piece is chosen.
const MOST_HITS: usize = 200;

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

/// The best piece of a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fragment {
    /// Which of the texts.
    pub text: usize,
    /// The piece.
    pub snippet: Snippet,
}

/// Finds what a query asks in texts and marks it. Made once for all the texts that a query is held against.
pub struct Marker {
    query: Query,
    sieve: Sieve,
}

impl Marker {
    /// The marker of a query.
    pub fn of(query: &Query) -> Self {
        Self { query: query.clone(), sieve: Sieve::of(query) }
    }

    /// The best piece of each of `texts` (pages) in which something of the query stands, the best first: that with most of the
    /// query; of equals the first in the text. At most `first` are cut. With the numbers of all texts in which something stands.
    pub fn fragments<'a>(
        &self,
        texts: impl IntoIterator<Item = &'a str>,
        first: usize,
    ) -> (Vec<Fragment>, Vec<usize>) {
        let mut found = Vec::new();
        for (i, text) in texts.into_iter().enumerate() {
            let words = self.sieve.words(text);
            let hits = occurrences(&words, &self.query);
            if let Some((leaves, window)) = best_window(&words, &hits) {
                found.push((leaves, i, text, words, hits, window));
            }
        }
        let with_hits = found.iter().map(|(_, i, ..)| *i).collect();
        found.sort_by_key(|(leaves, i, ..)| (Reverse(*leaves), *i));
        found.truncate(first);
        let cut =
            |(_, text, whole, words, hits, window): (u32, usize, &str, Vec<Word>, Vec<Occurrence>, _)| {
                Fragment { text, snippet: slice(whole, &words, &hits, window, false) }
            };
        (found.into_iter().map(cut).collect(), with_hits)
    }

    /// The whole of a short text (a title) with its hits.
    pub fn mark(&self, text: &str) -> Snippet {
        let words = self.sieve.words(text);
        let hits = occurrences(&words, &self.query);
        slice(text, &words, &hits, 0..words.len(), true)
    }
}

/// How many leaves of the query stand in a window, among hits that are in order.
fn leaves_in(hits: &[Occurrence], window: &ops::Range<usize>) -> u32 {
    let first = hits.partition_point(|hit| hit.words.start < window.start);
    let near = hits[first..].iter().take_while(|hit| hit.words.start < window.end);
    let inside = near.filter(|hit| hit.words.end <= window.end);
    // Those of a query differ, and it has no more than words.
    const { assert!(MOST_WORDS <= 64) };
    inside.fold(0_u64, |leaves, hit| leaves | 1 << hit.leaf.min(63)).count_ones()
}

/// The stretch around the hits that together show most leaves, and how many. Of equals the first, so that a snippet does not
/// jump about.
fn best_window(words: &[Word], hits: &[Occurrence]) -> Option<(u32, ops::Range<usize>)> {
    let windows = hits.iter().take(MOST_HITS).map(|hit| {
        let from = hit.words.start.saturating_sub(LENGTH / 4);
        let window = from..(from + LENGTH).max(hit.words.end).min(words.len());
        (leaves_in(hits, &window), window)
    });
    windows.reduce(|a, b| if b.0 > a.0 { b } else { a })
}

fn slice(text: &str, words: &[Word], hits: &[Occurrence], window: ops::Range<usize>, whole: bool) -> Snippet {
    let (mut from, mut to) = (0, text.len());
    if !whole
        && let (Some(first), Some(last)) = (words.get(window.start), words.get(window.end.wrapping_sub(1)))
    {
        if window.start > 0 {
            from = first.whole_from().min(first.from);
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
    use crate::query::Expr;

    fn marker(query: &str) -> Marker {
        Marker::of(&Query::parse(query).unwrap())
    }

    fn shown(snippet: &Snippet) -> Vec<String> {
        let cut = |r: &Range| snippet.text.chars().skip(r.start).take(r.end - r.start).collect();
        snippet.ranges.iter().map(cut).collect()
    }

    #[test]
    fn the_page_with_most_of_the_query_comes_first() {
        let pages =
            ["Over de haven.", "Niets.", "Over fietsen en de financiële haven.", "Over fietsen en de haven."];
        let (best, with_hits) = marker("haven fiets financiele").fragments(pages, 2);
        assert_eq!(best.iter().map(|it| it.text).collect::<Vec<_>>(), [2, 3]);
        assert_eq!(shown(&best[0].snippet), ["fietsen", "financiële", "haven"]);
        assert_eq!(with_hits, [0, 2, 3]);
    }

    #[test]
    fn a_phrase_is_marked_as_one_and_only_as_written() {
        let (best, _) = marker("\"oude haven\"").fragments(["oude havens", "de Oude\n Haven ligt er"], 5);
        assert_eq!(
            (best.len(), best[0].text, shown(&best[0].snippet)),
            (1, 1, vec!["Oude Haven".to_owned()])
        );
    }

    #[test]
    fn compounds_and_words_apart_are_marked() {
        let marked = |text: &str, asked: &str| shown(&marker(asked).mark(text));
        assert_eq!(marked("het windturbinepark komt", "windturbines"), ["windturbinepark"]);
        assert_eq!(marked("een windturbine park", "windturbinepark"), ["windturbine park"]);
        assert_eq!(marked("wel brug, geen haven", "brug -haven"), ["brug"]);
    }

    #[test]
    fn a_long_text_is_cut_around_the_hits() {
        let text = format!("{} de brug komt er {}", "woord ".repeat(200), "woord ".repeat(200));
        let (best, _) = marker("brug").fragments([text.as_str()], 1);
        let snippet = &best[0].snippet;
        assert!(snippet.text.starts_with("… ") && snippet.text.ends_with(" …"), "{}", snippet.text);
        assert_eq!(shown(snippet), ["brug"]);
        assert!(snippet.text.len() < 400);
    }

    #[test]
    fn what_is_asked_over_and_over_counts_once_and_all_of_it_counts() {
        // Any two of nine words, as what is like an article is asked for: more leaves than words.
        let words = ["aap", "noot", "mies", "wim", "zus", "jet", "teun", "vuur", "gijs"];
        let pair = |a: &str, b: &str| Query::parse(&format!("{a} {b}")).unwrap().expr;
        let both = words.iter().flat_map(|a| words.iter().filter(move |b| a < *b).map(move |b| pair(a, b)));
        let query = Query { expr: Expr::Or(both.collect()) };
        let texts = ["aap noot mies", "teun vuur gijs jet", "aap aap aap aap aap"];
        let (best, _) = Marker::of(&query).fragments(texts, 3);
        assert_eq!(best.iter().map(|it| it.text).collect::<Vec<_>>(), [1, 0, 2]);
    }

    #[test]
    fn markup_in_a_text_stays_text() {
        let snippet = marker("brug").mark("<b>brug</b> & co");
        assert_eq!((snippet.text.as_str(), shown(&snippet)), ("<b>brug</b> & co", vec!["brug".to_owned()]));
    }

    proptest! {
        #[test]
        fn every_range_lies_in_the_text_and_matches(text in "\\PC{0,120}", asked in "[a-e \"-]{1,8}") {
            let marker = marker(&asked);
            let (best, _) = marker.fragments([text.as_str()], 1);
            for snippet in best.into_iter().map(|it| it.snippet).chain([marker.mark(&text)]) {
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
