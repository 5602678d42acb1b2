//! The fields of the index. Nothing of a text is stored, only its words.

use ::tantivy::{
    TantivyDocument,
    schema::{
        FAST, Field, IndexRecordOption, NumericOptions, STRING, Schema, TextFieldIndexing, TextOptions,
    },
};

use super::{place::tie_of, tokens::Tokens};
use crate::{Entry, Facet, filter::day_number};

/// The fields by name.
#[derive(Clone, Copy, Debug)]
pub struct Fields {
    /// The entity's id.
    pub id: Field,
    /// What orders equals: a hash of the id.
    pub tie: Field,
    /// A hash of what it shares with others; absent when it shares nothing.
    pub fold: Field,
    /// The day of its meeting.
    pub meeting_date: Field,
    /// The day of its publication.
    pub published_at: Field,
    /// When it was first seen, in seconds.
    pub first_seen_at: Field,
    /// Its values of facets, in the order of [`Facet::KEPT`].
    pub values: [Field; Facet::KEPT.len()],
    /// Title and body, as written, with places for phrases.
    pub written: Field,
    /// Title and body, in stems.
    pub stems: Field,
    /// Title and body, what is inside of compounds.
    pub parts: Field,
    /// Title and body, frequent words side by side.
    pub pairs: Field,
    /// The title, as written.
    pub title: Field,
    /// The title, in stems, with what is inside of compounds.
    pub title_stems: Field,
}

/// The index's layout.
pub fn schema() -> (Schema, Fields) {
    let mut builder = Schema::builder();
    let text = |tokens: Tokens, record| {
        let indexing = TextFieldIndexing::default()
            .set_tokenizer(tokens.name())
            .set_index_option(record)
            .set_fieldnorms(record != IndexRecordOption::Basic);
        TextOptions::default().set_indexing_options(indexing)
    };
    let (basic, counted, placed) =
        (IndexRecordOption::Basic, IndexRecordOption::WithFreqs, IndexRecordOption::WithFreqsAndPositions);
    let number = || NumericOptions::default().set_fast();
    let fields = Fields {
        id: builder.add_text_field("id", STRING | FAST),
        tie: builder.add_u64_field("tie", number()),
        fold: builder.add_u64_field("fold", number()),
        meeting_date: builder.add_i64_field("meeting_date", number()),
        published_at: builder.add_i64_field("published_at", number()),
        first_seen_at: builder.add_i64_field("first_seen_at", number()),
        values: Facet::KEPT.map(|facet| builder.add_text_field(facet.word(), STRING | FAST)),
        written: builder.add_text_field("written", text(Tokens::Written, placed)),
        stems: builder.add_text_field("stems", text(Tokens::Stems, counted)),
        parts: builder.add_text_field("parts", text(Tokens::Parts, basic)),
        pairs: builder.add_text_field("pairs", text(Tokens::Pairs, basic)),
        title: builder.add_text_field("title", text(Tokens::Written, placed)),
        title_stems: builder.add_text_field("title_stems", text(Tokens::All, counted)),
    };
    (builder.build(), fields)
}

impl Fields {
    /// The field of a facet that is kept.
    pub fn value(&self, facet: Facet) -> Option<Field> {
        facet.place().map(|place| self.values[place])
    }

    /// An entry as the index takes it.
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
