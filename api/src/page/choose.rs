//! The authority that a reader chooses by typing its name: completed by the browser, resolved here, so that it works without any
//! script.

use axum::response::Response;
use serde_json::{Value, json};

use super::{ask, filters::dutch_word, form::Form};
use crate::App;

/// The sorts of authority, as the field names them behind a name.
const KINDS: [&str; 4] = ["MUNICIPALITY", "PROVINCE", "WATER_AUTHORITY", "SUBMUNICIPAL"];

/// The longest name that is looked up, in bytes.
const LONGEST: usize = 200;

/// The most pages of names that are read: more authorities than the country has.
const MOST_PAGES: usize = 10;

/// Outcome of looking up a typed name.
pub enum Choice {
    /// It is one authority: the address of the search among its papers.
    One(String),
    /// It may be any of these, or is none: what the page says.
    Open(Value),
}

/// Looks up the name in a form.
pub async fn resolve(app: &App, typed: &str, form: &Form) -> Result<Choice, Response> {
    let (name, kind) = split(typed);
    if name.is_empty() || name.len() > LONGEST {
        return Ok(Choice::Open(json!({"typed": typed, "choices": []})));
    }
    let variables = json!({"name": name, "kinds": kind.map(|kind| [kind])});
    let data = ask(app, include_str!("../../queries/choose.graphql"), variables).await?;
    let found = data.pointer("/authorities/nodes").and_then(Value::as_array).cloned().unwrap_or_default();
    let those = |is_one: fn(&str, &str) -> bool| -> Vec<&Value> {
        found.iter().filter(|it| it["name"].as_str().is_some_and(|own| is_one(own, name))).collect()
    };
    // The name itself, else those that begin so, else those that are like it: a mistake is asked about first.
    let (same, near) = (those(is_same), those(is_near));
    let candidates = [same, near].into_iter().find(|some| !some.is_empty());
    let address = |it: &Value| {
        let id = it["id"].as_str().unwrap_or_default();
        let rest = form.with(&[("bij", "")]);
        if rest.all("overheid").contains(&id) {
            rest.address("/")
        } else {
            rest.toggled("overheid", id).address("/")
        }
    };
    if let Some([only]) = candidates.as_deref() {
        return Ok(Choice::One(address(only)));
    }
    let shown = candidates.unwrap_or_else(|| found.iter().collect());
    let choices: Vec<Value> =
        shown.iter().map(|it| json!({"label": label(it), "address": address(it)})).collect();
    Ok(Choice::Open(json!({"typed": typed, "choices": choices})))
}

/// The names to choose from, and how many there are.
pub async fn names(app: &App) -> Result<(Vec<String>, u64), Response> {
    let (mut names, mut total, mut after) = (Vec::new(), 0, Value::Null);
    for _ in 0..MOST_PAGES {
        let data =
            ask(app, include_str!("../../queries/authorities.graphql"), json!({"after": after})).await?;
        let page = &data["authorities"];
        total = page["totalCount"].as_u64().unwrap_or_default();
        names.extend(page["nodes"].as_array().into_iter().flatten().map(label));
        after = page["pageInfo"]["endCursor"].clone();
        if page["pageInfo"]["hasNextPage"] != true {
            break;
        }
    }
    Ok((names, total))
}

/// A name with its sort behind it: a town, a province and a water authority may have the same.
fn label(it: &Value) -> String {
    let kind = dutch_word(it["kind"].as_str().unwrap_or_default()).to_lowercase();
    format!("{} ({kind})", it["name"].as_str().unwrap_or_default())
}

/// The name and the sort in what was typed or chosen.
fn split(typed: &str) -> (&str, Option<&'static str>) {
    let typed = typed.trim();
    let behind = typed.strip_suffix(')').and_then(|rest| rest.rsplit_once('('));
    let kind = behind.and_then(|(_, word)| {
        KINDS.into_iter().find(|kind| dutch_word(kind).eq_ignore_ascii_case(word.trim()))
    });
    match (behind, kind) {
        (Some((name, _)), Some(kind)) => (name.trim(), Some(kind)),
        _ => (typed, None),
    }
}

fn is_same(own: &str, typed: &str) -> bool {
    own.to_lowercase() == typed.to_lowercase()
}

/// Whether a name begins as was typed.
fn is_near(own: &str, typed: &str) -> bool {
    own.to_lowercase().starts_with(&typed.to_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sort_may_stand_behind_a_name() {
        assert_eq!(split(" Waterdam (gemeente) "), ("Waterdam", Some("MUNICIPALITY")));
        assert_eq!(split("Middenland (Provincie)"), ("Middenland", Some("PROVINCE")));
        assert_eq!(split("Bergen (NH.)"), ("Bergen (NH.)", None));
        assert_eq!(split("waterd"), ("waterd", None));
    }
}
