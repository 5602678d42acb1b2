//! Reports of readers: a queue for the operator. They trigger nothing automatically.

use jiff::Timestamp;
use raadhuis_schema::{EntityId, json::to_json_text};

use super::{AlertStore, refuse_alert};
use crate::{AlertError, Problem, Reason, Report, instant};

/// Maximum length of a comment or query, in bytes.
const LONGEST: usize = 4096;

const MOST: i64 = 10_000;

impl AlertStore {
    /// Stores a report and returns its number.
    ///
    /// # Errors
    /// The report is empty or too long, or too many are open.
    pub async fn store_report(&self, problem: &Problem, now: Timestamp) -> Result<i64, AlertError> {
        if problem.reasons.is_empty() {
            return refuse_alert("a report needs a reason");
        }
        if problem.subject.is_none() && problem.comment.is_none() {
            return refuse_alert("a report says what it is about: name a thing, or write what is missing");
        }
        if [&problem.comment, &problem.query].into_iter().flatten().any(|text| text.len() > LONGEST) {
            return refuse_alert(format!("a comment and a search have at most {LONGEST} bytes"));
        }
        let waiting: i64 = sqlx::query_scalar("SELECT count(*) FROM report WHERE closed IS NULL")
            .fetch_one(&self.pool)
            .await?;
        if waiting >= MOST {
            return refuse_alert("too many reports wait; write to the operator of this service");
        }
        let insert = "INSERT INTO report (subject, reasons, comment, query, at) VALUES (?1, ?2, ?3, ?4, ?5) RETURNING number";
        let number = sqlx::query_scalar(insert)
            .bind(problem.subject.as_ref().map(EntityId::as_str))
            .bind(to_json_text(&problem.reasons))
            .bind(&problem.comment)
            .bind(&problem.query)
            .bind(now.as_second());
        Ok(number.fetch_one(&self.pool).await?)
    }

    /// The open reports, or all of them; oldest first.
    ///
    /// # Errors
    /// The database failed.
    pub async fn reports(&self, all: bool) -> Result<Vec<Report>, AlertError> {
        type Row = (i64, Option<String>, String, Option<String>, Option<String>, i64, Option<i64>);
        let select = "SELECT number, subject, reasons, comment, query, at, closed FROM report
                       WHERE closed IS NULL OR ?1 ORDER BY number";
        let rows: Vec<Row> = sqlx::query_as(select).bind(all).fetch_all(&self.pool).await?;
        let mut reports = Vec::with_capacity(rows.len());
        for (number, subject, reasons, comment, query, at, closed) in rows {
            let reasons: Vec<Reason> =
                serde_json::from_str(&reasons).map_err(|_| AlertError::Corrupt(number))?;
            let subject = subject.and_then(|id| id.parse().ok());
            let problem = Problem { subject, reasons, comment, query };
            reports.push(Report { number, problem, at: instant(at), closed: closed.map(instant) });
        }
        Ok(reports)
    }

    /// Closes a report. Returns whether it was open.
    ///
    /// # Errors
    /// The database failed.
    pub async fn close_report(&self, number: i64, now: Timestamp) -> Result<bool, AlertError> {
        let close = "UPDATE report SET closed = ?2 WHERE number = ?1 AND closed IS NULL";
        let closed = sqlx::query(close).bind(number).bind(now.as_second()).execute(&self.pool).await?;
        Ok(closed.rows_affected() > 0)
    }
}
