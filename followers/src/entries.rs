//! Builds search entries of entities from the entity and its surroundings. The index, alerts and subscriptions all use
//! this builder, so they see the same entry.

use std::collections::{BTreeMap, BTreeSet};

use futures::{StreamExt, TryStreamExt, stream};
use jiff::civil::Date;
use raadhuis_schema::{
    Authority, Change, Chapter, DocumentText, Entity, EntityId, Kind, PageText, Relation, TranscriptSegment,
};
use raadhuis_search::{
    Entry,
    entry::{Context, build_entry},
};
use raadhuis_store::{Archive, ArchiveKey, Direction, Related, SharedStore, StoreError, Stored};
use raadhuis_text::StoredText;

use crate::FollowerError;

/// The most related entities of one entity that are loaded; no document has more.
const MOST_RELATED: u32 = 2000;

/// The most texts that are fetched at once.
const AT_ONCE: usize = 8;

#[derive(Clone)]
pub struct SearchEntryBuilder {
    store: SharedStore,
    archive: Archive,
}

impl SearchEntryBuilder {
    pub fn new(store: SharedStore, archive: Archive) -> Self {
        Self { store, archive }
    }

    /// The search entries of living entities; kinds that are not searched have no entry.
    ///
    /// # Errors
    /// The store or the archive failed.
    pub async fn build_entries(&self, living: &[Stored]) -> Result<Vec<Entry>, FollowerError> {
        let store = &self.store;
        let documents = ids_of_kinds(living, &[Kind::Document]);
        let recordings = ids_of_kinds(living, &[Kind::Recording]);
        let mut treated = ids_of_kinds(living, &Kind::ENTRIES);
        treated.extend(ids_of_kinds(living, &[Kind::VoteEvent]));
        let in_meetings =
            InMeetings { items: ids_of_kinds(living, &[Kind::AgendaItem]), treated, recordings };
        let authorities = load_authorities(store, living).await?;
        let mut days = find_meeting_days(store, &in_meetings, &documents).await?;
        let texts = self.load_texts(&documents).await?;
        let shared = find_shared_files(store, &texts).await?;
        let mut pages = self.load_pages(&texts).await?;
        let mut spoken = load_spoken_words(store, &in_meetings.recordings).await?;
        let mut entries = Vec::new();
        for stored in living {
            let id = stored.entity.id();
            let mut context = spoken.remove(id).unwrap_or_default();
            context.pages = pages.remove(id).unwrap_or_default();
            context.meeting_date = days.remove(id);
            context.authority = authorities.get(stored.entity.authority().as_entity()).cloned();
            context.first_seen_at = Some(stored.provenance.first_seen);
            let file = texts.get(id).and_then(|text| text.sha256.clone());
            context.fold = file.filter(|sha256| shared.contains(sha256));
            entries.extend(build_entry(&stored.entity, &context));
        }
        Ok(entries)
    }

    /// The texts of documents, by the ids of the documents.
    ///
    /// # Errors
    /// The store failed.
    pub async fn load_texts(
        &self,
        documents: &[EntityId],
    ) -> Result<BTreeMap<EntityId, DocumentText>, FollowerError> {
        let mut texts = BTreeMap::new();
        let related = load_related(&self.store, documents, Relation::TextOf, Direction::Backward).await?;
        for (id, mut found) in related {
            if let Some(Stored { entity: Entity::DocumentText(text), .. }) = found.pop() {
                texts.insert(id, text);
            }
        }
        Ok(texts)
    }

    /// The pages of each document that are not withheld.
    ///
    /// # Errors
    /// The archive failed.
    pub async fn load_pages(
        &self,
        texts: &BTreeMap<EntityId, DocumentText>,
    ) -> Result<BTreeMap<EntityId, Vec<PageText>>, FollowerError> {
        let fetches: Vec<_> = texts.iter().map(|(id, text)| self.load_pages_of(id, text)).collect();
        stream::iter(fetches).buffer_unordered(AT_ONCE).try_collect().await
    }

    async fn load_pages_of(
        &self,
        id: &EntityId,
        text: &DocumentText,
    ) -> Result<(EntityId, Vec<PageText>), FollowerError> {
        let kept = match &text.sha256 {
            Some(sha256) => self.archive.get_json::<StoredText>(&ArchiveKey::for_text(sha256)).await?,
            None => None,
        };
        let mut pages = kept.map(|kept| kept.pages).unwrap_or_default();
        pages.retain(|page| !text.withheld.contains(&page.number));
        Ok((id.clone(), pages))
    }

    /// The documents whose texts are among these changes, by the ids of the texts.
    ///
    /// # Errors
    /// The store failed.
    pub async fn find_documents<'a>(
        &self,
        changes: impl IntoIterator<Item = &'a Change>,
    ) -> Result<BTreeMap<EntityId, EntityId>, FollowerError> {
        let texts = changes.into_iter().filter(|change| change.kind() == Kind::DocumentText);
        let texts: Vec<EntityId> = texts.map(|change| change.id.clone()).collect();
        let mut documents = BTreeMap::new();
        for stored in self.store.get(&texts).await? {
            if let Entity::DocumentText(text) = stored.entity {
                documents.insert(text.id.into(), text.document.into());
            }
        }
        Ok(documents)
    }
}

fn ids_of_kinds(entities: &[Stored], kinds: &[Kind]) -> Vec<EntityId> {
    let ids = entities.iter().map(|stored| stored.entity.id());
    ids.filter(|id| kinds.contains(&id.kind())).cloned().collect()
}

async fn load_authorities(
    store: &SharedStore,
    entities: &[Stored],
) -> Result<BTreeMap<EntityId, Authority>, FollowerError> {
    let ids: BTreeSet<&EntityId> =
        entities.iter().map(|stored| stored.entity.authority().as_entity()).collect();
    let ids: Vec<EntityId> = ids.into_iter().cloned().collect();
    let mut authorities = BTreeMap::new();
    for stored in store.get(&ids).await? {
        if let Entity::Authority(authority) = stored.entity {
            authorities.insert(authority.id.as_entity().clone(), authority);
        }
    }
    Ok(authorities)
}

/// The hashes of those files that more than one living text has.
async fn find_shared_files(
    store: &SharedStore,
    texts: &BTreeMap<EntityId, DocumentText>,
) -> Result<BTreeSet<String>, FollowerError> {
    let files: BTreeSet<String> = texts.values().filter_map(|text| text.sha256.clone()).collect();
    let files: Vec<String> = files.into_iter().collect();
    let mut holders: BTreeMap<String, usize> = BTreeMap::new();
    for (sha256, _) in store.texts_of(&files).await? {
        *holders.entry(sha256).or_default() += 1;
    }
    Ok(holders.into_iter().filter(|(_, count)| *count > 1).map(|(sha256, _)| sha256).collect())
}

/// The words spoken in each recording, with the name of its meeting.
async fn load_spoken_words(
    store: &SharedStore,
    recordings: &[EntityId],
) -> Result<BTreeMap<EntityId, Context>, FollowerError> {
    let mut inside = load_related(store, recordings, Relation::Parent, Direction::Backward).await?;
    let mut meetings = load_related(store, recordings, Relation::Meeting, Direction::Forward).await?;
    let mut contexts = BTreeMap::new();
    for id in recordings {
        let (mut transcript, mut chapters): (Vec<TranscriptSegment>, Vec<Chapter>) = Default::default();
        for stored in inside.remove(id).unwrap_or_default() {
            match stored.entity {
                Entity::TranscriptSegment(segment) => transcript.push(segment),
                Entity::Chapter(chapter) => chapters.push(chapter),
                _ => {}
            }
        }
        transcript.sort_by_key(|segment| segment.starts_at);
        let meeting = meetings.remove(id).and_then(|mut meetings| meetings.pop());
        let meeting_name = meeting.and_then(|meeting| meeting.entity.name().map(str::to_owned));
        contexts.insert(id.clone(), Context { transcript, chapters, meeting_name, ..Context::default() });
    }
    Ok(contexts)
}

/// Ids of entities whose day is that of a meeting.
struct InMeetings {
    items: Vec<EntityId>,
    treated: Vec<EntityId>,
    recordings: Vec<EntityId>,
}

/// The day of the newest meeting to which each entity and each document belongs.
async fn find_meeting_days(
    store: &SharedStore,
    InMeetings { items, treated, recordings }: &InMeetings,
    documents: &[EntityId],
) -> Result<BTreeMap<EntityId, Date>, FollowerError> {
    let parents = load_related(store, documents, Relation::Document, Direction::Backward).await?;
    let above: Vec<EntityId> = parents.values().flatten().map(|stored| stored.entity.id().clone()).collect();
    let treated: Vec<EntityId> = treated.iter().chain(&above).cloned().collect();
    let under = load_related(store, &treated, Relation::AgendaItem, Direction::Forward).await?;
    let mut in_meetings: BTreeSet<EntityId> =
        items.iter().chain(recordings).chain(&treated).cloned().collect();
    in_meetings.extend(under.values().flatten().map(|stored| stored.entity.id().clone()));
    let in_meetings: Vec<EntityId> =
        in_meetings.into_iter().filter(|id| id.kind() != Kind::Meeting).collect();
    let meetings = load_related(store, &in_meetings, Relation::Meeting, Direction::Forward).await?;
    let mut days = BTreeMap::new();
    for (id, meetings) in &meetings {
        let newest = meetings.iter().filter_map(|meeting| meeting.entity.day()).max();
        days.extend(newest.map(|day| (id.clone(), day)));
    }
    for (id, items) in &under {
        let of_items = items.iter().filter_map(|item| days.get(item.entity.id())).max().copied();
        if let Some(newest) = of_items.max(days.get(id).copied()) {
            days.insert(id.clone(), newest);
        }
    }
    for (document, parents) in &parents {
        let mut newest: Option<Date> = None;
        for parent in parents {
            newest = newest.max(match &parent.entity {
                Entity::Meeting(_) => parent.entity.day(),
                other => days.get(other.id()).copied(),
            });
        }
        days.extend(newest.map(|day| (document.clone(), day)));
    }
    Ok(days)
}

/// The entities to which each of `ids` is related.
///
/// # Errors
/// The store failed.
pub async fn load_related(
    store: &SharedStore,
    ids: &[EntityId],
    relation: Relation,
    direction: Direction,
) -> Result<BTreeMap<EntityId, Vec<Stored>>, StoreError> {
    if ids.is_empty() {
        return Ok(BTreeMap::new());
    }
    let query =
        Related { relation, direction, kinds: Vec::new(), first: MOST_RELATED, skip: 0, from_end: false };
    let pages = store.related(ids, &query).await?;
    Ok(pages
        .into_iter()
        .map(|(id, page)| (id, page.rows.into_iter().map(|(_, stored)| stored).collect()))
        .collect())
}
