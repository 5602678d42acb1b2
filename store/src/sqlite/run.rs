//! Runs and their reports.

use jiff::Timestamp;
use raadhuis_schema::{Remark, RunReport};
use sqlx::{Row, SqlitePool};

use crate::StoreError;

/// How many runs of a source keep their remarks.
const REMEMBERED: i64 = 30;

/// Opens a run.
pub async fn begin(pool: &SqlitePool, source: &str, at: Timestamp) -> Result<i64, StoreError> {
    Ok(sqlx::query_scalar("INSERT INTO run (source, started) VALUES (?1, ?2) RETURNING id")
        .bind(source)
        .bind(at.as_second())
        .fetch_one(pool)
        .await?)
}

/// Closes a run, and drops the remarks of runs too old to matter.
pub async fn end(pool: &SqlitePool, report: &RunReport) -> Result<(), StoreError> {
    let bare = RunReport { remarks: Vec::new(), ..report.clone() };
    let mut tx = pool.begin().await?;
    sqlx::query("UPDATE run SET report = ?2 WHERE id = ?1")
        .bind(report.run)
        .bind(serde_json::to_string(&bare).unwrap_or_default())
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

/// The last report of each source.
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
        let corrupt =
            |why: serde_json::Error| StoreError::Corrupt { id: format!("run {run}"), why: why.to_string() };
        let mut report: RunReport = serde_json::from_str(row.try_get(1)?).map_err(corrupt)?;
        let remarks =
            sqlx::query("SELECT code, subject, path, message FROM remark WHERE run = ?1 ORDER BY rowid")
                .bind(run)
                .fetch_all(pool)
                .await?;
        for remark in remarks {
            report.remarks.push(Remark {
                code: serde_json::from_value(remark.try_get::<String, _>(0)?.into()).map_err(corrupt)?,
                subject: remark.try_get(1)?,
                path: remark.try_get(2)?,
                message: remark.try_get(3)?,
            });
        }
        reports.push(report);
    }
    Ok(reports)
}
