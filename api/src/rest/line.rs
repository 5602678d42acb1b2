//! What is said of a thing in feeds and snapshots: one line of JSON. Pure.

use raadhuis_schema::{Entity, Gone, Kind, Tombstone};
use raadhuis_store::{Latest, Stored, Thing};
use serde_json::{Value, json};

use crate::graphql::rights::{FILE_TERMS, METADATA_LICENSE};
use crate::link::hide_addresses;

/// How a thing stands: `upsert` with all that we know of it, or `delete` with the class of the reason. The cursor is where one goes on
/// behind it.
pub fn line(latest: &Latest) -> Value {
    let (op, id) = match &latest.thing {
        Thing::Living(stored) => ("upsert", stored.entity.id()),
        Thing::Gone(tombstone) => ("delete", &tombstone.id),
    };
    let mut line = json!({
        "cursor": latest.seq.to_string(),
        "op": op,
        "kind": id.kind().word(),
        "id": id.as_str(),
        "authority": latest.authority.as_str(),
        "at": latest.at.to_string(),
    });
    match &latest.thing {
        Thing::Living(stored) => {
            line["entity"] = entity(stored);
            line["provenance"] = provenance(stored);
            line["license"] = METADATA_LICENSE.into();
            if matches!(id.kind(), Kind::Document | Kind::DocumentText) {
                line["rights"] = FILE_TERMS.into();
            }
        }
        Thing::Gone(tombstone) => line["reason"] = reason(tombstone).into(),
    }
    line
}

/// The last line of a page: where one goes on, and whether there is more now. A page without it broke off.
pub fn last(cursor: i64, more: bool) -> Value {
    json!({"op": "end", "cursor": cursor.to_string(), "more": more})
}

/// The content of a thing. What stands on pages that are withheld is not told.
pub fn entity(stored: &Stored) -> Value {
    let mut content = match &stored.entity {
        Entity::DocumentText(text) => {
            let mut text = text.clone();
            text.abbreviations = text.shown_abbreviations().cloned().collect();
            Entity::DocumentText(text).to_json()
        }
        other => other.to_json(),
    };
    hide_addresses(&mut content);
    content
}

/// Where a thing comes from.
pub fn provenance(stored: &Stored) -> Value {
    json!({
        "source": stored.provenance.source,
        "firstSeen": stored.provenance.first_seen.to_string(),
        "harvested": stored.provenance.harvested.to_string(),
        "contentHash": stored.hash.as_str(),
    })
}

/// The class of the reason for which a thing is gone.
pub fn reason(tombstone: &Tombstone) -> &'static str {
    match (tombstone.reason, tombstone.gone) {
        (Some(reason), _) => reason.word(),
        (None, Gone::Withdrawn) => "withdrawn",
        (None, Gone::Withheld) => "withheld",
        (None, Gone::Blocked) => "taken-down",
    }
}
