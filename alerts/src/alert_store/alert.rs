//! Storage of alerts.

use jiff::Timestamp;
use raadhuis_schema::json::to_json_text;
use raadhuis_search::Query;
use sqlx::{Row, sqlite::SqliteRow};

use super::{AlertStore, refuse_alert};
use crate::{Alert, AlertError, AlertSettings, Channel, Frequency, Key, KeyPurpose, instant};

/// Maximum number of alerts of one address, and of its unconfirmed ones.
const MOST_OWN: i64 = 100;
const MOST_OWN_UNCONFIRMED: i64 = 10;

/// Maximum number of unconfirmed alerts, by mail and by webhook each: nobody can make this service send mail to many strangers.
const MOST_UNCONFIRMED: i64 = 1_000;

/// Maximum number of alerts: every new entity is compared with each of them.
const MOST_IN_ALL: i64 = 50_000;

/// Maximum lengths of query and name, in bytes.
const LONGEST_QUERY: usize = 4096;
const LONGEST_NAME: usize = 200;

/// Maximum length of a stored filter, in bytes: every new entity is compared with each filter.
const LONGEST_FILTER: usize = 8 * 1024;

impl AlertStore {
    /// Stores an alert and queues a request for confirmation. If the same alert by mail already waits for confirmation, it is not
    /// duplicated, but asked about again.
    ///
    /// # Errors
    /// The alert is not allowed, or a limit is reached.
    pub async fn create_alert(&self, wanted: &AlertSettings, now: Timestamp) -> Result<Alert, AlertError> {
        check_wanted(wanted)?;
        let (channel, address) = match &wanted.channel {
            Channel::Mail(address) => ("mail", address.as_str()),
            Channel::Webhook(url) => ("webhook", url.as_str()),
        };
        let filter = to_json_text(&wanted.filter);
        let mut tx = self.pool.begin_with("BEGIN IMMEDIATE").await?;
        let there = "SELECT alert.* FROM alert WHERE address = ?1 AND query = ?2 AND filter = ?3 AND confirmed IS NULL";
        let there = sqlx::query(there).bind(address).bind(&wanted.query).bind(&filter);
        // A webhook always gets a new alert: its secret is shown only to the caller who created it.
        if channel == "mail"
            && let Some(row) = there.fetch_optional(&mut *tx).await?
        {
            return ask_again(tx, read_alert(&row)?, wanted, now).await;
        }
        let (own, waiting, unconfirmed, all): (i64, i64, i64, i64) = sqlx::query_as(
            "SELECT count(*) FILTER (WHERE address = ?1), count(*) FILTER (WHERE address = ?1 AND confirmed IS NULL),
                    count(*) FILTER (WHERE confirmed IS NULL AND channel = ?2), count(*) FROM alert",
        )
        .bind(address)
        .bind(channel)
        .fetch_one(&mut *tx)
        .await?;
        if own >= MOST_OWN || waiting >= MOST_OWN_UNCONFIRMED {
            return Err(AlertError::Refused(format!(
                "an address may have {MOST_OWN} alerts, {MOST_OWN_UNCONFIRMED} of them unconfirmed; confirm or end some first"
            )));
        }
        if unconfirmed >= MOST_UNCONFIRMED || all >= MOST_IN_ALL {
            return Err(AlertError::Refused("there are too many alerts; try again tomorrow".into()));
        }
        let insert = "INSERT INTO alert (channel, address, query, filter, frequency, name, page, made, after)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, 0) RETURNING *";
        let row = sqlx::query(insert)
            .bind(channel)
            .bind(address)
            .bind(&wanted.query)
            .bind(filter)
            .bind(frequency_word(wanted.frequency))
            .bind(&wanted.name)
            .bind(&wanted.page)
            .bind(now.as_second())
            .fetch_one(&mut *tx)
            .await?;
        let alert = read_alert(&row)?;
        sqlx::query("INSERT INTO letter (alert, asks, due) VALUES (?1, 1, ?2)")
            .bind(alert.number)
            .bind(now.as_second())
            .execute(&mut *tx)
            .await?;
        tx.commit().await?;
        Ok(alert)
    }

    /// Confirms an alert. Only changes after `end` in the change log are news for it. Idempotent.
    ///
    /// # Errors
    /// The key is invalid, or its alert is gone.
    pub async fn confirm(&self, key: &Key, end: i64, now: Timestamp) -> Result<Alert, AlertError> {
        let number = key.opened_alert(&self.secret, KeyPurpose::Confirm).ok_or(AlertError::NoSuchKey)?;
        sqlx::query("UPDATE alert SET confirmed = ?2, after = ?3 WHERE number = ?1 AND confirmed IS NULL")
            .bind(number)
            .bind(now.as_second())
            .bind(end)
            .execute(&self.pool)
            .await?;
        self.numbered(number).await
    }

    /// The alert that a key belongs to.
    ///
    /// # Errors
    /// The key is invalid, or its alert is gone.
    pub async fn read_alert(&self, key: &Key, purpose: KeyPurpose) -> Result<Alert, AlertError> {
        let number = key.opened_alert(&self.secret, purpose).ok_or(AlertError::NoSuchKey)?;
        self.numbered(number).await
    }

    /// Changes the frequency of an alert, and pauses or resumes it.
    ///
    /// # Errors
    /// The key is invalid, or its alert is gone.
    pub async fn change_alert(
        &self,
        key: &Key,
        frequency: Option<Frequency>,
        paused: Option<bool>,
    ) -> Result<Alert, AlertError> {
        let number = key.opened_alert(&self.secret, KeyPurpose::Manage).ok_or(AlertError::NoSuchKey)?;
        sqlx::query(
            "UPDATE alert SET frequency = coalesce(?2, frequency), paused = coalesce(?3, paused) WHERE number = ?1",
        )
        .bind(number)
        .bind(frequency.map(frequency_word))
        .bind(paused)
        .execute(&self.pool)
        .await?;
        self.numbered(number).await
    }

    /// Ends an alert and erases its address and all data about it. Idempotent.
    ///
    /// # Errors
    /// The key is invalid.
    pub async fn end_alert(&self, key: &Key) -> Result<(), AlertError> {
        let managed = key.opened_alert(&self.secret, KeyPurpose::Manage);
        let number = managed.or_else(|| key.opened_alert(&self.secret, KeyPurpose::Confirm));
        let number = number.ok_or(AlertError::NoSuchKey)?;
        sqlx::query("DELETE FROM alert WHERE number = ?1").bind(number).execute(&self.pool).await?;
        Ok(())
    }

    /// The alerts that are confirmed and not paused.
    ///
    /// # Errors
    /// The database failed.
    pub async fn speaking(&self) -> Result<Vec<Alert>, AlertError> {
        let all = "SELECT alert.* FROM alert WHERE confirmed IS NOT NULL AND paused = 0 ORDER BY number";
        sqlx::query(all).fetch_all(&self.pool).await?.iter().map(read_alert).collect()
    }

    async fn numbered(&self, number: i64) -> Result<Alert, AlertError> {
        let one = "SELECT alert.* FROM alert WHERE number = ?1";
        let row = sqlx::query(one).bind(number).fetch_optional(&self.pool).await?;
        read_alert(&row.ok_or(AlertError::NoSuchKey)?)
    }

    pub(super) async fn alerts_of(
        &self,
        tx: &mut sqlx::SqliteConnection,
        notification: i64,
    ) -> Result<Vec<Alert>, AlertError> {
        let all = "SELECT alert.* FROM alert JOIN letter ON letter.alert = alert.number
              WHERE letter.number = ?1 OR within = ?1 ORDER BY letter.number";
        sqlx::query(all).bind(notification).fetch_all(tx).await?.iter().map(read_alert).collect()
    }
}

/// Updates an unconfirmed alert and queues another request for confirmation. The limit of one request an hour still applies.
async fn ask_again(
    mut tx: sqlx::Transaction<'_, sqlx::Sqlite>,
    alert: Alert,
    wanted: &AlertSettings,
    now: Timestamp,
) -> Result<Alert, AlertError> {
    sqlx::query("UPDATE alert SET frequency = ?2, name = ?3, page = ?4 WHERE number = ?1")
        .bind(alert.number)
        .bind(frequency_word(wanted.frequency))
        .bind(&wanted.name)
        .bind(&wanted.page)
        .execute(&mut *tx)
        .await?;
    sqlx::query(
        "INSERT INTO letter (alert, asks, due) SELECT ?1, 1, ?2 WHERE NOT EXISTS
         (SELECT 1 FROM letter WHERE alert = ?1 AND asks AND sent IS NULL AND given_up IS NULL AND within IS NULL)",
    )
    .bind(alert.number)
    .bind(now.as_second())
    .execute(&mut *tx)
    .await?;
    tx.commit().await?;
    Ok(Alert { wanted: wanted.clone(), ..alert })
}

fn check_wanted(wanted: &AlertSettings) -> Result<(), AlertError> {
    if wanted.query.len() > LONGEST_QUERY {
        return refuse_alert(format!(
            "the query has {} bytes; at most {LONGEST_QUERY} are read",
            wanted.query.len()
        ));
    }
    if wanted.name.len() > LONGEST_NAME || wanted.name.chars().any(char::is_control) {
        return refuse_alert(format!("a name is one line of at most {LONGEST_NAME} bytes"));
    }
    if let Err(why) = Query::parse(&wanted.query) {
        return refuse_alert(why.to_string());
    }
    let filter = to_json_text(&wanted.filter);
    if filter.len() > LONGEST_FILTER {
        return refuse_alert(format!(
            "the filter takes {} bytes; an alert keeps at most {LONGEST_FILTER}",
            filter.len()
        ));
    }
    if wanted.query.trim().is_empty() && wanted.filter.is_open() {
        return refuse_alert("this would tell everything that councils publish; name words, or whose");
    }
    Ok(())
}

fn frequency_word(frequency: Frequency) -> &'static str {
    match frequency {
        Frequency::Immediate => "immediate",
        Frequency::Daily => "daily",
        Frequency::Weekly => "weekly",
    }
}

fn read_alert(row: &SqliteRow) -> Result<Alert, AlertError> {
    let number: i64 = row.try_get("number")?;
    let address: String = row.try_get("address")?;
    let channel = match row.try_get("channel")? {
        "mail" => Channel::Mail(address),
        _ => Channel::Webhook(address.parse().map_err(|_| AlertError::Corrupt(number))?),
    };
    let frequency = match row.try_get("frequency")? {
        "immediate" => Frequency::Immediate,
        "weekly" => Frequency::Weekly,
        _ => Frequency::Daily,
    };
    Ok(Alert {
        number,
        wanted: AlertSettings {
            channel,
            query: row.try_get("query")?,
            filter: serde_json::from_str(row.try_get("filter")?).map_err(|_| AlertError::Corrupt(number))?,
            frequency,
            name: row.try_get("name")?,
            page: row.try_get("page")?,
        },
        is_confirmed: row.try_get::<Option<i64>, _>("confirmed")?.is_some(),
        is_paused: row.try_get("paused")?,
        made: instant(row.try_get("made")?),
        after: row.try_get("after")?,
    })
}
