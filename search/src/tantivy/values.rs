//! What is counted of the things in a segment, a small number for each thing: counting reads it of everything that matches, and
//! columns as they lie on the disk take ten times as long to read.

use std::sync::Arc;

use ::tantivy::{DocId, TantivyError, columnar::StrColumn};

/// Stands for a thing with several values, or with one whose number does not fit: the column knows.
const SEVERAL: u16 = u16::MAX;

/// The values of one facet.
pub struct Values {
    column: StrColumn,
    /// Of each thing the number of its value, from 1; 0 where it has none.
    numbers: Vec<u16>,
    /// What the values are called, from 0.
    names: Vec<Arc<str>>,
}

impl Values {
    /// The values of so many things.
    pub fn of(column: StrColumn, things: DocId) -> Result<Self, TantivyError> {
        let number = |doc: DocId| {
            let mut ords = column.ords().values_for_doc(doc);
            match (ords.next(), ords.next()) {
                (None, _) => 0,
                (Some(ord), None) => u16::try_from(ord + 1).unwrap_or(SEVERAL),
                _ => SEVERAL,
            }
        };
        let numbers = (0..things).map(number).collect();
        let names = (0..column.num_terms() as u64).map(|ord| Ok(Arc::from(text(&column, ord)?)));
        Ok(Self { numbers, names: names.collect::<Result<_, TantivyError>>()?, column })
    }

    /// What the values are called, by number from 0.
    pub fn names(&self) -> &[Arc<str>] {
        &self.names
    }

    /// Calls `on` with the number of each value that a thing has, from 0.
    #[inline]
    pub fn each(&self, doc: DocId, mut on: impl FnMut(usize)) {
        match self.numbers.get(doc as usize) {
            None | Some(0) => {}
            Some(&SEVERAL) => {
                let ords = self.column.ords().values_for_doc(doc);
                ords.filter_map(|ord| usize::try_from(ord).ok()).for_each(on);
            }
            Some(number) => on(usize::from(*number) - 1),
        }
    }

    /// The number of a value, from 0, if anything has it.
    pub fn number(&self, name: &str) -> Option<usize> {
        // Dictionaries are in order.
        self.names.binary_search_by(|known| (**known).cmp(name)).ok()
    }
}

/// The text of a value in a column.
pub fn text(column: &StrColumn, ord: u64) -> Result<String, TantivyError> {
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
        let values = Values::of(column, segment.max_doc()).unwrap();
        let of = |doc: DocId| {
            let mut names = Vec::new();
            values.each(doc, |number| names.push(values.names()[number].to_string()));
            names
        };
        for doc in [0, 1, 65_533, 65_534, 65_535, 65_536, most - 1] {
            assert_eq!(of(doc), [name(doc)]);
        }
        assert_eq!((of(most), of(most + 1)), (vec![name(3), name(most - 1)], Vec::new()));
        assert_eq!((values.number("000007"), values.number("7")), (Some(7), None));
    }
}
