//! The alert store: the database of alerts, one SQLite file beside that of the entities. Read in this order: [`alert`] keeps
//! alerts, [`notification`] what is to be sent, and [`report`] reports of readers.

use std::{fs::File, path::Path, time::Duration};

use jiff::{SignedDuration, Timestamp};
use sqlx::{
    SqlitePool,
    migrate::Migrator,
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions},
};

use self::secret::{close_to_others, place_of, read_secret};
use crate::{AlertError, Key, KeyPurpose};

mod alert;
mod notification;
mod report;
mod secret;
#[cfg(test)]
mod tests;

static MIGRATIONS: Migrator = sqlx::migrate!("src/alert_store/migrations");

/// Time after which an unconfirmed alert is erased.
const UNCONFIRMED: SignedDuration = SignedDuration::from_hours(48);

/// Minimum time between two requests for confirmation to one address.
const BETWEEN_ASKING: SignedDuration = SignedDuration::from_hours(1);

/// Time for which notices are remembered, so that news is not sent twice.
const REMEMBERED: SignedDuration = SignedDuration::from_hours(24 * 90);

#[derive(Clone, Debug)]
pub struct AlertStore {
    pool: SqlitePool,
    secret: Vec<u8>,
}

impl AlertStore {
    /// Opens the alert store at `path`, or creates it. A new one begins at `end`, the last position of the change log.
    ///
    /// # Errors
    /// The file cannot be used.
    pub async fn open(path: &Path, end: i64) -> Result<Self, AlertError> {
        let options = SqliteConnectOptions::new()
            .filename(path)
            .create_if_missing(true)
            // One writer at a time suffices, and no log beside the file keeps erased data.
            .journal_mode(SqliteJournalMode::Delete)
            .busy_timeout(Duration::from_secs(30))
            .foreign_keys(true)
            // Overwrites the address of an ended alert in free pages.
            .pragma("secure_delete", "ON");
        // Of two programs that start at once only one creates the tables; the other waits.
        let lock = path.with_extension("layout");
        let layout = tokio::task::spawn_blocking(move || {
            let file = File::create(lock)?;
            file.lock().map(|()| file)
        });
        let layout = layout.await.map_err(|why| unusable(path, &why))?.map_err(|why| unusable(path, &why))?;
        let pool = SqlitePoolOptions::new().max_connections(1).connect_with(options).await;
        let pool = pool.map_err(|why| unusable(path, &why))?;
        MIGRATIONS.run(&pool).await.map_err(|why| unusable(path, &why))?;
        let made =
            sqlx::query("INSERT INTO book (one, seq, secret) VALUES (1, ?1, x'') ON CONFLICT DO NOTHING");
        let is_new = made.bind(end).execute(&pool).await?.rows_affected() > 0;
        let (seq, held): (i64, Vec<u8>) =
            sqlx::query_as("SELECT seq, secret FROM book").fetch_one(&pool).await?;
        // Older files hold their secret in the database.
        let held = Some(held).filter(|held| !held.is_empty());
        let has_moved = held.is_some();
        let (store, place) = (path.to_owned(), place_of(path));
        let read = tokio::task::spawn_blocking(move || {
            let is_open = close_to_others(&store)?;
            read_secret(&place, held, is_new).map(|secret| (secret, is_open))
        });
        let (secret, was_open) =
            read.await.map_err(|why| unusable(path, &why))?.map_err(|why| unusable(path, &why))?;
        if was_open && !is_new {
            tracing::warn!(file = %path.display(), "others could read the addresses of readers; now only the owner of the file can");
        }
        if has_moved {
            sqlx::query("UPDATE book SET secret = x''").execute(&pool).await?;
        }
        drop(layout);
        // The store of entities was restored from a backup, and will assign the same positions again.
        if seq > end {
            for statement in ["UPDATE book SET seq = ?1", "UPDATE alert SET after = min(after, ?1)"] {
                sqlx::query(statement).bind(end).execute(&pool).await?;
            }
        }
        Ok(Self { pool, secret })
    }

    pub fn create_key(&self, purpose: KeyPurpose, number: i64) -> Key {
        Key::new(&self.secret, purpose, number)
    }

    /// The id of a notification, by which a receiver detects repeats. Each alert store has its own ids.
    pub fn notification_id(&self, number: i64) -> String {
        let Key(sealed) = Key::new(&self.secret, KeyPurpose::Letter, number);
        format!("raadhuis-{sealed}")
    }

    /// The secret that signs messages to an alert's webhook, as `whsec_…`.
    pub fn signing_secret(&self, number: i64) -> String {
        crate::webhook::derive_secret(&self.secret, number)
    }

    /// The position in the change log up to which news was looked for.
    ///
    /// # Errors
    /// The database failed.
    pub async fn read_cursor(&self) -> Result<i64, AlertError> {
        Ok(sqlx::query_scalar("SELECT seq FROM book").fetch_one(&self.pool).await?)
    }

    /// Deletes alerts that were not confirmed in time, and expired records.
    ///
    /// # Errors
    /// The database failed.
    pub async fn delete_expired(&self, now: Timestamp) -> Result<(), AlertError> {
        for (statement, at) in [
            ("DELETE FROM alert WHERE confirmed IS NULL AND made < ?1", seconds_before(now, UNCONFIRMED)),
            ("DELETE FROM asked WHERE at < ?1", seconds_before(now, BETWEEN_ASKING)),
            ("DELETE FROM notice WHERE letter IS NOT NULL AND at < ?1", seconds_before(now, REMEMBERED)),
            ("DELETE FROM letter WHERE sent < ?1", seconds_before(now, REMEMBERED)),
        ] {
            sqlx::query(statement).bind(at).execute(&self.pool).await?;
        }
        Ok(())
    }
}

fn unusable(path: &Path, why: &dyn std::fmt::Display) -> AlertError {
    AlertError::Unusable { place: path.display().to_string(), why: why.to_string() }
}

fn refuse_alert<T>(why: impl Into<String>) -> Result<T, AlertError> {
    Err(AlertError::Refused(why.into()))
}

fn seconds_before(now: Timestamp, span: SignedDuration) -> i64 {
    now.saturating_sub(span).unwrap_or(now).as_second()
}
