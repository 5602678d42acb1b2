//! The embedded engine: tantivy in a folder. Read in this order: [`tokens`] and [`fields`] define the index, [`folder`] and
//! [`generation`] its storage; [`translate`] (with [`near`] and [`denied`]) translates queries, [`statistics`] holds the
//! frequencies for scores, [`collect`] (with [`columns`], [`values`], [`month`] and [`place`]) counts and sorts, [`suggest`]
//! proposes corrections.

use std::{
    fs::File,
    path::{Path, PathBuf},
    sync::{Arc, PoisonError, RwLock},
};

use ::tantivy::{TantivyError, collector::Collector};
use async_trait::async_trait;

use crate::{Batch, Entry, Found, Operator, Rebuild, Search, SearchError, SearchRequest, SharedSearch};

mod collect;
mod columns;
mod denied;
mod fields;
mod folder;
mod generation;
mod month;
mod near;
mod place;
mod statistics;
mod suggest;
mod tokens;
mod translate;
mod values;

use collect::Collect;
use generation::{Generation, View};
use place::SearchCursor;
use statistics::Statistics;
use translate::Translator;

#[derive(Clone)]
pub struct Tantivy {
    folder: PathBuf,
    answers: Arc<RwLock<Arc<Generation>>>,
    /// The lock of a rebuild, when this is pinned to its generation, which is not active yet.
    pinned: Option<Arc<File>>,
}

impl std::fmt::Debug for Tantivy {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Tantivy").field("folder", &self.folder).finish_non_exhaustive()
    }
}

impl From<TantivyError> for SearchError {
    fn from(error: TantivyError) -> Self {
        Self::Engine(error.to_string())
    }
}

impl Tantivy {
    /// Opens the index in the folder `path`, or creates it. Data of another version is discarded; the index then follows the change
    /// log from its beginning.
    pub fn open(path: &str) -> Result<Self, SearchError> {
        let folder = PathBuf::from(path);
        std::fs::create_dir_all(&folder).map_err(|why| error_at(path, &why))?;
        let generation = if let Some(generation) = open_current(&folder, path)? {
            generation
        } else {
            // If two programs start in an empty folder, one creates the index; the other waits and opens it.
            let lock = File::open(&folder).map_err(|why| error_at(path, &why))?;
            lock.lock().map_err(|why| error_at(path, &why))?;
            let made = open_current(&folder, path)?
                .map_or_else(|| create_first(&folder).map_err(|why| error_at(path, &why)), Ok)?;
            drop(lock);
            made
        };
        Ok(Self { folder, answers: Arc::new(RwLock::new(Arc::new(generation))), pinned: None })
    }

    /// The active generation. Opens a new one if another process switched to it.
    fn generation(&self) -> Result<Arc<Generation>, SearchError> {
        let open = Arc::clone(&self.answers.read().unwrap_or_else(PoisonError::into_inner));
        let number = folder::current(&self.folder).map_err(|why| SearchError::Engine(why.to_string()))?;
        match number.filter(|_| self.pinned.is_none()) {
            Some(number) if number != open.number => {
                let mut answers = self.answers.write().unwrap_or_else(PoisonError::into_inner);
                if answers.number != number {
                    *answers = Arc::new(Generation::open(&self.folder, number)?);
                }
                Ok(Arc::clone(&answers))
            }
            _ => Ok(open),
        }
    }

    /// Runs `work` on the active generation. Retries if it was replaced, and its files deleted, meanwhile.
    fn on_current<T>(&self, work: impl Fn(&Generation) -> Result<T, SearchError>) -> Result<T, SearchError> {
        loop {
            let generation = self.generation()?;
            match work(&generation) {
                Err(SearchError::Engine(_)) if self.generation()?.number != generation.number => {}
                done => return done,
            }
        }
    }

    /// Deletes abandoned generations, which may hold erased entries.
    fn clear_unfinished(&self) -> Result<(), SearchError> {
        let lock = File::open(&self.folder).map_err(|why| engine_error(&why))?;
        // While a rebuild holds the lock, its generation follows the log itself.
        if lock.try_lock().is_ok() {
            folder::delete_except(&self.folder, &[self.generation()?.number])
                .map_err(|why| engine_error(&why))?;
        }
        Ok(())
    }

    fn find_now(generation: &Generation, ask: &SearchRequest) -> Result<Found, SearchError> {
        let View { searcher, columns, cursor: as_of } = generation.current_view()?;
        let after = ask.after.as_deref().map(|text| SearchCursor::parse(text, ask.sort)).transpose()?;
        let (after, known) = after.map_or((None, ""), |(place, known)| (Some(place), known));
        let statistics = Statistics::new(&searcher, statistics::parse_frequencies(known)?);
        let fields = generation.fields;
        let query =
            Translator { searcher: &searcher, statistics: &statistics, fields }.translate(&ask.query.expr)?;
        let collect = Collect {
            filter: ask.filter.clone(),
            sort: ask.sort,
            first: ask.first,
            after,
            facets: ask.facets.clone(),
            zeroes: ask.zeroes,
            columns: Arc::clone(&columns),
        };
        let collected = searcher.search_with_statistics_provider(&query, &collect, &statistics)?;
        let weighed = if collect.requires_scoring() { statistics.to_text() } else { String::new() };
        let more = collected.hits.len() > ask.first;
        let hits = collected.hits.iter().take(ask.first).map(|hit| {
            let id = columns[hit.at.segment_ord as usize].id_of(hit.at.doc_id)?;
            let id = id
                .parse()
                .map_err(|_| SearchError::Engine(format!("the index holds {id:?}, which is no id")))?;
            Ok(crate::SearchResult { id, place: hit.place.to_text(ask.sort) + &weighed, alike: hit.alike })
        });
        Ok(Found {
            as_of,
            total: collected.total,
            entities: collected.entities,
            hits: hits.collect::<Result<_, SearchError>>()?,
            more,
            facets: collected.facets,
            unknown: suggest::unknown(&searcher, fields, &ask.query)?,
        })
    }
}

fn engine_error(why: &std::io::Error) -> SearchError {
    SearchError::Engine(why.to_string())
}

fn error_at(path: &str, why: &dyn std::fmt::Display) -> SearchError {
    SearchError::Engine(format!("{path}: {why}"))
}

/// Opens the active generation; `None` if there is none, or only one of another version.
fn open_current(folder: &Path, path: &str) -> Result<Option<Generation>, SearchError> {
    let number = folder::current(folder).map_err(|why| error_at(path, &why))?;
    match number.map(|number| Generation::open(folder, number)) {
        Some(Ok(generation)) => Ok(Some(generation)),
        Some(Err(TantivyError::SchemaError(_) | TantivyError::IncompatibleIndex(_))) | None => Ok(None),
        Some(Err(why)) => Err(error_at(path, &why)),
    }
}

/// Creates the first, empty generation and deletes everything else in the folder.
fn create_first(folder: &Path) -> Result<Generation, TantivyError> {
    let number = folder::next_number(folder).map_err(|why| TantivyError::IoError(Arc::new(why)))?;
    let generation = Generation::create_in(folder, number)?;
    folder::activate_generation(folder, number).map_err(|why| TantivyError::IoError(Arc::new(why)))?;
    Ok(generation)
}

/// Runs CPU-bound work outside the async threads.
async fn run_blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, SearchError> + Send + 'static,
) -> Result<T, SearchError> {
    tokio::task::spawn_blocking(work).await.map_err(|why| SearchError::Engine(why.to_string()))?
}

#[async_trait]
impl Search for Tantivy {
    fn capabilities(&self) -> &'static [Operator] {
        Operator::ALL
    }

    async fn apply_batch(&self, batch: Batch) -> Result<(), SearchError> {
        let this = self.clone();
        run_blocking(move || {
            this.on_current(|generation| generation.apply_batch(&batch))?;
            if batch.erase && this.pinned.is_none() {
                this.clear_unfinished()?;
            }
            Ok(())
        })
        .await
    }

    async fn read_cursor(&self) -> Result<i64, SearchError> {
        self.on_current(|generation| Ok(generation.stored_cursor()?))
    }

    async fn find_entries(&self, ask: &SearchRequest) -> Result<Found, SearchError> {
        let (this, ask) = (self.clone(), ask.clone());
        run_blocking(move || this.on_current(|generation| Self::find_now(generation, &ask))).await
    }

    async fn release_writer(&self) -> Result<(), SearchError> {
        let this = self.clone();
        run_blocking(move || this.generation()?.close_writer()).await
    }

    async fn rebuild(&self) -> Result<Box<dyn Rebuild>, SearchError> {
        let this = self.clone();
        run_blocking(move || {
            // One rebuild at a time across processes; the lock is released when its holder dies.
            let lock = File::open(&this.folder).map_err(|why| engine_error(&why))?;
            lock.try_lock().map_err(|_| SearchError::Busy)?;
            let lock = Arc::new(lock);
            // Deletes what an earlier attempt left.
            folder::delete_except(&this.folder, &[this.generation()?.number])
                .map_err(|why| engine_error(&why))?;
            let number = folder::next_number(&this.folder).map_err(|why| engine_error(&why))?;
            let generation = Arc::new(Generation::create_in(&this.folder, number)?);
            Ok(Box::new(TantivyRebuild { of: this, generation, lock }) as Box<dyn Rebuild>)
        })
        .await
    }
}

struct TantivyRebuild {
    of: Tantivy,
    generation: Arc<Generation>,
    /// Held by every thread that works on the generation: dropping the rebuild does not end a thread, and another rebuild deletes
    /// the folder.
    lock: Arc<File>,
}

impl TantivyRebuild {
    /// Runs `work` on the generation outside the async threads, under the lock.
    async fn run_locked<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Generation) -> Result<T, SearchError> + Send + 'static,
    ) -> Result<T, SearchError> {
        let (generation, lock) = (Arc::clone(&self.generation), Arc::clone(&self.lock));
        run_blocking(move || {
            let done = work(&generation);
            drop(lock);
            done
        })
        .await
    }
}

#[async_trait]
impl Rebuild for TantivyRebuild {
    async fn add_entries(&mut self, entries: Vec<Entry>) -> Result<(), SearchError> {
        self.run_locked(move |generation| generation.add_entries(&entries)).await
    }

    async fn seal_generation(&mut self, cursor: i64) -> Result<Option<SharedSearch>, SearchError> {
        self.run_locked(move |generation| generation.seal_at(cursor)).await?;
        let answers = Arc::new(RwLock::new(Arc::clone(&self.generation)));
        let pinned = Some(Arc::clone(&self.lock));
        Ok(Some(Arc::new(Tantivy { folder: self.of.folder.clone(), answers, pinned })))
    }

    async fn activate(self: Box<Self>) -> Result<(), SearchError> {
        let folder = self.of.folder.clone();
        self.run_locked(move |generation| {
            generation.close_writer()?;
            folder::activate_generation(&folder, generation.number)
                .map_err(|why| SearchError::Engine(why.to_string()))
        })
        .await
    }
}

#[cfg(test)]
mod tests;
