//! Facet values of a segment as one small number for each entry. Counting reads them for every match; reading tantivy's columns on
//! disk takes ten times as long.

use std::sync::Arc;

use ::tantivy::{DocId, TantivyError, columnar::StrColumn};

/// Marks an entry with several values, or with one whose number does not fit; the column holds them.
const SEVERAL: u16 = u16::MAX;

pub struct Values {
    column: StrColumn,
    /// For each entry the number of its value, from 1; 0 for none.
    numbers: Vec<u16>,
    /// Value names by number, from 0.
    names: Vec<Arc<str>>,
}

impl Values {
    pub fn new(column: StrColumn, things: DocId) -> Result<Self, TantivyError> {
        let numbers = (0..things).map(|doc| stored_number(&column, doc)).collect();
        let names = (0..column.num_terms() as u64).map(|ord| Ok(Arc::from(value_text(&column, ord)?)));
        Ok(Self { numbers, names: names.collect::<Result<_, TantivyError>>()?, column })
    }

    pub fn value_names(&self) -> &[Arc<str>] {
        &self.names
    }

    /// Calls `on` with the number, from 0, of each value of an entry.
    #[inline]
    pub fn for_each_value(&self, doc: DocId, mut on: impl FnMut(usize)) {
        match self.numbers.get(doc as usize) {
            None | Some(0) => {}
            Some(&SEVERAL) => {
                let ords = self.column.ords().values_for_doc(doc);
                ords.filter_map(|ord| usize::try_from(ord).ok()).for_each(on);
            }
            Some(number) => on(usize::from(*number) - 1),
        }
    }

    /// The number, from 0, of a value; `None` if no entry has it.
    pub fn number_of(&self, name: &str) -> Option<usize> {
        // Dictionaries are sorted.
        self.names.binary_search_by(|known| (**known).cmp(name)).ok()
    }
}

/// The number of an entry's value, from 1; see [`SEVERAL`].
fn stored_number(column: &StrColumn, doc: DocId) -> u16 {
    let mut ords = column.ords().values_for_doc(doc);
    match (ords.next(), ords.next()) {
        (None, _) => 0,
        (Some(ord), None) => u16::try_from(ord + 1).unwrap_or(SEVERAL),
        _ => SEVERAL,
    }
}

pub fn value_text(column: &StrColumn, ord: u64) -> Result<String, TantivyError> {
    let mut text = String::new();
    column.ord_to_str(ord, &mut text)?;
    Ok(text)
}

#[cfg(test)]
mod tests {
    use ::tantivy::{
        Index, IndexWriter, TantivyDocument,
        schema::{FAST, STRING, Schema},
    };

    use super::*;

    #[test]
    fn things_with_none_one_or_several_values_have_those() {
        let mut builder = Schema::builder();
        let field = builder.add_text_field("party", STRING | FAST);
        let index = Index::create_in_ram(builder.build());
        let mut writer: IndexWriter = index.writer_with_num_threads(1, 64 << 20).unwrap();
        // More values than fit: the last ones are read from the column.
        let name = |number: u32| format!("{number:06}");
        let most = u32::from(u16::MAX) + 20;
        for number in 0..most {
            let mut thing = TantivyDocument::default();
            thing.add_text(field, name(number));
            writer.add_document(thing).unwrap();
        }
        let mut several = TantivyDocument::default();
        for number in [3, most - 1] {
            several.add_text(field, name(number));
        }
        writer.add_document(several).unwrap();
        writer.add_document(TantivyDocument::default()).unwrap();
        writer.commit().unwrap();
        let searcher = index.reader().unwrap().searcher();
        let segment = &searcher.segment_readers()[0];
        let column = segment.fast_fields().str("party").unwrap().unwrap();
        let values = Values::new(column, segment.max_doc()).unwrap();
        let of = |doc: DocId| {
            let mut names = Vec::new();
            values.for_each_value(doc, |number| names.push(values.value_names()[number].to_string()));
            names
        };
        for doc in [0, 1, 65_533, 65_534, 65_535, 65_536, most - 1] {
            assert_eq!(of(doc), [name(doc)]);
        }
        assert_eq!((of(most), of(most + 1)), (vec![name(3), name(most - 1)], Vec::new()));
        assert_eq!((values.number_of("000007"), values.number_of("7")), (Some(7), None));
    }
}
