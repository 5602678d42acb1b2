//! Batched store reads: one call for each level of a query, however many rows it has.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use async_graphql::{Context, Error, ErrorExtensions, Result, dataloader::DataLoader};
use futures::future::BoxFuture;
use jiff::civil::Date;
use raadhuis_schema::{Cohesion, DocumentText, Edit, EntityId, Kind, PageText, cohesion::cohesion};
use raadhuis_store::{Listing, Related, Stored};

use super::{
    lines::Lines,
    stored_record::{FromStored, StoredRecord},
};
use crate::Library;

/// A batch is sent once no resolver has requested anything for this time.
const QUIET: Duration = Duration::from_micros(100);

/// A batch also waits for this number of scheduler turns without a request: a thread that slept has not seen any requests.
const TURNS: u32 = 16;

pub struct Loader {
    library: Library,
}

/// Collects the requests of one level of a query and sends them to the store as one batch.
///
/// A fixed delay would split a wide level over several calls, or slow down a narrow one. So a batch is sent once no new requests
/// arrive.
pub struct Batcher {
    requests: Arc<AtomicU64>,
    loader: DataLoader<Loader>,
}

impl Batcher {
    pub fn new(library: Library) -> Self {
        let requests = Arc::new(AtomicU64::new(0));
        let counter = Arc::clone(&requests);
        let loader = DataLoader::new(Loader { library }, move |batch: BoxFuture<'static, ()>| {
            tokio::spawn(run_when_quiet(batch, Arc::clone(&counter)))
        });
        Self { requests, loader: loader.delay(Duration::ZERO) }
    }
}

/// Runs a batch once the number of requests has stopped growing.
async fn run_when_quiet(batch: BoxFuture<'static, ()>, requests: Arc<AtomicU64>) {
    let (mut count, mut since, mut turns) = (requests.load(Ordering::Relaxed), Instant::now(), 0);
    // Both time and turns are needed: a thread that slept has not seen any requests.
    while since.elapsed() < QUIET || turns < TURNS {
        tokio::task::yield_now().await;
        let now = requests.load(Ordering::Relaxed);
        turns += 1;
        if now != count {
            (count, since, turns) = (now, Instant::now(), 0);
        }
    }
    batch.await;
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct RelatedKey {
    pub id: EntityId,
    pub related: Related,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct TextKey(pub String);

/// An error that all resolvers of one batch share.
type Shared = Arc<dyn std::error::Error + Send + Sync>;

impl async_graphql::dataloader::Loader<EntityId> for Loader {
    type Value = Stored;
    type Error = Shared;

    async fn load(&self, keys: &[EntityId]) -> Result<HashMap<EntityId, Stored>, Shared> {
        let stored = self.library.store.get(keys).await.map_err(|why| Arc::new(why) as Shared)?;
        Ok(stored.into_iter().map(|stored| (stored.entity.id().clone(), stored)).collect())
    }
}

impl async_graphql::dataloader::Loader<RelatedKey> for Loader {
    type Value = Listing;
    type Error = Shared;

    async fn load(&self, keys: &[RelatedKey]) -> Result<HashMap<RelatedKey, Listing>, Shared> {
        // Most fields of one level request the same relation; each distinct relation is one call.
        let mut alike: HashMap<&Related, Vec<EntityId>> = HashMap::new();
        for key in keys {
            alike.entry(&key.related).or_default().push(key.id.clone());
        }
        let mut all = HashMap::new();
        for (related, ids) in alike {
            let pages =
                self.library.store.related(&ids, related).await.map_err(|why| Arc::new(why) as Shared)?;
            all.extend(
                pages.into_iter().map(|(id, page)| (RelatedKey { id, related: related.clone() }, page)),
            );
        }
        Ok(all)
    }
}

impl async_graphql::dataloader::Loader<TextKey> for Loader {
    type Value = Arc<Vec<PageText>>;
    type Error = Shared;

    async fn load(&self, keys: &[TextKey]) -> Result<HashMap<TextKey, Arc<Vec<PageText>>>, Shared> {
        // The reads run concurrently, because each waits for a disk.
        let pages = futures::future::try_join_all(keys.iter().map(|key| self.load_text_pages(key))).await?;
        Ok(keys.iter().cloned().zip(pages).filter_map(|(key, pages)| Some((key, pages?))).collect())
    }
}

impl Loader {
    async fn load_text_pages(&self, key: &TextKey) -> Result<Option<Arc<Vec<PageText>>>, Shared> {
        let pages = self.library.load_pages(&key.0).await.map_err(|why| Arc::new(why) as Shared)?;
        Ok(pages.map(Arc::new))
    }
}

/// A file, by its SHA-256.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct FileKey(String);

impl async_graphql::dataloader::Loader<FileKey> for Loader {
    type Value = Vec<EntityId>;
    type Error = Shared;

    async fn load(&self, keys: &[FileKey]) -> Result<HashMap<FileKey, Vec<EntityId>>, Shared> {
        let files: Vec<String> = keys.iter().map(|key| key.0.clone()).collect();
        let held = self.library.store.texts_of(&files).await.map_err(|why| Arc::new(why) as Shared)?;
        let mut all: HashMap<FileKey, Vec<EntityId>> = HashMap::new();
        for (file, text) in held {
            all.entry(FileKey(file)).or_default().extend(text.containing(Kind::Document));
        }
        Ok(all)
    }
}

/// A document text, as the key of all files that it ever had.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct HistoryKey(EntityId);

impl async_graphql::dataloader::Loader<HistoryKey> for Loader {
    type Value = Vec<String>;
    type Error = Shared;

    async fn load(&self, keys: &[HistoryKey]) -> Result<HashMap<HistoryKey, Vec<String>>, Shared> {
        let texts: Vec<EntityId> = keys.iter().map(|key| key.0.clone()).collect();
        let files = self.library.store.files_of(&texts).await.map_err(|why| Arc::new(why) as Shared)?;
        let mut all: HashMap<HistoryKey, Vec<String>> = HashMap::new();
        for (text, file) in files {
            all.entry(HistoryKey(text)).or_default().push(file);
        }
        Ok(all)
    }
}

/// The key of an entity's last changes, with the maximum number of them.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct EditsKey(EntityId, u32);

impl async_graphql::dataloader::Loader<EditsKey> for Loader {
    type Value = Vec<Edit>;
    type Error = Shared;

    async fn load(&self, keys: &[EditsKey]) -> Result<HashMap<EditsKey, Vec<Edit>>, Shared> {
        let mut alike: HashMap<u32, Vec<EntityId>> = HashMap::new();
        for EditsKey(id, first) in keys {
            alike.entry(*first).or_default().push(id.clone());
        }
        let mut all = HashMap::new();
        for (first, ids) in alike {
            let edits =
                self.library.store.list_edits(&ids, first).await.map_err(|why| Arc::new(why) as Shared)?;
            all.extend(edits.into_iter().map(|(id, edits)| (EditsKey(id, first), edits)));
        }
        Ok(all)
    }
}

/// An authority, as the key of its number of documents.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct CountKey(EntityId);

impl async_graphql::dataloader::Loader<CountKey> for Loader {
    type Value = u64;
    type Error = Shared;

    async fn load(&self, keys: &[CountKey]) -> Result<HashMap<CountKey, u64>, Shared> {
        let ids: Vec<EntityId> = keys.iter().map(|key| key.0.clone()).collect();
        let counts = self.library.store.counts_of(&ids, &[Kind::Document]).await;
        let counts = counts.map_err(|why| Arc::new(why) as Shared)?;
        Ok(counts.into_iter().map(|(id, _, count)| (CountKey(id), count)).collect())
    }
}

/// A council with the first and the last day that count, as the key of the votes of its parties.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct VotingKey {
    pub council: EntityId,
    pub from: Option<Date>,
    pub until: Option<Date>,
}

impl async_graphql::dataloader::Loader<VotingKey> for Loader {
    type Value = Arc<BTreeMap<String, Cohesion>>;
    type Error = Shared;

    async fn load(&self, keys: &[VotingKey]) -> Result<HashMap<VotingKey, Self::Value>, Shared> {
        let mut all = HashMap::new();
        for key in keys {
            let ballots = self.library.store.ballots(&key.council, key.from, key.until).await;
            let ballots = ballots.map_err(|why| Arc::new(why) as Shared)?;
            all.insert(key.clone(), Arc::new(cohesion(&ballots)));
        }
        Ok(all)
    }
}

/// The key of the last coverage lines of all sources.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct LinesKey;

impl async_graphql::dataloader::Loader<LinesKey> for Loader {
    type Value = Arc<Lines>;
    type Error = Shared;

    async fn load(&self, keys: &[LinesKey]) -> Result<HashMap<LinesKey, Self::Value>, Shared> {
        let lines = Lines::read(&self.library.store, &self.library.directory).await;
        let lines = Arc::new(lines.map_err(|why| Arc::new(why) as Shared)?);
        Ok(keys.iter().map(|key| (key.clone(), Arc::clone(&lines))).collect())
    }
}

/// The key of the set of authorities with any content.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct AvailableKey;

impl async_graphql::dataloader::Loader<AvailableKey> for Loader {
    type Value = Arc<BTreeSet<EntityId>>;
    type Error = Shared;

    async fn load(&self, keys: &[AvailableKey]) -> Result<HashMap<AvailableKey, Self::Value>, Shared> {
        let available = self.library.store.available().await.map_err(|why| Arc::new(why) as Shared)?;
        let available = Arc::new(available.into_iter().collect());
        Ok(keys.iter().map(|key| (key.clone(), Arc::clone(&available))).collect())
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct SourceKey(String);

impl async_graphql::dataloader::Loader<SourceKey> for Loader {
    type Value = Vec<(Kind, u64)>;
    type Error = Shared;

    async fn load(&self, keys: &[SourceKey]) -> Result<HashMap<SourceKey, Vec<(Kind, u64)>>, Shared> {
        let names: Vec<String> = keys.iter().map(|key| key.0.clone()).collect();
        let counts = self.library.store.count_living(&names).await.map_err(|why| Arc::new(why) as Shared)?;
        let mut all: HashMap<SourceKey, Vec<(Kind, u64)>> = HashMap::new();
        for (source, kind, count) in counts {
            all.entry(SourceKey(source)).or_default().push((kind, count));
        }
        Ok(all)
    }
}

fn request_loader<'a>(context: &Context<'a>) -> Result<&'a DataLoader<Loader>> {
    let batcher = context.data::<Batcher>()?;
    batcher.requests.fetch_add(1, Ordering::Relaxed);
    Ok(&batcher.loader)
}

/// An error without any internals; these go to the log.
pub fn internal_error(why: &dyn std::fmt::Display) -> Error {
    tracing::error!(error = %why, "a query could not be answered");
    Error::new("the answer could not be read; the cause is in the log of the server")
        .extend_with(|_, extensions| extensions.set("code", "INTERNAL_SERVER_ERROR"))
}

/// Loads one entity; `None` when it does not exist or is gone.
pub async fn load_one<T: FromStored>(context: &Context<'_>, id: &EntityId) -> Result<Option<T>> {
    let found = request_loader(context)?.load_one(id.clone()).await.map_err(|why| internal_error(&why))?;
    Ok(found.and_then(T::from_stored))
}

/// Loads the entities that exist, in the order of `ids`.
pub async fn load_many(context: &Context<'_>, ids: &[EntityId]) -> Result<Vec<Stored>> {
    let found =
        request_loader(context)?.load_many(ids.iter().cloned()).await.map_err(|why| internal_error(&why))?;
    Ok(ids.iter().filter_map(|id| found.get(id).cloned()).collect())
}

pub async fn load_related(context: &Context<'_>, id: &EntityId, related: Related) -> Result<Listing> {
    let key = RelatedKey { id: id.clone(), related };
    Ok(request_loader(context)?.load_one(key).await.map_err(|why| internal_error(&why))?.unwrap_or_default())
}

/// Loads the text of a document; `None` until its file was fetched.
pub async fn load_text(
    context: &Context<'_>,
    document: &EntityId,
) -> Result<Option<StoredRecord<DocumentText>>> {
    let listing = load_related(context, document, Related::only_texts()).await?;
    Ok(listing.rows.into_iter().find_map(|(_, stored)| StoredRecord::from_stored(stored)))
}

/// Loads the ids of the documents with this file.
pub async fn load_holders(context: &Context<'_>, sha256: &str) -> Result<Vec<EntityId>> {
    let key = FileKey(sha256.to_owned());
    Ok(request_loader(context)?.load_one(key).await.map_err(|why| internal_error(&why))?.unwrap_or_default())
}

/// Loads the SHA-256 of every file that a text ever had.
pub async fn load_file_history(context: &Context<'_>, text: &EntityId) -> Result<Vec<String>> {
    let key = HistoryKey(text.clone());
    Ok(request_loader(context)?.load_one(key).await.map_err(|why| internal_error(&why))?.unwrap_or_default())
}

/// Loads the pages of several texts, in the order of `wanted`. Every reader goes through this function, because it blanks the
/// words of withheld pages.
pub async fn load_pages(
    context: &Context<'_>,
    wanted: &[Option<&DocumentText>],
) -> Result<Vec<Option<Arc<Vec<PageText>>>>> {
    let keys: Vec<TextKey> = wanted.iter().flatten().filter_map(|text| text_key(text)).collect();
    let found = request_loader(context)?.load_many(keys).await.map_err(|why| internal_error(&why))?;
    let mut all = Vec::with_capacity(wanted.len());
    for text in wanted {
        let pages = text.and_then(|text| Some(blank_withheld(text, found.get(&text_key(text)?)?)));
        all.push(pages);
    }
    Ok(all)
}

fn text_key(text: &DocumentText) -> Option<TextKey> {
    text.sha256.clone().map(TextKey)
}

/// The pages of a text; withheld pages keep only their number.
fn blank_withheld(text: &DocumentText, pages: &Arc<Vec<PageText>>) -> Arc<Vec<PageText>> {
    if text.withheld.is_empty() {
        return Arc::clone(pages);
    }
    let mut shown = Vec::with_capacity(pages.len());
    for page in pages.iter() {
        if text.withheld.contains(&page.number) {
            shown.push(PageText { number: page.number, ..PageText::default() });
        } else {
            shown.push(page.clone());
        }
    }
    Arc::new(shown)
}

pub async fn load_edits(context: &Context<'_>, id: &EntityId, first: u32) -> Result<Vec<Edit>> {
    let key = EditsKey(id.clone(), first);
    Ok(request_loader(context)?.load_one(key).await.map_err(|why| internal_error(&why))?.unwrap_or_default())
}

pub async fn load_document_count(context: &Context<'_>, authority: &EntityId) -> Result<u64> {
    let key = CountKey(authority.clone());
    Ok(request_loader(context)?.load_one(key).await.map_err(|why| internal_error(&why))?.unwrap_or_default())
}

/// Loads the votes of every party of a council, by party name.
pub async fn load_voting(context: &Context<'_>, key: VotingKey) -> Result<Arc<BTreeMap<String, Cohesion>>> {
    Ok(request_loader(context)?.load_one(key).await.map_err(|why| internal_error(&why))?.unwrap_or_default())
}

pub async fn load_available(context: &Context<'_>) -> Result<Arc<BTreeSet<EntityId>>> {
    Ok(request_loader(context)?
        .load_one(AvailableKey)
        .await
        .map_err(|why| internal_error(&why))?
        .unwrap_or_default())
}

pub async fn load_lines(context: &Context<'_>) -> Result<Arc<Lines>> {
    Ok(request_loader(context)?
        .load_one(LinesKey)
        .await
        .map_err(|why| internal_error(&why))?
        .unwrap_or_default())
}

pub async fn load_counts(context: &Context<'_>, source: &str) -> Result<Vec<(Kind, u64)>> {
    let key = SourceKey(source.to_owned());
    Ok(request_loader(context)?.load_one(key).await.map_err(|why| internal_error(&why))?.unwrap_or_default())
}
