//! Takedowns: an entity goes with everything that depends on it, and nothing that is kept gives its name.

use std::collections::BTreeSet;

use raadhuis_schema::{EntityId, Gone, Kind, Takedown, Tombstone};
use serde_json::Value;
use sqlx::{Row, Sqlite, SqlitePool, Transaction, sqlite::SqliteRow};

use super::{
    erase, json_list, parse_id, read,
    settle::{Settlement, settle_entities},
};
use crate::{Blocked, StoreError};

type Tx<'a> = Transaction<'a, Sqlite>;

pub async fn block_entity(pool: &SqlitePool, takedown: &Takedown) -> Result<Blocked, StoreError> {
    let mut tx = pool.begin_with("BEGIN IMMEDIATE").await?;
    let id = &takedown.id;
    let noted: BTreeSet<String> = all_discards(&mut tx).await?;
    sqlx::query("INSERT INTO block VALUES (?1, ?2, ?3) ON CONFLICT (entity) DO UPDATE SET reason = ?2")
        .bind(id.as_str())
        .bind(takedown.reason.as_str())
        .bind(takedown.at.as_second())
        .execute(&mut *tx)
        .await?;
    let source: Option<String> = sqlx::query_scalar("SELECT source FROM entity WHERE id = ?1")
        .bind(id.as_str())
        .fetch_optional(&mut *tx)
        .await?;
    let mut work = Settlement::new(&source.unwrap_or_default(), 0, takedown.at);
    for named in strike_everywhere(&mut tx, id).await? {
        work.queue_entity(named, None);
    }
    if id.kind() == Kind::Authority {
        for below in drop_parts_of(&mut tx, id).await? {
            work.queue_entity(below, Some(Gone::Blocked));
        }
    }
    if id.kind() == Kind::Document {
        // Also if the source withdrew the text before.
        work.queue_entity(id.within(Kind::DocumentText, "text"), Some(Gone::Blocked));
    }
    work.queue_entity(id.clone(), None);
    settle_entities(&mut tx, &mut work, None).await?;
    let files = remember_files(&mut tx, takedown, &work.files).await?;
    let keys: Vec<String> = all_discards(&mut tx).await?.difference(&noted).cloned().collect();
    sqlx::query("INSERT OR IGNORE INTO condemned SELECT value FROM json_each(?1)")
        .bind(json_list(&keys))
        .execute(&mut *tx)
        .await?;
    tx.commit().await?;
    Ok(Blocked { committed: work.done, keys, files })
}

/// Records the files of a takedown: those that it names and those that were erased with it. All files of a
/// document count; a file of a meeting or an authority counts only if no living entity outside it has the
/// file.
async fn remember_files(
    tx: &mut Tx<'_>,
    takedown: &Takedown,
    gone: &BTreeSet<String>,
) -> Result<Vec<String>, StoreError> {
    let mut files: BTreeSet<String> = takedown.files.iter().cloned().collect();
    files.extend(match takedown.id.kind() {
        Kind::Document | Kind::DocumentText => gone.clone(),
        _ => erase::held_by_nobody(tx, gone).await?,
    });
    let files: Vec<String> = files.into_iter().collect();
    sqlx::query("INSERT OR IGNORE INTO taken_file SELECT value, ?2 FROM json_each(?1)")
        .bind(json_list(&files))
        .bind(takedown.id.as_str())
        .execute(&mut **tx)
        .await?;
    Ok(files)
}

pub async fn of_file(pool: &SqlitePool, sha256: &str) -> Result<Option<Takedown>, StoreError> {
    let row = sqlx::query(
        "SELECT block.entity, reason, at FROM taken_file JOIN block ON block.entity = taken_file.entity
          WHERE sha256 = ?1 ORDER BY at LIMIT 1",
    )
    .bind(sha256)
    .fetch_optional(pool)
    .await?;
    row.as_ref().map(|row| read_takedown(row, vec![sha256.to_owned()])).transpose()
}

fn read_takedown(row: &SqliteRow, files: Vec<String>) -> Result<Takedown, StoreError> {
    let id = parse_id(row.try_get(0)?)?;
    let reason = row.try_get::<&str, _>(1)?.parse();
    let reason = reason.map_err(|why: String| StoreError::corrupt(id.as_str(), &why))?;
    Ok(Takedown { reason, at: read::instant(row.try_get(2)?), files, id })
}

/// Deletes all parts of the entities that an authority published, and returns their ids.
async fn drop_parts_of(tx: &mut Tx<'_>, authority: &EntityId) -> Result<Vec<EntityId>, StoreError> {
    let ids: Vec<String> = sqlx::query_scalar("SELECT id FROM entity WHERE authority = ?1 AND id <> ?1")
        .bind(authority.as_str())
        .fetch_all(&mut **tx)
        .await?;
    sqlx::query("DELETE FROM part WHERE entity IN (SELECT value FROM json_each(?1))")
        .bind(json_list(&ids))
        .execute(&mut **tx)
        .await?;
    ids.iter().map(|id| parse_id(id)).collect()
}

async fn all_discards(tx: &mut Tx<'_>) -> Result<BTreeSet<String>, StoreError> {
    let keys: Vec<String> = sqlx::query_scalar("SELECT key FROM discard").fetch_all(&mut **tx).await?;
    Ok(keys.into_iter().collect())
}

/// Lists the persons, parties and authorities that were taken down: parts of others must not give their
/// names, and nothing of an authority is kept.
pub async fn nameless(tx: &mut Tx<'_>) -> Result<BTreeSet<String>, StoreError> {
    let found = "SELECT entity FROM block
                  WHERE entity LIKE 'person:%' OR entity LIKE 'party:%' OR entity LIKE 'authority:%'";
    let ids: Vec<String> = sqlx::query_scalar(found).fetch_all(&mut **tx).await?;
    Ok(ids.into_iter().collect())
}

/// Removes the names of `nameless` from a part's body; returns whether it held any.
pub fn strike_names(body: &mut Value, nameless: &BTreeSet<String>) -> bool {
    match body {
        Value::Array(items) => {
            items.iter_mut().fold(false, |struck, item| strike_names(item, nameless) | struck)
        }
        Value::Object(fields) => {
            let ids = ["id", "person"].map(|field| fields.get(field).and_then(Value::as_str));
            let mut struck = false;
            if ids.into_iter().flatten().any(|id| nameless.contains(id)) {
                struck = fields.get_mut("name").is_some_and(|name| !std::mem::take(name).is_null());
            }
            fields.values_mut().fold(struck, |struck, value| strike_names(value, nameless) | struck)
        }
        _ => false,
    }
}

/// Removes a person's name from the parts of other entities, condemns the answers that gave it, and returns
/// the entities concerned.
async fn strike_everywhere(tx: &mut Tx<'_>, id: &EntityId) -> Result<Vec<EntityId>, StoreError> {
    let nameless = nameless(tx).await?;
    if !nameless.contains(id.as_str()) {
        return Ok(Vec::new());
    }
    let rows = sqlx::query(
        r#"SELECT entity, origin, body, payload FROM part WHERE body IS NOT NULL
              AND entity IN (SELECT "from" FROM reference WHERE "to" = ?1)"#,
    )
    .bind(id.as_str())
    .fetch_all(&mut **tx)
    .await?;
    let mut concerned = Vec::new();
    for row in rows {
        let (entity, origin): (String, String) = (row.try_get(0)?, row.try_get(1)?);
        let mut body: Value =
            serde_json::from_str(row.try_get(2)?).map_err(|why| StoreError::corrupt(&entity, &why))?;
        if !strike_names(&mut body, &nameless) {
            continue;
        }
        sqlx::query("UPDATE part SET body = ?3 WHERE entity = ?1 AND origin = ?2")
            .bind(&entity)
            .bind(&origin)
            .bind(body.to_string())
            .execute(&mut **tx)
            .await?;
        let payload: Option<String> = row.try_get(3)?;
        erase::condemn_keys(tx, payload.as_slice()).await?;
        concerned.push(parse_id(&entity)?);
    }
    Ok(concerned)
}

pub async fn list_takedowns(pool: &SqlitePool) -> Result<Vec<Takedown>, StoreError> {
    let rows =
        sqlx::query("SELECT entity, reason, at FROM block ORDER BY at, entity").fetch_all(pool).await?;
    let mut all = Vec::new();
    for row in rows {
        let files: Vec<String> =
            sqlx::query_scalar("SELECT sha256 FROM taken_file WHERE entity = ?1 ORDER BY sha256")
                .bind(row.try_get::<&str, _>(0)?)
                .fetch_all(pool)
                .await?;
        all.push(read_takedown(&row, files)?);
    }
    Ok(all)
}

pub async fn tombstones(pool: &SqlitePool, ids: &[EntityId]) -> Result<Vec<Tombstone>, StoreError> {
    let rows = sqlx::query(
        "SELECT asked.value, entity.gone, block.reason, coalesce(block.at, change.at, 0)
           FROM json_each(?1) AS asked
           LEFT JOIN entity ON entity.id = asked.value
           LEFT JOIN block ON block.entity = asked.value
           LEFT JOIN change ON change.seq = entity.seq
          WHERE entity.gone IS NOT NULL OR block.entity IS NOT NULL",
    )
    .bind(json_list(ids))
    .fetch_all(pool)
    .await?;
    rows.iter()
        .map(|row| {
            let id = parse_id(row.try_get(0)?)?;
            let reason = row.try_get::<Option<&str>, _>(2)?.and_then(|word| word.parse().ok());
            let gone: Option<String> = row.try_get(1)?;
            let gone = gone.and_then(|word| serde_json::from_value(word.into()).ok());
            let since = read::instant(row.try_get(3)?);
            let gone = if reason.is_some() { Gone::Blocked } else { gone.unwrap_or(Gone::Blocked) };
            Ok(Tombstone { id, gone, reason, since })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_name_goes_wherever_its_person_is_named() {
        let nameless = BTreeSet::from(["person:notubiz:9101:1".to_owned()]);
        let mut body = json!({
            "title": "Motie", "proposers": [
                {"name": "A. de Wit", "id": "person:notubiz:9101:1"}, {"name": "B. Zwart", "id": "person:notubiz:9101:2"}],
            "vote": {"person": "person:notubiz:9101:1", "name": "A. de Wit", "choice": "for"}
        });
        assert!(strike_names(&mut body, &nameless));
        assert!(!body.to_string().contains("de Wit") && body.to_string().contains("B. Zwart"));
        assert!(!strike_names(&mut body, &nameless), "what was struck is not struck again");
    }
}
