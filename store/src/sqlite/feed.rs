//! A copy of the store for others: how everything stands, in the order in which it came to stand so.
//!
//! Numbers are given out by one writer and become visible in their order, so whoever has seen one has seen all before it.

use futures::{StreamExt, stream::BoxStream};
use raadhuis_schema::Tombstone;
use sqlx::{Row, SqlitePool, sqlite::SqliteRow};

use super::{json_list, parse_id, read, word_to};
use crate::{Feed, Latest, Narrowed, StoreError, Thing};

/// The store's own order is that of the numbers; whose and which narrows it.
const FEED: &str = "SELECT id, body, hash, source, first_seen, seq, sort, authority, gone,
        (SELECT max(fetched) FROM part WHERE part.entity = entity.id) AS harvested,
        (SELECT at FROM change WHERE change.seq = entity.seq) AS at,
        (SELECT reason FROM block WHERE block.entity = entity.id) AS reason
   FROM entity
  WHERE seq > ?1 AND (?2 IS NULL OR authority IN (SELECT value FROM json_each(?2)))
    AND (?3 IS NULL OR kind IN (SELECT value FROM json_each(?3))) AND (?4 OR gone IS NULL)
  ORDER BY seq LIMIT ?5";

/// A list of values, or nothing where there is no restriction.
fn among<T: ToString>(values: &[T]) -> Option<String> {
    (!values.is_empty()).then(|| json_list(values))
}

/// What came to stand as it does behind a number.
pub async fn feed(
    pool: &SqlitePool,
    after: i64,
    narrowed: &Narrowed,
    first: u32,
) -> Result<Feed, StoreError> {
    // Both questions of the same moment.
    let mut moment = pool.begin().await?;
    let end: i64 =
        sqlx::query_scalar("SELECT coalesce(max(seq), 0) FROM change").fetch_one(&mut *moment).await?;
    let rows = sqlx::query(FEED)
        .bind(after)
        .bind(among(&narrowed.authorities))
        .bind(among(&narrowed.kinds))
        .bind(true)
        .bind(i64::from(first) + 1)
        .fetch_all(&mut *moment)
        .await?;
    let mut rows = rows.iter().map(latest).collect::<Result<Vec<_>, _>>()?;
    let more = rows.len() > first as usize;
    rows.truncate(first as usize);
    let cursor = if more { rows.last().map_or(after, |row| row.seq) } else { end.max(after) };
    Ok(Feed { rows, cursor, more, end })
}

/// Everything that lives, as of one moment: one statement is one.
pub fn snapshot<'a>(pool: &'a SqlitePool, narrowed: &Narrowed) -> BoxStream<'a, Result<Latest, StoreError>> {
    let rows = sqlx::query(FEED)
        .bind(0_i64)
        .bind(among(&narrowed.authorities))
        .bind(among(&narrowed.kinds))
        .bind(false)
        .bind(i64::MAX)
        .fetch(pool);
    rows.map(|row| latest(&row?)).boxed()
}

fn latest(row: &SqliteRow) -> Result<Latest, StoreError> {
    let id = parse_id(row.try_get("id")?)?;
    let at = read::instant(row.try_get::<Option<i64>, _>("at")?.unwrap_or_default());
    let thing = match row.try_get::<Option<String>, _>("gone")? {
        None => Thing::Living(Box::new(read::stored(row)?.1)),
        Some(gone) => Thing::Gone(Tombstone {
            gone: word_to(&id, gone)?,
            reason: row.try_get::<Option<&str>, _>("reason")?.and_then(|word| word.parse().ok()),
            since: at,
            id,
        }),
    };
    Ok(Latest { seq: row.try_get("seq")?, at, authority: parse_id(row.try_get("authority")?)?, thing })
}
