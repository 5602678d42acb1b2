//! The book of alerts: one SQLite file beside the store. Read in this order: [`alert`] keeps what is wanted, [`letter`] what is
//! new and what leaves, [`report`] what readers say is wrong.

use std::{fs::File, path::Path, time::Duration};

use jiff::{SignedDuration, Timestamp};
use sqlx::{
    SqlitePool,
    migrate::Migrator,
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions},
};

use self::secret::{close_to_others, place_of, read_secret};
use crate::{AlertError, Key, Purpose};

mod alert;
mod letter;
mod report;
mod secret;
#[cfg(test)]
mod tests;

static MIGRATIONS: Migrator = sqlx::migrate!("src/book/migrations");

/// What nobody confirms is erased after so long.
const UNCONFIRMED: SignedDuration = SignedDuration::from_hours(48);

/// So long after a letter that asks for confirmation no other leaves to the same address.
const BETWEEN_ASKING: SignedDuration = SignedDuration::from_hours(1);

/// What was told is remembered so long, so that it is told once.
const REMEMBERED: SignedDuration = SignedDuration::from_hours(24 * 90);

/// Alerts and letters of a service.
#[derive(Clone, Debug)]
pub struct Book {
    pool: SqlitePool,
    secret: Vec<u8>,
}

impl Book {
    /// Opens the book at `path`, making it where needed; a new one begins at `end`, the last line of the change log.
    ///
    /// # Errors
    /// The file cannot be used.
    pub async fn open(path: &Path, end: i64) -> Result<Self, AlertError> {
        let unusable = |why: &dyn std::fmt::Display| AlertError::Unusable {
            place: path.display().to_string(),
            why: why.to_string(),
        };
        let options = SqliteConnectOptions::new()
            .filename(path)
            .create_if_missing(true)
            // One writer at a time is enough, and what is erased stands in no log beside the file.
            .journal_mode(SqliteJournalMode::Delete)
            .busy_timeout(Duration::from_secs(30))
            .foreign_keys(true)
            // Who ends an alert leaves no address behind in free pages.
            .pragma("secure_delete", "ON");
        // Two programs that start at once must not both lay it out: the second waits, and finds it done.
        let lock = path.with_extension("layout");
        let layout = tokio::task::spawn_blocking(move || {
            let file = File::create(lock)?;
            file.lock().map(|()| file)
        });
        let layout = layout.await.map_err(|why| unusable(&why))?.map_err(|why| unusable(&why))?;
        let pool = SqlitePoolOptions::new().max_connections(1).connect_with(options).await;
        let pool = pool.map_err(|why| unusable(&why))?;
        MIGRATIONS.run(&pool).await.map_err(|why| unusable(&why))?;
        let made =
            sqlx::query("INSERT INTO book (one, seq, secret) VALUES (1, ?1, x'') ON CONFLICT DO NOTHING");
        let is_new = made.bind(end).execute(&pool).await?.rows_affected() > 0;
        let (seq, held): (i64, Vec<u8>) =
            sqlx::query_as("SELECT seq, secret FROM book").fetch_one(&pool).await?;
        // Books that were made before held their secret themselves.
        let held = Some(held).filter(|held| !held.is_empty());
        let has_moved = held.is_some();
        let (book, place) = (path.to_owned(), place_of(path));
        let read = tokio::task::spawn_blocking(move || {
            let is_open = close_to_others(&book)?;
            read_secret(&place, held, is_new).map(|secret| (secret, is_open))
        });
        let (secret, was_open) = read.await.map_err(|why| unusable(&why))?.map_err(|why| unusable(&why))?;
        if was_open && !is_new {
            tracing::warn!(file = %path.display(), "others could read the addresses of readers; now only their keeper can");
        }
        if has_moved {
            sqlx::query("UPDATE book SET secret = x''").execute(&pool).await?;
        }
        drop(layout);
        // A store from a backup is behind what was told: its next lines have numbers that were given before.
        if seq > end {
            for statement in ["UPDATE book SET seq = ?1", "UPDATE alert SET after = min(after, ?1)"] {
                sqlx::query(statement).bind(end).execute(&pool).await?;
            }
        }
        Ok(Self { pool, secret })
    }

    /// The key by which an alert is confirmed, or changed and ended.
    pub fn key(&self, purpose: Purpose, number: i64) -> Key {
        Key::of(&self.secret, purpose, number)
    }

    /// The id of a letter, by which whoever gets it twice knows it. Another book has other ones.
    pub fn letter_id(&self, number: i64) -> String {
        let Key(sealed) = Key::of(&self.secret, Purpose::Letter, number);
        format!("raadhuis-{sealed}")
    }

    /// The secret with which what goes to the webhook of an alert is signed, as `whsec_…`.
    pub fn signing_secret(&self, number: i64) -> String {
        crate::hook::secret(&self.secret, number)
    }

    /// How far in the change log what is new was looked for.
    ///
    /// # Errors
    /// The database failed.
    pub async fn cursor(&self) -> Result<i64, AlertError> {
        Ok(sqlx::query_scalar("SELECT seq FROM book").fetch_one(&self.pool).await?)
    }

    /// Erases what was not confirmed in time, and what need not be remembered any more.
    ///
    /// # Errors
    /// The database failed.
    pub async fn tidy(&self, now: Timestamp) -> Result<(), AlertError> {
        let before = |span: SignedDuration| now.saturating_sub(span).unwrap_or(now).as_second();
        for (statement, at) in [
            ("DELETE FROM alert WHERE confirmed IS NULL AND made < ?1", before(UNCONFIRMED)),
            ("DELETE FROM asked WHERE at < ?1", before(BETWEEN_ASKING)),
            ("DELETE FROM notice WHERE letter IS NOT NULL AND at < ?1", before(REMEMBERED)),
            ("DELETE FROM letter WHERE sent < ?1", before(REMEMBERED)),
        ] {
            sqlx::query(statement).bind(at).execute(&self.pool).await?;
        }
        Ok(())
    }
}
