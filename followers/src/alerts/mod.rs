//! The follower "alerts": new entities for readers who asked to be told (`matches`), and the messages that tell them (`delivery`).
//! Its cursor is kept in the store of alerts. Each process that serves drives it, so that messages leave also where another
//! process harvests.

use std::{convert::Infallible, sync::Arc, time::Duration};

use async_trait::async_trait;
use jiff::Timestamp;
use raadhuis_alerts::{Book, Mailer, mail::Sender};
use raadhuis_store::{Archive, SharedStore};

use crate::{Follower, FollowerError, SearchEntryBuilder};

mod delivery;
mod matches;
mod webhook;

pub use webhook::WebhookClient;

/// The time between two looks for messages that are due.
const DELIVERY_INTERVAL: Duration = Duration::from_millis(700);

/// The time from one tidying of the store of alerts to the next.
const TIDY_INTERVAL: Duration = Duration::from_mins(15);

/// Tells readers what is new.
pub struct AlertFollower {
    store: SharedStore,
    builder: SearchEntryBuilder,
    book: Book,
    senders: Senders,
}

/// The ways by which messages leave.
pub struct Senders {
    /// The mail server; without it no message leaves by mail.
    pub mailer: Option<Mailer>,
    /// The client for webhooks.
    pub webhooks: WebhookClient,
    /// The service as messages name it.
    pub sender: Sender,
}

/// A source of the time.
pub trait Clock: Fn() -> Timestamp + Clone + Send + 'static {}

impl<T: Fn() -> Timestamp + Clone + Send + 'static> Clock for T {}

#[async_trait]
impl Follower for AlertFollower {
    fn name(&self) -> &'static str {
        "alerts"
    }

    async fn cursor(&self) -> Result<i64, FollowerError> {
        Ok(self.book.cursor().await?)
    }

    async fn take_next(&self) -> Result<bool, FollowerError> {
        self.note_matches().await
    }
}

impl AlertFollower {
    /// The follower over a store and an archive, for the readers in `book`.
    pub fn new(store: SharedStore, archive: Archive, book: Book, senders: Senders) -> Self {
        let builder = SearchEntryBuilder::new(store.clone(), archive);
        Self { store, builder, book, senders }
    }

    /// Sends what is due until it is dropped. Messages leave while the log is followed, and a slow receiver holds up nobody else.
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
                if let Err(error) = self.book.tidy(Timestamp::now()).await {
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

    /// Follows the log to its end, and sends what is due by that clock.
    ///
    /// # Errors
    /// The store, the archive or the store of alerts failed.
    pub async fn run_once(self: &Arc<Self>, clock: impl Clock) -> Result<(), FollowerError> {
        while self.take_next().await? {}
        self.deliver_due(clock).await
    }
}
