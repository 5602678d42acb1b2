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
    Archived, BacklogItem, Ballots, Change, Commit, CompleteScope, Counts, Diagnostic, Edit, EntityId,
    Finding, Kind, LaneRecord, OpenRun, Origin, Policy, Queued, Reviewed, Ruling, RunPurpose, RunReport,
    Scope, Takedown, Tombstone, Validator, Window,
    coverage::{Facts, Line},
};
use sqlx::{
    SqlitePool,
    migrate::{MigrateError, Migrator},
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous},
};

use crate::{
    BacklogQuery, Blocked, Committed, CrashRecord, Feed, Filter, Latest, Listing, Narrowed, Page, Related,
    StaleMoments, Store, StoreError, Stored, Term, TermsOf, lock::lock_layout,
};

mod answer;
mod block;
mod commit;
mod coverage;
mod erase;
mod feed;
mod file;
mod lane;
mod owed;
mod past;
mod read;
mod review;
mod run;
mod settle;
mod task;
mod term;
mod value;

use value::{json_list, parse_id, word_to};

static MIGRATIONS: Migrator = sqlx::migrate!("src/sqlite/migrations");

/// The number of reading connections. SQLite readers do not wait for the writer.
const READERS: u32 = 4;

/// The longest wait of a writer in the queue. Only a failing disk takes this long.
const LONGEST_QUEUE: Duration = Duration::from_mins(10);

#[derive(Debug)]
pub struct Sqlite {
    /// The only writing connection: writers queue here and never meet "database is locked".
    writer: SqlitePool,
    readers: SqlitePool,
    calls: AtomicU64,
}

impl Sqlite {
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
        // Two programs that start at once must not both create the tables or both switch the file to write-ahead logging:
        // the second one waits, and finds both done.
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

    fn count_call(&self) {
        self.calls.fetch_add(1, Ordering::Relaxed);
    }
}

#[async_trait]
impl Store for Sqlite {
    async fn begin_run(
        &self,
        source: &str,
        purpose: RunPurpose,
        window: Window,
        first: &[Queued],
        at: Timestamp,
    ) -> Result<OpenRun, StoreError> {
        run::begin_run(&self.writer, source, purpose, window, first, at).await
    }

    async fn count_queues(&self) -> Result<Vec<(&'static str, u64)>, StoreError> {
        self.count_call();
        task::count_queues(&self.readers).await
    }

    async fn next_due(&self, source: &str) -> Result<Option<Timestamp>, StoreError> {
        owed::next_due(&self.readers, source).await
    }

    async fn reports(
        &self,
        source: &str,
        purpose: Option<RunPurpose>,
        first: u32,
    ) -> Result<Vec<RunReport>, StoreError> {
        self.count_call();
        run::reports(&self.readers, source, purpose, first).await
    }

    async fn collect_facts(&self, source: &str) -> Result<Facts, StoreError> {
        self.count_call();
        coverage::collect_facts(&self.readers, source).await
    }

    async fn promise(&self, sources: &[String], since: Date) -> Result<(), StoreError> {
        coverage::promise(&self.writer, sources, since).await
    }

    async fn keep_line(&self, source: &str, day: Date, line: &Line) -> Result<(), StoreError> {
        coverage::keep_line(&self.writer, source, day, line).await
    }

    async fn last_lines(&self) -> Result<Vec<(String, Line)>, StoreError> {
        self.count_call();
        coverage::last_lines(&self.readers).await
    }

    async fn list_lines(&self, source: &str, first: u32) -> Result<Vec<(Date, Line)>, StoreError> {
        self.count_call();
        coverage::list_lines(&self.readers, source, first).await
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

    async fn read_answer(&self, payload: &str) -> Result<Option<Archived>, StoreError> {
        answer::read_answer(&self.readers, payload).await
    }

    async fn answers(
        &self,
        source: &str,
        after: Option<&Archived>,
        limit: u32,
    ) -> Result<Vec<Archived>, StoreError> {
        answer::list_answers(&self.readers, source, after, limit).await
    }

    async fn described(&self, run: i64, ids: &[EntityId]) -> Result<bool, StoreError> {
        task::described(&self.readers, run, ids).await
    }

    async fn named_origins(&self, run: i64) -> Result<Vec<Origin>, StoreError> {
        task::list_named_origins(&self.readers, run).await
    }

    async fn first_named(&self, run: i64, origin: &Origin) -> Result<Option<Date>, StoreError> {
        task::first_named(&self.readers, run, origin).await
    }

    async fn complete_scopes(&self, run: i64) -> Result<Vec<CompleteScope>, StoreError> {
        task::list_complete_scopes(&self.readers, run).await
    }

    async fn list_owed(&self, owing: &BacklogQuery) -> Result<Vec<BacklogItem>, StoreError> {
        self.count_call();
        owed::list_owed(&self.readers, owing).await
    }

    async fn commit_answer(&self, commit: Commit) -> Result<Committed, StoreError> {
        self.count_call();
        commit::commit_answer(&self.writer, commit).await
    }

    async fn end_run(&self, report: &RunReport) -> Result<(), StoreError> {
        run::end_run(&self.writer, report).await
    }

    async fn block_entity(&self, takedown: &Takedown) -> Result<Blocked, StoreError> {
        block::block_entity(&self.writer, takedown).await
    }

    async fn takedown_of_file(&self, sha256: &str) -> Result<Option<Takedown>, StoreError> {
        block::of_file(&self.readers, sha256).await
    }

    async fn takedowns(&self) -> Result<Vec<Takedown>, StoreError> {
        block::list_takedowns(&self.readers).await
    }

    async fn tombstones(&self, ids: &[EntityId]) -> Result<Vec<Tombstone>, StoreError> {
        self.count_call();
        block::tombstones(&self.readers, ids).await
    }

    async fn condemn_again(&self) -> Result<(), StoreError> {
        erase::recall_keys(&self.writer).await
    }

    async fn owe_all_files(&self, at: Timestamp) -> Result<u64, StoreError> {
        owed::owe_all_files(&self.writer, at).await
    }

    async fn stale_files(
        &self,
        source: &str,
        moments: StaleMoments,
        limit: u32,
    ) -> Result<Vec<EntityId>, StoreError> {
        file::list_stale_files(&self.readers, source, moments, limit).await
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
        review::keep_findings(&self.writer, sha256, findings).await
    }

    async fn findings(&self, sha256: Option<&str>) -> Result<Vec<Reviewed>, StoreError> {
        self.count_call();
        review::list_findings(&self.readers, sha256).await
    }

    async fn keep_ruling(
        &self,
        sha256: &str,
        page: u32,
        ruling: Ruling,
        at: Timestamp,
    ) -> Result<(), StoreError> {
        review::rule_page(&self.writer, sha256, page, ruling, at).await
    }

    async fn read_policy(&self) -> Result<Option<Policy>, StoreError> {
        review::read_policy(&self.readers).await
    }

    async fn keep_policy(&self, policy: Policy) -> Result<(), StoreError> {
        review::keep_policy(&self.writer, policy).await
    }

    async fn texts_of(&self, files: &[String]) -> Result<Vec<(String, EntityId)>, StoreError> {
        self.count_call();
        review::texts_of(&self.readers, files).await
    }

    async fn files_of(&self, texts: &[EntityId]) -> Result<Vec<(EntityId, String)>, StoreError> {
        self.count_call();
        file::list_files_of(&self.readers, texts).await
    }

    async fn list_scans(
        &self,
        source: &str,
        after: Option<&EntityId>,
        limit: u32,
    ) -> Result<Vec<EntityId>, StoreError> {
        self.count_call();
        review::list_scans(&self.readers, source, after, limit).await
    }

    async fn crash_record(&self, sha256: &str) -> Result<Option<CrashRecord>, StoreError> {
        self.count_call();
        review::read_crash_record(&self.readers, sha256).await
    }

    async fn keep_crash_record(&self, sha256: &str, crash: Option<CrashRecord>) -> Result<(), StoreError> {
        review::keep_crash_record(&self.writer, sha256, crash).await
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
        self.count_call();
        read::get(&self.readers, ids).await
    }

    async fn list_entities(&self, filter: &Filter, page: &Page) -> Result<Listing, StoreError> {
        self.count_call();
        read::list_entities(&self.readers, filter, page).await
    }

    async fn related(
        &self,
        ids: &[EntityId],
        related: &Related,
    ) -> Result<Vec<(EntityId, Listing)>, StoreError> {
        self.count_call();
        read::related(&self.readers, ids, related).await
    }

    async fn changes(&self, after: i64, limit: u32) -> Result<Vec<Change>, StoreError> {
        self.count_call();
        read::changes(&self.readers, after, limit).await
    }

    async fn list_edits(
        &self,
        ids: &[EntityId],
        first: u32,
    ) -> Result<Vec<(EntityId, Vec<Edit>)>, StoreError> {
        self.count_call();
        past::list_edits(&self.readers, ids, first).await
    }

    async fn ballots(
        &self,
        authority: &EntityId,
        from: Option<Date>,
        until: Option<Date>,
    ) -> Result<Vec<Ballots>, StoreError> {
        self.count_call();
        past::ballots(&self.readers, authority, from, until).await
    }

    async fn counts_of(
        &self,
        authorities: &[EntityId],
        kinds: &[Kind],
    ) -> Result<Vec<(EntityId, Kind, u64)>, StoreError> {
        self.count_call();
        past::counts_of(&self.readers, authorities, kinds).await
    }

    async fn list_terms(
        &self,
        of: &TermsOf,
        shorts: Option<&[String]>,
        limit: u32,
    ) -> Result<Vec<Term>, StoreError> {
        self.count_call();
        term::list_terms(&self.readers, of, shorts, limit).await
    }

    async fn read_feed(&self, after: i64, narrowed: &Narrowed, first: u32) -> Result<Feed, StoreError> {
        self.count_call();
        feed::read_feed(&self.readers, after, narrowed, first).await
    }

    fn snapshot<'a>(&'a self, narrowed: &Narrowed) -> BoxStream<'a, Result<Latest, StoreError>> {
        self.count_call();
        feed::snapshot(&self.readers, narrowed)
    }

    async fn last_change(&self) -> Result<i64, StoreError> {
        feed::last_change(&self.readers).await
    }

    async fn read_cursor(&self, follower: &str) -> Result<i64, StoreError> {
        feed::read_cursor(&self.readers, follower).await
    }

    async fn count_living(&self, sources: &[String]) -> Result<Vec<(String, Kind, u64)>, StoreError> {
        self.count_call();
        read::count_by_source(&self.readers, sources).await
    }

    async fn available(&self) -> Result<Vec<EntityId>, StoreError> {
        self.count_call();
        read::available(&self.readers).await
    }

    async fn list_owners(&self, sources: &[String]) -> Result<Vec<(String, EntityId)>, StoreError> {
        self.count_call();
        read::list_owners(&self.readers, sources).await
    }

    async fn count_named(&self, scope: &Scope) -> Result<u64, StoreError> {
        self.count_call();
        read::count_named(&self.readers, scope).await
    }

    async fn last_reports(&self) -> Result<Vec<RunReport>, StoreError> {
        self.count_call();
        run::last_reports(&self.readers).await
    }

    async fn run_diagnostics(&self, run: i64) -> Result<Vec<Diagnostic>, StoreError> {
        run::read_diagnostics(&self.readers, run).await
    }

    async fn run_changes(&self, run: i64) -> Result<BTreeMap<Kind, Counts>, StoreError> {
        run::changes(&self.readers, run).await
    }

    async fn list_lanes(&self) -> Result<Vec<LaneRecord>, StoreError> {
        lane::list_lanes(&self.readers).await
    }

    async fn keep_lane(&self, record: &LaneRecord) -> Result<(), StoreError> {
        lane::keep_lane(&self.writer, record).await
    }

    fn count_calls(&self) -> u64 {
        self.calls.load(Ordering::Relaxed)
    }
}
