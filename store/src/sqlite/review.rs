//! Facts about files, by hash: numbers of persons in them, rulings of reviewers, and crashes of their readers.

use jiff::Timestamp;
use raadhuis_schema::{EntityId, Finding, Policy, Reviewed, Ruling, json::to_word};
use sqlx::{Row, Sqlite, SqlitePool, Transaction, sqlite::SqliteRow};

use super::{parse_id, read};
use crate::{CrashRecord, StoreError};

type Tx<'a> = Transaction<'a, Sqlite>;

/// Findings with their rulings, of one file or of all, in the order of files and pages. A release covers what
/// had been found by then and nothing found later; a page may be withheld where nothing was found.
const REVIEWED: &str = "SELECT finding.sha256, finding.page, finding.at, tier, masked, ruling
      FROM finding LEFT JOIN ruling ON ruling.sha256 = finding.sha256 AND ruling.page = finding.page
       AND (ruling = 'withhold' OR instr(seen, tier || ' ' || masked || ';') > 0)
     WHERE ?1 IS NULL OR finding.sha256 = ?1
     UNION ALL
    SELECT sha256, page, 0, 'high', '', ruling FROM ruling
     WHERE ruling = 'withhold' AND (?1 IS NULL OR sha256 = ?1)
       AND NOT EXISTS (SELECT 1 FROM finding WHERE finding.sha256 = ruling.sha256 AND finding.page = ruling.page)
     ORDER BY 1, 2, 3";

/// Replaces the findings in a file and returns them with the rulings on its pages.
pub async fn keep_findings(
    pool: &SqlitePool,
    sha256: &str,
    findings: &[Finding],
) -> Result<Vec<Reviewed>, StoreError> {
    let mut tx = pool.begin_with("BEGIN IMMEDIATE").await?;
    sqlx::query("DELETE FROM finding WHERE sha256 = ?1").bind(sha256).execute(&mut *tx).await?;
    for finding in findings {
        sqlx::query("INSERT OR REPLACE INTO finding VALUES (?1, ?2, ?3, ?4, ?5)")
            .bind(sha256)
            .bind(finding.page)
            .bind(finding.at)
            .bind(to_word(&finding.tier))
            .bind(&finding.masked)
            .execute(&mut *tx)
            .await?;
    }
    let rows = sqlx::query(REVIEWED).bind(sha256).fetch_all(&mut *tx).await?;
    tx.commit().await?;
    rows.iter().map(read_reviewed).collect()
}

pub async fn list_findings(pool: &SqlitePool, sha256: Option<&str>) -> Result<Vec<Reviewed>, StoreError> {
    let rows = sqlx::query(REVIEWED).bind(sha256).fetch_all(pool).await?;
    rows.iter().map(read_reviewed).collect()
}

pub async fn rule_page(
    pool: &SqlitePool,
    sha256: &str,
    page: u32,
    ruling: Ruling,
    at: Timestamp,
) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT OR REPLACE INTO ruling
         SELECT ?1, ?2, ?3, coalesce(group_concat(tier || ' ' || masked || ';', ''), ''), ?4
           FROM finding WHERE sha256 = ?1 AND page = ?2",
    )
    .bind(sha256)
    .bind(page)
    .bind(to_word(&ruling))
    .bind(at.as_second())
    .execute(pool)
    .await?;
    Ok(())
}

pub async fn texts_of(pool: &SqlitePool, files: &[String]) -> Result<Vec<(String, EntityId)>, StoreError> {
    let rows = sqlx::query(
        "SELECT file.sha256, entity.id FROM json_each(?1) AS asked
           JOIN file ON file.sha256 = asked.value
           JOIN entity ON entity.id = file.text AND gone IS NULL
            AND json_extract(entity.body, '$.sha256') = file.sha256
          ORDER BY 1, 2",
    )
    .bind(super::json_list(files))
    .fetch_all(pool)
    .await?;
    rows.iter().map(|row| Ok((row.try_get(0)?, parse_id(row.try_get(1)?)?))).collect()
}

/// Lists texts of a source with pages that only OCR can read, after one of them.
pub async fn list_scans(
    pool: &SqlitePool,
    source: &str,
    after: Option<&EntityId>,
    limit: u32,
) -> Result<Vec<EntityId>, StoreError> {
    let ids: Vec<String> = sqlx::query_scalar(
        "SELECT id FROM entity WHERE source = ?1 AND kind = 'document-text' AND gone IS NULL
            AND json_extract(body, '$.scans') > 0 AND id > ?2 ORDER BY id LIMIT ?3",
    )
    .bind(source)
    .bind(after.map_or("", EntityId::as_str))
    .bind(limit)
    .fetch_all(pool)
    .await?;
    ids.iter().map(|id| parse_id(id)).collect()
}

pub async fn read_crash_record(pool: &SqlitePool, sha256: &str) -> Result<Option<CrashRecord>, StoreError> {
    let row = sqlx::query("SELECT times, due FROM killer WHERE sha256 = ?1")
        .bind(sha256)
        .fetch_optional(pool)
        .await?;
    row.map(|row| Ok(CrashRecord { times: row.try_get(0)?, due: read::instant(row.try_get(1)?) })).transpose()
}

/// Keeps the crash record of a file; `None` deletes it.
pub async fn keep_crash_record(
    pool: &SqlitePool,
    sha256: &str,
    crash: Option<CrashRecord>,
) -> Result<(), StoreError> {
    let query = match crash {
        Some(CrashRecord { times, due }) => sqlx::query("INSERT OR REPLACE INTO killer VALUES (?1, ?2, ?3)")
            .bind(sha256)
            .bind(times)
            .bind(due.as_second()),
        None => sqlx::query("DELETE FROM killer WHERE sha256 = ?1").bind(sha256),
    };
    query.execute(pool).await?;
    Ok(())
}

pub async fn forget_files(tx: &mut Tx<'_>, files: &[&String]) -> Result<(), StoreError> {
    for statement in [
        "DELETE FROM finding WHERE sha256 IN (SELECT value FROM json_each(?1))",
        "DELETE FROM ruling WHERE sha256 IN (SELECT value FROM json_each(?1))",
        "DELETE FROM killer WHERE sha256 IN (SELECT value FROM json_each(?1))",
    ] {
        sqlx::query(statement).bind(super::json_list(files)).execute(&mut **tx).await?;
    }
    Ok(())
}

fn read_reviewed(row: &SqliteRow) -> Result<Reviewed, StoreError> {
    let sha256: String = row.try_get(0)?;
    let tier: String = row.try_get(3)?;
    let ruling: Option<String> = row.try_get(5)?;
    let finding = Finding {
        page: row.try_get(1)?,
        at: row.try_get(2)?,
        tier: serde_json::from_value(tier.into()).map_err(|why| StoreError::corrupt(&sha256, &why))?,
        masked: row.try_get(4)?,
    };
    let ruling: Option<Ruling> = ruling
        .map(|word| serde_json::from_value(word.into()))
        .transpose()
        .map_err(|why| StoreError::corrupt(&sha256, &why))?;
    Ok(Reviewed { sha256, finding, ruling })
}

pub async fn read_policy(pool: &SqlitePool) -> Result<Option<Policy>, StoreError> {
    let word: Option<String> = sqlx::query_scalar("SELECT policy FROM policy").fetch_optional(pool).await?;
    Ok(word.and_then(|word| word.parse().ok()))
}

pub async fn keep_policy(pool: &SqlitePool, policy: Policy) -> Result<(), StoreError> {
    sqlx::query("INSERT OR REPLACE INTO policy VALUES (1, ?1)").bind(to_word(&policy)).execute(pool).await?;
    Ok(())
}
