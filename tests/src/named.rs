//! What stands in an answer, found without knowing its format: by walking all of it. Each thing must come out as an entity
//! or be named in a diagnostic; what does neither was dropped in silence.

use raadhuis_harvester::supplier::{Harvested, xml};
use raadhuis_schema::{DiagnosticCode, Kind};
use serde_json::Value;

/// Something in an answer that has an id of the supplier's own, or should have one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Thing {
    /// What it may be.
    pub kinds: &'static [Kind],
    /// The supplier's id; empty when it has none.
    pub native: String,
    /// Where it stands, as a JSON pointer.
    pub path: String,
}

/// A field that holds things of a sort, and the field of each that holds its id.
type Rule = (&'static str, &'static str, &'static [Kind]);

const NOTUBIZ: [Rule; 11] = [
    ("documents", "id", &[Kind::Document]),
    ("document", "id", &[Kind::Document]),
    ("agenda_items", "id", &[Kind::AgendaItem]),
    ("module_items", "id", &Kind::ENTRIES),
    ("items", "id", &Kind::ENTRIES),
    ("item", "id", &Kind::ENTRIES),
    ("events", "id", &[Kind::Meeting]),
    ("meetings", "id", &[Kind::Meeting]),
    ("votings", "id", &[Kind::VoteEvent]),
    ("votes", "role_id", &[Kind::Vote]),
    ("media", "id", &[Kind::Recording]),
];

const IBABS: [Rule; 6] = [
    ("iBabsDocument", "Id", &[Kind::Document]),
    ("iBabsMeetingItem", "Id", &[Kind::AgendaItem]),
    ("iBabsMeeting", "Id", &[Kind::Meeting]),
    ("iBabsListEntryBase", "EntryId", &Kind::ENTRIES),
    ("iBabsListEntryBasic", "EntryId", &Kind::ENTRIES),
    ("iBabsListEntryVote", "UserId", &[Kind::Vote]),
];

const GEMEENTEOPLOSSINGEN: [Rule; 7] = [
    ("", "id", &[Kind::Meeting, Kind::Committee]),
    ("documents", "id", &[Kind::Document]),
    ("attachments", "id", &[Kind::Document]),
    ("events", "id", &[Kind::Meeting]),
    ("items", "id", &[Kind::AgendaItem]),
    ("meetingitems", "id", &[Kind::AgendaItem]),
    ("meetings", "id", &[Kind::Meeting]),
];

const PARLAEUS: [Rule; 3] = [
    ("documents", "dcid", &[Kind::Document]),
    ("points", "apid", &[Kind::AgendaItem]),
    ("agenda", "agid", &[Kind::Meeting]),
];

/// Entries of registers that are known by their key.
const BY_KEY: [Rule; 2] = [("", "hexkey", &Kind::ENTRIES), ("", "gd", &Kind::ENTRIES)];

/// All things in an answer of a supplier, by its word in ids. Pages and subtitles have none that could be found so.
pub fn things(supplier: &str, bytes: &[u8]) -> Vec<Thing> {
    let json = if bytes.trim_ascii_start().starts_with(b"<") { xml::to_json(bytes).ok() } else { None };
    let Some(json) = json.or_else(|| serde_json::from_slice(bytes).ok()) else { return Vec::new() };
    let rules: &[Rule] = match supplier {
        "notubiz" => &NOTUBIZ,
        "ibabs" => &IBABS,
        "gemeenteoplossingen" => &GEMEENTEOPLOSSINGEN,
        "parlaeus" => &PARLAEUS,
        _ => &[],
    };
    let mut found = Vec::new();
    walk(&json, "", String::new(), rules, &mut found);
    found
}

fn walk(value: &Value, field: &str, path: String, rules: &[Rule], found: &mut Vec<Thing>) {
    match value {
        Value::Array(items) => {
            for (at, item) in items.iter().enumerate() {
                walk(item, field, format!("{path}/{at}"), rules, found);
            }
        }
        Value::Object(fields) => {
            let is_row = path.ends_with(|c: char| c.is_ascii_digit());
            let of_field = rules.iter().find(|(name, ..)| *name == field && (!field.is_empty() || is_row));
            // A vote of a party stands in lists that are called after years.
            let of_vote: Option<&Rule> =
                fields.contains_key("votingId").then_some(&("", "votingId", &[Kind::VoteEvent]));
            // A wrapper of the older shape is no thing.
            let is_wrapper =
                fields.len() == 1 && fields.values().all(|inner| inner.is_array() || inner.is_object());
            // An entry of a register is known by its key, whatever the list around it is called.
            let of_entry = BY_KEY.iter().find(|(_, key, _)| fields.contains_key(*key));
            // Who speaks in a film is a list of seconds.
            let of_speech: Option<&Rule> =
                (is_row && fields.contains_key("stop")).then_some(&("", "start", &[Kind::Chapter]));
            if let Some((_, id, kinds)) =
                of_vote.or(of_entry).or(of_speech).or(of_field).filter(|_| !is_wrapper)
            {
                let id = fields.get(*id).or_else(|| fields.get("@attributes")?.get(*id));
                let native = match id {
                    Some(Value::String(text)) => text.trim().to_owned(),
                    Some(Value::Number(number)) => number.to_string(),
                    _ => String::new(),
                };
                found.push(Thing { kinds, native, path: path.clone() });
            }
            for (key, inner) in fields {
                walk(inner, key, format!("{path}/{key}"), rules, found);
            }
        }
        _ => {}
    }
}

/// The things that came out as nothing.
pub fn dropped<T>(things: &[Thing], harvested: &Harvested<T>) -> Vec<Thing> {
    let is_entity = |thing: &Thing| {
        let native = thing.native.to_lowercase();
        !native.is_empty()
            && harvested.parts.iter().any(|part| {
                let id = part.entity();
                let tail = id.as_str().to_lowercase();
                thing.kinds.contains(&id.kind())
                    && (tail.ends_with(&format!(":{native}")) || ends_with(&tail, &native))
            })
    };
    let is_named = |thing: &Thing| {
        harvested.diagnostics.iter().any(|diagnostic| {
            let names = matches!(
                diagnostic.code,
                DiagnosticCode::Withheld
                    | DiagnosticCode::MissingId
                    | DiagnosticCode::UnexpectedShape
                    | DiagnosticCode::UnknownField
            );
            let around =
                diagnostic.path == thing.path || thing.path.starts_with(&format!("{}/", diagnostic.path));
            names && around && !diagnostic.path.is_empty()
        })
    };
    things.iter().filter(|thing| !is_entity(thing) && !is_named(thing)).cloned().collect()
}

/// Whether an id was made within another, from this key.
fn ends_with(id: &str, key: &str) -> bool {
    id.strip_suffix(key).is_some_and(|rest| rest.ends_with(['.', '-']))
}
