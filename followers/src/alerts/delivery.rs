//! Delivers messages to readers. The content of a message is loaded when it is sent, so that it never names an entity
//! that was taken down meanwhile.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use jiff::Timestamp;
use raadhuis_alerts::{
    Channel, Key, KeyPurpose, Notification, NotificationItem, SendError, mail, webhook, when,
};
use raadhuis_schema::{Entity, EntityId, Kind};
use raadhuis_search::{Entry, Query, matching::Analysed, snippet::Marker};
use tokio::task::JoinSet;
use url::Url;

use super::{AlertFollower, Clock};
use crate::FollowerError;

/// The most messages that are sent at the same time.
const AT_ONCE: usize = 16;

/// The longest time to send a message; shorter than its lease in the store.
const SEND_TIMEOUT: Duration = Duration::from_secs(45);

impl AlertFollower {
    /// Sends the messages that are due, [`AT_ONCE`] at a time.
    pub(super) async fn deliver_due(self: &Arc<Self>, clock: impl Clock) -> Result<(), FollowerError> {
        // Each message has its own task: one that uses the store of alerts must proceed while this loop waits for the
        // next message.
        let mut leaving = JoinSet::new();
        loop {
            while leaving.len() < AT_ONCE
                && let Some(notification) = self.alerts.take_notification(clock()).await?
            {
                let (follower, clock) = (Arc::clone(self), clock.clone());
                leaving.spawn(async move { follower.deliver_notification(notification, clock).await });
            }
            match leaving.join_next().await {
                Some(delivered) => delivered??,
                None => return Ok(()),
            }
        }
    }

    async fn deliver_notification(
        &self,
        notification: Notification,
        clock: impl Clock,
    ) -> Result<(), FollowerError> {
        let late = SendError { why: "it took too long".into(), for_good: false };
        let sent = tokio::time::timeout(SEND_TIMEOUT, self.send_notification(&notification))
            .await
            .unwrap_or(Ok(Err(late)));
        let sent = sent.unwrap_or_else(|why| {
            tracing::error!(error = %why, notification = notification.number, "what a letter tells cannot be looked up");
            Err(SendError { why: "what it tells could not be looked up".into(), for_good: false })
        });
        let now = clock();
        let outcome = match sent {
            Ok(()) => {
                self.alerts.record_sent(notification.number, now).await?;
                for (_, at) in &notification.news {
                    let delay = Timestamp::now().duration_since(*at).as_secs_f64();
                    metrics::histogram!("raadhuis_notice_delay_seconds").record(delay);
                }
                "sent"
            }
            Err(SendError { why, for_good }) => {
                let again = when::schedule_retry(notification.tries, now).filter(|_| !for_good);
                tracing::warn!(
                    notification = notification.number,
                    why,
                    for_good = again.is_none(),
                    "a letter did not leave"
                );
                self.alerts.record_failure(notification.number, &why, again).await?;
                if let (true, false, Some(alert)) = (for_good, notification.asks, notification.alerts.first())
                {
                    self.alerts.silence(alert.number).await?;
                }
                if again.is_some() { "failed" } else { "given up" }
            }
        };
        metrics::counter!("raadhuis_letters_total", "outcome" => outcome).increment(1);
        Ok(())
    }

    async fn send_notification(
        &self,
        notification: &Notification,
    ) -> Result<Result<(), SendError>, FollowerError> {
        let Some(first) = notification.alerts.first() else { return Ok(Ok(())) };
        let purpose = if notification.asks { KeyPurpose::Confirm } else { KeyPurpose::Manage };
        let keys: Vec<Key> =
            notification.alerts.iter().map(|it| self.alerts.create_key(purpose, it.number)).collect();
        let items = if notification.asks { Vec::new() } else { self.load_items(notification).await? };
        if !notification.asks && items.is_empty() {
            // All its entities are gone meanwhile.
            return Ok(Ok(()));
        }
        let manage = keys.first().cloned().unwrap_or(Key(String::new()));
        let id = self.alerts.notification_id(notification.number);
        Ok(match &first.wanted.channel {
            Channel::Mail(_) => {
                let mail = if notification.asks {
                    mail::build_request(notification, &keys, &self.senders.sender)
                } else {
                    mail::build_news(notification, &items, &manage, &self.senders.sender)
                };
                match (mail, &self.senders.mailer) {
                    (Some(mail), Some(mailer)) => mailer.send_mail(&mail, &id).await,
                    (None, _) => Ok(()),
                    (_, None) => {
                        Err(SendError { why: "this service sends no mail now".into(), for_good: false })
                    }
                }
            }
            Channel::Webhook(url) => {
                let now = Timestamp::now();
                let data = if notification.asks {
                    webhook::build_request(notification, &keys, now)
                } else {
                    webhook::build_news(notification, &items, &manage, now)
                };
                let message = webhook::message(&id, &self.alerts.signing_secret(first.number), &data, now);
                self.senders.webhooks.post_message(url, &message).await
            }
        })
    }

    /// The living entities that a message names, in the order of their first sight.
    async fn load_items(&self, notification: &Notification) -> Result<Vec<NotificationItem>, FollowerError> {
        let Some(alert) = notification.alerts.first() else { return Ok(Vec::new()) };
        let ids: Vec<EntityId> = notification.news.iter().map(|(id, _)| id.clone()).collect();
        let living = self.store.get(&ids).await?;
        let entries = self.builder.build_entries(&living).await?;
        let documents: Vec<EntityId> = ids.iter().filter(|id| id.kind() == Kind::Document).cloned().collect();
        let texts = self.builder.load_texts(&documents).await?;
        let pages = self.builder.load_pages(&texts).await?;
        let owners: Vec<EntityId> = entries.iter().map(|entry| entry.authority.clone()).collect();
        let names: BTreeMap<EntityId, String> = self
            .store
            .get(&owners)
            .await?
            .into_iter()
            .filter_map(|stored| Some((stored.entity.id().clone(), stored.entity.name()?.to_owned())))
            .collect();
        let query = Query::parse(&alert.wanted.query).ok();
        let marker = query.as_ref().map(Marker::new);
        // The text of a document may have arrived since, with words that the alert excludes.
        let is_wanted = |entry: &Entry| {
            alert.wanted.filter.holds(entry)
                && query.as_ref().is_some_and(|query| Analysed::new(entry).matches(query))
        };
        let item = |id: &EntityId| {
            let entry = entries.iter().find(|entry| entry.id == *id).filter(|entry| is_wanted(entry))?;
            let source =
                living.iter().find(|stored| stored.entity.id() == id).and_then(|stored| {
                    match &stored.entity {
                        Entity::Document(it) => it.url.as_ref().map(Url::to_string),
                        _ => None,
                    }
                });
            let pages = pages.get(id).map(Vec::as_slice).unwrap_or_default();
            let best = marker.as_ref().and_then(|marker| {
                let (best, _) = marker.fragments(pages.iter().map(|page| page.text.as_str()), 1);
                best.into_iter().next()
            });
            Some(NotificationItem {
                id: id.clone(),
                kind: id.kind(),
                title: Some(entry.title.clone()).filter(|title| !title.is_empty()),
                authority: names.get(&entry.authority).cloned().unwrap_or_default(),
                day: entry.meeting_date.or(entry.published_at),
                page: best.as_ref().and_then(|best| pages.get(best.text)).map(|page| page.number),
                text: best.map(|best| best.snippet.text),
                address: format!("{}/id/{id}", self.senders.sender.address),
                source,
            })
        };
        Ok(ids.iter().filter_map(item).collect())
    }
}
