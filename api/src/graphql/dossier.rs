//! Dossiers: the agenda items, documents, motions, decisions and votes about one subject.

use std::collections::{BTreeMap, BTreeSet};

use async_graphql::{Context, Result, SimpleObject};
use raadhuis_schema::{self as schema, Entity, EntityId, Kind, Relation};
use raadhuis_store::{Direction, Related, Stored};

use super::{
    loader::{internal_error, load_many},
    node::Node,
    stored_record::{FromStored, StoredRecord},
};
use crate::Library;

/// The cost of a dossier.
pub const DOSSIER: usize = 10_000;

/// The maximum number of steps from the first entity along relations. Most dossiers are complete after four.
const STEPS: usize = 12;

/// The maximum number of entities in a dossier.
const MOST: usize = 300;

/// A document attached to more agenda items than this says nothing about their subject (a list of decisions, a letter to
/// everybody).
const MOST_SHARED: u64 = 4;

/// The maximum number of entities followed from one entity by one relation.
const MOST_OF_ONE: u32 = 50;

/// The entities that belong to the same subject.
#[derive(Clone, Debug, Default, SimpleObject)]
pub struct Dossier {
    /// The agenda items (agendapunten) that treated the subject, oldest first.
    agenda_items: Vec<StoredRecord<schema::AgendaItem>>,
    /// The documents about the subject, oldest first.
    documents: Vec<StoredRecord<schema::Document>>,
    /// The proposals, motions, amendments, decisions, commitments, written questions and register entries, oldest first.
    entries: Vec<Node>,
    /// The votes about the subject (stemmingen), oldest first.
    vote_events: Vec<StoredRecord<schema::VoteEvent>>,
    /// True when the dossier was cut off at its maximum size, so that something is missing.
    is_cut: bool,
}

/// The relations to follow from an entity of a kind.
const fn relations_from(kind: Kind) -> &'static [(Relation, Direction)] {
    use Direction::{Backward, Forward};
    match kind {
        Kind::AgendaItem => &[
            (Relation::Document, Forward),
            (Relation::Entry, Forward),
            (Relation::AgendaItem, Backward),
            (Relation::Parent, Backward),
            (Relation::Parent, Forward),
        ],
        Kind::Document => &[(Relation::Document, Backward)],
        Kind::Motion
        | Kind::Proposal
        | Kind::Decision
        | Kind::Commitment
        | Kind::WrittenQuestion
        | Kind::RegisterEntry => &[
            (Relation::Document, Forward),
            (Relation::AgendaItem, Forward),
            (Relation::Entry, Backward),
            (Relation::About, Backward),
            (Relation::About, Forward),
            (Relation::Vote, Forward),
        ],
        Kind::VoteEvent => {
            &[(Relation::About, Forward), (Relation::AgendaItem, Forward), (Relation::Vote, Backward)]
        }
        _ => &[],
    }
}

const fn has_dossier(kind: Kind) -> bool {
    !relations_from(kind).is_empty()
}

/// Returns whether an agenda item has no documents and no entries. The items below such an item share only the time of treatment.
const fn is_bare(stored: &Stored) -> bool {
    matches!(&stored.entity, Entity::AgendaItem(it) if it.documents.is_empty() && it.entries.is_empty())
}

/// Collects the dossier of an entity; empty for kinds without dossiers (a person, a meeting), `None` for an unknown entity.
pub async fn collect_dossier(context: &Context<'_>, id: &EntityId) -> Result<Option<Dossier>> {
    let Some(begin) = load_many(context, std::slice::from_ref(id)).await?.pop() else { return Ok(None) };
    let store = &context.data::<Library>()?.store;
    let mut found: BTreeMap<EntityId, Stored> = BTreeMap::new();
    let mut fresh: Vec<EntityId> = Vec::new();
    if has_dossier(id.kind()) {
        fresh.push(id.clone());
        found.insert(id.clone(), begin);
    }
    let mut is_cut = false;
    for step in 0..=STEPS {
        if fresh.is_empty() {
            break;
        }
        if step == STEPS {
            is_cut = true;
            break;
        }
        // One call for each relation and direction, for all entities together.
        let mut going: BTreeMap<(Relation, bool), Vec<EntityId>> = BTreeMap::new();
        for id in &fresh {
            for (relation, direction) in relations_from(id.kind()) {
                going.entry((*relation, *direction == Direction::Forward)).or_default().push(id.clone());
            }
        }
        fresh.clear();
        for ((relation, is_forward), ids) in going {
            let direction = if is_forward { Direction::Forward } else { Direction::Backward };
            let asked = Related {
                relation,
                direction,
                kinds: Vec::new(),
                first: MOST_OF_ONE,
                skip: 0,
                from_end: false,
            };
            for (from, listing) in store.related(&ids, &asked).await.map_err(|why| internal_error(&why))? {
                if from.kind() == Kind::Document && listing.total > MOST_SHARED {
                    continue;
                }
                is_cut |= listing.more;
                for (place, stored) in listing.rows {
                    let is_heading = relation == Relation::Parent && is_forward && is_bare(&stored);
                    if !has_dossier(place.id.kind()) || found.contains_key(&place.id) || is_heading {
                        continue;
                    }
                    if found.len() >= MOST {
                        is_cut = true;
                        continue;
                    }
                    fresh.push(place.id.clone());
                    found.insert(place.id, stored);
                }
            }
        }
    }
    Ok(Some(sort_dossier(context, found, is_cut).await?))
}

/// The meeting that treated an entity.
fn meeting_of(stored: &Stored) -> Option<EntityId> {
    match &stored.entity {
        Entity::AgendaItem(it) => Some(it.meeting.as_entity().clone()),
        Entity::VoteEvent(it) => it.meeting.as_ref().map(|id| id.as_entity().clone()),
        other => {
            other.as_registered().and_then(|entry| entry.meeting.as_ref()).map(|id| id.as_entity().clone())
        }
    }
}

/// Sorts by the day of an entity, or of the meeting that treated it.
async fn sort_dossier(
    context: &Context<'_>,
    found: BTreeMap<EntityId, Stored>,
    is_cut: bool,
) -> Result<Dossier> {
    let meetings: BTreeSet<EntityId> = found.values().filter_map(meeting_of).collect();
    let meetings: Vec<EntityId> = meetings.into_iter().collect();
    let days: BTreeMap<EntityId, _> = load_many(context, &meetings)
        .await?
        .into_iter()
        .filter_map(|it| Some((it.entity.id().clone(), it.entity.day()?)))
        .collect();
    let mut all: Vec<Stored> = found.into_values().collect();
    all.sort_by_cached_key(|it| {
        let day = meeting_of(it).and_then(|id| days.get(&id).copied()).or_else(|| it.entity.day());
        (day, it.entity.position(), it.entity.id().clone())
    });
    let mut dossier = Dossier { is_cut, ..Dossier::default() };
    for stored in all {
        match stored.entity.id().kind() {
            Kind::AgendaItem => dossier.agenda_items.extend(StoredRecord::from_stored(stored)),
            Kind::Document => dossier.documents.extend(StoredRecord::from_stored(stored)),
            Kind::VoteEvent => dossier.vote_events.extend(StoredRecord::from_stored(stored)),
            _ => dossier.entries.extend(Node::from_stored(stored)),
        }
    }
    Ok(dossier)
}
