//! The search for authorities by name as people type it: all in the directory, and all with any stored content.

use std::{collections::BTreeMap, sync::Arc};

use async_graphql::{Context, InputObject, Result};
use raadhuis_schema::{self as schema, Entity, Kind};
use raadhuis_search::dutch::form::fold_word;
use raadhuis_store::{Filter, visit_each};

use super::{
    at_most::{AtMost, MOST_FILTER_VALUES},
    connection::{PageOf, Paging, make_page},
    loader::{internal_error, load_available},
    scalar::AuthorityKindEnum,
    stored_record::{FromStored, StoredRecord},
};
use crate::Library;

/// The maximum number of typing mistakes in a name.
const MISTAKES: usize = 2;

/// The number of letters for each allowed mistake; names are short.
const LETTERS_FOR_A_MISTAKE: usize = 3;

/// The maximum length of a typed name, in bytes: comparing two texts costs the product of their lengths.
const LONGEST_NAME: usize = 200;

/// The restrictions on public bodies. An absent field restricts nothing.
#[derive(Clone, Debug, Default, InputObject)]
pub struct AuthorityFilter {
    /// Part of the name as typed, at most 200 bytes: two mistakes are allowed, capitals and accents are ignored.
    pub name: Option<String>,
    /// Restricts to these sorts of bodies, at most 500.
    #[graphql(validator(custom = AtMost(MOST_FILTER_VALUES, "kinds")))]
    pub kinds: Option<Vec<AuthorityKindEnum>>,
    /// Restricts to bodies in one of these provinces, at most 500.
    #[graphql(validator(custom = AtMost(MOST_FILTER_VALUES, "provinces")))]
    pub provinces: Option<Vec<String>>,
    /// Restricts to these CBS or TOOI codes, such as GM0518; at most 500.
    #[graphql(validator(custom = AtMost(MOST_FILTER_VALUES, "codes")))]
    pub codes: Option<Vec<String>>,
    /// True restricts to bodies of which meetings or documents are held, false to the others.
    pub available: Option<bool>,
}

/// Lists the authorities that pass, by name; with a name given, the most similar first.
pub async fn find_authorities(
    context: &Context<'_>,
    filter: AuthorityFilter,
    paging: Paging,
) -> Result<PageOf<StoredRecord<schema::Authority>>> {
    if let Some(name) = filter.name.as_ref().filter(|name| name.len() > LONGEST_NAME) {
        return Err(format!("filter.name has {} bytes; at most {LONGEST_NAME} are read", name.len()).into());
    }
    let library = context.data::<Library>()?;
    let mut all: BTreeMap<String, StoredRecord<schema::Authority>> = BTreeMap::new();
    let directory = library.directory.authorities.iter();
    for authority in directory.filter(|it| it.kind != schema::AuthorityKind::State) {
        all.insert(authority.id.to_string(), StoredRecord::of_directory(authority));
    }
    let stored = Filter { kinds: vec![Kind::Authority], ..Filter::default() };
    let mut add = |stored: raadhuis_store::Stored| {
        if !matches!(&stored.entity, Entity::Authority(it) if it.kind == schema::AuthorityKind::State) {
            let id = stored.entity.id().to_string();
            all.extend(StoredRecord::from_stored(stored).map(|held| (id, held)));
        }
    };
    visit_each(&library.store, &stored, &mut add).await.map_err(|why| internal_error(&why))?;
    let available = if filter.available.is_some() { load_available(context).await? } else { Arc::default() };
    let mut found: Vec<(usize, StoredRecord<schema::Authority>)> = Vec::new();
    for held in all.into_values() {
        let it = &held.entity;
        let passes = filter.kinds.as_ref().is_none_or(|kinds| kinds.contains(&it.kind.into()))
            && filter.provinces.as_ref().is_none_or(|names| names.iter().any(|name| it.lies_in(name)))
            && filter
                .codes
                .as_ref()
                .is_none_or(|codes| codes.iter().any(|code| code.eq_ignore_ascii_case(&it.code)))
            && filter.available.is_none_or(|asked| available.contains(it.id.as_entity()) == asked);
        let likeness = match &filter.name {
            Some(typed) => likeness(typed, &it.name),
            None => Some(0),
        };
        if let (true, Some(likeness)) = (passes, likeness) {
            found.push((likeness, held));
        }
    }
    found.sort_by_cached_key(|(likeness, held)| {
        (*likeness, fold_word(&held.entity.name), held.entity.code.clone())
    });
    let found: Vec<_> = found.into_iter().map(|(_, held)| held).collect();
    make_page(&found, StoredRecord::clone, paging)
}

/// The distance of a name from the typed text: 0 is equal, 1 begins with it, 2 contains it, then 1 more for each mistake; `None`
/// when it is another name.
fn likeness(typed: &str, name: &str) -> Option<usize> {
    let (typed, name) = (fold_word(typed), fold_word(name));
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
    // The typed text may be the beginning of a name, with mistakes.
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
