//! The store: entities and the parts they are folded from, the change log, runs, and the archive.
//!
//! The rest of the program uses a database only through [`Store`]. Entities change only through [`Store::commit_answer`]
//! and [`Store::block_entity`], so the block-list, withholding and the change log cannot be bypassed. The table in
//! `contract.rs` lists everything that a store promises. To add a store, write one folder that implements the
//! trait and one line in that table.

use std::{collections::BTreeMap, sync::Arc};

use async_trait::async_trait;
use futures::stream::BoxStream;
use jiff::{Timestamp, civil::Date};
use raadhuis_schema::{
    Archived, BacklogItem, Ballots, Change, Commit, CompleteScope, ContentHash, Counts, Diagnostic, Edit,
    Entity, EntityId, Finding, Kind, LaneRecord, OpenRun, Origin, Policy, Provenance, Queued, Reviewed,
    Ruling, RunPurpose, RunReport, Scope, Takedown, Tombstone, Validator, Window,
    coverage::{Facts, Line},
};

mod archive;
#[cfg(test)]
mod contract;
mod lock;
mod offload;
mod query;
mod sqlite;
mod takedown;

pub use archive::{Archive, ArchiveError, ArchiveKey};
pub use lock::{LockError, Locked};
pub use offload::{join_task, offload, offload_large};
pub use query::{
    BacklogQuery, Direction, Feed, Filter, Latest, Listing, Narrowed, Page, Place, Related, StaleMoments,
    Term, TermsOf, Thing,
};
pub use takedown::{TakedownError, TakedownList, TakenDown, pending, take_down};

pub type SharedStore = Arc<dyn Store>;

/// A failure of the store.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    #[error("no store is known for {0:?}; it must begin with sqlite:")]
    UnknownAddress(String),
    #[error(
        "the data in {place} were written by a newer Raadhuis (layout {found}); this one must not touch them"
    )]
    TooNew { place: String, found: i64 },
    /// The data were not written by Raadhuis, or another program changed them.
    #[error("the data in {place} are not laid out as Raadhuis lays them out: {why}")]
    Foreign { place: String, why: String },
    /// Stored data cannot be read back.
    #[error("{id} is stored in a form that cannot be read: {why}")]
    Corrupt { id: String, why: String },
    #[error("the database {place} cannot be used: {why}")]
    Unusable { place: String, why: sqlx::Error },
    #[error("the database failed")]
    Database(#[from] sqlx::Error),
}

impl StoreError {
    fn corrupt(id: &str, why: &dyn std::fmt::Display) -> Self {
        Self::Corrupt { id: id.to_owned(), why: why.to_string() }
    }
}

/// A living entity as stored.
#[derive(Clone, Debug, PartialEq)]
pub struct Stored {
    pub entity: Entity,
    pub provenance: Provenance,
    pub hash: ContentHash,
    /// The number of its last line in the change log.
    pub seq: i64,
}

/// A record of a file that crashed its readers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CrashRecord {
    /// The number of crashes so far.
    pub times: u32,
    /// The earliest time at which a reader gets the file again.
    pub due: Timestamp,
}

/// The result of a takedown.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Blocked {
    pub committed: Committed,
    /// The archive keys that must be deleted.
    pub keys: Vec<String>,
    /// The SHA-256 of the files recorded with the takedown.
    pub files: Vec<String>,
}

/// The result of a commit.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Committed {
    pub changes: Vec<Change>,
    /// The number of queued questions that were not known yet.
    pub queued: u64,
}

/// Keeps entities. Times are arguments, because a store has no clock.
#[warn(missing_docs)]
#[async_trait]
pub trait Store: Send + Sync + 'static {
    /// Opens a run of `source` over `window` with its first questions. A run with the same purpose and window
    /// that was cut off less than a day ago is resumed instead, with its open questions.
    async fn begin_run(
        &self,
        source: &str,
        purpose: RunPurpose,
        window: Window,
        first: &[Queued],
        at: Timestamp,
    ) -> Result<OpenRun, StoreError>;

    /// Lists at most `limit` open questions of a run, in order, whose number is greater than `after`.
    async fn open_tasks(
        &self,
        run: i64,
        after: i64,
        comes_last: bool,
        limit: u32,
    ) -> Result<Vec<(i64, Queued)>, StoreError>;

    /// Reads the record of an answer in the archive.
    async fn read_answer(&self, payload: &str) -> Result<Option<Archived>, StoreError>;

    /// Lists the archived answers of a source in the order in which they were fetched: `limit` of them after
    /// the last one seen.
    async fn answers(
        &self,
        source: &str,
        after: Option<&Archived>,
        limit: u32,
    ) -> Result<Vec<Archived>, StoreError>;

    /// Returns whether this run described any of `ids` in full.
    async fn described(&self, run: i64, ids: &[EntityId]) -> Result<bool, StoreError>;

    /// Lists the listings that named anything in this run.
    async fn named_origins(&self, run: i64) -> Result<Vec<Origin>, StoreError>;

    /// Lists the scopes that listings covered completely in this run, each with the entities that it no
    /// longer names.
    async fn complete_scopes(&self, run: i64) -> Result<Vec<CompleteScope>, StoreError>;

    /// Returns the earliest day under which a listing named anything in this run.
    async fn first_named(&self, run: i64, origin: &Origin) -> Result<Option<Date>, StoreError>;

    /// Lists what suppliers have and the store has not, in the order of the names.
    async fn list_owed(&self, owing: &BacklogQuery) -> Result<Vec<BacklogItem>, StoreError>;

    /// Counts the items in each queue: questions of open runs, owed questions, and owed files.
    async fn count_queues(&self) -> Result<Vec<(&'static str, u64)>, StoreError>;

    /// Returns the time at which the first owed item of a source is due.
    async fn next_due(&self, source: &str) -> Result<Option<Timestamp>, StoreError>;

    /// Lists the last `first` reports of a source, newest first, without their diagnostics: all, or those of one
    /// purpose.
    async fn reports(
        &self,
        source: &str,
        purpose: Option<RunPurpose>,
        first: u32,
    ) -> Result<Vec<RunReport>, StoreError>;

    /// Collects the facts about a source from which its coverage follows.
    async fn collect_facts(&self, source: &str) -> Result<Facts, StoreError>;

    /// Records the day from which everything of these sources is to be held.
    async fn promise(&self, sources: &[String], since: Date) -> Result<(), StoreError>;

    /// Keeps the coverage line of a source for a day; replaces an earlier line of that day.
    async fn keep_line(&self, source: &str, day: Date, line: &Line) -> Result<(), StoreError>;

    /// Lists the last line of every source that has one.
    async fn last_lines(&self) -> Result<Vec<(String, Line)>, StoreError>;

    /// Lists the lines of a source, newest day first.
    async fn list_lines(&self, source: &str, first: u32) -> Result<Vec<(Date, Line)>, StoreError>;

    /// Stores one answer, completely or not at all.
    async fn commit_answer(&self, commit: Commit) -> Result<Committed, StoreError>;

    /// Closes a run with its report. The commits kept the diagnostics; this call deletes the diagnostics of old runs
    /// and the questions of this run.
    async fn end_run(&self, report: &RunReport) -> Result<(), StoreError>;

    /// Takes an entity down for good. Nothing of it is kept or enters again; the same holds for a file of it
    /// that no entity outside it has.
    async fn block_entity(&self, takedown: &Takedown) -> Result<Blocked, StoreError>;

    /// Returns the takedown that removed a file.
    async fn takedown_of_file(&self, sha256: &str) -> Result<Option<Takedown>, StoreError>;

    /// Lists every takedown of this store.
    async fn takedowns(&self) -> Result<Vec<Takedown>, StoreError>;

    /// Lists the tombstones of those among `ids` that are gone.
    async fn tombstones(&self, ids: &[EntityId]) -> Result<Vec<Tombstone>, StoreError>;

    /// Condemns again all archive keys of takedowns, because an older archive may have been restored.
    async fn condemn_again(&self) -> Result<(), StoreError>;

    /// Marks every file as owed, because the archive lost them, and returns their number.
    async fn owe_all_files(&self, at: Timestamp) -> Result<u64, StoreError>;

    /// Lists the documents of a source whose file is due by `moments`, the longest ago first.
    async fn stale_files(
        &self,
        source: &str,
        moments: StaleMoments,
        limit: u32,
    ) -> Result<Vec<EntityId>, StoreError>;

    /// Reads the HTTP validators of the files with these hashes, as servers gave them for these texts.
    async fn validators(
        &self,
        files: &[(EntityId, String)],
    ) -> Result<Vec<(EntityId, Validator)>, StoreError>;

    /// Keeps the HTTP validator that a server gave for a file.
    async fn keep_validator(
        &self,
        text: &EntityId,
        sha256: &str,
        validator: &Validator,
    ) -> Result<(), StoreError>;

    /// Keeps the numbers of persons found in a file, replaces earlier findings, and returns them with the
    /// rulings on its pages.
    async fn keep_findings(&self, sha256: &str, findings: &[Finding]) -> Result<Vec<Reviewed>, StoreError>;

    /// Lists the findings in one file, or in all, with their rulings.
    async fn findings(&self, sha256: Option<&str>) -> Result<Vec<Reviewed>, StoreError>;

    /// Records a ruling on a page of a file; replaces an earlier ruling. The next commit of each text that
    /// holds the file changes what may be seen.
    async fn keep_ruling(
        &self,
        sha256: &str,
        page: u32,
        ruling: Ruling,
        at: Timestamp,
    ) -> Result<(), StoreError>;

    /// Returns the policy on numbers of persons that the last harvest was given.
    async fn read_policy(&self) -> Result<Option<Policy>, StoreError>;

    /// Keeps the policy on numbers of persons.
    async fn keep_policy(&self, policy: Policy) -> Result<(), StoreError>;

    /// Lists the living texts that hold these files now.
    async fn texts_of(&self, files: &[String]) -> Result<Vec<(String, EntityId)>, StoreError>;

    /// Lists every file that these texts ever held, the current one included.
    async fn files_of(&self, texts: &[EntityId]) -> Result<Vec<(EntityId, String)>, StoreError>;

    /// Lists texts of a source with pages that only OCR can read, in the order of their ids, after `after`.
    async fn list_scans(
        &self,
        source: &str,
        after: Option<&EntityId>,
        limit: u32,
    ) -> Result<Vec<EntityId>, StoreError>;

    /// Returns the crash record of a file, with the time at which a reader gets it again.
    async fn crash_record(&self, sha256: &str) -> Result<Option<CrashRecord>, StoreError>;

    /// Keeps the crash record of a file; `None` deletes it.
    async fn keep_crash_record(&self, sha256: &str, record: Option<CrashRecord>) -> Result<(), StoreError>;

    /// Records archive keys before anything is stored under them. The commit that uses a key clears its
    /// record, so the keys of an interrupted run are found among the discards.
    async fn reserve(&self, keys: &[String]) -> Result<(), StoreError>;

    /// Lists the archive keys that must be deleted.
    async fn discards(&self) -> Result<Vec<String>, StoreError>;

    /// Records that those keys were deleted, and wipes deleted rows from the database file.
    async fn discarded(&self, keys: &[String]) -> Result<(), StoreError>;

    /// Reads the living entities among `ids`, in no particular order.
    async fn get(&self, ids: &[EntityId]) -> Result<Vec<Stored>, StoreError>;

    /// Reads a page of the living entities that pass `filter`, with their total number.
    async fn list_entities(&self, filter: &Filter, page: &Page) -> Result<Listing, StoreError>;

    /// Reads, for each of `ids`, a page of the living entities that it points at or that point at it.
    async fn related(
        &self,
        ids: &[EntityId],
        related: &Related,
    ) -> Result<Vec<(EntityId, Listing)>, StoreError>;

    /// Reads the change log after `seq`, oldest first.
    async fn changes(&self, after: i64, limit: u32) -> Result<Vec<Change>, StoreError>;

    /// Reads the last `first` changes of each of `ids`, newest first.
    async fn list_edits(
        &self,
        ids: &[EntityId],
        first: u32,
    ) -> Result<Vec<(EntityId, Vec<Edit>)>, StoreError>;

    /// Counts how the members of parties voted in a council between two days, from published votes of members
    /// only.
    async fn ballots(
        &self,
        authority: &EntityId,
        from: Option<Date>,
        until: Option<Date>,
    ) -> Result<Vec<Ballots>, StoreError>;

    /// Counts the living entities of some kinds for each of `authorities`.
    async fn counts_of(
        &self,
        authorities: &[EntityId],
        kinds: &[Kind],
    ) -> Result<Vec<(EntityId, Kind, u64)>, StoreError>;

    /// Lists the abbreviations that some documents explain, all or only certain short forms: where each pair
    /// was first explained, and in how many documents.
    async fn list_terms(
        &self,
        of: &TermsOf,
        shorts: Option<&[String]>,
        limit: u32,
    ) -> Result<Vec<Term>, StoreError>;

    /// Reads the next `first` entities, tombstones included, whose last change is after `after`.
    async fn read_feed(&self, after: i64, narrowed: &Narrowed, first: u32) -> Result<Feed, StoreError>;

    /// Streams everything that lives, in the order of its last changes, as of one moment.
    fn snapshot<'a>(&'a self, narrowed: &Narrowed) -> BoxStream<'a, Result<Latest, StoreError>>;

    /// Returns the number of the last line of the change log.
    async fn last_change(&self) -> Result<i64, StoreError>;

    /// Returns the position of a follower in the change log.
    async fn read_cursor(&self, follower: &str) -> Result<i64, StoreError>;

    /// Counts the living entities of each of `sources`, per kind.
    async fn count_living(&self, sources: &[String]) -> Result<Vec<(String, Kind, u64)>, StoreError>;

    /// Lists the authorities with meetings or papers. Councillors do not count, because registers name them
    /// too.
    async fn available(&self) -> Result<Vec<EntityId>, StoreError>;

    /// Lists the authorities whose papers each of `sources` gave.
    async fn list_owners(&self, sources: &[String]) -> Result<Vec<(String, EntityId)>, StoreError>;

    /// Counts the entities that the answers to `scope` name.
    async fn count_named(&self, scope: &Scope) -> Result<u64, StoreError>;

    /// Reads the last report of every source that was ever harvested, with its diagnostics.
    async fn last_reports(&self) -> Result<Vec<RunReport>, StoreError>;

    /// Lists the diagnostics of a run, in the order in which they were made.
    async fn run_diagnostics(&self, run: i64) -> Result<Vec<Diagnostic>, StoreError>;

    /// Counts the changes that a run caused, by kind.
    async fn run_changes(&self, run: i64) -> Result<BTreeMap<Kind, Counts>, StoreError>;

    /// Reads the records of the lanes (groups of suppliers' hosts).
    async fn list_lanes(&self) -> Result<Vec<LaneRecord>, StoreError>;

    /// Keeps the record of a lane; replaces its earlier record.
    async fn keep_lane(&self, record: &LaneRecord) -> Result<(), StoreError>;

    /// Counts the calls made of this store, for tests.
    fn count_calls(&self) -> u64;
}

/// Deletes condemned keys from the archive and wipes their traces from the database. No caller may be between
/// recording a key and committing what uses it. With `always` the database is wiped even if nothing was
/// condemned.
///
/// # Errors
/// The store or the archive failed.
pub async fn sweep_archive<E>(store: &SharedStore, archive: &Archive, always: bool) -> Result<(), E>
where
    E: From<StoreError> + From<ArchiveError>,
{
    let keys = store.discards().await?;
    for key in &keys {
        archive.delete_object(&ArchiveKey::from_stored(key)).await?;
    }
    if always || !keys.is_empty() {
        store.discarded(&keys).await?;
    }
    Ok(())
}

const ROWS: u32 = 500;

/// Calls `visit` with everything that passes `filter`, a page at a time.
///
/// # Errors
/// The store failed.
pub async fn visit_each(
    store: &SharedStore,
    filter: &Filter,
    mut visit: impl FnMut(Stored) + Send,
) -> Result<(), StoreError> {
    let mut page = Page { first: ROWS, after: None, descending: false };
    loop {
        let listing = store.list_entities(filter, &page).await?;
        page.after = listing.rows.last().map(|(place, _)| place.clone());
        listing.rows.into_iter().for_each(|(_, stored)| visit(stored));
        if !listing.more {
            return Ok(());
        }
    }
}

/// Opens the store at `address` (`sqlite:PATH`) and creates or migrates it where needed.
///
/// # Errors
/// The address is unknown, the layout is newer or foreign, or the database cannot be opened.
pub async fn open(address: &str) -> Result<SharedStore, StoreError> {
    match address.split_once(':') {
        Some(("sqlite", path)) => Ok(Arc::new(sqlite::Sqlite::open(path).await?)),
        _ => Err(StoreError::UnknownAddress(address.to_owned())),
    }
}
