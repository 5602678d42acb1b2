//! A run: one source, from the first question to the report.

use std::{ffi::OsString, sync::Arc};

use futures::future::BoxFuture;
use jiff::{SignedDuration, Timestamp};
use raadhuis_schema::{
    Authority, AuthorityKind, Commit, Content, Entity, Kind, Origin, Part, Policy, Purpose, Remark,
    RunReport, Scope, Source, Standing, When, Window,
    ledger::{Line, ledger},
};
use raadhuis_store::{Archive, ArchiveError, Filter, Page, SharedStore, StoreError, sweep};
use raadhuis_text::{Extractor, ocr};
use tokio::sync::RwLock;

use crate::{
    Catalogue, Progress,
    crawl::{CrawlRules, MAX_QUESTIONS, Tally, World, crawl, first_questions, reread},
    files,
    judge::{Evidence, is_silent, verdict},
    transport::Transport,
    with_supplier,
};

/// Days of which a source that ever spoke should have something to say: the summer recess takes six weeks.
const LONGER_THAN_A_RECESS: i32 = 60;

/// Why a run could not go on. What a supplier or a file does is never among these.
#[derive(Debug, thiserror::Error)]
pub enum HarvestError {
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The archive.
    #[error(transparent)]
    Archive(#[from] ArchiveError),
}

/// Completes when the facts that others derive from what was committed so far (links, sums of votes) are in the store.
pub type SettleHook = Arc<dyn Fn() -> BoxFuture<'static, ()> + Send + Sync>;

/// Everything a run needs of the world.
pub struct Harvester {
    /// Where entities go.
    pub store: SharedStore,
    /// Where payloads, files and texts go.
    pub archive: Archive,
    /// How requests travel.
    pub transport: Arc<dyn Transport>,
    /// Whom to ask.
    pub catalogue: Catalogue,
    /// What reads files.
    pub extractor: Extractor,
    /// The program that reads pictures, where there is one.
    pub recogniser: Option<OsString>,
    /// What is done about numbers of persons in files.
    pub policy: Policy,
    /// What a crawl believes, and how much it asks.
    pub rules: CrawlRules,
    /// Whoever puts something into the archive holds it open; whoever deletes closes it.
    gate: Arc<RwLock<()>>,
    /// Awaited before a run is reported, so that its report counts what was derived from it.
    pub settle: SettleHook,
}

/// The usual grace: a thing must be missing in the harvests of two days.
pub const GRACE: SignedDuration = SignedDuration::from_hours(20);

impl Harvester {
    /// A harvester with the usual patience towards listings. Files are read by `extractor`.
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
            recogniser: ocr::find(),
            policy: Policy::default(),
            rules: CrawlRules { grace: GRACE, doubts: true, max_questions: MAX_QUESTIONS },
            gate: Arc::default(),
            settle: Arc::new(|| Box::pin(std::future::ready(()))),
        }
    }

    /// Harvests one source over `window`, because an operator asks for it.
    ///
    /// # Errors
    /// The store or the archive failed.
    pub async fn harvest(
        &self,
        source: &Source,
        window: Window,
        progress: Arc<Progress>,
    ) -> Result<RunReport, HarvestError> {
        self.run(source, (Purpose::Asked, window), progress).await
    }

    /// Harvests one source: crawl, erase what must go, read files, report.
    ///
    /// # Errors
    /// The store or the archive failed.
    pub async fn run(
        &self,
        source: &Source,
        what: (Purpose, Window),
        progress: Arc<Progress>,
    ) -> Result<RunReport, HarvestError> {
        let (purpose, window) = what;
        let started = Timestamp::now();
        self.store.keep_policy(self.policy).await?;
        let held_before = self.held(source, what).await?;
        // What an operator asks for comes now, whatever was due.
        let due = (purpose != Purpose::Asked).then_some(started);
        let first =
            with_supplier!(source.supplier, S => first_questions::<S>(&self.store, source, what, due).await?);
        let opened = self.store.begin_run(&source.key, purpose, window, &first, started).await?;
        let run = opened.run;
        self.store.commit(self.of_catalogue(source, run, started)).await?;
        // What a run that was cut off left behind.
        self.discard(false).await?;
        let world = self.world(progress);
        let mut tally = with_supplier!(source.supplier, S => crawl::<S>(&world, source, (opened, window), self.rules).await?);
        self.discard(tally.has_erased).await?;
        let pages = files::read_backlog(&world, &self.extractor, source, run, due, &mut tally).await?;
        // OCR is slow and comes last: everything else can be found by now.
        if let Some(program) = &self.recogniser {
            files::recognise_scans(&world, (&self.extractor, program), source, run, &mut tally).await?;
        }
        self.discard(tally.has_erased).await?;
        let report = self.report(source, (run, what), started, held_before, pages, tally).await?;
        self.store.end_run(&report).await?;
        self.keep_line(source, report.ended).await?;
        Ok(report)
    }

    /// Writes down what is known of a source today.
    async fn keep_line(&self, source: &Source, at: Timestamp) -> Result<(), HarvestError> {
        let facts = self.store.facts(&source.key).await?;
        let line = Line::of(&ledger(Some(source), &facts, at), at);
        Ok(self.store.keep_line(&source.key, When::At(at).day(), &line).await?)
    }

    /// Reads what the archive holds of a source again, with the adapters of today. What it leads to that must be fetched is owed
    /// until the next run.
    ///
    /// # Errors
    /// The store or the archive failed.
    pub async fn reread(&self, source: &Source, progress: Arc<Progress>) -> Result<RunReport, HarvestError> {
        let started = Timestamp::now();
        let what = (Purpose::Reread, Window::of_day(When::At(started).day()));
        let run = self.store.begin_run(&source.key, what.0, what.1, &[], started).await?.run;
        let world = self.world(progress);
        let mut tally = with_supplier!(source.supplier, S => reread::<S>(&world, source, run).await?);
        self.discard(tally.has_erased).await?;
        let pages = files::reread_files(&world, &self.extractor, source, run, &mut tally).await?;
        let report = self.report(source, (run, what), started, 0, pages, tally).await?;
        self.store.end_run(&report).await?;
        self.keep_line(source, report.ended).await?;
        Ok(report)
    }

    /// What a crawl needs of the world.
    fn world(&self, progress: Arc<Progress>) -> World {
        World {
            store: self.store.clone(),
            archive: self.archive.clone(),
            gate: Arc::clone(&self.gate),
            transport: Arc::clone(&self.transport),
            policy: self.policy,
            progress,
        }
    }

    /// How many meetings and register entries are held that a harvest of `window` should hear of again. A long window
    /// should hear something of any source that ever spoke; a short one may fall into a recess.
    async fn held(&self, source: &Source, (purpose, window): (Purpose, Window)) -> Result<u64, HarvestError> {
        if source.supplier.is_register() || purpose == Purpose::Owed {
            return Ok(0);
        }
        let kinds = spoken_kinds().collect();
        let authorities = vec![source.authority.id.any().clone()];
        let is_long = (window.last() - window.first()).get_days() >= LONGER_THAN_A_RECESS;
        let (from, until) = if is_long { (None, None) } else { (Some(window.first()), Some(window.last())) };
        let nothing = Page { first: 0, after: None, descending: false };
        Ok(self.store.list(&Filter { kinds, authorities, from, until }, &nothing).await?.total)
    }

    /// The authority itself, on the word of the catalogue. With the registers of the state, which have no council of their
    /// own, come all authorities, those that nobody publishes included.
    fn of_catalogue(&self, source: &Source, run: i64, at: Timestamp) -> Commit {
        let origin = Origin::Listing { source: source.key.clone(), collection: "catalogue".into() };
        let of_state = source.authority.kind == AuthorityKind::State;
        let all = self
            .catalogue
            .authorities()
            .filter(|authority| of_state && authority.kind != AuthorityKind::State);
        let shown = all.chain((!of_state).then_some(&source.authority));
        let part = |authority: &Authority| Part {
            origin: origin.clone(),
            standing: Standing::Listing,
            content: Content::Says(Box::new(Entity::Authority(authority.clone()))),
        };
        Commit {
            parts: shown.map(part).collect(),
            complete: vec![Scope { origin: origin.clone(), window: None, announced: None }],
            ..Commit::of(&source.key, run, "catalogue", at)
        }
    }

    /// Deletes from the archive what others condemned meanwhile: an operator may have taken something down.
    ///
    /// # Errors
    /// The store or the archive failed.
    pub async fn sweep(&self) -> Result<(), HarvestError> {
        self.discard(false).await
    }

    /// Deletes from the archive what the store condemned, and wipes what the database left of it.
    async fn discard(&self, has_erased: bool) -> Result<(), HarvestError> {
        // Nobody is between noting a key, putting something under it and committing what rests on it.
        let _alone = self.gate.write().await;
        sweep(&self.store, &self.archive, has_erased).await
    }

    async fn report(
        &self,
        source: &Source,
        (run, (purpose, window)): (i64, (Purpose, Window)),
        started: Timestamp,
        held_before: u64,
        pages: u64,
        tally: Tally,
    ) -> Result<RunReport, HarvestError> {
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
            let remark = Remark::silent(&source.key, held_before);
            let commit = Commit {
                parts: vec![],
                complete: vec![],
                remarks: vec![remark],
                ..self.of_catalogue(source, run, started)
            };
            self.store.commit(commit).await?;
        }
        let remarks = self.store.run_remarks(run).await?;
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
            verdict: verdict(evidence, remarks.iter().map(|remark| remark.code)),
            remarks,
        })
    }
}

/// The kinds of which a source that speaks says something.
fn spoken_kinds() -> impl Iterator<Item = Kind> {
    [Kind::Meeting].into_iter().chain(Kind::ENTRIES)
}
