//! One generation of the index: a folder of its own.

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

/// Memory for words that are not yet on disk, for each thread that writes.
const BUFFER: usize = 64 << 20;

/// Threads that build a generation.
const THREADS: usize = 2;

/// Entries in a large segment. Sealing merges segments up to this size, and no further: one segment of a whole country would take
/// twice the disk and many minutes while it is made, and answers no sooner than a few large ones.
const LARGE: u32 = 250_000;

/// An open generation.
pub struct Generation {
    /// Its number.
    pub number: u64,
    /// Its fields.
    pub fields: Fields,
    path: PathBuf,
    index: Index,
    reader: IndexReader,
    /// Made at the first change: a process that only reads never takes the writer's lock.
    writer: Mutex<Option<IndexWriter>>,
    seen: RwLock<Seen>,
    /// Of several that find something new to see, one looks, and the others wait for it.
    looks: Mutex<()>,
}

/// What can be searched, with the columns of each segment, and how far in the log that is: the three belong together.
#[derive(Clone)]
pub struct View {
    /// The segments.
    pub searcher: Searcher,
    /// Their columns, in the same order.
    pub columns: Arc<Vec<Arc<Columns>>>,
    /// How far in the log.
    pub cursor: i64,
}

impl View {
    /// What is known of segments that were there before is known of them now.
    fn of(searcher: Searcher, cursor: i64, before: &[Arc<Columns>]) -> Result<Self, TantivyError> {
        let columns = searcher.segment_readers().iter().map(|segment| {
            let known = before.iter().find(|columns| columns.segment == segment.segment_id());
            known.map_or_else(|| Columns::of(segment).map(Arc::new), |known| Ok(Arc::clone(known)))
        });
        let columns = Arc::new(columns.collect::<Result<_, TantivyError>>()?);
        Ok(Self { searcher, columns, cursor })
    }
}

/// What can be searched at a moment, and how far in the log that is.
#[derive(Clone)]
struct Seen {
    view: View,
    /// The commit, as its file says it: merges and commits without a change have no number of their own.
    commit: Vec<u8>,
}

impl Generation {
    /// Makes the generation `number` in `folder`.
    pub fn make(folder: &Path, number: u64) -> Result<Self, TantivyError> {
        let path = folder.join(number.to_string());
        std::fs::create_dir_all(&path).map_err(io_error)?;
        Index::create(MmapDirectory::open(&path)?, fields::schema().0, IndexSettings::default())?;
        Self::open(folder, number)
    }

    /// Opens the generation `number` in `folder`, which must be there.
    pub fn open(folder: &Path, number: u64) -> Result<Self, TantivyError> {
        let path = folder.join(number.to_string());
        let (schema, fields) = fields::schema();
        let index = Index::open(MmapDirectory::open(&path)?)?;
        if index.schema() != schema {
            return Err(TantivyError::SchemaError("another version".into()));
        }
        for tokens in Tokens::ALL {
            index.tokenizers().register(tokens.name(), TextAnalyzer::from(tokens));
        }
        let reader = index.reader_builder().reload_policy(ReloadPolicy::Manual).try_into()?;
        let seen = Seen { view: View::of(reader.searcher(), 0, &[])?, commit: Vec::new() };
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
        this.see()?;
        Ok(this)
    }

    /// What can be searched now.
    pub fn see(&self) -> Result<View, TantivyError> {
        let seen = |commit: &[u8]| {
            let seen = self.seen.read().unwrap_or_else(PoisonError::into_inner);
            if seen.commit == commit { Ok(seen.view.clone()) } else { Err(Arc::clone(&seen.view.columns)) }
        };
        if let Ok(view) = seen(&self.commit()?) {
            return Ok(view);
        }
        let _looks = self.looks.lock().unwrap_or_else(PoisonError::into_inner);
        let mut commit = self.commit()?;
        let before = match seen(&commit) {
            Ok(view) => return Ok(view),
            Err(columns) => columns,
        };
        let (searcher, cursor) = loop {
            self.reader.reload()?;
            let (searcher, cursor) = (self.reader.searcher(), self.cursor()?);
            // Whoever writes may have gone on in between; then what was loaded may be of either commit.
            let again = self.commit()?;
            if again == commit {
                break (searcher, cursor);
            }
            commit = again;
        };
        let view = View::of(searcher, cursor, &before)?;
        *self.seen.write().unwrap_or_else(PoisonError::into_inner) = Seen { view: view.clone(), commit };
        Ok(view)
    }

    fn commit(&self) -> Result<Vec<u8>, TantivyError> {
        std::fs::read(self.path.join("meta.json")).map_err(io_error)
    }

    /// How far in the log it is, as written.
    pub fn cursor(&self) -> Result<i64, TantivyError> {
        Ok(self.index.load_metas()?.payload.and_then(|payload| payload.parse().ok()).unwrap_or(0))
    }

    /// Takes in changes.
    pub fn apply(&self, batch: &Batch) -> Result<(), SearchError> {
        if !batch.erase {
            return self.apply_as(Role::Follow, batch);
        }
        // Segments that are being merged cannot be written anew.
        self.rest()?;
        self.apply_as(Role::Erase, batch)?;
        self.rest()
    }

    fn apply_as(&self, role: Role, batch: &Batch) -> Result<(), SearchError> {
        self.with_writer(role, |writer| {
            let is = self.cursor()?;
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
                // The cursor moves only when every trace is gone, or a crash in between would leave them for ever.
                commit(writer, is)?;
                erase(&self.index, writer, is)?;
            }
            commit(writer, batch.cursor)
        })
    }

    /// Puts entries in that are not there, without making them visible.
    pub fn add(&self, entries: &[Entry]) -> Result<(), SearchError> {
        self.with_writer(Role::Build, |writer| {
            for entry in entries {
                writer.add_document(self.fields.document(entry))?;
            }
            Ok(())
        })
    }

    /// Makes everything visible that was added, in a few large segments, and closes the writer. A merge that fails, because the
    /// disk is full for example, leaves more and smaller segments, which answer the same.
    pub fn seal(&self, cursor: i64) -> Result<(), SearchError> {
        self.seal_with(cursor, |writer| merge_small(&self.index, writer, cursor))
    }

    fn seal_with(
        &self,
        cursor: i64,
        merge: impl FnOnce(&mut IndexWriter) -> Result<(), SearchError>,
    ) -> Result<(), SearchError> {
        self.with_writer(Role::Build, |writer| commit(writer, cursor))?;
        self.rest()?;
        let merged = self.with_writer(Role::Build, merge);
        if let Err(why) = merged {
            tracing::warn!(generation = self.number, %why, "the index stays in small segments");
        }
        self.rest()
    }

    /// Lets go of the writer: another process may write.
    pub fn rest(&self) -> Result<(), SearchError> {
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
        // What was half done is no part of the next batch, and a writer that failed once fails for ever.
        if done.is_err() {
            *guard = None;
        }
        done
    }
}

/// Purpose of a writer; it decides on threads and merging.
#[derive(Clone, Copy)]
enum Role {
    /// It takes in a few changes at a time, and merges in the background.
    Follow,
    /// It takes in everything, and merges at the end.
    Build,
    /// It takes in changes, and writes anew what held erased entries.
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
                // Sealed segments are larger than this, but for the last.
                policy.set_max_docs_before_merge(LARGE as usize / 2);
                Box::new(policy)
            }
            Self::Build | Self::Erase => Box::new(NoMergePolicy),
        }
    }
}

fn commit(writer: &mut IndexWriter, cursor: i64) -> Result<(), SearchError> {
    let mut commit = writer.prepare_commit()?;
    commit.set_payload(&cursor.to_string());
    commit.commit()?;
    Ok(())
}

/// Merges segments into large ones. The writer's merge policy must be one that merges nothing.
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
    // A commit says again how far it is: a merge leaves that out.
    commit(writer, cursor)
}

/// Groups of segments to merge, each of at most `large` entries in all. A segment that stays as it is belongs to no group.
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

/// Writes every segment that holds deleted entries anew, without them, and deletes the old files. No merge may be under way.
fn erase(index: &Index, writer: &mut IndexWriter, cursor: i64) -> Result<(), SearchError> {
    for segment in index.searchable_segment_metas()?.iter().filter(|meta| meta.has_deletes()) {
        writer.merge(&[segment.id()]).wait()?;
    }
    commit(writer, cursor)?;
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
            generation.apply(&batch).unwrap();
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
            let generation = Generation::make(folder.path(), 1).unwrap();
            follow_many(&generation, 60);
            generation.seal(61).unwrap();
            let view = generation.see().unwrap();
            assert_eq!((view.searcher.num_docs(), view.columns.len(), view.cursor), (60, 1, 61));
        }
    }

    #[test]
    fn a_merge_that_fails_costs_nothing_that_was_built() {
        let folder = tempfile::tempdir().unwrap();
        let generation = Generation::make(folder.path(), 1).unwrap();
        generation.add(&(0..60).map(entry).collect::<Vec<_>>()).unwrap();
        let full = |_: &mut IndexWriter| Err(SearchError::Engine("no space left on device".into()));
        generation.seal_with(7, full).unwrap();
        let view = generation.see().unwrap();
        assert_eq!((view.searcher.num_docs(), view.cursor), (60, 7));
        let entries = vec![entry(60)];
        generation.apply(&Batch { entries, after: 7, cursor: 8, ..Batch::default() }).unwrap();
        assert_eq!(generation.see().unwrap().searcher.num_docs(), 61);
    }

    #[test]
    fn entries_are_erased_while_many_segments_are_being_merged() {
        let folder = tempfile::tempdir().unwrap();
        let generation = Generation::make(folder.path(), 1).unwrap();
        follow_many(&generation, 60);
        let removed = (0..60).step_by(2).map(|number| entry(number).id).collect();
        let batch = Batch { removed, after: 60, cursor: 61, erase: true, ..Batch::default() };
        generation.apply(&batch).unwrap();
        let searcher = generation.see().unwrap().searcher;
        let held: u32 = searcher.segment_readers().iter().map(SegmentReader::max_doc).sum();
        assert_eq!((searcher.num_docs(), held), (30, 30));
    }
}
