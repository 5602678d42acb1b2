//! Committees, parties, and office-holders with their functions.

use raadhuis_schema::{Committee, CommitteeKind, Entity, Kind, Membership, Party, Person, Standing};

use super::{Reading, must_have};
use crate::supplier::{UnreadableError, html, json::JsonNode, portal::is_citizen};

/// Committees ("gremia"), whose name is in `title`, not in `name`.
pub fn read_gremia(reading: &mut Reading<'_>, root: &JsonNode<'_>) -> Result<(), UnreadableError> {
    let origin = reading.listing("gremia");
    for node in must_have(root, "gremia")?.items() {
        let Some(native) = reading.native_number(&node, Kind::Committee) else { continue };
        let name = node.get("title").text();
        let kind = name.as_deref().and_then(CommitteeKind::of_name);
        let committee = Committee {
            id: reading.id(native),
            authority: reading.authority(),
            kind: kind.or_else(|| match node.get("body").text().as_deref() {
                Some("college") => Some(CommitteeKind::Executive),
                _ => None,
            }),
            name,
            description: node.get("description").text().map(|text| html::to_text(&text)),
        };
        reading.describe(&origin, Standing::Detail, Entity::Committee(committee));
    }
    reading.complete(origin, None, None);
    Ok(())
}

pub fn read_parties(reading: &mut Reading<'_>, root: &JsonNode<'_>) -> Result<(), UnreadableError> {
    let origin = reading.listing("parties");
    for node in must_have(root, "parties")?.items() {
        let Some(native) = reading.native_number(&node, Kind::Party) else { continue };
        let party = Party {
            id: reading.id(native),
            authority: reading.authority(),
            name: node.get("name").text(),
            seats: None,
        };
        reading.describe(&origin, Standing::Detail, Entity::Party(party));
    }
    reading.complete(origin, None, None);
    Ok(())
}

/// Speakers: one record for each function; several records may be one person.
pub fn read_speakers(reading: &mut Reading<'_>, root: &JsonNode<'_>) -> Result<(), UnreadableError> {
    let origin = reading.listing("speakers");
    for node in must_have(root, "speakers")?.get("speaker").items_of_anything() {
        let Some(native) = reading.native_number(&node, Kind::Membership) else { continue };
        let role = node.get("function").text();
        // Citizens who speak are in this list too.
        if role.as_deref().is_some_and(is_citizen) {
            continue;
        }
        // Speakers and persons are numbered separately, and 0 stands for no person.
        let person = match node.get("person_id").number().filter(|number| *number > 0) {
            Some(number) => reading.id::<Person>(number),
            None => reading.id::<Person>(format!("speaker-{native}")),
        };
        let names = ["firstname", "lastname"].map(|key| node.get(key).text());
        let name = names.into_iter().flatten().collect::<Vec<_>>().join(" ");
        let membership = Membership {
            id: reading.id(native),
            authority: reading.authority(),
            person: person.clone(),
            party: node.get("party").text(),
            role,
            active: node.get("active").flag().map(Into::into),
            start: None,
            end: None,
        };
        let person = Person {
            id: person,
            authority: reading.authority(),
            name: Some(name).filter(|name| !name.is_empty()),
        };
        // Several records may name one person, and the last would win: all take the name from the same field.
        reading.describe(&origin, Standing::Detail, Entity::Person(person));
        reading.describe(&origin, Standing::Detail, Entity::Membership(membership));
    }
    reading.complete(origin, None, None);
    Ok(())
}
