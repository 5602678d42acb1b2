//! Choosing an authority by typing its name: the browser completes it, this module resolves it, so no script is needed.

use axum::response::Response;
use serde_json::{Value, json};

use super::{filters::dutch_word, form::SearchForm, run_query};
use crate::App;

/// The kinds of authority that may follow a name in brackets.
const KINDS: [&str; 4] = ["MUNICIPALITY", "PROVINCE", "WATER_AUTHORITY", "SUBMUNICIPAL"];

/// The longest name that is looked up, in bytes.
const LONGEST: usize = 200;

/// The most pages of names that are queried: more than the country's authorities fill.
const MOST_PAGES: usize = 10;

pub enum AuthorityChoice {
    /// The name means one authority; this is the address of the search among its documents.
    One(String),
    /// The name is ambiguous or unknown; this is the data of the choices for the page.
    Open(Value),
}

pub async fn resolve(app: &App, typed: &str, form: &SearchForm) -> Result<AuthorityChoice, Response> {
    let (name, kind) = split_name(typed);
    if name.is_empty() || name.len() > LONGEST {
        return Ok(AuthorityChoice::Open(json!({"typed": typed, "choices": []})));
    }
    let variables = json!({"name": name, "kinds": kind.map(|kind| [kind])});
    let data = run_query(app, include_str!("../../queries/choose.graphql"), variables).await?;
    let found = data.pointer("/authorities/nodes").and_then(Value::as_array).cloned().unwrap_or_default();
    let those = |is_one: fn(&str, &str) -> bool| -> Vec<&Value> {
        found.iter().filter(|it| it["name"].as_str().is_some_and(|own| is_one(own, name))).collect()
    };
    // An exact name first, else names that begin so, else similar names. A similar name is never chosen without asking.
    let (same, near) = (those(is_same), those(is_near));
    let candidates = [same, near].into_iter().find(|some| !some.is_empty());
    let address = |it: &Value| {
        let id = it["id"].as_str().unwrap_or_default();
        let rest = form.with_fields(&[("bij", "")]);
        if rest.values_of("overheid").contains(&id) {
            rest.address("/")
        } else {
            rest.toggled("overheid", id).address("/")
        }
    };
    if let Some([only]) = candidates.as_deref() {
        return Ok(AuthorityChoice::One(address(only)));
    }
    let shown = candidates.unwrap_or_else(|| found.iter().collect());
    let choices: Vec<Value> =
        shown.iter().map(|it| json!({"label": name_with_kind(it), "address": address(it)})).collect();
    Ok(AuthorityChoice::Open(json!({"typed": typed, "choices": choices})))
}

/// The names of authorities to choose from, and the total number of authorities.
pub async fn load_names(app: &App) -> Result<(Vec<String>, u64), Response> {
    let (mut names, mut total, mut after) = (Vec::new(), 0, Value::Null);
    for _ in 0..MOST_PAGES {
        let data = run_query(app, include_str!("../../queries/authorities.graphql"), json!({"after": after}))
            .await?;
        let page = &data["authorities"];
        total = page["totalCount"].as_u64().unwrap_or_default();
        names.extend(page["nodes"].as_array().into_iter().flatten().map(name_with_kind));
        after = page["pageInfo"]["endCursor"].clone();
        if page["pageInfo"]["hasNextPage"] != true {
            break;
        }
    }
    Ok((names, total))
}

/// A name with its kind in brackets: a municipality, a province and a water authority may share a name.
fn name_with_kind(it: &Value) -> String {
    let kind = dutch_word(it["kind"].as_str().unwrap_or_default()).to_lowercase();
    format!("{} ({kind})", it["name"].as_str().unwrap_or_default())
}

/// The name and the kind in a typed text, as [`name_with_kind`] writes them.
fn split_name(typed: &str) -> (&str, Option<&'static str>) {
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

fn is_near(own: &str, typed: &str) -> bool {
    own.to_lowercase().starts_with(&typed.to_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sort_may_stand_behind_a_name() {
        assert_eq!(split_name(" Waterdam (gemeente) "), ("Waterdam", Some("MUNICIPALITY")));
        assert_eq!(split_name("Middenland (Provincie)"), ("Middenland", Some("PROVINCE")));
        assert_eq!(split_name("Bergen (NH.)"), ("Bergen (NH.)", None));
        assert_eq!(split_name("waterd"), ("waterd", None));
    }
}
