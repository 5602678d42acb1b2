//! The follower "link": what suppliers name in words only, found among what is held. An entry that says "council of
//! 29 January, item 5" belongs to that item, also when the meeting was harvested in another run, and no longer when the
//! words or the agenda change.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use raadhuis_schema::{Commit, Content, Entity, EntityId, Kind, Origin, Part, Relation, Scope, Standing};
use raadhuis_store::{Direction, Filter, Page, Related, SharedStore, Stored, each};
use serde_json::json;

use super::{BATCH, empty};
use crate::{HarvestError, crawl::Tally, supplier::hint::Hint};

/// The name under which the cursor is kept.
pub const NAME: &str = "link";

/// Meetings of one day, and items of one agenda, that are looked at.
const MOST: u32 = 500;

/// Brings the links up to the end of the change log.
///
/// # Errors
/// The store failed.
pub async fn follow(store: &SharedStore, run: i64, tally: &mut Tally) -> Result<(), HarvestError> {
    // All that changed first: many changes bear on the same entries.
    let mut wanted: BTreeSet<EntityId> = BTreeSet::new();
    let mut days: BTreeMap<EntityId, BTreeSet<Date>> = BTreeMap::new();
    let begin = store.cursor(NAME).await?;
    let mut end = begin;
    loop {
        let changes = store.changes(end, BATCH).await?;
        let Some(last) = changes.last() else { break };
        end = last.seq;
        let of = |kinds: &[Kind]| -> Vec<EntityId> {
            let changes = changes.iter().filter(|change| kinds.contains(&change.kind()));
            changes.map(|change| change.id.clone()).collect()
        };
        wanted.extend(of(&Kind::ENTRIES));
        let mut meetings = of(&[Kind::Meeting]);
        for stored in store.get(&of(&[Kind::AgendaItem])).await? {
            if let Entity::AgendaItem(item) = stored.entity {
                meetings.push(item.meeting.into());
            }
        }
        for stored in store.get(&meetings).await? {
            if let Some(day) = stored.entity.day() {
                days.entry(stored.entity.authority().any().clone()).or_default().insert(day);
            }
        }
    }
    if end == begin {
        return Ok(());
    }
    // A new agenda may be the one that an older entry speaks of, or a better one.
    for (authority, days) in days {
        wanted.extend(speaking_of(store, authority, &days).await?);
    }
    let wanted: Vec<EntityId> = wanted.into_iter().collect();
    for ids in wanted.chunks(BATCH as usize) {
        for stored in store.get(ids).await? {
            let commit = link(store, &stored, run).await?;
            tally.add_changes(&store.commit(commit).await?);
        }
    }
    store.commit(Commit { cursor: Some((NAME.to_owned(), end)), ..empty(NAME, run, "") }).await?;
    Ok(())
}

/// The entries of an authority whose words name one of these days.
async fn speaking_of(
    store: &SharedStore,
    authority: EntityId,
    days: &BTreeSet<Date>,
) -> Result<Vec<EntityId>, HarvestError> {
    let filter = Filter { kinds: Kind::ENTRIES.into(), authorities: vec![authority], ..Filter::default() };
    let mut ids = Vec::new();
    let take = |stored: Stored| {
        if hint(&stored.entity).is_some_and(|hint| days.contains(&hint.day)) {
            ids.push(stored.entity.id().clone());
        }
    };
    each(store, &filter, take).await?;
    Ok(ids)
}

fn hint(entity: &Entity) -> Option<Hint> {
    Hint::read(entity.entry()?.agenda_words.as_deref()?)
}

/// What an entry's words lead to, as its own part: whatever the supplier says weighs more. Words that lead nowhere (any
/// more) leave nothing.
async fn link(store: &SharedStore, stored: &Stored, run: i64) -> Result<Commit, HarvestError> {
    let entity = &stored.entity;
    let origin = Origin::Aspect { aspect: NAME.to_owned(), of: entity.id().clone() };
    let found = match hint(entity) {
        Some(hint) => find(store, entity, &hint).await?,
        None => None,
    };
    // Every kind of entry is whole with its id and its authority alone.
    let said = found.and_then(|(meeting, item)| {
        let items: Vec<EntityId> = item.into_iter().collect();
        let linked =
            json!({"id": entity.id(), "authority": entity.authority(), "meeting": meeting, "agendaItems": items});
        Entity::from_json(entity.id().kind(), linked).ok()
    });
    let part = |entity| Part {
        origin: origin.clone(),
        standing: Standing::Inferred,
        content: Content::Says(Box::new(entity)),
    };
    let parts = said.map(part).into_iter().collect();
    let complete = vec![Scope { origin: origin.clone(), window: None, announced: None }];
    Ok(Commit { parts, complete, ..empty(NAME, run, &stored.provenance.source) })
}

/// The meeting that is meant, and the item of its agenda.
async fn find(
    store: &SharedStore,
    entity: &Entity,
    hint: &Hint,
) -> Result<Option<(EntityId, Option<EntityId>)>, HarvestError> {
    let filter = Filter {
        kinds: vec![Kind::Meeting],
        authorities: vec![entity.authority().any().clone()],
        from: Some(hint.day),
        until: Some(hint.day),
    };
    let meetings = store.list(&filter, &Page { first: MOST, after: None, descending: false }).await?;
    let meetings: Vec<Entity> = meetings.rows.into_iter().map(|(_, stored)| stored.entity).collect();
    let names: Vec<_> = meetings.iter().map(Entity::name).collect();
    let Some((at, is_named)) = hint.meeting_among(&names) else { return Ok(None) };
    let Some(meeting) = meetings.get(at).map(Entity::id) else { return Ok(None) };
    let asked = Related {
        relation: Relation::Meeting,
        direction: Direction::Backward,
        kinds: vec![Kind::AgendaItem],
        first: MOST,
        skip: 0,
        from_end: false,
    };
    let agenda = store.related(std::slice::from_ref(meeting), &asked).await?;
    let items: Vec<Entity> =
        agenda.into_iter().flat_map(|(_, page)| page.rows).map(|(_, stored)| stored.entity).collect();
    let heads: Vec<_> = items
        .iter()
        .map(|item| match item {
            Entity::AgendaItem(item) => (item.number.as_deref(), item.title.as_deref()),
            _ => (None, None),
        })
        .collect();
    let item = hint.item_among(&heads, is_named).and_then(|at| items.get(at)).map(|item| item.id().clone());
    Ok(Some((meeting.clone(), item)))
}
