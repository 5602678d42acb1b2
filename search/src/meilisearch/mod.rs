//! Meilisearch, a server of its own, made to keep our promises. Read in this order: [`settings`] says how an index there is set
//! up, [`piece`] how an entry is cut for it, [`translate`] how a query is asked, [`state`] where the log was left.
//!
//! It does not stem, takes 65,535 words of a text and estimates totals: so it gets words that our own analysis has made, in
//! pieces that are grouped again, and is asked for pages, whose totals are exact.

use std::{
    collections::{BTreeMap, HashMap},
    time::Duration,
};

use async_trait::async_trait;
use meilisearch_sdk::{
    client::Client,
    documents::DocumentDeletionQuery,
    errors::{Error, ErrorCode},
    indexes::Index,
    search::{MatchingStrategies, SearchQuery, SearchResults, Selectors},
    task_info::TaskInfo,
    tasks::Task,
};
use serde::Deserialize;

use crate::{
    Ask, Batch, Direction, Entry, Facet, Found, Hit, Operator, Rebuild, Search, SearchError, SharedSearch,
    Sort,
};

mod piece;
mod settings;
mod state;
mod translate;

use piece::{Piece, pieces};
use state::State;
use translate::{Asked, filter_but};

/// How often the server is asked whether a task is done, and how long it may take.
const BEAT: Duration = Duration::from_millis(20);
const PATIENCE: Duration = Duration::from_mins(30);

/// Pieces that are sent at once: one may be half a megabyte, and the server takes a hundred.
const AT_ONCE: usize = 150;

/// Ids in one filter.
const IDS: usize = 500;

/// What it knows of the query language.
const KNOWN: [Operator; 5] =
    [Operator::And, Operator::Phrase, Operator::Not, Operator::Title, Operator::Value];

/// A server.
#[derive(Clone)]
pub struct Meilisearch {
    client: Client,
    /// What all names of indexes begin with.
    name: String,
}

impl std::fmt::Debug for Meilisearch {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Meilisearch").field("host", &self.client.get_host()).finish_non_exhaustive()
    }
}

impl From<Error> for SearchError {
    fn from(error: Error) -> Self {
        Self::Engine(error.to_string())
    }
}

impl Meilisearch {
    /// The server at `address`, such as `http://127.0.0.1:7700`. A path behind it is the name of our indexes there, `raadhuis`
    /// when there is none.
    pub async fn open(address: &str, key: Option<String>) -> Result<Self, SearchError> {
        let bad = || SearchError::UnknownAddress(format!("meilisearch+{address}"));
        let (scheme, rest) = address.split_once("://").ok_or_else(bad)?;
        let (host, name) = rest.split_once('/').unwrap_or((rest, ""));
        let name = if name.is_empty() { "raadhuis" } else { name };
        if host.is_empty() || !name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_') {
            return Err(bad());
        }
        let client = Client::new(format!("{scheme}://{host}"), key)?;
        let this = Self { client, name: name.to_owned() };
        if this.state().await?.is_none() {
            this.make(1).await?;
            this.keep(State { generation: 1, cursor: 0 }).await?;
        }
        Ok(this)
    }

    fn index(&self, generation: u64) -> Index {
        // Another version of the settings is another index: it is never served by mistake.
        self.client.index(format!("{}-v{}-{generation}", self.name, settings::VERSION))
    }

    async fn make(&self, generation: u64) -> Result<Index, SearchError> {
        let index = self.index(generation);
        self.forget(&index).await?;
        self.done(self.client.create_index(&index.uid, Some("key")).await?).await?;
        self.done(index.set_settings(&settings::settings()).await?).await?;
        self.done(index.set_prefix_search(settings::PREFIX).await?).await?;
        Ok(index)
    }

    async fn forget(&self, index: &Index) -> Result<(), SearchError> {
        match self.client.get_raw_index(&index.uid).await {
            Ok(_) => self.done(self.client.delete_index(&index.uid).await?).await,
            Err(Error::Meilisearch(why)) if why.error_code == ErrorCode::IndexNotFound => Ok(()),
            Err(why) => Err(why.into()),
        }
    }

    /// Waits until a task was done, and says why when it was not.
    async fn done(&self, task: TaskInfo) -> Result<(), SearchError> {
        match task.wait_for_completion(&self.client, Some(BEAT), Some(PATIENCE)).await? {
            Task::Succeeded { .. } => Ok(()),
            Task::Failed { content } => Err(SearchError::Engine(content.error.to_string())),
            Task::Enqueued { .. } | Task::Processing { .. } => {
                Err(SearchError::Engine("the server did not come to a task in time".into()))
            }
        }
    }

    async fn put(&self, index: &Index, entries: &[Entry], stamp: i64) -> Result<(), SearchError> {
        let pieces: Vec<Piece> = entries.iter().flat_map(|entry| pieces(entry, stamp)).collect();
        for some in pieces.chunks(AT_ONCE) {
            self.done(index.add_or_replace(some, Some("key")).await?).await?;
        }
        Ok(())
    }

    /// Deletes all pieces of these things but those with this stamp.
    async fn delete_older<'a>(
        &self,
        index: &Index,
        ids: impl Iterator<Item = &'a str>,
        stamp: i64,
    ) -> Result<(), SearchError> {
        let ids: Vec<String> = ids.map(translate::quoted).collect();
        for some in ids.chunks(IDS) {
            let filter = format!("id IN [{}] AND stamp != {stamp}", some.join(", "));
            let mut query = DocumentDeletionQuery::new(index);
            query.with_filter(&filter);
            self.done(index.delete_documents_with(&query).await?).await?;
        }
        Ok(())
    }
}

/// What is read back of a hit.
#[derive(Debug, Deserialize)]
struct Shown {
    id: String,
    fold: String,
}

#[async_trait]
impl Search for Meilisearch {
    fn capabilities(&self) -> &'static [Operator] {
        &KNOWN
    }

    async fn apply(&self, batch: Batch) -> Result<(), SearchError> {
        let state = self.stand().await?;
        if state.cursor != batch.after {
            return Err(SearchError::Moved { is: state.cursor, expected: batch.after });
        }
        let index = self.index(state.generation);
        // What is new is there before what is old goes, and the place in the log moves last: a crash in between is made good by
        // taking the same batch in again.
        let stamp = jiff::Timestamp::now().as_microsecond();
        self.put(&index, &batch.entries, stamp).await?;
        let touched = batch.entries.iter().map(|entry| entry.id.as_str());
        let gone = touched.chain(batch.removed.iter().map(raadhuis_schema::EntityId::as_str));
        self.delete_older(&index, gone, stamp).await?;
        // Another process may have put a new generation in its place meanwhile: that one says itself where it is.
        let now = self.stand().await?;
        if now != state {
            return Err(SearchError::Moved { is: now.cursor, expected: batch.after });
        }
        self.keep(State { cursor: batch.cursor, ..state }).await
    }

    async fn cursor(&self) -> Result<i64, SearchError> {
        Ok(self.stand().await?.cursor)
    }

    async fn find(&self, ask: &Ask) -> Result<Found, SearchError> {
        let skip = skipped(ask.after.as_deref())?;
        let asked = Asked::of(&ask.query)?;
        let state = self.stand().await?;
        let Some(asked) = asked else { return Ok(Found { as_of: state.cursor, ..Found::default() }) };
        let index = self.index(state.generation);
        let filter = asked.filter(&filter_but(&ask.filter, None));
        let sort = sorted(ask.sort);
        let sort: Vec<&str> = sort.iter().map(String::as_str).collect();
        let others: Vec<String> =
            ask.facets.iter().map(|facet| asked.filter(&filter_but(&ask.filter, Some(*facet)))).collect();
        let names: Vec<[&str; 1]> = ask.facets.iter().map(|facet| [facet.word()]).collect();
        let counting = |filter| {
            let mut query = SearchQuery::new(&index);
            query
                .with_query(&asked.words)
                .with_filter(filter)
                .with_matching_strategy(MatchingStrategies::ALL);
            query
                .with_page(1)
                .with_hits_per_page(1)
                .with_attributes_to_retrieve(Selectors::Some(&["id", "fold"]));
            query
        };
        let mut all = self.client.multi_search();
        let mut hits = counting(&filter);
        hits.page = None;
        hits.hits_per_page = None;
        hits.with_sort(&sort).with_distinct("fold").with_offset(skip).with_limit(ask.first + 1);
        all.with_search_query(hits);
        for distinct in ["fold", "id"] {
            let mut totals = counting(&filter);
            totals.with_distinct(distinct);
            all.with_search_query(totals);
        }
        for (filter, name) in others.iter().zip(&names) {
            let mut facet = counting(filter);
            facet.with_distinct("fold").with_facets(Selectors::Some(name));
            all.with_search_query(facet);
        }
        let mut answers = all.execute::<Shown>().await?.results.into_iter();
        let (hits, total, entities) = (answers.next(), answers.next(), answers.next());
        let exact = |answer: Option<SearchResults<Shown>>| {
            answer.and_then(|answer| answer.total_hits).map_or(0, |total| total as u64)
        };
        let mut found =
            Found { as_of: state.cursor, total: exact(total), entities: exact(entities), ..Found::default() };
        let rows = hits.map(|answer| answer.hits).unwrap_or_default();
        found.more = rows.len() > ask.first;
        let rows: Vec<Shown> = rows.into_iter().take(ask.first).map(|row| row.result).collect();
        let alike = self.alike(&index, &asked, &filter, &rows).await?;
        for (row, shown) in (skip + 1..).zip(rows) {
            let id = shown.id.parse().map_err(|_| SearchError::Engine(format!("{:?} is no id", shown.id)))?;
            let alike = alike.get(&shown.fold).map_or(0, |count| count.saturating_sub(1));
            found.hits.push(Hit { id, place: format!("row-{row}"), alike });
        }
        for (facet, answer) in ask.facets.iter().zip(answers) {
            found.facets.insert(*facet, values(answer, *facet));
        }
        if ask.zeroes {
            self.add_zeroes(&index, ask, &mut found).await?;
        }
        Ok(found)
    }

    async fn rebuild(&self) -> Result<Box<dyn Rebuild>, SearchError> {
        // Nobody else makes one of that number, and none is ever made again.
        let generation = jiff::Timestamp::now().as_microsecond().unsigned_abs();
        let index = self.make(generation).await?;
        Ok(Box::new(Next { of: self.clone(), index, generation, cursor: 0 }))
    }
}

impl Meilisearch {
    /// How many things match that share a file with one of these.
    async fn alike(
        &self,
        index: &Index,
        asked: &Asked,
        filter: &str,
        rows: &[Shown],
    ) -> Result<HashMap<String, u64>, SearchError> {
        let folded: Vec<String> =
            rows.iter().filter(|row| row.fold != row.id).map(|row| translate::quoted(&row.fold)).collect();
        if folded.is_empty() {
            return Ok(HashMap::new());
        }
        let own = format!("fold IN [{}]", folded.join(", "));
        let filter = if filter.is_empty() { own } else { format!("({filter}) AND {own}") };
        let mut query = SearchQuery::new(index);
        query.with_query(&asked.words).with_filter(&filter).with_matching_strategy(MatchingStrategies::ALL);
        query.with_page(1).with_hits_per_page(1).with_distinct("id").with_facets(Selectors::Some(&["fold"]));
        let answer: SearchResults<serde_json::Value> = query.execute().await?;
        let counts = answer.facet_distribution.and_then(|mut facets| facets.remove("fold"));
        Ok(counts.unwrap_or_default().into_iter().map(|(fold, count)| (fold, count as u64)).collect())
    }

    /// Adds the values that nothing found has.
    async fn add_zeroes(&self, index: &Index, ask: &Ask, found: &mut Found) -> Result<(), SearchError> {
        let names: Vec<&str> = ask.facets.iter().map(|facet| facet.word()).collect();
        let mut query = SearchQuery::new(index);
        query.with_page(1).with_hits_per_page(1).with_facets(Selectors::Some(&names));
        let answer: SearchResults<serde_json::Value> = query.execute().await?;
        let known = answer.facet_distribution.unwrap_or_default();
        for facet in &ask.facets {
            let counts = found.facets.entry(*facet).or_default();
            match facet {
                Facet::Year | Facet::Month => crate::filter::fill(counts, *facet),
                _ => {
                    for value in known.get(facet.word()).into_iter().flat_map(HashMap::keys) {
                        counts.entry(value.clone()).or_insert(0);
                    }
                }
            }
        }
        Ok(())
    }
}

/// The counts of a facet.
fn values(answer: SearchResults<Shown>, facet: Facet) -> BTreeMap<String, u64> {
    let counts = answer.facet_distribution.and_then(|mut facets| facets.remove(facet.word()));
    counts.unwrap_or_default().into_iter().map(|(value, count)| (value, count as u64)).collect()
}

/// How many hits a place passes over.
fn skipped(after: Option<&str>) -> Result<usize, SearchError> {
    let Some(place) = after else { return Ok(0) };
    let row = place.strip_prefix("row-").and_then(|row| row.parse::<u32>().ok()).map(|row| row as usize);
    row.ok_or_else(|| SearchError::ForeignPlace(place.chars().take(40).collect()))
}

fn sorted(sort: Sort) -> Vec<String> {
    let by = |name: &str, direction| match direction {
        Direction::Newest => vec![format!("{name}:desc")],
        Direction::Oldest => vec![format!("{name}:asc")],
    };
    match sort {
        Sort::Relevance | Sort::Match => Vec::new(),
        Sort::MeetingDate(direction) => by("meetingDate", direction),
        Sort::PublishedAt(direction) => by("publishedAt", direction),
        Sort::FirstSeenAt(direction) => by("firstSeenAt", direction),
    }
}

/// A generation that is being made.
struct Next {
    of: Meilisearch,
    index: Index,
    generation: u64,
    cursor: i64,
}

#[async_trait]
impl Rebuild for Next {
    async fn add(&mut self, entries: Vec<Entry>) -> Result<(), SearchError> {
        self.of.put(&self.index, &entries, 0).await
    }

    async fn seal(&mut self, cursor: i64) -> Result<Option<SharedSearch>, SearchError> {
        self.cursor = cursor;
        Ok(None)
    }

    async fn finish(self: Box<Self>) -> Result<(), SearchError> {
        let cursor = self.cursor;
        let old = self.of.stand().await?.generation;
        self.of.keep(State { generation: self.generation, cursor }).await?;
        if old == self.generation { Ok(()) } else { self.of.forget(&self.of.index(old)).await }
    }
}
