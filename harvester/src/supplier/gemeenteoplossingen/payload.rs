//! The shapes of GemeenteOplossingen's answers: a bare list in version 1, an envelope with a page in version 2.

use serde_json::{Map, Value, json};

use crate::supplier::{UnreadableError, WITHHELD, json::JsonNode, outline::close_below};

/// Keys that hold contact data or portraits of persons.
const PERSONAL: [&str; 7] = ["email", "phone", "telephone", "mobile", "address", "photo", "salutation"];

#[derive(Debug)]
pub struct CollectionPage<'a> {
    pub rows: Vec<JsonNode<'a>>,
    /// Announced number of rows in the collection.
    pub total: Option<u64>,
}

/// The rows of a collection of version 2; some hosts call every collection `model`.
///
/// # Errors
/// It is no page.
pub fn collection_page<'a>(
    root: &JsonNode<'a>,
    collection: &str,
) -> Result<CollectionPage<'a>, UnreadableError> {
    let result = root.get("result");
    let rows = [collection, "model"].map(|key| result.get(key)).into_iter().find(JsonNode::is_some);
    let rows = rows.ok_or_else(|| UnreadableError(format!("its result has no {collection:?}")))?;
    Ok(CollectionPage { rows: rows.items(), total: result.get("totalCount").number() })
}

/// The list of version 1. An envelope in its place is another version and must not be read as an empty list.
///
/// # Errors
/// It is no list.
pub fn root_list<'a>(root: &JsonNode<'a>) -> Result<Vec<JsonNode<'a>>, UnreadableError> {
    match root.value() {
        Some(Value::Array(_)) => Ok(root.items_of_anything()),
        _ => Err(UnreadableError("it is no list, as answers of version 1 are".into())),
    }
}

/// Returns whether the supplier marks this as public: a number in some answers, a boolean in others.
pub fn is_public(value: &Value) -> bool {
    is_open(value.get("confidential")) && value.get(WITHHELD).is_none()
}

fn is_open(flag: Option<&Value>) -> bool {
    match flag {
        None | Some(Value::Null | Value::Bool(false)) => true,
        Some(Value::Number(number)) => number.as_f64() == Some(0.0),
        Some(Value::String(text)) => matches!(text.as_str(), "0" | "" | "false"),
        Some(_) => false,
    }
}

pub fn redact_answer(json: &mut Value) {
    match json {
        Value::Array(items) => items.iter_mut().for_each(redact_answer),
        Value::Object(fields) => {
            if !is_open(fields.get("confidential")) || fields.contains_key(WITHHELD) {
                close_fields(fields);
                return;
            }
            fields.retain(|key, _| !PERSONAL.contains(&key.as_str()));
            for key in ["items", "meetingitems"] {
                if let Some(Value::Array(rows)) = fields.get_mut(key) {
                    close_below(rows, "number", is_public, close_fields);
                }
            }
            fields.values_mut().for_each(redact_answer);
        }
        _ => {}
    }
}

fn close_fields(fields: &mut Map<String, Value>) {
    fields.retain(|key, value| key == "id" && value.is_number());
    fields.insert(WITHHELD.into(), json!(true));
}

/// The day of a timestamp like `2026-05-19 00:00:00.000000`.
pub fn day_of_dump(text: &str) -> String {
    text.chars().take(10).collect()
}
