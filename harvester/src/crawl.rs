//! The one loop: ask, judge, read, keep. Suppliers say what; this says how, for all of them alike.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap, HashSet, VecDeque},
    sync::Arc,
};

use futures::{StreamExt, stream::FuturesUnordered};
use raadhuis_schema::{
    Commit, Content, ContentHash, Counts, Entity, EntityId, Kind, Origin, Remark, RemarkCode, Scope, Source,
    Standing, Window,
};
use raadhuis_store::{Archive, SharedStore};

use crate::{
    HarvestError, Progress,
    supplier::{Answer, Harvested, Judgement, Supplier, Wants},
    transport::{Transport, TransportError},
};

mod listings;
mod speakers;

/// Requests under way at once. The pace decides how often we ask; this only hides latency.
const AT_ONCE: usize = 4;

/// Questions of one run: a payload that keeps naming new ones is cut off here.
const MOST_TASKS: usize = 500_000;

/// How often a question is put again that was answered by "too often".
const MOST_PATIENCE: u32 = 3;

/// What the loop needs of the world.
#[derive(Clone)]
pub struct World {
    /// Where entities go.
    pub store: SharedStore,
    /// Where payloads go.
    pub archive: Archive,
    /// How requests travel.
    pub transport: Arc<dyn Transport>,
    /// Who watches.
    pub progress: Arc<Progress>,
}

/// What a crawl came to.
#[derive(Debug, Default)]
pub struct Tally {
    /// Questions asked.
    pub requests: u64,
    /// Bytes received.
    pub bytes: u64,
    /// What changed, per kind.
    pub changes: BTreeMap<Kind, Counts>,
    /// What was named, changed or not.
    pub seen: BTreeMap<Kind, BTreeSet<EntityId>>,
    /// Documents of which somebody said of what sort they are.
    pub typed: BTreeSet<EntityId>,
    /// What a person should know.
    pub remarks: Vec<Remark>,
    /// Questions that led to a readable answer.
    pub answered: u64,
    /// Houses (not merely their portals) that kept us out, so that questions were left.
    pub closed: BTreeSet<String>,
}

/// Asks one source everything about `window`.
///
/// # Errors
/// The store or the archive failed. Whatever a supplier does is a remark.
pub async fn crawl<S: Supplier>(
    world: &World,
    source: &Source,
    window: Window,
    run: i64,
) -> Result<Tally, HarvestError> {
    let mut crawl = Crawl::<S> {
        world,
        source,
        run,
        queue: VecDeque::new(),
        pages: VecDeque::new(),
        known: HashSet::new(),
        listed: HashMap::new(),
        whole: Vec::new(),
        described: HashSet::new(),
        closed_portals: BTreeSet::new(),
        left: BTreeMap::new(),
        patience: HashMap::new(),
        tally: Tally::default(),
    };
    for task in S::start(source, window) {
        crawl.enqueue(task);
    }
    let mut under_way = FuturesUnordered::new();
    loop {
        while under_way.len() < AT_ONCE
            && let Some(task) = crawl.take()
        {
            let request = S::request(source, &task);
            under_way.push(async move { (world.transport.send(&request).await, task) });
        }
        let Some((outcome, task)) = under_way.next().await else {
            crawl.believe_the_listings().await?;
            return Ok(crawl.tally);
        };
        crawl.handle(&task, outcome).await?;
        Progress::add(&world.progress.done, 1);
    }
}

struct Crawl<'a, S: Supplier> {
    world: &'a World,
    source: &'a Source,
    run: i64,
    queue: VecDeque<S::Task>,
    /// Pages of the portal, which are slow and come when nothing else is left to ask.
    pages: VecDeque<S::Task>,
    known: HashSet<String>,
    /// What each listing named so far, page after page.
    listed: HashMap<(Origin, Option<Window>), BTreeSet<EntityId>>,
    /// What listings said everything about. Believed when all have spoken: what one leaves out, another may have.
    whole: Vec<Scope>,
    /// Entities that an answer of this run described in full.
    described: HashSet<EntityId>,
    /// Houses whose portal keeps us out while their interface may be open. Either is left alone for the rest of the run.
    closed_portals: BTreeSet<String>,
    /// How many questions were not put to houses that keep us out.
    left: BTreeMap<String, u64>,
    /// How often a question was put again because the supplier asked for patience.
    patience: HashMap<String, u32>,
    tally: Tally,
}

impl<S: Supplier> Crawl<'_, S> {
    fn enqueue(&mut self, task: S::Task) {
        if self.known.len() == MOST_TASKS {
            let why = format!("more than {MOST_TASKS} questions: the rest was not asked");
            self.tally.remarks.push(Remark::unanswered(RemarkCode::TooLarge, &S::name(&task), &why));
        }
        if self.known.len() <= MOST_TASKS && self.known.insert(S::name(&task)) {
            let queue = if self.is_page(&task) { &mut self.pages } else { &mut self.queue };
            queue.push_back(task);
            Progress::add(&self.world.progress.known, 1);
        }
    }

    /// The next question that is not needless.
    fn take(&mut self) -> Option<S::Task> {
        while let Some(task) = self.queue.pop_front().or_else(|| self.pages.pop_front()) {
            let is_answered = S::answered_by(self.source, &task).iter().any(|id| self.described.contains(id));
            if !is_answered && !self.is_closed(&task) {
                return Some(task);
            }
            if !is_answered {
                let house = S::request(self.source, &task).house().to_owned();
                *self.left.entry(house).or_default() += 1;
            }
            Progress::add(&self.world.progress.done, 1);
        }
        None
    }

    fn is_page(&self, task: &S::Task) -> bool {
        S::request(self.source, task).wants == Wants::Page
    }

    fn is_closed(&self, task: &S::Task) -> bool {
        let request = S::request(self.source, task);
        let is_page = request.wants == Wants::Page;
        self.tally.closed.contains(request.house())
            || (is_page && self.closed_portals.contains(request.house()))
    }

    /// Leaves a house that keeps us out alone: asking on makes it worse.
    fn close(&mut self, task: &S::Task) {
        let request = S::request(self.source, task);
        let closed =
            if request.wants == Wants::Page { &mut self.closed_portals } else { &mut self.tally.closed };
        closed.insert(request.house().to_owned());
    }

    /// Puts a question again after a pause, some times.
    async fn again(&mut self, task: &S::Task) -> bool {
        let times = self.patience.entry(S::name(task)).or_default();
        *times += 1;
        let times = *times;
        if times > MOST_PATIENCE {
            return false;
        }
        self.world.transport.pause(&S::request(self.source, task), times).await;
        self.queue.push_front(task.clone());
        true
    }

    async fn handle(
        &mut self,
        task: &S::Task,
        outcome: Result<Answer, TransportError>,
    ) -> Result<(), HarvestError> {
        self.tally.requests += 1;
        let answer = match outcome {
            Ok(answer) => answer,
            Err(TransportError::TimedOut) if self.narrow(task) => return Ok(()),
            Err(error) => {
                if matches!(error, TransportError::Disallowed { whole: true, .. }) {
                    self.close(task);
                }
                return self.remark(task, error.code(), &error.to_string()).await;
            }
        };
        self.tally.bytes += answer.bytes.len() as u64;
        match S::judge(task, &answer) {
            Judgement::Content => {}
            Judgement::TooMuch if self.narrow(task) => return Ok(()),
            // After a 429 the transport was patient already.
            Judgement::Throttled if answer.status != 429 && self.again(task).await => return Ok(()),
            other => {
                if matches!(other, Judgement::Blocked(_) | Judgement::Throttled) {
                    self.close(task);
                }
                let (code, why) = in_words(&other, answer.status);
                return self.remark(task, code, &why).await;
            }
        }
        match S::read(self.source, task, &answer) {
            Ok(harvested) => self.keep(task, &answer, harvested).await,
            Err(unreadable) => {
                let remark = Remark::unreadable(&S::name(task), &unreadable.0);
                let harvested = Harvested { remarks: vec![remark], ..Harvested::default() };
                self.commit(S::name(task), answer.fetched, harvested, None).await
            }
        }
    }

    fn narrow(&mut self, task: &S::Task) -> bool {
        let Some(narrower) = S::narrow(task) else { return false };
        for task in narrower {
            self.enqueue(task);
        }
        true
    }

    async fn keep(
        &mut self,
        task: &S::Task,
        answer: &Answer,
        mut harvested: Harvested<S::Task>,
    ) -> Result<(), HarvestError> {
        self.tally.answered += u64::from(answer.status == 200);
        for part in &harvested.parts {
            let id = part.entity().clone();
            if let Content::Says(entity) = &part.content {
                if matches!(&**entity, Entity::Document(document) if document.kind.is_some()) {
                    self.tally.typed.insert(id.clone());
                }
                self.tally.seen.entry(id.kind()).or_default().insert(id.clone());
            }
            if part.standing == Standing::Detail {
                self.described.insert(id);
            }
        }
        self.name_speakers(&mut harvested).await?;
        self.check_totals(task, &mut harvested);
        self.set_listings_aside(&mut harvested);
        for next in std::mem::take(&mut harvested.next) {
            self.enqueue(next);
        }
        // The archive first: a commit without its payload is a broken promise. A payload without its commit is found
        // again by the note that was made before it.
        let payload = match S::redact(task, answer) {
            Some(redacted) => {
                let name = ContentHash::of_bytes(S::name(task).as_bytes());
                let key = format!("payload/{}/{name}", self.source.key);
                self.world.store.reserve(std::slice::from_ref(&key)).await?;
                self.world.archive.put(&key, &redacted).await?;
                Some(key)
            }
            None => None,
        };
        self.commit(S::name(task), answer.fetched, harvested, payload).await
    }

    async fn remark(&mut self, task: &S::Task, code: RemarkCode, why: &str) -> Result<(), HarvestError> {
        let remark = Remark::unanswered(code, &S::name(task), why);
        let harvested = Harvested { remarks: vec![remark], ..Harvested::default() };
        self.commit(S::name(task), jiff::Timestamp::now(), harvested, None).await
    }

    async fn commit(
        &mut self,
        task: String,
        fetched: jiff::Timestamp,
        harvested: Harvested<S::Task>,
        payload: Option<String>,
    ) -> Result<(), HarvestError> {
        self.tally.remarks.extend(harvested.remarks.iter().cloned());
        let commit = Commit {
            source: self.source.key.clone(),
            run: self.run,
            task,
            fetched,
            payload,
            parts: harvested.parts,
            complete: harvested.complete,
            remarks: harvested.remarks,
            cursor: None,
        };
        let committed = self.world.store.commit(commit).await?;
        for change in &committed.changes {
            self.tally.changes.entry(change.kind()).or_default().add(change.action);
        }
        Ok(())
    }
}

pub(crate) fn in_words(judgement: &Judgement, status: u16) -> (RemarkCode, String) {
    match judgement {
        Judgement::Gone => (RemarkCode::Gone, format!("HTTP {status}: it is no longer there")),
        Judgement::Refused(why) => (RemarkCode::Refused, why.clone()),
        Judgement::Throttled => (RemarkCode::Throttled, format!("HTTP {status}: asked too often")),
        Judgement::Blocked(why) => (RemarkCode::Blocked, why.clone()),
        Judgement::TooMuch => (RemarkCode::Failed, format!("HTTP {status}, also for the narrowest question")),
        Judgement::Broken(why) => (RemarkCode::Failed, why.clone()),
        Judgement::Content => (RemarkCode::Failed, "an answer that is none".into()),
    }
}
