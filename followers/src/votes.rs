//! The follower "votes": it derives facts from all votes of an event together. It adds up the votes, compares the sum
//! with the supplier's result, and finds the subject of the vote among the entries of the same agenda item.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Mutex, PoisonError},
};

use async_trait::async_trait;
use jiff::Timestamp;
use raadhuis_schema::{
    Action, AgendaItem, Change, Commit, Content, Decision, Diagnostic, Entity, EntityId, Id, Kind, Meeting,
    MotionKind, Origin, Outcome, Part, Relation, Scope, Standing, Tally, VoteEvent, When,
    agenda_reference::{find_only, find_same_title},
};
use raadhuis_store::{Direction, Related, SharedStore};
use serde_json::json;

use crate::{BATCH, Follower, FollowerError};

const NAME: &str = "votes";

/// The most votes of one event, and entries of one agenda item, that are loaded.
const MOST: u32 = 1000;

pub struct Votes {
    store: SharedStore,
    /// Runs and events whose difference was reported since the follower last reached the end of the log. Its own commit
    /// brings an event back, and must not report it twice.
    reported: Mutex<BTreeSet<(i64, EntityId)>>,
}

#[async_trait]
impl Follower for Votes {
    fn name(&self) -> &'static str {
        NAME
    }

    fn writes_entities(&self) -> bool {
        true
    }

    async fn cursor(&self) -> Result<i64, FollowerError> {
        Ok(self.store.read_cursor(NAME).await?)
    }

    async fn take_next(&self) -> Result<bool, FollowerError> {
        let store = &self.store;
        let changes = store.changes(store.read_cursor(NAME).await?, BATCH).await?;
        let Some(last) = changes.last() else {
            self.reported.lock().unwrap_or_else(PoisonError::into_inner).clear();
            return Ok(false);
        };
        let wanted = find_events(store, &collect_causes(&changes)).await?;
        let ids: Vec<EntityId> = wanted.keys().cloned().collect();
        for stored in store.get(&ids).await? {
            let Entity::VoteEvent(event) = &stored.entity else { continue };
            let run = wanted.get(event.id.as_entity()).copied().unwrap_or_default();
            let mut commit = settle_event(store, event, run, &stored.provenance.source).await?;
            if !commit.diagnostics.is_empty() && !self.is_news(run, event.id.as_entity()) {
                commit.diagnostics.clear();
            }
            store.commit_answer(commit).await?;
        }
        let cursor = Some((NAME.to_owned(), last.seq));
        store.commit_answer(Commit { cursor, ..Commit::for_question("", 0, NAME, Timestamp::now()) }).await?;
        Ok(true)
    }
}

impl Votes {
    pub fn new(store: SharedStore) -> Self {
        Self { store, reported: Mutex::default() }
    }

    /// Returns whether no difference of this event was reported in this run yet.
    fn is_news(&self, run: i64, event: &EntityId) -> bool {
        self.reported.lock().unwrap_or_else(PoisonError::into_inner).insert((run, event.clone()))
    }
}

/// Entities, with the run that changed each last.
type Causes = BTreeMap<EntityId, i64>;

/// The changed entities that affect vote events.
fn collect_causes(changes: &[Change]) -> Causes {
    let mut causes = Causes::new();
    for change in changes {
        let (kind, run) = (change.kind(), change.run.unwrap_or_default());
        if matches!(kind, Kind::VoteEvent | Kind::Vote) || Kind::ENTRIES.contains(&kind) {
            causes.insert(change.id.clone(), run);
        }
        // A removed vote changes the sum of its event.
        if kind == Kind::Vote && matches!(change.action, Action::Withdrawn | Action::Erased) {
            causes.extend(change.id.containing(Kind::VoteEvent).map(|event| (event, run)));
        }
    }
    causes
}

/// The vote events that changed entities affect.
async fn find_events(store: &SharedStore, causes: &Causes) -> Result<Causes, FollowerError> {
    let (mut events, mut items) = (Causes::new(), Causes::new());
    let ids: Vec<EntityId> = causes.keys().cloned().collect();
    for (about, found) in load_related(store, &ids, Relation::About, vec![Kind::VoteEvent]).await? {
        let run = causes.get(&about).copied().unwrap_or_default();
        events.extend(found.iter().map(|event| (event.id().clone(), run)));
    }
    for stored in store.get(&ids).await? {
        let run = causes.get(stored.entity.id()).copied().unwrap_or_default();
        match &stored.entity {
            Entity::VoteEvent(event) => drop(events.insert(event.id.as_entity().clone(), run)),
            Entity::Vote(vote) => drop(events.insert(vote.event.as_entity().clone(), run)),
            entity => {
                let treated = entity.as_registered().into_iter().flat_map(|entry| &entry.agenda_items);
                items.extend(treated.map(|item| (item.as_entity().clone(), run)));
            }
        }
    }
    let ids: Vec<EntityId> = items.keys().cloned().collect();
    for (item, found) in load_related(store, &ids, Relation::AgendaItem, vec![Kind::VoteEvent]).await? {
        let run = items.get(&item).copied().unwrap_or_default();
        for event in found {
            events.entry(event.id().clone()).or_insert(run);
        }
    }
    Ok(events)
}

/// The entities of these kinds that point at each of `ids`.
async fn load_related(
    store: &SharedStore,
    ids: &[EntityId],
    relation: Relation,
    kinds: Vec<Kind>,
) -> Result<Vec<(EntityId, Vec<Entity>)>, FollowerError> {
    let query =
        Related { relation, direction: Direction::Backward, kinds, first: MOST, skip: 0, from_end: false };
    let pages = store.related(ids, &query).await?;
    Ok(pages
        .into_iter()
        .map(|(id, page)| (id, page.rows.into_iter().map(|(_, row)| row.entity).collect()))
        .collect())
}

async fn load_all_related(
    store: &SharedStore,
    ids: &[EntityId],
    relation: Relation,
    kinds: Vec<Kind>,
) -> Result<Vec<Entity>, FollowerError> {
    let related = load_related(store, ids, relation, kinds).await?;
    Ok(related.into_iter().flat_map(|(_, entities)| entities).collect())
}

/// The derived facts of an event, as parts of their own, which weigh less than the supplier's word.
async fn settle_event(
    store: &SharedStore,
    event: &VoteEvent,
    run: i64,
    source: &str,
) -> Result<Commit, FollowerError> {
    let id = event.id.as_entity();
    let votes = load_all_related(store, std::slice::from_ref(id), Relation::Parent, vec![Kind::Vote]).await?;
    let counted = count_votes(&votes);
    let item: Vec<EntityId> = event.agenda_item.iter().map(|item| item.as_entity().clone()).collect();
    let treated = load_all_related(store, &item, Relation::AgendaItem, Kind::ENTRIES.into()).await?;
    // A subject whose id names the event comes from the supplier. Any other subject is searched again.
    let named = event.about.as_ref().filter(|about| id.containing(about.kind()).as_ref() == Some(*about));
    let about = named.cloned().or_else(|| find_subject(event, &treated));
    let origin = Origin::Aspect { aspect: NAME.to_owned(), of: id.clone() };
    let subject = load_subject(store, about.as_ref()).await?;
    let added = json!({
        "id": id, "authority": event.authority, "about": about, "tally": counted,
        "title": subject.title, "date": subject.date, "meeting": subject.meeting,
        "agendaItem": subject.agenda_item, "outcome": subject.outcome, "outcomeWords": subject.outcome_words,
    });
    let mut entities = vec![Entity::from_json(Kind::VoteEvent, added)?];
    for entity in &treated {
        entities.extend(link_decision(event, about.as_ref(), entity, &treated)?);
    }
    let diagnostics = match (event.tally.or(counted), event.stated) {
        (Some(counted), Some(stated)) if !counted.reconciles_with(stated) => {
            vec![Diagnostic::tally_differs(id.as_str(), "", counted, stated)]
        }
        _ => vec![],
    };
    let mut parts = Vec::new();
    for entity in entities {
        let content = Content::Says(Box::new(entity));
        parts.push(Part { origin: origin.clone(), standing: Standing::Inferred, content });
    }
    let complete = vec![Scope { origin, window: None, announced: None }];
    Ok(Commit { parts, complete, diagnostics, ..Commit::for_question(source, run, NAME, Timestamp::now()) })
}

/// Facts of the subject that an event without such facts takes over.
#[derive(Default)]
struct Subject {
    title: Option<String>,
    date: Option<When>,
    meeting: Option<Id<Meeting>>,
    agenda_item: Option<Id<AgendaItem>>,
    outcome: Option<Outcome>,
    outcome_words: Option<String>,
}

async fn load_subject(store: &SharedStore, about: Option<&EntityId>) -> Result<Subject, FollowerError> {
    let Some(about) = about else { return Ok(Subject::default()) };
    let found = store.get(std::slice::from_ref(about)).await?;
    let Some(entity) = found.first().map(|stored| &stored.entity) else { return Ok(Subject::default()) };
    let Some(entry) = entity.as_registered() else { return Ok(Subject::default()) };
    let outcome = match entity {
        Entity::Motion(it) => it.outcome,
        Entity::Proposal(it) => it.outcome,
        Entity::Decision(it) => it.outcome,
        _ => None,
    };
    // A motion with several agenda items does not tell under which of them the vote was.
    let only_item = if entry.agenda_items.len() == 1 { entry.agenda_items.first().cloned() } else { None };
    Ok(Subject {
        title: entry.title.clone(),
        date: entry.date,
        meeting: entry.meeting.clone(),
        agenda_item: only_item,
        outcome,
        outcome_words: outcome.and(entry.status_words.clone()),
    })
}

/// The sum of the votes; `None` without votes, or when a party's vote has no number of members.
fn count_votes(votes: &[Entity]) -> Option<Tally> {
    let mut counts = Tally::default();
    for vote in votes {
        let Entity::Vote(vote) = vote else { continue };
        counts.add_votes(vote.choice, if vote.name.is_some() { 1 } else { vote.members? });
    }
    (counts != Tally::default()).then_some(counts)
}

/// The subject of a vote: among the entries of the agenda item the one with the event's title, else the only one of its
/// kind.
fn find_subject(event: &VoteEvent, treated: &[Entity]) -> Option<EntityId> {
    let sort = event.type_words.as_deref().unwrap_or_default().to_lowercase();
    let candidates: Vec<&Entity> = treated.iter().filter(|entity| fits_vote_type(entity, &sort)).collect();
    let title = event.title.as_deref().unwrap_or_default();
    let names: Vec<_> = candidates.iter().map(|entity| entity.name()).collect();
    let at = find_same_title(title, &names).or((candidates.len() == 1).then_some(0))?;
    candidates.get(at).map(|entity| entity.id().clone())
}

/// Returns whether a vote of the type `sort`, in the supplier's words, can be about an entity. Without a type, all fit.
fn fits_vote_type(entity: &Entity, sort: &str) -> bool {
    match entity {
        Entity::Motion(motion) => match motion.kind {
            Some(MotionKind::Amendment) => sort.is_empty() || sort.contains("amend"),
            _ => sort.is_empty() || sort.contains("moti"),
        },
        Entity::Proposal(_) => sort.is_empty() || sort.contains("proposal") || sort.contains("voorstel"),
        _ => false,
    }
}

/// Links a decision of the same agenda item to the vote and to its proposal, if the vote was about that proposal or that
/// decision.
fn link_decision(
    event: &VoteEvent,
    about: Option<&EntityId>,
    entity: &Entity,
    treated: &[Entity],
) -> Result<Option<Entity>, FollowerError> {
    let Entity::Decision(Decision { id, authority, .. }) = entity else { return Ok(None) };
    let only = find_only(treated.iter().map(|entity| matches!(entity, Entity::Proposal(_))));
    let proposal = only.and_then(|at| treated.get(at)).map(Entity::id);
    // A vote about an amendment under the same item did not make this decision.
    let is_it = about == Some(id.as_entity()) || (about.is_some() && about == proposal);
    if !is_it {
        return Ok(None);
    }
    let linked = json!({"id": id, "authority": authority, "proposal": proposal, "vote": event.id});
    Ok(Some(Entity::from_json(Kind::Decision, linked)?))
}
