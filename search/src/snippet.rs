//! Cuts excerpts of texts and marks the hits in them, best first. Pure.

use std::{cmp::Reverse, ops};

use crate::{
    dutch::Word,
    matching::{Occurrence, occurrences},
    prefilter::Prefilter,
    query::{MOST_WORDS, Query},
};

/// Length of a snippet, in words.
const LENGTH: usize = 36;

/// Maximum number of hits of one text that are considered for the best window.
const MOST_HITS: usize = 200;

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Snippet {
    /// Plain text, never HTML. An ellipsis marks where the text was cut.
    pub text: String,
    /// Ranges of the hits, in order, without overlap.
    pub ranges: Vec<TextRange>,
}

/// A half-open range in Unicode characters (code points).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TextRange {
    pub start: usize,
    pub end: usize,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fragment {
    pub text: usize,
    pub snippet: Snippet,
}

/// Finds and marks what a query matches. Built once for a query and used for many texts.
pub struct Marker {
    query: Query,
    prefilter: Prefilter,
}

impl Marker {
    pub fn new(query: &Query) -> Self {
        Self { query: query.clone(), prefilter: Prefilter::new(query) }
    }

    /// Cuts the best excerpt of each matching text (a page). The excerpts with the most leaves of the query come first, then those
    /// of earlier texts; at most `first` are returned. Also returns the indexes of all matching texts.
    pub fn fragments<'a>(
        &self,
        texts: impl IntoIterator<Item = &'a str>,
        first: usize,
    ) -> (Vec<Fragment>, Vec<usize>) {
        let mut found = Vec::new();
        for (i, text) in texts.into_iter().enumerate() {
            let words = self.prefilter.candidate_words(text);
            let hits = occurrences(&words, &self.query);
            if let Some((leaves, window)) = best_window(&words, &hits) {
                found.push((leaves, i, text, words, hits, window));
            }
        }
        let with_hits = found.iter().map(|(_, i, ..)| *i).collect();
        found.sort_by_key(|(leaves, i, ..)| (Reverse(*leaves), *i));
        found.truncate(first);
        let mut fragments = Vec::with_capacity(found.len());
        for (_, text, whole, words, hits, window) in found {
            fragments.push(Fragment { text, snippet: cut_snippet(whole, &words, &hits, window, false) });
        }
        (fragments, with_hits)
    }

    /// Marks the hits in the whole of a short text, such as a title.
    pub fn mark_hits(&self, text: &str) -> Snippet {
        let words = self.prefilter.candidate_words(text);
        let hits = occurrences(&words, &self.query);
        cut_snippet(text, &words, &hits, 0..words.len(), true)
    }
}

/// The number of distinct leaves within a window. The hits must be in order.
fn leaves_in(hits: &[Occurrence], window: &ops::Range<usize>) -> u32 {
    let first = hits.partition_point(|hit| hit.words.start < window.start);
    let near = hits[first..].iter().take_while(|hit| hit.words.start < window.end);
    let inside = near.filter(|hit| hit.words.end <= window.end);
    // Leaves are distinct, and there are at most as many as words.
    const { assert!(MOST_WORDS <= 64) };
    inside.fold(0_u64, |leaves, hit| leaves | 1 << hit.leaf.min(63)).count_ones()
}

/// The window with the most distinct leaves, and their number. The first wins a tie, which keeps snippets stable.
fn best_window(words: &[Word], hits: &[Occurrence]) -> Option<(u32, ops::Range<usize>)> {
    let windows = hits.iter().take(MOST_HITS).map(|hit| {
        let from = hit.words.start.saturating_sub(LENGTH / 4);
        let window = from..(from + LENGTH).max(hit.words.end).min(words.len());
        (leaves_in(hits, &window), window)
    });
    windows.reduce(|a, b| if b.0 > a.0 { b } else { a })
}

fn cut_snippet(
    text: &str,
    words: &[Word],
    hits: &[Occurrence],
    window: ops::Range<usize>,
    whole: bool,
) -> Snippet {
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
        builder.push_text("… ");
    }
    let mut at = from;
    for hit in hits.iter().filter(|hit| window.start <= hit.words.start && hit.words.end <= window.end) {
        let (start, end) = (words[hit.words.start].from, words[hit.words.end - 1].to);
        if start < at {
            continue;
        }
        builder.push_text(&text[at..start]);
        let range_start = builder.next_position();
        builder.push_text(&text[start..end]);
        builder.snippet.ranges.push(TextRange { start: range_start, end: builder.length });
        at = end;
    }
    builder.push_text(&text[at.min(to)..to]);
    if to < text.len() {
        builder.push_text(" …");
    }
    builder.snippet
}

#[derive(Default)]
struct Builder {
    snippet: Snippet,
    length: usize,
    space: bool,
}

impl Builder {
    fn push_text(&mut self, text: &str) {
        for c in text.chars() {
            if c.is_whitespace() {
                self.space = self.length > 0;
                continue;
            }
            self.flush_space();
            self.snippet.text.push(c);
            self.length += 1;
        }
    }

    fn flush_space(&mut self) {
        if self.space {
            self.snippet.text.push(' ');
            self.length += 1;
            self.space = false;
        }
    }

    /// The length including a pending space: the position where the next character begins.
    fn next_position(&mut self) -> usize {
        self.flush_space();
        self.length
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::query::Expr;

    fn marker(query: &str) -> Marker {
        Marker::new(&Query::parse(query).unwrap())
    }

    fn shown(snippet: &Snippet) -> Vec<String> {
        let cut = |r: &TextRange| snippet.text.chars().skip(r.start).take(r.end - r.start).collect();
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
        let marked = |text: &str, asked: &str| shown(&marker(asked).mark_hits(text));
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
        let (best, _) = Marker::new(&query).fragments(texts, 3);
        assert_eq!(best.iter().map(|it| it.text).collect::<Vec<_>>(), [1, 0, 2]);
    }

    #[test]
    fn a_window_counts_each_leaf_once_and_only_what_lies_inside() {
        let hit = |words: ops::Range<usize>, leaf| Occurrence { leaf, words };
        let hits = [hit(0..1, 0), hit(2..4, 1), hit(4..5, 1), hit(5..8, 2)];
        assert_eq!([0..6, 2..5, 2..4, 3..5, 0..8].map(|window| leaves_in(&hits, &window)), [2, 1, 1, 1, 3]);
    }

    #[test]
    fn the_first_of_the_windows_with_most_leaves_wins() {
        let words = crate::dutch::split_words(&"woord ".repeat(400));
        let hit = |at: usize, leaf| Occurrence { leaf, words: at..at + 1 };
        let around = |at: usize| at - LENGTH / 4..at - LENGTH / 4 + LENGTH;
        assert_eq!(best_window(&words, &[hit(100, 0), hit(200, 1)]), Some((1, around(100))));
        assert_eq!(best_window(&words, &[hit(100, 0), hit(200, 0), hit(201, 1)]), Some((2, around(200))));
        assert_eq!(best_window(&words, &[hit(100, 0), hit(101, 1), hit(200, 0)]), Some((2, around(100))));
        assert_eq!(best_window(&words, &[hit(399, 0)]), Some((1, 399 - LENGTH / 4..400)));
        assert_eq!(best_window(&words, &[]), None);
    }

    #[test]
    fn signs_at_the_ends_of_a_text_stay_and_hits_elsewhere_are_not_marked() {
        let text = format!("(De brug) {}de haven en de brug.)", "woord ".repeat(200));
        let first = &marker("brug").fragments([text.as_str()], 1).0[0].snippet;
        assert!(
            first.text.starts_with("(De brug) woord") && first.text.ends_with("woord …"),
            "{}",
            first.text
        );
        assert_eq!(shown(first), ["brug"]);
        let last = &marker("haven").fragments([text.as_str()], 1).0[0].snippet;
        assert!(
            last.text.starts_with("… woord") && last.text.ends_with("de haven en de brug.)"),
            "{}",
            last.text
        );
    }

    #[test]
    fn markup_in_a_text_stays_text() {
        let snippet = marker("brug").mark_hits("<b>brug</b> & co");
        assert_eq!((snippet.text.as_str(), shown(&snippet)), ("<b>brug</b> & co", vec!["brug".to_owned()]));
    }

    proptest! {
        #[test]
        fn every_range_lies_in_the_text_and_matches(text in "\\PC{0,120}", asked in "[a-e \"-]{1,8}") {
            let marker = marker(&asked);
            let (best, _) = marker.fragments([text.as_str()], 1);
            for snippet in best.into_iter().map(|it| it.snippet).chain([marker.mark_hits(&text)]) {
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
