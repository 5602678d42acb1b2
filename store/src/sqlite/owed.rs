//! Owed questions and files: suppliers have them and the store has not.

use jiff::Timestamp;
use raadhuis_schema::{BacklogItem, DiagnosticCode, EntityId, task::file_of};
use sqlx::{Row, Sqlite, SqlitePool, Transaction, sqlite::SqliteRow};

use super::{json_list, parse_id, read};
use crate::{BacklogQuery, StoreError};

type Tx<'a> = Transaction<'a, Sqlite>;

/// Marks a document's file as owed, because the document is new or changed.
pub async fn owe_file(
    tx: &mut Tx<'_>,
    source: &str,
    document: &EntityId,
    day: Option<String>,
    at: Timestamp,
) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO owed VALUES (?1, ?2, NULL, ?3, ?4, NULL, '', ?5, 0, 0)
         ON CONFLICT (source, name) DO UPDATE SET code = NULL, day = ?4, due = 0",
    )
    .bind(source)
    .bind(file_of(document))
    .bind(document.as_str())
    .bind(day)
    .bind(at.as_second())
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Marks every file that was ever fetched as owed.
pub async fn owe_all_files(pool: &SqlitePool, at: Timestamp) -> Result<u64, StoreError> {
    let owed = sqlx::query(
        r#"INSERT OR IGNORE INTO owed
           SELECT d.source, 'file of ' || d.id, NULL, d.id, d.day, NULL, 'the archive has lost it', ?1, 0, 0
             FROM entity t JOIN reference r ON r."from" = t.id AND r.relation = 'text-of'
             JOIN entity d ON d.id = r."to" AND d.gone IS NULL
            WHERE t.kind = 'document-text' AND t.gone IS NULL AND t.body ->> '$.sha256' IS NOT NULL"#,
    )
    .bind(at.as_second())
    .execute(pool)
    .await?;
    Ok(owed.rows_affected())
}

pub async fn settle_owed(tx: &mut Tx<'_>, source: &str, name: &str) -> Result<(), StoreError> {
    sqlx::query("DELETE FROM owed WHERE source = ?1 AND name = ?2")
        .bind(source)
        .bind(name)
        .execute(&mut **tx)
        .await?;
    Ok(())
}

/// Records a failed question with its next attempt; the pause grows with each failure.
pub async fn keep_failed(tx: &mut Tx<'_>, owed: &BacklogItem) -> Result<(), StoreError> {
    let before: Option<i64> = sqlx::query_scalar("SELECT tries FROM owed WHERE source = ?1 AND name = ?2")
        .bind(&owed.source)
        .bind(&owed.name)
        .fetch_optional(&mut **tx)
        .await?;
    let tries = u32::try_from(before.unwrap_or(0)).unwrap_or(u32::MAX).saturating_add(1);
    let due =
        owed.since.as_second().saturating_add(raadhuis_schema::task::pause_after(tries, owed.code).as_secs());
    sqlx::query(
        "INSERT INTO owed VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)
         ON CONFLICT (source, name) DO UPDATE SET body = ?3, subject = ?4, day = coalesce(?5, day), code = ?6, message = ?7,
             tries = ?9, due = ?10",
    )
    .bind(&owed.source)
    .bind(&owed.name)
    .bind(owed.body.as_ref().map(ToString::to_string))
    .bind(owed.subject.as_ref().map(EntityId::as_str))
    .bind(owed.day.map(|day| day.to_string()))
    .bind(owed.code.map(DiagnosticCode::as_str))
    .bind(&owed.message)
    .bind(owed.since.as_second())
    .bind(tries)
    .bind(due)
    .execute(&mut **tx)
    .await?;
    Ok(())
}

pub async fn forget_subject(tx: &mut Tx<'_>, subject: &EntityId) -> Result<(), StoreError> {
    sqlx::query("DELETE FROM owed WHERE subject = ?1").bind(subject.as_str()).execute(&mut **tx).await?;
    Ok(())
}

pub async fn list_owed(pool: &SqlitePool, owing: &BacklogQuery) -> Result<Vec<BacklogItem>, StoreError> {
    let codes = owing
        .codes
        .as_ref()
        .map(|codes| json_list(&codes.iter().map(|code| code.as_str()).collect::<Vec<_>>()));
    let rows = sqlx::query(
        "SELECT source, name, body, subject, day, code, message, since, tries, due FROM owed
          WHERE source = ?1 AND name > ?6 AND (?2 IS NULL OR due <= ?2)
            AND (?3 IS NULL OR (name LIKE 'file of %') = ?3)
            AND (?4 IS NULL OR code IS NULL OR code IN (SELECT value FROM json_each(?4)))
          ORDER BY name LIMIT ?5",
    )
    .bind(&owing.source)
    .bind(owing.due.map(Timestamp::as_second))
    .bind(owing.files)
    .bind(codes)
    .bind(owing.first)
    .bind(owing.after.as_deref().unwrap_or_default())
    .fetch_all(pool)
    .await?;
    rows.iter().map(read_owed).collect()
}

pub async fn next_due(pool: &SqlitePool, source: &str) -> Result<Option<Timestamp>, StoreError> {
    let first = sqlx::query_scalar("SELECT min(due) FROM owed WHERE source = ?1");
    let due: Option<i64> = first.bind(source).fetch_one(pool).await?;
    Ok(due.map(read::instant))
}

fn read_owed(row: &SqliteRow) -> Result<BacklogItem, StoreError> {
    let name: String = row.try_get(1)?;
    let body = match row.try_get::<Option<String>, _>(2)? {
        Some(text) => Some(
            serde_json::from_str(&text)
                .map_err(|why| StoreError::corrupt(&format!("what is owed as {name:?}"), &why))?,
        ),
        None => None,
    };
    Ok(BacklogItem {
        source: row.try_get(0)?,
        body,
        subject: row.try_get::<Option<String>, _>(3)?.map(|id| parse_id(&id)).transpose()?,
        day: row.try_get::<Option<String>, _>(4)?.and_then(|day| day.parse().ok()),
        code: row.try_get::<Option<String>, _>(5)?.and_then(|code| serde_json::from_value(code.into()).ok()),
        message: row.try_get(6)?,
        since: read::instant(row.try_get(7)?),
        tries: row.try_get(8)?,
        due: read::instant(row.try_get(9)?),
        name: row.try_get(1)?,
    })
}
