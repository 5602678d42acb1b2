//! JSON of our own types, which always succeeds: a failure is a bug here and never passes as an empty value.

use serde::Serialize;
use serde_json::Value;

/// Converts a value of ours to JSON.
///
/// # Panics
/// The type has no form in JSON.
#[expect(clippy::expect_used, reason = "our types have no maps with other keys than text")]
pub fn to_json<T: Serialize>(value: &T) -> Value {
    serde_json::to_value(value).expect("a type of ours has a form in JSON")
}

/// Writes a value of ours as a line of JSON.
///
/// # Panics
/// The type has no form in JSON.
#[expect(clippy::expect_used, reason = "our types have no maps with other keys than text")]
pub fn to_json_text<T: Serialize>(value: &T) -> String {
    serde_json::to_string(value).expect("a type of ours has a form in JSON")
}

/// The word by which a plain enum of ours is stored and transmitted.
///
/// # Panics
/// The type is no plain enum.
#[expect(clippy::expect_used, reason = "only plain enums of ours are passed")]
pub fn to_word<T: Serialize>(member: &T) -> String {
    to_json(member).as_str().expect("a plain enum of ours is a word in JSON").to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Kind, Outcome};

    #[test]
    fn an_enum_is_its_word() {
        assert_eq!(
            (to_word(&Kind::AgendaItem), to_word(&Outcome::Adopted)),
            ("agenda-item".to_owned(), "adopted".to_owned())
        );
    }

    #[test]
    #[should_panic(expected = "a plain enum of ours is a word in JSON")]
    fn anything_else_is_a_bug() {
        to_word(&[1, 2]);
    }
}
