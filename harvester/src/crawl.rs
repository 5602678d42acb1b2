//! The one loop: ask, judge, read, keep. Suppliers say what; this says how, for all of them alike.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use bytes::Bytes;
use jiff::Timestamp;
use raadhuis_schema::{
    Archived, Commit, Content, ContentHash, End, Entity, OpenRun, Owed, Policy, Purpose, Queued, Remark,
    RemarkCode, Source, Window,
};
use raadhuis_store::{Archive, ArchiveKey, Owing, SharedStore};
use tokio::{sync::RwLock, task::JoinSet, time::Instant};

use crate::{
    HarvestError, Progress,
    supplier::{Answer, EDITION, Harvested, Judgement, Supplier},
    transport::{Transport, TransportError, patience::Outcome},
};

mod ask;
mod clean;
mod limit;
mod listings;
mod missing;
mod queue;
mod reread;
mod speakers;
mod tally;

pub(crate) use ask::join;
use ask::{Asked, Interpreted, ask_question, interpret};
pub use limit::{CrawlRules, MAX_QUESTIONS};
use missing::Lookups;
pub use queue::ROUNDS;
use queue::{Question, Queue};
pub use reread::reread;
pub use tally::{Account, Tally};

/// Requests under way at once. The pace decides how often we ask; this only hides latency.
const AT_ONCE: usize = 4;

/// Questions that failed in earlier runs and are put again in this one.
const MOST_OWED: u32 = 10_000;

/// How often in a row a host that wants rest gets it before it is left alone for this run.
const MOST_RESTS: u32 = 4;

/// What the loop needs of the world.
#[derive(Clone)]
pub struct World {
    /// Where entities go.
    pub store: SharedStore,
    /// Where payloads go.
    pub archive: Archive,
    /// Held open from noting a key of the archive until what rests on it is committed.
    pub gate: Arc<RwLock<()>>,
    /// How requests travel.
    pub transport: Arc<dyn Transport>,
    /// What is done about numbers of persons.
    pub policy: Policy,
    /// Who watches.
    pub progress: Arc<Progress>,
}

/// The first questions of a run, as the store keeps them, and those that failed before and may succeed now: all of them, or
/// those that are due.
///
/// # Errors
/// The store failed.
pub async fn first_questions<S: Supplier>(
    store: &SharedStore,
    source: &Source,
    (purpose, window): (Purpose, Window),
    due: Option<Timestamp>,
) -> Result<Vec<Queued>, HarvestError> {
    // What is due is due whatever its reason: a lasting one is looked at again after a month.
    let codes = due.is_none().then(|| RemarkCode::PASSING.into());
    let owing = Owing { due, files: Some(false), codes, ..Owing::of(&source.key, MOST_OWED) };
    let owed = store.owed(&owing).await?.into_iter();
    let owed = owed.filter_map(|owed| Some(Queued { name: owed.name, body: owed.body?, comes_last: false }));
    let first = if purpose == Purpose::Owed { Vec::new() } else { S::start(source, window) };
    let first = first.into_iter().map(|task| Question::new::<S>(source, task, None).queued());
    Ok(first.chain(owed).collect())
}

/// Asks one source everything that is open in a run over `window`.
///
/// # Errors
/// The store or the archive failed. Whatever a supplier does is a remark.
pub async fn crawl<S: Supplier>(
    world: &World,
    source: &Source,
    (opened, window): (OpenRun, Window),
    rules: CrawlRules,
) -> Result<Tally, HarvestError> {
    let (run, shared) = (opened.run, Arc::new(source.clone()));
    let before = opened.before.and_then(|account| serde_json::from_value(account).ok());
    let mut crawl = Crawl::<S> {
        world,
        source,
        run,
        window,
        rules,
        queue: Queue::new(run, Arc::clone(&shared)),
        lookups: Lookups::default(),
        closed_portals: BTreeSet::new(),
        left: BTreeMap::new(),
        rests: 0,
        rest: Instant::now(),
        tally: Tally { before: before.unwrap_or_default(), ..Tally::default() },
    };
    let mut under_way = JoinSet::new();
    loop {
        while under_way.len() < AT_ONCE
            && let Some(question) = crawl.take().await?
        {
            let (transport, source) = (Arc::clone(&world.transport), Arc::clone(&shared));
            under_way.spawn(ask_question::<S>(transport, source, question, crawl.rest));
        }
        if let Some(done) = under_way.join_next().await {
            let Asked { question, outcome, faults } = join(done).await;
            crawl.tally.requests += 1;
            crawl.tally.questions += 1;
            crawl.tally.add_faults(faults);
            crawl.handle(&question, outcome).await?;
            Progress::add(&world.progress.done, 1);
        } else if crawl.is_at_limit() {
            crawl.report_limit().await?;
            return Ok(crawl.tally);
        } else if !crawl.queue.begin_round() && !crawl.look_up_the_missing().await? {
            crawl.believe_the_listings().await?;
            return Ok(crawl.tally);
        }
    }
}

struct Crawl<'a, S: Supplier> {
    world: &'a World,
    source: &'a Source,
    run: i64,
    /// The days that the run is about.
    window: Window,
    rules: CrawlRules,
    queue: Queue<S>,
    /// The meetings that listings left out, as far as they were looked up.
    lookups: Lookups,
    /// Houses whose portal keeps us out while their interface may be open. Either is left alone for the rest of the run.
    closed_portals: BTreeSet<String>,
    /// How many questions were not put to houses that keep us out.
    left: BTreeMap<String, u64>,
    /// How often in a row a host wanted rest.
    rests: u32,
    /// Until when nothing is asked, because a host wants rest.
    rest: Instant,
    tally: Tally,
}

impl<S: Supplier> Crawl<'_, S> {
    /// The next question that is not needless.
    async fn take(&mut self) -> Result<Option<Question<S::Task>>, HarvestError> {
        while let Some(question) = self.queue.next(&self.world.store).await? {
            let ids = S::answered_by(self.source, &question.task);
            let is_answered = !ids.is_empty() && self.world.store.described(self.run, &ids).await?;
            if !is_answered && !self.is_at_limit() && !self.is_closed(&question) {
                return Ok(Some(question));
            }
            if is_answered {
                self.commit(&question, End::Answered, Harvested::default(), None).await?;
            } else if self.is_at_limit() {
                self.leave_at_limit(&question).await?;
            } else {
                let house = question.request.house().to_owned();
                *self.left.entry(house).or_default() += 1;
                let why = "not asked, because the host keeps us out";
                let code =
                    if self.tally.closed.is_empty() { RemarkCode::Disallowed } else { RemarkCode::Blocked };
                let end = End::Left(Box::new(self.owed(&question, code, why)));
                self.commit(&question, end, Harvested::default(), None).await?;
            }
            Progress::add(&self.world.progress.done, 1);
        }
        Ok(None)
    }

    fn is_closed(&self, question: &Question<S::Task>) -> bool {
        let house = question.request.house();
        self.tally.closed.contains(house) || (question.is_page() && self.closed_portals.contains(house))
    }

    /// Leaves a house that keeps us out alone: asking on makes it worse.
    fn close(&mut self, question: &Question<S::Task>) {
        let closed = if question.is_page() { &mut self.closed_portals } else { &mut self.tally.closed };
        closed.insert(question.request.house().to_owned());
    }

    async fn handle(
        &mut self,
        question: &Question<S::Task>,
        outcome: Outcome<Interpreted<S::Task>>,
    ) -> Result<(), HarvestError> {
        let task = &question.task;
        let (code, why) = match outcome {
            Outcome::Read(answer, interpreted) => {
                self.rests = 0;
                self.tally.bytes += answer.bytes.len() as u64;
                self.lookups.note(&question.name, S::is_lookup(task) == Some(true));
                return self.keep(question, &answer, interpreted).await;
            }
            Outcome::Unreadable(answer, why) => {
                self.tally.bytes += answer.bytes.len() as u64;
                (RemarkCode::Unreadable, format!("the answer cannot be read: {why}"))
            }
            Outcome::Judged(_, Judgement::TooMuch) | Outcome::None(TransportError::TimedOut)
                if S::narrow(task).is_some() =>
            {
                let next = S::narrow(task).unwrap_or_default();
                let harvested = Harvested { next, ..Harvested::default() };
                return self.commit(question, End::Answered, harvested, None).await;
            }
            Outcome::Judged(_, Judgement::Gone | Judgement::Refused(_)) if S::is_lookup(task).is_some() => {
                self.lookups.note(&question.name, false);
                return self.commit(question, End::Answered, Harvested::default(), None).await;
            }
            // A page of HTML for one meeting that is gone says nothing of the host.
            Outcome::Judged(Answer { status: 404, .. }, _) if S::is_lookup(task).is_some() => {
                return self.commit(question, End::Answered, Harvested::default(), None).await;
            }
            Outcome::Judged(answer, judgement) => {
                if matches!(judgement, Judgement::Blocked(_) | Judgement::Throttled) {
                    self.close(question);
                }
                in_words(&judgement, answer.status)
            }
            Outcome::None(TransportError::Resting(pause))
                if self.rests < MOST_RESTS && question.root.is_none() =>
            {
                // Those that are under way together are told so together: that is one rest.
                let now = Instant::now();
                if self.rest <= now {
                    self.rests += 1;
                    self.rest = now + pause;
                }
                self.queue.put_back(question.clone());
                return Ok(());
            }
            Outcome::None(error) => {
                if error.is_of_the_whole_host() {
                    self.close(question);
                }
                (error.code(), error.to_string())
            }
        };
        // What may pass is put again at the end of the run; the remark is made when it is given up.
        let passes = matches!(code, RemarkCode::Failed | RemarkCode::TimedOut | RemarkCode::Unreadable);
        if passes && !self.is_closed(question) && question.root.is_none() && self.queue.again() {
            return self.commit(question, End::Again, Harvested::default(), None).await;
        }
        let remark = Remark::unanswered(code, &question.name, &why);
        // What a lookup did not learn, the next run asks again.
        let end = match S::is_lookup(task) {
            Some(_) => End::Answered,
            None => End::Left(Box::new(self.owed(question, code, &why))),
        };
        let harvested = Harvested { remarks: vec![remark], ..Harvested::default() };
        self.commit(question, end, harvested, None).await
    }

    /// Keeps an answer, and what it says.
    async fn keep(
        &mut self,
        question: &Question<S::Task>,
        answer: &Answer,
        Interpreted { mut harvested, redacted }: Interpreted<S::Task>,
    ) -> Result<(), HarvestError> {
        self.tally.answered += u64::from(answer.status == 200);
        for part in &harvested.parts {
            let id = part.entity().clone();
            if let Content::Says(entity) = &part.content {
                if matches!(&**entity, Entity::Document(document) if document.kind.is_some()) {
                    self.tally.typed.insert(id.clone());
                }
                self.tally.seen.entry(id.kind()).or_default().insert(id);
            }
        }
        speakers::name(&self.world.store, self.source, &mut harvested).await?;
        let gate = Arc::clone(&self.world.gate);
        let _open = gate.read().await;
        let is_struck = clean::clean(&question.name, &mut harvested);
        // Numbers of persons stand in the answer itself: it is not kept.
        let kept = match redacted.filter(|_| !is_struck) {
            Some(redacted) => {
                // Who speaks depends on whom we know, not on the answer alone.
                let may_be_known = harvested.speakers.is_empty();
                Some(self.archive(question, answer.fetched, redacted.into(), may_be_known).await?)
            }
            None => None,
        };
        self.commit(question, End::Answered, harvested, Some((answer.fetched, kept))).await
    }

    /// Puts an answer into the archive, unless it lies there already; whether it does.
    ///
    /// The archive comes first: a commit without its payload is a broken promise. A payload without its commit is found
    /// again by the note that was made before it.
    async fn archive(
        &self,
        question: &Question<S::Task>,
        fetched: Timestamp,
        redacted: Bytes,
        may_be_known: bool,
    ) -> Result<(Archived, bool), HarvestError> {
        let name = ContentHash::of_bytes(question.name.as_bytes());
        let key = ArchiveKey::payload(&self.source.key, &name);
        let answer = Archived {
            payload: key.to_string(),
            task: question.body(),
            sha256: ContentHash::of_bytes(&redacted).to_string(),
            edition: EDITION,
            fetched,
        };
        let known = self.world.store.answer(&answer.payload).await?;
        // What an answer says depends on the question too: on what is attached to an agenda, on what is withheld.
        let is_known = known.is_some_and(|known| Archived { fetched, ..known } == answer);
        if !is_known {
            self.world.store.reserve(std::slice::from_ref(&answer.payload)).await?;
            self.world.archive.put(&key, redacted).await?;
        }
        Ok((answer, is_known && may_be_known))
    }

    /// Keeps what a question led to, what is asked next, and what becomes of the question itself, at once.
    async fn commit(
        &mut self,
        question: &Question<S::Task>,
        end: End,
        mut harvested: Harvested<S::Task>,
        answer: Option<(Timestamp, Option<(Archived, bool)>)>,
    ) -> Result<(), HarvestError> {
        let name = question.name.clone();
        let (fetched, kept) = answer.unwrap_or_else(|| (Timestamp::now(), None));
        let (answer, is_known) = kept.unzip();
        let (volatile, next): (Vec<_>, Vec<_>) =
            std::mem::take(&mut harvested.next).into_iter().partition(|task| S::is_volatile(task));
        let root = question.root.as_ref().unwrap_or(&name);
        Progress::add(&self.world.progress.known, volatile.len());
        if !volatile.is_empty() {
            self.queue.hang(root, volatile);
        }
        let is_done = end == End::Again || self.queue.is_done(root);
        // While something that may not be kept hangs from it, a question stays open.
        let end = if is_done || question.root.is_some() { end } else { End::Again };
        let next =
            next.into_iter().map(|task| Question::new::<S>(self.source, task, None).queued()).collect();
        let listed = listings::set_aside(&mut harvested);
        let commit = Commit {
            payload: answer.as_ref().map(|answer| answer.payload.clone()),
            answer,
            is_unchanged: is_known.unwrap_or(false),
            parts: harvested.parts,
            complete: harvested.complete,
            listed,
            remarks: harvested.remarks,
            next,
            window: S::window(&question.task),
            end: Some(end),
            account: serde_json::to_value(self.tally.account()).ok(),
            ..Commit::of(&self.source.key, self.run, &name, fetched)
        };
        let committed = self.world.store.commit(commit).await?;
        Progress::add(&self.world.progress.known, usize::try_from(committed.queued).unwrap_or(usize::MAX));
        self.tally.note_erasures(&committed);
        if let (Some(root), true) = (&question.root, is_done) {
            let commit = Commit::of(&self.source.key, self.run, root, fetched);
            self.world.store.commit(Commit { end: Some(End::Answered), ..commit }).await?;
        }
        Ok(())
    }

    /// What is missing when a question is left.
    fn owed(&self, question: &Question<S::Task>, code: RemarkCode, why: &str) -> Owed {
        let task = &question.task;
        let is_kept = !S::is_volatile(task);
        Owed {
            source: self.source.key.clone(),
            name: question.name.clone(),
            body: is_kept.then(|| question.body()),
            subject: S::subject(self.source, task),
            day: S::window(task).map(Window::first),
            code: Some(code),
            message: why.to_owned(),
            since: Timestamp::now(),
            tries: 1,
            due: Timestamp::now(),
        }
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
