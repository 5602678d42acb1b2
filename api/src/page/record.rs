//! The data of a page as its template sees it. An object knows every field that the page's query selects on any type. A
//! field that this object does not have is null; a field that the query does not select is an error. So a misspelt field
//! never renders as nothing, while entities of all types can share a template.

use std::{
    collections::{BTreeMap, HashMap},
    fmt,
    sync::{Arc, LazyLock, Mutex, PoisonError},
};

use async_graphql::{
    Name, Positioned,
    parser::{
        parse_query,
        types::{FragmentDefinition, Selection, SelectionSet},
    },
};
use minijinja::{
    Value,
    value::{Enumerator, Object},
};
use serde_json::{Map, Value as Json};

/// The fields that a query selects, by their name in the answer.
#[derive(Clone, Debug, Default)]
struct SelectedFields(BTreeMap<String, Arc<SelectedFields>>);

type Fragments = HashMap<Name, Positioned<FragmentDefinition>>;

/// The data of a page, whose fields `query` selects. Values that the page adds itself are passed unchanged.
pub fn template_data(query: &'static str, data: &Json) -> Value {
    static KNOWN: LazyLock<Mutex<HashMap<&str, Arc<SelectedFields>>>> = LazyLock::new(Mutex::default);
    let mut known = KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
    let fields = Arc::clone(known.entry(query).or_insert_with(|| Arc::new(parse_fields(query))));
    drop(known);
    value_of(data, &fields)
}

fn parse_fields(query: &str) -> SelectedFields {
    let mut selected = SelectedFields::default();
    if let Ok(document) = parse_query(query) {
        for (_, operation) in document.operations.iter() {
            selected.add_all(&operation.node.selection_set.node, &document.fragments);
        }
    }
    selected
}

impl SelectedFields {
    fn add_all(&mut self, set: &SelectionSet, fragments: &Fragments) {
        for item in &set.items {
            match &item.node {
                Selection::Field(field) => {
                    let name = field.node.response_key().node.to_string();
                    // A field that is selected twice has the subfields of both selections.
                    let fields = Arc::make_mut(self.0.entry(name).or_default());
                    fields.add_all(&field.node.selection_set.node, fragments);
                }
                Selection::InlineFragment(fragment) => {
                    self.add_all(&fragment.node.selection_set.node, fragments);
                }
                Selection::FragmentSpread(spread) => {
                    if let Some(fragment) = fragments.get(&spread.node.fragment_name.node) {
                        self.add_all(&fragment.node.selection_set.node, fragments);
                    }
                }
            }
        }
    }
}

fn value_of(json: &Json, fields: &Arc<SelectedFields>) -> Value {
    match json {
        Json::Null if fields.0.is_empty() => Value::from(()),
        Json::Null => Value::from_object(Record { values: None, fields: Arc::clone(fields) }),
        Json::Array(items) => items.iter().map(|item| value_of(item, fields)).collect(),
        Json::Object(values) if !fields.0.is_empty() => {
            Value::from_object(Record { values: Some(values_of(values, fields)), fields: Arc::clone(fields) })
        }
        plain => Value::from(minijinja::value::Serde(plain)),
    }
}

fn values_of(values: &Map<String, Json>, fields: &SelectedFields) -> BTreeMap<String, Value> {
    let none = Arc::new(SelectedFields::default());
    let value =
        |(name, json): (&String, &Json)| (name.clone(), value_of(json, fields.0.get(name).unwrap_or(&none)));
    values.iter().map(value).collect()
}

/// An object of an answer; `values` is `None` when the object is null.
#[derive(Debug)]
struct Record {
    values: Option<BTreeMap<String, Value>>,
    fields: Arc<SelectedFields>,
}

impl Object for Record {
    fn get_value(self: &Arc<Self>, key: &Value) -> Option<Value> {
        let key = key.as_str()?;
        let value = self.values.as_ref().and_then(|values| values.get(key)).cloned();
        value.or_else(|| self.fields.0.get(key).map(|fields| value_of(&Json::Null, fields)))
    }

    fn enumerate(self: &Arc<Self>) -> Enumerator {
        match &self.values {
            Some(values) => {
                let keys: Vec<Value> = values.keys().map(|key| Value::from(key.as_str())).collect();
                Enumerator::Iter(Box::new(keys.into_iter()))
            }
            None => Enumerator::Empty,
        }
    }

    fn is_true(self: &Arc<Self>) -> bool {
        self.values.is_some()
    }

    fn render(self: &Arc<Self>, _: &mut fmt::Formatter<'_>) -> fmt::Result {
        // An object cannot be rendered as text; a null object renders as nothing, like a null value.
        if self.values.is_some() { Err(fmt::Error) } else { Ok(()) }
    }
}

#[cfg(test)]
mod tests {
    use minijinja::{Environment, UndefinedBehavior};
    use serde_json::json;

    use super::*;

    const QUERY: &str = "query { node { id ... on Meeting { name start } ...more } } fragment more on Node { authority { name } files { nodes { id } } }";

    fn draw(template: &str, data: &Json) -> Result<String, minijinja::Error> {
        let mut environment = Environment::new();
        environment.set_undefined_behavior(UndefinedBehavior::Strict);
        environment.render_str(template, template_data(QUERY, data))
    }

    #[test]
    fn what_a_thing_does_not_have_is_null_and_what_nobody_selected_is_an_error() {
        let data = json!({"node": {"id": "x", "name": null, "authority": null}, "called": "Raad"});
        let drawn = |template| draw(template, &data).unwrap();
        assert_eq!(drawn("{{ node.id }} {{ called }}"), "x Raad");
        assert_eq!(drawn("{{ node.name or node.start or 'none' }}"), "none");
        assert_eq!(
            drawn("{% if node.authority %}yes{% else %}no{% endif %}{{ node.authority.name or '' }}"),
            "no"
        );
        assert_eq!(
            drawn("{% for file in node.files.nodes %}{{ file.id }}{% endfor %}{{ node.start is none }}"),
            "True"
        );
        for wrong in
            ["{{ node.nam }}", "{% if node.nam %}{% endif %}", "{{ nod }}", "{{ node.authority.code or '' }}"]
        {
            assert!(draw(wrong, &data).is_err(), "{wrong}");
        }
    }
}
