//! The facts from which coverage is computed, and the coverage lines of past days.

use jiff::{Timestamp, civil::Date};
use raadhuis_schema::{
    BacklogItem, EntityId, Kind, RunPurpose, RunReport, Total, Window,
    coverage::{Facts, Line},
    json::to_json_text,
};
use sqlx::{Row, SqlitePool};

use super::{owed, parse_id, read, run};
use crate::{BacklogQuery, StoreError};

/// The number of recent runs that are read: enough to find the last one that asked for news.
const RUNS: u32 = 50;

const PAGE: u32 = 1000;

pub async fn collect_facts(pool: &SqlitePool, source: &str) -> Result<Facts, StoreError> {
    Ok(Facts {
        runs: select_asking_runs(run::reports(pool, source, None, RUNS).await?),
        succeeded: succeeded(pool, source).await?,
        asked: list_asked_windows(pool, source).await?,
        since: read_promise(pool, source).await?,
        held: count_held(pool, source).await?,
        owed: all_owed(pool, source).await?,
        totals: list_totals(pool, source).await?,
        unheard: unheard(pool, source).await?,
        excused: excused(pool, source).await?,
    })
}

/// Selects the runs that asked the supplier anything: reading the archive again is no success of the source.
fn select_asking_runs(mut runs: Vec<RunReport>) -> Vec<RunReport> {
    runs.retain(|run| run.purpose != RunPurpose::Reread);
    runs
}

/// Returns the end of the last healthy run that asked for news.
async fn succeeded(pool: &SqlitePool, source: &str) -> Result<Option<Timestamp>, StoreError> {
    let ended: Option<String> = sqlx::query_scalar(
        "SELECT report ->> '$.ended' FROM run
          WHERE source = ?1 AND coalesce(purpose, 'asked') IN ('asked', 'recent') AND report ->> '$.verdict' = 'healthy'
          ORDER BY id DESC LIMIT 1",
    )
    .bind(source)
    .fetch_optional(pool)
    .await?;
    Ok(ended.and_then(|ended| ended.parse().ok()))
}

/// Lists the days covered by runs that were answered.
async fn list_asked_windows(pool: &SqlitePool, source: &str) -> Result<Vec<Window>, StoreError> {
    let windows: Vec<String> = sqlx::query_scalar(
        "SELECT DISTINCT report ->> '$.window' FROM run
          WHERE source = ?1 AND report IS NOT NULL AND purpose IS NOT 'owed' AND purpose IS NOT 'reread' AND report ->> '$.verdict' <> 'broken'",
    )
    .bind(source)
    .fetch_all(pool)
    .await?;
    Ok(windows.iter().filter_map(|days| days.parse().ok()).collect())
}

async fn read_promise(pool: &SqlitePool, source: &str) -> Result<Option<Date>, StoreError> {
    let since: Option<String> = sqlx::query_scalar("SELECT since FROM promise WHERE source = ?1")
        .bind(source)
        .fetch_optional(pool)
        .await?;
    Ok(since.and_then(|day| day.parse().ok()))
}

pub async fn promise(pool: &SqlitePool, sources: &[String], since: Date) -> Result<(), StoreError> {
    sqlx::query("INSERT OR REPLACE INTO promise SELECT value, ?2 FROM json_each(?1)")
        .bind(super::json_list(sources))
        .bind(since.to_string())
        .execute(pool)
        .await?;
    Ok(())
}

async fn all_owed(pool: &SqlitePool, source: &str) -> Result<Vec<BacklogItem>, StoreError> {
    let mut owing = BacklogQuery::of_source(source, PAGE);
    let mut all: Vec<BacklogItem> = Vec::new();
    loop {
        let page = owed::list_owed(pool, &owing).await?;
        let Some(last) = page.last() else { return Ok(all) };
        owing.after = Some(last.name.clone());
        all.extend(page);
    }
}

async fn count_held(pool: &SqlitePool, source: &str) -> Result<Vec<(Kind, Option<i16>, u64)>, StoreError> {
    let rows = sqlx::query(
        "SELECT kind, substr(day, 1, 4), count(*) FROM entity WHERE source = ?1 AND gone IS NULL GROUP BY 1, 2",
    )
    .bind(source)
    .fetch_all(pool)
    .await?;
    let mut held = Vec::new();
    for row in rows {
        let year: Option<String> = row.try_get(1)?;
        if let Ok(kind) = row.try_get::<&str, _>(0)?.parse::<Kind>() {
            let count = row.try_get::<i64, _>(2)?.unsigned_abs();
            held.push((kind, year.and_then(|year| year.parse().ok()), count));
        }
    }
    Ok(held)
}

/// Counts the withheld and taken-down entities of a source, per kind and cause. A text counts with its
/// document. An entity withheld under several kinds, because its kind must not be asked for, counts once.
async fn excused(pool: &SqlitePool, source: &str) -> Result<Vec<(Kind, String, u64)>, StoreError> {
    let rows = sqlx::query(
        "WITH hidden AS (
             SELECT entity AS id, 'withheld' AS cause FROM part WHERE source = ?1 AND withheld
             UNION
             SELECT id, coalesce(block.reason, gone) FROM entity LEFT JOIN block ON block.entity = entity.id
              WHERE source = ?1 AND gone IN ('withheld', 'blocked') AND kind <> 'document-text'),
         one AS (
             SELECT substr(id, instr(id, ':') + 1) AS native, min(cause) AS cause,
                    iif(count(DISTINCT id) > 1, 'register-entry', min(substr(id, 1, instr(id, ':') - 1))) AS kind
               FROM hidden GROUP BY native)
         SELECT kind, upper(cause), count(*) FROM one GROUP BY 1, 2",
    )
    .bind(source)
    .fetch_all(pool)
    .await?;
    let mut excused = Vec::new();
    for row in rows {
        if let Ok(kind) = row.try_get::<&str, _>(0)?.parse::<Kind>() {
            excused.push((kind, row.try_get(1)?, row.try_get::<i64, _>(2)?.unsigned_abs()));
        }
    }
    Ok(excused)
}

async fn list_totals(pool: &SqlitePool, source: &str) -> Result<Vec<Total>, StoreError> {
    let rows = sqlx::query(
        "SELECT source, collection, days, announced, given, at, kind FROM total WHERE source = ?1 ORDER BY 2, 3",
    )
    .bind(source)
    .fetch_all(pool)
    .await?;
    rows.iter()
        .map(|row| {
            Ok(Total {
                source: row.try_get(0)?,
                collection: row.try_get(1)?,
                kind: row.try_get::<Option<&str>, _>(6)?.and_then(|kind| kind.parse().ok()),
                window: row.try_get::<String, _>(2)?.parse().ok(),
                announced: row.try_get::<Option<i64>, _>(3)?.map(i64::unsigned_abs),
                given: row.try_get::<i64, _>(4)?.unsigned_abs(),
                at: read::instant(row.try_get(5)?),
            })
        })
        .collect()
}

/// Lists the entities held on the word of listings that announced more than they gave and no longer named
/// them.
async fn unheard(pool: &SqlitePool, source: &str) -> Result<Vec<(EntityId, Option<i16>)>, StoreError> {
    let rows = sqlx::query(
        "SELECT DISTINCT part.entity, part.day FROM total
           JOIN part ON part.origin = 'listing ' || total.source || '/' || total.collection AND part.run < total.run
            AND (total.days = '' OR (part.day >= substr(total.days, 1, 10) AND part.day <= substr(total.days, 13)))
          WHERE total.source = ?1 AND total.announced > total.given ORDER BY 1",
    )
    .bind(source)
    .fetch_all(pool)
    .await?;
    rows.iter()
        .map(|row| {
            let day: Option<jiff::civil::Date> =
                row.try_get::<Option<String>, _>(1)?.and_then(|day| day.parse().ok());
            Ok((parse_id(row.try_get(0)?)?, day.map(jiff::civil::Date::year)))
        })
        .collect()
}

pub async fn keep_line(pool: &SqlitePool, source: &str, day: Date, line: &Line) -> Result<(), StoreError> {
    sqlx::query("INSERT OR REPLACE INTO ledger VALUES (?1, ?2, ?3)")
        .bind(source)
        .bind(day.to_string())
        .bind(to_json_text(line))
        .execute(pool)
        .await?;
    Ok(())
}

pub async fn last_lines(pool: &SqlitePool) -> Result<Vec<(String, Line)>, StoreError> {
    let rows = sqlx::query(
        "SELECT source, line FROM (SELECT source, max(day) AS day FROM ledger GROUP BY source) JOIN ledger USING (source, day)",
    )
    .fetch_all(pool)
    .await?;
    rows.iter().map(|row| Ok((row.try_get(0)?, parse_line(row.try_get(0)?, row.try_get(1)?)?))).collect()
}

pub async fn list_lines(
    pool: &SqlitePool,
    source: &str,
    first: u32,
) -> Result<Vec<(Date, Line)>, StoreError> {
    let rows = sqlx::query("SELECT day, line FROM ledger WHERE source = ?1 ORDER BY day DESC LIMIT ?2")
        .bind(source)
        .bind(first)
        .fetch_all(pool)
        .await?;
    let mut lines = Vec::new();
    for row in rows {
        let day: String = row.try_get(0)?;
        if let Ok(day) = day.parse() {
            lines.push((day, parse_line(source, row.try_get(1)?)?));
        }
    }
    Ok(lines)
}

fn parse_line(source: &str, text: &str) -> Result<Line, StoreError> {
    serde_json::from_str(text)
        .map_err(|why| StoreError::corrupt(&format!("a line of the ledger of {source}"), &why))
}
