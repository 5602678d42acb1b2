//! Runs and their reports.

use std::collections::BTreeMap;

use futures::TryStreamExt;
use jiff::{SignedDuration, Timestamp};
use raadhuis_schema::{
    Counts, Diagnostic, Kind, OpenRun, Queued, RunPurpose, RunReport, Window,
    json::{to_json_text, to_word},
};
use sqlx::{Row, Sqlite, SqlitePool, Transaction};

use super::{erase, task};
use crate::StoreError;

/// The number of runs of a source whose diagnostics are kept.
const REMEMBERED: i64 = 30;

/// The age at which a run that was cut off is no longer resumed: its answers are outdated.
const FORGOTTEN_AFTER: SignedDuration = SignedDuration::from_hours(24);

/// The time for which an answer without effect is kept.
const KEPT_FOR: SignedDuration = SignedDuration::from_hours(30 * 24);

/// Opens a run or resumes the one that was cut off.
pub async fn begin_run(
    pool: &SqlitePool,
    source: &str,
    purpose: RunPurpose,
    window: Window,
    first: &[Queued],
    at: Timestamp,
) -> Result<OpenRun, StoreError> {
    let mut tx = pool.begin_with("BEGIN IMMEDIATE").await?;
    // Reading the archive again asks nothing, so it leaves the questions of an open run alone.
    let rows = sqlx::query(
        "SELECT id, purpose || ' ' || days, started, account FROM run
          WHERE source = ?1 AND report IS NULL AND days IS NOT NULL AND purpose <> 'reread' AND ?2 <> 'reread'
          ORDER BY id DESC",
    )
    .bind(source)
    .bind(to_word(&purpose))
    .fetch_all(&mut *tx)
    .await?;
    let purpose = to_word(&purpose);
    let wanted = format!("{purpose} {window}");
    for (place, row) in rows.iter().enumerate() {
        let run: i64 = row.try_get(0)?;
        let is_fresh = row.try_get::<i64, _>(2)?.saturating_add(FORGOTTEN_AFTER.as_secs()) > at.as_second();
        if place == 0 && is_fresh && row.try_get::<String, _>(1)? == wanted {
            let account: Option<String> = row.try_get(3)?;
            task::queue_tasks(&mut tx, run, first).await?;
            tx.commit().await?;
            return Ok(OpenRun { run, before: account.and_then(|text| serde_json::from_str(&text).ok()) });
        }
        task::forget_run(&mut tx, run).await?;
        sqlx::query("UPDATE run SET days = NULL WHERE id = ?1").bind(run).execute(&mut *tx).await?;
    }
    let begin = "INSERT INTO run (source, started, purpose, days) VALUES (?1, ?2, ?3, ?4) RETURNING id";
    let run = sqlx::query_scalar(begin)
        .bind(source)
        .bind(at.as_second())
        .bind(purpose)
        .bind(window.to_string())
        .fetch_one(&mut *tx)
        .await?;
    task::queue_tasks(&mut tx, run, first).await?;
    tx.commit().await?;
    Ok(OpenRun { run, before: None })
}

/// Closes a run and deletes the diagnostics of old runs.
pub async fn end_run(pool: &SqlitePool, report: &RunReport) -> Result<(), StoreError> {
    let bare = RunReport { diagnostics: Vec::new(), ..report.clone() };
    let mut tx = pool.begin_with("BEGIN IMMEDIATE").await?;
    prune_answers(&mut tx, report).await?;
    task::close_run(&mut tx, report.run, &report.source, report.ended.as_second()).await?;
    sqlx::query("UPDATE run SET report = ?2, account = NULL WHERE id = ?1")
        .bind(report.run)
        .bind(to_json_text(&bare))
        .execute(&mut *tx)
        .await?;
    sqlx::query(
        "DELETE FROM remark WHERE run IN
             (SELECT id FROM run WHERE source = ?1 ORDER BY id DESC LIMIT -1 OFFSET ?2)",
    )
    .bind(&report.source)
    .bind(REMEMBERED)
    .execute(&mut *tx)
    .await?;
    tx.commit().await?;
    Ok(())
}

/// Condemns archived answers on which no part rests, a month after they were fetched: later answers repeated
/// all that they said, or they never said anything.
async fn prune_answers(tx: &mut Transaction<'_, Sqlite>, report: &RunReport) -> Result<(), StoreError> {
    let before = report.ended.as_second().saturating_sub(KEPT_FOR.as_secs());
    let idle: Vec<String> = sqlx::query_scalar(
        "SELECT payload FROM answer WHERE source = ?1 AND fetched < ?2
            AND NOT EXISTS (SELECT 1 FROM part WHERE part.payload = answer.payload)",
    )
    .bind(&report.source)
    .bind(before)
    .fetch_all(&mut **tx)
    .await?;
    erase::condemn_keys(tx, &idle).await
}

pub async fn reports(
    pool: &SqlitePool,
    source: &str,
    purpose: Option<RunPurpose>,
    first: u32,
) -> Result<Vec<RunReport>, StoreError> {
    let rows: Vec<String> = sqlx::query_scalar(
        "SELECT report FROM run
          WHERE source = ?1 AND report IS NOT NULL AND (?3 IS NULL OR purpose = ?3) ORDER BY id DESC LIMIT ?2",
    )
    .bind(source)
    .bind(first)
    .bind(purpose.as_ref().map(to_word))
    .fetch_all(pool)
    .await?;
    let mut reports = Vec::new();
    for report in &rows {
        let report = serde_json::from_str(report);
        reports.push(report.map_err(|why| StoreError::corrupt(&format!("a run of {source}"), &why))?);
    }
    Ok(reports)
}

pub async fn last_reports(pool: &SqlitePool) -> Result<Vec<RunReport>, StoreError> {
    let rows = sqlx::query(
        "SELECT id, report FROM run WHERE id IN
             (SELECT max(id) FROM run WHERE report IS NOT NULL GROUP BY source) ORDER BY source",
    )
    .fetch_all(pool)
    .await?;
    let mut reports = Vec::new();
    for row in rows {
        let run: i64 = row.try_get(0)?;
        let mut report: RunReport = serde_json::from_str(row.try_get(1)?)
            .map_err(|why| StoreError::corrupt(&format!("run {run}"), &why))?;
        report.diagnostics = read_diagnostics(pool, run).await?;
        reports.push(report);
    }
    Ok(reports)
}

pub async fn read_diagnostics(pool: &SqlitePool, run: i64) -> Result<Vec<Diagnostic>, StoreError> {
    let query = "SELECT code, subject, path, message FROM remark WHERE run = ?1 ORDER BY rowid";
    let mut diagnostics = Vec::new();
    for row in sqlx::query(query).bind(run).fetch_all(pool).await? {
        let code = serde_json::from_value(row.try_get::<String, _>(0)?.into());
        diagnostics.push(Diagnostic {
            code: code.map_err(|why| StoreError::corrupt(&format!("run {run}"), &why))?,
            subject: row.try_get(1)?,
            path: row.try_get(2)?,
            message: row.try_get(3)?,
        });
    }
    Ok(diagnostics)
}

pub async fn changes(pool: &SqlitePool, run: i64) -> Result<BTreeMap<Kind, Counts>, StoreError> {
    let mut rows = sqlx::query("SELECT entity, action FROM change WHERE run = ?1").bind(run).fetch(pool);
    let mut changes = BTreeMap::<Kind, Counts>::new();
    while let Some(row) = rows.try_next().await? {
        let id = super::parse_id(row.try_get(0)?)?;
        let action = serde_json::from_value(row.try_get::<String, _>(1)?.into())
            .map_err(|why| StoreError::corrupt(id.as_str(), &why))?;
        changes.entry(id.kind()).or_default().count_action(action);
    }
    Ok(changes)
}
