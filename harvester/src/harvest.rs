//! Runs the harvest of one source, from the first question to the report.

use std::{ffi::OsString, sync::Arc};

use futures::future::BoxFuture;
use jiff::{SignedDuration, Timestamp};
use raadhuis_schema::{
    Authority, AuthorityKind, Commit, Content, Diagnostic, Entity, Kind, Origin, Part, Policy, RunPurpose,
    RunReport, Scope, Source, Standing, When, Window,
    coverage::{Line, compute_coverage},
};
use raadhuis_store::{Archive, ArchiveError, Filter, Page, SharedStore, StoreError, sweep_archive};
use raadhuis_text::{Extractor, ocr};
use tokio::sync::RwLock;

use crate::{
    Catalogue, Progress,
    crawl::{
        CrawlContext, CrawlRules, CrawlTally, MAX_QUESTIONS, crawl_source, first_questions, reread_answers,
    },
    files,
    health::{Evidence, is_silent, verdict},
    transport::Transport,
};

/// A window of more days than this is longer than the summer recess of six weeks: an active source has content in it.
const LONGER_THAN_A_RECESS: i32 = 60;

/// A failure that ends a run. Failures of suppliers and files become diagnostics instead.
#[derive(Debug, thiserror::Error)]
pub enum HarvestError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Archive(#[from] ArchiveError),
}

/// Completes when the facts derived from all commits so far (links, sums of votes) are in the store.
pub type SettleHook = Arc<dyn Fn() -> BoxFuture<'static, ()> + Send + Sync>;

/// Harvests sources: the services and settings that every run shares.
pub struct Harvester {
    pub store: SharedStore,
    pub archive: Archive,
    pub transport: Arc<dyn Transport>,
    pub catalogue: Catalogue,
    pub extractor: Extractor,
    /// The OCR program, if installed.
    pub recogniser: Option<OsString>,
    pub policy: Policy,
    pub rules: CrawlRules,
    /// Read-locked by archive writers, write-locked by the sweep.
    archive_guard: Arc<RwLock<()>>,
    /// Awaited before a run is reported, so that the report counts derived facts.
    pub settle: SettleHook,
}

struct RunStart {
    run: i64,
    purpose: RunPurpose,
    window: Window,
    started: Timestamp,
    /// See [`Harvester::count_held`].
    held_before: u64,
}

/// The default grace period: an entity must be missing in the harvests of two days.
pub const GRACE: SignedDuration = SignedDuration::from_hours(20);

impl Harvester {
    pub fn new(
        store: SharedStore,
        archive: Archive,
        transport: Arc<dyn Transport>,
        catalogue: Catalogue,
        extractor: Extractor,
    ) -> Self {
        Self {
            store,
            archive,
            transport,
            catalogue,
            extractor,
            recogniser: ocr::find_tesseract(),
            policy: Policy::default(),
            rules: CrawlRules { grace: GRACE, doubts: true, max_questions: MAX_QUESTIONS },
            archive_guard: Arc::default(),
            settle: Arc::new(|| Box::pin(std::future::ready(()))),
        }
    }

    /// Harvests one source over `window` at the request of an operator.
    ///
    /// # Errors
    /// The store or the archive failed.
    pub async fn harvest(
        &self,
        source: &Source,
        window: Window,
        progress: Arc<Progress>,
    ) -> Result<RunReport, HarvestError> {
        self.run(source, RunPurpose::Asked, window, progress).await
    }

    /// Harvests one source: crawls, deletes what must go, reads files, reports.
    ///
    /// # Errors
    /// The store or the archive failed.
    pub async fn run(
        &self,
        source: &Source,
        purpose: RunPurpose,
        window: Window,
        progress: Arc<Progress>,
    ) -> Result<RunReport, HarvestError> {
        let started = Timestamp::now();
        self.store.keep_policy(self.policy).await?;
        let held_before = self.count_held(source, purpose, window).await?;
        // A run for an operator also retries what is not due yet.
        let due = (purpose != RunPurpose::Asked).then_some(started);
        let first = first_questions(&self.store, source, purpose, window, due).await?;
        let opened = self.store.begin_run(&source.key, purpose, window, &first, started).await?;
        let run = opened.run;
        self.store.commit_answer(self.catalogue_commit(source, run, started)).await?;
        // Deletes what an interrupted run left condemned.
        self.discard(false).await?;
        let context = self.crawl_context(progress);
        let mut tally = crawl_source(&context, source, opened, window, self.rules).await?;
        self.discard(tally.has_erased).await?;
        let pages = files::read_backlog(&context, &self.extractor, source, run, due, &mut tally).await?;
        // OCR is slow and comes last, when everything else can already be found.
        if let Some(program) = &self.recogniser {
            files::recognise_scans(&context, &self.extractor, program, source, run, &mut tally).await?;
        }
        self.discard(tally.has_erased).await?;
        let start = RunStart { run, purpose, window, started, held_before };
        let report = self.make_report(source, start, pages, tally).await?;
        self.store.end_run(&report).await?;
        self.keep_line(source, report.ended).await?;
        Ok(report)
    }

    async fn keep_line(&self, source: &Source, at: Timestamp) -> Result<(), HarvestError> {
        let facts = self.store.collect_facts(&source.key).await?;
        let line = Line::summarise(&compute_coverage(Some(source), &facts, at), at);
        Ok(self.store.keep_line(&source.key, When::At(at).day(), &line).await?)
    }

    /// Interprets the archived answers and files of a source again with the current adapters. Follow-up requests go to
    /// the backlog of the next run.
    ///
    /// # Errors
    /// The store or the archive failed.
    pub async fn reread_source(
        &self,
        source: &Source,
        progress: Arc<Progress>,
    ) -> Result<RunReport, HarvestError> {
        let started = Timestamp::now();
        let (purpose, window) = (RunPurpose::Reread, Window::of_day(When::At(started).day()));
        let run = self.store.begin_run(&source.key, purpose, window, &[], started).await?.run;
        let context = self.crawl_context(progress);
        let mut tally = reread_answers(&context, source, run).await?;
        self.discard(tally.has_erased).await?;
        let pages = files::reread_files(&context, &self.extractor, source, run, &mut tally).await?;
        let start = RunStart { run, purpose, window, started, held_before: 0 };
        let report = self.make_report(source, start, pages, tally).await?;
        self.store.end_run(&report).await?;
        self.keep_line(source, report.ended).await?;
        Ok(report)
    }

    fn crawl_context(&self, progress: Arc<Progress>) -> CrawlContext {
        CrawlContext {
            store: self.store.clone(),
            archive: self.archive.clone(),
            archive_guard: Arc::clone(&self.archive_guard),
            transport: Arc::clone(&self.transport),
            policy: self.policy,
            progress,
        }
    }

    /// Counts the stored meetings and register entries that a harvest of `window` should name again. For a long window
    /// all entities count; a short one may fall into a recess.
    async fn count_held(
        &self,
        source: &Source,
        purpose: RunPurpose,
        window: Window,
    ) -> Result<u64, HarvestError> {
        if source.supplier.is_register() || purpose == RunPurpose::Owed {
            return Ok(0);
        }
        let kinds = spoken_kinds().collect();
        let authorities = vec![source.authority.id.as_entity().clone()];
        let is_long = (window.last() - window.first()).get_days() >= LONGER_THAN_A_RECESS;
        let (from, until) = if is_long { (None, None) } else { (Some(window.first()), Some(window.last())) };
        let nothing = Page { first: 0, after: None, descending: false };
        Ok(self.store.list_entities(&Filter { kinds, authorities, from, until }, &nothing).await?.total)
    }

    /// Commits the authority from the catalogue. A source of the state's registers has no council of its own, and commits
    /// all authorities instead.
    fn catalogue_commit(&self, source: &Source, run: i64, at: Timestamp) -> Commit {
        let origin = Origin::Listing { source: source.key.clone(), collection: "catalogue".into() };
        let of_state = source.authority.kind == AuthorityKind::State;
        let authorities: Vec<&Authority> = if of_state {
            self.catalogue.authorities().filter(|authority| authority.kind != AuthorityKind::State).collect()
        } else {
            vec![&source.authority]
        };
        let mut parts = Vec::new();
        for authority in authorities {
            parts.push(Part {
                origin: origin.clone(),
                standing: Standing::Listing,
                content: Content::Says(Box::new(Entity::Authority(authority.clone()))),
            });
        }
        Commit {
            parts,
            complete: vec![Scope { origin, window: None, announced: None }],
            ..Commit::for_question(&source.key, run, "catalogue", at)
        }
    }

    /// Deletes archive keys that were condemned outside a run, such as by a takedown.
    ///
    /// # Errors
    /// The store or the archive failed.
    pub async fn sweep_archive(&self) -> Result<(), HarvestError> {
        self.discard(false).await
    }

    /// Deletes condemned keys from the archive; with `has_erased`, also wipes free pages of the database.
    async fn discard(&self, has_erased: bool) -> Result<(), HarvestError> {
        // No writer is between the reservation of a key and the commit that refers to it.
        let _alone = self.archive_guard.write().await;
        sweep_archive(&self.store, &self.archive, has_erased).await
    }

    async fn make_report(
        &self,
        source: &Source,
        start: RunStart,
        pages: u64,
        tally: CrawlTally,
    ) -> Result<RunReport, HarvestError> {
        let RunStart { run, purpose, window, started, held_before } = start;
        (self.settle)().await;
        let account = tally.account();
        let evidence = Evidence {
            answered: account.answered,
            requests: account.requests,
            questions: account.questions,
            named: spoken_kinds().filter_map(|kind| account.seen.get(&kind)).sum(),
            held_before,
            was_kept_out: !tally.closed.is_empty(),
        };
        if is_silent(evidence) {
            let diagnostic = Diagnostic::source_silent(&source.key, held_before);
            let commit = Commit {
                parts: vec![],
                complete: vec![],
                diagnostics: vec![diagnostic],
                ..self.catalogue_commit(source, run, started)
            };
            self.store.commit_answer(commit).await?;
        }
        let diagnostics = self.store.run_diagnostics(run).await?;
        let documents = tally.seen.get(&Kind::Document).map_or(0, |ids| ids.len() as u64);
        Ok(RunReport {
            run,
            source: source.key.clone(),
            purpose,
            window,
            started,
            ended: Timestamp::now(),
            requests: account.requests,
            bytes: account.bytes,
            pages,
            changes: self.store.run_changes(run).await?,
            engines: tally.engines,
            faults: tally.faults.into_iter().map(|(name, times)| (name.to_owned(), times)).collect(),
            documents_of_other_type: documents.saturating_sub(tally.typed.len() as u64),
            seen: account.seen,
            verdict: verdict(evidence, diagnostics.iter().map(|diagnostic| diagnostic.code)),
            diagnostics,
        })
    }
}

fn spoken_kinds() -> impl Iterator<Item = Kind> {
    [Kind::Meeting].into_iter().chain(Kind::ENTRIES)
}
