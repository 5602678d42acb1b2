//! The records of archived answers.

use raadhuis_schema::{Archived, Commit};
use serde_json::json;
use sqlx::{Row, Sqlite, SqlitePool, Transaction, sqlite::SqliteRow};

use super::read;
use crate::StoreError;

type Tx<'a> = Transaction<'a, Sqlite>;

pub async fn keep_answer(tx: &mut Tx<'_>, commit: &Commit) -> Result<(), StoreError> {
    let Some(answer) = &commit.answer else { return Ok(()) };
    sqlx::query("INSERT OR REPLACE INTO answer VALUES (?1, ?2, ?3, ?4, ?5, ?6)")
        .bind(&answer.payload)
        .bind(&commit.source)
        .bind(answer.task.to_string())
        .bind(&answer.sha256)
        .bind(answer.edition)
        .bind(answer.fetched.as_second())
        .execute(&mut **tx)
        .await?;
    Ok(())
}

/// Marks the parts of an unchanged answer as heard again, in one statement. Returns `false` if some of them
/// are no longer held, so that each must be looked at.
pub async fn hear_again(tx: &mut Tx<'_>, commit: &Commit) -> Result<bool, StoreError> {
    let mut pairs: Vec<_> =
        commit.parts.iter().map(|part| json!([part.entity().as_str(), part.origin.to_string()])).collect();
    pairs.sort_by_key(ToString::to_string);
    pairs.dedup();
    let heard = sqlx::query(
        "UPDATE part SET run = max(run, ?2), fetched = max(fetched, ?3), missing = NULL, asked = NULL, answers = NULL
          WHERE (entity, origin) IN (SELECT value ->> 0, value ->> 1 FROM json_each(?1))",
    )
    .bind(json!(pairs).to_string())
    .bind(commit.run)
    .bind(commit.fetched.as_second())
    .execute(&mut **tx)
    .await?;
    Ok(heard.rows_affected() == pairs.len() as u64)
}

pub async fn read_answer(pool: &SqlitePool, payload: &str) -> Result<Option<Archived>, StoreError> {
    let row = sqlx::query("SELECT payload, task, sha256, edition, fetched FROM answer WHERE payload = ?1")
        .bind(payload)
        .fetch_optional(pool)
        .await?;
    row.as_ref().map(archived).transpose()
}

/// Lists the answers of a source in the order in which they were fetched.
pub async fn list_answers(
    pool: &SqlitePool,
    source: &str,
    after: Option<&Archived>,
    limit: u32,
) -> Result<Vec<Archived>, StoreError> {
    let rows = sqlx::query(
        "SELECT payload, task, sha256, edition, fetched FROM answer
          WHERE source = ?1 AND (?2 IS NULL OR (fetched, payload) > (?2, ?3)) ORDER BY fetched, payload LIMIT ?4",
    )
    .bind(source)
    .bind(after.map(|last| last.fetched.as_second()))
    .bind(after.map(|last| &last.payload))
    .bind(limit)
    .fetch_all(pool)
    .await?;
    rows.iter().map(archived).collect()
}

fn archived(row: &SqliteRow) -> Result<Archived, StoreError> {
    let payload: String = row.try_get(0)?;
    Ok(Archived {
        task: serde_json::from_str(row.try_get(1)?).map_err(|why| StoreError::corrupt(&payload, &why))?,
        sha256: row.try_get(2)?,
        edition: row.try_get(3)?,
        fetched: read::instant(row.try_get(4)?),
        payload,
    })
}
