//! What belongs together: the agenda items, documents, motions, decisions and votes around one thing.

use std::collections::{BTreeMap, BTreeSet};

use async_graphql::{Context, Result, SimpleObject};
use raadhuis_schema::{self as schema, Entity, EntityId, Kind, Relation};
use raadhuis_store::{Direction, Related, Stored};

use super::{
    held::{FromStored, Held},
    loader::{hidden, several},
    node::Node,
};
use crate::Library;

/// What a dossier costs.
pub const DOSSIER: usize = 10_000;

/// How often one goes on from what was found to what hangs from it. Most dossiers are whole after four.
const STEPS: usize = 12;

/// Things in a dossier at most.
const MOST: usize = 300;

/// A document that is on the table at more agenda items than this says nothing of what they are about (a list of decisions, a
/// letter to everybody).
const MOST_SHARED: u64 = 4;

/// Things that hang from one thing in one way, at most.
const MOST_OF_ONE: u32 = 50;

/// What belongs together with a thing.
#[derive(Clone, Debug, Default, SimpleObject)]
pub struct Dossier {
    /// The agenda items at which it was treated, oldest first.
    agenda_items: Vec<Held<schema::AgendaItem>>,
    /// Its documents, oldest first.
    documents: Vec<Held<schema::Document>>,
    /// Proposals, motions, amendments, decisions, commitments, written questions and register entries, oldest first.
    entries: Vec<Node>,
    /// The votes that were taken, oldest first.
    vote_events: Vec<Held<schema::VoteEvent>>,
    /// Whether there is more than a dossier holds, and something was left out.
    is_cut: bool,
}

/// Which ways lead on from a thing of a kind.
const fn ways(kind: Kind) -> &'static [(Relation, Direction)] {
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

const fn belongs(kind: Kind) -> bool {
    !ways(kind).is_empty()
}

/// Whether an agenda item has nothing of its own on the table: what stands below it has nothing in common but the hour.
const fn is_bare(stored: &Stored) -> bool {
    matches!(&stored.entity, Entity::AgendaItem(it) if it.documents.is_empty() && it.entries.is_empty())
}

/// The dossier of a thing; empty for what is in none (a person, a meeting), `None` for what is unknown.
pub async fn dossier(context: &Context<'_>, id: &EntityId) -> Result<Option<Dossier>> {
    let Some(begin) = several(context, std::slice::from_ref(id)).await?.pop() else { return Ok(None) };
    let store = &context.data::<Library>()?.store;
    let mut found: BTreeMap<EntityId, Stored> = BTreeMap::new();
    let mut fresh: Vec<EntityId> = Vec::new();
    if belongs(id.kind()) {
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
        // One call for each way, however many things go it.
        let mut going: BTreeMap<(Relation, bool), Vec<EntityId>> = BTreeMap::new();
        for id in &fresh {
            for (relation, direction) in ways(id.kind()) {
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
            for (from, listing) in store.related(&ids, &asked).await.map_err(|why| hidden(&why))? {
                if from.kind() == Kind::Document && listing.total > MOST_SHARED {
                    continue;
                }
                is_cut |= listing.more;
                for (place, stored) in listing.rows {
                    let is_heading = relation == Relation::Parent && is_forward && is_bare(&stored);
                    if !belongs(place.id.kind()) || found.contains_key(&place.id) || is_heading {
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
    Ok(Some(sorted(context, found, is_cut).await?))
}

/// By the day of a thing, or of the meeting at which it was treated.
async fn sorted(context: &Context<'_>, found: BTreeMap<EntityId, Stored>, is_cut: bool) -> Result<Dossier> {
    let meeting_of = |stored: &Stored| match &stored.entity {
        Entity::AgendaItem(it) => Some(it.meeting.any().clone()),
        Entity::VoteEvent(it) => it.meeting.as_ref().map(|id| id.any().clone()),
        other => other.entry().and_then(|entry| entry.meeting.as_ref()).map(|id| id.any().clone()),
    };
    let meetings: BTreeSet<EntityId> = found.values().filter_map(meeting_of).collect();
    let meetings: Vec<EntityId> = meetings.into_iter().collect();
    let days: BTreeMap<EntityId, _> = several(context, &meetings)
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
            Kind::AgendaItem => dossier.agenda_items.extend(Held::from_stored(stored)),
            Kind::Document => dossier.documents.extend(Held::from_stored(stored)),
            Kind::VoteEvent => dossier.vote_events.extend(Held::from_stored(stored)),
            _ => dossier.entries.extend(Node::from_stored(stored)),
        }
    }
    Ok(dossier)
}
