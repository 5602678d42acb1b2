//! Notices and notifications. A process takes a notification for a limited time. If the process dies, the next one sends
//! the notification again, under the same number.

use jiff::{SignedDuration, Timestamp};
use raadhuis_schema::EntityId;

use super::{AlertStore, BETWEEN_ASKING};
use crate::{AlertError, Notice, Notification, instant};

/// Time for which a taken notification is reserved: twice the time that sending may take.
const TAKEN: SignedDuration = SignedDuration::from_secs(90);

/// Maximum number of entities in one notification, by mail (which only counts most of them) and by webhook. The next
/// notification holds the rest.
const MOST_BY_MAIL: i64 = 1_000;
const MOST_BY_WEBHOOK: i64 = 100;

/// Minimum time between two notifications of one alert.
const REST: SignedDuration = SignedDuration::from_secs(30);

impl AlertStore {
    /// Stores notices and moves the cursor from `after` to `cursor`. Returns false, and does nothing, if another process was
    /// faster. An entity is noted once for an alert, but may become due sooner.
    ///
    /// # Errors
    /// The database failed.
    pub async fn store_notices(
        &self,
        after: i64,
        cursor: i64,
        notices: &[Notice],
    ) -> Result<bool, AlertError> {
        let mut tx = self.pool.begin_with("BEGIN IMMEDIATE").await?;
        let moved = sqlx::query("UPDATE book SET seq = ?2 WHERE seq = ?1").bind(after).bind(cursor);
        if moved.execute(&mut *tx).await?.rows_affected() == 0 {
            return Ok(false);
        }
        for notice in notices {
            // Inserts nothing if the alert was ended meanwhile.
            sqlx::query(
                "INSERT INTO notice (alert, entity, at, due) SELECT number, ?2, ?3, ?4 FROM alert WHERE number = ?1
                 ON CONFLICT (alert, entity) DO UPDATE SET due = min(due, ?4) WHERE letter IS NULL",
            )
            .bind(notice.alert)
            .bind(notice.entity.as_str())
            .bind(notice.at.as_second())
            .bind(notice.due.as_second())
            .execute(&mut *tx)
            .await?;
        }
        tx.commit().await?;
        Ok(true)
    }

    /// Takes the next notification that is due, if there is one.
    ///
    /// # Errors
    /// The database failed.
    pub async fn take_notification(&self, now: Timestamp) -> Result<Option<Notification>, AlertError> {
        let mut tx = self.pool.begin_with("BEGIN IMMEDIATE").await?;
        self.write_notifications(&mut tx, now).await?;
        let next: Option<(i64, bool, u32, String)> = sqlx::query_as(
            "SELECT letter.number, asks, tries, address FROM letter JOIN alert ON alert.number = letter.alert
              WHERE due <= ?1 AND sent IS NULL AND given_up IS NULL AND within IS NULL AND CASE WHEN asks THEN confirmed IS NULL ELSE paused = 0 END
              ORDER BY due LIMIT 1",
        )
        .bind(now.as_second())
        .fetch_optional(&mut *tx)
        .await?;
        let Some((number, asks, tries, address)) = next else {
            tx.commit().await?;
            return Ok(None);
        };
        if asks && !self.may_ask(&mut tx, number, &address, now).await? {
            tx.commit().await?;
            return Box::pin(self.take_notification(now)).await;
        }
        let until = now.saturating_add(TAKEN).unwrap_or(now).as_second();
        let take = "UPDATE letter SET due = ?2, tries = tries + 1 WHERE number = ?1";
        sqlx::query(take).bind(number).bind(until).execute(&mut *tx).await?;
        let alerts = self.alerts_of(&mut tx, number).await?;
        let rows: Vec<(String, i64)> =
            sqlx::query_as("SELECT entity, at FROM notice WHERE letter = ?1 ORDER BY at, entity")
                .bind(number)
                .fetch_all(&mut *tx)
                .await?;
        tx.commit().await?;
        let news = rows.into_iter().filter_map(|(id, at)| Some((id.parse::<EntityId>().ok()?, instant(at))));
        Ok(Some(Notification { number, alerts, asks, news: news.collect(), tries: tries + 1 }))
    }

    /// Returns whether an address may be asked for confirmation now. If so, its other pending requests are merged into
    /// this notification; otherwise the notification is postponed.
    async fn may_ask(
        &self,
        tx: &mut sqlx::SqliteConnection,
        notification: i64,
        address: &str,
        now: Timestamp,
    ) -> Result<bool, AlertError> {
        let who = self.hash(address);
        // A failed notification may be sent again, but not within the hour of another one.
        let other = "SELECT at FROM asked WHERE who = ?1 AND at > ?2 AND letter <> ?3";
        let last: Option<i64> = sqlx::query_scalar(other)
            .bind(&who)
            .bind(now.saturating_sub(BETWEEN_ASKING).unwrap_or(now).as_second())
            .bind(notification)
            .fetch_optional(&mut *tx)
            .await?;
        if let Some(last) = last {
            let later = instant(last).saturating_add(BETWEEN_ASKING).unwrap_or(now);
            let postpone = "UPDATE letter SET due = ?2 WHERE number = ?1";
            sqlx::query(postpone).bind(notification).bind(later.as_second()).execute(tx).await?;
            return Ok(false);
        }
        sqlx::query(
            "UPDATE letter SET within = ?1
              WHERE asks AND number <> ?1 AND tries = 0 AND sent IS NULL AND within IS NULL
                AND alert IN (SELECT number FROM alert WHERE address = ?2 AND channel = 'mail')",
        )
        .bind(notification)
        .bind(address)
        .execute(&mut *tx)
        .await?;
        let asked = "INSERT INTO asked (who, at, letter) VALUES (?1, ?2, ?3)
                     ON CONFLICT (who) DO UPDATE SET at = ?2, letter = ?3";
        sqlx::query(asked).bind(who).bind(now.as_second()).bind(notification).execute(tx).await?;
        Ok(true)
    }

    /// Collects due notices into notifications, one for each alert.
    async fn write_notifications(
        &self,
        tx: &mut sqlx::SqliteConnection,
        now: Timestamp,
    ) -> Result<(), AlertError> {
        let due: Vec<(i64, bool)> = sqlx::query_as(
            "SELECT DISTINCT alert, channel = 'mail' FROM notice JOIN alert ON alert.number = notice.alert
              WHERE letter IS NULL AND due <= ?1 AND paused = 0 AND NOT EXISTS
              (SELECT 1 FROM letter WHERE letter.alert = notice.alert AND NOT asks AND letter.made > ?2)",
        )
        .bind(now.as_second())
        .bind(now.saturating_sub(REST).unwrap_or(now).as_second())
        .fetch_all(&mut *tx)
        .await?;
        for (alert, is_mail) in due {
            let number: i64 = sqlx::query_scalar(
                "INSERT INTO letter (alert, asks, due, made) VALUES (?1, 0, ?2, ?2) RETURNING number",
            )
            .bind(alert)
            .bind(now.as_second())
            .fetch_one(&mut *tx)
            .await?;
            sqlx::query(
                "UPDATE notice SET letter = ?2 WHERE alert = ?1 AND entity IN
                 (SELECT entity FROM notice WHERE alert = ?1 AND letter IS NULL AND due <= ?3 ORDER BY at LIMIT ?4)",
            )
            .bind(alert)
            .bind(number)
            .bind(now.as_second())
            .bind(if is_mail { MOST_BY_MAIL } else { MOST_BY_WEBHOOK })
            .execute(&mut *tx)
            .await?;
        }
        Ok(())
    }

    /// Records that a notification was sent.
    ///
    /// # Errors
    /// The database failed.
    pub async fn record_sent(&self, notification: i64, now: Timestamp) -> Result<(), AlertError> {
        let sent = "UPDATE letter SET sent = ?2 WHERE number = ?1";
        sqlx::query(sent).bind(notification).bind(now.as_second()).execute(&self.pool).await?;
        Ok(())
    }

    /// Records a failed attempt and the time of the next, or gives the notification up if there is none.
    ///
    /// # Errors
    /// The database failed.
    pub async fn record_failure(
        &self,
        notification: i64,
        why: &str,
        again: Option<Timestamp>,
    ) -> Result<(), AlertError> {
        let statement = match again {
            Some(_) => "UPDATE letter SET due = ?2 WHERE number = ?1",
            None => "UPDATE letter SET given_up = ?3 WHERE number = ?1",
        };
        sqlx::query(statement)
            .bind(notification)
            .bind(again.map(Timestamp::as_second))
            .bind(why)
            .execute(&self.pool)
            .await?;
        Ok(())
    }

    /// Pauses an alert whose messages do not arrive.
    ///
    /// # Errors
    /// The database failed.
    pub async fn silence(&self, alert: i64) -> Result<(), AlertError> {
        sqlx::query("UPDATE alert SET paused = 1 WHERE number = ?1").bind(alert).execute(&self.pool).await?;
        Ok(())
    }

    /// The notifications that were given up: number, alert and reason, newest first.
    ///
    /// # Errors
    /// The database failed.
    pub async fn given_up(&self, first: u32) -> Result<Vec<(i64, i64, String)>, AlertError> {
        let all = "SELECT number, alert, given_up FROM letter WHERE given_up IS NOT NULL ORDER BY number DESC LIMIT ?1";
        Ok(sqlx::query_as(all).bind(first).fetch_all(&self.pool).await?)
    }

    /// Queues the notifications that were given up again. Returns their number.
    ///
    /// # Errors
    /// The database failed.
    pub async fn try_again(&self, now: Timestamp) -> Result<u64, AlertError> {
        let again = "UPDATE letter SET given_up = NULL, tries = 0, due = ?1 WHERE given_up IS NOT NULL";
        Ok(sqlx::query(again).bind(now.as_second()).execute(&self.pool).await?.rows_affected())
    }

    fn hash(&self, address: &str) -> Vec<u8> {
        use hmac::Mac;
        let mut mac = crate::key::new_mac(&self.secret);
        mac.update(address.as_bytes());
        mac.finalize().into_bytes().to_vec()
    }
}
