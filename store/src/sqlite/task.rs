//! The questions of open runs, and the scopes that listings covered in them.

use jiff::civil::Date;
use raadhuis_schema::{Commit, CompleteScope, End, EntityId, Missing, Origin, Queued, Scope, Window};
use sqlx::{Row, Sqlite, SqlitePool, Transaction};

use super::{owed, parse_id, read};
use crate::StoreError;

type Tx<'a> = Transaction<'a, Sqlite>;

/// Queues questions and returns the number of those that were not known yet.
pub async fn queue_tasks(tx: &mut Tx<'_>, run: i64, tasks: &[Queued]) -> Result<u64, StoreError> {
    let mut new = 0;
    for task in tasks {
        let done = sqlx::query(
            "INSERT OR IGNORE INTO task (run, name, body, comes_last, open) VALUES (?1, ?2, ?3, ?4, 1)",
        )
        .bind(run)
        .bind(&task.name)
        .bind(task.body.to_string())
        .bind(task.comes_last)
        .execute(&mut **tx)
        .await?;
        new += done.rows_affected();
    }
    Ok(new)
}

/// Records the end of a commit's question, and its scopes as a listing.
pub async fn settle_task(tx: &mut Tx<'_>, commit: &Commit) -> Result<(), StoreError> {
    let Some(end) = &commit.end else { return Ok(()) };
    let days = format_window(commit.window);
    for part in &commit.parts {
        if let Origin::Listing { .. } = part.origin {
            sqlx::query("INSERT OR IGNORE INTO listed VALUES (?1, ?2, ?3, ?4)")
                .bind(commit.run)
                .bind(part.origin.to_string())
                .bind(&days)
                .bind(part.entity().as_str())
                .execute(&mut **tx)
                .await?;
        }
    }
    for scope in &commit.listed {
        sqlx::query("INSERT OR REPLACE INTO whole VALUES (?1, ?2, ?3, ?4, ?5)")
            .bind(commit.run)
            .bind(&commit.task)
            .bind(scope.origin.to_string())
            .bind(format_window(scope.window))
            .bind(scope.announced.map(|total| i64::try_from(total).unwrap_or(i64::MAX)))
            .execute(&mut **tx)
            .await?;
    }
    if matches!(end, End::Answered | End::Left(_)) {
        sqlx::query("UPDATE task SET open = 0 WHERE run = ?1 AND name = ?2")
            .bind(commit.run)
            .bind(&commit.task)
            .execute(&mut **tx)
            .await?;
    }
    match end {
        End::Answered => owed::settle_owed(tx, &commit.source, &commit.task).await,
        End::Again => Ok(()),
        End::Left(left) => owed::keep_failed(tx, left).await,
    }
}

pub async fn open(
    pool: &SqlitePool,
    run: i64,
    after: i64,
    comes_last: bool,
    limit: u32,
) -> Result<Vec<(i64, Queued)>, StoreError> {
    let rows = sqlx::query(
        "SELECT seq, name, body FROM task
          WHERE run = ?1 AND open AND comes_last = ?2 AND seq > ?3 ORDER BY seq LIMIT ?4",
    )
    .bind(run)
    .bind(comes_last)
    .bind(after)
    .bind(limit)
    .fetch_all(pool)
    .await?;
    rows.iter()
        .map(|row| {
            let name: String = row.try_get(1)?;
            let body = serde_json::from_str(row.try_get(2)?)
                .map_err(|why| StoreError::corrupt(&format!("the question {name:?}"), &why))?;
            Ok((row.try_get(0)?, Queued { name, body, comes_last }))
        })
        .collect()
}

pub async fn count_queues(pool: &SqlitePool) -> Result<Vec<(&'static str, u64)>, StoreError> {
    let row = sqlx::query(
        "SELECT (SELECT count(*) FROM task WHERE open),
                (SELECT count(*) FROM owed WHERE name NOT LIKE 'file of %'),
                (SELECT count(*) FROM owed WHERE name LIKE 'file of %')",
    )
    .fetch_one(pool)
    .await?;
    let mut queues = Vec::new();
    for (place, name) in ["questions", "owed questions", "owed files"].into_iter().enumerate() {
        queues.push((name, row.try_get::<i64, _>(place)?.unsigned_abs()));
    }
    Ok(queues)
}

pub async fn described(pool: &SqlitePool, run: i64, ids: &[EntityId]) -> Result<bool, StoreError> {
    Ok(sqlx::query_scalar(
        "SELECT EXISTS (SELECT 1 FROM part WHERE entity IN (SELECT value FROM json_each(?1)) AND standing = 3 AND run = ?2)",
    )
    .bind(super::json_list(ids))
    .bind(run)
    .fetch_one(pool)
    .await?)
}

pub async fn list_named_origins(pool: &SqlitePool, run: i64) -> Result<Vec<Origin>, StoreError> {
    let origins: Vec<String> = sqlx::query_scalar("SELECT DISTINCT origin FROM listed WHERE run = ?1")
        .bind(run)
        .fetch_all(pool)
        .await?;
    origins.iter().map(|origin| parse(origin)).collect()
}

pub async fn list_complete_scopes(pool: &SqlitePool, run: i64) -> Result<Vec<CompleteScope>, StoreError> {
    let rows = sqlx::query(
        "SELECT task, origin, days, announced,
                (SELECT count(*) FROM listed
                  WHERE listed.run = whole.run AND listed.origin = whole.origin AND listed.days = whole.days)
           FROM whole WHERE run = ?1 ORDER BY task",
    )
    .bind(run)
    .fetch_all(pool)
    .await?;
    let mut all = Vec::new();
    for row in rows {
        let origin = parse(row.try_get(1)?)?;
        let window: Option<Window> = row.try_get::<String, _>(2)?.parse().ok();
        let announced: Option<i64> = row.try_get(3)?;
        let scope = Scope { origin, window, announced: announced.map(i64::unsigned_abs) };
        let missing = missing(pool, &scope, run).await?;
        all.push(CompleteScope {
            task: row.try_get(0)?,
            scope,
            given: row.try_get::<i64, _>(4)?.unsigned_abs(),
            missing,
        });
    }
    Ok(all)
}

/// Lists the entities held on the word of a listing that did not name them in this run, newest day first.
async fn missing(pool: &SqlitePool, scope: &Scope, run: i64) -> Result<Vec<Missing>, StoreError> {
    let (first, last) = read::format_days(scope);
    let rows = sqlx::query(
        "SELECT entity, day, asked, answers FROM part
          WHERE origin = ?1 AND run < ?4 AND (?2 IS NULL OR (day >= ?2 AND day <= ?3)) ORDER BY day DESC, entity",
    )
    .bind(scope.origin.to_string())
    .bind(first)
    .bind(last)
    .bind(run)
    .fetch_all(pool)
    .await?;
    rows.iter()
        .map(|row| {
            let day: Option<String> = row.try_get(1)?;
            let asked: Option<i64> = row.try_get(2)?;
            let answers: Option<bool> = row.try_get(3)?;
            Ok(Missing {
                entity: parse_id(row.try_get(0)?)?,
                day: day.and_then(|day| day.parse().ok()),
                asked: asked.map(|at| (read::instant(at), answers.unwrap_or(false))),
            })
        })
        .collect()
}

pub async fn first_named(pool: &SqlitePool, run: i64, origin: &Origin) -> Result<Option<Date>, StoreError> {
    let day: Option<String> = sqlx::query_scalar("SELECT min(day) FROM part WHERE origin = ?1 AND run = ?2")
        .bind(origin.to_string())
        .bind(run)
        .fetch_one(pool)
        .await?;
    Ok(day.and_then(|day| day.parse().ok()))
}

/// Keeps the totals that the listings of a run announced, and deletes its questions.
pub async fn close_run(tx: &mut Tx<'_>, run: i64, source: &str, at: i64) -> Result<(), StoreError> {
    // A stored total for the same days is replaced as a whole, even if an earlier run asked for more.
    sqlx::query(
        "INSERT OR REPLACE INTO total
         SELECT ?2, substr(origin, instr(origin, '/') + 1), days, max(announced),
                (SELECT count(*) FROM listed
                  WHERE listed.run = whole.run AND listed.origin = whole.origin AND listed.days = whole.days), ?3, ?1,
                (SELECT substr(max(entity), 1, instr(max(entity), ':') - 1) FROM listed
                  WHERE listed.run = whole.run AND listed.origin = whole.origin)
           FROM whole WHERE run = ?1 AND origin LIKE 'listing %' GROUP BY origin, days",
    )
    .bind(run)
    .bind(source)
    .bind(at)
    .execute(&mut **tx)
    .await?;
    forget_run(tx, run).await
}

pub async fn forget_run(tx: &mut Tx<'_>, run: i64) -> Result<(), StoreError> {
    for statement in [
        "DELETE FROM task WHERE run = ?1",
        "DELETE FROM listed WHERE run = ?1",
        "DELETE FROM whole WHERE run = ?1",
    ] {
        sqlx::query(statement).bind(run).execute(&mut **tx).await?;
    }
    Ok(())
}

/// Formats a window as it is stored; the empty text means everything.
fn format_window(window: Option<Window>) -> String {
    window.map(|window| window.to_string()).unwrap_or_default()
}

fn parse(origin: &str) -> Result<Origin, StoreError> {
    origin.parse().map_err(|why| StoreError::Corrupt { id: origin.to_owned(), why })
}
