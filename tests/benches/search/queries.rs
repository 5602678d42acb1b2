//! The questions: none is ever repeated, and each is about words as they are spread in the papers.

use std::collections::HashSet;

use jiff::civil::date;
use raadhuis_search::{Between, EntryFilter};
use raadhuis_tests::corpus::{Chance, Paper, Vocabulary};

/// The sorts of question.
pub const KINDS: [&str; 6] = ["one", "three", "phrase", "prefix", "or", "date"];

/// A question: its words in the query language, and whether a year is filtered.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Question {
    /// The words, as they stand in a text.
    pub words: Vec<String>,
    /// Which sort it is.
    pub kind: &'static str,
}

impl Question {
    /// In the query language.
    pub fn text(&self) -> String {
        match self.kind {
            "phrase" => format!("\"{}\"", self.words.join(" ")),
            "prefix" => format!("{}*", self.words[0]),
            "or" => self.words.join(" OR "),
            _ => self.words.join(" "),
        }
    }

    /// The filter that goes with it.
    pub fn filter(&self) -> EntryFilter {
        let mut filter = EntryFilter::default();
        if self.kind == "date" {
            filter.meeting_date = Between { from: Some(date(2020, 1, 1)), until: Some(date(2021, 12, 31)) };
        }
        filter
    }
}

/// Questions of one sort, all different; the same for the same seed.
pub fn questions(kind: &str, count: usize, seed: u64, vocabulary: &Vocabulary, papers: u64) -> Vec<Question> {
    let kind = KINDS.into_iter().find(|known| *known == kind).unwrap();
    let mut chance = Chance::new(seed);
    let mut known = HashSet::new();
    let mut questions = Vec::new();
    while questions.len() < count {
        let words = words(kind, &mut chance, vocabulary, papers);
        let question = Question { words, kind };
        if known.insert(question.clone()) {
            questions.push(question);
        }
    }
    questions
}

fn words(kind: &str, chance: &mut Chance, vocabulary: &Vocabulary, papers: u64) -> Vec<String> {
    let mut any = || vocabulary.word(vocabulary.rank(chance)).to_owned();
    match kind {
        "one" | "date" => vec![any()],
        "or" => vec![any(), any()],
        "prefix" => loop {
            let word = any();
            if word.len() > 6 {
                return vec![word[..5].to_owned()];
            }
        },
        // Words that stand together somewhere, so that something is found.
        _ => {
            let paper = Paper::of(chance.below(papers), vocabulary);
            let page = vocabulary.page(paper.seed + chance.below(paper.pages));
            let all: Vec<String> =
                page.split_whitespace().map(|word| word.trim_matches(['.', ',']).to_lowercase()).collect();
            let at = usize::try_from(chance.below(all.len() as u64 - 8)).unwrap();
            match kind {
                "phrase" => all[at..at + 2 + usize::try_from(chance.below(2)).unwrap()].to_vec(),
                _ => vec![all[at].clone(), all[at + 4].clone(), all[at + 7].clone()],
            }
        }
    }
}
