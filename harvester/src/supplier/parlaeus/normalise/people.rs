//! Committees, and office-holders with their functions.

use raadhuis_schema::{Committee, CommitteeKind, Entity, Id, Kind, Membership, Person, Standing};

use super::Reading;
use crate::supplier::json::JsonNode;

pub fn read_committees(reading: &mut Reading<'_>, root: &JsonNode<'_>) {
    let origin = reading.listing("committees");
    for node in root.get("list").items_of_anything() {
        let Some(native) = reading.native_text(&node, "cmid", Kind::Committee) else { continue };
        let name = node.get("committeename").text().or_else(|| node.get("committeecode").text());
        let committee = Committee {
            id: reading.id(native),
            authority: reading.authority(),
            kind: name.as_deref().and_then(CommitteeKind::of_name),
            name,
            description: None,
        };
        reading.describe(&origin, Standing::Detail, Entity::Committee(committee));
    }
    reading.complete(origin, None, None);
}

pub fn read_persons(reading: &mut Reading<'_>, root: &JsonNode<'_>) {
    let origin = reading.listing("persons");
    for node in root.get("list").items_of_anything() {
        let Some(native) = reading.native_text(&node, "raid", Kind::Person) else { continue };
        let name = node.get("name").text();
        // An empty seat is listed like a person.
        if name.as_deref().is_some_and(|name| name.to_lowercase().contains("niet ingenomen")) {
            continue;
        }
        let id = reading.id::<Person>(&native);
        let (party, role) = (node.get("party").text(), node.get("function").text());
        reading.describe(
            &origin,
            Standing::Detail,
            Entity::Person(Person { id: id.clone(), authority: reading.authority(), name }),
        );
        let membership = Membership {
            id: Id::within(id.as_entity(), "seat"),
            authority: reading.authority(),
            person: id,
            party,
            role,
            active: None,
            start: None,
            end: None,
        };
        reading.describe(&origin, Standing::Detail, Entity::Membership(membership));
    }
    reading.complete(origin, None, None);
}
