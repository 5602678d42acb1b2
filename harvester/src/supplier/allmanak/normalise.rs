//! From the Allmanak's shapes to our entities. Its numbers are those of the state's register: a person in both is one
//! entity.

use raadhuis_schema::{Entity, Id, Kind, Membership, Origin, Party, Person, Source, Standing, party_name};
use serde_json::Value;

use super::{AllmanakTask, payload};
use crate::supplier::{
    Harvested, Supplier, UnreadableError,
    json::{JsonNode, Notes},
    parse::parse_json,
    reading,
    registers::{is_office, person_name},
};

type Reading<'a> = reading::Reading<'a, AllmanakTask>;

pub fn read_answer(
    source: &Source,
    task: AllmanakTask,
    bytes: &[u8],
) -> Result<Harvested<AllmanakTask>, UnreadableError> {
    let json: Value = parse_json(bytes)?;
    let notes = Notes::new(super::Allmanak::task_name(&task));
    let row = payload::single_row(&JsonNode::root(&json, &notes))?;
    let mut reading = Reading::new(source, &notes, "nl");
    let of = reading.authority().as_entity().clone();
    let origin = Origin::Aspect { aspect: format!("allmanak {}", super::Allmanak::task_name(&task)), of };
    reading.complete(origin.clone(), None, None);
    match task {
        AllmanakTask::Parties => read_parties(&mut reading, &row.get("zetels"), &origin),
        AllmanakTask::Members => read_members(&mut reading, &row.get("functies"), &origin),
    }
    let mut harvested = reading.harvested;
    harvested.diagnostics = notes.into_diagnostics();
    Ok(harvested)
}

/// The parties, identified by name: they have no number.
fn read_parties(reading: &mut Reading<'_>, seats: &JsonNode<'_>, origin: &Origin) {
    for node in payload::parties(seats) {
        let Some(name) = node.get("naam").text().or_else(|| node.get("partij").text()) else {
            node.unexpected::<()>("a party with a name");
            continue;
        };
        let party = Party {
            id: Id::within(reading.authority().as_entity(), party_name(&name)),
            authority: reading.authority(),
            name: Some(name),
            seats: node.get("aantalZetels").number_u32(),
        };
        reading.describe(origin, Standing::Mention, Entity::Party(party));
    }
}

/// The office-holders. Functions outside the question's filter arrive as null.
fn read_members(reading: &mut Reading<'_>, functions: &JsonNode<'_>, origin: &Origin) {
    for function in functions.items_of_anything() {
        let function = function.get("functie");
        let Some(role) = function.get("naam").text().filter(|role| is_office(role)) else { continue };
        for member in function.get("medewerkers").items_of_anything() {
            let node = member.get("persoon");
            if !node.is_some() {
                continue;
            }
            let Some(native) = reading.native_text(&node, "systemid", Kind::Person) else { continue };
            let Some(name) = node.get("naam").text().and_then(|name| person_name(&name)) else { continue };
            let id = Id::<Person>::within(reading.authority().as_entity(), &native);
            let person = Person { id: id.clone(), authority: reading.authority(), name: Some(name) };
            reading.describe(origin, Standing::Mention, Entity::Person(person));
            let membership = Membership {
                id: Id::within(id.as_entity(), role.to_lowercase()),
                authority: reading.authority(),
                person: id,
                party: node.get("partij").text(),
                role: Some(role.clone()),
                active: None,
                start: None,
                end: None,
            };
            reading.describe(origin, Standing::Mention, Entity::Membership(membership));
        }
    }
}
