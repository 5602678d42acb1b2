//! The fields of the index. Texts are not stored, only their words are indexed.

use ::tantivy::{
    TantivyDocument,
    schema::{
        FAST, Field, IndexRecordOption, NumericOptions, STRING, Schema, TextFieldIndexing, TextOptions,
    },
};

use super::{place::tie_of, tokens::Tokens};
use crate::{Entry, Facet, filter::day_number};

#[derive(Clone, Copy, Debug)]
pub struct Fields {
    pub id: Field,
    /// Tie-breaker of the order: a hash of the id.
    pub tie: Field,
    /// Hash of the fold key; absent if the entry has none.
    pub fold: Field,
    pub meeting_date: Field,
    pub published_at: Field,
    /// In seconds since 1970.
    pub first_seen_at: Field,
    /// Facet values, in the order of [`Facet::KEPT`].
    pub values: [Field; Facet::KEPT.len()],
    /// Title and body as written, with positions for phrases.
    pub written: Field,
    /// Stems of title and body.
    pub stems: Field,
    /// Stems of the parts of compounds in title and body.
    pub parts: Field,
    /// Adjacent frequent words of title and body.
    pub pairs: Field,
    pub title: Field,
    /// Stems of the title, parts of compounds included.
    pub title_stems: Field,
}

pub fn build_schema() -> (Schema, Fields) {
    let mut builder = Schema::builder();
    let (basic, counted, placed) =
        (IndexRecordOption::Basic, IndexRecordOption::WithFreqs, IndexRecordOption::WithFreqsAndPositions);
    let fields = Fields {
        id: builder.add_text_field("id", STRING | FAST),
        tie: builder.add_u64_field("tie", number_options()),
        fold: builder.add_u64_field("fold", number_options()),
        meeting_date: builder.add_i64_field("meeting_date", number_options()),
        published_at: builder.add_i64_field("published_at", number_options()),
        first_seen_at: builder.add_i64_field("first_seen_at", number_options()),
        values: Facet::KEPT.map(|facet| builder.add_text_field(facet.as_str(), STRING | FAST)),
        written: builder.add_text_field("written", text_options(Tokens::Written, placed)),
        stems: builder.add_text_field("stems", text_options(Tokens::Stems, counted)),
        parts: builder.add_text_field("parts", text_options(Tokens::Parts, basic)),
        pairs: builder.add_text_field("pairs", text_options(Tokens::Pairs, basic)),
        title: builder.add_text_field("title", text_options(Tokens::Written, placed)),
        title_stems: builder.add_text_field("title_stems", text_options(Tokens::All, counted)),
    };
    (builder.build(), fields)
}

fn text_options(tokens: Tokens, record: IndexRecordOption) -> TextOptions {
    let indexing = TextFieldIndexing::default()
        .set_tokenizer(tokens.tokenizer_name())
        .set_index_option(record)
        .set_fieldnorms(record != IndexRecordOption::Basic);
    TextOptions::default().set_indexing_options(indexing)
}

fn number_options() -> NumericOptions {
    NumericOptions::default().set_fast()
}

impl Fields {
    pub fn value_field(&self, facet: Facet) -> Option<Field> {
        facet.kept_index().map(|place| self.values[place])
    }

    pub fn document(&self, entry: &Entry) -> TantivyDocument {
        let mut document = TantivyDocument::default();
        document.add_text(self.id, entry.id.as_str());
        document.add_u64(self.tie, tie_of(entry.id.as_str()));
        if let Some(fold) = &entry.fold {
            document.add_u64(self.fold, tie_of(fold));
        }
        for (field, facet) in self.values.into_iter().zip(Facet::KEPT) {
            entry.values_of(facet).into_iter().for_each(|value| document.add_text(field, value));
        }
        let days = [(self.meeting_date, entry.meeting_date), (self.published_at, entry.published_at)];
        for (field, day) in days {
            if let Some(day) = day {
                document.add_i64(field, day_number(day));
            }
        }
        entry.first_seen_at.iter().for_each(|at| document.add_i64(self.first_seen_at, at.as_second()));
        document.add_text(self.title, &entry.title);
        document.add_text(self.title_stems, &entry.title);
        for text in std::iter::once(&entry.title).chain(&entry.body) {
            for field in [self.written, self.stems, self.parts, self.pairs] {
                document.add_text(field, text);
            }
        }
        document
    }
}
