//! The follower "votes": what only all votes of a kind together tell. It adds up what parties and members chose, holds
//! the sum against what the supplier states, and finds what was voted about among what was treated under the same
//! agenda item.

use std::collections::BTreeSet;

use raadhuis_schema::{
    Action, AgendaItem, Commit, Content, Decision, Entity, EntityId, Id, Kind, Meeting, MotionKind, Origin,
    Outcome, Part, Relation, Remark, Scope, Standing, Tally as Counts, VoteEvent, When,
};
use raadhuis_store::{Direction, Related, SharedStore};
use serde_json::json;

use super::{BATCH, empty};
use crate::{HarvestError, crawl::Tally, supplier::hint};

/// The name under which the cursor is kept.
pub const NAME: &str = "votes";

/// Votes of one event, and entries of one agenda item, that are looked at.
const MOST: u32 = 1000;

/// Brings the sums and links up to the end of the change log.
///
/// # Errors
/// The store failed.
pub async fn follow(store: &SharedStore, run: i64, tally: &mut Tally) -> Result<(), HarvestError> {
    // What this follower adds to an event is a change too, which brings it here once more.
    let mut remarked = BTreeSet::new();
    loop {
        let changes = store.changes(store.cursor(NAME).await?, BATCH).await?;
        let Some(last) = changes.last() else { return Ok(()) };
        let mut told: Vec<EntityId> = changes
            .iter()
            .filter(|change| {
                matches!(change.kind(), Kind::VoteEvent | Kind::Vote)
                    || Kind::ENTRIES.contains(&change.kind())
            })
            .map(|change| change.id.clone())
            .collect();
        // A vote that is gone is missed in the sum of its event.
        let gone = changes.iter().filter(|change| {
            change.kind() == Kind::Vote && matches!(change.action, Action::Withdrawn | Action::Erased)
        });
        told.extend(gone.filter_map(|change| change.id.whole(Kind::VoteEvent)));
        let wanted: Vec<EntityId> = events(store, &told).await?.into_iter().collect();
        for stored in store.get(&wanted).await? {
            let Entity::VoteEvent(event) = &stored.entity else { continue };
            let mut commit = settle(store, event, run, &stored.provenance.source).await?;
            if !commit.remarks.is_empty() && !remarked.insert(event.id.clone()) {
                commit.remarks.clear();
            }
            tally.remarks.extend(commit.remarks.iter().cloned());
            tally.add_changes(&store.commit(commit).await?);
        }
        let commit = Commit { cursor: Some((NAME.to_owned(), last.seq)), ..empty(NAME, run, "") };
        store.commit(commit).await?;
    }
}

/// The events that changed things may bear on.
async fn events(store: &SharedStore, told: &[EntityId]) -> Result<BTreeSet<EntityId>, HarvestError> {
    let (mut events, mut items) = (BTreeSet::new(), BTreeSet::new());
    for event in related(store, told, Relation::About, vec![Kind::VoteEvent]).await? {
        events.insert(event.id().clone());
    }
    for stored in store.get(told).await? {
        match &stored.entity {
            Entity::VoteEvent(event) => drop(events.insert(event.id.any().clone())),
            Entity::Vote(vote) => drop(events.insert(vote.event.any().clone())),
            entity => {
                let entry = entity.entry().into_iter().flat_map(|entry| &entry.agenda_items);
                items.extend(entry.map(|item| item.any().clone()));
            }
        }
    }
    let items: Vec<EntityId> = items.into_iter().collect();
    for event in related(store, &items, Relation::AgendaItem, vec![Kind::VoteEvent]).await? {
        events.insert(event.id().clone());
    }
    Ok(events)
}

async fn related(
    store: &SharedStore,
    ids: &[EntityId],
    relation: Relation,
    kinds: Vec<Kind>,
) -> Result<Vec<Entity>, HarvestError> {
    let asked =
        Related { relation, direction: Direction::Backward, kinds, first: MOST, skip: 0, from_end: false };
    let pages = store.related(ids, &asked).await?;
    Ok(pages.into_iter().flat_map(|(_, page)| page.rows).map(|(_, stored)| stored.entity).collect())
}

/// What is added to an event, as a part of its own: whatever a supplier says weighs more.
async fn settle(
    store: &SharedStore,
    event: &VoteEvent,
    run: i64,
    source: &str,
) -> Result<Commit, HarvestError> {
    let id = event.id.any();
    let votes = related(store, std::slice::from_ref(id), Relation::Parent, vec![Kind::Vote]).await?;
    let counted = count(&votes);
    let item: Vec<EntityId> = event.agenda_item.iter().map(|item| item.any().clone()).collect();
    let treated = related(store, &item, Relation::AgendaItem, Kind::ENTRIES.into()).await?;
    // What the supplier itself says of the subject: then the event is named after it. All else is worked out anew.
    let is_own = |about: &&EntityId| id.whole(about.kind()).as_ref() == Some(*about);
    let about = event.about.as_ref().filter(is_own).cloned().or_else(|| subject(event, &treated));
    let origin = Origin::Aspect { aspect: NAME.to_owned(), of: id.clone() };
    let of = taken(store, about.as_ref()).await?;
    let added = json!({
        "id": id, "authority": event.authority, "about": about, "tally": counted,
        "title": of.title, "date": of.date, "meeting": of.meeting, "agendaItem": of.agenda_item,
        "outcome": of.outcome, "outcomeWords": of.outcome_words,
    });
    let mut said = vec![Entity::from_json(Kind::VoteEvent, added).ok()];
    said.extend(treated.iter().map(|entity| decided(event, about.as_ref(), entity, &treated)));
    let remarks = match (event.tally.or(counted), event.stated) {
        (Some(counted), Some(stated)) if !counted.reconciles_with(stated) => {
            vec![Remark::tally_differs(id.as_str(), "", counted, stated)]
        }
        _ => vec![],
    };
    let part = |entity| Part {
        origin: origin.clone(),
        standing: Standing::Inferred,
        content: Content::Says(Box::new(entity)),
    };
    let parts = said.into_iter().flatten().map(part).collect();
    let complete = vec![Scope { origin: origin.clone(), window: None, announced: None }];
    Ok(Commit { parts, complete, remarks, ..empty(NAME, run, source) })
}

/// What an event that says little of itself takes over from what was voted about.
#[derive(Default)]
struct Taken {
    title: Option<String>,
    date: Option<When>,
    meeting: Option<Id<Meeting>>,
    agenda_item: Option<Id<AgendaItem>>,
    outcome: Option<Outcome>,
    outcome_words: Option<String>,
}

async fn taken(store: &SharedStore, about: Option<&EntityId>) -> Result<Taken, HarvestError> {
    let Some(about) = about else { return Ok(Taken::default()) };
    let found = store.get(std::slice::from_ref(about)).await?;
    let Some(entity) = found.first().map(|stored| &stored.entity) else { return Ok(Taken::default()) };
    let Some(entry) = entity.entry() else { return Ok(Taken::default()) };
    let outcome = match entity {
        Entity::Motion(it) => it.outcome,
        Entity::Proposal(it) => it.outcome,
        Entity::Decision(it) => it.outcome,
        _ => None,
    };
    // A motion may be treated under several items, and nobody says under which of them the vote was.
    let only_item = if entry.agenda_items.len() == 1 { entry.agenda_items.first().cloned() } else { None };
    Ok(Taken {
        title: entry.title.clone(),
        date: entry.date,
        meeting: entry.meeting.clone(),
        agenda_item: only_item,
        outcome,
        outcome_words: outcome.and(entry.status_words.clone()),
    })
}

/// The sum; `None` without votes, or when a party's vote has no number.
fn count(votes: &[Entity]) -> Option<Counts> {
    let mut counts = Counts::default();
    for vote in votes {
        let Entity::Vote(vote) = vote else { continue };
        counts.add(vote.choice, if vote.name.is_some() { 1 } else { vote.members? });
    }
    (counts != Counts::default()).then_some(counts)
}

/// What was voted about: of what was treated under the item, the one that is called so, else the only one of its sort.
fn subject(event: &VoteEvent, treated: &[Entity]) -> Option<EntityId> {
    let sort = event.type_words.as_deref().unwrap_or_default().to_lowercase();
    let fits = |entity: &&Entity| match entity {
        Entity::Motion(motion) => match motion.kind {
            Some(MotionKind::Amendment) => sort.is_empty() || sort.contains("amend"),
            _ => sort.is_empty() || sort.contains("moti"),
        },
        Entity::Proposal(_) => sort.is_empty() || sort.contains("proposal") || sort.contains("voorstel"),
        _ => false,
    };
    let candidates: Vec<&Entity> = treated.iter().filter(fits).collect();
    let title = event.title.as_deref().unwrap_or_default();
    let names: Vec<_> = candidates.iter().map(|entity| entity.name()).collect();
    let at = hint::same_title(title, &names).or((candidates.len() == 1).then_some(0))?;
    candidates.get(at).map(|entity| entity.id().clone())
}

/// A decision that was treated with the vote names it, and the proposal that was decided.
fn decided(
    event: &VoteEvent,
    about: Option<&EntityId>,
    entity: &Entity,
    treated: &[Entity],
) -> Option<Entity> {
    let Entity::Decision(Decision { id, authority, .. }) = entity else { return None };
    let proposals = || treated.iter().filter(|entity| matches!(entity, Entity::Proposal(_)));
    let proposal = hint::only(proposals().map(|_| true)).and_then(|at| proposals().nth(at)).map(Entity::id);
    // An amendment that was voted about under the same item decided something else.
    let is_it = about == Some(id.any()) || (about.is_some() && about == proposal);
    let vote = is_it.then_some(&event.id);
    let said = json!({"id": id, "authority": authority, "proposal": proposal, "vote": vote});
    Entity::from_json(Kind::Decision, said).ok().filter(|_| is_it)
}
