//! The follower "alerts": it matches new entities with alerts (`matches`) and sends messages to readers (`delivery`). Its
//! cursor is in the store of alerts. Every process that serves drives it, so that messages are also sent when another
//! process harvests.

use std::{convert::Infallible, sync::Arc, time::Duration};

use async_trait::async_trait;
use jiff::Timestamp;
use raadhuis_alerts::{AlertStore, Mailer, mail::Sender};
use raadhuis_store::{Archive, SharedStore};

use crate::{Follower, FollowerError, SearchEntryBuilder};

mod delivery;
mod matches;
mod webhook;

pub use webhook::WebhookClient;

/// The interval between two checks for messages that are due.
const DELIVERY_INTERVAL: Duration = Duration::from_millis(700);

/// The interval between two cleanups of the store of alerts.
const TIDY_INTERVAL: Duration = Duration::from_mins(15);

pub struct AlertFollower {
    store: SharedStore,
    builder: SearchEntryBuilder,
    alerts: AlertStore,
    senders: Senders,
}

/// The clients that send messages, and the sender that messages name.
pub struct Senders {
    /// The mail server; `None` when no mail is sent.
    pub mailer: Option<Mailer>,
    pub webhooks: WebhookClient,
    pub sender: Sender,
}

pub trait Clock: Fn() -> Timestamp + Clone + Send + 'static {}

impl<T: Fn() -> Timestamp + Clone + Send + 'static> Clock for T {}

#[async_trait]
impl Follower for AlertFollower {
    fn name(&self) -> &'static str {
        "alerts"
    }

    async fn cursor(&self) -> Result<i64, FollowerError> {
        Ok(self.alerts.read_cursor().await?)
    }

    async fn take_next(&self) -> Result<bool, FollowerError> {
        self.note_matches().await
    }
}

impl AlertFollower {
    /// A follower for the alerts in `alerts`.
    pub fn new(store: SharedStore, archive: Archive, alerts: AlertStore, senders: Senders) -> Self {
        let builder = SearchEntryBuilder::new(store.clone(), archive);
        Self { store, builder, alerts, senders }
    }

    /// Sends due messages until the future is dropped. It runs beside the follower, so a slow receiver does not delay
    /// matching.
    pub async fn deliver(self: Arc<Self>) -> Infallible {
        let delivering = async {
            loop {
                if let Err(error) = self.deliver_due(Timestamp::now).await {
                    tracing::error!(%error, "messages of alerts are not sent");
                }
                tokio::time::sleep(DELIVERY_INTERVAL).await;
            }
        };
        let tidying = async {
            loop {
                if let Err(error) = self.alerts.delete_expired(Timestamp::now()).await {
                    tracing::error!(%error, "the store of alerts is not tidied");
                }
                tokio::time::sleep(TIDY_INTERVAL).await;
            }
        };
        tokio::select! {
            never = delivering => never,
            never = tidying => never,
        }
    }

    /// Follows the log to its end, then sends the messages that are due by `clock`.
    ///
    /// # Errors
    /// The store, the archive or the store of alerts failed.
    pub async fn run_once(self: &Arc<Self>, clock: impl Clock) -> Result<(), FollowerError> {
        while self.take_next().await? {}
        self.deliver_due(clock).await
    }
}
