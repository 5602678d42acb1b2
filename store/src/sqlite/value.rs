//! Conversions between Rust values and stored values.

use raadhuis_schema::EntityId;

use crate::StoreError;

/// Writes values as one JSON array for `json_each`: one prepared statement serves any number of values.
pub fn json_list<T: ToString>(items: &[T]) -> String {
    serde_json::Value::from(items.iter().map(ToString::to_string).collect::<Vec<_>>()).to_string()
}

pub fn parse_id(id: &str) -> Result<EntityId, StoreError> {
    id.parse().map_err(|why: raadhuis_schema::id::ParseIdError| StoreError::Corrupt {
        id: id.to_owned(),
        why: why.to_string(),
    })
}

pub fn word_to<T: serde::de::DeserializeOwned>(id: &EntityId, word: String) -> Result<T, StoreError> {
    serde_json::from_value(word.into()).map_err(|why| StoreError::corrupt(id.as_str(), &why))
}
