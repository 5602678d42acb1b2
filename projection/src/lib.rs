//! What is found of things: their entries, with all that these take from around them. The index, alerts and subscriptions see
//! things alike, because they see them through this.

use std::collections::{BTreeMap, BTreeSet};

use futures::{StreamExt, TryStreamExt, stream};
use jiff::civil::Date;
use raadhuis_schema::{
    Authority, Change, Chapter, DocumentText, Entity, EntityId, Kind, PageText, Relation, TranscriptSegment,
};
use raadhuis_search::{
    Entry,
    entry::{Context, entry},
};
use raadhuis_store::{Archive, ArchiveError, Direction, Related, SharedStore, StoreError, Stored};
use raadhuis_text::Kept;

/// Why a thing could not be looked at.
#[derive(Debug, thiserror::Error)]
pub enum Unseen {
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The archive.
    #[error(transparent)]
    Archive(#[from] ArchiveError),
}

/// What of one thing is looked at on the way to what belongs to it; a document hangs from fewer.
const MOST_RELATED: u32 = 2000;

/// Texts that are fetched at once.
const AT_ONCE: usize = 8;

/// The entries of living things.
pub async fn entries(
    store: &SharedStore,
    archive: &Archive,
    living: &[Stored],
) -> Result<Vec<Entry>, Unseen> {
    let of = |kind| {
        let ids = living.iter().map(|stored| stored.entity.id());
        ids.filter(|id| id.kind() == kind).cloned().collect::<Vec<_>>()
    };
    let documents = of(Kind::Document);
    let recordings = of(Kind::Recording);
    let treated: Vec<EntityId> = Kind::ENTRIES.into_iter().chain([Kind::VoteEvent]).flat_map(&of).collect();
    let authorities = authorities(store, living).await?;
    let mut days = meeting_days(store, (&of(Kind::AgendaItem), &treated, &recordings), &documents).await?;
    let texts = texts(store, &documents).await?;
    let shared = shared_files(store, &texts).await?;
    let mut pages = pages(archive, &texts).await?;
    let mut said = said(store, &recordings).await?;
    let entries = living.iter().filter_map(|stored| {
        let id = stored.entity.id();
        let mut context = said.remove(id).unwrap_or_default();
        context.pages = pages.remove(id).unwrap_or_default();
        context.meeting_date = days.remove(id);
        context.authority = authorities.get(stored.entity.authority().any()).cloned();
        context.first_seen_at = Some(stored.provenance.first_seen);
        context.fold = texts.get(id).and_then(|text| text.sha256.clone()).filter(|sha| shared.contains(sha));
        entry(&stored.entity, &context)
    });
    Ok(entries.collect())
}

/// Whose things are.
async fn authorities(
    store: &SharedStore,
    things: &[Stored],
) -> Result<BTreeMap<EntityId, Authority>, Unseen> {
    let ids: BTreeSet<&EntityId> = things.iter().map(|stored| stored.entity.authority().any()).collect();
    let ids: Vec<EntityId> = ids.into_iter().cloned().collect();
    let stored = store.get(&ids).await?;
    Ok(stored
        .into_iter()
        .filter_map(|stored| match stored.entity {
            Entity::Authority(it) => Some((it.id.any().clone(), it)),
            _ => None,
        })
        .collect())
}

/// The text of each document.
pub async fn texts(
    store: &SharedStore,
    documents: &[EntityId],
) -> Result<BTreeMap<EntityId, DocumentText>, Unseen> {
    let texts = related(store, documents, Relation::TextOf, Direction::Backward).await?;
    let text = |(id, mut texts): (EntityId, Vec<Stored>)| match texts.pop()?.entity {
        Entity::DocumentText(text) => Some((id, text)),
        _ => None,
    };
    Ok(texts.into_iter().filter_map(text).collect())
}

/// The files of these texts that more than one living text holds.
async fn shared_files(
    store: &SharedStore,
    texts: &BTreeMap<EntityId, DocumentText>,
) -> Result<BTreeSet<String>, Unseen> {
    let files: BTreeSet<String> = texts.values().filter_map(|text| text.sha256.clone()).collect();
    let files: Vec<String> = files.into_iter().collect();
    let mut times: BTreeMap<String, usize> = BTreeMap::new();
    for (sha256, _) in store.texts_of(&files).await? {
        *times.entry(sha256).or_default() += 1;
    }
    Ok(times.into_iter().filter(|(_, times)| *times > 1).map(|(sha256, _)| sha256).collect())
}

/// The pages of each document that may be seen.
pub async fn pages(
    archive: &Archive,
    texts: &BTreeMap<EntityId, DocumentText>,
) -> Result<BTreeMap<EntityId, Vec<PageText>>, Unseen> {
    let fetches: Vec<_> = texts.iter().map(|(id, text)| pages_of(archive, id, text)).collect();
    stream::iter(fetches).buffer_unordered(AT_ONCE).try_collect().await
}

async fn pages_of(
    archive: &Archive,
    id: &EntityId,
    text: &DocumentText,
) -> Result<(EntityId, Vec<PageText>), Unseen> {
    let kept = match &text.sha256 {
        Some(sha) => archive.get(&format!("text/{sha}")).await?,
        None => None,
    };
    let pages = kept.and_then(|kept| serde_json::from_slice::<Kept>(&kept).ok()).map(|kept| kept.pages);
    let mut pages = pages.unwrap_or_default();
    pages.retain(|page| !text.withheld.contains(&page.number));
    Ok((id.clone(), pages))
}

/// What was said in each recording, and in which meeting.
async fn said(store: &SharedStore, recordings: &[EntityId]) -> Result<BTreeMap<EntityId, Context>, Unseen> {
    let mut inside = related(store, recordings, Relation::Parent, Direction::Backward).await?;
    let mut meetings = related(store, recordings, Relation::Meeting, Direction::Forward).await?;
    let context = |id: &EntityId| {
        let (mut transcript, mut chapters): (Vec<TranscriptSegment>, Vec<Chapter>) = Default::default();
        for stored in inside.remove(id).unwrap_or_default() {
            match stored.entity {
                Entity::TranscriptSegment(it) => transcript.push(it),
                Entity::Chapter(it) => chapters.push(it),
                _ => {}
            }
        }
        transcript.sort_by_key(|segment| segment.starts_at);
        let meeting = meetings.remove(id).and_then(|mut meetings| meetings.pop());
        let meeting_name = meeting.and_then(|meeting| meeting.entity.name().map(str::to_owned));
        Context { transcript, chapters, meeting_name, ..Context::default() }
    };
    Ok(recordings.iter().cloned().zip(recordings.iter().map(context)).collect())
}

/// The day of the newest meeting to which each agenda item, each thing treated or recorded in one, and each document belongs.
async fn meeting_days(
    store: &SharedStore,
    (items, treated, recordings): (&[EntityId], &[EntityId], &[EntityId]),
    documents: &[EntityId],
) -> Result<BTreeMap<EntityId, Date>, Unseen> {
    let parents = related(store, documents, Relation::Document, Direction::Backward).await?;
    let above: Vec<EntityId> = parents.values().flatten().map(|stored| stored.entity.id().clone()).collect();
    let treated: Vec<EntityId> = treated.iter().chain(&above).cloned().collect();
    let under = related(store, &treated, Relation::AgendaItem, Direction::Forward).await?;
    let mut in_meetings: BTreeSet<EntityId> =
        items.iter().chain(recordings).chain(&treated).cloned().collect();
    in_meetings.extend(under.values().flatten().map(|stored| stored.entity.id().clone()));
    let in_meetings: Vec<EntityId> =
        in_meetings.into_iter().filter(|id| id.kind() != Kind::Meeting).collect();
    let meetings = related(store, &in_meetings, Relation::Meeting, Direction::Forward).await?;
    let newest = |things: &[Stored]| things.iter().filter_map(|thing| thing.entity.day()).max();
    let mut days: BTreeMap<EntityId, Date> =
        meetings.iter().filter_map(|(id, meetings)| Some((id.clone(), newest(meetings)?))).collect();
    for (id, items) in &under {
        let of_items = items.iter().filter_map(|item| days.get(item.entity.id())).max().copied();
        if let Some(newest) = of_items.max(days.get(id).copied()) {
            days.insert(id.clone(), newest);
        }
    }
    for (document, parents) in &parents {
        let of_parent = |parent: &Stored| match &parent.entity {
            Entity::Meeting(_) => parent.entity.day(),
            other => days.get(other.id()).copied(),
        };
        let newest = parents.iter().filter_map(of_parent).max();
        days.extend(newest.map(|day| (document.clone(), day)));
    }
    Ok(days)
}

/// The papers whose words these lines of the change log are about, by the ids of the texts.
///
/// # Errors
/// The store failed.
pub async fn papers<'a>(
    store: &SharedStore,
    changes: impl IntoIterator<Item = &'a Change>,
) -> Result<BTreeMap<EntityId, EntityId>, StoreError> {
    let texts = changes.into_iter().filter(|change| change.kind() == Kind::DocumentText);
    let texts: Vec<EntityId> = texts.map(|change| change.id.clone()).collect();
    let paper = |stored: Stored| match stored.entity {
        Entity::DocumentText(text) => Some((text.id.into(), text.document.into())),
        _ => None,
    };
    Ok(store.get(&texts).await?.into_iter().filter_map(paper).collect())
}

/// What each of `ids` is related to.
///
/// # Errors
/// The store failed.
pub async fn related(
    store: &SharedStore,
    ids: &[EntityId],
    relation: Relation,
    direction: Direction,
) -> Result<BTreeMap<EntityId, Vec<Stored>>, StoreError> {
    if ids.is_empty() {
        return Ok(BTreeMap::new());
    }
    let asked =
        Related { relation, direction, kinds: Vec::new(), first: MOST_RELATED, skip: 0, from_end: false };
    let pages = store.related(ids, &asked).await?;
    Ok(pages
        .into_iter()
        .map(|(id, page)| (id, page.rows.into_iter().map(|(_, stored)| stored).collect()))
        .collect())
}
