//! The follower "link": what suppliers name in words only, found among what is held. An entry that says "council of
//! 29 January, item 5" belongs to that item, also when the meeting was harvested in another run.

use std::collections::BTreeSet;

use raadhuis_schema::{
    Action, Commit, Content, Entity, EntityId, Kind, Origin, Part, Relation, Scope, Standing,
};
use raadhuis_store::{Direction, Filter, Page, Related, SharedStore, Stored};
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
    loop {
        let changes = store.changes(store.cursor(NAME).await?, BATCH).await?;
        let Some(last) = changes.last() else { return Ok(()) };
        let living =
            changes.iter().filter(|change| !matches!(change.action, Action::Withdrawn | Action::Erased));
        let mut wanted: BTreeSet<EntityId> = BTreeSet::new();
        let mut agendas: BTreeSet<EntityId> = BTreeSet::new();
        for change in living {
            match change.kind() {
                kind if Kind::ENTRIES.contains(&kind) => drop(wanted.insert(change.id.clone())),
                Kind::Meeting | Kind::AgendaItem => {
                    agendas.extend(change.authority.clone().map(EntityId::from));
                }
                _ => {}
            }
        }
        // A new agenda may be the one that an older entry speaks of.
        for authority in agendas {
            wanted.extend(unlinked(store, authority).await?);
        }
        let wanted: Vec<EntityId> = wanted.into_iter().collect();
        for ids in wanted.chunks(BATCH as usize) {
            for stored in store.get(ids).await? {
                if let Some(commit) = link(store, &stored, run).await? {
                    for change in store.commit(commit).await?.changes {
                        tally.changes.entry(change.kind()).or_default().add(change.action);
                    }
                }
            }
        }
        store.commit(Commit { cursor: Some((NAME.to_owned(), last.seq)), ..empty(NAME, run, "") }).await?;
    }
}

/// The entries of an authority that name an agenda in words and belong to none.
async fn unlinked(store: &SharedStore, authority: EntityId) -> Result<Vec<EntityId>, HarvestError> {
    let filter = Filter { kinds: Kind::ENTRIES.into(), authorities: vec![authority], ..Filter::default() };
    let mut page = Page { first: BATCH, after: None, descending: false };
    let mut ids = Vec::new();
    loop {
        let listing = store.list(&filter, &page).await?;
        let waits = |stored: &Stored| {
            let entry = stored.entity.entry();
            entry.is_some_and(|entry| entry.agenda_words.is_some() && entry.agenda_items.is_empty())
        };
        ids.extend(listing.rows.iter().filter(|(_, s)| waits(s)).map(|(_, s)| s.entity.id().clone()));
        page.after = listing.rows.last().map(|(place, _)| place.clone());
        if !listing.more {
            return Ok(ids);
        }
    }
}

/// What an entry's words lead to, as its own part: the supplier's facts, where it has any, weigh more.
async fn link(store: &SharedStore, stored: &Stored, run: i64) -> Result<Option<Commit>, HarvestError> {
    let entity = &stored.entity;
    let Some(hint) = entity.entry().and_then(|entry| Hint::read(entry.agenda_words.as_deref()?)) else {
        return Ok(None);
    };
    let filter = Filter {
        kinds: vec![Kind::Meeting],
        authorities: vec![entity.authority().any().clone()],
        from: Some(hint.day),
        until: Some(hint.day),
    };
    let meetings = store.list(&filter, &Page { first: MOST, after: None, descending: false }).await?;
    let meetings: Vec<Entity> = meetings.rows.into_iter().map(|(_, stored)| stored.entity).collect();
    let names: Vec<_> = meetings.iter().map(Entity::name).collect();
    let Some(meeting) = hint.meeting_among(&names).and_then(|at| meetings.get(at)) else { return Ok(None) };
    let asked = Related {
        relation: Relation::Meeting,
        direction: Direction::Backward,
        kinds: vec![Kind::AgendaItem],
        first: MOST,
        skip: 0,
    };
    let agenda = store.related(std::slice::from_ref(meeting.id()), &asked).await?;
    let items: Vec<Entity> =
        agenda.into_iter().flat_map(|(_, page)| page.rows).map(|(_, stored)| stored.entity).collect();
    let heads: Vec<_> = items
        .iter()
        .map(|item| match item {
            Entity::AgendaItem(item) => (item.number.as_deref(), item.title.as_deref()),
            _ => (None, None),
        })
        .collect();
    let item = hint.item_among(&heads).and_then(|at| items.get(at)).map(Entity::id);
    let linked = json!({
        "id": entity.id(),
        "authority": entity.authority(),
        "meeting": meeting.id(),
        "agendaItems": item.into_iter().collect::<Vec<_>>(),
    });
    // Every kind of entry is whole with its id and its authority alone.
    let Ok(entity) = Entity::from_json(entity.id().kind(), linked) else { return Ok(None) };
    let origin = Origin::Aspect { aspect: NAME.to_owned(), of: entity.id().clone() };
    let part = Part {
        origin: origin.clone(),
        standing: Standing::Mention,
        content: Content::Says(Box::new(entity)),
    };
    let complete = vec![Scope { origin, window: None, announced: None }];
    Ok(Some(Commit { parts: vec![part], complete, ..empty(NAME, run, &stored.provenance.source) }))
}
