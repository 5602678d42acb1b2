//! The fields of the index.

use ::tantivy::{
    doc,
    schema::{FAST, Field, INDEXED, IndexRecordOption, STRING, Schema, TextFieldIndexing, TextOptions},
};

use super::{Document, day_number};
use crate::Entry;

/// The fields by name.
#[derive(Clone, Copy, Debug)]
pub struct Fields {
    /// The entity's id.
    pub id: Field,
    /// Its kind.
    pub kind: Field,
    /// Its authority.
    pub authority: Field,
    /// Its day.
    pub day: Field,
    /// Its title, as written.
    pub title: Field,
    /// Its title, in stems.
    pub title_stems: Field,
    /// Its body, as written, with positions for phrases.
    pub body: Field,
    /// Its body, in stems.
    pub body_stems: Field,
}

/// The name of one of our two analyses.
pub fn tokenizer(stems: bool) -> &'static str {
    if stems { "dutch-stems" } else { "dutch-words" }
}

/// The index's layout.
pub fn schema() -> (Schema, Fields) {
    let mut builder = Schema::builder();
    let text = |stems| {
        // Phrases are matched as written, so stems need no positions.
        let record =
            if stems { IndexRecordOption::WithFreqs } else { IndexRecordOption::WithFreqsAndPositions };
        let indexing = TextFieldIndexing::default().set_tokenizer(tokenizer(stems)).set_index_option(record);
        TextOptions::default().set_indexing_options(indexing)
    };
    let fields = Fields {
        id: builder.add_text_field("id", STRING | FAST),
        kind: builder.add_text_field("kind", STRING),
        authority: builder.add_text_field("authority", STRING),
        day: builder.add_i64_field("day", INDEXED | FAST),
        title: builder.add_text_field("title", text(false)),
        title_stems: builder.add_text_field("title_stems", text(true)),
        body: builder.add_text_field("body", text(false)),
        body_stems: builder.add_text_field("body_stems", text(true)),
    };
    (builder.build(), fields)
}

impl Fields {
    /// An entry as the index takes it.
    pub fn document(&self, entry: &Entry) -> Document {
        let mut document = doc!(
            self.id => entry.id.as_str(),
            self.kind => entry.id.kind().word(),
            self.authority => entry.authority.as_str(),
            self.title => entry.title.as_str(),
            self.title_stems => entry.title.as_str(),
        );
        for text in &entry.body {
            document.add_text(self.body, text);
            document.add_text(self.body_stems, text);
        }
        if let Some(day) = entry.day {
            document.add_i64(self.day, day_number(day));
        }
        document
    }
}
