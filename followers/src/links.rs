//! The follower "link": it links register entries to agenda items that their supplier names in words only. An entry that
//! says "council of 29 January, item 5" gets that item, also when the meeting was harvested in another run. The link goes
//! when the words or the agenda change.

use std::collections::BTreeMap;

use async_trait::async_trait;
use jiff::{Timestamp, civil::Date};
use raadhuis_schema::{
    AgendaReference, Change, Commit, Content, Entity, EntityId, Kind, Origin, Part, Relation, Scope, Standing,
};
use raadhuis_store::{Direction, Filter, Page, Related, SharedStore, Stored, visit_each};
use serde_json::json;

use crate::{BATCH, Follower, FollowerError};

const NAME: &str = "link";

/// The most meetings of one day, and items of one agenda, that are compared.
const MOST: u32 = 500;

pub struct Links {
    store: SharedStore,
}

/// Entries to link again, with the run that caused it.
type Wanted = BTreeMap<EntityId, i64>;

/// The days of meetings that changed, by authority, with the run that changed them.
type ChangedDays = BTreeMap<EntityId, BTreeMap<Date, i64>>;

#[async_trait]
impl Follower for Links {
    fn name(&self) -> &'static str {
        NAME
    }

    fn writes_entities(&self) -> bool {
        true
    }

    async fn cursor(&self) -> Result<i64, FollowerError> {
        Ok(self.store.read_cursor(NAME).await?)
    }

    /// Takes in all changes to the end of the log at once, because many of them concern the same entries.
    async fn take_next(&self) -> Result<bool, FollowerError> {
        let (mut wanted, mut days) = (Wanted::new(), ChangedDays::new());
        let begin = self.store.read_cursor(NAME).await?;
        let mut end = begin;
        loop {
            let changes = self.store.changes(end, BATCH).await?;
            let Some(last) = changes.last() else { break };
            end = last.seq;
            self.collect(&changes, &mut wanted, &mut days).await?;
        }
        if end == begin {
            return Ok(false);
        }
        // A new agenda may hold the item that an older entry names, or a better match.
        for (authority, days) in days {
            self.collect_entries_of(authority, &days, &mut wanted).await?;
        }
        let ids: Vec<EntityId> = wanted.keys().cloned().collect();
        for ids in ids.chunks(BATCH as usize) {
            for stored in self.store.get(ids).await? {
                let run = wanted.get(stored.entity.id()).copied().unwrap_or_default();
                self.store.commit_answer(self.link_entry(&stored, run).await?).await?;
            }
        }
        let moved = Commit {
            cursor: Some((NAME.to_owned(), end)),
            ..Commit::for_question("", 0, NAME, Timestamp::now())
        };
        self.store.commit_answer(moved).await?;
        Ok(true)
    }
}

impl Links {
    pub fn new(store: SharedStore) -> Self {
        Self { store }
    }

    /// Adds changed entries to `wanted`, and the days of changed meetings to `days`.
    async fn collect(
        &self,
        changes: &[Change],
        wanted: &mut Wanted,
        days: &mut ChangedDays,
    ) -> Result<(), FollowerError> {
        let mut meetings = BTreeMap::new();
        let mut items = BTreeMap::new();
        for change in changes {
            let run = change.run.unwrap_or_default();
            match change.kind() {
                Kind::Meeting => meetings.insert(change.id.clone(), run),
                Kind::AgendaItem => items.insert(change.id.clone(), run),
                kind if Kind::ENTRIES.contains(&kind) => wanted.insert(change.id.clone(), run),
                _ => None,
            };
        }
        let ids: Vec<EntityId> = items.keys().cloned().collect();
        for stored in self.store.get(&ids).await? {
            let run = items.get(stored.entity.id()).copied().unwrap_or_default();
            if let Entity::AgendaItem(item) = stored.entity {
                meetings.insert(item.meeting.into(), run);
            }
        }
        let ids: Vec<EntityId> = meetings.keys().cloned().collect();
        for stored in self.store.get(&ids).await? {
            let run = meetings.get(stored.entity.id()).copied().unwrap_or_default();
            if let Some(day) = stored.entity.day() {
                days.entry(stored.entity.authority().as_entity().clone()).or_default().insert(day, run);
            }
        }
        Ok(())
    }

    /// Adds to `wanted` the entries of an authority that name one of these days.
    async fn collect_entries_of(
        &self,
        authority: EntityId,
        days: &BTreeMap<Date, i64>,
        wanted: &mut Wanted,
    ) -> Result<(), FollowerError> {
        let filter =
            Filter { kinds: Kind::ENTRIES.into(), authorities: vec![authority], ..Filter::default() };
        visit_each(&self.store, &filter, |stored| {
            let run = parse_reference(&stored.entity).and_then(|reference| days.get(&reference.day));
            if let Some(run) = run {
                wanted.entry(stored.entity.id().clone()).or_insert(*run);
            }
        })
        .await?;
        Ok(())
    }

    /// The link of an entry as a part of its own, which weighs less than the supplier's word. Words without a match leave
    /// no part.
    async fn link_entry(&self, stored: &Stored, run: i64) -> Result<Commit, FollowerError> {
        let entity = &stored.entity;
        let origin = Origin::Aspect { aspect: NAME.to_owned(), of: entity.id().clone() };
        let found = match parse_reference(entity) {
            Some(reference) => self.find_item(entity, &reference).await?,
            None => None,
        };
        let mut parts = Vec::new();
        if let Some((meeting, item)) = found {
            let items: Vec<EntityId> = item.into_iter().collect();
            // An id and an authority suffice for every kind of entry.
            let linked = json!({"id": entity.id(), "authority": entity.authority(), "meeting": meeting, "agendaItems": items});
            let content = Content::Says(Box::new(Entity::from_json(entity.id().kind(), linked)?));
            parts.push(Part { origin: origin.clone(), standing: Standing::Inferred, content });
        }
        let complete = vec![Scope { origin, window: None, announced: None }];
        Ok(Commit {
            parts,
            complete,
            ..Commit::for_question(&stored.provenance.source, run, NAME, Timestamp::now())
        })
    }

    /// The meeting that a reference names, and the item of its agenda.
    async fn find_item(
        &self,
        entity: &Entity,
        reference: &AgendaReference,
    ) -> Result<Option<(EntityId, Option<EntityId>)>, FollowerError> {
        let filter = Filter {
            kinds: vec![Kind::Meeting],
            authorities: vec![entity.authority().as_entity().clone()],
            from: Some(reference.day),
            until: Some(reference.day),
        };
        let meetings =
            self.store.list_entities(&filter, &Page { first: MOST, after: None, descending: false }).await?;
        let meetings: Vec<Entity> = meetings.rows.into_iter().map(|(_, stored)| stored.entity).collect();
        let names: Vec<_> = meetings.iter().map(Entity::name).collect();
        let Some((at, is_named)) = reference.find_meeting(&names) else { return Ok(None) };
        let Some(meeting) = meetings.get(at).map(Entity::id) else { return Ok(None) };
        let query = Related {
            relation: Relation::Meeting,
            direction: Direction::Backward,
            kinds: vec![Kind::AgendaItem],
            first: MOST,
            skip: 0,
            from_end: false,
        };
        let agenda = self.store.related(std::slice::from_ref(meeting), &query).await?;
        let items: Vec<Entity> =
            agenda.into_iter().flat_map(|(_, page)| page.rows).map(|(_, stored)| stored.entity).collect();
        let heads: Vec<_> = items
            .iter()
            .map(|item| match item {
                Entity::AgendaItem(item) => (item.number.as_deref(), item.title.as_deref()),
                _ => (None, None),
            })
            .collect();
        let item =
            reference.find_item(&heads, is_named).and_then(|at| items.get(at)).map(|item| item.id().clone());
        Ok(Some((meeting.clone(), item)))
    }
}

fn parse_reference(entity: &Entity) -> Option<AgendaReference> {
    AgendaReference::parse(entity.as_registered()?.agenda_words.as_deref()?)
}
