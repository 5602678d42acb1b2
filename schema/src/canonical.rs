//! The canonical JSON of every value, so that equal content has an equal hash.

use std::fmt;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest, Sha256};

/// The SHA-256 of an entity's canonical JSON, as 64 hexadecimal digits.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct ContentHash(String);

impl ContentHash {
    /// Computes the hash of any bytes.
    pub fn of_bytes(bytes: &[u8]) -> Self {
        let mut digits = String::with_capacity(64);
        for byte in Sha256::digest(bytes) {
            digits.extend(
                [byte >> 4, byte & 15].into_iter().filter_map(|digit| char::from_digit(digit.into(), 16)),
            );
        }
        Self(digits)
    }

    /// Computes the hash of a value; the order of its keys does not matter.
    pub fn hash_value(value: &Value) -> Self {
        Self::of_bytes(canonical(value).to_string().as_bytes())
    }

    /// The hash as 64 hexadecimal digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ContentHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Removes empty values (null, empty text, empty list, `false`); `serde_json` sorts the keys.
///
/// `false` is removed because an absent flag of the vocabulary means `false`.
pub fn canonical(value: &Value) -> Value {
    match value {
        Value::Object(fields) => Value::Object(
            fields
                .iter()
                .map(|(key, value)| (key.clone(), canonical(value)))
                .filter(|(_, value)| says_something(value))
                .collect(),
        ),
        Value::Array(items) => Value::Array(items.iter().map(canonical).collect()),
        other => other.clone(),
    }
}

/// Returns whether a value means more than its absence would.
pub fn says_something(value: &Value) -> bool {
    match value {
        Value::Null | Value::Bool(false) => false,
        Value::String(text) => !text.is_empty(),
        Value::Array(items) => !items.is_empty(),
        Value::Object(fields) => !fields.is_empty(),
        Value::Bool(true) | Value::Number(_) => true,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    #[test]
    fn what_says_nothing_does_not_count() {
        let bare = json!({"id": "x"});
        let padded = json!({"name": null, "documents": [], "heading": false, "note": "", "id": "x"});
        assert_eq!(ContentHash::hash_value(&bare), ContentHash::hash_value(&padded));
    }

    proptest! {
        #[test]
        fn the_order_of_keys_does_not_count(keys in proptest::collection::vec("[a-z]{1,6}", 1..12)) {
            let text = |keys: &[String]| {
                let fields: Vec<_> = keys.iter().map(|key| format!("{key:?}:{}", key.len())).collect();
                serde_json::from_str::<Value>(&format!("{{{}}}", fields.join(","))).unwrap()
            };
            let backwards: Vec<_> = keys.iter().rev().cloned().collect();
            prop_assert_eq!(ContentHash::hash_value(&text(&keys)), ContentHash::hash_value(&text(&backwards)));
        }
    }
}
