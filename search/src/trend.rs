//! Finds words that are more frequent in one set of papers than in another. Pure.

use std::collections::{BTreeMap, BTreeSet};

use crate::dutch::{self, frequent::is_frequent};

/// Length of a significant word, in letters.
const SHORTEST: usize = 5;
const LONGEST: usize = 30;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Spoken {
    pub stem: String,
    pub shown: String,
    pub papers: u64,
}

/// Counts in how many papers each stem occurs, most frequent first.
pub fn count_stems<'a>(papers: impl IntoIterator<Item = Vec<&'a str>>) -> Vec<Spoken> {
    let mut stems: BTreeMap<String, (u64, BTreeMap<String, u64>)> = BTreeMap::new();
    for texts in papers {
        let mut own: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        for text in texts {
            dutch::for_each_word(text, |word| {
                let form = &word.form;
                let length = form.folded.chars().count();
                let is_word = form.folded.chars().all(char::is_alphabetic);
                if (SHORTEST..=LONGEST).contains(&length) && is_word && !is_frequent(&form.folded) {
                    own.entry(form.stem.to_string()).or_default().insert(form.folded.to_string());
                }
            });
        }
        for (stem, forms) in own {
            let known = stems.entry(stem).or_default();
            known.0 += 1;
            for form in forms {
                *known.1.entry(form).or_default() += 1;
            }
        }
    }
    let mut all = Vec::with_capacity(stems.len());
    for (stem, (papers, forms)) in stems {
        let most = forms.into_iter().max_by(|(a, n), (b, m)| (n, b).cmp(&(m, a)));
        all.push(Spoken { shown: most.map(|(form, _)| form).unwrap_or_default(), stem, papers });
    }
    all.sort_by(|a, b| (b.papers, &a.stem).cmp(&(a.papers, &b.stem)));
    all
}

/// A number of documents with a word among all documents of a period.
#[derive(Clone, Copy, Debug)]
pub struct WordShare {
    pub with_word: u64,
    pub all: u64,
}

/// Dunning's log-likelihood that a word is more frequent now than before; 0 if it is not.
#[expect(clippy::cast_precision_loss, reason = "papers are counted in millions")]
pub fn prominence(now: WordShare, before: WordShare) -> f64 {
    let (of_now, of_before) = (now.all.max(1) as f64, before.all.max(1) as f64);
    let (now, before) = (now.with_word as f64, before.with_word as f64);
    if now / of_now <= before / of_before {
        return 0.0;
    }
    let rate = (now + before) / (of_now + of_before);
    2.0 * (log_likelihood(now, of_now * rate) + log_likelihood(before, of_before * rate))
}

fn log_likelihood(seen: f64, expected: f64) -> f64 {
    if seen > 0.0 { seen * (seen / expected).ln() } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_counts_once_for_a_paper_in_the_form_that_is_used_most() {
        let papers = [
            vec!["Fietsbruggen en fietsbruggen", "een fietsbrug"],
            vec!["de fietsbruggen van 2026"],
            vec!["raad"],
        ];
        let all = count_stems(papers);
        assert_eq!(all.len(), 1, "{all:?}");
        assert_eq!((all[0].shown.as_str(), all[0].papers), ("fietsbruggen", 2));
    }

    fn weigh(now: u64, of_now: u64, before: u64, of_before: u64) -> f64 {
        prominence(WordShare { with_word: now, all: of_now }, WordShare { with_word: before, all: of_before })
    }

    #[test]
    fn what_is_as_frequent_as_before_does_not_stand_out() {
        assert!(weigh(10, 100, 100, 1000) == 0.0);
        assert!(weigh(30, 100, 10, 1000) > weigh(3, 100, 1, 1000));
        assert!(weigh(3, 100, 0, 1000) > 0.0);
        assert!(weigh(0, 0, 0, 0) == 0.0);
    }
}
