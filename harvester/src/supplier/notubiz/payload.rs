//! The shapes of Notubiz' answers: numbered attributes, plannings, flags of what is not public.

use raadhuis_schema::{Diagnostic, EntityId, Kind, Source};
use serde_json::{Map, Value, json};

use crate::supplier::{UnreadableError, WITHHELD, json::JsonNode, parse::parse_json};

mod older;

/// The error code for "No rights to see this meeting".
const NO_RIGHTS: u64 = 45_624_584_670;

/// Keys that hold contact data or portraits of persons, at any depth.
const PERSONAL: [&str; 7] = ["email", "e_mail", "phone", "telephone", "mobile", "address", "photo"];

/// Keys that are kept of an object that is not public.
const REMAINS: [&str; 6] = ["id", "self", "type", "parent", "module_id", "connection_type"];

/// The numbers of the attributes and fields that are read. Numbers are the same at all customers; labels are not.
pub mod find_field {
    pub const TITLE: u64 = 1; // Titel
    pub const MAIN_DOCUMENT: u64 = 2; // Hoofddocument
    pub const DESCRIPTION: u64 = 3; // Omschrijving or toelichting, as HTML
    pub const NUMBER: u64 = 5; // Nummer
    pub const DATE: u64 = 15; // Datum
    pub const SETTLED: u64 = 17; // Datum afgedaan
    pub const SETTLING_DOCUMENT: u64 = 21; // Afdoeningsdocument
    pub const AGENDA_ITEM_OLD: u64 = 22; // Linked event or agenda item; the older of two fields
    pub const HOLDER: u64 = 23; // Portefeuillehouder
    pub const CASE: u64 = 24; // Zaaknummer or kenmerk
    pub const NUMBER_FRYSLAN: u64 = 26; // Motion number, Fryslân
    pub const DUE: u64 = 28; // Verwachte datum
    pub const EXPLANATION: u64 = 35; // Toelichting or dictum, as HTML
    pub const PROPOSERS: u64 = 36; // Indieners
    pub const PARTIES: u64 = 37; // Fracties
    pub const PROGRESS: u64 = 41; // Stand van zaken, as HTML
    pub const DATE_OF_REGISTER_8: u64 = 44; // Datum, in register 8
    pub const TYPE: u64 = 45; // Type
    pub const LOCATION: u64 = 50; // Locatie
    pub const AGENDA_ITEM: u64 = 54; // Ingediend in: an agenda item
    pub const REMARKS: u64 = 61; // Opmerkingen, Stemmingsuitslag or Tekst toezegging: its label decides
    pub const OUTCOME: u64 = 62; // Uitslag or Status
    pub const STATUS: u64 = 71; // Status, where field 62 is not the outcome
    pub const ITEM_START: u64 = 82; // Planned start of an agenda item
    pub const ITEM_END: u64 = 83; // Planned end of an agenda item
    pub const CO_PROPOSERS: u64 = 87; // Medeondertekenaars

    /// Known fields that are deliberately not read: names of officials.
    pub const LEFT: [u64; 2] = [68, 72];

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
pub fn parse(bytes: &[u8]) -> Result<Value, UnreadableError> {
    parse_json(bytes).map(older::to_modern)
}

/// Returns whether an answer is the error body for a meeting of members only.
pub fn is_no_rights(json: Option<&Value>) -> bool {
    json.and_then(|json| json.get("error_code")).and_then(Value::as_u64) == Some(NO_RIGHTS)
}

/// The ids under which a register entry may be stored, one for each kind: only the entry itself tells its kind.
pub fn entry_ids(source: &Source, native: u64) -> [EntityId; 6] {
    Kind::ENTRIES.map(|kind| EntityId::new(kind, "notubiz", &source.tenant, native))
}

/// Returns whether the supplier marks this as public. Any doubt means no.
pub fn is_public(node: &JsonNode<'_>) -> bool {
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
pub struct NumberedAttributes<'a> {
    items: Vec<JsonNode<'a>>,
}

impl<'a> NumberedAttributes<'a> {
    /// The attributes of `node`. A map of labels, found in some copies of these answers, is a diagnostic: labels are no
    /// stable keys.
    pub fn new(node: &JsonNode<'a>) -> Self {
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

    fn field(&self, number: u64) -> Option<&JsonNode<'a>> {
        self.items
            .iter()
            .find(|item| item.value().and_then(|v| v.get("id")).and_then(as_number) == Some(number))
    }

    /// The value of a meeting's or agenda item's attribute.
    pub fn value(&self, number: u64) -> Option<JsonNode<'a>> {
        self.field(number).map(|field| field.get("value"))
    }

    pub fn value_text(&self, number: u64) -> Option<String> {
        self.value(number)?.text()
    }

    /// The values of a register entry's field.
    pub fn values(&self, number: u64) -> Vec<JsonNode<'a>> {
        self.field(number).map(|field| field.get("values").items_of_anything()).unwrap_or_default()
    }

    /// The first value of a register entry's field.
    pub fn content(&self, number: u64) -> Option<JsonNode<'a>> {
        self.values(number).first().map(|value| value.get("content"))
    }

    /// The customer's label of a field.
    pub fn label(&self, number: u64) -> Option<String> {
        self.field(number).and_then(|field| field.get("label").text())
    }

    /// Adds a diagnostic for each unknown field of a register entry, with number and label.
    pub fn note_unknown(&self) {
        for item in &self.items {
            let number = item.value().and_then(|value| value.get("id")).and_then(as_number);
            if !number.is_some_and(is_known_field) {
                let shown = number.map_or_else(|| "without a number".to_owned(), |number| number.to_string());
                let label = item.get("label").text().unwrap_or_default();
                let notes = item.notes();
                notes.add_diagnostic(Diagnostic::unknown_field(
                    notes.subject(),
                    item.path(),
                    &format!("{shown} ({label})"),
                ));
            }
        }
    }
}

fn is_known_field(number: u64) -> bool {
    find_field::OF_ENTRIES.contains(&number)
        || find_field::LEFT.contains(&number)
        || number == find_field::CO_PROPOSERS
}

fn as_number(value: &Value) -> Option<u64> {
    value.as_u64().or_else(|| value.as_str()?.parse().ok())
}

/// References to holders of an office, and to their parties and roles.
const OFFICE: [&str; 3] = ["person", "party", "role"];

/// Removes from an answer what must not be kept: non-public content, contact data, and titles of linked items.
pub fn redact_answer(json: &mut Value, withheld: &[u64]) {
    match json {
        Value::Array(items) => items.iter_mut().for_each(|item| redact_answer(item, withheld)),
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
            // The label of a reference repeats the title of its target, which may be confidential there. Labels of
            // office-holders are kept.
            if fields.get("reference_model").and_then(Value::as_str).is_some_and(|of| !OFFICE.contains(&of)) {
                fields.remove("label");
            }
            fields.values_mut().for_each(|value| redact_answer(value, withheld));
        }
        _ => {}
    }
}

fn is_about(voting: &Map<String, Value>, withheld: &[u64]) -> bool {
    let ids = [voting.get("id"), voting.get("parent").and_then(|parent| parent.get("id"))];
    !withheld.is_empty()
        && voting.contains_key("type_data")
        && ids.into_iter().flatten().filter_map(as_number).any(|id| withheld.contains(&id))
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
        redact_answer(&mut json, &[]);
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
        redact_answer(&mut json, &[5]);
        assert_eq!(json, json!({"votings": [{"id": 9, "parent": {"id": 5}, "withheld": true}]}));
    }
}
