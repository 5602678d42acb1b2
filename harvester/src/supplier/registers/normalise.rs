//! From the registers' shapes to our entities.

use std::collections::BTreeMap;

use raadhuis_schema::{
    Authority, AuthorityKind, Entity, Id, Membership, Origin, Party, Person, Source, Standing, When,
    party_name,
};
use serde_json::Value;

use super::{Task, payload};
use crate::supplier::{
    Harvested, Supplier, Unreadable,
    json::{Node, Notes},
    parse::parse_json,
    reading, xml,
};

type Reading<'a> = reading::Reading<'a, Task>;

/// What an answer says.
pub fn read(source: &Source, task: &Task, bytes: &[u8]) -> Result<Harvested<Task>, Unreadable> {
    let notes = Notes::new(super::Registers::name(task));
    let mut reading = Reading::new(source, &notes, "nl");
    match task {
        Task::Export => export(&mut reading, bytes)?,
        Task::List(name, _) => list(&mut reading, bytes, name)?,
    }
    let mut harvested = reading.harvested;
    harvested.remarks = notes.into_remarks();
    Ok(harvested)
}

/// The export, organisation by organisation: the whole of it would be a large tree.
fn export(reading: &mut Reading<'_>, bytes: &[u8]) -> Result<(), Unreadable> {
    let notes = reading.notes;
    xml::each(bytes, "overheidsorganisaties", "organisatie", |tree, at| {
        let node = Node::root(tree, notes).get("organisatie").at(&format!("/organisaties/{at}"));
        organisation(reading, &node, None);
    })
}

/// An organisation and those below it, which end with it.
fn organisation(reading: &mut Reading<'_>, node: &Node<'_>, above: Option<When>) {
    let ended = node.get("eindDatum").when().or(above);
    // A ministry that is related to it has an address too, in another place.
    let address = node.get("@resourceIdentifierTOOI").text();
    if let Some((kind, code)) = address.as_deref().and_then(payload::of_address) {
        authority(reading, node, kind, &code, ended);
    }
    for below in node.get("organisaties").get("organisatie").items_of_anything() {
        organisation(reading, &below, ended);
    }
}

fn authority(
    reading: &mut Reading<'_>,
    node: &Node<'_>,
    kind: AuthorityKind,
    code: &str,
    dissolved: Option<When>,
) {
    let id = payload::authority_id(code);
    let council = node.get("raad");
    let seats = council.get("totaalZetels").small();
    let listing = reading.listing("organisations");
    let Some(name) = node.get("naam").text() else {
        node.get("naam").unexpected::<()>("the name of an authority");
        reading.names(&listing, id.into());
        return;
    };
    let authority = Authority {
        id: id.clone(),
        name: payload::bare_name(&name, kind),
        kind,
        code: code.to_owned(),
        province: None,
        page: None,
        // The start in this register is that of a registration, not of the authority.
        founded: None,
        dissolved,
        predecessors: Vec::new(),
        successors: Vec::new(),
        seats,
    };
    reading.says(&listing, Standing::Listing, Entity::Authority(authority));
    // Whoever is no longer named here is gone; an organisation that the file leaves out is left alone.
    let origin = Origin::Aspect { aspect: "register".into(), of: id.any().clone() };
    reading.complete(origin.clone(), None, None);
    let mut counted = 0;
    for party in council.get("partijen").get("partij").items_of_anything() {
        let Some(name) = party.get("naam").text() else {
            party.get("naam").unexpected::<()>("the name of a party");
            continue;
        };
        let seats = party.get("aantalZetels").small();
        counted += seats.unwrap_or(0);
        let party = Party {
            id: Id::within(id.any(), party_name(&name)),
            authority: id.clone(),
            name: Some(name),
            seats,
        };
        reading.says(&origin, Standing::Detail, Entity::Party(party));
    }
    if seats.is_some_and(|seats| counted > 0 && seats != counted) {
        council.get("totaalZetels").unexpected::<()>("the sum of the parties' seats");
    }
    for function in node.get("functies").get("functie").items_of_anything() {
        let Some(role) = function.get("naam").text().filter(|role| payload::is_office(role)) else {
            continue;
        };
        let function_key = function.get("@systeemId").text().unwrap_or_else(|| role.clone());
        for holder in function.get("medewerkers").get("medewerker").items_of_anything() {
            office_holder(reading, &holder, &origin, &id, &role, &function_key);
        }
    }
}

fn office_holder(
    reading: &mut Reading<'_>,
    node: &Node<'_>,
    origin: &Origin,
    authority: &Id<Authority>,
    role: &str,
    function: &str,
) {
    let Some(native) = reading.key(node, "@systeemId", raadhuis_schema::Kind::Person) else { return };
    let Some(name) = node.get("naam").text().and_then(|name| payload::person_name(&name)) else { return };
    let id = Id::<Person>::within(authority.any(), &native);
    let person = Person { id: id.clone(), authority: authority.clone(), name: Some(name) };
    reading.says(origin, Standing::Detail, Entity::Person(person));
    let membership = Membership {
        id: Id::within(id.any(), function),
        authority: authority.clone(),
        person: id,
        party: node.get("partijLidmaatschap").text(),
        role: Some(role.to_owned()),
        active: None,
        start: node.get("startDatum").when(),
        end: node.get("eindDatum").when(),
    };
    reading.says(origin, Standing::Detail, Entity::Membership(membership));
}

/// A list of authorities as linked data: what there is and was, and which became which.
fn list(reading: &mut Reading<'_>, bytes: &[u8], name: &str) -> Result<(), Unreadable> {
    let json: Value = parse_json(bytes)?;
    let nodes = json.as_array().ok_or_else(|| Unreadable("it is no list".into()))?;
    let (mut before, mut after) = (BTreeMap::<&str, Vec<&str>>::new(), BTreeMap::<&str, Vec<&str>>::new());
    for node in nodes {
        let of = |property: &str| {
            payload::links(node, &format!("{}{property}", payload::PROV)).collect::<Vec<_>>()
        };
        // Made anew, or made larger: either way it goes on with what was ended.
        let (ended, goes_on) = (of("invalidated"), [of("generated"), of("used")].concat());
        for old in &ended {
            let others = goes_on.iter().filter(|new| *new != old);
            after.entry(old).or_default().extend(others.clone());
            others.for_each(|new| before.entry(new).or_default().push(old));
        }
    }
    let origin = reading.listing(name);
    let ids = |map: &BTreeMap<&str, Vec<&str>>, address: &str| {
        let mut ids: Vec<Id<Authority>> = map
            .get(address)
            .into_iter()
            .flatten()
            .filter_map(|address| Some(payload::authority_id(&payload::of_address(address)?.1)))
            .collect();
        ids.sort();
        ids.dedup();
        ids
    };
    let root = Node::root(&json, reading.notes);
    for (at, node) in nodes.iter().enumerate() {
        let Some(address) = node.get("@id").and_then(Value::as_str) else { continue };
        let Some((kind, code)) = payload::of_address(address) else { continue };
        let literal = |property: &str| payload::literal(node, &format!("{}{property}", payload::ONT));
        let when = |property: &str| -> Option<When> {
            root.clone().at(&format!("/{at}/{property}")).when_written(literal(property)?)
        };
        let Some(name) = literal("officieleNaamInclSoort").or_else(|| literal("officieleNaamExclSoort"))
        else {
            continue;
        };
        let authority = Authority {
            id: payload::authority_id(&code),
            name: payload::bare_name(name, kind),
            kind,
            code,
            province: None,
            page: None,
            founded: when("begindatum"),
            dissolved: when("einddatum"),
            predecessors: ids(&before, address),
            successors: ids(&after, address),
            seats: None,
        };
        reading.says(&origin, Standing::Listing, Entity::Authority(authority));
    }
    Ok(())
}
