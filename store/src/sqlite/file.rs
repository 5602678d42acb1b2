//! The files of documents: those due for another request, and their HTTP validators.

use raadhuis_schema::{EntityId, Validator};
use serde_json::json;
use sqlx::{Row, SqlitePool};

use super::parse_id;
use crate::{StaleMoments, StoreError};

/// Lists the documents whose file is due to be requested again.
pub async fn list_stale_files(
    pool: &SqlitePool,
    source: &str,
    moments: StaleMoments,
    limit: u32,
) -> Result<Vec<EntityId>, StoreError> {
    let ids: Vec<String> = sqlx::query_scalar(
        r#"SELECT d.id FROM entity t
             JOIN part p ON p.entity = t.id
             JOIN reference r ON r."from" = t.id AND r.relation = 'text-of'
             JOIN entity d ON d.id = r."to" AND d.gone IS NULL
            WHERE t.source = ?1 AND t.kind = 'document-text' AND t.gone IS NULL
              AND NOT EXISTS (SELECT 1 FROM owed WHERE owed.subject = d.id)
            GROUP BY d.id
           HAVING max(p.fetched) < ?2 OR (max(p.fetched) < ?3 AND t.first_seen > ?4)
            ORDER BY max(p.fetched), d.id LIMIT ?5"#,
    )
    .bind(source)
    .bind(moments.before.as_second())
    .bind(moments.new_before.as_second())
    .bind(moments.new_since.as_second())
    .bind(limit)
    .fetch_all(pool)
    .await?;
    ids.iter().map(|id| parse_id(id)).collect()
}

pub async fn validators(
    pool: &SqlitePool,
    files: &[(EntityId, String)],
) -> Result<Vec<(EntityId, Validator)>, StoreError> {
    let asked: Vec<_> = files.iter().map(|(text, sha256)| json!([text.as_str(), sha256])).collect();
    let rows = sqlx::query(
        "SELECT text, etag, modified FROM file
          WHERE (text, sha256) IN (SELECT value ->> 0, value ->> 1 FROM json_each(?1))
            AND (etag IS NOT NULL OR modified IS NOT NULL)",
    )
    .bind(json!(asked).to_string())
    .fetch_all(pool)
    .await?;
    rows.iter()
        .map(|row| {
            let validator = Validator { etag: row.try_get(1)?, modified: row.try_get(2)? };
            Ok((parse_id(row.try_get(0)?)?, validator))
        })
        .collect()
}

pub async fn keep_validator(
    pool: &SqlitePool,
    text: &EntityId,
    sha256: &str,
    validator: &Validator,
) -> Result<(), StoreError> {
    sqlx::query("UPDATE file SET etag = ?3, modified = ?4 WHERE text = ?1 AND sha256 = ?2")
        .bind(text.as_str())
        .bind(sha256)
        .bind(&validator.etag)
        .bind(&validator.modified)
        .execute(pool)
        .await?;
    Ok(())
}

pub async fn list_files_of(
    pool: &SqlitePool,
    texts: &[EntityId],
) -> Result<Vec<(EntityId, String)>, StoreError> {
    let rows = sqlx::query(
        "SELECT text, sha256 FROM file WHERE text IN (SELECT value FROM json_each(?1)) ORDER BY text, sha256",
    )
    .bind(super::json_list(texts))
    .fetch_all(pool)
    .await?;
    rows.iter().map(|row| Ok((parse_id(row.try_get(0)?)?, row.try_get(1)?))).collect()
}
