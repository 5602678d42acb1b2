//! What came to stand otherwise, for all who follow it live: looked up once, however many they are.

use std::{
    collections::{BTreeMap, HashMap},
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use crate::manners::client::Client;
use futures::{Stream, stream};
use raadhuis_projection::{Unseen, entries, papers};
use raadhuis_schema::{Action, Change, EntityId};
use raadhuis_search::{Entry, entry::KINDS, matching::Analysed};
use raadhuis_store::{Archive, SharedStore, Stored};
use tokio::sync::broadcast::{self, error::RecvError};

/// How long the log is left alone between two looks.
const CLOSE_BEHIND: Duration = Duration::from_millis(500);

/// Those that may follow at once, in all and of one visitor.
const MOST: usize = 500;
const MOST_OF_ONE: usize = 20;

/// Changes that wait for whoever is slow; each holds the words of a paper.
const WAITING: usize = 512;

/// Lines of the log that are looked at together.
const BATCH: u32 = 100;

/// Something that came to stand otherwise.
#[derive(Debug)]
pub struct Fresh {
    /// How it stands.
    pub stored: Stored,
    /// What is found of it, by words.
    pub words: Analysed<Entry>,
    /// How it came to stand so.
    pub action: Action,
    /// Its place in the log.
    pub seq: i64,
}

/// Those who follow, and who looks for them.
#[derive(Clone)]
pub struct Live {
    store: SharedStore,
    archive: Archive,
    sender: broadcast::Sender<Arc<Fresh>>,
    following: Arc<Mutex<Following>>,
}

/// How many follow, and whether somebody looks for them.
#[derive(Debug, Default)]
struct Following {
    count: usize,
    by_visitor: HashMap<Client, usize>,
    is_looked: bool,
}

/// One who follows; gone when it is dropped.
struct Follower {
    receiver: broadcast::Receiver<Arc<Fresh>>,
    following: Arc<Mutex<Following>>,
    who: Option<Client>,
}

impl Drop for Follower {
    fn drop(&mut self) {
        let mut following = self.following.lock().unwrap_or_else(PoisonError::into_inner);
        following.count -= 1;
        if let Some(who) = &self.who
            && let Some(own) = following.by_visitor.get_mut(who)
        {
            *own -= 1;
            if *own == 0 {
                following.by_visitor.remove(who);
            }
        }
    }
}

impl Live {
    /// Nobody follows yet.
    pub fn new(store: SharedStore, archive: Archive) -> Self {
        Self { store, archive, sender: broadcast::channel(WAITING).0, following: Arc::default() }
    }

    /// What comes to stand otherwise from now on. Ends with a reason for whoever cannot keep up.
    ///
    /// # Errors
    /// As many follow as may.
    pub async fn follow(
        &self,
        who: Option<Client>,
    ) -> Result<impl Stream<Item = Result<Arc<Fresh>, String>> + use<>, String> {
        let end = self.store.end().await.map_err(|_| "the store does not answer".to_owned())?;
        {
            let mut following = self.following.lock().unwrap_or_else(PoisonError::into_inner);
            if following.count >= MOST {
                return Err(format!(
                    "{MOST} follow already; changes tells the same to whoever asks again and again"
                ));
            }
            if let Some(who) = &who {
                let own = following.by_visitor.entry(who.clone()).or_default();
                if *own >= MOST_OF_ONE {
                    return Err(format!(
                        "you follow {MOST_OF_ONE} already; a filter may hold several things"
                    ));
                }
                *own += 1;
            }
            following.count += 1;
            if !following.is_looked {
                following.is_looked = true;
                tokio::spawn(self.clone().look(end));
            }
        }
        let follower =
            Follower { receiver: self.sender.subscribe(), following: Arc::clone(&self.following), who };
        Ok(stream::unfold(Some(follower), async |follower| {
            let mut follower = follower?;
            match follower.receiver.recv().await {
                Ok(fresh) => Some((Ok(fresh), Some(follower))),
                Err(RecvError::Closed) => None,
                Err(RecvError::Lagged(missed)) => {
                    let why =
                        format!("{missed} changes came faster than they were taken; go on with changes");
                    Some((Err(why), None))
                }
            }
        }))
    }

    /// Looks at the log until nobody follows any more.
    async fn look(self, mut after: i64) {
        while self.is_followed() {
            if let Err(why) = self.look_once(&mut after).await {
                tracing::error!(error = %why, "who follows live is held up");
            }
            tokio::time::sleep(CLOSE_BEHIND).await;
        }
    }

    /// Whether anybody follows; nobody looks any more where nobody does.
    fn is_followed(&self) -> bool {
        let mut following = self.following.lock().unwrap_or_else(PoisonError::into_inner);
        following.is_looked = following.count > 0;
        following.is_looked
    }

    async fn look_once(&self, after: &mut i64) -> Result<(), Unseen> {
        let changes = self.store.changes(*after, BATCH).await?;
        let Some(last) = changes.last().map(|change| change.seq) else { return Ok(()) };
        let sender = self.sender.clone();
        let fresh = self.fresh(&changes).await?;
        // Telling words apart is work for a processor. One after the other, so that who is quick enough loses none.
        let told = tokio::task::spawn_blocking(move || {
            for (stored, entry, action, seq) in fresh {
                // Nobody there is no error.
                let _ = sender.send(Arc::new(Fresh { stored, words: Analysed::of(entry), action, seq }));
            }
        });
        if let Err(why) = told.await {
            tracing::error!(error = %why, "a change cannot be told");
        }
        *after = last;
        Ok(())
    }

    /// The things of these lines that live, each once, in the order of their last line.
    async fn fresh(&self, changes: &[Change]) -> Result<Vec<(Stored, Entry, Action, i64)>, Unseen> {
        let papers = papers(&self.store, changes).await?;
        let mut lines: BTreeMap<EntityId, (Action, i64)> = BTreeMap::new();
        for change in changes {
            let (thing, action) = match papers.get(&change.id) {
                Some(paper) => (paper, Action::Updated),
                None => (&change.id, change.action),
            };
            // What is new and changes at once is new.
            let line = lines.entry(thing.clone()).or_insert((action, change.seq));
            line.1 = change.seq;
        }
        lines.retain(|id, _| KINDS.contains(&id.kind()));
        let ids: Vec<EntityId> = lines.keys().cloned().collect();
        let living = self.store.get(&ids).await?;
        let mut entries: BTreeMap<EntityId, Entry> = entries(&self.store, &self.archive, &living)
            .await?
            .into_iter()
            .map(|entry| (entry.id.clone(), entry))
            .collect();
        let mut fresh: Vec<(Stored, Entry, Action, i64)> = living
            .into_iter()
            .filter_map(|stored| {
                let id = stored.entity.id();
                let ((action, seq), entry) = (*lines.get(id)?, entries.remove(id)?);
                Some((stored, entry, action, seq))
            })
            .collect();
        fresh.sort_by_key(|it| it.3);
        Ok(fresh)
    }
}
