//! The one loop: ask, judge, read, keep. Suppliers say what; this says how, for all of them alike.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use futures::{StreamExt, stream::FuturesUnordered};
use jiff::Timestamp;
use raadhuis_schema::{
    Archived, Commit, Content, ContentHash, End, Entity, OpenRun, Owed, Policy, Purpose, Queued, Remark,
    RemarkCode, Source, Window,
};
use raadhuis_store::{Archive, Owing, SharedStore};
use tokio::{sync::RwLock, time::Instant};

use crate::{
    HarvestError, Progress,
    supplier::{Answer, EDITION, Harvested, Judgement, Supplier, Wants},
    transport::{
        Faults, Transport, TransportError,
        patience::{self, Outcome, Reading},
    },
};

mod clean;
mod limit;
mod listings;
mod missing;
mod queue;
mod reread;
mod speakers;
mod tally;

pub use limit::{CrawlRules, MAX_QUESTIONS};
use missing::Lookups;
pub use queue::ROUNDS;
use queue::{Asked, Queue};
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
    Ok(first.iter().map(|task| queue::kept::<S>(task, is_page::<S>(source, task))).chain(owed).collect())
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
    let run = opened.run;
    let before = opened.before.and_then(|account| serde_json::from_value(account).ok());
    let mut crawl = Crawl::<S> {
        world,
        source,
        run,
        window,
        rules,
        queue: Queue::of(run),
        lookups: Lookups::default(),
        closed_portals: BTreeSet::new(),
        left: BTreeMap::new(),
        rests: 0,
        rest: Instant::now(),
        tally: Tally { before: before.unwrap_or_default(), ..Tally::default() },
    };
    let mut under_way = FuturesUnordered::new();
    loop {
        while under_way.len() < AT_ONCE
            && let Some(asked) = crawl.take().await?
        {
            let request = S::request(source, &asked.task);
            let rest = crawl.rest;
            under_way.push(async move {
                tokio::time::sleep_until(rest).await;
                let mut faults = Faults::new();
                let is_wide = S::narrow(&asked.task).is_some();
                let read = |answer: &Answer| read::<S>(source, &asked.task, answer);
                let outcome = patience::ask(&*world.transport, &request, is_wide, &mut faults, read).await;
                (outcome, faults, asked)
            });
        }
        if let Some((outcome, faults, asked)) = under_way.next().await {
            crawl.tally.requests += 1;
            crawl.tally.questions += 1;
            crawl.tally.add_faults(faults);
            crawl.handle(&asked, outcome).await?;
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
    async fn take(&mut self) -> Result<Option<Asked<S::Task>>, HarvestError> {
        while let Some(asked) = self.queue.next(&self.world.store).await? {
            let ids = S::answered_by(self.source, &asked.task);
            let is_answered = !ids.is_empty() && self.world.store.described(self.run, &ids).await?;
            if !is_answered && !self.is_at_limit() && !self.is_closed(&asked.task) {
                return Ok(Some(asked));
            }
            if is_answered {
                self.commit(&asked, End::Answered, Harvested::default(), None).await?;
            } else if self.is_at_limit() {
                self.leave_at_limit(&asked).await?;
            } else {
                let house = S::request(self.source, &asked.task).house().to_owned();
                *self.left.entry(house).or_default() += 1;
                let why = "not asked, because the host keeps us out";
                let code =
                    if self.tally.closed.is_empty() { RemarkCode::Disallowed } else { RemarkCode::Blocked };
                let end = End::Left(Box::new(self.owed(&asked, code, why)));
                self.commit(&asked, end, Harvested::default(), None).await?;
            }
            Progress::add(&self.world.progress.done, 1);
        }
        Ok(None)
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

    async fn handle(
        &mut self,
        asked: &Asked<S::Task>,
        outcome: Outcome<Harvested<S::Task>>,
    ) -> Result<(), HarvestError> {
        let task = &asked.task;
        let (code, why) = match outcome {
            Outcome::Read(answer, harvested) => {
                self.rests = 0;
                self.tally.bytes += answer.bytes.len() as u64;
                self.lookups.note(&S::name(task), S::is_lookup(task) == Some(true));
                return self.keep(asked, &answer, harvested).await;
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
                return self.commit(asked, End::Answered, harvested, None).await;
            }
            Outcome::Judged(_, Judgement::Gone | Judgement::Refused(_)) if S::is_lookup(task).is_some() => {
                self.lookups.note(&S::name(task), false);
                return self.commit(asked, End::Answered, Harvested::default(), None).await;
            }
            // A page of HTML for one meeting that is gone says nothing of the host.
            Outcome::Judged(Answer { status: 404, .. }, _) if S::is_lookup(task).is_some() => {
                return self.commit(asked, End::Answered, Harvested::default(), None).await;
            }
            Outcome::Judged(answer, judgement) => {
                if matches!(judgement, Judgement::Blocked(_) | Judgement::Throttled) {
                    self.close(task);
                }
                in_words(&judgement, answer.status)
            }
            Outcome::None(TransportError::Resting(pause))
                if self.rests < MOST_RESTS && asked.root.is_none() =>
            {
                // Those that are under way together are told so together: that is one rest.
                let now = Instant::now();
                if self.rest <= now {
                    self.rests += 1;
                    self.rest = now + pause;
                }
                self.queue.put_back(asked.clone());
                return Ok(());
            }
            Outcome::None(error) => {
                if error.is_of_the_whole_host() {
                    self.close(task);
                }
                (error.code(), error.to_string())
            }
        };
        // What may pass is put again at the end of the run; the remark is made when it is given up.
        let passes = matches!(code, RemarkCode::Failed | RemarkCode::TimedOut | RemarkCode::Unreadable);
        if passes && !self.is_closed(task) && asked.root.is_none() && self.queue.again() {
            return self.commit(asked, End::Again, Harvested::default(), None).await;
        }
        let remark = Remark::unanswered(code, &S::name(task), &why);
        // What a lookup did not learn, the next run asks again.
        let end = match S::is_lookup(task) {
            Some(_) => End::Answered,
            None => End::Left(Box::new(self.owed(asked, code, &why))),
        };
        let harvested = Harvested { remarks: vec![remark], ..Harvested::default() };
        self.commit(asked, end, harvested, None).await
    }

    /// Keeps an answer, and what it says.
    async fn keep(
        &mut self,
        asked: &Asked<S::Task>,
        answer: &Answer,
        mut harvested: Harvested<S::Task>,
    ) -> Result<(), HarvestError> {
        let task = &asked.task;
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
        let is_struck = clean::clean(&S::name(task), &mut harvested);
        // Numbers of persons stand in the answer itself: it is not kept.
        let kept = match S::redact(task, answer).filter(|_| !is_struck) {
            Some(redacted) => {
                // Who speaks depends on whom we know, not on the answer alone.
                let may_be_known = harvested.speakers.is_empty();
                Some(self.archive(task, answer.fetched, &redacted, may_be_known).await?)
            }
            None => None,
        };
        self.commit(asked, End::Answered, harvested, Some((answer.fetched, kept))).await
    }

    /// Puts an answer into the archive, unless it lies there already; whether it does.
    ///
    /// The archive comes first: a commit without its payload is a broken promise. A payload without its commit is found
    /// again by the note that was made before it.
    async fn archive(
        &self,
        task: &S::Task,
        fetched: Timestamp,
        redacted: &[u8],
        may_be_known: bool,
    ) -> Result<(Archived, bool), HarvestError> {
        let name = ContentHash::of_bytes(S::name(task).as_bytes());
        let answer = Archived {
            payload: format!("payload/{}/{name}", self.source.key),
            // A question is made of plain values, which always serialise.
            task: serde_json::to_value(task).unwrap_or_default(),
            sha256: ContentHash::of_bytes(redacted).to_string(),
            edition: EDITION,
            fetched,
        };
        let known = self.world.store.answer(&answer.payload).await?;
        // What an answer says depends on the question too: on what is attached to an agenda, on what is withheld.
        let is_known = known.is_some_and(|known| Archived { fetched, ..known } == answer);
        if !is_known {
            self.world.store.reserve(std::slice::from_ref(&answer.payload)).await?;
            self.world.archive.put(&answer.payload, redacted).await?;
        }
        Ok((answer, is_known && may_be_known))
    }

    /// Keeps what a question led to, what is asked next, and what becomes of the question itself, at once.
    async fn commit(
        &mut self,
        asked: &Asked<S::Task>,
        end: End,
        mut harvested: Harvested<S::Task>,
        answer: Option<(Timestamp, Option<(Archived, bool)>)>,
    ) -> Result<(), HarvestError> {
        let name = S::name(&asked.task);
        let (fetched, kept) = answer.unwrap_or_else(|| (Timestamp::now(), None));
        let (answer, is_known) = kept.unzip();
        let (volatile, next): (Vec<_>, Vec<_>) =
            std::mem::take(&mut harvested.next).into_iter().partition(|task| S::is_volatile(task));
        let root = asked.root.as_ref().unwrap_or(&name);
        Progress::add(&self.world.progress.known, volatile.len());
        if !volatile.is_empty() {
            self.queue.hang(root, volatile);
        }
        let is_done = end == End::Again || self.queue.is_done(root);
        // While something that may not be kept hangs from it, a question stays open.
        let end = if is_done || asked.root.is_some() { end } else { End::Again };
        let queued = |task| queue::kept::<S>(task, is_page::<S>(self.source, task));
        let listed = listings::set_aside(&mut harvested);
        let commit = Commit {
            payload: answer.as_ref().map(|answer| answer.payload.clone()),
            answer,
            is_unchanged: is_known.unwrap_or(false),
            parts: harvested.parts,
            complete: harvested.complete,
            listed,
            remarks: harvested.remarks,
            next: next.iter().map(queued).collect(),
            window: S::window(&asked.task),
            end: Some(end),
            account: serde_json::to_value(self.tally.account()).ok(),
            ..Commit::of(&self.source.key, self.run, &name, fetched)
        };
        let committed = self.world.store.commit(commit).await?;
        Progress::add(&self.world.progress.known, usize::try_from(committed.queued).unwrap_or(usize::MAX));
        self.tally.note_erasures(&committed);
        if let (Some(root), true) = (&asked.root, is_done) {
            let commit = Commit::of(&self.source.key, self.run, root, fetched);
            self.world.store.commit(Commit { end: Some(End::Answered), ..commit }).await?;
        }
        Ok(())
    }

    /// What is missing when a question is left.
    fn owed(&self, asked: &Asked<S::Task>, code: RemarkCode, why: &str) -> Owed {
        let task = &asked.task;
        let is_kept = !S::is_volatile(task);
        Owed {
            source: self.source.key.clone(),
            name: S::name(task),
            body: is_kept.then(|| queue::kept::<S>(task, false).body),
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

/// What an answer amounts to, and what it says if it says anything.
fn read<S: Supplier>(source: &Source, task: &S::Task, answer: &Answer) -> Reading<Harvested<S::Task>> {
    match S::judge(task, answer) {
        Judgement::Content => match S::read(source, task, answer) {
            Ok(harvested) => Reading::Says(harvested),
            Err(unreadable) => Reading::Unreadable(unreadable.0),
        },
        other => Reading::Amounts(other),
    }
}

/// Whether a question goes to a portal, which is slow and comes when nothing else is left to ask.
fn is_page<S: Supplier>(source: &Source, task: &S::Task) -> bool {
    S::request(source, task).wants == Wants::Page
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
