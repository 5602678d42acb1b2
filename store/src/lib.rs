//! The truth: entities and the parts they are folded from, the change log, runs, and the archive.
//!
//! [`Store`] is all that the rest of the program knows of a database. [`Store::commit`] and [`Store::block`]
//! are the only doors through which entities change, so the block-list, withholding and the change log
//! cannot be bypassed. What every store promises is the table in `contract.rs`; what is not in the table is
//! not promised. To add a store: one folder that implements the trait, one line in that table.

use std::{collections::BTreeMap, sync::Arc};

use async_trait::async_trait;
use futures::stream::BoxStream;
use jiff::{Timestamp, civil::Date};
use raadhuis_schema::{
    Archived, Ballots, Change, Commit, ContentHash, Counts, Edit, Entity, EntityId, Finding, Kind,
    LaneRecord, Listed, OpenRun, Origin, Owed, Policy, Provenance, Purpose, Queued, Remark, Reviewed, Ruling,
    RunReport, Scope, Takedown, Tombstone, Validator, Window,
    ledger::{Facts, Line},
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
pub use lock::{Locked, Taken};
pub use offload::offload;
pub use query::{
    Direction, Feed, Filter, Latest, Listing, Narrowed, Owing, Page, Place, Related, Term, TermsOf, Thing,
};
pub use takedown::{TakedownError, TakedownList, TakenDown, pending, take_down};

/// The store as everyone holds it.
pub type SharedStore = Arc<dyn Store>;

/// Why the store did not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The address names no store we have.
    #[error("no store is known for {0:?}; it must begin with sqlite:")]
    UnknownAddress(String),
    /// The data were written by a newer program.
    #[error(
        "the data in {place} were written by a newer Raadhuis (layout {found}); this one must not touch them"
    )]
    TooNew {
        /// The file.
        place: String,
        /// The layout that was found.
        found: i64,
    },
    /// The data were not written by us, or were changed behind our back.
    #[error("the data in {place} are not laid out as Raadhuis lays them out: {why}")]
    Foreign {
        /// The file.
        place: String,
        /// What is wrong.
        why: String,
    },
    /// What is stored cannot be read back.
    #[error("{id} is stored in a form that cannot be read: {why}")]
    Corrupt {
        /// The entity.
        id: String,
        /// What is wrong.
        why: String,
    },
    /// The file cannot be used.
    #[error("the database {place} cannot be used: {why}")]
    Unusable {
        /// The file.
        place: String,
        /// What is wrong.
        why: sqlx::Error,
    },
    /// The database failed.
    #[error("the database failed")]
    Database(#[from] sqlx::Error),
}

/// A living entity as it is stored.
#[derive(Clone, Debug, PartialEq)]
pub struct Stored {
    /// The entity.
    pub entity: Entity,
    /// Where it comes from.
    pub provenance: Provenance,
    /// The hash of its content.
    pub hash: ContentHash,
    /// The number of its last change.
    pub seq: i64,
}

/// A file that killed its readers, until it was given up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Killer {
    /// How often.
    pub times: u32,
    /// When it is put before one again.
    pub due: Timestamp,
}

/// What a takedown led to.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Blocked {
    /// The lines added to the change log.
    pub committed: Committed,
    /// The archive keys that must go.
    pub keys: Vec<String>,
    /// The SHA-256 of the files that are remembered with it.
    pub files: Vec<String>,
}

/// What a commit led to.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Committed {
    /// The lines added to the change log.
    pub changes: Vec<Change>,
    /// How many questions were queued that were not known yet.
    pub queued: u64,
}

/// Keeps entities. Times are arguments: a store has no clock.
#[warn(missing_docs)]
#[async_trait]
pub trait Store: Send + Sync + 'static {
    /// Opens a run of `source` over `window` with its first questions; or the one for the same purpose and days that was
    /// cut off less than a day ago, with what is left of its questions.
    async fn begin_run(
        &self,
        source: &str,
        purpose: Purpose,
        window: Window,
        first: &[Queued],
        at: Timestamp,
    ) -> Result<OpenRun, StoreError>;

    /// At most `limit` open questions of a run whose number comes behind `after`, in order.
    async fn open_tasks(
        &self,
        run: i64,
        after: i64,
        comes_last: bool,
        limit: u32,
    ) -> Result<Vec<(i64, Queued)>, StoreError>;

    /// What is remembered of an answer in the archive.
    async fn answer(&self, payload: &str) -> Result<Option<Archived>, StoreError>;

    /// The answers of a source that are in the archive, in the order in which they were fetched; `limit` of them behind
    /// the last one seen.
    async fn answers(
        &self,
        source: &str,
        after: Option<&Archived>,
        limit: u32,
    ) -> Result<Vec<Archived>, StoreError>;

    /// Whether any of `ids` was described in full in this run.
    async fn described(&self, run: i64, ids: &[EntityId]) -> Result<bool, StoreError>;

    /// The listings that named anything in this run.
    async fn spoke(&self, run: i64) -> Result<Vec<Origin>, StoreError>;

    /// What listings said everything about in this run, with what each no longer names.
    async fn listed(&self, run: i64) -> Result<Vec<Listed>, StoreError>;

    /// The earliest day under which a listing named anything in this run.
    async fn first_named(&self, run: i64, origin: &Origin) -> Result<Option<Date>, StoreError>;

    /// What suppliers have and we have not, in the order of their names.
    async fn owed(&self, owing: &Owing) -> Result<Vec<Owed>, StoreError>;

    /// How much waits, by queue: questions of runs under way, questions that are owed, files that are owed.
    async fn queues(&self) -> Result<Vec<(&'static str, u64)>, StoreError>;

    /// When the first thing that a source owes is to be asked for again.
    async fn next_due(&self, source: &str) -> Result<Option<Timestamp>, StoreError>;

    /// The last `first` reports of a source, newest first, without their remarks: all, or those for one purpose.
    async fn reports(
        &self,
        source: &str,
        purpose: Option<Purpose>,
        first: u32,
    ) -> Result<Vec<RunReport>, StoreError>;

    /// All that is known of a source, from which its ledger follows.
    async fn facts(&self, source: &str) -> Result<Facts, StoreError>;

    /// Notes from which day on everything of these sources is to be held.
    async fn promise(&self, sources: &[String], since: Date) -> Result<(), StoreError>;

    /// Keeps what is known of a source on a day, in place of what was known of that day before.
    async fn keep_line(&self, source: &str, day: Date, line: &Line) -> Result<(), StoreError>;

    /// The last line of every source that has one.
    async fn last_lines(&self) -> Result<Vec<(String, Line)>, StoreError>;

    /// The lines of a source, the last day first.
    async fn lines(&self, source: &str, first: u32) -> Result<Vec<(Date, Line)>, StoreError>;

    /// Takes in one answer, whole or not at all.
    async fn commit(&self, commit: Commit) -> Result<Committed, StoreError>;

    /// Closes a run with its report. The remarks were kept by the commits; those of old runs are dropped, and so are the
    /// questions of this one.
    async fn end_run(&self, report: &RunReport) -> Result<(), StoreError>;

    /// Takes an entity down for good: nothing of it is kept, nothing of it enters again, and neither does a file that went
    /// with it and that nothing outside it has.
    async fn block(&self, takedown: &Takedown) -> Result<Blocked, StoreError>;

    /// The takedown with which a file went.
    async fn takedown_of_file(&self, sha256: &str) -> Result<Option<Takedown>, StoreError>;

    /// Everything that was taken down.
    async fn takedowns(&self) -> Result<Vec<Takedown>, StoreError>;

    /// What is left of those among `ids` that are gone.
    async fn tombstones(&self, ids: &[EntityId]) -> Result<Vec<Tombstone>, StoreError>;

    /// Notes again all archive keys that went with a takedown, as when an older archive may have been put back.
    async fn recall(&self) -> Result<(), StoreError>;

    /// Notes that every file is to be had again, because the archive lost them; how many.
    async fn owe_all_files(&self, at: Timestamp) -> Result<u64, StoreError>;

    /// The documents of a source whose file was last asked for before `at`, or, while they are new, before `soon`; the
    /// longest ago first.
    async fn stale_files(
        &self,
        source: &str,
        (at, soon, new): (Timestamp, Timestamp, Timestamp),
        limit: u32,
    ) -> Result<Vec<EntityId>, StoreError>;

    /// By what the servers know the files of these hashes again, as they were given for these texts.
    async fn validators(
        &self,
        files: &[(EntityId, String)],
    ) -> Result<Vec<(EntityId, Validator)>, StoreError>;

    /// Remembers by what a server knows a file again.
    async fn keep_validator(
        &self,
        text: &EntityId,
        sha256: &str,
        validator: &Validator,
    ) -> Result<(), StoreError>;

    /// Keeps which numbers of persons were found in a file, in place of what was found before; with what was ruled of its
    /// pages.
    async fn keep_findings(&self, sha256: &str, findings: &[Finding]) -> Result<Vec<Reviewed>, StoreError>;

    /// What was found in one file, or in all, and what was ruled.
    async fn findings(&self, sha256: Option<&str>) -> Result<Vec<Reviewed>, StoreError>;

    /// Rules of a page of a file, in place of what was ruled before. What may be seen follows with the next commit of
    /// each text that holds the file.
    async fn rule(&self, page: (&str, u32), ruling: Ruling, at: Timestamp) -> Result<(), StoreError>;

    /// What is done about numbers of persons, as the last harvest was told.
    async fn policy(&self) -> Result<Option<Policy>, StoreError>;

    /// Keeps what is done about numbers of persons.
    async fn keep_policy(&self, policy: Policy) -> Result<(), StoreError>;

    /// The living texts that hold these files now.
    async fn texts_of(&self, files: &[String]) -> Result<Vec<(String, EntityId)>, StoreError>;

    /// Every file that these texts ever held, the one they hold now included.
    async fn files_of(&self, texts: &[EntityId]) -> Result<Vec<(EntityId, String)>, StoreError>;

    /// The texts of a source with pages that only OCR can read, in the order of their ids, behind one of them.
    async fn scans(
        &self,
        source: &str,
        after: Option<&EntityId>,
        limit: u32,
    ) -> Result<Vec<EntityId>, StoreError>;

    /// Whether a file killed its readers, and when it is put before one again.
    async fn killer(&self, sha256: &str) -> Result<Option<Killer>, StoreError>;

    /// Notes that a file killed its readers; `None` where it does no more.
    async fn keep_killer(&self, sha256: &str, killer: Option<Killer>) -> Result<(), StoreError>;

    /// Notes archive keys before anything is put under them. The commit that rests on a key clears its note; what a
    /// run that was cut off left behind is found among the discards.
    async fn reserve(&self, keys: &[String]) -> Result<(), StoreError>;

    /// Archive keys of which nothing may remain.
    async fn discards(&self) -> Result<Vec<String>, StoreError>;

    /// Notes that those keys were deleted, and wipes what the database itself still holds of deleted rows.
    async fn discarded(&self, keys: &[String]) -> Result<(), StoreError>;

    /// The living entities among `ids`, in no particular order.
    async fn get(&self, ids: &[EntityId]) -> Result<Vec<Stored>, StoreError>;

    /// A page of the living entities that pass `filter`, and how many there are in all.
    async fn list(&self, filter: &Filter, page: &Page) -> Result<Listing, StoreError>;

    /// For each of `ids`, a page of the living entities it points at or that point at it.
    async fn related(
        &self,
        ids: &[EntityId],
        related: &Related,
    ) -> Result<Vec<(EntityId, Listing)>, StoreError>;

    /// The change log after `seq`, oldest first.
    async fn changes(&self, after: i64, limit: u32) -> Result<Vec<Change>, StoreError>;

    /// The last `first` changes of each of `ids`, the newest first.
    async fn edits(&self, ids: &[EntityId], first: u32) -> Result<Vec<(EntityId, Vec<Edit>)>, StoreError>;

    /// How the members of parties voted in a council between two days, as far as it was published of members.
    async fn ballots(
        &self,
        authority: &EntityId,
        days: (Option<Date>, Option<Date>),
    ) -> Result<Vec<Ballots>, StoreError>;

    /// How many living entities of some kinds each of `authorities` has.
    async fn counts_of(
        &self,
        authorities: &[EntityId],
        kinds: &[Kind],
    ) -> Result<Vec<(EntityId, Kind, u64)>, StoreError>;

    /// What the documents of a thing explain: of each short and long form where it was first explained, and how often it is;
    /// all short forms, or only some.
    async fn terms(
        &self,
        of: &TermsOf,
        shorts: Option<&[String]>,
        limit: u32,
    ) -> Result<Vec<Term>, StoreError>;

    /// How the next `first` things stand that came to stand so behind `after`, tombstones included.
    async fn feed(&self, after: i64, narrowed: &Narrowed, first: u32) -> Result<Feed, StoreError>;

    /// Everything that lives, in the order in which it came to stand as it does, all as of one moment.
    fn snapshot<'a>(&'a self, narrowed: &Narrowed) -> BoxStream<'a, Result<Latest, StoreError>>;

    /// The last line of the change log.
    async fn end(&self) -> Result<i64, StoreError>;

    /// How far a follower has come.
    async fn cursor(&self, follower: &str) -> Result<i64, StoreError>;

    /// How many living entities each of `sources` has, per kind.
    async fn counts(&self, sources: &[String]) -> Result<Vec<(String, Kind, u64)>, StoreError>;

    /// The authorities of which meetings or papers are held; councillors, whom registers name too, do not count.
    async fn available(&self) -> Result<Vec<EntityId>, StoreError>;

    /// Whose papers each of `sources` gave, where it gave any.
    async fn owners(&self, sources: &[String]) -> Result<Vec<(String, EntityId)>, StoreError>;

    /// How many entities the answers to `scope` name.
    async fn named(&self, scope: &Scope) -> Result<u64, StoreError>;

    /// The last report of every source that was ever harvested, with its remarks.
    async fn last_reports(&self) -> Result<Vec<RunReport>, StoreError>;

    /// The remarks of a run, in the order in which they were made.
    async fn run_remarks(&self, run: i64) -> Result<Vec<Remark>, StoreError>;

    /// The number of changes that a run caused, by kind.
    async fn run_changes(&self, run: i64) -> Result<BTreeMap<Kind, Counts>, StoreError>;

    /// What the lanes of suppliers' hosts learned.
    async fn lanes(&self) -> Result<Vec<LaneRecord>, StoreError>;

    /// Keeps what a lane learned, in place of what it knew before.
    async fn keep_lane(&self, record: &LaneRecord) -> Result<(), StoreError>;

    /// How many calls were made of this store, for tests that count them.
    fn calls(&self) -> u64;
}

/// Deletes from the archive what the store condemned, and wipes what the database left of it. Nobody may be between noting a
/// key and committing what rests on it. With `always` the database is wiped even where nothing was condemned.
///
/// # Errors
/// The store or the archive failed.
pub async fn sweep<E>(store: &SharedStore, archive: &Archive, always: bool) -> Result<(), E>
where
    E: From<StoreError> + From<ArchiveError>,
{
    let keys = store.discards().await?;
    for key in &keys {
        archive.delete(&ArchiveKey::stored(key)).await?;
    }
    if always || !keys.is_empty() {
        store.discarded(&keys).await?;
    }
    Ok(())
}

/// Rows that [`each`] reads at once.
const ROWS: u32 = 500;

/// Shows `visit` all that passes `filter`, a page at a time.
///
/// # Errors
/// The store failed.
pub async fn each(
    store: &SharedStore,
    filter: &Filter,
    mut visit: impl FnMut(Stored) + Send,
) -> Result<(), StoreError> {
    let mut page = Page { first: ROWS, after: None, descending: false };
    loop {
        let listing = store.list(filter, &page).await?;
        page.after = listing.rows.last().map(|(place, _)| place.clone());
        listing.rows.into_iter().for_each(|(_, stored)| visit(stored));
        if !listing.more {
            return Ok(());
        }
    }
}

/// Opens the store at `address` (`sqlite:PATH`), making or migrating it where needed.
///
/// # Errors
/// An unknown address; data of a newer or foreign layout; a database that cannot be opened.
pub async fn open(address: &str) -> Result<SharedStore, StoreError> {
    match address.split_once(':') {
        Some(("sqlite", path)) => Ok(Arc::new(sqlite::Sqlite::open(path).await?)),
        _ => Err(StoreError::UnknownAddress(address.to_owned())),
    }
}
