//! From the registers' shapes to our entities.

use std::collections::BTreeMap;

use raadhuis_schema::{
    Authority, AuthorityKind, Entity, Id, Membership, Origin, Party, Person, Source, Standing, When,
    party_name,
};
use serde_json::Value;

use super::{RegisterTask, payload};
use crate::supplier::{
    Harvested, Supplier, UnreadableError,
    json::{JsonNode, Notes},
    parse::parse_json,
    reading, xml,
};

type Reading<'a> = reading::Reading<'a, RegisterTask>;

pub fn read_answer(
    source: &Source,
    task: &RegisterTask,
    bytes: &[u8],
) -> Result<Harvested<RegisterTask>, UnreadableError> {
    let notes = Notes::new(super::Registers::task_name(task));
    let mut reading = Reading::new(source, &notes, "nl");
    match task {
        RegisterTask::Export => read_export(&mut reading, bytes)?,
        RegisterTask::List(name, _) => read_list(&mut reading, bytes, name)?,
    }
    let mut harvested = reading.harvested;
    harvested.diagnostics = notes.into_diagnostics();
    Ok(harvested)
}

/// The export, read organisation by organisation: its whole tree would be large.
fn read_export(reading: &mut Reading<'_>, bytes: &[u8]) -> Result<(), UnreadableError> {
    let notes = reading.notes;
    xml::for_each_element(bytes, "overheidsorganisaties", "organisatie", |tree, at| {
        let node = JsonNode::root(tree, notes).get("organisatie").with_path(&format!("/organisaties/{at}"));
        organisation(reading, &node, None);
    })
}

/// An organisation and those below it, which end with it.
fn organisation(reading: &mut Reading<'_>, node: &JsonNode<'_>, above: Option<When>) {
    let ended = node.get("eindDatum").date_time().or(above);
    // A related ministry has an address too, in another field.
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
    node: &JsonNode<'_>,
    kind: AuthorityKind,
    code: &str,
    dissolved: Option<When>,
) {
    let id = payload::authority_id(code);
    let council = node.get("raad");
    let seats = council.get("totaalZetels").number_u32();
    let listing = reading.listing("organisations");
    let Some(name) = node.get("naam").text() else {
        node.get("naam").unexpected::<()>("the name of an authority");
        reading.mention(&listing, id.into());
        return;
    };
    let authority = Authority {
        id: id.clone(),
        name: payload::bare_name(&name, kind),
        kind,
        code: code.to_owned(),
        province: None,
        page: None,
        // The start date is that of the registration, not of the authority.
        founded: None,
        dissolved,
        predecessors: Vec::new(),
        successors: Vec::new(),
        seats,
    };
    reading.describe(&listing, Standing::Listing, Entity::Authority(authority));
    // Persons no longer named here are withdrawn; an organisation that the file omits is left unchanged.
    let origin = Origin::Aspect { aspect: "register".into(), of: id.as_entity().clone() };
    reading.complete(origin.clone(), None, None);
    let mut counted = 0;
    for party in council.get("partijen").get("partij").items_of_anything() {
        let Some(name) = party.get("naam").text() else {
            party.get("naam").unexpected::<()>("the name of a party");
            continue;
        };
        let seats = party.get("aantalZetels").number_u32();
        counted += seats.unwrap_or(0);
        let party = Party {
            id: Id::within(id.as_entity(), party_name(&name)),
            authority: id.clone(),
            name: Some(name),
            seats,
        };
        reading.describe(&origin, Standing::Detail, Entity::Party(party));
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
    node: &JsonNode<'_>,
    origin: &Origin,
    authority: &Id<Authority>,
    role: &str,
    function: &str,
) {
    let Some(native) = reading.native_text(node, "@systeemId", raadhuis_schema::Kind::Person) else { return };
    let Some(name) = node.get("naam").text().and_then(|name| payload::person_name(&name)) else { return };
    let id = Id::<Person>::within(authority.as_entity(), &native);
    let person = Person { id: id.clone(), authority: authority.clone(), name: Some(name) };
    reading.describe(origin, Standing::Detail, Entity::Person(person));
    let membership = Membership {
        id: Id::within(id.as_entity(), function),
        authority: authority.clone(),
        person: id,
        party: node.get("partijLidmaatschap").text(),
        role: Some(role.to_owned()),
        active: None,
        start: node.get("startDatum").date_time(),
        end: node.get("eindDatum").date_time(),
    };
    reading.describe(origin, Standing::Detail, Entity::Membership(membership));
}

/// A list of authorities as linked data: present and past authorities, and their successors.
fn read_list(reading: &mut Reading<'_>, bytes: &[u8], name: &str) -> Result<(), UnreadableError> {
    let json: Value = parse_json(bytes)?;
    let nodes = json.as_array().ok_or_else(|| UnreadableError("it is no list".into()))?;
    let (mut before, mut after) = (BTreeMap::<&str, Vec<&str>>::new(), BTreeMap::<&str, Vec<&str>>::new());
    for node in nodes {
        // Newly founded or enlarged: either way it succeeds the abolished authorities.
        let ended = changed(node, "invalidated");
        let goes_on = [changed(node, "generated"), changed(node, "used")].concat();
        for old in &ended {
            let others = goes_on.iter().filter(|new| *new != old);
            after.entry(old).or_default().extend(others.clone());
            others.for_each(|new| before.entry(new).or_default().push(old));
        }
    }
    let origin = reading.listing(name);
    let root = JsonNode::root(&json, reading.notes);
    for (at, node) in nodes.iter().enumerate() {
        let Some(address) = node.get("@id").and_then(Value::as_str) else { continue };
        let Some((kind, code)) = payload::of_address(address) else { continue };
        let name =
            literal(node, "officieleNaamInclSoort").or_else(|| literal(node, "officieleNaamExclSoort"));
        let Some(name) = name else { continue };
        let [begin, end] = ["begindatum", "einddatum"].map(|property| {
            let at = root.clone().with_path(&format!("/{at}/{property}"));
            literal(node, property).and_then(|day| at.when_written(day))
        });
        let authority = Authority {
            id: payload::authority_id(&code),
            name: payload::bare_name(name, kind),
            kind,
            code,
            province: None,
            page: None,
            founded: begin,
            dissolved: end,
            predecessors: authorities_at(&before, address),
            successors: authorities_at(&after, address),
            seats: None,
        };
        reading.describe(&origin, Standing::Listing, Entity::Authority(authority));
    }
    Ok(())
}

/// The authorities that a change of this kind names.
fn changed<'a>(node: &'a Value, kind: &str) -> Vec<&'a str> {
    payload::linked_addresses(node, &format!("{}{kind}", payload::PROV)).collect()
}

fn literal<'a>(node: &'a Value, property: &str) -> Option<&'a str> {
    payload::literal(node, &format!("{}{property}", payload::ONT))
}

/// The authorities related to an address, sorted and without duplicates.
fn authorities_at(related: &BTreeMap<&str, Vec<&str>>, address: &str) -> Vec<Id<Authority>> {
    let addresses = related.get(address).into_iter().flatten();
    let mut ids: Vec<Id<Authority>> = addresses
        .filter_map(|address| Some(payload::authority_id(&payload::of_address(address)?.1)))
        .collect();
    ids.sort();
    ids.dedup();
    ids
}
