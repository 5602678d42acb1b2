//! What readers say is wrong: a queue for the operator. Nothing follows from it by itself.

use jiff::Timestamp;
use raadhuis_schema::EntityId;

use super::Book;
use crate::{AlertError, Problem, Reason, Report, instant};

/// The longest comment and search, in bytes.
const LONGEST: usize = 4096;

/// The most that wait for the operator.
const MOST: i64 = 10_000;

impl Book {
    /// Takes a problem in, and gives its number.
    ///
    /// # Errors
    /// It says nothing, or too much.
    pub async fn report(&self, problem: &Problem, now: Timestamp) -> Result<i64, AlertError> {
        let refuse = |why: String| Err(AlertError::Refused(why));
        if problem.reasons.is_empty() {
            return refuse("a report needs a reason".into());
        }
        if problem.subject.is_none() && problem.comment.is_none() {
            return refuse("a report says what it is about: name a thing, or write what is missing".into());
        }
        let too_long = |text: &Option<String>| text.as_ref().is_some_and(|text| text.len() > LONGEST);
        if too_long(&problem.comment) || too_long(&problem.query) {
            return refuse(format!("a comment and a search have at most {LONGEST} bytes"));
        }
        let waiting: i64 = sqlx::query_scalar("SELECT count(*) FROM report WHERE closed IS NULL")
            .fetch_one(&self.pool)
            .await?;
        if waiting >= MOST {
            return refuse("too many reports wait; write to the operator of this service".into());
        }
        let insert = "INSERT INTO report (subject, reasons, comment, query, at) VALUES (?1, ?2, ?3, ?4, ?5) RETURNING number";
        let number = sqlx::query_scalar(insert)
            .bind(problem.subject.as_ref().map(EntityId::as_str))
            .bind(serde_json::to_string(&problem.reasons).unwrap_or_default())
            .bind(&problem.comment)
            .bind(&problem.query)
            .bind(now.as_second());
        Ok(number.fetch_one(&self.pool).await?)
    }

    /// The reports that wait, or all; the oldest first.
    ///
    /// # Errors
    /// The database failed.
    pub async fn reports(&self, all: bool) -> Result<Vec<Report>, AlertError> {
        type Row = (i64, Option<String>, String, Option<String>, Option<String>, i64, Option<i64>);
        let select = "SELECT number, subject, reasons, comment, query, at, closed FROM report
                       WHERE closed IS NULL OR ?1 ORDER BY number";
        let rows: Vec<Row> = sqlx::query_as(select).bind(all).fetch_all(&self.pool).await?;
        let report = |(number, subject, reasons, comment, query, at, closed): Row| {
            let reasons: Vec<Reason> =
                serde_json::from_str(&reasons).map_err(|_| AlertError::Corrupt(number))?;
            let subject = subject.and_then(|id| id.parse().ok());
            let problem = Problem { subject, reasons, comment, query };
            Ok(Report { number, problem, at: instant(at), closed: closed.map(instant) })
        };
        rows.into_iter().map(report).collect()
    }

    /// Closes a report; whether it was open.
    ///
    /// # Errors
    /// The database failed.
    pub async fn close(&self, number: i64, now: Timestamp) -> Result<bool, AlertError> {
        let close = "UPDATE report SET closed = ?2 WHERE number = ?1 AND closed IS NULL";
        let closed = sqlx::query(close).bind(number).bind(now.as_second()).execute(&self.pool).await?;
        Ok(closed.rows_affected() > 0)
    }
}
