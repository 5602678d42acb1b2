//! Office-holders: who they are and for whom they sit. Nothing by which to reach them.

use raadhuis_schema::{Entity, Kind, Membership, Origin, Party, Person, Standing, YesNo};

use super::{Reading, Task, payload};
use crate::supplier::{json::Node, registers::is_office};

/// The users of a site.
pub fn users(reading: &mut Reading<'_>, result: &Node<'_>) {
    let origin = reading.listing("users");
    for node in result.get("Users").get("iBabsUserBasic").items_of_anything() {
        let Some(native) = reading.key(&node, "UniqueId", Kind::Person) else { continue };
        let native = native.to_lowercase();
        // Civil servants have accounts too: whether this is an office-holder, only the profile tells.
        reading.names(&origin, reading.any_id(Kind::Person, &native));
        reading.next(Task::User { id: native });
    }
    reading.complete(origin, None, None);
}

/// One user: name, function and party. Without an office or a party it is nobody we keep.
pub fn user(reading: &mut Reading<'_>, result: &Node<'_>, native: &str) {
    let node = result.get("User").get("PublicProfile");
    let id = reading.id::<Person>(native);
    let origin = Origin::Detail(id.any().clone());
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
    // The supplier writes the word None where there is none.
    let role = node.get("FunctionName").text().filter(|role| role != "None");
    let party = party(reading, &node.get("PoliticalPartyId"), &node.get("PoliticalPartyName"), &origin);
    if party.is_none() && !role.as_deref().is_some_and(is_office) {
        return;
    }
    let person = Person { id: id.clone(), authority: reading.authority(), name };
    reading.says(&origin, Standing::Detail, Entity::Person(person));
    let membership = Membership {
        id: raadhuis_schema::Id::within(id.any(), "profile"),
        authority: reading.authority(),
        person: id,
        party,
        role,
        active: Some(YesNo::Yes),
        start: None,
        end: None,
    };
    reading.says(&origin, Standing::Detail, Entity::Membership(membership));
}

/// A party in passing. Gives its name as published.
pub fn party(reading: &mut Reading<'_>, id: &Node<'_>, name: &Node<'_>, origin: &Origin) -> Option<String> {
    let published = name.text()?;
    if let Some(native) = id.text() {
        let party = Party {
            id: reading.id(native.to_lowercase()),
            authority: reading.authority(),
            name: Some(published.clone()),
            seats: None,
        };
        reading.says(origin, Standing::Mention, Entity::Party(party));
    }
    Some(published)
}
