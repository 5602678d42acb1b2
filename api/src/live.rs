//! The follower "live": committed changes, broadcast to subscribers. The log is read once for all of them.

use std::{
    collections::{BTreeMap, HashMap},
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicI64, Ordering},
    },
};

use async_trait::async_trait;
use futures::{Stream, stream};
use raadhuis_followers::{Follower, FollowerError, SearchEntryBuilder};
use raadhuis_schema::{Action, Change, EntityId};
use raadhuis_search::{Entry, entry::KINDS, matching::Analysed};
use raadhuis_store::{Archive, SharedStore, Stored};
use tokio::sync::broadcast::{self, error::RecvError};

use crate::middleware::client_ip::Client;

/// The most subscribers at once: of all visitors together, and of one visitor.
const MOST: usize = 500;
const MOST_OF_ONE: usize = 20;

/// The capacity of the broadcast in changes. Each change holds the words of a document.
const WAITING: usize = 512;

/// The most lines of the change log that one step reads.
const BATCH: u32 = 100;

/// One changed entity, as subscribers receive it.
#[derive(Debug)]
pub struct Fresh {
    pub stored: Stored,
    pub words: Analysed<Entry>,
    pub action: Action,
    pub seq: i64,
}

/// The broadcast of changes, and its subscribers.
#[derive(Clone)]
pub struct ChangeBroadcast {
    store: SharedStore,
    builder: SearchEntryBuilder,
    sender: broadcast::Sender<Arc<Fresh>>,
    subscribers: Arc<Mutex<Subscribers>>,
    /// The number of the last change that was read; 0 before the first read.
    cursor: Arc<AtomicI64>,
}

#[derive(Debug, Default)]
struct Subscribers {
    count: usize,
    by_visitor: HashMap<Client, usize>,
}

/// One subscriber. Dropping it frees its place in the counts.
struct Subscriber {
    receiver: broadcast::Receiver<Arc<Fresh>>,
    subscribers: Arc<Mutex<Subscribers>>,
    visitor: Option<Client>,
}

impl Drop for Subscriber {
    fn drop(&mut self) {
        let mut subscribers = self.subscribers.lock().unwrap_or_else(PoisonError::into_inner);
        subscribers.count -= 1;
        if let Some(visitor) = &self.visitor
            && let Some(own) = subscribers.by_visitor.get_mut(visitor)
        {
            *own -= 1;
            if *own == 0 {
                subscribers.by_visitor.remove(visitor);
            }
        }
    }
}

#[async_trait]
impl Follower for ChangeBroadcast {
    fn name(&self) -> &'static str {
        "live"
    }

    async fn cursor(&self) -> Result<i64, FollowerError> {
        Ok(self.last_seen())
    }

    async fn take_next(&self) -> Result<bool, FollowerError> {
        let after = self.last_seen();
        // Read the end first: a subscriber that arrives later then begins at this end or after it.
        let end = self.store.last_change().await?;
        if self.subscribers().count == 0 || end <= after {
            self.cursor.store(end, Ordering::SeqCst);
            return Ok(false);
        }
        let changes = self.store.changes(after, BATCH).await?;
        let Some(last) = changes.last().map(|change| change.seq) else { return Ok(false) };
        let fresh = self.load_fresh(&changes).await?;
        let sender = self.sender.clone();
        // Splitting words is CPU-heavy. Entries are analysed one after the other, so that a quick subscriber loses none.
        tokio::task::spawn_blocking(move || {
            for (stored, entry, action, seq) in fresh {
                // Without subscribers `send` fails; that is no error.
                let _ = sender.send(Arc::new(Fresh { stored, words: Analysed::new(entry), action, seq }));
            }
        })
        .await?;
        self.cursor.store(last, Ordering::SeqCst);
        Ok(true)
    }
}

impl ChangeBroadcast {
    /// A broadcast of what `store` commits, without subscribers. A [`raadhuis_followers::FollowerGroup`] must drive it.
    pub fn new(store: SharedStore, archive: Archive) -> Self {
        Self {
            builder: SearchEntryBuilder::new(store.clone(), archive),
            store,
            sender: broadcast::channel(WAITING).0,
            subscribers: Arc::default(),
            cursor: Arc::default(),
        }
    }

    pub(crate) fn last_seen(&self) -> i64 {
        self.cursor.load(Ordering::SeqCst)
    }

    fn subscribers(&self) -> MutexGuard<'_, Subscribers> {
        self.subscribers.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The changes that are committed from now on. A subscriber that cannot keep up gets an error as its last item.
    ///
    /// # Errors
    /// The limit of subscribers is reached, or the store failed; the text says which.
    pub async fn subscribe(
        &self,
        visitor: Option<Client>,
    ) -> Result<impl Stream<Item = Result<Arc<Fresh>, String>> + use<>, String> {
        let subscriber = self.add_subscriber(visitor)?;
        // Changes up to here were committed before the subscription; other subscribers may still receive them.
        let begin = self.store.last_change().await.map_err(|_| "the store does not answer".to_owned())?;
        Ok(stream::unfold(Some(subscriber), move |subscriber| async move {
            let mut subscriber = subscriber?;
            loop {
                return match subscriber.receiver.recv().await {
                    Ok(fresh) if fresh.seq <= begin => continue,
                    Ok(fresh) => Some((Ok(fresh), Some(subscriber))),
                    Err(RecvError::Closed) => None,
                    Err(RecvError::Lagged(missed)) => {
                        let why =
                            format!("{missed} changes came faster than they were taken; go on with changes");
                        Some((Err(why), None))
                    }
                };
            }
        }))
    }

    fn add_subscriber(&self, visitor: Option<Client>) -> Result<Subscriber, String> {
        let mut subscribers = self.subscribers();
        if subscribers.count >= MOST {
            return Err(format!(
                "{MOST} follow already; changes tells the same to whoever asks again and again"
            ));
        }
        if let Some(visitor) = &visitor {
            let own = subscribers.by_visitor.entry(visitor.clone()).or_default();
            if *own >= MOST_OF_ONE {
                return Err(format!("you follow {MOST_OF_ONE} already; a filter may hold several things"));
            }
            *own += 1;
        }
        subscribers.count += 1;
        let receiver = self.sender.subscribe();
        Ok(Subscriber { receiver, subscribers: Arc::clone(&self.subscribers), visitor })
    }

    /// The living entities that these changes are about, each once, in the order of their last change.
    async fn load_fresh(
        &self,
        changes: &[Change],
    ) -> Result<Vec<(Stored, Entry, Action, i64)>, FollowerError> {
        let documents = self.builder.find_documents(changes).await?;
        let mut last_changes: BTreeMap<EntityId, (Action, i64)> = BTreeMap::new();
        for change in changes {
            let (entity, action) = match documents.get(&change.id) {
                Some(document) => (document, Action::Updated),
                None => (&change.id, change.action),
            };
            if KINDS.contains(&entity.kind()) {
                // An entity that is created and updated at once is created.
                let last = last_changes.entry(entity.clone()).or_insert((action, change.seq));
                last.1 = change.seq;
            }
        }
        let ids: Vec<EntityId> = last_changes.keys().cloned().collect();
        let living = self.store.get(&ids).await?;
        let mut entries: BTreeMap<EntityId, Entry> = BTreeMap::new();
        for entry in self.builder.build_entries(&living).await? {
            entries.insert(entry.id.clone(), entry);
        }
        let mut fresh = Vec::new();
        for stored in living {
            let id = stored.entity.id();
            if let (Some((action, seq)), Some(entry)) = (last_changes.get(id), entries.remove(id)) {
                fresh.push((stored, entry, *action, *seq));
            }
        }
        fresh.sort_by_key(|(_, _, _, seq)| *seq);
        Ok(fresh)
    }
}
