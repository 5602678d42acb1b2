//! The feed from which others copy the store: the current state of all entities, in the order of their last changes.
//!
//! One writer assigns the change numbers and they become visible in order, so a reader of one number has seen all before it.

use futures::{StreamExt, stream::BoxStream};
use raadhuis_schema::Tombstone;
use sqlx::{Row, SqlitePool, sqlite::SqliteRow};

use super::{json_list, parse_id, read, word_to};
use crate::{Feed, Latest, Narrowed, StoreError, Thing};

/// Entities in the order of their change numbers, restricted by authorities and kinds.
const FEED: &str = "SELECT id, body, hash, source, first_seen, seq, sort, authority, gone,
        (SELECT max(fetched) FROM part WHERE part.entity = entity.id) AS harvested,
        (SELECT at FROM change WHERE change.seq = entity.seq) AS at,
        (SELECT reason FROM block WHERE block.entity = entity.id) AS reason
   FROM entity
  WHERE seq > ?1 AND (?2 IS NULL OR authority IN (SELECT value FROM json_each(?2)))
    AND (?3 IS NULL OR kind IN (SELECT value FROM json_each(?3))) AND (?4 OR gone IS NULL)
  ORDER BY seq LIMIT ?5";

/// A JSON list of values; `None` for no restriction.
fn json_filter<T: ToString>(values: &[T]) -> Option<String> {
    (!values.is_empty()).then(|| json_list(values))
}

pub async fn read_feed(
    pool: &SqlitePool,
    after: i64,
    narrowed: &Narrowed,
    first: u32,
) -> Result<Feed, StoreError> {
    // One transaction, so that both queries see the same state.
    let mut moment = pool.begin().await?;
    let end: i64 =
        sqlx::query_scalar("SELECT coalesce(max(seq), 0) FROM change").fetch_one(&mut *moment).await?;
    let rows = sqlx::query(FEED)
        .bind(after)
        .bind(json_filter(&narrowed.authorities))
        .bind(json_filter(&narrowed.kinds))
        .bind(true)
        .bind(i64::from(first) + 1)
        .fetch_all(&mut *moment)
        .await?;
    let mut rows = rows.iter().map(read_latest).collect::<Result<Vec<_>, _>>()?;
    let more = rows.len() > first as usize;
    rows.truncate(first as usize);
    let cursor = if more { rows.last().map_or(after, |row| row.seq) } else { end.max(after) };
    Ok(Feed { rows, cursor, more, end })
}

/// Streams all living entities as of one moment: one SQLite statement sees one state.
pub fn snapshot<'a>(pool: &'a SqlitePool, narrowed: &Narrowed) -> BoxStream<'a, Result<Latest, StoreError>> {
    let rows = sqlx::query(FEED)
        .bind(0_i64)
        .bind(json_filter(&narrowed.authorities))
        .bind(json_filter(&narrowed.kinds))
        .bind(false)
        .bind(i64::MAX)
        .fetch(pool);
    rows.map(|row| read_latest(&row?)).boxed()
}

pub async fn last_change(pool: &SqlitePool) -> Result<i64, StoreError> {
    Ok(sqlx::query_scalar("SELECT coalesce(max(seq), 0) FROM change").fetch_one(pool).await?)
}

/// The position of a follower; 0 for one that never moved.
pub async fn read_cursor(pool: &SqlitePool, follower: &str) -> Result<i64, StoreError> {
    let found = sqlx::query_scalar("SELECT seq FROM cursor WHERE follower = ?1").bind(follower);
    Ok(found.fetch_optional(pool).await?.unwrap_or(0))
}

fn read_latest(row: &SqliteRow) -> Result<Latest, StoreError> {
    let id = parse_id(row.try_get("id")?)?;
    let at = read::instant(row.try_get::<Option<i64>, _>("at")?.unwrap_or_default());
    let thing = match row.try_get::<Option<String>, _>("gone")? {
        None => Thing::Living(Box::new(read::read_stored(row)?.1)),
        Some(gone) => Thing::Gone(Tombstone {
            gone: word_to(&id, gone)?,
            reason: row.try_get::<Option<&str>, _>("reason")?.and_then(|word| word.parse().ok()),
            since: at,
            id,
        }),
    };
    Ok(Latest { seq: row.try_get("seq")?, at, authority: parse_id(row.try_get("authority")?)?, thing })
}
