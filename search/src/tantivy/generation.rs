//! One generation of the index: a folder of its own. The file `current` beside the folders names the one that answers, so that
//! another takes its place in one step, and a crash leaves the old.

use std::{
    io,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError, RwLock},
};

use ::tantivy::{
    Index, IndexReader, IndexSettings, IndexWriter, ReloadPolicy, Searcher, TantivyError, Term,
    directory::MmapDirectory,
    index::{SegmentId, SegmentMeta},
    merge_policy::{LogMergePolicy, NoMergePolicy},
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

/// Rounds in which erasing must come to its end.
const MOST_ROUNDS: usize = 100;

/// The file that names the generation that answers.
const CURRENT: &str = "current";

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
        self.with_writer(1, |writer| {
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

    /// Puts entries in that are not there, by two threads, without making them visible.
    pub fn add(&self, entries: &[Entry]) -> Result<(), SearchError> {
        self.with_writer(2, |writer| {
            for entry in entries {
                writer.add_document(self.fields.document(entry))?;
            }
            Ok(())
        })
    }

    /// Makes everything visible that was added, in as few segments as a reader wants, and closes the writer.
    pub fn seal(&self, cursor: i64) -> Result<(), SearchError> {
        self.with_writer(2, |writer| {
            commit(writer, cursor)?;
            let segments = self.index.searchable_segment_ids()?;
            if segments.len() > 1 {
                writer.merge(&segments).wait()?;
            }
            // A commit says again how far it is: a merge leaves that out.
            commit(writer, cursor)?;
            writer.garbage_collect_files().wait()?;
            Ok(())
        })?;
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
        threads: usize,
        work: impl FnOnce(&mut IndexWriter) -> Result<T, SearchError>,
    ) -> Result<T, SearchError> {
        let mut guard = self.writer.lock().unwrap_or_else(PoisonError::into_inner);
        let writer = if let Some(writer) = guard.as_mut() {
            writer
        } else {
            let writer = self.index.writer_with_num_threads(threads, BUFFER * threads);
            guard.insert(writer.map_err(|why| match why {
                TantivyError::LockFailure(..) => SearchError::Busy,
                other => other.into(),
            })?)
        };
        let done = work(writer);
        // What was half done is no part of the next batch, and a writer that failed once fails for ever.
        if done.is_err() {
            *guard = None;
        }
        done
    }
}

fn commit(writer: &mut IndexWriter, cursor: i64) -> Result<(), SearchError> {
    let mut commit = writer.prepare_commit()?;
    commit.set_payload(&cursor.to_string());
    commit.commit()?;
    Ok(())
}

/// Writes every segment that holds deleted entries anew, without them, and deletes the old files. Merges of the engine's own that
/// are under way may take a segment away from under this; then the next round finds what is left.
fn erase(index: &Index, writer: &mut IndexWriter, cursor: i64) -> Result<(), SearchError> {
    writer.set_merge_policy(Box::new(NoMergePolicy));
    let stained = || -> Result<Vec<SegmentId>, SearchError> {
        let metas = index.searchable_segment_metas()?;
        Ok(metas.iter().filter(|meta| meta.has_deletes()).map(SegmentMeta::id).collect())
    };
    let mut rounds = 0;
    loop {
        let segments = stained()?;
        if segments.is_empty() {
            break;
        }
        rounds += 1;
        if rounds > MOST_ROUNDS {
            return Err(SearchError::Engine("segments with erased entries are still being merged".into()));
        }
        for segment in segments {
            // Its failure means that it is no longer there, or is being merged.
            let _ = writer.merge(&[segment]).wait();
        }
        commit(writer, cursor)?;
    }
    writer.garbage_collect_files().wait()?;
    writer.set_merge_policy(Box::new(LogMergePolicy::default()));
    Ok(())
}

/// The number of the generation that answers; `None` where there is none yet.
pub fn current(folder: &Path) -> io::Result<Option<u64>> {
    match std::fs::read_to_string(folder.join(CURRENT)) {
        Ok(text) => Ok(text.trim().parse().ok()),
        Err(why) if why.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(why) => Err(why),
    }
}

/// Lets the generation `number` answer from now on, and throws all others away. Whoever still reads one keeps what it reads.
pub fn switch(folder: &Path, number: u64) -> io::Result<()> {
    let written = folder.join("current.new");
    let file = std::fs::File::create(&written)?;
    io::Write::write_all(&mut &file, number.to_string().as_bytes())?;
    file.sync_all()?;
    std::fs::rename(&written, folder.join(CURRENT))?;
    std::fs::File::open(folder)?.sync_all()?;
    // Whoever still writes to an old one may make files while it goes; what is left goes the next time.
    let _ = clear(folder, &[number]);
    Ok(())
}

/// Throws away everything in the folder but these generations.
pub fn clear(folder: &Path, keep: &[u64]) -> io::Result<()> {
    for path in inside(folder)? {
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default().to_owned();
        let is_kept = name == CURRENT || keep.iter().any(|number| name == number.to_string());
        if is_kept {
            continue;
        }
        if path.is_dir() { std::fs::remove_dir_all(path)? } else { std::fs::remove_file(path)? }
    }
    Ok(())
}

/// A number that no generation in the folder has.
pub fn next(folder: &Path) -> io::Result<u64> {
    let numbers =
        inside(folder)?.into_iter().filter_map(|path| path.file_name()?.to_str()?.parse::<u64>().ok());
    Ok(numbers.max().unwrap_or(0) + 1)
}

fn inside(folder: &Path) -> io::Result<Vec<PathBuf>> {
    std::fs::read_dir(folder)?.map(|entry| Ok(entry?.path())).collect()
}

fn io_error(why: io::Error) -> TantivyError {
    TantivyError::IoError(Arc::new(why))
}
