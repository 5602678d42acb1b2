//! Leaving no trace: which archive keys must go, and wiping what the database file still holds.

use raadhuis_schema::{EntityId, Kind, Part};
use sqlx::{Sqlite, SqlitePool, Transaction};

use super::{json_list, parse_id};
use crate::StoreError;

type Tx<'a> = Transaction<'a, Sqlite>;

/// Notes of which entities an archived answer speaks, and condemns the answers on which nothing rests any more.
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

/// Condemns everything in the archive that speaks of `id`, except the answer that is being stored now, which was
/// redacted with the knowledge that `id` is not public.
pub async fn condemn(tx: &mut Tx<'_>, id: &EntityId, current: Option<&str>) -> Result<(), StoreError> {
    let payloads: Vec<String> =
        sqlx::query_scalar("SELECT payload FROM witness WHERE entity = ?1 AND payload IS NOT ?2")
            .bind(id.as_str())
            .bind(current)
            .fetch_all(&mut **tx)
            .await?;
    condemn_keys(tx, &payloads).await?;
    if id.kind() == Kind::DocumentText {
        condemn_file(tx, id).await?;
    }
    Ok(())
}

/// Condemns the bytes and the words of a file, unless another living document holds the same file.
async fn condemn_file(tx: &mut Tx<'_>, text: &EntityId) -> Result<(), StoreError> {
    let sha: Option<String> = sqlx::query_scalar("SELECT body ->> 'sha256' FROM entity WHERE id = ?1")
        .bind(text.as_str())
        .fetch_optional(&mut **tx)
        .await?
        .flatten();
    let Some(sha) = sha else { return Ok(()) };
    let elsewhere: bool = sqlx::query_scalar(
        "SELECT EXISTS (SELECT 1 FROM entity WHERE kind = 'document-text' AND id <> ?1 AND gone IS NULL
            AND body ->> 'sha256' = ?2)",
    )
    .bind(text.as_str())
    .bind(&sha)
    .fetch_one(&mut **tx)
    .await?;
    if elsewhere {
        return Ok(());
    }
    condemn_keys(tx, &[format!("original/{sha}"), format!("text/{sha}")]).await
}

/// Condemns archive keys, and forgets that anything rested on them.
pub async fn condemn_keys(tx: &mut Tx<'_>, keys: &[String]) -> Result<(), StoreError> {
    let list = json_list(keys);
    for statement in [
        "INSERT OR IGNORE INTO discard SELECT value FROM json_each(?1)",
        "DELETE FROM witness WHERE payload IN (SELECT value FROM json_each(?1))",
        "UPDATE part SET payload = NULL WHERE payload IN (SELECT value FROM json_each(?1))",
    ] {
        sqlx::query(statement).bind(&list).execute(&mut **tx).await?;
    }
    Ok(())
}

/// Deletes the parts that fall silent without `id`, and names the entities that lost one.
pub async fn take_anchored(tx: &mut Tx<'_>, id: &EntityId) -> Result<Vec<EntityId>, StoreError> {
    let ids: Vec<String> =
        sqlx::query_scalar("DELETE FROM part WHERE anchor = ?1 AND entity <> ?1 RETURNING entity")
            .bind(id.as_str())
            .fetch_all(&mut **tx)
            .await?;
    ids.iter().map(|id| parse_id(id)).collect()
}

/// Notes that the archive forgot `keys`, and truncates the write-ahead log, which still holds the old rows.
pub async fn discarded(pool: &SqlitePool, keys: &[String]) -> Result<(), StoreError> {
    sqlx::query("DELETE FROM discard WHERE key IN (SELECT value FROM json_each(?1))")
        .bind(json_list(keys))
        .execute(pool)
        .await?;
    sqlx::query("PRAGMA wal_checkpoint(TRUNCATE)").execute(pool).await?;
    Ok(())
}
