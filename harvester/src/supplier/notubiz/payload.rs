//! The shapes of Notubiz' answers: numbered attributes, plannings, flags of what is not public.

use raadhuis_schema::{EntityId, Kind, Remark, Source};
use serde_json::{Map, Value, json};

use crate::supplier::{Unreadable, WITHHELD, json::Node, parse::parse_json};

mod older;

/// The error code that stands for "No rights to see this meeting".
const NO_RIGHTS: u64 = 45_624_584_670;

/// Keys that hold contact data or portraits of persons, at whatever depth.
const PERSONAL: [&str; 7] = ["email", "e_mail", "phone", "telephone", "mobile", "address", "photo"];

/// What may remain of something that is not public.
const REMAINS: [&str; 6] = ["id", "self", "type", "parent", "module_id", "connection_type"];

/// The numbers of the attributes and fields that are read. Numbers are the same everywhere; labels are not.
pub mod field {
    /// Titel.
    pub const TITLE: u64 = 1;
    /// Hoofddocument.
    pub const MAIN_DOCUMENT: u64 = 2;
    /// Omschrijving or toelichting, as HTML.
    pub const DESCRIPTION: u64 = 3;
    /// Nummer.
    pub const NUMBER: u64 = 5;
    /// Datum.
    pub const DATE: u64 = 15;
    /// Datum afgedaan.
    pub const SETTLED: u64 = 17;
    /// Afdoeningsdocument.
    pub const SETTLING_DOCUMENT: u64 = 21;
    /// Linked event or agenda item, the older of two.
    pub const AGENDA_ITEM_OLD: u64 = 22;
    /// Portefeuillehouder.
    pub const HOLDER: u64 = 23;
    /// Zaaknummer or kenmerk.
    pub const CASE: u64 = 24;
    /// Motion number, Fryslân.
    pub const NUMBER_FRYSLAN: u64 = 26;
    /// Verwachte datum.
    pub const DUE: u64 = 28;
    /// Toelichting or dictum, as HTML.
    pub const EXPLANATION: u64 = 35;
    /// Indieners.
    pub const PROPOSERS: u64 = 36;
    /// Fracties.
    pub const PARTIES: u64 = 37;
    /// Stand van zaken, as HTML.
    pub const PROGRESS: u64 = 41;
    /// Datum, in register 8.
    pub const DATE_OF_REGISTER_8: u64 = 44;
    /// Type.
    pub const TYPE: u64 = 45;
    /// Locatie.
    pub const LOCATION: u64 = 50;
    /// Ingediend in: an agenda item.
    pub const AGENDA_ITEM: u64 = 54;
    /// Opmerkingen, Stemmingsuitslag or Tekst toezegging: its label decides.
    pub const REMARKS: u64 = 61;
    /// Uitslag or Status.
    pub const OUTCOME: u64 = 62;
    /// Status, where 62 is not the outcome.
    pub const STATUS: u64 = 71;
    /// Planned start of an agenda item.
    pub const ITEM_START: u64 = 82;
    /// Planned end of an agenda item.
    pub const ITEM_END: u64 = 83;
    /// Medeondertekenaars.
    pub const CO_PROPOSERS: u64 = 87;

    /// Fields that are known and left unread on purpose: names of officials.
    pub const LEFT: [u64; 2] = [68, 72];

    /// Every field of a register entry that is read.
    pub const OF_ENTRIES: [u64; 22] = [
        HOLDER,
        TITLE,
        MAIN_DOCUMENT,
        DESCRIPTION,
        NUMBER,
        DATE,
        SETTLED,
        SETTLING_DOCUMENT,
        AGENDA_ITEM_OLD,
        CASE,
        NUMBER_FRYSLAN,
        DUE,
        EXPLANATION,
        PROPOSERS,
        PARTIES,
        PROGRESS,
        DATE_OF_REGISTER_8,
        TYPE,
        AGENDA_ITEM,
        REMARKS,
        OUTCOME,
        STATUS,
    ];
}

/// The answer, in today's shape.
///
/// # Errors
/// It is no JSON.
pub fn parse(bytes: &[u8]) -> Result<Value, Unreadable> {
    parse_json(bytes).map(older::modern)
}

/// Whether an answer is the error body for a meeting of members only.
pub fn is_no_rights(json: Option<&Value>) -> bool {
    json.and_then(|json| json.get("error_code")).and_then(Value::as_u64) == Some(NO_RIGHTS)
}

/// The ids under which a register entry may be kept: which of the six, only the entry itself tells.
pub fn entry_ids(source: &Source, native: u64) -> [EntityId; 6] {
    Kind::ENTRIES.map(|kind| EntityId::new(kind, "notubiz", &source.tenant, native))
}

/// Whether the supplier marks this as open to everybody. Any doubt means no.
pub fn is_public(node: &Node<'_>) -> bool {
    node.value().is_some_and(is_public_value)
}

fn is_public_value(value: &Value) -> bool {
    value.as_object().is_none_or(is_public_object)
}

fn is_public_object(fields: &Map<String, Value>) -> bool {
    let open_flag = match fields.get("confidential") {
        None | Some(Value::Null | Value::Bool(false)) => true,
        Some(Value::Number(number)) => number.as_f64() == Some(0.0),
        Some(Value::String(text)) => matches!(text.as_str(), "0" | "" | "false"),
        Some(_) => false,
    };
    let open_group = match fields.get("permission_group") {
        None | Some(Value::Null) => true,
        Some(Value::String(group)) => group == "public",
        Some(_) => false,
    };
    open_flag && open_group && !fields.contains_key(WITHHELD)
}

/// The numbered attributes of a meeting or an agenda item.
#[derive(Debug)]
pub struct Attributes<'a> {
    items: Vec<Node<'a>>,
}

impl<'a> Attributes<'a> {
    /// Those of `node`. A map of labels, which some copies of these answers hold, is a remark: labels are no facts.
    pub fn of(node: &Node<'a>) -> Self {
        let attributes = node.get("attributes");
        let items = match attributes.value() {
            Some(Value::Object(_)) => {
                attributes.unexpected::<()>("a list of numbered attributes");
                Vec::new()
            }
            _ => attributes.items(),
        };
        Self { items }
    }

    /// The attribute with this number, wherever it stands in the list.
    fn field(&self, number: u64) -> Option<&Node<'a>> {
        self.items
            .iter()
            .find(|item| item.value().and_then(|v| v.get("id")).and_then(as_number) == Some(number))
    }

    /// The value of a meeting's or agenda item's attribute.
    pub fn value(&self, number: u64) -> Option<Node<'a>> {
        self.field(number).map(|field| field.get("value"))
    }

    /// The values of a register entry's field.
    pub fn values(&self, number: u64) -> Vec<Node<'a>> {
        self.field(number).map(|field| field.get("values").items_of_anything()).unwrap_or_default()
    }

    /// The first value of a register entry's field.
    pub fn content(&self, number: u64) -> Option<Node<'a>> {
        self.values(number).first().map(|value| value.get("content"))
    }

    /// What the organisation calls a field.
    pub fn label(&self, number: u64) -> Option<String> {
        self.field(number).and_then(|field| field.get("label").text())
    }

    /// Notes the fields of a register entry of which nothing is known, by number and label.
    pub fn note_unknown(&self) {
        for item in &self.items {
            let number = item.value().and_then(|value| value.get("id")).and_then(as_number);
            let known = |number: &u64| {
                field::OF_ENTRIES.contains(number)
                    || field::LEFT.contains(number)
                    || *number == field::CO_PROPOSERS
            };
            if !number.as_ref().is_some_and(known) {
                let shown = number.map_or_else(|| "without a number".to_owned(), |number| number.to_string());
                let label = item.get("label").text().unwrap_or_default();
                let notes = item.notes();
                notes.add(Remark::unknown_field(notes.subject(), item.path(), &format!("{shown} ({label})")));
            }
        }
    }
}

fn as_number(value: &Value) -> Option<u64> {
    value.as_u64().or_else(|| value.as_str()?.parse().ok())
}

/// References to who holds an office, and for whom.
const OFFICE: [&str; 3] = ["person", "party", "role"];

/// Takes out of an answer what may not be kept: what is not public, contact data, and titles of linked items.
pub fn redact(json: &mut Value, withheld: &[u64]) {
    match json {
        Value::Array(items) => items.iter_mut().for_each(|item| redact(item, withheld)),
        Value::Object(fields) => {
            if !is_public_object(fields) || is_about(fields, withheld) {
                let mut rest: Map<String, Value> = REMAINS
                    .iter()
                    .filter_map(|key| fields.get_key_value(*key))
                    .map(|(k, v)| (k.clone(), v.clone()))
                    .collect();
                rest.retain(|_, value| !value.is_array());
                rest.insert(WITHHELD.into(), json!(true));
                *fields = rest;
                return;
            }
            fields.retain(|key, _| !PERSONAL.contains(&key.as_str()));
            // The label of a reference repeats the title of what it refers to, which may be confidential there; but who
            // holds an office is not.
            if fields.get("reference_model").and_then(Value::as_str).is_some_and(|of| !OFFICE.contains(&of)) {
                fields.remove("label");
            }
            fields.values_mut().for_each(|value| redact(value, withheld));
        }
        _ => {}
    }
}

/// Whether a voting is about an agenda item of which nothing may be kept.
fn is_about(voting: &Map<String, Value>, withheld: &[u64]) -> bool {
    let id = |value: Option<&Value>| value.and_then(as_number).is_some_and(|id| withheld.contains(&id));
    !withheld.is_empty()
        && voting.contains_key("type_data")
        && (id(voting.get("id")) || id(voting.get("parent").and_then(|p| p.get("id"))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_plainly_open_counts_as_public() {
        let check = |value: Value, expected| assert_eq!(is_public_value(&value), expected, "{value}");
        check(json!({}), true);
        check(json!({"confidential": 0, "permission_group": "public"}), true);
        check(json!({"confidential": "0"}), true);
        check(json!({"confidential": 1, "permission_group": "public"}), false);
        check(json!({"confidential": 0, "permission_group": "members"}), false);
        check(json!({"confidential": [], "permission_group": "public"}), false);
        check(json!({"permission_group": 7}), false);
    }

    #[test]
    fn a_redacted_answer_keeps_ids_and_nothing_else_of_what_is_not_public() {
        let mut json = json!({"agenda_items": [
            {"id": 5, "confidential": 1, "parent": null, "type_data": {"attributes": [{"id": 1, "value": "Geheim"}]},
             "documents": [{"id": 6, "title": "Geheim rapport"}]},
            {"id": 7, "confidential": 0, "email": "x@y.example", "title": "Open"},
            {"meta_data": {"reference_model": "agenda_item", "label": "Geheim"}, "content": 5},
        ]});
        redact(&mut json, &[]);
        assert_eq!(
            json,
            json!({"agenda_items": [
                {"id": 5, "parent": null, "withheld": true},
                {"id": 7, "confidential": 0, "title": "Open"},
                {"meta_data": {"reference_model": "agenda_item"}, "content": 5},
            ]})
        );
    }

    #[test]
    fn a_voting_about_a_withheld_item_is_redacted_too() {
        let mut json = json!({"votings": [{"id": 9, "parent": {"id": 5}, "type_data": {"title": "Geheim", "votes": []}}]});
        redact(&mut json, &[5]);
        assert_eq!(json, json!({"votings": [{"id": 9, "parent": {"id": 5}, "withheld": true}]}));
    }
}
