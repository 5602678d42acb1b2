//! The store on SQLite: one file, many readers, one writer.

use std::{
    collections::BTreeMap,
    path::Path,
    sync::atomic::{AtomicU64, Ordering},
    time::Duration,
};

use async_trait::async_trait;
use futures::stream::BoxStream;
use jiff::{Timestamp, civil::Date};
use raadhuis_schema::{
    Archived, Ballots, Change, Commit, Counts, Edit, EntityId, Finding, Kind, LaneRecord, Listed, OpenRun,
    Origin, Owed, Policy, Purpose, Queued, Remark, Reviewed, Ruling, RunReport, Scope, Takedown, Tombstone,
    Validator, Window,
    ledger::{Facts, Line},
};
use sqlx::{
    SqlitePool,
    migrate::{MigrateError, Migrator},
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous},
};

use crate::{
    Blocked, Committed, Feed, Filter, Killer, Latest, Listing, Narrowed, Owing, Page, Related, Store,
    StoreError, Stored, Term, TermsOf, lock::lock_layout,
};

mod answer;
mod block;
mod commit;
mod erase;
mod feed;
mod file;
mod lane;
mod ledger;
mod owed;
mod past;
mod read;
mod review;
mod run;
mod settle;
mod task;
mod term;
mod value;

use value::{json_list, parse_id, word_of, word_to};

static MIGRATIONS: Migrator = sqlx::migrate!("src/sqlite/migrations");

/// Readers at once. SQLite readers do not wait for the writer.
const READERS: u32 = 4;

/// How long a writer waits for those before it. Only a disk that hangs takes so long.
const LONGEST_QUEUE: Duration = Duration::from_mins(10);

/// A store in one SQLite file.
#[derive(Debug)]
pub struct Sqlite {
    /// One connection, so that writers queue here and never meet "database is locked".
    writer: SqlitePool,
    readers: SqlitePool,
    calls: AtomicU64,
}

impl Sqlite {
    /// Opens the file at `path`, making or migrating it.
    pub async fn open(path: &str) -> Result<Self, StoreError> {
        let options = SqliteConnectOptions::new()
            .filename(Path::new(path))
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Normal)
            .busy_timeout(Duration::from_secs(30))
            // Deleted content is overwritten: what was withheld must not linger in free pages.
            .pragma("secure_delete", "ON")
            .pragma("cache_size", "-65536");
        let unusable = |why| StoreError::Unusable { place: path.to_owned(), why };
        // Two programs that start at once must not both lay it out, nor both make it one that is read while it is written: the second
        // waits, and finds it done.
        let layout = lock_layout(path).await.map_err(|why| unusable(sqlx::Error::Io(why)))?;
        let writer = SqlitePoolOptions::new()
            .max_connections(1)
            .acquire_timeout(LONGEST_QUEUE)
            .connect_with(options.clone())
            .await
            .map_err(unusable)?;
        let migrated = MIGRATIONS.run(&writer).await;
        drop(layout);
        migrated.map_err(|error| match error {
            MigrateError::VersionMissing(found) | MigrateError::VersionTooOld(_, found) => {
                StoreError::TooNew { place: path.to_owned(), found }
            }
            MigrateError::Execute(why) | MigrateError::ExecuteMigration(why, _) => unusable(why),
            other => StoreError::Foreign { place: path.to_owned(), why: other.to_string() },
        })?;
        let readers = SqlitePoolOptions::new()
            .max_connections(READERS)
            .connect_with(options.read_only(true))
            .await
            .map_err(unusable)?;
        Ok(Self { writer, readers, calls: AtomicU64::new(0) })
    }

    fn count(&self) {
        self.calls.fetch_add(1, Ordering::Relaxed);
    }
}

#[async_trait]
impl Store for Sqlite {
    async fn begin_run(
        &self,
        source: &str,
        purpose: Purpose,
        window: Window,
        first: &[Queued],
        at: Timestamp,
    ) -> Result<OpenRun, StoreError> {
        run::begin(&self.writer, source, (purpose, window), first, at).await
    }

    async fn queues(&self) -> Result<Vec<(&'static str, u64)>, StoreError> {
        self.count();
        task::queues(&self.readers).await
    }

    async fn next_due(&self, source: &str) -> Result<Option<Timestamp>, StoreError> {
        owed::next_due(&self.readers, source).await
    }

    async fn reports(
        &self,
        source: &str,
        purpose: Option<Purpose>,
        first: u32,
    ) -> Result<Vec<RunReport>, StoreError> {
        self.count();
        run::reports(&self.readers, source, purpose, first).await
    }

    async fn facts(&self, source: &str) -> Result<Facts, StoreError> {
        self.count();
        ledger::facts(&self.readers, source).await
    }

    async fn promise(&self, sources: &[String], since: Date) -> Result<(), StoreError> {
        ledger::promise(&self.writer, sources, since).await
    }

    async fn keep_line(&self, source: &str, day: Date, line: &Line) -> Result<(), StoreError> {
        ledger::keep(&self.writer, source, day, line).await
    }

    async fn last_lines(&self) -> Result<Vec<(String, Line)>, StoreError> {
        self.count();
        ledger::last_lines(&self.readers).await
    }

    async fn lines(&self, source: &str, first: u32) -> Result<Vec<(Date, Line)>, StoreError> {
        self.count();
        ledger::lines(&self.readers, source, first).await
    }

    async fn open_tasks(
        &self,
        run: i64,
        after: i64,
        comes_last: bool,
        limit: u32,
    ) -> Result<Vec<(i64, Queued)>, StoreError> {
        task::open(&self.readers, run, after, comes_last, limit).await
    }

    async fn answer(&self, payload: &str) -> Result<Option<Archived>, StoreError> {
        answer::one(&self.readers, payload).await
    }

    async fn answers(
        &self,
        source: &str,
        after: Option<&Archived>,
        limit: u32,
    ) -> Result<Vec<Archived>, StoreError> {
        answer::all(&self.readers, source, after, limit).await
    }

    async fn described(&self, run: i64, ids: &[EntityId]) -> Result<bool, StoreError> {
        task::described(&self.readers, run, ids).await
    }

    async fn spoke(&self, run: i64) -> Result<Vec<Origin>, StoreError> {
        task::spoke(&self.readers, run).await
    }

    async fn first_named(&self, run: i64, origin: &Origin) -> Result<Option<Date>, StoreError> {
        task::first_named(&self.readers, run, origin).await
    }

    async fn listed(&self, run: i64) -> Result<Vec<Listed>, StoreError> {
        task::listed(&self.readers, run).await
    }

    async fn owed(&self, owing: &Owing) -> Result<Vec<Owed>, StoreError> {
        self.count();
        owed::list(&self.readers, owing).await
    }

    async fn commit(&self, commit: Commit) -> Result<Committed, StoreError> {
        self.count();
        commit::commit(&self.writer, commit).await
    }

    async fn end_run(&self, report: &RunReport) -> Result<(), StoreError> {
        run::end(&self.writer, report).await
    }

    async fn block(&self, takedown: &Takedown) -> Result<Blocked, StoreError> {
        block::block(&self.writer, takedown).await
    }

    async fn takedown_of_file(&self, sha256: &str) -> Result<Option<Takedown>, StoreError> {
        block::of_file(&self.readers, sha256).await
    }

    async fn takedowns(&self) -> Result<Vec<Takedown>, StoreError> {
        block::all(&self.readers).await
    }

    async fn tombstones(&self, ids: &[EntityId]) -> Result<Vec<Tombstone>, StoreError> {
        self.count();
        block::tombstones(&self.readers, ids).await
    }

    async fn recall(&self) -> Result<(), StoreError> {
        erase::recall(&self.writer).await
    }

    async fn owe_all_files(&self, at: Timestamp) -> Result<u64, StoreError> {
        owed::all_files(&self.writer, at).await
    }

    async fn stale_files(
        &self,
        source: &str,
        moments: (Timestamp, Timestamp, Timestamp),
        limit: u32,
    ) -> Result<Vec<EntityId>, StoreError> {
        file::stale(&self.readers, source, moments, limit).await
    }

    async fn validators(
        &self,
        files: &[(EntityId, String)],
    ) -> Result<Vec<(EntityId, Validator)>, StoreError> {
        file::validators(&self.readers, files).await
    }

    async fn keep_validator(
        &self,
        text: &EntityId,
        sha256: &str,
        validator: &Validator,
    ) -> Result<(), StoreError> {
        file::keep_validator(&self.writer, text, sha256, validator).await
    }

    async fn keep_findings(&self, sha256: &str, findings: &[Finding]) -> Result<Vec<Reviewed>, StoreError> {
        review::keep(&self.writer, sha256, findings).await
    }

    async fn findings(&self, sha256: Option<&str>) -> Result<Vec<Reviewed>, StoreError> {
        self.count();
        review::all(&self.readers, sha256).await
    }

    async fn rule(&self, page: (&str, u32), ruling: Ruling, at: Timestamp) -> Result<(), StoreError> {
        review::rule(&self.writer, page, ruling, at).await
    }

    async fn policy(&self) -> Result<Option<Policy>, StoreError> {
        review::policy(&self.readers).await
    }

    async fn keep_policy(&self, policy: Policy) -> Result<(), StoreError> {
        review::keep_policy(&self.writer, policy).await
    }

    async fn texts_of(&self, files: &[String]) -> Result<Vec<(String, EntityId)>, StoreError> {
        self.count();
        review::texts_of(&self.readers, files).await
    }

    async fn files_of(&self, texts: &[EntityId]) -> Result<Vec<(EntityId, String)>, StoreError> {
        self.count();
        file::of(&self.readers, texts).await
    }

    async fn scans(
        &self,
        source: &str,
        after: Option<&EntityId>,
        limit: u32,
    ) -> Result<Vec<EntityId>, StoreError> {
        self.count();
        review::scans(&self.readers, source, after, limit).await
    }

    async fn killer(&self, sha256: &str) -> Result<Option<Killer>, StoreError> {
        self.count();
        review::killer(&self.readers, sha256).await
    }

    async fn keep_killer(&self, sha256: &str, killer: Option<Killer>) -> Result<(), StoreError> {
        review::keep_killer(&self.writer, sha256, killer).await
    }

    async fn discards(&self) -> Result<Vec<String>, StoreError> {
        erase::discards(&self.writer).await
    }

    async fn reserve(&self, keys: &[String]) -> Result<(), StoreError> {
        erase::reserve(&self.writer, keys).await
    }

    async fn discarded(&self, keys: &[String]) -> Result<(), StoreError> {
        erase::discarded(&self.writer, keys).await
    }

    async fn get(&self, ids: &[EntityId]) -> Result<Vec<Stored>, StoreError> {
        self.count();
        read::get(&self.readers, ids).await
    }

    async fn list(&self, filter: &Filter, page: &Page) -> Result<Listing, StoreError> {
        self.count();
        read::list(&self.readers, filter, page).await
    }

    async fn related(
        &self,
        ids: &[EntityId],
        related: &Related,
    ) -> Result<Vec<(EntityId, Listing)>, StoreError> {
        self.count();
        read::related(&self.readers, ids, related).await
    }

    async fn changes(&self, after: i64, limit: u32) -> Result<Vec<Change>, StoreError> {
        self.count();
        read::changes(&self.readers, after, limit).await
    }

    async fn edits(&self, ids: &[EntityId], first: u32) -> Result<Vec<(EntityId, Vec<Edit>)>, StoreError> {
        self.count();
        past::edits(&self.readers, ids, first).await
    }

    async fn ballots(
        &self,
        authority: &EntityId,
        days: (Option<Date>, Option<Date>),
    ) -> Result<Vec<Ballots>, StoreError> {
        self.count();
        past::ballots(&self.readers, authority, days).await
    }

    async fn counts_of(
        &self,
        authorities: &[EntityId],
        kinds: &[Kind],
    ) -> Result<Vec<(EntityId, Kind, u64)>, StoreError> {
        self.count();
        past::counts_of(&self.readers, authorities, kinds).await
    }

    async fn terms(
        &self,
        of: &TermsOf,
        shorts: Option<&[String]>,
        limit: u32,
    ) -> Result<Vec<Term>, StoreError> {
        self.count();
        term::terms(&self.readers, of, shorts, limit).await
    }

    async fn feed(&self, after: i64, narrowed: &Narrowed, first: u32) -> Result<Feed, StoreError> {
        self.count();
        feed::feed(&self.readers, after, narrowed, first).await
    }

    fn snapshot<'a>(&'a self, narrowed: &Narrowed) -> BoxStream<'a, Result<Latest, StoreError>> {
        self.count();
        feed::snapshot(&self.readers, narrowed)
    }

    async fn end(&self) -> Result<i64, StoreError> {
        let end = "SELECT coalesce(max(seq), 0) FROM change";
        Ok(sqlx::query_scalar(end).fetch_one(&self.readers).await?)
    }

    async fn cursor(&self, follower: &str) -> Result<i64, StoreError> {
        let found = sqlx::query_scalar("SELECT seq FROM cursor WHERE follower = ?1");
        Ok(found.bind(follower).fetch_optional(&self.readers).await?.unwrap_or(0))
    }

    async fn counts(&self, sources: &[String]) -> Result<Vec<(String, Kind, u64)>, StoreError> {
        self.count();
        read::counts(&self.readers, sources).await
    }

    async fn available(&self) -> Result<Vec<EntityId>, StoreError> {
        self.count();
        read::available(&self.readers).await
    }

    async fn owners(&self, sources: &[String]) -> Result<Vec<(String, EntityId)>, StoreError> {
        self.count();
        read::owners(&self.readers, sources).await
    }

    async fn named(&self, scope: &Scope) -> Result<u64, StoreError> {
        self.count();
        read::named(&self.readers, scope).await
    }

    async fn last_reports(&self) -> Result<Vec<RunReport>, StoreError> {
        self.count();
        run::last_reports(&self.readers).await
    }

    async fn run_remarks(&self, run: i64) -> Result<Vec<Remark>, StoreError> {
        run::remarks(&self.readers, run).await
    }

    async fn run_changes(&self, run: i64) -> Result<BTreeMap<Kind, Counts>, StoreError> {
        run::changes(&self.readers, run).await
    }

    async fn lanes(&self) -> Result<Vec<LaneRecord>, StoreError> {
        lane::all(&self.readers).await
    }

    async fn keep_lane(&self, record: &LaneRecord) -> Result<(), StoreError> {
        lane::keep(&self.writer, record).await
    }

    fn calls(&self) -> u64 {
        self.calls.load(Ordering::Relaxed)
    }
}
