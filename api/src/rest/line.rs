//! One line of JSON for an entity in feeds and snapshots. Pure.

use raadhuis_schema::{Entity, Gone, Kind, Tombstone};
use raadhuis_store::{Latest, Stored, Thing};
use serde_json::{Value, json};

use crate::graphql::rights::{FILE_TERMS, METADATA_LICENSE};
use crate::link::hide_addresses;

/// The state of an entity: `upsert` with all its fields, or `delete` with the class of the reason. The feed continues
/// after the line's cursor.
pub fn entity_line(latest: &Latest) -> Value {
    let (op, id) = match &latest.thing {
        Thing::Living(stored) => ("upsert", stored.entity.id()),
        Thing::Gone(tombstone) => ("delete", &tombstone.id),
    };
    let mut line = json!({
        "cursor": latest.seq.to_string(),
        "op": op,
        "kind": id.kind().as_str(),
        "id": id.as_str(),
        "authority": latest.authority.as_str(),
        "at": latest.at.to_string(),
    });
    match &latest.thing {
        Thing::Living(stored) => {
            line["entity"] = entity_fields(stored);
            line["provenance"] = provenance(stored);
            line["license"] = METADATA_LICENSE.into();
            if matches!(id.kind(), Kind::Document | Kind::DocumentText) {
                line["rights"] = FILE_TERMS.into();
            }
        }
        Thing::Gone(tombstone) => line["reason"] = name_reason(tombstone).into(),
    }
    line
}

/// The last line of a page: the cursor to continue with, and whether there is more now. A page without it is incomplete.
pub fn last_line(cursor: i64, more: bool) -> Value {
    json!({"op": "end", "cursor": cursor.to_string(), "more": more})
}

/// The fields of an entity, without what is known from withheld pages only.
pub fn entity_fields(stored: &Stored) -> Value {
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

/// The source of an entity, and the times at which it was first seen and last harvested.
pub fn provenance(stored: &Stored) -> Value {
    json!({
        "source": stored.provenance.source,
        "firstSeen": stored.provenance.first_seen.to_string(),
        "harvested": stored.provenance.harvested.to_string(),
        "contentHash": stored.hash.as_str(),
    })
}

/// The class of the reason why an entity is gone.
pub fn name_reason(tombstone: &Tombstone) -> &'static str {
    match (tombstone.reason, tombstone.gone) {
        (Some(reason), _) => reason.as_str(),
        (None, Gone::Withdrawn) => "withdrawn",
        (None, Gone::Withheld) => "withheld",
        (None, Gone::Blocked) => "taken-down",
    }
}
