//! The embedded engine: tantivy in a folder. Nothing of a text is stored, only its words.

use std::{
    path::Path,
    sync::{Arc, Mutex, PoisonError},
};

use ::tantivy::{
    DocAddress, Index, IndexReader, IndexWriter, Order, ReloadPolicy, Searcher, TantivyDocument,
    TantivyError, Term,
    collector::{
        Count, TopDocs,
        sort_key::{SortBySimilarityScore, SortByStaticFastValue, SortByString},
    },
    columnar::StrColumn,
    directory::MmapDirectory,
    tokenizer::TextAnalyzer,
};
use async_trait::async_trait;
use jiff::civil::Date;
use raadhuis_schema::EntityId;

use crate::{Batch, Filter, Found, Page, Query, Search, SearchError, Sort, dutch::Dutch};

mod fields;
mod translate;

use fields::Fields;

/// Memory for words that are not yet on disk.
const BUFFER: usize = 64 << 20;

/// An index in a folder.
pub struct Tantivy {
    index: Index,
    fields: Fields,
    reader: IndexReader,
    /// Made at the first change: a process that only reads never takes the writer's lock.
    writer: Arc<Mutex<Option<IndexWriter>>>,
}

impl std::fmt::Debug for Tantivy {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Tantivy").finish_non_exhaustive()
    }
}

impl From<TantivyError> for SearchError {
    fn from(error: TantivyError) -> Self {
        Self::Engine(error.to_string())
    }
}

impl Tantivy {
    /// Opens the index in the folder `path`, making it where needed.
    pub fn open(path: &str) -> Result<Self, SearchError> {
        let engine = |why: &dyn std::fmt::Display| SearchError::Engine(format!("{path}: {why}"));
        std::fs::create_dir_all(path).map_err(|why| engine(&why))?;
        let (schema, fields) = fields::schema();
        let directory = MmapDirectory::open(Path::new(path)).map_err(|why| engine(&why))?;
        let index = Index::open_or_create(directory, schema).map_err(|error| match error {
            TantivyError::SchemaError(_) | TantivyError::IncompatibleIndex(_) => {
                SearchError::OtherVersion(path.to_owned())
            }
            other => other.into(),
        })?;
        for stems in [false, true] {
            index.tokenizers().register(fields::tokenizer(stems), TextAnalyzer::from(Dutch { stems }));
        }
        let reader = index.reader_builder().reload_policy(ReloadPolicy::OnCommitWithDelay).try_into()?;
        Ok(Self { index, fields, reader, writer: Arc::default() })
    }

    fn write(&self, batch: &Batch) -> Result<(), SearchError> {
        let mut guard = self.writer.lock().unwrap_or_else(PoisonError::into_inner);
        let writer = match guard.as_mut() {
            Some(writer) => writer,
            None => guard.insert(self.index.writer_with_num_threads(1, BUFFER)?),
        };
        for id in batch.removed.iter().chain(batch.entries.iter().map(|entry| &entry.id)) {
            writer.delete_term(Term::from_field_text(self.fields.id, id.as_str()));
        }
        for entry in &batch.entries {
            writer.add_document(self.fields.document(entry))?;
        }
        if batch.erase {
            // The cursor moves only when every trace is gone, or a crash in between would leave them for ever.
            let cursor = self.index.load_metas()?.payload.unwrap_or_default();
            let mut commit = writer.prepare_commit()?;
            commit.set_payload(&cursor);
            commit.commit()?;
            erase(&self.index, writer)?;
        }
        let mut commit = writer.prepare_commit()?;
        commit.set_payload(&batch.cursor.to_string());
        commit.commit()?;
        self.reader.reload()?;
        Ok(())
    }
}

/// Writes every segment that holds deleted entries anew, without them, and deletes the old files.
fn erase(index: &Index, writer: &mut IndexWriter) -> Result<(), SearchError> {
    let metas = index.searchable_segment_metas()?;
    for meta in metas.iter().filter(|meta| meta.has_deletes()) {
        writer.merge(&[meta.id()]).wait()?;
    }
    writer.garbage_collect_files().wait()?;
    Ok(())
}

#[async_trait]
impl Search for Tantivy {
    async fn apply(&self, batch: Batch) -> Result<(), SearchError> {
        // Indexing is work for a processor: it must not hold up a thread that serves readers.
        let this = Self {
            index: self.index.clone(),
            fields: self.fields,
            reader: self.reader.clone(),
            writer: Arc::clone(&self.writer),
        };
        let joined = tokio::task::spawn_blocking(move || this.write(&batch)).await;
        joined.map_err(|why| SearchError::Engine(why.to_string()))?
    }

    async fn cursor(&self) -> Result<i64, SearchError> {
        let payload = self.index.load_metas()?.payload;
        Ok(payload.and_then(|payload| payload.parse().ok()).unwrap_or(0))
    }

    async fn find(
        &self,
        query: &Query,
        filter: &Filter,
        sort: Sort,
        page: Page,
    ) -> Result<Found, SearchError> {
        let searcher = self.reader.searcher();
        let (query, filter, fields) = (query.clone(), filter.clone(), self.fields);
        let find = move || find(&searcher, fields, &query, &filter, sort, page);
        let joined = tokio::task::spawn_blocking(find).await;
        joined.map_err(|why| SearchError::Engine(why.to_string()))?
    }
}

fn find(
    searcher: &Searcher,
    fields: Fields,
    query: &Query,
    filter: &Filter,
    sort: Sort,
    page: Page,
) -> Result<Found, SearchError> {
    let query = translate::translate(query, filter, fields);
    if page.first == 0 {
        return Ok(Found { total: searcher.search(&query, &Count)? as u64, hits: Vec::new() });
    }
    let top = TopDocs::with_limit(page.first).and_offset(page.skip);
    // Equal hits are ordered by id, which no merge of segments changes.
    let by_id = || (SortByString::for_field("id"), Order::Asc);
    let by_day = |order| (SortByStaticFastValue::<i64>::for_field("day"), order);
    let (total, addresses): (usize, Vec<DocAddress>) = match sort {
        Sort::Relevance => {
            let (total, top) = searcher
                .search(&query, &(Count, top.order_by(((SortBySimilarityScore, Order::Desc), by_id()))))?;
            (total, top.into_iter().map(|(_, address)| address).collect())
        }
        Sort::Newest => {
            let (total, top) =
                searcher.search(&query, &(Count, top.order_by((by_day(Order::Desc), by_id()))))?;
            (total, top.into_iter().map(|(_, address)| address).collect())
        }
        Sort::Oldest => {
            let (total, top) =
                searcher.search(&query, &(Count, top.order_by((by_day(Order::Asc), by_id()))))?;
            (total, top.into_iter().map(|(_, address)| address).collect())
        }
    };
    let hits = addresses.into_iter().map(|address| id_at(searcher, address)).collect::<Result<_, _>>()?;
    Ok(Found { total: total as u64, hits })
}

/// The id of an entry, from its column.
fn id_at(searcher: &Searcher, address: DocAddress) -> Result<EntityId, SearchError> {
    let missing = || SearchError::Engine("an entry of the index has no id".into());
    let column: StrColumn =
        searcher.segment_reader(address.segment_ord).fast_fields().str("id")?.ok_or_else(missing)?;
    let ord = column.term_ords(address.doc_id).next().ok_or_else(missing)?;
    let mut id = String::new();
    column.ord_to_str(ord, &mut id).map_err(|why| SearchError::Engine(why.to_string()))?;
    id.parse().map_err(|_| missing())
}

/// A day as the index counts it.
fn day_number(day: Date) -> i64 {
    i64::from((day - Date::constant(1970, 1, 1)).get_days())
}

/// The document type the writer takes.
type Document = TantivyDocument;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Entry;

    #[tokio::test]
    async fn an_erased_word_stands_in_no_dictionary_of_the_index() {
        let folder = tempfile::tempdir().unwrap();
        let search = Tantivy::open(&folder.path().display().to_string()).unwrap();
        let entry = |id: &str, body: &str| Entry {
            id: id.parse().unwrap(),
            authority: "authority:nl:tooi:gm9101".parse().unwrap(),
            day: None,
            title: String::new(),
            body: vec![body.into()],
        };
        let entries = vec![entry("document:x:1:1", "geheimwoord"), entry("document:x:1:2", "anders")];
        search.apply(Batch { entries, cursor: 1, ..Batch::default() }).await.unwrap();
        let known = || {
            let term = Term::from_field_text(search.fields.body, "geheimwoord");
            let searcher = search.reader.searcher();
            searcher.segment_readers().iter().any(|segment| {
                segment.inverted_index(search.fields.body).unwrap().get_term_info(&term).unwrap().is_some()
            })
        };
        assert!(known());
        let removed = vec!["document:x:1:1".parse().unwrap()];
        search.apply(Batch { removed, cursor: 2, erase: true, ..Batch::default() }).await.unwrap();
        assert!(!known());
    }
}
