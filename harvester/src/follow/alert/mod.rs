//! The follower "alerts": what is new for whom (`news`), and the letters that tell it (`letter`). Its cursor lives in the book
//! of alerts; whoever serves runs it, so that letters leave also where another program harvests.

use std::{convert::Infallible, sync::Arc, time::Duration};

use jiff::Timestamp;
use raadhuis_alerts::{AlertError, Book, Mailer, mail::Sender};
use raadhuis_projection::Unseen;
use raadhuis_store::{Archive, SharedStore, StoreError};

use crate::{HarvestError, transport::Hooks};

mod letter;
mod news;

/// How long it sleeps between two looks at the log.
const CLOSE_BEHIND: Duration = Duration::from_millis(700);

/// So many looks from one tidying of the book to the next: some quarter of an hour.
const TIDY_EVERY: u32 = 1_300;

/// Tells readers what is new.
pub struct Teller {
    /// Where things stand.
    pub store: SharedStore,
    /// Where their texts lie.
    pub archive: Archive,
    /// Who wants to be told what.
    pub book: Book,
    /// By whom letters go; without it none leave by mail.
    pub mailer: Option<Mailer>,
    /// What speaks to webhooks.
    pub hooks: Hooks,
    /// Who signs.
    pub sender: Sender,
}

/// Why something was not told.
#[derive(Debug, thiserror::Error)]
pub enum Untold {
    /// The store or the archive.
    #[error(transparent)]
    Harvest(#[from] HarvestError),
    /// The book.
    #[error(transparent)]
    Book(#[from] AlertError),
}

impl From<Unseen> for Untold {
    fn from(error: Unseen) -> Self {
        Self::Harvest(error.into())
    }
}

impl From<StoreError> for Untold {
    fn from(error: StoreError) -> Self {
        Self::Harvest(error.into())
    }
}

impl Teller {
    /// Tells until it is dropped. What fails is said in the log, and tried again.
    pub async fn run(self: Arc<Self>) -> Infallible {
        let mut looks = 0_u32;
        loop {
            let done = async {
                if looks.is_multiple_of(TIDY_EVERY) {
                    self.book.tidy(Timestamp::now()).await?;
                }
                self.look(Timestamp::now()).await
            };
            if let Err(why) = done.await {
                tracing::error!(error = %why, "alerts are held up");
            }
            looks = looks.wrapping_add(1);
            tokio::time::sleep(CLOSE_BEHIND).await;
        }
    }

    /// Looks once: follows the log to its end, and sends what is due at that moment.
    ///
    /// # Errors
    /// The store, the archive or the book failed.
    pub async fn look(&self, now: Timestamp) -> Result<(), Untold> {
        while self.follow().await? {}
        while self.deliver(now).await? {}
        Ok(())
    }
}
