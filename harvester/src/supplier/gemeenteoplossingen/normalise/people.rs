//! The bodies that meet, the parties, and their members.

use raadhuis_schema::{
    Committee, CommitteeKind, Entity, Id, Kind, Membership, Origin, Party, Person, Standing, Window,
};

use super::{GemeenteOplossingenTask, Reading, payload, turn_page};
use crate::supplier::{UnreadableError, json::JsonNode};

/// The bodies that meet; the plenary council is one of them under any name.
pub fn read_dmus(reading: &mut Reading<'_>, root: &JsonNode<'_>) -> Result<(), UnreadableError> {
    let origin = reading.listing("dmus");
    for node in payload::root_list(root)? {
        let Some(native) = reading.native_number(&node, Kind::Committee) else { continue };
        let committee = committee(reading, &node, native);
        reading.describe(&origin, Standing::Detail, Entity::Committee(committee));
    }
    reading.complete(origin, None, None);
    Ok(())
}

/// A page of the bodies that meet, on hosts without version 1.
pub fn read_dmus_of_2(
    reading: &mut Reading<'_>,
    root: &JsonNode<'_>,
    offset: u64,
) -> Result<(), UnreadableError> {
    let origin = reading.listing("dmus");
    let page = payload::collection_page(root, "dmus")?;
    for node in &page.rows {
        let Some(native) = reading.native_number(node, Kind::Committee) else { continue };
        let committee = committee(reading, node, native);
        reading.describe(&origin, Standing::Detail, Entity::Committee(committee));
    }
    turn_page(reading, &page, offset, origin, None, |offset| GemeenteOplossingenTask::DmusOf2 { offset });
    Ok(())
}

/// A body, from its own listing or from one of its meetings.
pub fn committee(reading: &Reading<'_>, node: &JsonNode<'_>, native: u64) -> Committee {
    let name = node.get("name").text();
    Committee {
        id: reading.id(native),
        authority: reading.authority(),
        kind: name.as_deref().and_then(CommitteeKind::of_name),
        name,
        description: None,
    }
}

/// The groups; those of the type "Fractie" are parties.
pub fn read_groups(
    reading: &mut Reading<'_>,
    root: &JsonNode<'_>,
    offset: u64,
    window: Window,
) -> Result<(), UnreadableError> {
    let origin = reading.listing("groups");
    let page = payload::collection_page(root, "groups")?;
    for node in &page.rows {
        let Some(native) = reading.native_number(node, Kind::Party) else { continue };
        let name = node.get("name").text();
        let is_party = node.get("type").text().as_deref() == Some("Fractie");
        if is_party {
            let party = Party {
                id: reading.id(native),
                authority: reading.authority(),
                name: name.clone(),
                seats: None,
            };
            reading.describe(&origin, Standing::Detail, Entity::Party(party));
            if let Some(name) = name.clone() {
                reading.next(GemeenteOplossingenTask::Votings { folder: 0, party: native, name, window });
            }
        } else {
            reading.mention(&origin, reading.any_id(Kind::Party, native));
        }
        let name = name.unwrap_or_default();
        reading.next(GemeenteOplossingenTask::Members { group: native, is_party, name, offset: 0 });
    }
    turn_page(reading, &page, offset, origin, None, |offset| GemeenteOplossingenTask::Groups {
        offset,
        window,
    });
    Ok(())
}

pub fn read_members(
    reading: &mut Reading<'_>,
    root: &JsonNode<'_>,
    group: u64,
    is_party: bool,
    name: &str,
    offset: u64,
) -> Result<(), UnreadableError> {
    let of = reading.any_id(Kind::Party, group);
    let origin = Origin::Aspect { aspect: "members".into(), of };
    let page = payload::collection_page(root, "persons")?;
    for node in &page.rows {
        let Some(native) = reading.native_number(node, Kind::Person) else { continue };
        let id = reading.id::<Person>(native);
        let Some(full) = full_name(node) else {
            node.get("lastName").unexpected::<()>("a name");
            continue;
        };
        let person = Person { id: id.clone(), authority: reading.authority(), name: Some(full) };
        reading.describe(&origin, Standing::Detail, Entity::Person(person));
        let membership = Membership {
            id: Id::within(id.as_entity(), group),
            authority: reading.authority(),
            person: id,
            party: is_party.then(|| name.to_owned()),
            role: if is_party { None } else { Some(name.to_owned()).filter(|name| !name.is_empty()) },
            active: node.get("active").flag().map(Into::into),
            start: None,
            end: None,
        };
        reading.describe(&origin, Standing::Detail, Entity::Membership(membership));
    }
    let name = name.to_owned();
    turn_page(reading, &page, offset, origin, None, |offset| GemeenteOplossingenTask::Members {
        group,
        is_party,
        name,
        offset,
    });
    Ok(())
}

/// A page of the functions that people hold or held. Most have no dates.
pub fn read_positions(
    reading: &mut Reading<'_>,
    root: &JsonNode<'_>,
    offset: u64,
) -> Result<(), UnreadableError> {
    let origin = reading.listing("positions");
    let page = payload::collection_page(root, "positions")?;
    for node in &page.rows {
        let Some(native) = reading.native_number(node, Kind::Membership) else { continue };
        let holder = node.get("person");
        let Some(person) = reading.native_number(&holder, Kind::Person) else { continue };
        let id = reading.id::<Person>(person);
        let Some(full) = full_name(&holder) else {
            holder.get("lastName").unexpected::<()>("a name");
            continue;
        };
        let person = Person { id: id.clone(), authority: reading.authority(), name: Some(full) };
        reading.describe(&origin, Standing::Detail, Entity::Person(person));
        let membership = Membership {
            id: Id::within(id.as_entity(), format!("position-{native}")),
            authority: reading.authority(),
            person: id,
            party: None,
            role: node.get("role").get("name").text(),
            active: None,
            start: node.get("startDate").date_time(),
            end: node.get("endDate").date_time(),
        };
        reading.describe(&origin, Standing::Detail, Entity::Membership(membership));
    }
    turn_page(reading, &page, offset, origin, None, |offset| GemeenteOplossingenTask::Positions { offset });
    Ok(())
}

/// First name, preposition and last name; `None` for the placeholder name ".".
fn full_name(node: &JsonNode<'_>) -> Option<String> {
    let words = ["firstName", "preposition", "lastName"].map(|key| node.get(key).text());
    let name = words.into_iter().flatten().collect::<Vec<_>>().join(" ");
    let name = name.trim_end_matches('.').trim().to_owned();
    name.chars().any(char::is_alphabetic).then_some(name)
}
