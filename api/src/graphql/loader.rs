//! One store call for each level of a query, however many rows it has.

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
    held::{FromStored, Held},
    lines::Lines,
};
use crate::Library;

/// How long nobody must have asked for anything before what was asked is fetched.
const QUIET: Duration = Duration::from_micros(100);

/// How many turns of the others must have passed in silence as well.
const TURNS: u32 = 16;

/// Gathers what resolvers ask for.
pub struct Loader {
    library: Library,
}

/// Gathers the questions of a level and puts them as one.
///
/// A fixed delay would either split a wide level over several calls or slow a narrow one down. So a batch leaves when
/// asking has fallen silent.
pub struct Gatherer {
    asked: Arc<AtomicU64>,
    loader: DataLoader<Loader>,
}

impl Gatherer {
    /// A gatherer over `library`.
    pub fn new(library: Library) -> Self {
        let asked = Arc::new(AtomicU64::new(0));
        let heard = Arc::clone(&asked);
        let when_quiet = move |batch: BoxFuture<'static, ()>| {
            let heard = Arc::clone(&heard);
            tokio::spawn(async move {
                let (mut count, mut since, mut turns) = (heard.load(Ordering::Relaxed), Instant::now(), 0);
                // Both time and turns: a thread that was put to sleep has not listened.
                while since.elapsed() < QUIET || turns < TURNS {
                    tokio::task::yield_now().await;
                    let now = heard.load(Ordering::Relaxed);
                    turns += 1;
                    if now != count {
                        (count, since, turns) = (now, Instant::now(), 0);
                    }
                }
                batch.await;
            })
        };
        Self { asked, loader: DataLoader::new(Loader { library }, when_quiet).delay(Duration::ZERO) }
    }
}

/// A relation of one entity.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct RelatedKey {
    /// Of what.
    pub id: EntityId,
    /// Which.
    pub related: Related,
}

/// The text of a file, by its hash.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct TextKey(pub String);

/// An error that may be shared by all that asked for the same.
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
        // Fields of one level ask alike; each way of asking is one call.
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
        // All at once: each waits for a disk.
        let pages = futures::future::try_join_all(keys.iter().map(|key| self.pages(key))).await?;
        Ok(keys.iter().cloned().zip(pages).filter_map(|(key, pages)| Some((key, pages?))).collect())
    }
}

impl Loader {
    async fn pages(&self, key: &TextKey) -> Result<Option<Arc<Vec<PageText>>>, Shared> {
        let pages = self.library.pages(&key.0).await.map_err(|why| Arc::new(why) as Shared)?;
        Ok(pages.map(Arc::new))
    }
}

/// A file, by its hash.
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
            all.entry(FileKey(file)).or_default().extend(text.whole(Kind::Document));
        }
        Ok(all)
    }
}

/// A text of which all files are wanted.
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

/// The last changes of an entity, so many of them.
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
            let edits = self.library.store.edits(&ids, first).await.map_err(|why| Arc::new(why) as Shared)?;
            all.extend(edits.into_iter().map(|(id, edits)| (EditsKey(id, first), edits)));
        }
        Ok(all)
    }
}

/// An authority of which things are counted.
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

/// How the members of parties voted in a council, between two days.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct VotingKey(pub EntityId, pub Option<Date>, pub Option<Date>);

impl async_graphql::dataloader::Loader<VotingKey> for Loader {
    type Value = Arc<BTreeMap<String, Cohesion>>;
    type Error = Shared;

    async fn load(&self, keys: &[VotingKey]) -> Result<HashMap<VotingKey, Self::Value>, Shared> {
        let mut all = HashMap::new();
        for key in keys {
            let ballots = self.library.store.ballots(&key.0, (key.1, key.2)).await;
            let ballots = ballots.map_err(|why| Arc::new(why) as Shared)?;
            all.insert(key.clone(), Arc::new(cohesion(&ballots)));
        }
        Ok(all)
    }
}

/// What was known of all sources at the end of their last runs.
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

/// The authorities of which anything is held.
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

/// A source, by its name in the catalogue.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct SourceKey(String);

impl async_graphql::dataloader::Loader<SourceKey> for Loader {
    type Value = Vec<(Kind, u64)>;
    type Error = Shared;

    async fn load(&self, keys: &[SourceKey]) -> Result<HashMap<SourceKey, Vec<(Kind, u64)>>, Shared> {
        let names: Vec<String> = keys.iter().map(|key| key.0.clone()).collect();
        let counts = self.library.store.counts(&names).await.map_err(|why| Arc::new(why) as Shared)?;
        let mut all: HashMap<SourceKey, Vec<(Kind, u64)>> = HashMap::new();
        for (source, kind, count) in counts {
            all.entry(SourceKey(source)).or_default().push((kind, count));
        }
        Ok(all)
    }
}

fn loader<'a>(context: &Context<'a>) -> Result<&'a DataLoader<Loader>> {
    let gatherer = context.data::<Gatherer>()?;
    gatherer.asked.fetch_add(1, Ordering::Relaxed);
    Ok(&gatherer.loader)
}

/// An error that says nothing of what lies inside; the inside goes to the log.
pub fn hidden(why: &dyn std::fmt::Display) -> Error {
    tracing::error!(error = %why, "a query could not be answered");
    Error::new("the answer could not be read; the cause is in the log of the server")
        .extend_with(|_, extensions| extensions.set("code", "INTERNAL_SERVER_ERROR"))
}

/// One entity, if it lives.
pub async fn one<T: FromStored>(context: &Context<'_>, id: &EntityId) -> Result<Option<T>> {
    let found = loader(context)?.load_one(id.clone()).await.map_err(|why| hidden(&why))?;
    Ok(found.and_then(T::from_stored))
}

/// The living among several, in their order.
pub async fn several(context: &Context<'_>, ids: &[EntityId]) -> Result<Vec<Stored>> {
    let found = loader(context)?.load_many(ids.iter().cloned()).await.map_err(|why| hidden(&why))?;
    Ok(ids.iter().filter_map(|id| found.get(id).cloned()).collect())
}

/// One page of what an entity is related to.
pub async fn related(context: &Context<'_>, id: &EntityId, related: Related) -> Result<Listing> {
    let key = RelatedKey { id: id.clone(), related };
    Ok(loader(context)?.load_one(key).await.map_err(|why| hidden(&why))?.unwrap_or_default())
}

/// What is said of the text of a document, once its file was fetched.
pub async fn text_of(context: &Context<'_>, document: &EntityId) -> Result<Option<Held<DocumentText>>> {
    let listing = related(context, document, Related::text()).await?;
    Ok(listing.rows.into_iter().find_map(|(_, stored)| Held::from_stored(stored)))
}

/// The documents whose text is of this file.
pub async fn holders(context: &Context<'_>, sha256: &str) -> Result<Vec<EntityId>> {
    let key = FileKey(sha256.to_owned());
    Ok(loader(context)?.load_one(key).await.map_err(|why| hidden(&why))?.unwrap_or_default())
}

/// Every file that a text ever held.
pub async fn files(context: &Context<'_>, text: &EntityId) -> Result<Vec<String>> {
    let key = HistoryKey(text.clone());
    Ok(loader(context)?.load_one(key).await.map_err(|why| hidden(&why))?.unwrap_or_default())
}

/// The pages of several texts, each in its place. This is the one way to them, and a page that is withheld comes without
/// its words.
pub async fn texts(
    context: &Context<'_>,
    wanted: &[Option<&DocumentText>],
) -> Result<Vec<Option<Arc<Vec<PageText>>>>> {
    let key = |text: &&DocumentText| text.sha256.clone().map(TextKey);
    let keys: Vec<TextKey> = wanted.iter().flatten().filter_map(key).collect();
    let found = loader(context)?.load_many(keys).await.map_err(|why| hidden(&why))?;
    let shown = |text: &DocumentText| {
        let pages = found.get(&key(&text)?)?;
        if text.withheld.is_empty() {
            return Some(Arc::clone(pages));
        }
        let blank = |page: &PageText| PageText { number: page.number, ..PageText::default() };
        let is_withheld = |page: &PageText| text.withheld.contains(&page.number);
        let pages = pages.iter().map(|page| if is_withheld(page) { blank(page) } else { page.clone() });
        Some(Arc::new(pages.collect()))
    };
    Ok(wanted.iter().map(|text| text.and_then(shown)).collect())
}

/// The last changes of an entity, the newest first.
pub async fn edits(context: &Context<'_>, id: &EntityId, first: u32) -> Result<Vec<Edit>> {
    let key = EditsKey(id.clone(), first);
    Ok(loader(context)?.load_one(key).await.map_err(|why| hidden(&why))?.unwrap_or_default())
}

/// How many documents of an authority are held.
pub async fn document_count(context: &Context<'_>, authority: &EntityId) -> Result<u64> {
    let key = CountKey(authority.clone());
    Ok(loader(context)?.load_one(key).await.map_err(|why| hidden(&why))?.unwrap_or_default())
}

/// Of every party of a council how it voted, by name.
pub async fn voting(context: &Context<'_>, key: VotingKey) -> Result<Arc<BTreeMap<String, Cohesion>>> {
    Ok(loader(context)?.load_one(key).await.map_err(|why| hidden(&why))?.unwrap_or_default())
}

/// The authorities of which anything is held.
pub async fn available(context: &Context<'_>) -> Result<Arc<BTreeSet<EntityId>>> {
    Ok(loader(context)?.load_one(AvailableKey).await.map_err(|why| hidden(&why))?.unwrap_or_default())
}

/// What was known of every source at the end of its last run.
pub async fn lines(context: &Context<'_>) -> Result<Arc<Lines>> {
    Ok(loader(context)?.load_one(LinesKey).await.map_err(|why| hidden(&why))?.unwrap_or_default())
}

/// How many things of a source are held, per kind.
pub async fn counts(context: &Context<'_>, source: &str) -> Result<Vec<(Kind, u64)>> {
    let key = SourceKey(source.to_owned());
    Ok(loader(context)?.load_one(key).await.map_err(|why| hidden(&why))?.unwrap_or_default())
}
