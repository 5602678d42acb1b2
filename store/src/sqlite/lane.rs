//! What lanes learned.

use raadhuis_schema::LaneRecord;
use sqlx::SqlitePool;

use crate::StoreError;

/// All that was learned.
pub async fn all(pool: &SqlitePool) -> Result<Vec<LaneRecord>, StoreError> {
    let rows: Vec<String> =
        sqlx::query_scalar("SELECT record FROM lane ORDER BY name").fetch_all(pool).await?;
    let corrupt = |why: serde_json::Error| StoreError::Corrupt { id: "a lane".into(), why: why.to_string() };
    rows.iter().map(|row| serde_json::from_str(row).map_err(corrupt)).collect()
}

/// Keeps what one learned.
pub async fn keep(pool: &SqlitePool, record: &LaneRecord) -> Result<(), StoreError> {
    sqlx::query("INSERT INTO lane VALUES (?1, ?2) ON CONFLICT (name) DO UPDATE SET record = ?2")
        .bind(&record.name)
        .bind(serde_json::to_string(record).unwrap_or_default())
        .execute(pool)
        .await?;
    Ok(())
}
