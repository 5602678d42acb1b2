//! Office-holders with their functions and parties, without contact data.

use raadhuis_schema::{Entity, Kind, Membership, Origin, Party, Person, Standing, YesNo};

use super::{IbabsTask, Reading, payload};
use crate::supplier::{json::JsonNode, registers::is_office};

pub fn read_users(reading: &mut Reading<'_>, result: &JsonNode<'_>) {
    let origin = reading.listing("users");
    for node in result.get("Users").get("iBabsUserBasic").items_of_anything() {
        let Some(native) = reading.native_text(&node, "UniqueId", Kind::Person) else { continue };
        let native = native.to_lowercase();
        // Civil servants have accounts too; only the profile tells office-holders apart.
        reading.mention(&origin, reading.any_id(Kind::Person, &native));
        reading.next(IbabsTask::User { id: native });
    }
    reading.complete(origin, None, None);
}

/// One user: name, function and party. A user without an office or a party is not kept.
pub fn read_user(reading: &mut Reading<'_>, result: &JsonNode<'_>, native: &str) {
    let node = result.get("User").get("PublicProfile");
    let id = reading.id::<Person>(native);
    let origin = Origin::Detail(id.as_entity().clone());
    reading.complete(origin.clone(), None, None);
    if !node.is_some() {
        node.unexpected::<()>("a public profile");
        return;
    }
    let given = ["Name", "LastName"].map(|key| node.get(key).text());
    let name = match given {
        [Some(name), Some(last)] if !name.contains(&last) => Some(format!("{name} {last}")),
        [name, last] => name.or(last),
    };
    let name = name.map(|name| payload::person_name(&name));
    // The supplier writes the word None for an absent function.
    let role = node.get("FunctionName").text().filter(|role| role != "None");
    let party = add_party(reading, &node.get("PoliticalPartyId"), &node.get("PoliticalPartyName"), &origin);
    if party.is_none() && !role.as_deref().is_some_and(is_office) {
        return;
    }
    let person = Person { id: id.clone(), authority: reading.authority(), name };
    reading.describe(&origin, Standing::Detail, Entity::Person(person));
    let membership = Membership {
        id: raadhuis_schema::Id::within(id.as_entity(), "profile"),
        authority: reading.authority(),
        person: id,
        party,
        role,
        active: Some(YesNo::Yes),
        start: None,
        end: None,
    };
    reading.describe(&origin, Standing::Detail, Entity::Membership(membership));
}

/// A party, as a mention. Returns its name as published.
pub fn add_party(
    reading: &mut Reading<'_>,
    id: &JsonNode<'_>,
    name: &JsonNode<'_>,
    origin: &Origin,
) -> Option<String> {
    let published = name.text()?;
    if let Some(native) = id.text() {
        let party = Party {
            id: reading.id(native.to_lowercase()),
            authority: reading.authority(),
            name: Some(published.clone()),
            seats: None,
        };
        reading.describe(origin, Standing::Mention, Entity::Party(party));
    }
    Some(published)
}
