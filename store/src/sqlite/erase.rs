//! Erasure: the archive keys to delete, and the wiping of deleted rows from the database file.

use std::collections::BTreeSet;

use raadhuis_schema::{DocumentText, EntityId, Kind, Part};
use sqlx::{Sqlite, SqlitePool, Transaction};

use super::{json_list, owed, parse_id, review};
use crate::{ArchiveKey, StoreError};

type Tx<'a> = Transaction<'a, Sqlite>;

/// Records the entities that an archived answer describes, and condemns answers on which no part rests any
/// more.
pub async fn testify(tx: &mut Tx<'_>, payload: &str, parts: &[Part]) -> Result<(), StoreError> {
    let ids: Vec<_> = parts.iter().map(|part| part.entity().as_str()).collect();
    let former: Vec<String> = sqlx::query_scalar(
        "SELECT DISTINCT payload FROM witness WHERE entity IN (SELECT value FROM json_each(?1)) AND payload <> ?2
            AND NOT EXISTS (SELECT 1 FROM part WHERE part.payload = witness.payload)",
    )
    .bind(json_list(&ids))
    .bind(payload)
    .fetch_all(&mut **tx)
    .await?;
    condemn_keys(tx, &former).await?;
    sqlx::query("DELETE FROM witness WHERE payload = ?1").bind(payload).execute(&mut **tx).await?;
    sqlx::query("INSERT OR IGNORE INTO witness SELECT ?1, value FROM json_each(?2)")
        .bind(payload)
        .bind(json_list(&ids))
        .execute(&mut **tx)
        .await?;
    sqlx::query("DELETE FROM discard WHERE key = ?1").bind(payload).execute(&mut **tx).await?;
    Ok(())
}

/// Condemns everything in the archive that describes `id`, except the answer that is being stored now, which
/// was redacted with the knowledge that `id` is not public. Returns the SHA-256 of every file that `id` held.
pub async fn condemn(
    tx: &mut Tx<'_>,
    id: &EntityId,
    current: Option<&str>,
) -> Result<Vec<String>, StoreError> {
    let payloads: Vec<String> =
        sqlx::query_scalar("SELECT payload FROM witness WHERE entity = ?1 AND payload IS NOT ?2")
            .bind(id.as_str())
            .bind(current)
            .fetch_all(&mut **tx)
            .await?;
    condemn_keys(tx, &payloads).await?;
    owed::forget_subject(tx, id).await?;
    if id.kind() == Kind::DocumentText { condemn_files(tx, id).await } else { Ok(Vec::new()) }
}

/// Deletes the edit history of an entity: not even a hash of non-public content may remain.
pub async fn forget_edits(tx: &mut Tx<'_>, id: &EntityId) -> Result<(), StoreError> {
    sqlx::query("UPDATE change SET hash = NULL, fields = NULL WHERE entity = ?1")
        .bind(id.as_str())
        .execute(&mut **tx)
        .await?;
    Ok(())
}

/// Records that a text holds a file, whose keys were reserved before the file was stored.
pub async fn hold_file(tx: &mut Tx<'_>, text: &DocumentText) -> Result<(), StoreError> {
    let Some(sha) = &text.sha256 else { return Ok(()) };
    sqlx::query("INSERT OR IGNORE INTO file (text, sha256) VALUES (?1, ?2)")
        .bind(text.id.as_entity().as_str())
        .bind(sha)
        .execute(&mut **tx)
        .await?;
    sqlx::query("DELETE FROM discard WHERE key IN ('original/' || ?1, 'text/' || ?1)")
        .bind(sha)
        .execute(&mut **tx)
        .await?;
    Ok(())
}

/// Condemns the bytes and the text of every file that `text` ever held, unless another living text holds the
/// same file now.
async fn condemn_files(tx: &mut Tx<'_>, text: &EntityId) -> Result<Vec<String>, StoreError> {
    let shas: Vec<String> = sqlx::query_scalar("DELETE FROM file WHERE text = ?1 RETURNING sha256")
        .bind(text.as_str())
        .fetch_all(&mut **tx)
        .await?;
    let elsewhere: Vec<String> = sqlx::query_scalar(
        "SELECT sha256 FROM file JOIN entity ON entity.id = file.text
          WHERE sha256 IN (SELECT value FROM json_each(?1)) AND gone IS NULL
            AND json_extract(entity.body, '$.sha256') = file.sha256",
    )
    .bind(json_list(&shas))
    .fetch_all(&mut **tx)
    .await?;
    let alone: Vec<&String> = shas.iter().filter(|sha| !elsewhere.contains(sha)).collect();
    review::forget_files(tx, &alone).await?;
    // Other texts that held the same file in the past are no reason to keep it.
    sqlx::query("DELETE FROM file WHERE sha256 IN (SELECT value FROM json_each(?1))")
        .bind(json_list(&alone))
        .execute(&mut **tx)
        .await?;
    let keys: Vec<String> = alone
        .into_iter()
        .flat_map(|sha| [ArchiveKey::original(sha).into(), ArchiveKey::for_text(sha).into()])
        .collect();
    condemn_keys(tx, &keys).await?;
    Ok(shas)
}

/// Selects the files among `shas` that no living text holds.
pub async fn held_by_nobody(
    tx: &mut Tx<'_>,
    shas: &BTreeSet<String>,
) -> Result<BTreeSet<String>, StoreError> {
    let held: Vec<String> = sqlx::query_scalar(
        "SELECT sha256 FROM file JOIN entity ON entity.id = file.text
          WHERE sha256 IN (SELECT value FROM json_each(?1)) AND gone IS NULL",
    )
    .bind(json_list(&shas.iter().collect::<Vec<_>>()))
    .fetch_all(&mut **tx)
    .await?;
    Ok(shas.iter().filter(|sha| !held.contains(sha)).cloned().collect())
}

/// Condemns archive keys and deletes all references to them.
pub async fn condemn_keys(tx: &mut Tx<'_>, keys: &[String]) -> Result<(), StoreError> {
    let list = json_list(keys);
    for statement in [
        "INSERT OR IGNORE INTO discard SELECT value FROM json_each(?1)",
        "DELETE FROM witness WHERE payload IN (SELECT value FROM json_each(?1))",
        "DELETE FROM answer WHERE payload IN (SELECT value FROM json_each(?1))",
        "UPDATE part SET payload = NULL WHERE payload IN (SELECT value FROM json_each(?1))",
    ] {
        sqlx::query(statement).bind(&list).execute(&mut **tx).await?;
    }
    Ok(())
}

/// Empties the parts of `id`, deletes the parts of others that depend on it, and returns every entity that
/// lost one: its children, its attachments, and the votes taken under it.
pub async fn take_dependents(tx: &mut Tx<'_>, id: &EntityId) -> Result<Vec<EntityId>, StoreError> {
    sqlx::query("UPDATE part SET body = NULL, day = NULL WHERE entity = ?1")
        .bind(id.as_str())
        .execute(&mut **tx)
        .await?;
    let mut ids: Vec<String> = Vec::new();
    for statement in [
        "DELETE FROM part WHERE anchor = ?1 AND entity <> ?1 RETURNING entity",
        r#"DELETE FROM part WHERE entity IN
              (SELECT "from" FROM reference WHERE "to" = ?1 AND relation = 'agenda-item' AND "from" LIKE 'vote-event:%')
           RETURNING entity"#,
        r#"SELECT "to" FROM reference WHERE "from" = ?1 AND relation IN ('document', 'entry')"#,
    ] {
        let found: Vec<String> = sqlx::query_scalar(statement).bind(id.as_str()).fetch_all(&mut **tx).await?;
        ids.extend(found);
    }
    ids.iter().map(|id| parse_id(id)).collect()
}

pub async fn reserve(pool: &SqlitePool, keys: &[String]) -> Result<(), StoreError> {
    sqlx::query("INSERT OR IGNORE INTO discard SELECT value FROM json_each(?1)")
        .bind(json_list(keys))
        .execute(pool)
        .await?;
    Ok(())
}

/// Lists the keys that must be deleted. A key on which something rests after all is taken off first.
pub async fn discards(pool: &SqlitePool) -> Result<Vec<String>, StoreError> {
    sqlx::query(
        "DELETE FROM discard WHERE EXISTS (SELECT 1 FROM part WHERE part.payload = discard.key)
            OR EXISTS (SELECT 1 FROM file JOIN entity ON entity.id = file.text
                        WHERE gone IS NULL AND sha256 = substr(key, instr(key, '/') + 1))",
    )
    .execute(pool)
    .await?;
    Ok(sqlx::query_scalar("SELECT key FROM discard").fetch_all(pool).await?)
}

/// Condemns again all keys of takedowns, because an older archive may have been restored. Keys on which
/// another answer to the same question rests by now are left out.
pub async fn recall_keys(pool: &SqlitePool) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT OR IGNORE INTO discard SELECT key FROM condemned
          WHERE NOT EXISTS (SELECT 1 FROM answer WHERE answer.payload = condemned.key)",
    )
    .execute(pool)
    .await?;
    Ok(())
}

/// Records that the archive deleted `keys`, and truncates the write-ahead log, which still holds the old
/// rows.
pub async fn discarded(pool: &SqlitePool, keys: &[String]) -> Result<(), StoreError> {
    sqlx::query("DELETE FROM discard WHERE key IN (SELECT value FROM json_each(?1))")
        .bind(json_list(keys))
        .execute(pool)
        .await?;
    let busy: i64 = sqlx::query_scalar("PRAGMA wal_checkpoint(TRUNCATE)").fetch_one(pool).await?;
    if busy != 0 {
        tracing::warn!(
            "readers keep the write-ahead log open; it is truncated when something is deleted next"
        );
    }
    Ok(())
}
