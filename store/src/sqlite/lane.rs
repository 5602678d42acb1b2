//! The records of lanes, kept between runs.

use raadhuis_schema::{LaneRecord, json::to_json_text};
use sqlx::SqlitePool;

use crate::StoreError;

pub async fn list_lanes(pool: &SqlitePool) -> Result<Vec<LaneRecord>, StoreError> {
    let rows: Vec<String> =
        sqlx::query_scalar("SELECT record FROM lane ORDER BY name").fetch_all(pool).await?;
    rows.iter()
        .map(|row| serde_json::from_str(row).map_err(|why| StoreError::corrupt("a lane", &why)))
        .collect()
}

pub async fn keep_lane(pool: &SqlitePool, record: &LaneRecord) -> Result<(), StoreError> {
    sqlx::query("INSERT INTO lane VALUES (?1, ?2) ON CONFLICT (name) DO UPDATE SET record = ?2")
        .bind(&record.name)
        .bind(to_json_text(record))
        .execute(pool)
        .await?;
    Ok(())
}
