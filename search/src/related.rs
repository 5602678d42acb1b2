//! Finds the papers behind a news article: selects its significant words and builds a query of them. Pure.
//!
//! A paper is related if it contains enough of the words that distinguish the article. Words that occur in no paper count against
//! all papers: an article on a football match has many of them.

use std::collections::BTreeMap;

use crate::{
    dutch::{self, frequent::is_frequent},
    query::{Expr, Query, QueryTerm},
};

/// Maximum number of candidates whose frequency is looked up.
const LOOKED_UP: usize = 24;

/// Number of the weightiest candidates that are used.
const TOLD: usize = 8;

/// Share of the total weight of the used candidates that a paper must contain.
const SHARE: f64 = 0.4;

/// Minimum and maximum number of candidates in one combination that suffices.
const LEAST: usize = 3;
const MOST: usize = 4;

/// Weight of a word in the title, and of a name; any other word of the text weighs 1.
const TITLE: f64 = 2.0;
const NAME: f64 = 1.5;

/// Minimum length of a significant word, in letters.
const SHORTEST: usize = 4;

/// Endings of street and water names.
const PLACES: [&str; 18] = [
    "straat", "weg", "laan", "plein", "kade", "dijk", "singel", "gracht", "steeg", "pad", "hof", "park",
    "brug", "haven", "markt", "dreef", "polder", "sluis",
];

/// A news article whose source papers are looked for.
#[derive(Clone, Debug, Default)]
pub struct Article {
    pub title: String,
    pub text: String,
    /// Terms chosen by the caller. If there are any, title and text are ignored.
    pub terms: Vec<String>,
}

/// A word or name of an article that may identify its source papers.
#[derive(Clone, Debug, PartialEq)]
pub struct Candidate {
    pub shown: String,
    pub expr: Expr,
    /// Weight by position, frequency and form in the article.
    pub weight: f64,
    pub is_place: bool,
}

/// The query for the papers behind an article.
#[derive(Clone, Debug, PartialEq)]
pub struct RelatedQuery {
    /// The candidates that occur in some paper, weightiest first.
    pub used: Vec<Candidate>,
    /// The query that such a paper matches; `None` if too few of the candidates occur in any.
    pub query: Option<Query>,
}

pub fn candidates(article: &Article) -> Vec<Candidate> {
    if !article.terms.is_empty() {
        let given = article.terms.iter().filter_map(|term| candidate(term, 1.0));
        return given.take(LOOKED_UP).collect();
    }
    let mut counted: BTreeMap<String, (Candidate, f64)> = BTreeMap::new();
    for (text, weight) in [(&article.title, TITLE), (&article.text, 1.0)] {
        for run in split_runs(text) {
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
    let mut all = Vec::new();
    for (mut found, times) in counted.into_values() {
        found.weight *= 1.0 + times.ln().max(0.0);
        all.push(found);
    }
    all.sort_by(|a, b| sort_key(b).partial_cmp(&sort_key(a)).unwrap_or(std::cmp::Ordering::Equal));
    all.truncate(LOOKED_UP);
    all
}

fn sort_key(candidate: &Candidate) -> (f64, usize) {
    (candidate.weight, candidate.shown.chars().count().min(12))
}

fn is_significant(folded: &str) -> bool {
    folded.chars().count() >= SHORTEST && !is_frequent(folded) && !folded.chars().all(|c| c.is_ascii_digit())
}

fn candidate(run: &str, weight: f64) -> Option<Candidate> {
    let words = dutch::split_words(run);
    let folded: Vec<String> = words.iter().map(|word| word.form.folded.to_string()).collect();
    let expr = match &folded[..] {
        [one] if is_significant(one) => Expr::Word(QueryTerm::analyse_run(run)?),
        [_, _, ..] if folded.iter().any(|word| is_significant(word)) => Expr::Phrase(folded.clone()),
        _ => return None,
    };
    let last = folded.last().map(String::as_str).unwrap_or_default();
    let is_place =
        PLACES.iter().any(|end| last.ends_with(end) && (folded.len() > 1 || last.len() > end.len() + 2));
    Some(Candidate { shown: run.to_owned(), expr, weight, is_place })
}

/// Words, and names of several words: adjacent capitalised words that do not begin a sentence.
fn split_runs(text: &str) -> Vec<String> {
    let mut runs = Vec::new();
    let mut name: Vec<&str> = Vec::new();
    let mut begins = true;
    for piece in text.split_whitespace() {
        let word = piece.trim_matches(|c: char| !c.is_alphanumeric());
        let is_name = word.starts_with(char::is_uppercase) && !begins;
        if !is_name || piece.starts_with(|c: char| !c.is_alphanumeric()) {
            finish_name(&mut name, &mut runs);
        }
        if is_name {
            name.push(word);
        }
        if !word.is_empty() {
            // The first word of a sentence is capitalised although it is no name.
            runs.push(if begins && !word.chars().skip(1).any(char::is_uppercase) {
                word.to_lowercase()
            } else {
                word.to_owned()
            });
        }
        let ends = piece.ends_with(['.', '!', '?', ':']);
        if ends || piece.ends_with([',', ';', ')']) {
            finish_name(&mut name, &mut runs);
        }
        begins = ends;
    }
    finish_name(&mut name, &mut runs);
    runs
}

fn finish_name(name: &mut Vec<&str>, runs: &mut Vec<String>) {
    if name.len() > 1 {
        runs.push(name.join(" "));
    }
    name.clear();
}

/// Builds the query. Each candidate comes with the number of papers it occurs in, out of `total`.
pub fn build_query(candidates: Vec<(Candidate, u64)>, total: u64) -> RelatedQuery {
    let mut all: Vec<(Candidate, u64)> = candidates
        .into_iter()
        .map(|(it, frequency)| {
            (Candidate { weight: it.weight * weigh_rarity(frequency, total), ..it }, frequency)
        })
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
    let mut clauses = Vec::new();
    for set in enough {
        clauses.push(Expr::And(set.into_iter().map(|at| known[at].expr.clone()).collect()));
    }
    let query = (!clauses.is_empty()).then_some(Query { expr: Expr::Or(clauses) });
    RelatedQuery { used: known.into_iter().cloned().collect(), query }
}

#[expect(clippy::cast_precision_loss, reason = "papers are counted in millions")]
fn weigh_rarity(frequency: u64, total: u64) -> f64 {
    ((total as f64 + 1.0) / (frequency as f64 + 1.0)).ln()
}

/// All sets of `size` numbers below `of`.
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
            |all: &[(Candidate, u64)]| build_query(all.to_vec(), 1000).query.map(|query| query.understood());
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
            let told = build_query(found.into_iter().zip(frequencies).collect(), 60);
            prop_assert!(told.used.len() <= TOLD);
        }
    }
}
