//! The bare engine: tantivy with one field, its own Dutch stemmer, and a page a document.

use std::{ops::Bound, path::Path, time::Instant};

use raadhuis_search::filter::day_number;
use raadhuis_tests::corpus::{Paper, Vocabulary};
use tantivy::{
    Index, Searcher, TantivyDocument, Term,
    collector::{Count, TopDocs},
    query::{BooleanQuery, Occur, PhraseQuery, Query, RangeQuery, RegexQuery, TermQuery},
    schema::{FAST, Field, INDEXED, IndexRecordOption, Schema, TextFieldIndexing, TextOptions},
    tokenizer::{Language, LowerCaser, SimpleTokenizer, Stemmer, TextAnalyzer},
};

use crate::queries::Question;

/// Builds it; how many seconds that took.
pub fn build(folder: &Path, vocabulary: &Vocabulary, papers: u64) -> f64 {
    if folder.exists() {
        std::fs::remove_dir_all(folder).unwrap();
    }
    std::fs::create_dir_all(folder).unwrap();
    let index = Index::create_in_dir(folder, schema().0).unwrap();
    register(&index);
    let (_, text, day) = schema();
    let mut writer = index.writer_with_num_threads::<TantivyDocument>(2, 400 << 20).unwrap();
    // Making the texts is no part of it.
    let mut seconds = 0.0;
    for first in (0..papers).step_by(2000) {
        let last = (first + 2000).min(papers);
        let papers = texts(first, last, vocabulary);
        let begun = Instant::now();
        for (texts, on) in papers {
            for page in texts {
                let mut document = TantivyDocument::default();
                document.add_text(text, page);
                document.add_i64(day, on);
                writer.add_document(document).unwrap();
            }
        }
        // Threads go on while texts are made; what is left of them counts at the commit.
        seconds += begun.elapsed().as_secs_f64();
    }
    let begun = Instant::now();
    writer.commit().unwrap();
    writer.wait_merging_threads().unwrap();
    seconds + begun.elapsed().as_secs_f64()
}

/// The texts and days of papers, made by two threads.
fn texts(first: u64, last: u64, vocabulary: &Vocabulary) -> Vec<(Vec<String>, i64)> {
    let made = |from: u64, until: u64| {
        let papers = (from..until).map(|number| Paper::of(number, vocabulary));
        papers.map(|paper| (paper.texts(vocabulary), day_number(paper.day))).collect::<Vec<_>>()
    };
    let middle = u64::midpoint(first, last);
    std::thread::scope(|scope| {
        let begun = scope.spawn(|| made(first, middle));
        let rest = made(middle, last);
        [begun.join().unwrap(), rest].concat()
    })
}

fn schema() -> (Schema, Field, Field) {
    let mut builder = Schema::builder();
    let indexing = TextFieldIndexing::default()
        .set_tokenizer("dutch")
        .set_index_option(IndexRecordOption::WithFreqsAndPositions);
    let text = builder.add_text_field("text", TextOptions::default().set_indexing_options(indexing));
    let day = builder.add_i64_field("day", INDEXED | FAST);
    (builder.build(), text, day)
}

fn register(index: &Index) {
    index.tokenizers().register("dutch", analyzer());
}

fn analyzer() -> TextAnalyzer {
    TextAnalyzer::builder(SimpleTokenizer::default())
        .filter(LowerCaser)
        .filter(Stemmer::new(Language::Dutch))
        .build()
}

/// The open index.
pub struct Bare {
    searcher: Searcher,
    text: Field,
    day: Field,
    analyzer: TextAnalyzer,
}

impl Bare {
    /// Opens it.
    pub fn open(folder: &Path) -> Self {
        let index = Index::open_in_dir(folder).unwrap();
        register(&index);
        let (_, text, day) = schema();
        Self { searcher: index.reader().unwrap().searcher(), text, day, analyzer: analyzer() }
    }

    /// The ten best pages, and how many there are.
    pub fn ask(&mut self, question: &Question) -> usize {
        let terms: Vec<Term> = question.words.iter().map(|word| self.term(word)).collect();
        let one = |term: &Term| -> Box<dyn Query> {
            Box::new(TermQuery::new(term.clone(), IndexRecordOption::WithFreqs))
        };
        let each = |occur: Occur| terms.iter().map(|term| (occur, one(term))).collect::<Vec<_>>();
        let query: Box<dyn Query> = match question.kind {
            "one" => one(&terms[0]),
            "three" => Box::new(BooleanQuery::new(each(Occur::Must))),
            "or" => Box::new(BooleanQuery::new(each(Occur::Should))),
            "phrase" => Box::new(PhraseQuery::new(terms)),
            "prefix" => {
                let pattern = format!("{}.*", question.words[0]);
                Box::new(RegexQuery::from_pattern(&pattern, self.text).unwrap())
            }
            _ => {
                let range = question.filter().meeting_date.map_bounds(day_number);
                let bound = |day: Option<i64>| Bound::Included(Term::from_field_i64(self.day, day.unwrap()));
                let days = RangeQuery::new(bound(range.from), bound(range.until));
                Box::new(BooleanQuery::new(vec![
                    (Occur::Must, one(&terms[0])),
                    (Occur::Must, Box::new(days)),
                ]))
            }
        };
        let (count, _) =
            self.searcher.search(&query, &(Count, TopDocs::with_limit(10).order_by_score())).unwrap();
        count
    }

    fn term(&mut self, word: &str) -> Term {
        let mut stream = self.analyzer.token_stream(word);
        let text = stream.next().map_or_else(|| word.to_owned(), |token| token.text.clone());
        Term::from_field_text(self.text, &text)
    }
}
