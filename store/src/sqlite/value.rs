//! Values as the database keeps them.

use raadhuis_schema::EntityId;

use crate::StoreError;

/// Ids as one JSON array, which `json_each` unrolls: one prepared statement for any number of ids.
pub fn json_list<T: ToString>(items: &[T]) -> String {
    serde_json::Value::from(items.iter().map(ToString::to_string).collect::<Vec<_>>()).to_string()
}

/// An id as it was stored.
pub fn parse_id(id: &str) -> Result<EntityId, StoreError> {
    id.parse().map_err(|why: raadhuis_schema::id::NotAnId| StoreError::Corrupt {
        id: id.to_owned(),
        why: why.to_string(),
    })
}

/// The word under which a closed set's member is stored.
pub fn word_of<T: serde::Serialize>(member: &T) -> String {
    serde_json::to_value(member).ok().and_then(|value| value.as_str().map(str::to_owned)).unwrap_or_default()
}

/// The member of a closed set that is stored as a word.
pub fn word_to<T: serde::de::DeserializeOwned>(id: &EntityId, word: String) -> Result<T, StoreError> {
    let corrupt = |why: serde_json::Error| StoreError::Corrupt { id: id.to_string(), why: why.to_string() };
    serde_json::from_value(word.into()).map_err(corrupt)
}
