//! What search is without knowing Dutch: tantivy's own tokenizer, lower case, all words as written. The measure for ours.

use tantivy::{
    Index, Searcher, TantivyDocument, Term,
    collector::TopDocs,
    query::{BooleanQuery, Occur, PhraseQuery, Query, TermQuery},
    schema::{FAST, Field, IndexRecordOption, Schema, TextFieldIndexing, TextOptions, Value},
    tokenizer::{LowerCaser, SimpleTokenizer, TextAnalyzer},
};

use crate::relevance::Page;

/// A plain index in memory.
pub struct Plain {
    searcher: Searcher,
    text: Field,
    number: Field,
    analyzer: TextAnalyzer,
}

impl Plain {
    /// An index of these pages.
    pub fn of(pages: &[Page]) -> Self {
        let mut schema = Schema::builder();
        let indexing = TextFieldIndexing::default()
            .set_tokenizer("plain")
            .set_index_option(IndexRecordOption::WithFreqsAndPositions);
        let text = schema.add_text_field("text", TextOptions::default().set_indexing_options(indexing));
        let number = schema.add_u64_field("number", FAST | tantivy::schema::STORED);
        let index = Index::create_in_ram(schema.build());
        let analyzer = TextAnalyzer::builder(SimpleTokenizer::default()).filter(LowerCaser).build();
        index.tokenizers().register("plain", analyzer.clone());
        let mut writer = index.writer_with_num_threads::<TantivyDocument>(1, 64 << 20).unwrap();
        for (at, page) in (0..).zip(pages) {
            let mut document = TantivyDocument::default();
            document.add_text(text, &page.text);
            document.add_u64(number, at);
            writer.add_document(document).unwrap();
        }
        writer.commit().unwrap();
        Self { searcher: index.reader().unwrap().searcher(), text, number, analyzer }
    }

    /// The fifty best pages in which all words occur, or with `any` one or more of them.
    pub fn ask(&self, text: &str, any: bool) -> Vec<usize> {
        let mut analyzer = self.analyzer.clone();
        let mut stream = analyzer.token_stream(text);
        let mut terms = Vec::new();
        while stream.advance() {
            terms.push(Term::from_field_text(self.text, &stream.token().text));
        }
        let query: Box<dyn Query> = if text.starts_with('"') && terms.len() > 1 {
            Box::new(PhraseQuery::new(terms))
        } else {
            let occur = if any { Occur::Should } else { Occur::Must };
            let one = |term| Box::new(TermQuery::new(term, IndexRecordOption::WithFreqs)) as Box<dyn Query>;
            Box::new(BooleanQuery::new(terms.into_iter().map(|term| (occur, one(term))).collect()))
        };
        let top = self.searcher.search(&query, &TopDocs::with_limit(50).order_by_score()).unwrap();
        let number = |at| {
            let document: TantivyDocument = self.searcher.doc(at).unwrap();
            let number = document.get_first(self.number).and_then(|value| value.as_u64()).unwrap();
            usize::try_from(number).unwrap()
        };
        top.into_iter().map(|(_, at)| number(at)).collect()
    }
}
