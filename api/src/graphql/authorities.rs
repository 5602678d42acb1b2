//! Finding authorities: all that the directory knows and all of which anything is held, by name as people type it.

use std::{collections::BTreeMap, sync::Arc};

use async_graphql::{Context, InputObject, Result};
use raadhuis_schema::{self as schema, Entity, Kind};
use raadhuis_search::dutch::form::fold;
use raadhuis_store::{Filter, each};

use super::{
    at_most::{AtMost, MOST_FILTER_VALUES},
    connection::{PageOf, Paging, page},
    held::{FromStored, Held},
    loader::{available, hidden},
    scalar::AuthorityKind,
};
use crate::Library;

/// Mistakes in a name that are forgiven.
const MISTAKES: usize = 2;

/// Letters of which one may be a mistake; names are short.
const LETTERS_FOR_A_MISTAKE: usize = 3;

/// The longest piece of a name, in bytes: comparing two texts costs the product of their lengths.
const LONGEST_NAME: usize = 200;

/// Which authorities. What is not given restricts nothing.
#[derive(Clone, Debug, Default, InputObject)]
pub struct AuthorityFilter {
    /// A piece of the name, as typed, at most 200 bytes: two mistakes are forgiven, capitals and accents do not count.
    pub name: Option<String>,
    /// Only of these sorts, at most 500.
    #[graphql(validator(custom = AtMost(MOST_FILTER_VALUES, "kinds")))]
    pub kinds: Option<Vec<AuthorityKind>>,
    /// Only those that lie in one of these provinces, at most 500.
    #[graphql(validator(custom = AtMost(MOST_FILTER_VALUES, "provinces")))]
    pub provinces: Option<Vec<String>>,
    /// Only these codes, such as GM0518; at most 500.
    #[graphql(validator(custom = AtMost(MOST_FILTER_VALUES, "codes")))]
    pub codes: Option<Vec<String>>,
    /// Only those of which meetings or papers are held, or only those of which none are.
    pub available: Option<bool>,
}

/// The authorities that pass, by name; with a name given, the most like it first.
pub async fn authorities(
    context: &Context<'_>,
    filter: AuthorityFilter,
    paging: Paging,
) -> Result<PageOf<Held<schema::Authority>>> {
    if let Some(name) = filter.name.as_ref().filter(|name| name.len() > LONGEST_NAME) {
        return Err(format!("filter.name has {} bytes; at most {LONGEST_NAME} are read", name.len()).into());
    }
    let library = context.data::<Library>()?;
    let mut all: BTreeMap<String, Held<schema::Authority>> = BTreeMap::new();
    let directory = library.directory.authorities.iter();
    for authority in directory.filter(|it| it.kind != schema::AuthorityKind::State) {
        all.insert(authority.id.to_string(), Held::of_directory(authority));
    }
    let stored = Filter { kinds: vec![Kind::Authority], ..Filter::default() };
    let mut add = |stored: raadhuis_store::Stored| {
        if !matches!(&stored.entity, Entity::Authority(it) if it.kind == schema::AuthorityKind::State) {
            let id = stored.entity.id().to_string();
            all.extend(Held::from_stored(stored).map(|held| (id, held)));
        }
    };
    each(&library.store, &stored, &mut add).await.map_err(|why| hidden(&why))?;
    let available = if filter.available.is_some() { available(context).await? } else { Arc::default() };
    let mut found: Vec<(usize, Held<schema::Authority>)> = Vec::new();
    for held in all.into_values() {
        let it = &held.it;
        let passes = filter.kinds.as_ref().is_none_or(|kinds| kinds.contains(&it.kind.into()))
            && filter.provinces.as_ref().is_none_or(|names| names.iter().any(|name| it.lies_in(name)))
            && filter
                .codes
                .as_ref()
                .is_none_or(|codes| codes.iter().any(|code| code.eq_ignore_ascii_case(&it.code)))
            && filter.available.is_none_or(|asked| available.contains(it.id.any()) == asked);
        let likeness = match &filter.name {
            Some(typed) => likeness(typed, &it.name),
            None => Some(0),
        };
        if let (true, Some(likeness)) = (passes, likeness) {
            found.push((likeness, held));
        }
    }
    found.sort_by_cached_key(|(likeness, held)| (*likeness, fold(&held.it.name), held.it.code.clone()));
    let found: Vec<_> = found.into_iter().map(|(_, held)| held).collect();
    page(&found, Held::clone, paging)
}

/// How far a name is from what was typed: 0 the same, 1 it begins so, 2 it stands in it, then one more for each mistake; `None`
/// when it is another name.
fn likeness(typed: &str, name: &str) -> Option<usize> {
    let (typed, name) = (fold(typed), fold(name));
    if typed == name || typed.is_empty() {
        return Some(0);
    }
    if name.starts_with(&typed) {
        return Some(1);
    }
    if name.contains(&typed) {
        return Some(2);
    }
    let allowed = MISTAKES.min(typed.chars().count() / LETTERS_FOR_A_MISTAKE);
    // Who has typed half a name may have mistyped that half.
    let begin: String = name.chars().take(typed.chars().count()).collect();
    let mistakes =
        strsim::damerau_levenshtein(&typed, &name).min(strsim::damerau_levenshtein(&typed, &begin));
    (mistakes <= allowed).then_some(2 + mistakes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_found_as_people_type_them() {
        let check =
            |typed: &str, name: &str, expected| assert_eq!(likeness(typed, name), expected, "{typed}");
        check("Groningen", "Groningen", Some(0));
        check("gron", "Groningen", Some(1));
        check("ningen", "Groningen", Some(2));
        check("gronigen", "Groningen", Some(3));
        check("Súdwest", "Súdwest-Fryslân", Some(1));
        check("sudwest fryslan", "Súdwest-Fryslân", Some(0));
        check("utercht", "Utrecht", Some(3));
        check("ee", "Aa en Hunze", None);
        check("Assen", "Essen", Some(3));
        check("Leiden", "Leusden", Some(4));
        check("Zwolle", "Almelo", None);
    }
}
