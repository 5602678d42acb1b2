//! One generation of the index, in its own folder.

use std::{
    io,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError, RwLock},
};

use ::tantivy::{
    Index, IndexReader, IndexSettings, IndexWriter, ReloadPolicy, Searcher, TantivyError, Term,
    directory::MmapDirectory,
    index::SegmentId,
    merge_policy::{LogMergePolicy, MergePolicy, NoMergePolicy},
    tokenizer::TextAnalyzer,
};

use super::{
    columns::Columns,
    fields::{self, Fields},
    tokens::Tokens,
};
use crate::{Batch, Entry, SearchError};

/// Write buffer of each thread, in bytes.
const BUFFER: usize = 64 << 20;

const THREADS: usize = 2;

/// Target size of a segment, in entries. Sealing merges up to this size only: a single segment for the whole country would need
/// twice the disk and many minutes to build, and would not answer faster.
const LARGE: u32 = 250_000;

pub struct Generation {
    pub number: u64,
    pub fields: Fields,
    path: PathBuf,
    index: Index,
    reader: IndexReader,
    /// Created at the first change, so that a process that only reads never takes the writer's lock.
    writer: Mutex<Option<IndexWriter>>,
    seen: RwLock<Seen>,
    /// Held while a new commit is loaded: one thread loads it, the others wait.
    looks: Mutex<()>,
}

/// A searchable state of the index. Searcher, columns and cursor belong together.
#[derive(Clone)]
pub struct View {
    pub searcher: Searcher,
    /// One for each segment, in the same order.
    pub columns: Arc<Vec<Arc<Columns>>>,
    pub cursor: i64,
}

impl View {
    /// Reuses the columns of segments that were loaded before.
    fn new(searcher: Searcher, cursor: i64, before: &[Arc<Columns>]) -> Result<Self, TantivyError> {
        let columns = searcher.segment_readers().iter().map(|segment| {
            let known = before.iter().find(|columns| columns.segment == segment.segment_id());
            known.map_or_else(|| Columns::new(segment).map(Arc::new), |known| Ok(Arc::clone(known)))
        });
        let columns = Arc::new(columns.collect::<Result<_, TantivyError>>()?);
        Ok(Self { searcher, columns, cursor })
    }
}

#[derive(Clone)]
struct Seen {
    view: View,
    /// Content of the commit file: it changes with merges too, which have no number of their own.
    commit: Vec<u8>,
}

impl Generation {
    pub fn create_in(folder: &Path, number: u64) -> Result<Self, TantivyError> {
        let path = folder.join(number.to_string());
        std::fs::create_dir_all(&path).map_err(io_error)?;
        Index::create(MmapDirectory::open(&path)?, fields::build_schema().0, IndexSettings::default())?;
        Self::open(folder, number)
    }

    pub fn open(folder: &Path, number: u64) -> Result<Self, TantivyError> {
        let path = folder.join(number.to_string());
        let (schema, fields) = fields::build_schema();
        let index = Index::open(MmapDirectory::open(&path)?)?;
        if index.schema() != schema {
            return Err(TantivyError::SchemaError("another version".into()));
        }
        for tokens in Tokens::ALL {
            index.tokenizers().register(tokens.tokenizer_name(), TextAnalyzer::from(tokens));
        }
        let reader = index.reader_builder().reload_policy(ReloadPolicy::Manual).try_into()?;
        let seen = Seen { view: View::new(reader.searcher(), 0, &[])?, commit: Vec::new() };
        let this = Self {
            number,
            fields,
            path,
            index,
            reader,
            writer: Mutex::default(),
            seen: RwLock::new(seen),
            looks: Mutex::default(),
        };
        this.current_view()?;
        Ok(this)
    }

    /// The newest view. Loads the commit if another process made one.
    pub fn current_view(&self) -> Result<View, TantivyError> {
        if let Ok(view) = self.loaded_view(&self.read_commit()?) {
            return Ok(view);
        }
        let _looks = self.looks.lock().unwrap_or_else(PoisonError::into_inner);
        let mut commit = self.read_commit()?;
        let before = match self.loaded_view(&commit) {
            Ok(view) => return Ok(view),
            Err(columns) => columns,
        };
        let (searcher, cursor) = loop {
            self.reader.reload()?;
            let (searcher, cursor) = (self.reader.searcher(), self.stored_cursor()?);
            // If the writer has committed meanwhile, the loaded state may belong to either commit.
            let again = self.read_commit()?;
            if again == commit {
                break (searcher, cursor);
            }
            commit = again;
        };
        let view = View::new(searcher, cursor, &before)?;
        *self.seen.write().unwrap_or_else(PoisonError::into_inner) = Seen { view: view.clone(), commit };
        Ok(view)
    }

    /// The loaded view if it is of this commit, or else its columns, which a newer view can reuse.
    fn loaded_view(&self, commit: &[u8]) -> Result<View, Arc<Vec<Arc<Columns>>>> {
        let seen = self.seen.read().unwrap_or_else(PoisonError::into_inner);
        if seen.commit == commit { Ok(seen.view.clone()) } else { Err(Arc::clone(&seen.view.columns)) }
    }

    fn read_commit(&self) -> Result<Vec<u8>, TantivyError> {
        std::fs::read(self.path.join("meta.json")).map_err(io_error)
    }

    /// The position in the change log that the commit on disk has.
    pub fn stored_cursor(&self) -> Result<i64, TantivyError> {
        Ok(self.index.load_metas()?.payload.and_then(|payload| payload.parse().ok()).unwrap_or(0))
    }

    pub fn apply_batch(&self, batch: &Batch) -> Result<(), SearchError> {
        if !batch.erase {
            return self.apply_as(Role::Follow, batch);
        }
        // Segments that are being merged cannot be rewritten.
        self.close_writer()?;
        self.apply_as(Role::Erase, batch)?;
        self.close_writer()
    }

    fn apply_as(&self, role: Role, batch: &Batch) -> Result<(), SearchError> {
        self.with_writer(role, |writer| {
            let is = self.stored_cursor()?;
            if is != batch.after {
                return Err(SearchError::Moved { is, expected: batch.after });
            }
            for id in batch.removed.iter().chain(batch.entries.iter().map(|entry| &entry.id)) {
                writer.delete_term(Term::from_field_text(self.fields.id, id.as_str()));
            }
            for entry in &batch.entries {
                writer.add_document(self.fields.document(entry))?;
            }
            if batch.erase {
                // The cursor moves only after every trace is erased: a crash in between would otherwise leave traces for ever.
                commit_at(writer, is)?;
                erase_deleted(&self.index, writer, is)?;
            }
            commit_at(writer, batch.cursor)
        })
    }

    /// Adds entries that are not in the index. They stay invisible until [`Self::seal_at`].
    pub fn add_entries(&self, entries: &[Entry]) -> Result<(), SearchError> {
        self.with_writer(Role::Build, |writer| {
            for entry in entries {
                writer.add_document(self.fields.document(entry))?;
            }
            Ok(())
        })
    }

    /// Commits all added entries, merges them into a few large segments and closes the writer. A failed merge (a full disk, for
    /// example) only leaves more segments, with the same answers.
    pub fn seal_at(&self, cursor: i64) -> Result<(), SearchError> {
        self.seal_with(cursor, |writer| merge_small(&self.index, writer, cursor))
    }

    fn seal_with(
        &self,
        cursor: i64,
        merge: impl FnOnce(&mut IndexWriter) -> Result<(), SearchError>,
    ) -> Result<(), SearchError> {
        self.with_writer(Role::Build, |writer| commit_at(writer, cursor))?;
        self.close_writer()?;
        let merged = self.with_writer(Role::Build, merge);
        if let Err(why) = merged {
            tracing::warn!(generation = self.number, %why, "the index stays in small segments");
        }
        self.close_writer()
    }

    pub fn close_writer(&self) -> Result<(), SearchError> {
        let writer = self.writer.lock().unwrap_or_else(PoisonError::into_inner).take();
        match writer {
            Some(writer) => Ok(writer.wait_merging_threads()?),
            None => Ok(()),
        }
    }

    fn with_writer<T>(
        &self,
        role: Role,
        work: impl FnOnce(&mut IndexWriter) -> Result<T, SearchError>,
    ) -> Result<T, SearchError> {
        let mut guard = self.writer.lock().unwrap_or_else(PoisonError::into_inner);
        let writer = if let Some(writer) = guard.as_mut() {
            writer
        } else {
            let threads = role.threads();
            let writer = self.index.writer_with_num_threads(threads, BUFFER * threads);
            let writer = writer.map_err(|why| match why {
                TantivyError::LockFailure(..) => SearchError::Busy,
                other => other.into(),
            })?;
            writer.set_merge_policy(role.merge_policy());
            guard.insert(writer)
        };
        let done = work(writer);
        // A half-applied batch must not be part of the next commit, and a writer that failed once keeps failing.
        if done.is_err() {
            *guard = None;
        }
        done
    }
}

/// Purpose of a writer; determines its threads and merge policy.
#[derive(Clone, Copy)]
enum Role {
    /// Applies small batches and merges in the background.
    Follow,
    /// Adds everything and merges at the end.
    Build,
    /// Applies a batch, then rewrites the segments with erased entries.
    Erase,
}

impl Role {
    fn threads(self) -> usize {
        match self {
            Self::Follow | Self::Erase => 1,
            Self::Build => THREADS,
        }
    }

    fn merge_policy(self) -> Box<dyn MergePolicy> {
        match self {
            Self::Follow => {
                let mut policy = LogMergePolicy::default();
                // All sealed segments but the last are larger than this.
                policy.set_max_docs_before_merge(LARGE as usize / 2);
                Box::new(policy)
            }
            Self::Build | Self::Erase => Box::new(NoMergePolicy),
        }
    }
}

fn commit_at(writer: &mut IndexWriter, cursor: i64) -> Result<(), SearchError> {
    let mut commit = writer.prepare_commit()?;
    commit.set_payload(&cursor.to_string());
    commit.commit()?;
    Ok(())
}

/// Merges segments into large ones. The writer's merge policy must merge nothing by itself.
fn merge_small(index: &Index, writer: &mut IndexWriter, cursor: i64) -> Result<(), SearchError> {
    let metas = index.searchable_segment_metas()?;
    let sizes: Vec<(SegmentId, u32)> = metas.iter().map(|meta| (meta.id(), meta.num_docs())).collect();
    for together in group_segments(sizes, LARGE).chunks(THREADS) {
        let merges: Vec<_> = together.iter().map(|group| writer.merge(group)).collect();
        for merge in merges {
            merge.wait()?;
        }
        writer.garbage_collect_files().wait()?;
    }
    // A merge drops the payload, so it is committed again.
    commit_at(writer, cursor)
}

/// Groups segments for merging, each group with at most `large` entries. A segment that is not merged is in no group.
fn group_segments<T>(mut sizes: Vec<(T, u32)>, large: u32) -> Vec<Vec<T>> {
    sizes.sort_by_key(|(_, size)| *size);
    let mut groups: Vec<(u64, Vec<T>)> = Vec::new();
    for (segment, size) in sizes {
        let size = u64::from(size);
        match groups.last_mut() {
            Some((sum, group)) if *sum + size <= u64::from(large) => {
                *sum += size;
                group.push(segment);
            }
            _ => groups.push((size, vec![segment])),
        }
    }
    groups.into_iter().map(|(_, group)| group).filter(|group| group.len() > 1).collect()
}

/// Rewrites every segment that has deleted entries and deletes the old files. No merge may be running.
fn erase_deleted(index: &Index, writer: &mut IndexWriter, cursor: i64) -> Result<(), SearchError> {
    for segment in index.searchable_segment_metas()?.iter().filter(|meta| meta.has_deletes()) {
        writer.merge(&[segment.id()]).wait()?;
    }
    commit_at(writer, cursor)?;
    writer.garbage_collect_files().wait()?;
    Ok(())
}

fn io_error(why: io::Error) -> TantivyError {
    TantivyError::IoError(Arc::new(why))
}

#[cfg(test)]
mod tests {
    use ::tantivy::SegmentReader;

    use super::*;

    fn entry(number: i64) -> Entry {
        Entry {
            id: format!("document:x:1:{number}").parse().unwrap(),
            authority: "authority:nl:tooi:gm9101".parse().unwrap(),
            title: String::new(),
            body: vec!["brug".into()],
            values: Vec::new(),
            meeting_date: None,
            published_at: None,
            first_seen_at: None,
            fold: None,
        }
    }

    /// Batches of one entry, each a segment of its own, which the engine merges in the background.
    fn follow_many(generation: &Generation, count: i64) {
        for number in 0..count {
            let entries = vec![entry(number)];
            let batch = Batch { entries, after: number, cursor: number + 1, ..Batch::default() };
            generation.apply_batch(&batch).unwrap();
        }
    }

    #[test]
    fn segments_are_merged_up_to_a_size_and_no_further() {
        let sizes = |sizes: &[u32]| sizes.iter().map(|size| (*size, *size)).collect::<Vec<_>>();
        assert_eq!(group_segments(sizes(&[]), 100), [[0; 0]; 0]);
        assert_eq!(group_segments(sizes(&[7]), 100), [[0; 0]; 0]);
        assert_eq!(group_segments(sizes(&[1, 2, 3]), 100), [vec![1, 2, 3]]);
        assert_eq!(group_segments(sizes(&[90, 30, 60, 10, 40, 120]), 100), [vec![10, 30, 40]]);
        assert_eq!(group_segments(sizes(&[50, 50, 50, 50, 50]), 100), [vec![50, 50], vec![50, 50]]);
    }

    #[test]
    fn a_generation_is_sealed_while_many_segments_are_being_merged() {
        for _ in 0..5 {
            let folder = tempfile::tempdir().unwrap();
            let generation = Generation::create_in(folder.path(), 1).unwrap();
            follow_many(&generation, 60);
            generation.seal_at(61).unwrap();
            let view = generation.current_view().unwrap();
            assert_eq!((view.searcher.num_docs(), view.columns.len(), view.cursor), (60, 1, 61));
        }
    }

    #[test]
    fn a_merge_that_fails_costs_nothing_that_was_built() {
        let folder = tempfile::tempdir().unwrap();
        let generation = Generation::create_in(folder.path(), 1).unwrap();
        generation.add_entries(&(0..60).map(entry).collect::<Vec<_>>()).unwrap();
        let full = |_: &mut IndexWriter| Err(SearchError::Engine("no space left on device".into()));
        generation.seal_with(7, full).unwrap();
        let view = generation.current_view().unwrap();
        assert_eq!((view.searcher.num_docs(), view.cursor), (60, 7));
        let entries = vec![entry(60)];
        generation.apply_batch(&Batch { entries, after: 7, cursor: 8, ..Batch::default() }).unwrap();
        assert_eq!(generation.current_view().unwrap().searcher.num_docs(), 61);
    }

    #[test]
    fn entries_are_erased_while_many_segments_are_being_merged() {
        let folder = tempfile::tempdir().unwrap();
        let generation = Generation::create_in(folder.path(), 1).unwrap();
        follow_many(&generation, 60);
        let removed = (0..60).step_by(2).map(|number| entry(number).id).collect();
        let batch = Batch { removed, after: 60, cursor: 61, erase: true, ..Batch::default() };
        generation.apply_batch(&batch).unwrap();
        let searcher = generation.current_view().unwrap().searcher;
        let held: u32 = searcher.segment_readers().iter().map(SegmentReader::max_doc).sum();
        assert_eq!((searcher.num_docs(), held), (30, 30));
    }
}
