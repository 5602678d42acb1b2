//! The older shape of some answers, converted from XML: ids and flags under `@attributes`, lists wrapped once more in
//! an object with the name of one item, texts under `@cdata`. It is converted to today's shape before any other code
//! reads it, so that the rules for non-public content see one shape only.

use serde_json::{Map, Value, json};

/// A list and the name under which the older shape wraps it.
const WRAPPED: [(&str, &str); 8] = [
    ("attributes", "attribute"),
    ("values", "value"),
    ("types", "type"),
    ("versions", "version"),
    ("modules", "module"),
    ("events", "event"),
    ("parties", "party"),
    ("gremia", "gremium"),
];

/// The answer in today's shape. One that has it already is unchanged.
pub fn to_modern(json: Value) -> Value {
    match json {
        Value::Array(items) => Value::Array(items.into_iter().map(to_modern).collect()),
        Value::Object(fields) => Value::Object(modern_object(fields)),
        other => other,
    }
}

fn modern_object(fields: Map<String, Value>) -> Map<String, Value> {
    let mut fields: Map<String, Value> =
        fields.into_iter().map(|(key, value)| (key, to_modern(value))).collect();
    let is_older = match fields.remove("@attributes") {
        Some(Value::Object(attributes)) => {
            for (key, value) in attributes {
                fields.entry(key).or_insert(value);
            }
            true
        }
        Some(other) => {
            // An element without attributes has an empty list of them.
            if !other.as_array().is_some_and(Vec::is_empty) {
                fields.insert("@attributes".to_owned(), other);
            }
            true
        }
        None => false,
    };
    for (list, one) in WRAPPED {
        if let Some(inner) = fields.get_mut(list).and_then(|list| unwrapped(list, one)) {
            fields.insert(list.to_owned(), inner);
        }
    }
    // A register is a list of `item`; a single requested entry is an object of that name.
    if fields.contains_key("pagination")
        && !fields.contains_key("items")
        && let Some(items) = fields.remove("item")
    {
        fields.insert("items".to_owned(), items);
    }
    if is_older {
        values_of_field(&mut fields);
        text_of_reference(&mut fields);
        sort_of_document(&mut fields);
    }
    fields
}

/// The list inside a wrapper, which holds a bare object when there is only one.
fn unwrapped(list: &mut Value, one: &str) -> Option<Value> {
    Some(match list.as_object_mut()?.remove(one)? {
        Value::Array(items) => Value::Array(items),
        single => json!([single]),
    })
}

/// Puts the values of a field into a list: a single text, reference or document comes without one.
fn values_of_field(fields: &mut Map<String, Value>) {
    if !fields.contains_key("label") {
        return;
    }
    let single = fields.remove("value").map(|value| vec![value]);
    let Some(values) = single.or_else(|| Some(fields.get_mut("values")?.as_array_mut()?.split_off(0))) else {
        return;
    };
    fields.insert("values".to_owned(), values.into_iter().map(wrap_value).collect());
}

fn wrap_value(value: Value) -> Value {
    match &value {
        Value::Object(inner) if inner.contains_key("content") || inner.contains_key("document") => value,
        Value::Object(_) => json!({"document": value, "meta_data": null}),
        _ => json!({"content": value, "meta_data": null}),
    }
}

/// One of several values: a reference with its words, or words alone.
fn text_of_reference(fields: &mut Map<String, Value>) {
    let Some(words) = fields.remove("@cdata") else { return };
    let model = fields.remove("reference_model").filter(Value::is_string);
    let id = fields.remove("id");
    match model {
        Some(model) => {
            fields.insert("content".to_owned(), id.unwrap_or_default());
            fields.insert("meta_data".to_owned(), json!({"reference_model": model, "label": words}));
        }
        None => {
            fields.insert("content".to_owned(), words);
        }
    }
}

fn sort_of_document(fields: &mut Map<String, Value>) {
    for sort in fields.get_mut("types").and_then(Value::as_array_mut).into_iter().flatten() {
        if let Some(sort) = sort.as_object_mut()
            && let Some(name) = sort.remove("name")
        {
            sort.entry("value").or_insert(name);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn todays_shape_stays_as_it_is() {
        let json = json!({"pagination": {"total_results": 1}, "items": [{"id": 5, "attributes": [
            {"id": 1, "label": "Titel", "values": [{"content": "Motie", "meta_data": null}]}]}]});
        assert_eq!(to_modern(json.clone()), json);
        let item = json!({"item": {"id": 5, "attributes": []}});
        assert_eq!(to_modern(item.clone()), item);
    }

    #[test]
    fn an_entry_of_the_older_shape_becomes_one_of_today() {
        let older = json!({"pagination": {"@attributes": {"total_results": 1}}, "item": [{
        "@attributes": {"id": 5, "confidential": 0, "permission_group": "public"},
        "attributes": {"attribute": [
            {"@attributes": {"id": 1}, "label": "Titel", "value": "Motie"},
            {"@attributes": {"id": 2}, "label": "Hoofddocument", "value": {"title": "Motie", "@attributes": {"id": 11, "version": 1},
                "types": {"type": [{"name": "Motie", "@attributes": {"id": 7}}]}}},
            {"@attributes": {"id": 37}, "label": "Fractie", "values": {"value":
                {"@cdata": "Waterdams Belang", "@attributes": {"id": 12, "reference_model": "party"}}}},
            {"@attributes": {"id": 35}, "label": "Toelichting", "values": {"value": [{"@cdata": "<p>Toe.</p>", "@attributes": []}]}},
        ]}}]});
        assert_eq!(
            to_modern(older),
            json!({"pagination": {"total_results": 1}, "items": [{"id": 5, "confidential": 0, "permission_group": "public",
            "attributes": [
                {"id": 1, "label": "Titel", "values": [{"content": "Motie", "meta_data": null}]},
                {"id": 2, "label": "Hoofddocument", "values": [{"meta_data": null, "document":
                    {"title": "Motie", "id": 11, "version": 1, "types": [{"value": "Motie", "id": 7}]}}]},
                {"id": 37, "label": "Fractie", "values": [{"content": 12, "meta_data": {"reference_model": "party", "label": "Waterdams Belang"}}]},
                {"id": 35, "label": "Toelichting", "values": [{"content": "<p>Toe.</p>"}]},
            ]}]})
        );
    }
}
