//! The shapes of the Allmanak: rows of PostgREST, and lists that were XML once.

use crate::supplier::{Unreadable, json::Node};

/// The only row of an answer.
///
/// # Errors
/// There is none, or there are several.
pub fn row<'a>(root: &Node<'a>) -> Result<Node<'a>, Unreadable> {
    let rows = root.items_of_anything();
    match rows.as_slice() {
        [row] => Ok(row.clone()),
        [] => Err(Unreadable("no organisation has this number".into())),
        several => Err(Unreadable(format!("{} organisations have this number", several.len()))),
    }
}

/// The parties in a list that may be missing, be a single object, or stand one level deeper under `partij`.
pub fn parties<'a>(seats: &Node<'a>) -> Vec<Node<'a>> {
    let inner = ["partijen", "partij"].iter().fold(seats.clone(), |node, key| {
        let below = node.get(key);
        let holds = below.value().is_some_and(|value| value.is_array() || value.is_object());
        if holds { below } else { node }
    });
    inner.items_of_anything()
}
