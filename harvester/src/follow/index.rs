//! The follower "index": what changed, and what depends on it, into the search engine.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use raadhuis_schema::{Action, Change, Entity, EntityId, Kind, Relation};
use raadhuis_search::{
    Entry, SharedSearch,
    entry::{Context, entry},
};
use raadhuis_store::{Archive, Direction, Related, SharedStore, Stored};
use raadhuis_text::Kept;

use super::BATCH;
use crate::HarvestError;

/// What of one thing is looked at on the way to what depends on it; a document hangs from fewer.
const MOST_RELATED: u32 = 2000;

/// Brings the index up to the end of the change log. An index without a cursor is filled from the start.
///
/// # Errors
/// The store, the archive or the engine failed.
pub async fn follow(
    store: &SharedStore,
    archive: &Archive,
    search: &SharedSearch,
) -> Result<(), HarvestError> {
    loop {
        let changes = store.changes(search.cursor().await?, BATCH).await?;
        let Some(last) = changes.last() else { return Ok(()) };
        let mut touched: BTreeSet<EntityId> = changes.iter().map(|change| change.id.clone()).collect();
        touched.extend(dependents(store, &touched).await?);
        let entries = entries(store, archive, &touched).await?;
        let living: BTreeSet<&EntityId> = entries.iter().map(|entry| &entry.id).collect();
        let batch = raadhuis_search::Batch {
            removed: touched.iter().filter(|id| !living.contains(id)).cloned().collect(),
            cursor: last.seq,
            erase: changes.iter().any(is_erasure),
            entries,
        };
        search.apply(batch).await?;
    }
}

fn is_erasure(change: &Change) -> bool {
    change.action == Action::Erased
}

/// What must be indexed anew because something around it changed: a document with its text, and whatever takes its day
/// from a meeting. A withdrawn thing still points at what it pointed at.
async fn dependents(
    store: &SharedStore,
    ids: &BTreeSet<EntityId>,
) -> Result<BTreeSet<EntityId>, HarvestError> {
    let of = |kind| ids.iter().filter(|id| id.kind() == kind).cloned().collect::<Vec<_>>();
    let texts = related(store, &of(Kind::DocumentText), Relation::TextOf, Direction::Forward).await?;
    let mut items = named(related(store, &of(Kind::Meeting), Relation::Meeting, Direction::Backward).await?);
    items.extend(of(Kind::AgendaItem));
    let treated = named(related(store, &items, Relation::AgendaItem, Direction::Backward).await?);
    let mut parents = [items, treated].concat();
    parents.extend([Kind::Meeting].into_iter().chain(Kind::ENTRIES).flat_map(of));
    let documents = named(related(store, &parents, Relation::Document, Direction::Forward).await?);
    Ok(named(texts).into_iter().chain(documents).chain(parents).collect())
}

fn named(related: BTreeMap<EntityId, Vec<Stored>>) -> Vec<EntityId> {
    related.into_values().flatten().map(|stored| stored.entity.id().clone()).collect()
}

/// The entries of the living among `ids`.
async fn entries(
    store: &SharedStore,
    archive: &Archive,
    ids: &BTreeSet<EntityId>,
) -> Result<Vec<Entry>, HarvestError> {
    let ids: Vec<EntityId> = ids.iter().cloned().collect();
    let living = store.get(&ids).await?;
    let of = |kind| {
        living
            .iter()
            .map(|stored| stored.entity.id())
            .filter(|id| id.kind() == kind)
            .cloned()
            .collect::<Vec<_>>()
    };
    let documents = of(Kind::Document);
    let treated: Vec<EntityId> = Kind::ENTRIES.into_iter().chain([Kind::VoteEvent]).flat_map(&of).collect();
    let mut days = meeting_days(store, &of(Kind::AgendaItem), &treated, &documents).await?;
    let mut texts = related(store, &documents, Relation::TextOf, Direction::Backward).await?;
    let mut entries = Vec::new();
    for stored in &living {
        let id = stored.entity.id();
        let mut context = Context { pages: Vec::new(), meeting_day: days.remove(id) };
        if let Some(Entity::DocumentText(text)) =
            texts.remove(id).and_then(|mut texts| texts.pop()).map(|text| text.entity)
            && let Some(sha) = &text.sha256
            && let Some(kept) = archive.get(&format!("text/{sha}")).await?
        {
            context.pages = serde_json::from_slice::<Kept>(&kept).map(|kept| kept.pages).unwrap_or_default();
            context.pages.retain(|page| !text.withheld.contains(&page.number));
        }
        entries.extend(entry(&stored.entity, &context));
    }
    Ok(entries)
}

/// The day of the newest meeting to which each agenda item, each thing treated under one, and each document belongs.
async fn meeting_days(
    store: &SharedStore,
    items: &[EntityId],
    treated: &[EntityId],
    documents: &[EntityId],
) -> Result<BTreeMap<EntityId, Date>, HarvestError> {
    let parents = related(store, documents, Relation::Document, Direction::Backward).await?;
    let above: Vec<EntityId> = parents.values().flatten().map(|stored| stored.entity.id().clone()).collect();
    let treated: Vec<EntityId> = treated.iter().cloned().chain(above.iter().cloned()).collect();
    let under = related(store, &treated, Relation::AgendaItem, Direction::Forward).await?;
    let mut all_items: BTreeSet<EntityId> = items.iter().chain(&above).cloned().collect();
    all_items.extend(under.values().flatten().map(|stored| stored.entity.id().clone()));
    let all_items: Vec<EntityId> = all_items.into_iter().filter(|id| id.kind() == Kind::AgendaItem).collect();
    let meetings = related(store, &all_items, Relation::Meeting, Direction::Forward).await?;
    let mut days: BTreeMap<EntityId, Date> = BTreeMap::new();
    for item in &all_items {
        days.extend(
            meetings
                .get(item)
                .and_then(|meetings| meetings.first()?.entity.day())
                .map(|day| (item.clone(), day)),
        );
    }
    for (id, items) in &under {
        let newest = items.iter().filter_map(|item| days.get(item.entity.id())).max().copied();
        days.extend(newest.map(|day| (id.clone(), day)));
    }
    for (document, parents) in &parents {
        let of_parent =
            |parent: &Stored| parent.entity.day().or_else(|| days.get(parent.entity.id()).copied());
        let newest = parents.iter().filter_map(of_parent).max();
        days.extend(newest.map(|day| (document.clone(), day)));
    }
    Ok(days)
}

async fn related(
    store: &SharedStore,
    ids: &[EntityId],
    relation: Relation,
    direction: Direction,
) -> Result<BTreeMap<EntityId, Vec<Stored>>, HarvestError> {
    if ids.is_empty() {
        return Ok(BTreeMap::new());
    }
    let asked = Related { relation, direction, kinds: Vec::new(), first: MOST_RELATED, skip: 0 };
    let pages = store.related(ids, &asked).await?;
    Ok(pages
        .into_iter()
        .map(|(id, page)| (id, page.rows.into_iter().map(|(_, stored)| stored).collect()))
        .collect())
}
