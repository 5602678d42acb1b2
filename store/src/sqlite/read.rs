//! Queries for readers. Every statement is fixed text; lists are passed as JSON arrays.

use jiff::Timestamp;
use raadhuis_schema::{Change, Entity, EntityId, Kind, Provenance, Scope};
use sqlx::{QueryBuilder, Row, Sqlite, SqlitePool, sqlite::SqliteRow};

use super::{json_list, parse_id};
use crate::{Direction, Filter, Listing, Page, Place, Related, StoreError, Stored};

pub async fn get(pool: &SqlitePool, ids: &[EntityId]) -> Result<Vec<Stored>, StoreError> {
    let rows = sqlx::query(
        "SELECT id, body, hash, source, first_seen, seq, sort,
                (SELECT max(fetched) FROM part WHERE part.entity = entity.id) AS harvested
           FROM entity WHERE id IN (SELECT value FROM json_each(?1)) AND gone IS NULL",
    )
    .bind(json_list(ids))
    .fetch_all(pool)
    .await?;
    rows.iter().map(|row| Ok(read_stored(row)?.1)).collect()
}

pub async fn list_entities(pool: &SqlitePool, filter: &Filter, page: &Page) -> Result<Listing, StoreError> {
    let mut count = QueryBuilder::new("SELECT count(*) FROM entity");
    add_conditions(&mut count, filter);
    // One transaction, so that the total and the rows are of one moment.
    let mut tx = pool.begin().await?;
    let total: i64 = count.build_query_scalar().fetch_one(&mut *tx).await?;
    let total = total.unsigned_abs();
    if page.first == 0 {
        return Ok(Listing { rows: Vec::new(), total, more: total > 0 });
    }
    let mut rows = QueryBuilder::new(
        "SELECT id, body, hash, source, first_seen, seq, sort,
                (SELECT max(fetched) FROM part WHERE part.entity = entity.id) AS harvested
           FROM entity",
    );
    add_conditions(&mut rows, filter);
    let (behind, order) = if page.descending { ("<", "sort DESC, id DESC") } else { (">", "sort, id") };
    if let Some(place) = &page.after {
        rows.push(format_args!(" AND (sort, id) {behind} ("));
        rows.push_bind(&place.sort).push(", ").push_bind(place.id.as_str()).push(")");
    }
    rows.push(format_args!(" ORDER BY {order} LIMIT ")).push_bind(i64::from(page.first) + 1);
    let rows = rows.build().fetch_all(&mut *tx).await?;
    tx.commit().await?;
    let mut rows = rows.iter().map(read_stored).collect::<Result<Vec<_>, _>>()?;
    let first = page.first as usize;
    let more = rows.len() > first;
    rows.truncate(first);
    Ok(Listing { rows, total, more })
}

/// Adds only the conditions that a filter has: with optional conditions no index could serve the query.
fn add_conditions(query: &mut QueryBuilder<Sqlite>, filter: &Filter) {
    query.push(" WHERE gone IS NULL");
    one_of(query, "kind", &filter.kinds);
    one_of(query, "authority", &filter.authorities);
    if let Some(from) = filter.from {
        query.push(" AND day >= ").push_bind(from.to_string());
    }
    if let Some(until) = filter.until {
        query.push(" AND day <= ").push_bind(until.to_string());
    }
}

/// Restricts a column to some values. A single value is compared directly, so that an index also gives the
/// order.
fn one_of<T: ToString>(query: &mut QueryBuilder<Sqlite>, column: &str, values: &[T]) {
    match values {
        [] => {}
        [one] => drop(query.push(format_args!(" AND {column} = ")).push_bind(one.to_string())),
        several => {
            query.push(format_args!(" AND {column} IN (SELECT value FROM json_each("));
            query.push_bind(json_list(several)).push("))");
        }
    }
}

pub async fn related(
    pool: &SqlitePool,
    ids: &[EntityId],
    related: &Related,
) -> Result<Vec<(EntityId, Listing)>, StoreError> {
    let statement = match related.direction {
        Direction::Forward => {
            r#"SELECT * FROM (
                   SELECT r."from" AS asked, e.id, e.body, e.hash, e.source, e.first_seen, e.seq, e.sort,
                          (SELECT max(fetched) FROM part WHERE part.entity = e.id) AS harvested,
                          row_number() OVER (PARTITION BY r."from" ORDER BY r.position) AS place,
                          count(*) OVER (PARTITION BY r."from") AS total
                     FROM reference r JOIN entity e ON e.id = r."to"
                    WHERE r."from" IN (SELECT value FROM json_each(?1)) AND r.relation = ?2 AND e.gone IS NULL
                      AND (?3 IS NULL OR e.kind IN (SELECT value FROM json_each(?3))))
               WHERE iif(?6, total + 1 - place, place) BETWEEN ?4 + 1 AND ?5 OR place = 1 ORDER BY asked, place"#
        }
        Direction::Backward => {
            r#"SELECT * FROM (
                   SELECT r."to" AS asked, e.id, e.body, e.hash, e.source, e.first_seen, e.seq, e.sort,
                          (SELECT max(fetched) FROM part WHERE part.entity = e.id) AS harvested,
                          row_number() OVER (PARTITION BY r."to" ORDER BY e.sort, e.id) AS place,
                          count(*) OVER (PARTITION BY r."to") AS total
                     FROM reference r JOIN entity e ON e.id = r."from"
                    WHERE r."to" IN (SELECT value FROM json_each(?1)) AND r.relation = ?2 AND e.gone IS NULL
                      AND (?3 IS NULL OR e.kind IN (SELECT value FROM json_each(?3))))
               WHERE iif(?6, total + 1 - place, place) BETWEEN ?4 + 1 AND ?5 OR place = 1 ORDER BY asked, place"#
        }
    };
    let (skip, end) = (i64::from(related.skip), i64::from(related.skip) + i64::from(related.first));
    let rows = sqlx::query(statement)
        .bind(json_list(ids))
        .bind(related.relation.as_str())
        .bind((!related.kinds.is_empty()).then(|| json_list(&related.kinds)))
        .bind(skip)
        .bind(end)
        .bind(related.from_end)
        .fetch_all(pool)
        .await?;
    let mut pages: Vec<(EntityId, Listing)> = Vec::new();
    for row in &rows {
        let asked = parse_id(row.try_get("asked")?)?;
        let (place, total): (i64, i64) = (row.try_get("place")?, row.try_get("total")?);
        if pages.last().is_none_or(|(id, _)| *id != asked) {
            // The first row of each entity is always read, so that an empty page still knows its total.
            pages.push((asked, Listing { rows: Vec::new(), total: total.unsigned_abs(), more: total > end }));
        }
        let place = if related.from_end { total + 1 - place } else { place };
        if place > skip
            && place <= end
            && let Some((_, page)) = pages.last_mut()
        {
            page.rows.push(read_stored(row)?);
        }
    }
    Ok(pages)
}

pub async fn changes(pool: &SqlitePool, after: i64, limit: u32) -> Result<Vec<Change>, StoreError> {
    let rows = sqlx::query(
        "SELECT seq, entity, authority, action, at, purpose, run FROM change LEFT JOIN run ON run.id = change.run
          WHERE seq > ?1 ORDER BY seq LIMIT ?2",
    )
    .bind(after)
    .bind(limit)
    .fetch_all(pool)
    .await?;
    rows.iter()
        .map(|row| {
            let id = parse_id(row.try_get(1)?)?;
            let authority = row.try_get::<Option<String>, _>(2)?.and_then(|id| parse_id(&id).ok());
            let action = serde_json::from_value(row.try_get::<String, _>(3)?.into());
            let purpose = row.try_get::<Option<String>, _>(5)?;
            Ok(Change {
                seq: row.try_get(0)?,
                action: action.map_err(|why| StoreError::corrupt(id.as_str(), &why))?,
                authority: authority.and_then(|id| id.try_into().ok()),
                at: instant(row.try_get(4)?),
                run: row.try_get(6)?,
                purpose: purpose.and_then(|word| serde_json::from_value(word.into()).ok()),
                id,
            })
        })
        .collect()
}

pub async fn count_by_source(
    pool: &SqlitePool,
    sources: &[String],
) -> Result<Vec<(String, Kind, u64)>, StoreError> {
    let rows = sqlx::query(
        "SELECT source, kind, count(*) FROM entity
          WHERE source IN (SELECT value FROM json_each(?1)) AND gone IS NULL GROUP BY source, kind",
    )
    .bind(json_list(sources))
    .fetch_all(pool)
    .await?;
    let mut counts = Vec::new();
    for row in rows {
        if let Ok(kind) = row.try_get::<&str, _>(1)?.parse::<Kind>() {
            counts.push((row.try_get(0)?, kind, row.try_get::<i64, _>(2)?.unsigned_abs()));
        }
    }
    counts.sort();
    Ok(counts)
}

/// Kinds that state registers give too: an authority with nothing else has no papers.
const OF_REGISTERS: [Kind; 4] = [Kind::Authority, Kind::Person, Kind::Party, Kind::Membership];

/// Lists the authorities with meetings or papers. The query asks the index for the next authority of each
/// kind, so its cost grows with the number of authorities and not with the number of their entities.
pub async fn available(pool: &SqlitePool) -> Result<Vec<EntityId>, StoreError> {
    let kinds: Vec<&str> =
        Kind::ALL.iter().filter(|kind| !OF_REGISTERS.contains(kind)).map(|kind| kind.as_str()).collect();
    let ids: Vec<String> = sqlx::query_scalar(
        "WITH RECURSIVE holder(kind, authority) AS (
             SELECT one.value, (SELECT min(authority) FROM entity WHERE kind = one.value AND gone IS NULL)
               FROM json_each(?1) AS one
             UNION ALL
             SELECT kind, (SELECT min(authority) FROM entity
                            WHERE kind = holder.kind AND authority > holder.authority AND gone IS NULL)
               FROM holder WHERE authority IS NOT NULL
         )
         SELECT DISTINCT authority FROM holder WHERE authority IS NOT NULL ORDER BY authority",
    )
    .bind(json_list(&kinds))
    .fetch_all(pool)
    .await?;
    Ok(ids.iter().filter_map(|id| id.parse().ok()).collect())
}

/// Lists the authorities whose papers each source gave: those of its meetings, documents or register entries.
pub async fn list_owners(
    pool: &SqlitePool,
    sources: &[String],
) -> Result<Vec<(String, EntityId)>, StoreError> {
    let kinds = [Kind::Meeting, Kind::Document, Kind::RegisterEntry].map(Kind::as_str);
    let rows: Vec<(String, String)> = sqlx::query_as(
        "SELECT source, authority FROM (
             SELECT one.value AS source,
                    (SELECT authority FROM entity
                      WHERE source = one.value AND kind IN (SELECT value FROM json_each(?2)) AND gone IS NULL
                      LIMIT 1) AS authority
               FROM json_each(?1) AS one
         ) WHERE authority IS NOT NULL",
    )
    .bind(json_list(sources))
    .bind(json_list(&kinds))
    .fetch_all(pool)
    .await?;
    Ok(rows.into_iter().filter_map(|(source, id)| Some((source, id.parse().ok()?))).collect())
}

pub async fn count_named(pool: &SqlitePool, scope: &Scope) -> Result<u64, StoreError> {
    let (first, last) = format_days(scope);
    let count: i64 = sqlx::query_scalar(
        "SELECT count(*) FROM part WHERE origin = ?1 AND (?2 IS NULL OR (day >= ?2 AND day <= ?3))",
    )
    .bind(scope.origin.to_string())
    .bind(first)
    .bind(last)
    .fetch_one(pool)
    .await?;
    Ok(count.unsigned_abs())
}

/// Formats the first and last day of a scope as the column `part.day` stores them.
pub fn format_days(scope: &Scope) -> (Option<String>, Option<String>) {
    scope.window.map_or((None, None), |w| (Some(w.first().to_string()), Some(w.last().to_string())))
}

pub fn read_stored(row: &SqliteRow) -> Result<(Place, Stored), StoreError> {
    let id = parse_id(row.try_get("id")?)?;
    let body: serde_json::Value =
        serde_json::from_str(row.try_get("body")?).map_err(|why| StoreError::corrupt(id.as_str(), &why))?;
    let hash = serde_json::from_value(row.try_get::<String, _>("hash")?.into())
        .map_err(|why| StoreError::corrupt(id.as_str(), &why))?;
    let entity = Entity::from_json(id.kind(), body).map_err(|why| StoreError::corrupt(id.as_str(), &why))?;
    let first_seen = instant(row.try_get("first_seen")?);
    let harvested = row.try_get::<Option<i64>, _>("harvested")?.map_or(first_seen, instant);
    let provenance = Provenance { source: row.try_get("source")?, first_seen, harvested };
    let place = Place { sort: row.try_get("sort")?, id };
    Ok((place, Stored { entity, provenance, hash, seq: row.try_get("seq")? }))
}

pub fn instant(seconds: i64) -> Timestamp {
    Timestamp::from_second(seconds).unwrap_or(Timestamp::UNIX_EPOCH)
}
