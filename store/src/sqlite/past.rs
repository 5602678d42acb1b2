//! Queries about the past and about sums: edit histories, votes per party, and counts of entities.

use jiff::civil::Date;
use raadhuis_schema::{Ballots, ContentHash, Edit, EntityId, Kind, party_name};
use sqlx::{Row, SqlitePool};

use super::{json_list, parse_id, read::instant};
use crate::StoreError;

pub async fn list_edits(
    pool: &SqlitePool,
    ids: &[EntityId],
    first: u32,
) -> Result<Vec<(EntityId, Vec<Edit>)>, StoreError> {
    let rows = sqlx::query(
        "SELECT entity, seq, at, action, fields, hash FROM (
             SELECT *, row_number() OVER (PARTITION BY entity ORDER BY seq DESC) AS place FROM change
              WHERE entity IN (SELECT value FROM json_each(?1)))
          WHERE place <= ?2 ORDER BY entity, seq DESC",
    )
    .bind(json_list(ids))
    .bind(first)
    .fetch_all(pool)
    .await?;
    let mut all: Vec<(EntityId, Vec<Edit>)> = Vec::new();
    for row in &rows {
        let id = parse_id(row.try_get(0)?)?;
        let fields = row.try_get::<Option<String>, _>(4)?.map(|names| serde_json::from_str(&names));
        let hash = row.try_get::<Option<String>, _>(5)?.map(|hash| serde_json::from_value(hash.into()));
        let edit = Edit {
            seq: row.try_get(1)?,
            at: instant(row.try_get(2)?),
            action: serde_json::from_value(row.try_get::<String, _>(3)?.into())
                .map_err(|why| StoreError::corrupt(id.as_str(), &why))?,
            fields: fields
                .transpose()
                .map_err(|why| StoreError::corrupt(id.as_str(), &why))?
                .unwrap_or_default(),
            hash: hash
                .transpose()
                .map_err(|why| StoreError::corrupt(id.as_str(), &why))?
                .map(|hash: ContentHash| hash),
        };
        match all.last_mut().filter(|(last, _)| *last == id) {
            Some((_, edits)) => edits.push(edit),
            None => all.push((id, vec![edit])),
        }
    }
    Ok(all)
}

/// Counts how the members of parties voted in a council. Each vote event is counted from one kind of votes
/// only: of named members if there are any, else of anonymous members, else the numbers of members that a
/// party's vote states.
pub async fn ballots(
    pool: &SqlitePool,
    authority: &EntityId,
    from: Option<Date>,
    until: Option<Date>,
) -> Result<Vec<Ballots>, StoreError> {
    let rows = sqlx::query(
        "WITH ballot AS (
               SELECT v.body ->> '$.event' AS event, v.body ->> '$.party.name' AS party, v.body ->> '$.choice' AS choice,
                      v.body ->> '$.voter' IS NOT NULL AS is_anonymous,
                      iif(v.body ->> '$.name' IS NULL AND v.body ->> '$.voter' IS NULL AND v.body ->> '$.person' IS NULL,
                          coalesce(v.body ->> '$.members', 0), 1) AS members
                 FROM entity v WHERE v.kind = 'vote' AND v.authority = ?1 AND v.gone IS NULL)
           SELECT event, party, choice, sum(members) FROM ballot
             JOIN entity e ON e.id = ballot.event AND e.gone IS NULL
             LEFT JOIN entity m ON m.id = e.body ->> '$.meeting' AND m.gone IS NULL
            WHERE party IS NOT NULL
              AND (NOT is_anonymous OR NOT EXISTS (SELECT 1 FROM ballot b WHERE b.event = ballot.event AND NOT b.is_anonymous))
              AND (?2 IS NULL OR coalesce(e.day, m.day) >= ?2) AND (?3 IS NULL OR coalesce(e.day, m.day) <= ?3)
            GROUP BY event, party, choice ORDER BY event, party, choice",
    )
    .bind(authority.as_str())
    .bind(from.map(|day| day.to_string()))
    .bind(until.map(|day| day.to_string()))
    .fetch_all(pool)
    .await?;
    let mut all = Vec::new();
    for row in &rows {
        let event: String = row.try_get(0)?;
        let choice = serde_json::from_value(row.try_get::<String, _>(2)?.into())
            .map_err(|why| StoreError::corrupt(&event, &why))?;
        let members = u32::try_from(row.try_get::<i64, _>(3)?).unwrap_or(0);
        if members > 0 {
            all.push(Ballots { party: party_name(row.try_get(1)?), event, choice, members });
        }
    }
    Ok(all)
}

pub async fn counts_of(
    pool: &SqlitePool,
    authorities: &[EntityId],
    kinds: &[Kind],
) -> Result<Vec<(EntityId, Kind, u64)>, StoreError> {
    let rows = sqlx::query(
        "SELECT authority, kind, count(*) FROM entity
          WHERE kind IN (SELECT value FROM json_each(?2)) AND authority IN (SELECT value FROM json_each(?1))
            AND gone IS NULL GROUP BY kind, authority",
    )
    .bind(json_list(authorities))
    .bind(json_list(kinds))
    .fetch_all(pool)
    .await?;
    let mut counts = Vec::new();
    for row in &rows {
        if let Ok(kind) = row.try_get::<&str, _>(1)?.parse::<Kind>() {
            counts.push((parse_id(row.try_get(0)?)?, kind, row.try_get::<i64, _>(2)?.unsigned_abs()));
        }
    }
    Ok(counts)
}
