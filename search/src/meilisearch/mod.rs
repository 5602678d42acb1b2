//! Meilisearch, an external search server, adapted to our contract. Read in this order: [`settings`] configures an index, [`piece`]
//! cuts an entry into documents, [`translate`] translates a query, [`state`] stores the position in the change log.
//!
//! The server does not stem, indexes at most 65,535 words of a text and estimates totals. So it gets words from our own analysis,
//! in pieces that are grouped again by id, and is asked for pages, whose totals are exact.

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
    Batch, Entry, Facet, Found, Operator, Rebuild, Search, SearchError, SearchRequest, SearchResult,
    SharedSearch, Sort, SortDirection,
};

mod piece;
mod settings;
mod state;
mod translate;

use piece::{EntryPiece, cut_entry};
use state::IndexState;
use translate::{ServerQuery, filter_but};

/// Interval at which a task is polled, and the time it may take.
const BEAT: Duration = Duration::from_millis(20);
const TASK_TIMEOUT: Duration = Duration::from_mins(30);

/// Maximum number of pieces in one request: a piece may have half a megabyte, and the server accepts 100 MB.
const AT_ONCE: usize = 150;

const IDS: usize = 500;

const KNOWN: [Operator; 5] =
    [Operator::And, Operator::Phrase, Operator::Not, Operator::Title, Operator::Value];

#[derive(Clone)]
pub struct Meilisearch {
    client: Client,
    /// Prefix of the names of all our indexes.
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
    /// Opens the server at `address`, such as `http://127.0.0.1:7700`. A path in it is the prefix of our indexes there, `raadhuis`
    /// by default.
    pub async fn open(address: &str, key: Option<String>) -> Result<Self, SearchError> {
        let (scheme, rest) = address.split_once("://").ok_or_else(|| unknown_address(address))?;
        let (host, name) = rest.split_once('/').unwrap_or((rest, ""));
        let name = if name.is_empty() { "raadhuis" } else { name };
        if host.is_empty() || !name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_') {
            return Err(unknown_address(address));
        }
        let client = Client::new(format!("{scheme}://{host}"), key)?;
        let this = Self { client, name: name.to_owned() };
        if this.read_state().await?.is_none() {
            this.create_index(1).await?;
            this.write_state(IndexState { generation: 1, cursor: 0 }).await?;
        }
        Ok(this)
    }

    fn index_of(&self, generation: u64) -> Index {
        // The version of the settings is part of the name: an index with other settings is never used by mistake.
        self.client.index(format!("{}-v{}-{generation}", self.name, settings::VERSION))
    }

    async fn create_index(&self, generation: u64) -> Result<Index, SearchError> {
        let index = self.index_of(generation);
        self.delete_index(&index).await?;
        self.wait_for_task(self.client.create_index(&index.uid, Some("key")).await?).await?;
        self.wait_for_task(index.set_settings(&settings::settings()).await?).await?;
        self.wait_for_task(index.set_prefix_search(settings::PREFIX).await?).await?;
        Ok(index)
    }

    async fn delete_index(&self, index: &Index) -> Result<(), SearchError> {
        match self.client.get_raw_index(&index.uid).await {
            Ok(_) => self.wait_for_task(self.client.delete_index(&index.uid).await?).await,
            Err(Error::Meilisearch(why)) if why.error_code == ErrorCode::IndexNotFound => Ok(()),
            Err(why) => Err(why.into()),
        }
    }

    /// Waits until a task has finished. Fails if the task failed.
    async fn wait_for_task(&self, task: TaskInfo) -> Result<(), SearchError> {
        match task.wait_for_completion(&self.client, Some(BEAT), Some(TASK_TIMEOUT)).await? {
            Task::Succeeded { .. } => Ok(()),
            Task::Failed { content } => Err(SearchError::Engine(content.error.to_string())),
            Task::Enqueued { .. } | Task::Processing { .. } => {
                Err(SearchError::Engine("the server did not come to a task in time".into()))
            }
        }
    }

    async fn put_entries(&self, index: &Index, entries: &[Entry], stamp: i64) -> Result<(), SearchError> {
        let pieces: Vec<EntryPiece> = entries.iter().flat_map(|entry| cut_entry(entry, stamp)).collect();
        for some in pieces.chunks(AT_ONCE) {
            self.wait_for_task(index.add_or_replace(some, Some("key")).await?).await?;
        }
        Ok(())
    }

    /// Deletes the pieces of these entities that have another stamp.
    async fn delete_older<'a>(
        &self,
        index: &Index,
        ids: impl Iterator<Item = &'a str>,
        stamp: i64,
    ) -> Result<(), SearchError> {
        let ids: Vec<String> = ids.map(translate::quote_text).collect();
        for some in ids.chunks(IDS) {
            let filter = format!("id IN [{}] AND stamp != {stamp}", some.join(", "));
            let mut query = DocumentDeletionQuery::new(index);
            query.with_filter(&filter);
            self.wait_for_task(index.delete_documents_with(&query).await?).await?;
        }
        Ok(())
    }
}

#[derive(Debug, Deserialize)]
struct HitDocument {
    id: String,
    fold: String,
}

#[async_trait]
impl Search for Meilisearch {
    fn capabilities(&self) -> &'static [Operator] {
        &KNOWN
    }

    async fn apply_batch(&self, batch: Batch) -> Result<(), SearchError> {
        let state = self.require_state().await?;
        if state.cursor != batch.after {
            return Err(SearchError::Moved { is: state.cursor, expected: batch.after });
        }
        let index = self.index_of(state.generation);
        // New pieces are added before old ones are deleted, and the cursor moves last: after a crash in between, the same batch is
        // applied again.
        let stamp = jiff::Timestamp::now().as_microsecond();
        self.put_entries(&index, &batch.entries, stamp).await?;
        let touched = batch.entries.iter().map(|entry| entry.id.as_str());
        let gone = touched.chain(batch.removed.iter().map(raadhuis_schema::EntityId::as_str));
        self.delete_older(&index, gone, stamp).await?;
        // If another process has switched to a new generation, that one has its own cursor.
        let now = self.require_state().await?;
        if now != state {
            return Err(SearchError::Moved { is: now.cursor, expected: batch.after });
        }
        self.write_state(IndexState { cursor: batch.cursor, ..state }).await
    }

    async fn read_cursor(&self) -> Result<i64, SearchError> {
        Ok(self.require_state().await?.cursor)
    }

    async fn find_entries(&self, ask: &SearchRequest) -> Result<Found, SearchError> {
        let skip = skipped(ask.after.as_deref())?;
        let asked = ServerQuery::translate(&ask.query)?;
        let state = self.require_state().await?;
        let Some(asked) = asked else { return Ok(Found { as_of: state.cursor, ..Found::default() }) };
        let index = self.index_of(state.generation);
        let filter = asked.join_filters(&filter_but(&ask.filter, None));
        let sort = sort_rules(ask.sort);
        let sort: Vec<&str> = sort.iter().map(String::as_str).collect();
        let others: Vec<String> = ask
            .facets
            .iter()
            .map(|facet| asked.join_filters(&filter_but(&ask.filter, Some(*facet))))
            .collect();
        let names: Vec<[&str; 1]> = ask.facets.iter().map(|facet| [facet.as_str()]).collect();
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
        let mut answers = all.execute::<HitDocument>().await?.results.into_iter();
        let (hits, total, entities) = (answers.next(), answers.next(), answers.next());
        let mut found = Found {
            as_of: state.cursor,
            total: exact_total(total)?,
            entities: exact_total(entities)?,
            ..Found::default()
        };
        let rows = hits.ok_or_else(missing_answer)?.hits;
        found.more = rows.len() > ask.first;
        let rows: Vec<HitDocument> = rows.into_iter().take(ask.first).map(|row| row.result).collect();
        let alike = self.count_alike(&index, &asked, &filter, &rows).await?;
        for (row, shown) in (skip + 1..).zip(rows) {
            let id = shown.id.parse().map_err(|_| SearchError::Engine(format!("{:?} is no id", shown.id)))?;
            let alike = alike.get(&shown.fold).map_or(0, |count| count.saturating_sub(1));
            found.hits.push(SearchResult { id, place: format!("row-{row}"), alike });
        }
        for facet in &ask.facets {
            let answer = answers.next().ok_or_else(missing_answer)?;
            found.facets.insert(*facet, facet_counts(answer, *facet)?);
        }
        if ask.zeroes {
            self.add_zeroes(&index, ask, &mut found).await?;
        }
        Ok(found)
    }

    async fn rebuild(&self) -> Result<Box<dyn Rebuild>, SearchError> {
        // A number that no other process uses and that is never reused.
        let generation = jiff::Timestamp::now().as_microsecond().unsigned_abs();
        let index = self.create_index(generation).await?;
        Ok(Box::new(MeilisearchRebuild { of: self.clone(), index, generation, cursor: 0 }))
    }
}

impl Meilisearch {
    /// Counts the matching entities that share a file with one of these.
    async fn count_alike(
        &self,
        index: &Index,
        asked: &ServerQuery,
        filter: &str,
        rows: &[HitDocument],
    ) -> Result<HashMap<String, u64>, SearchError> {
        let folded: Vec<String> = rows
            .iter()
            .filter(|row| row.fold != row.id)
            .map(|row| translate::quote_text(&row.fold))
            .collect();
        if folded.is_empty() {
            return Ok(HashMap::new());
        }
        let own = format!("fold IN [{}]", folded.join(", "));
        let filter = if filter.is_empty() { own } else { format!("({filter}) AND {own}") };
        let mut query = SearchQuery::new(index);
        query.with_query(&asked.words).with_filter(&filter).with_matching_strategy(MatchingStrategies::ALL);
        query.with_page(1).with_hits_per_page(1).with_distinct("id").with_facets(Selectors::Some(&["fold"]));
        let answer: SearchResults<serde_json::Value> = query.execute().await?;
        let counts = answer.facet_distribution.ok_or_else(missing_answer)?.remove("fold");
        Ok(counts.unwrap_or_default().into_iter().map(|(fold, count)| (fold, count as u64)).collect())
    }

    async fn add_zeroes(
        &self,
        index: &Index,
        ask: &SearchRequest,
        found: &mut Found,
    ) -> Result<(), SearchError> {
        let names: Vec<&str> = ask.facets.iter().map(|facet| facet.as_str()).collect();
        let mut query = SearchQuery::new(index);
        query.with_page(1).with_hits_per_page(1).with_facets(Selectors::Some(&names));
        let answer: SearchResults<serde_json::Value> = query.execute().await?;
        let known = answer.facet_distribution.ok_or_else(missing_answer)?;
        for facet in &ask.facets {
            let counts = found.facets.entry(*facet).or_default();
            match facet {
                Facet::Year | Facet::Month => crate::filter::fill_gaps(counts, *facet),
                _ => {
                    for value in known.get(facet.as_str()).into_iter().flat_map(HashMap::keys) {
                        counts.entry(value.clone()).or_insert(0);
                    }
                }
            }
        }
        Ok(())
    }
}

/// The counts of a facet; none when no result has a value for it.
fn facet_counts(
    answer: SearchResults<HitDocument>,
    facet: Facet,
) -> Result<BTreeMap<String, u64>, SearchError> {
    let counts = answer.facet_distribution.ok_or_else(missing_answer)?.remove(facet.as_str());
    Ok(counts.unwrap_or_default().into_iter().map(|(value, count)| (value, count as u64)).collect())
}

fn unknown_address(address: &str) -> SearchError {
    SearchError::UnknownAddress(format!("meilisearch+{address}"))
}

fn exact_total(answer: Option<SearchResults<HitDocument>>) -> Result<u64, SearchError> {
    let total = answer.and_then(|answer| answer.total_hits).ok_or_else(missing_answer)?;
    Ok(total as u64)
}

fn missing_answer() -> SearchError {
    SearchError::Engine("the server answered fewer questions than it was asked".to_owned())
}

/// The number of hits that a cursor skips.
fn skipped(after: Option<&str>) -> Result<usize, SearchError> {
    let Some(place) = after else { return Ok(0) };
    let row = place.strip_prefix("row-").and_then(|row| row.parse::<u32>().ok()).map(|row| row as usize);
    row.ok_or_else(|| SearchError::ForeignPlace(place.chars().take(40).collect()))
}

fn sort_rules(sort: Sort) -> Vec<String> {
    let (name, direction) = match sort {
        Sort::Relevance | Sort::Match => return Vec::new(),
        Sort::MeetingDate(direction) => ("meetingDate", direction),
        Sort::PublishedAt(direction) => ("publishedAt", direction),
        Sort::FirstSeenAt(direction) => ("firstSeenAt", direction),
    };
    match direction {
        SortDirection::Newest => vec![format!("{name}:desc")],
        SortDirection::Oldest => vec![format!("{name}:asc")],
    }
}

struct MeilisearchRebuild {
    of: Meilisearch,
    index: Index,
    generation: u64,
    cursor: i64,
}

#[async_trait]
impl Rebuild for MeilisearchRebuild {
    async fn add_entries(&mut self, entries: Vec<Entry>) -> Result<(), SearchError> {
        self.of.put_entries(&self.index, &entries, 0).await
    }

    async fn seal_generation(&mut self, cursor: i64) -> Result<Option<SharedSearch>, SearchError> {
        self.cursor = cursor;
        Ok(None)
    }

    async fn activate(self: Box<Self>) -> Result<(), SearchError> {
        let cursor = self.cursor;
        let old = self.of.require_state().await?.generation;
        self.of.write_state(IndexState { generation: self.generation, cursor }).await?;
        if old == self.generation { Ok(()) } else { self.of.delete_index(&self.of.index_of(old)).await }
    }
}
