//! The embedded engine: tantivy in a folder. Read in this order: [`tokens`] and [`fields`] say what is indexed, [`folder`] and
//! [`generation`] where it lies, [`translate`] (with [`near`] and [`denied`]) what is looked for, [`statistics`] what weighs,
//! [`collect`] (with [`columns`], [`values`], [`month`] and [`place`]) what is counted and shown, [`suggest`] what may have been
//! meant.

use std::{
    fs::File,
    path::{Path, PathBuf},
    sync::{Arc, PoisonError, RwLock},
};

use ::tantivy::{TantivyError, collector::Collector};
use async_trait::async_trait;

use crate::{Ask, Batch, Entry, Found, Operator, Rebuild, Search, SearchError, SharedSearch};

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
use place::Place;
use statistics::Statistics;
use translate::Translator;

/// The index in a folder.
#[derive(Clone)]
pub struct Tantivy {
    folder: PathBuf,
    answers: Arc<RwLock<Arc<Generation>>>,
    /// Whether it stays with one generation, which does not answer yet.
    stays: bool,
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
    /// Opens the index in the folder `path`, making it where needed. What another version left there is thrown away: it follows
    /// the log again from its beginning.
    pub fn open(path: &str) -> Result<Self, SearchError> {
        let engine = |why: &dyn std::fmt::Display| SearchError::Engine(format!("{path}: {why}"));
        let folder = PathBuf::from(path);
        std::fs::create_dir_all(&folder).map_err(|why| engine(&why))?;
        let opened = || -> Result<Option<Generation>, SearchError> {
            let number = folder::current(&folder).map_err(|why| engine(&why))?;
            match number.map(|number| Generation::open(&folder, number)) {
                Some(Ok(generation)) => Ok(Some(generation)),
                Some(Err(TantivyError::SchemaError(_) | TantivyError::IncompatibleIndex(_))) | None => {
                    Ok(None)
                }
                Some(Err(why)) => Err(engine(&why)),
            }
        };
        let generation = if let Some(generation) = opened()? {
            generation
        } else {
            // Of two programs that start in an empty folder one makes the index; the other waits, and opens what it made.
            let lock = File::open(&folder).map_err(|why| engine(&why))?;
            lock.lock().map_err(|why| engine(&why))?;
            let made = opened()?.map_or_else(|| begin(&folder).map_err(|why| engine(&why)), Ok)?;
            drop(lock);
            made
        };
        Ok(Self { folder, answers: Arc::new(RwLock::new(Arc::new(generation))), stays: false })
    }

    /// The generation that answers now: another process may have put a new one in its place.
    fn generation(&self) -> Result<Arc<Generation>, SearchError> {
        let open = Arc::clone(&self.answers.read().unwrap_or_else(PoisonError::into_inner));
        let number = folder::current(&self.folder).map_err(|why| SearchError::Engine(why.to_string()))?;
        match number.filter(|_| !self.stays) {
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

    /// Works on the generation that answers; once more where another took its place meanwhile, and its files were deleted.
    fn on_current<T>(&self, work: impl Fn(&Generation) -> Result<T, SearchError>) -> Result<T, SearchError> {
        loop {
            let generation = self.generation()?;
            match work(&generation) {
                Err(SearchError::Engine(_)) if self.generation()?.number != generation.number => {}
                done => return done,
            }
        }
    }

    /// A generation that nobody finishes any more may hold what was erased.
    fn clear_unfinished(&self) -> Result<(), SearchError> {
        let engine = |why: std::io::Error| SearchError::Engine(why.to_string());
        let lock = File::open(&self.folder).map_err(engine)?;
        // One that is being made follows the log before it answers.
        if lock.try_lock().is_ok() {
            folder::clear(&self.folder, &[self.generation()?.number]).map_err(engine)?;
        }
        Ok(())
    }

    fn find_now(generation: &Generation, ask: &Ask) -> Result<Found, SearchError> {
        let View { searcher, columns, cursor: as_of } = generation.see()?;
        let after = ask.after.as_deref().map(|text| Place::read(text, ask.sort)).transpose()?;
        let (after, known) = after.map_or((None, ""), |(place, known)| (Some(place), known));
        let statistics = Statistics::new(&searcher, statistics::read(known)?);
        let fields = generation.fields;
        let query =
            Translator { searcher: &searcher, statistics: &statistics, fields }.query(&ask.query.expr)?;
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
        let weighed = if collect.requires_scoring() { statistics.write() } else { String::new() };
        let more = collected.hits.len() > ask.first;
        let hits = collected.hits.iter().take(ask.first).map(|hit| {
            let id = columns[hit.at.segment_ord as usize].id_of(hit.at.doc_id)?;
            let id = id
                .parse()
                .map_err(|_| SearchError::Engine(format!("the index holds {id:?}, which is no id")))?;
            Ok(crate::Hit { id, place: hit.place.write(ask.sort) + &weighed, alike: hit.alike })
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

/// A first, empty generation in a folder, and nothing beside it.
fn begin(folder: &Path) -> Result<Generation, TantivyError> {
    let number = folder::next(folder).map_err(|why| TantivyError::IoError(Arc::new(why)))?;
    let generation = Generation::make(folder, number)?;
    folder::switch(folder, number).map_err(|why| TantivyError::IoError(Arc::new(why)))?;
    Ok(generation)
}

/// Work for a processor must not hold up a thread that serves readers.
async fn apart<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, SearchError> + Send + 'static,
) -> Result<T, SearchError> {
    tokio::task::spawn_blocking(work).await.map_err(|why| SearchError::Engine(why.to_string()))?
}

#[async_trait]
impl Search for Tantivy {
    fn capabilities(&self) -> &'static [Operator] {
        &Operator::ALL
    }

    async fn apply(&self, batch: Batch) -> Result<(), SearchError> {
        let this = self.clone();
        apart(move || {
            this.on_current(|generation| generation.apply(&batch))?;
            if batch.erase && !this.stays {
                this.clear_unfinished()?;
            }
            Ok(())
        })
        .await
    }

    async fn cursor(&self) -> Result<i64, SearchError> {
        self.on_current(|generation| Ok(generation.cursor()?))
    }

    async fn find(&self, ask: &Ask) -> Result<Found, SearchError> {
        let (this, ask) = (self.clone(), ask.clone());
        apart(move || this.on_current(|generation| Self::find_now(generation, &ask))).await
    }

    async fn rest(&self) -> Result<(), SearchError> {
        let this = self.clone();
        apart(move || this.generation()?.rest()).await
    }

    async fn rebuild(&self) -> Result<Box<dyn Rebuild>, SearchError> {
        let this = self.clone();
        apart(move || {
            let engine = |why: std::io::Error| SearchError::Engine(why.to_string());
            // Only one at a time, in whichever process: it dies with its holder.
            let lock = File::open(&this.folder).map_err(engine)?;
            lock.try_lock().map_err(|_| SearchError::Busy)?;
            // What an earlier attempt left is worth nothing.
            folder::clear(&this.folder, &[this.generation()?.number]).map_err(engine)?;
            let number = folder::next(&this.folder).map_err(engine)?;
            let generation = Arc::new(Generation::make(&this.folder, number)?);
            Ok(Box::new(Next { of: this, generation, _lock: lock }) as Box<dyn Rebuild>)
        })
        .await
    }
}

/// A generation that is being made.
struct Next {
    of: Tantivy,
    generation: Arc<Generation>,
    _lock: File,
}

#[async_trait]
impl Rebuild for Next {
    async fn add(&mut self, entries: Vec<Entry>) -> Result<(), SearchError> {
        let generation = Arc::clone(&self.generation);
        apart(move || generation.add(&entries)).await
    }

    async fn seal(&mut self, cursor: i64) -> Result<Option<SharedSearch>, SearchError> {
        let generation = Arc::clone(&self.generation);
        apart(move || generation.seal(cursor)).await?;
        let answers = Arc::new(RwLock::new(Arc::clone(&self.generation)));
        Ok(Some(Arc::new(Tantivy { folder: self.of.folder.clone(), answers, stays: true })))
    }

    async fn finish(self: Box<Self>) -> Result<(), SearchError> {
        apart(move || {
            self.generation.rest()?;
            folder::switch(&self.of.folder, self.generation.number)
                .map_err(|why| SearchError::Engine(why.to_string()))
        })
        .await
    }
}

#[cfg(test)]
mod tests;
