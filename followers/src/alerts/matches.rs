//! Matches new entities with the alerts of readers.

use std::collections::{BTreeMap, BTreeSet};

use raadhuis_alerts::{Alert, Notice, when};
use raadhuis_schema::{Change, Entity, EntityId};
use raadhuis_search::{Entry, Query, entry::KINDS, matching::Analysed};
use raadhuis_store::Stored;

use super::AlertFollower;
use crate::{BATCH, FollowerError};

/// A new entity: its search entry, the change that made it new, and whether its text is still missing.
struct NewEntity {
    entry: Entry,
    change: Change,
    awaits_text: bool,
}

impl AlertFollower {
    /// Records a notice for each alert that matches a new entity in the next changes. Returns whether there were changes.
    pub(super) async fn note_matches(&self) -> Result<bool, FollowerError> {
        let after = self.alerts.read_cursor().await?;
        let changes = self.store.changes(after, BATCH).await?;
        let Some(cursor) = changes.last().map(|change| change.seq) else { return Ok(false) };
        let alerts = self.alerts.speaking().await?;
        let candidates = if alerts.is_empty() { Vec::new() } else { self.find_candidates(&changes).await? };
        // Comparing words is CPU-heavy.
        let notices = tokio::task::spawn_blocking(move || match_alerts(&alerts, &candidates)).await?;
        self.alerts.store_notices(after, cursor, &notices).await?;
        Ok(true)
    }

    async fn find_candidates(&self, changes: &[Change]) -> Result<Vec<NewEntity>, FollowerError> {
        let new: Vec<&Change> = changes.iter().filter(|change| when::may_be_news(change)).collect();
        // A new text is news of its document.
        let documents = self.builder.find_documents(new.iter().copied()).await?;
        let mut by_entity: BTreeMap<&EntityId, &Change> = BTreeMap::new();
        for change in new {
            let entity = documents.get(&change.id).unwrap_or(&change.id);
            if KINDS.contains(&entity.kind()) {
                by_entity.entry(entity).or_insert(change);
            }
        }
        let ids: Vec<EntityId> = by_entity.keys().map(|id| (*id).clone()).collect();
        let living = self.store.get(&ids).await?;
        let texts = self.builder.load_texts(&ids).await?;
        let mut awaiting: BTreeSet<EntityId> = BTreeSet::new();
        for Stored { entity, .. } in &living {
            if let Entity::Document(document) = entity
                && document.url.is_some()
                && texts.get(entity.id()).is_none_or(|text| text.sha256.is_none())
            {
                awaiting.insert(entity.id().clone());
            }
        }
        let mut candidates = Vec::new();
        for entry in self.builder.build_entries(&living).await? {
            let Some(change) = by_entity.get(&entry.id) else { continue };
            if when::is_of_its_time(&entry, change) {
                let awaits_text = awaiting.contains(&entry.id);
                candidates.push(NewEntity { entry, change: (*change).clone(), awaits_text });
            }
        }
        Ok(candidates)
    }
}

fn match_alerts(alerts: &[Alert], candidates: &[NewEntity]) -> Vec<Notice> {
    let mut wanted: Vec<(&Alert, Query)> = Vec::new();
    for alert in alerts {
        match Query::parse(&alert.wanted.query) {
            Ok(query) => wanted.push((alert, query)),
            Err(why) => {
                tracing::error!(alert = alert.number, %why, "the query of an alert can no longer be read: it reports nothing");
            }
        }
    }
    let mut notices = Vec::new();
    for NewEntity { entry, change, awaits_text } in candidates {
        let mut interested = wanted
            .iter()
            .filter(|(alert, _)| alert.after < change.seq && alert.wanted.filter.holds(entry))
            .peekable();
        if interested.peek().is_none() {
            continue;
        }
        let analysed = Analysed::new(entry);
        notices.extend(interested.filter(|(_, query)| analysed.matches(query)).map(|(alert, _)| Notice {
            alert: alert.number,
            entity: entry.id.clone(),
            at: change.at,
            due: when::schedule_news(alert.wanted.frequency, change.at, *awaits_text),
        }));
    }
    notices
}
