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

/// From one tidying of the book to the next.
const TIDY_EVERY: Duration = Duration::from_mins(15);

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

/// What says what time it is.
pub trait Clock: Fn() -> Timestamp + Clone + Send + 'static {}

impl<T: Fn() -> Timestamp + Clone + Send + 'static> Clock for T {}

/// Why something was not told.
#[derive(Debug, thiserror::Error)]
pub enum Untold {
    /// The store or the archive.
    #[error(transparent)]
    Harvest(#[from] HarvestError),
    /// The book.
    #[error(transparent)]
    Book(#[from] AlertError),
    /// A fault of ours.
    #[error("comparing broke off: {0}")]
    Broken(String),
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
    /// Tells until it is dropped. What fails is said in the log, and tried again. Letters leave while the log is followed: who is
    /// slow to take one holds up nobody else.
    pub async fn run(self: Arc<Self>) -> Infallible {
        let following = again_and_again(|| self.follow_all());
        let delivering = again_and_again(|| self.deliver_all(Timestamp::now));
        let tidying = async {
            loop {
                if let Err(why) = self.book.tidy(Timestamp::now()).await {
                    tracing::error!(error = %why, "the book of alerts is not tidied");
                }
                tokio::time::sleep(TIDY_EVERY).await;
            }
        };
        tokio::select! {
            never = following => never,
            never = delivering => never,
            never = tidying => never,
        }
    }

    /// Looks once: follows the log to its end, and sends what is due by that clock.
    ///
    /// # Errors
    /// The store, the archive or the book failed.
    pub async fn look(self: &Arc<Self>, clock: impl Clock) -> Result<(), Untold> {
        self.follow_all().await?;
        self.deliver_all(clock).await
    }

    async fn follow_all(&self) -> Result<(), Untold> {
        while self.follow().await? {}
        Ok(())
    }
}

/// Does something for ever, with a rest in between.
async fn again_and_again<F: Future<Output = Result<(), Untold>>>(work: impl Fn() -> F) -> Infallible {
    loop {
        if let Err(why) = work().await {
            tracing::error!(error = %why, "alerts are held up");
        }
        tokio::time::sleep(CLOSE_BEHIND).await;
    }
}
