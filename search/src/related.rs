//! Which words of an article say what it is about, and what must be found together for a paper to lie behind it. Pure.
//!
//! A paper lies behind an article when it has enough of the words that tell the article from all others. Words of the article
//! that stand in no paper count against it: who writes of a football match has many of them.

use std::collections::BTreeMap;

use crate::{
    dutch::{self, frequent::is_frequent},
    query::{Expr, Query, Term},
};

/// Words of an article that are looked up.
const LOOKED_UP: usize = 24;

/// Of these, the ones that say most.
const TOLD: usize = 8;

/// Of the weight of these a paper must have so much …
const SHARE: f64 = 0.4;

/// … in so many words at least.
const LEAST: usize = 3;
const MOST: usize = 4;

/// How much a word of the title weighs against one of the text, and a name against another word.
const TITLE: f64 = 2.0;
const NAME: f64 = 1.5;

/// Letters of a word that says anything.
const SHORTEST: usize = 4;

/// How names of streets and waters end.
const PLACES: [&str; 18] = [
    "straat", "weg", "laan", "plein", "kade", "dijk", "singel", "gracht", "steeg", "pad", "hof", "park",
    "brug", "haven", "markt", "dreef", "polder", "sluis",
];

/// What is written.
#[derive(Clone, Debug, Default)]
pub struct Article {
    /// Its headline.
    pub title: String,
    /// Its text, as far as it is given.
    pub text: String,
    /// Words that somebody chose already; with them nothing else of the article is looked at.
    pub terms: Vec<String>,
}

/// A word or a name of an article.
#[derive(Clone, Debug, PartialEq)]
pub struct Candidate {
    /// As it stands there.
    pub shown: String,
    /// What is looked for.
    pub expr: Expr,
    /// How much the article makes of it.
    pub weight: f64,
    /// Whether it names a place.
    pub is_place: bool,
}

/// What must be found.
#[derive(Clone, Debug, PartialEq)]
pub struct Told {
    /// The words that say what the article is about, those that say most first.
    pub used: Vec<Candidate>,
    /// What a paper behind it must have; absent when too few of the words stand in any.
    pub query: Option<Query>,
}

/// The words and names of an article, those it makes most of first.
pub fn candidates(article: &Article) -> Vec<Candidate> {
    if !article.terms.is_empty() {
        let given = article.terms.iter().filter_map(|term| candidate(term, 1.0));
        return given.take(LOOKED_UP).collect();
    }
    let mut counted: BTreeMap<String, (Candidate, f64)> = BTreeMap::new();
    for (text, weight) in [(&article.title, TITLE), (&article.text, 1.0)] {
        for run in runs(text) {
            let Some(found) = candidate(&run, if run.starts_with(char::is_uppercase) { NAME } else { 1.0 })
            else {
                continue;
            };
            let key = match &found.expr {
                Expr::Word(term) => term.stem.clone(),
                Expr::Phrase(words) => words.join(" "),
                _ => continue,
            };
            let known = counted.entry(key).or_insert((found, 0.0));
            known.1 += weight;
        }
    }
    let weighed = |(found, times): (Candidate, f64)| {
        let weight = found.weight * (1.0 + times.ln().max(0.0));
        Candidate { weight, ..found }
    };
    let mut all: Vec<Candidate> = counted.into_values().map(weighed).collect();
    let order = |it: &Candidate| (it.weight, it.shown.chars().count().min(12));
    all.sort_by(|a, b| order(b).partial_cmp(&order(a)).unwrap_or(std::cmp::Ordering::Equal));
    all.truncate(LOOKED_UP);
    all
}

fn candidate(run: &str, weight: f64) -> Option<Candidate> {
    let words = dutch::words(run);
    let folded: Vec<String> = words.iter().map(|word| word.form.folded.to_string()).collect();
    let says = |word: &String| {
        word.chars().count() >= SHORTEST && !is_frequent(word) && !word.chars().all(|c| c.is_ascii_digit())
    };
    let expr = match &folded[..] {
        [one] if says(one) => Expr::Word(Term::of(run)?),
        [_, _, ..] if folded.iter().any(says) => Expr::Phrase(folded.clone()),
        _ => return None,
    };
    let last = folded.last().map(String::as_str).unwrap_or_default();
    let is_place =
        PLACES.iter().any(|end| last.ends_with(end) && (folded.len() > 1 || last.len() > end.len() + 2));
    Some(Candidate { shown: run.to_owned(), expr, weight, is_place })
}

/// Words, and names of several words: capitalised ones one behind the other, but for the first of a sentence.
fn runs(text: &str) -> Vec<String> {
    let mut runs = Vec::new();
    let mut name: Vec<&str> = Vec::new();
    let mut begins = true;
    let finish = |name: &mut Vec<&str>, runs: &mut Vec<String>| {
        if name.len() > 1 {
            runs.push(name.join(" "));
        }
        name.clear();
    };
    for piece in text.split_whitespace() {
        let word = piece.trim_matches(|c: char| !c.is_alphanumeric());
        let is_name = word.starts_with(char::is_uppercase) && !begins;
        if !is_name || piece.starts_with(|c: char| !c.is_alphanumeric()) {
            finish(&mut name, &mut runs);
        }
        if is_name {
            name.push(word);
        }
        if !word.is_empty() {
            // The first word of a sentence is no name because it is written like one.
            runs.push(if begins && !word.chars().skip(1).any(char::is_uppercase) {
                word.to_lowercase()
            } else {
                word.to_owned()
            });
        }
        let ends = piece.ends_with(['.', '!', '?', ':']);
        if ends || piece.ends_with([',', ';', ')']) {
            finish(&mut name, &mut runs);
        }
        begins = ends;
    }
    finish(&mut name, &mut runs);
    runs
}

/// What must be found, when each candidate stands in so many of `total` papers.
pub fn told(candidates: Vec<(Candidate, u64)>, total: u64) -> Told {
    #[expect(clippy::cast_precision_loss, reason = "papers are counted in millions")]
    let rarity = |frequency: u64| ((total as f64 + 1.0) / (frequency as f64 + 1.0)).ln();
    let mut all: Vec<(Candidate, u64)> = candidates
        .into_iter()
        .map(|(it, frequency)| (Candidate { weight: it.weight * rarity(frequency), ..it }, frequency))
        .collect();
    all.sort_by(|a, b| b.0.weight.total_cmp(&a.0.weight));
    all.truncate(TOLD);
    let whole: f64 = all.iter().map(|(it, _)| it.weight).sum();
    let known: Vec<&Candidate> =
        all.iter().filter(|(_, frequency)| *frequency > 0).map(|(it, _)| it).collect();
    let mut enough: Vec<Vec<usize>> = Vec::new();
    for size in LEAST..=MOST {
        for set in subsets(known.len(), size) {
            let weight: f64 = set.iter().map(|at| known[*at].weight).sum();
            let is_new = !enough.iter().any(|less| less.iter().all(|at| set.contains(at)));
            if weight >= SHARE * whole && is_new {
                enough.push(set);
            }
        }
    }
    let all_of = |set: Vec<usize>| Expr::And(set.into_iter().map(|at| known[at].expr.clone()).collect());
    let clauses: Vec<Expr> = enough.into_iter().map(all_of).collect();
    let query = (!clauses.is_empty()).then_some(Query { expr: Expr::Or(clauses) });
    Told { used: known.into_iter().cloned().collect(), query }
}

/// All sets of `size` of the numbers below `of`.
fn subsets(of: usize, size: usize) -> Vec<Vec<usize>> {
    if size == 0 {
        return vec![Vec::new()];
    }
    (0..of)
        .flat_map(|last| {
            subsets(last, size - 1).into_iter().map(move |mut set| {
                set.push(last);
                set
            })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn shown(title: &str, text: &str) -> Vec<String> {
        let article = Article { title: title.into(), text: text.into(), terms: Vec::new() };
        candidates(&article).into_iter().map(|it| it.shown).collect()
    }

    #[test]
    fn names_of_several_words_are_one_and_a_sentence_begins_with_no_name() {
        let all = shown(
            "Fietsbrug over de haven",
            "Roeiers van de Oude Haven willen geen fietsbrug. Slagbomen komen er ook. Wethouder komt langs.",
        );
        assert!(all.contains(&"Oude Haven".to_owned()) && all.contains(&"slagbomen".to_owned()), "{all:?}");
        // What stands everywhere says nothing, however it is written.
        for word in ["over", "Slagbomen", "wethouder", "Wethouder"] {
            assert!(!all.contains(&word.to_owned()), "{word} in {all:?}");
        }
        assert_eq!(all[0].to_lowercase(), "fietsbrug", "in the title and again: {all:?}");
    }

    #[test]
    fn places_are_told_by_their_ends() {
        let place = |name: &str| candidate(name, 1.0).is_some_and(|it| it.is_place);
        assert!(place("Kastanjelaan") && place("Oude Haven") && !place("haven") && !place("fietsbruggen"));
    }

    #[test]
    fn what_stands_nowhere_counts_against_it() {
        let word = |text: &str, frequency| (candidate(text, 1.0).unwrap(), frequency);
        let about = vec![word("fietsbrug", 2), word("Kastanjelaan", 1), word("aanlanding", 2)];
        let told_of =
            |all: &[(Candidate, u64)]| told(all.to_vec(), 1000).query.map(|query| query.understood());
        assert!(told_of(&about).is_some());
        let unknown =
            ["doelpunt", "scheidsrechter", "strafschop", "keeper", "buitenspel"].map(|it| word(it, 0));
        assert_eq!(told_of(&[about, unknown.to_vec()].concat()), None);
        assert_eq!(told_of(&[word("fietsbrug", 2), word("haven", 5)]), None, "two words are too few");
    }

    proptest! {
        #[test]
        fn any_article_is_read(title in "\\PC{0,60}", text in "\\PC{0,400}", frequencies in proptest::collection::vec(0_u64..50, LOOKED_UP)) {
            let found = candidates(&Article { title, text, terms: Vec::new() });
            prop_assert!(found.len() <= LOOKED_UP);
            let told = told(found.into_iter().zip(frequencies).collect(), 60);
            prop_assert!(told.used.len() <= TOLD);
        }
    }
}
