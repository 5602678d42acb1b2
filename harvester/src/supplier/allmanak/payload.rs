//! The shapes of the Allmanak: rows of PostgREST, and lists converted from XML.

use crate::supplier::{UnreadableError, json::JsonNode};

/// The only row of an answer.
///
/// # Errors
/// There is none, or there are several.
pub fn single_row<'a>(root: &JsonNode<'a>) -> Result<JsonNode<'a>, UnreadableError> {
    let rows = root.items_of_anything();
    match rows.as_slice() {
        [row] => Ok(row.clone()),
        [] => Err(UnreadableError("no organisation has this number".into())),
        several => Err(UnreadableError(format!("{} organisations have this number", several.len()))),
    }
}

/// The parties in a list. It may be missing, be a single object, or be nested one level deeper under `partij`.
pub fn parties<'a>(seats: &JsonNode<'a>) -> Vec<JsonNode<'a>> {
    let inner = ["partijen", "partij"].iter().fold(seats.clone(), |node, key| {
        let below = node.get(key);
        let holds = below.value().is_some_and(|value| value.is_array() || value.is_object());
        if holds { below } else { node }
    });
    inner.items_of_anything()
}
