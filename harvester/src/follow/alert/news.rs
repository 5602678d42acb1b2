//! What is new for whom.

use std::collections::{BTreeMap, BTreeSet};

use raadhuis_alerts::{Alert, Notice, when};
use raadhuis_projection::{entries, papers, texts};
use raadhuis_schema::{Change, Entity, EntityId};
use raadhuis_search::{Entry, Query, entry::KINDS, matching::Analysed};
use raadhuis_store::Stored;

use super::{Teller, Untold};
use crate::follow::BATCH;

/// Something that may be new to somebody: its entry, the change that says so, and whether its text is still to come.
struct Candidate {
    entry: Entry,
    change: Change,
    awaits_text: bool,
}

impl Teller {
    /// Takes some lines of the log in; whether there were any.
    pub(super) async fn follow(&self) -> Result<bool, Untold> {
        let after = self.book.cursor().await?;
        let changes = self.store.changes(after, BATCH).await?;
        let Some(cursor) = changes.last().map(|change| change.seq) else { return Ok(false) };
        let alerts = self.book.speaking().await?;
        let candidates = if alerts.is_empty() { Vec::new() } else { self.candidates(&changes).await? };
        // Comparing words is work for a processor.
        let notices = tokio::task::spawn_blocking(move || notices(&alerts, &candidates)).await;
        let notices = notices.map_err(|why| Untold::Broken(why.to_string()))?;
        self.book.note((after, cursor), &notices).await?;
        Ok(true)
    }

    async fn candidates(&self, changes: &[Change]) -> Result<Vec<Candidate>, Untold> {
        let new: Vec<&Change> = changes.iter().filter(|change| when::may_be_news(change)).collect();
        // What a paper says is news of the paper.
        let papers = papers(&self.store, new.iter().copied()).await?;
        let mut by_thing: BTreeMap<&EntityId, &Change> = BTreeMap::new();
        for change in new {
            let thing = papers.get(&change.id).unwrap_or(&change.id);
            if KINDS.contains(&thing.kind()) {
                by_thing.entry(thing).or_insert(change);
            }
        }
        let ids: Vec<EntityId> = by_thing.keys().map(|id| (*id).clone()).collect();
        let living = self.store.get(&ids).await?;
        let texts = texts(&self.store, &ids).await?;
        let texts = texts.into_iter().filter(|(_, text)| text.sha256.is_some());
        let read: BTreeSet<EntityId> = texts.map(|(id, _)| id).collect();
        let awaits = |stored: &Stored| match &stored.entity {
            Entity::Document(it) => it.url.is_some() && !read.contains(it.id.any()),
            _ => false,
        };
        let awaiting: BTreeSet<EntityId> =
            living.iter().filter(|stored| awaits(stored)).map(|stored| stored.entity.id().clone()).collect();
        let entries = entries(&self.store, &self.archive, &living).await?;
        let candidate = |entry: Entry| {
            let change = (*by_thing.get(&entry.id)?).clone();
            let is_news = when::is_of_its_time(&entry, &change);
            let awaits_text = awaiting.contains(&entry.id);
            is_news.then_some(Candidate { entry, change, awaits_text })
        };
        Ok(entries.into_iter().filter_map(candidate).collect())
    }
}

/// What is noted for whom. Pure.
fn notices(alerts: &[Alert], candidates: &[Candidate]) -> Vec<Notice> {
    let wanted: Vec<(&Alert, Query)> =
        alerts.iter().filter_map(|alert| Some((alert, Query::parse(&alert.wanted.query).ok()?))).collect();
    let mut notices = Vec::new();
    for Candidate { entry, change, awaits_text } in candidates {
        let for_it =
            |(alert, _): &&(&Alert, Query)| alert.after < change.seq && alert.wanted.filter.holds(entry);
        let mut interested = wanted.iter().filter(for_it).peekable();
        if interested.peek().is_none() {
            continue;
        }
        let analysed = Analysed::of(entry);
        notices.extend(interested.filter(|(_, query)| analysed.matches(query)).map(|(alert, _)| Notice {
            alert: alert.number,
            entity: entry.id.clone(),
            at: change.at,
            due: when::due(alert.wanted.frequency, change.at, *awaits_text),
        }));
    }
    notices
}
