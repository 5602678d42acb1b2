//! From the Allmanak's shapes to our entities. Its numbers are those of the state's register, so that a person who is in
//! both is one.

use raadhuis_schema::{Entity, Id, Kind, Membership, Origin, Party, Person, Source, Standing, party_name};
use serde_json::Value;

use super::{Task, payload};
use crate::supplier::{
    Harvested, Supplier, Unreadable,
    json::{Node, Notes},
    parse::parse_json,
    reading,
    registers::{is_office, person_name},
};

type Reading<'a> = reading::Reading<'a, Task>;

/// What an answer says.
pub fn read(source: &Source, task: Task, bytes: &[u8]) -> Result<Harvested<Task>, Unreadable> {
    let json: Value = parse_json(bytes)?;
    let notes = Notes::new(super::Allmanak::name(&task));
    let row = payload::row(&Node::root(&json, &notes))?;
    let mut reading = Reading::new(source, &notes, "nl");
    let of = reading.authority().any().clone();
    let origin = Origin::Aspect { aspect: format!("allmanak {}", super::Allmanak::name(&task)), of };
    reading.complete(origin.clone(), None, None);
    match task {
        Task::Parties => parties(&mut reading, &row.get("zetels"), &origin),
        Task::Members => members(&mut reading, &row.get("functies"), &origin),
    }
    let mut harvested = reading.harvested;
    harvested.remarks = notes.into_remarks();
    Ok(harvested)
}

/// The parties, by name: they have no number.
fn parties(reading: &mut Reading<'_>, seats: &Node<'_>, origin: &Origin) {
    for node in payload::parties(seats) {
        let Some(name) = node.get("naam").text().or_else(|| node.get("partij").text()) else {
            node.unexpected::<()>("a party with a name");
            continue;
        };
        let party = Party {
            id: Id::within(reading.authority().any(), party_name(&name)),
            authority: reading.authority(),
            name: Some(name),
            seats: node.get("aantalZetels").small(),
        };
        reading.says(origin, Standing::Mention, Entity::Party(party));
    }
}

/// Who holds an office. Functions that did not fit the question arrive as nothing.
fn members(reading: &mut Reading<'_>, functions: &Node<'_>, origin: &Origin) {
    for function in functions.items_of_anything() {
        let function = function.get("functie");
        let Some(role) = function.get("naam").text().filter(|role| is_office(role)) else { continue };
        for member in function.get("medewerkers").items_of_anything() {
            let node = member.get("persoon");
            if !node.is_some() {
                continue;
            }
            let Some(native) = reading.key(&node, "systemid", Kind::Person) else { continue };
            let Some(name) = node.get("naam").text().and_then(|name| person_name(&name)) else { continue };
            let id = Id::<Person>::within(reading.authority().any(), &native);
            let person = Person { id: id.clone(), authority: reading.authority(), name: Some(name) };
            reading.says(origin, Standing::Mention, Entity::Person(person));
            let membership = Membership {
                id: Id::within(id.any(), role.to_lowercase()),
                authority: reading.authority(),
                person: id,
                party: node.get("partij").text(),
                role: Some(role.clone()),
                active: None,
                start: None,
                end: None,
            };
            reading.says(origin, Standing::Mention, Entity::Membership(membership));
        }
    }
}
