//! The loop over the questions of a run: send, classify, parse, commit. It is the same for all suppliers.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use bytes::Bytes;
use jiff::Timestamp;
use raadhuis_schema::{
    Archived, BacklogItem, CodedError, Commit, Content, ContentHash, Diagnostic, DiagnosticCode, End, Entity,
    OpenRun, Policy, Queued, RunPurpose, Source, Window, json::to_json,
};
use raadhuis_store::{Archive, ArchiveKey, BacklogQuery, SharedStore, join_task};
use tokio::{sync::RwLock, task::JoinSet, time::Instant};

use crate::{
    HarvestError, Progress,
    supplier::{AnswerClass, CrawlTask, EDITION, Harvested},
    transport::{Answer, Transport, TransportError, retry::SendOutcome},
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

use ask::{AskedQuestion, Interpreted, ask_question, interpret};
pub use limit::{CrawlRules, MAX_QUESTIONS};
use missing::Lookups;
pub use queue::ROUNDS;
use queue::{CrawlQuestion, Queue};
pub use reread::reread_answers;
pub use tally::{Account, CrawlTally};

/// Requests under way at once. The pace limits the rate; concurrency only hides latency.
const AT_ONCE: usize = 4;

/// The most failed questions of earlier runs that one run retries.
const MOST_OWED: u32 = 10_000;

/// Rests in a row that a host gets before it is left alone for the rest of the run.
const MOST_RESTS: u32 = 4;

#[derive(Clone)]
pub struct CrawlContext {
    pub store: SharedStore,
    pub archive: Archive,
    /// Read-locked from the reservation of an archive key until the commit that refers to it; write-locked by the sweep.
    pub archive_guard: Arc<RwLock<()>>,
    pub transport: Arc<dyn Transport>,
    pub policy: Policy,
    pub progress: Arc<Progress>,
}

/// Returns the first questions of a run for the store, followed by failed questions of earlier runs. With `due`, only
/// failed questions that are due by then; without, all whose failure may be temporary.
///
/// # Errors
/// The store failed.
pub async fn first_questions(
    store: &SharedStore,
    source: &Source,
    purpose: RunPurpose,
    window: Window,
    due: Option<Timestamp>,
) -> Result<Vec<Queued>, HarvestError> {
    // A due question is retried whatever its failure: lasting failures are due again after a month.
    let codes = due.is_none().then(|| DiagnosticCode::PASSING.into());
    let owing =
        BacklogQuery { due, files: Some(false), codes, ..BacklogQuery::of_source(&source.key, MOST_OWED) };
    let owed = store.list_owed(&owing).await?.into_iter();
    let owed = owed.filter_map(|owed| Some(Queued { name: owed.name, body: owed.body?, comes_last: false }));
    let first = if purpose == RunPurpose::Owed { Vec::new() } else { CrawlTask::start_tasks(source, window) };
    let first = first.into_iter().map(|task| CrawlQuestion::new(source, task, None).to_queued());
    Ok(first.chain(owed).collect())
}

/// Asks one source every open question of a run over `window`.
///
/// # Errors
/// The store or the archive failed. Failures of the supplier become diagnostics instead.
pub async fn crawl_source(
    context: &CrawlContext,
    source: &Source,
    opened: OpenRun,
    window: Window,
    rules: CrawlRules,
) -> Result<CrawlTally, HarvestError> {
    let (run, shared) = (opened.run, Arc::new(source.clone()));
    let before = opened.before.and_then(|account| serde_json::from_value(account).ok());
    let mut crawl = Crawl {
        context,
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
        tally: CrawlTally { before: before.unwrap_or_default(), ..CrawlTally::default() },
    };
    let mut under_way = JoinSet::new();
    loop {
        while under_way.len() < AT_ONCE
            && let Some(question) = crawl.next_question().await?
        {
            let (transport, source) = (Arc::clone(&context.transport), Arc::clone(&shared));
            under_way.spawn(ask_question(transport, source, question, crawl.rest));
        }
        if let Some(done) = under_way.join_next().await {
            let AskedQuestion { question, outcome, faults } = join_task(done).await;
            crawl.tally.requests += 1;
            crawl.tally.questions += 1;
            crawl.tally.add_faults(faults);
            crawl.handle_outcome(&question, outcome).await?;
            Progress::advance(&context.progress.done, 1);
        } else if crawl.is_at_limit() {
            crawl.report_limit().await?;
            return Ok(crawl.tally);
        } else if !crawl.queue.begin_round() && !crawl.look_up_the_missing().await? {
            crawl.believe_the_listings().await?;
            return Ok(crawl.tally);
        }
    }
}

struct Crawl<'a> {
    context: &'a CrawlContext,
    source: &'a Source,
    run: i64,
    window: Window,
    rules: CrawlRules,
    queue: Queue,
    lookups: Lookups,
    /// Hosts whose portal blocks us although their interface may be open. The portal is not asked again in this run.
    closed_portals: BTreeSet<String>,
    /// The number of questions not asked, by host that blocks us.
    left: BTreeMap<String, u64>,
    rests: u32,
    /// Nothing is asked before this moment, because a host asked for a rest.
    rest: Instant,
    tally: CrawlTally,
}

impl Crawl<'_> {
    /// Returns the next question to ask; closes questions that are already answered, beyond the limit, or for a blocked
    /// host.
    async fn next_question(&mut self) -> Result<Option<CrawlQuestion>, HarvestError> {
        while let Some(question) = self.queue.next(&self.context.store).await? {
            let ids = question.task.answered_by(self.source);
            let is_answered = !ids.is_empty() && self.context.store.described(self.run, &ids).await?;
            if !is_answered && !self.is_at_limit() && !self.is_closed(&question) {
                return Ok(Some(question));
            }
            if is_answered {
                self.commit_question(&question, End::Answered, Harvested::default(), None).await?;
            } else if self.is_at_limit() {
                self.leave_at_limit(&question).await?;
            } else {
                let scope = question.request.ban_scope().to_owned();
                *self.left.entry(scope).or_default() += 1;
                let why = "not asked, because the host keeps us out";
                let code = if self.tally.closed.is_empty() {
                    DiagnosticCode::Disallowed
                } else {
                    DiagnosticCode::Blocked
                };
                let end = End::Left(Box::new(self.backlog_entry(&question, code, why)));
                self.commit_question(&question, end, Harvested::default(), None).await?;
            }
            Progress::advance(&self.context.progress.done, 1);
        }
        Ok(None)
    }

    fn is_closed(&self, question: &CrawlQuestion) -> bool {
        let scope = question.request.ban_scope();
        self.tally.closed.contains(scope) || (question.is_page() && self.closed_portals.contains(scope))
    }

    /// Stops asking a host that blocks us: further requests would prolong the block.
    fn close_host(&mut self, question: &CrawlQuestion) {
        let closed = if question.is_page() { &mut self.closed_portals } else { &mut self.tally.closed };
        closed.insert(question.request.ban_scope().to_owned());
    }

    async fn handle_outcome(
        &mut self,
        question: &CrawlQuestion,
        outcome: SendOutcome<Interpreted>,
    ) -> Result<(), HarvestError> {
        let task = &question.task;
        let CodedError { code, message: why } = match outcome {
            SendOutcome::Read(answer, interpreted) => {
                self.rests = 0;
                self.tally.bytes += answer.bytes.len() as u64;
                self.lookups.note_answer(&question.name, task.is_lookup() == Some(true));
                return self.keep_answer(question, &answer, interpreted).await;
            }
            SendOutcome::Unreadable(answer, why) => {
                self.tally.bytes += answer.bytes.len() as u64;
                CodedError::new(DiagnosticCode::Unreadable, format!("the answer cannot be read: {why}"))
            }
            SendOutcome::Judged(_, AnswerClass::TooMuch) | SendOutcome::None(TransportError::TimedOut)
                if task.narrow().is_some() =>
            {
                let next = task.narrow().unwrap_or_default();
                let harvested = Harvested { next, ..Harvested::default() };
                return self.commit_question(question, End::Answered, harvested, None).await;
            }
            SendOutcome::Judged(_, AnswerClass::Gone | AnswerClass::Refused(_))
                if task.is_lookup().is_some() =>
            {
                self.lookups.note_answer(&question.name, false);
                return self.commit_question(question, End::Answered, Harvested::default(), None).await;
            }
            // An HTML error page for one missing meeting does not concern the host.
            SendOutcome::Judged(Answer { status: 404, .. }, _) if task.is_lookup().is_some() => {
                return self.commit_question(question, End::Answered, Harvested::default(), None).await;
            }
            SendOutcome::Judged(answer, judgement) => {
                if matches!(judgement, AnswerClass::Blocked(_) | AnswerClass::Throttled) {
                    self.close_host(question);
                }
                describe_class(&judgement, answer.status)
            }
            SendOutcome::None(TransportError::Resting(pause))
                if self.rests < MOST_RESTS && question.root.is_none() =>
            {
                // Concurrent requests are told to rest together: that counts as one rest.
                let now = Instant::now();
                if self.rest <= now {
                    self.rests += 1;
                    self.rest = now + pause;
                }
                self.queue.put_back(question.clone());
                return Ok(());
            }
            SendOutcome::None(error) => {
                if error.is_of_the_whole_host() {
                    self.close_host(question);
                }
                CodedError::new(error.diagnostic_code(), error.to_string())
            }
        };
        // A temporary failure is retried at the end of the run, and remarked on only when it is given up.
        let passes =
            matches!(code, DiagnosticCode::Failed | DiagnosticCode::TimedOut | DiagnosticCode::Unreadable);
        if passes && !self.is_closed(question) && question.root.is_none() && self.queue.schedule_retry() {
            return self.commit_question(question, End::Again, Harvested::default(), None).await;
        }
        let diagnostic = Diagnostic::unanswered(code, &question.name, &why);
        // A failed lookup needs no backlog entry: the next run looks the meeting up again.
        let end = match task.is_lookup() {
            Some(_) => End::Answered,
            None => End::Left(Box::new(self.backlog_entry(question, code, &why))),
        };
        let harvested = Harvested { diagnostics: vec![diagnostic], ..Harvested::default() };
        self.commit_question(question, end, harvested, None).await
    }

    async fn keep_answer(
        &mut self,
        question: &CrawlQuestion,
        answer: &Answer,
        Interpreted { mut harvested, redacted }: Interpreted,
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
        speakers::name_speakers(&self.context.store, self.source, &mut harvested).await?;
        let (harvested, is_struck) =
            clean::clean_large_answer(&question.name, answer.bytes.len(), harvested).await;
        let archive_guard = Arc::clone(&self.context.archive_guard);
        let _open = archive_guard.read().await;
        // An answer that contained personal numbers is not archived.
        let kept = match redacted.filter(|_| !is_struck) {
            Some(redacted) => {
                // The names of speakers depend on the known persons too, so the content may differ for the same answer.
                let may_be_known = harvested.speakers.is_empty();
                Some(self.archive(question, answer.fetched, redacted.into(), may_be_known).await?)
            }
            None => None,
        };
        self.commit_question(question, End::Answered, harvested, Some((answer.fetched, kept))).await
    }

    /// Puts an answer into the archive unless it is there already. Returns true if it was already there with the same
    /// content.
    ///
    /// The archive is written first: a commit must never refer to a missing payload. A payload without a commit can be
    /// found by its reservation.
    async fn archive(
        &self,
        question: &CrawlQuestion,
        fetched: Timestamp,
        redacted: Bytes,
        may_be_known: bool,
    ) -> Result<(Archived, bool), HarvestError> {
        let name = ContentHash::of_bytes(question.name.as_bytes());
        let key = ArchiveKey::payload(&self.source.key, &name);
        let answer = Archived {
            payload: key.to_string(),
            task: question.task_json(),
            sha256: ContentHash::of_bytes(&redacted).to_string(),
            edition: EDITION,
            fetched,
        };
        let known = self.context.store.read_answer(&answer.payload).await?;
        // The content depends on the question too: on the attachments of an agenda, on withheld items.
        let is_known = known.is_some_and(|known| Archived { fetched, ..known } == answer);
        if !is_known {
            self.context.store.reserve(std::slice::from_ref(&answer.payload)).await?;
            self.context.archive.put_object(&key, redacted).await?;
        }
        Ok((answer, is_known && may_be_known))
    }

    /// Commits in one transaction the parts of an answer, its follow-up questions and the end of the question.
    async fn commit_question(
        &mut self,
        question: &CrawlQuestion,
        end: End,
        mut harvested: Harvested<CrawlTask>,
        answer: Option<(Timestamp, Option<(Archived, bool)>)>,
    ) -> Result<(), HarvestError> {
        let name = question.name.clone();
        let (fetched, kept) = answer.unwrap_or_else(|| (Timestamp::now(), None));
        let (answer, is_known) = kept.unzip();
        let (volatile, next): (Vec<_>, Vec<_>) =
            std::mem::take(&mut harvested.next).into_iter().partition(CrawlTask::is_volatile);
        let root = question.root.as_ref().unwrap_or(&name);
        Progress::advance(&self.context.progress.known, volatile.len());
        if !volatile.is_empty() {
            self.queue.add_volatile(root, volatile);
        }
        let is_done = end == End::Again || self.queue.is_done(root);
        // A question stays open while volatile questions that it led to are open.
        let end = if is_done || question.root.is_some() { end } else { End::Again };
        let next =
            next.into_iter().map(|task| CrawlQuestion::new(self.source, task, None).to_queued()).collect();
        let listed = listings::set_aside(&mut harvested);
        let commit = Commit {
            payload: answer.as_ref().map(|answer| answer.payload.clone()),
            answer,
            is_unchanged: is_known.unwrap_or(false),
            parts: harvested.parts,
            complete: harvested.complete,
            listed,
            diagnostics: harvested.diagnostics,
            next,
            window: question.task.window(),
            end: Some(end),
            account: Some(to_json(&self.tally.account())),
            ..Commit::for_question(&self.source.key, self.run, &name, fetched)
        };
        let committed = self.context.store.commit_answer(commit).await?;
        Progress::advance(
            &self.context.progress.known,
            usize::try_from(committed.queued).unwrap_or(usize::MAX),
        );
        self.tally.note_erasures(&committed);
        if let (Some(root), true) = (&question.root, is_done) {
            let commit = Commit::for_question(&self.source.key, self.run, root, fetched);
            self.context.store.commit_answer(Commit { end: Some(End::Answered), ..commit }).await?;
        }
        Ok(())
    }

    fn backlog_entry(&self, question: &CrawlQuestion, code: DiagnosticCode, why: &str) -> BacklogItem {
        let task = &question.task;
        let is_kept = !task.is_volatile();
        BacklogItem {
            source: self.source.key.clone(),
            name: question.name.clone(),
            body: is_kept.then(|| question.task_json()),
            subject: task.subject(self.source),
            day: task.window().map(Window::first),
            code: Some(code),
            message: why.to_owned(),
            since: Timestamp::now(),
            tries: 1,
            due: Timestamp::now(),
        }
    }
}

pub(crate) fn describe_class(judgement: &AnswerClass, status: u16) -> CodedError {
    match judgement {
        AnswerClass::Gone => {
            CodedError::new(DiagnosticCode::Gone, format!("HTTP {status}: it is no longer there"))
        }
        AnswerClass::Refused(why) => CodedError::new(DiagnosticCode::Refused, why.clone()),
        AnswerClass::Throttled => {
            CodedError::new(DiagnosticCode::Throttled, format!("HTTP {status}: asked too often"))
        }
        AnswerClass::Blocked(why) => CodedError::new(DiagnosticCode::Blocked, why.clone()),
        AnswerClass::TooMuch => {
            CodedError::new(DiagnosticCode::Failed, format!("HTTP {status}, also for the narrowest question"))
        }
        AnswerClass::Broken(why) => CodedError::new(DiagnosticCode::Failed, why.clone()),
        AnswerClass::Content => CodedError::new(DiagnosticCode::Failed, "an answer that is none"),
    }
}
