//! The bodies that meet, the parties, and their members.

use raadhuis_schema::{
    Committee, CommitteeKind, Entity, Id, Kind, Membership, Origin, Party, Person, Standing, Window,
};

use super::{Reading, Task, payload, turn};
use crate::supplier::{Unreadable, json::Node};

/// The bodies that meet; the plenary is one of them, whatever it is called.
pub fn dmus(reading: &mut Reading<'_>, root: &Node<'_>) -> Result<(), Unreadable> {
    let origin = reading.listing("dmus");
    for node in payload::list(root)? {
        let Some(native) = reading.native(&node, Kind::Committee) else { continue };
        let committee = committee(reading, &node, native);
        reading.says(&origin, Standing::Detail, Entity::Committee(committee));
    }
    reading.complete(origin, None, None);
    Ok(())
}

/// A page of the bodies that meet, where there is no version 1.
pub fn dmus_of_2(reading: &mut Reading<'_>, root: &Node<'_>, offset: u64) -> Result<(), Unreadable> {
    let origin = reading.listing("dmus");
    let page = payload::page(root, "dmus")?;
    for node in &page.rows {
        let Some(native) = reading.native(node, Kind::Committee) else { continue };
        let committee = committee(reading, node, native);
        reading.says(&origin, Standing::Detail, Entity::Committee(committee));
    }
    turn(reading, &page, offset, origin, None, |offset| Task::DmusOf2 { offset });
    Ok(())
}

/// A body, from its own listing or from a meeting of it.
pub fn committee(reading: &Reading<'_>, node: &Node<'_>, native: u64) -> Committee {
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
pub fn groups(
    reading: &mut Reading<'_>,
    root: &Node<'_>,
    offset: u64,
    window: Window,
) -> Result<(), Unreadable> {
    let origin = reading.listing("groups");
    let page = payload::page(root, "groups")?;
    for node in &page.rows {
        let Some(native) = reading.native(node, Kind::Party) else { continue };
        let name = node.get("name").text();
        let is_party = node.get("type").text().as_deref() == Some("Fractie");
        if is_party {
            let party = Party {
                id: reading.id(native),
                authority: reading.authority(),
                name: name.clone(),
                seats: None,
            };
            reading.says(&origin, Standing::Detail, Entity::Party(party));
            if let Some(name) = name.clone() {
                reading.next(Task::Votings { folder: 0, party: native, name, window });
            }
        } else {
            reading.names(&origin, reading.any_id(Kind::Party, native));
        }
        let name = name.unwrap_or_default();
        reading.next(Task::Members { group: native, is_party, name, offset: 0 });
    }
    turn(reading, &page, offset, origin, None, |offset| Task::Groups { offset, window });
    Ok(())
}

/// The members of a group.
pub fn members(
    reading: &mut Reading<'_>,
    root: &Node<'_>,
    group: u64,
    is_party: bool,
    name: &str,
    offset: u64,
) -> Result<(), Unreadable> {
    let of = reading.any_id(Kind::Party, group);
    let origin = Origin::Aspect { aspect: "members".into(), of };
    let page = payload::page(root, "persons")?;
    for node in &page.rows {
        let Some(native) = reading.native(node, Kind::Person) else { continue };
        let id = reading.id::<Person>(native);
        let Some(full) = full_name(node) else {
            node.get("lastName").unexpected::<()>("a name");
            continue;
        };
        let person = Person { id: id.clone(), authority: reading.authority(), name: Some(full) };
        reading.says(&origin, Standing::Detail, Entity::Person(person));
        let membership = Membership {
            id: Id::within(id.any(), group),
            authority: reading.authority(),
            person: id,
            party: is_party.then(|| name.to_owned()),
            role: if is_party { None } else { Some(name.to_owned()).filter(|name| !name.is_empty()) },
            active: node.get("active").flag().map(Into::into),
            start: None,
            end: None,
        };
        reading.says(&origin, Standing::Detail, Entity::Membership(membership));
    }
    let name = name.to_owned();
    turn(reading, &page, offset, origin, None, |offset| Task::Members { group, is_party, name, offset });
    Ok(())
}

/// A page of the functions that people hold or held. Most have no days.
pub fn positions(reading: &mut Reading<'_>, root: &Node<'_>, offset: u64) -> Result<(), Unreadable> {
    let origin = reading.listing("positions");
    let page = payload::page(root, "positions")?;
    for node in &page.rows {
        let Some(native) = reading.native(node, Kind::Membership) else { continue };
        let holder = node.get("person");
        let Some(person) = reading.native(&holder, Kind::Person) else { continue };
        let id = reading.id::<Person>(person);
        let Some(full) = full_name(&holder) else {
            holder.get("lastName").unexpected::<()>("a name");
            continue;
        };
        let person = Person { id: id.clone(), authority: reading.authority(), name: Some(full) };
        reading.says(&origin, Standing::Detail, Entity::Person(person));
        let membership = Membership {
            id: Id::within(id.any(), format!("position-{native}")),
            authority: reading.authority(),
            person: id,
            party: None,
            role: node.get("role").get("name").text(),
            active: None,
            start: node.get("startDate").when(),
            end: node.get("endDate").when(),
        };
        reading.says(&origin, Standing::Detail, Entity::Membership(membership));
    }
    turn(reading, &page, offset, origin, None, |offset| Task::Positions { offset });
    Ok(())
}

/// First name, preposition and last name; a person who is called "." is nobody.
fn full_name(node: &Node<'_>) -> Option<String> {
    let words = ["firstName", "preposition", "lastName"].map(|key| node.get(key).text());
    let name = words.into_iter().flatten().collect::<Vec<_>>().join(" ");
    let name = name.trim_end_matches('.').trim().to_owned();
    name.chars().any(char::is_alphabetic).then_some(name)
}
