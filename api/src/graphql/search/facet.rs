//! How many results have each value.

use std::collections::BTreeMap;

use async_graphql::{Context, Enum, Object, Result, SimpleObject};
use raadhuis_schema::EntityId;
use raadhuis_search::{Ask, Facet, Found};

use crate::Library;
use crate::graphql::loader::several;

/// By what results are counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "Facet")]
pub enum SearchFacet {
    /// What sort of thing it is.
    Kind,
    /// What sort of paper.
    Type,
    /// Whose.
    Authority,
    /// The sort of authority.
    AuthorityKind,
    /// The province of the authority.
    Province,
    /// The parties that put it forward.
    Party,
    /// What became of it.
    Outcome,
    /// The year of its meeting.
    Year,
    /// The month of its meeting.
    Month,
}

/// The counts of one facet: of what passes every filter but that of the facet itself.
#[derive(Clone, Debug)]
pub struct FacetCounts {
    facet: Facet,
    values: Vec<(String, u64)>,
}

/// A value, and how many results have it.
#[derive(Clone, Debug, SimpleObject)]
pub struct FacetValue {
    /// The value, as the filter takes it; a year as `2026`, a month as `2026-03`.
    value: String,
    /// What it is called: of an authority its name, else the value.
    label: String,
    /// How many results have it, exactly.
    count: u64,
}

/// Values that are given when nothing is said.
const DEFAULT_VALUES: i32 = 1000;

/// The counts of one facet: of what passes every filter but that of the facet itself.
#[Object]
impl FacetCounts {
    /// The facet.
    async fn facet(&self) -> SearchFacet {
        self.facet.into()
    }

    /// How many values there are.
    async fn value_count(&self) -> usize {
        self.values.len()
    }

    /// Its values: those that are filtered by first, then the most frequent; years and months in order.
    async fn values(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "How many at most; 1000 when not given.")] first: Option<i32>,
        #[graphql(desc = "Only those that begin so, as the months of a year.")] beginning: Option<String>,
    ) -> Result<Vec<FacetValue>> {
        let first = first.unwrap_or(DEFAULT_VALUES);
        let first =
            usize::try_from(first).map_err(|_| format!("first is {first}; it is none less than 0"))?;
        let beginning = beginning.unwrap_or_default();
        let wanted = self.values.iter().filter(|(word, _)| word.starts_with(&beginning));
        let shown: Vec<&(String, u64)> = wanted.take(first).collect();
        let names =
            if self.facet == Facet::Authority { names(context, &shown).await? } else { BTreeMap::new() };
        let value = |(word, count): &&(String, u64)| {
            let value = as_filtered(self.facet, word);
            FacetValue {
                label: names.get(word).cloned().unwrap_or_else(|| value.clone()),
                value,
                count: *count,
            }
        };
        Ok(shown.iter().map(value).collect())
    }
}

/// The counts of a search.
pub fn counts(ask: &Ask, found: &Found) -> Vec<FacetCounts> {
    let of = |facet: &Facet| {
        let counted = found.facets.get(facet).cloned().unwrap_or_default();
        let mut values: Vec<(String, u64)> = counted.into_iter().collect();
        if !matches!(facet, Facet::Year | Facet::Month) {
            let chosen =
                |word: &String| ask.filter.values.get(facet).is_some_and(|chosen| chosen.contains(word));
            values.sort_by(|(a, n), (b, m)| (chosen(b), m).cmp(&(chosen(a), n)).then_with(|| a.cmp(b)));
        }
        FacetCounts { facet: *facet, values }
    };
    ask.facets.iter().map(of).collect()
}

/// Members of closed sets are written as their enums are.
fn as_filtered(facet: Facet, word: &str) -> String {
    match facet {
        Facet::Kind | Facet::Type | Facet::AuthorityKind | Facet::Outcome => {
            word.to_uppercase().replace('-', "_")
        }
        _ => word.to_owned(),
    }
}

async fn names(context: &Context<'_>, counts: &[&(String, u64)]) -> Result<BTreeMap<String, String>> {
    let ids: Vec<EntityId> = counts.iter().filter_map(|(id, _)| id.parse().ok()).collect();
    let stored = several(context, &ids).await?;
    let stored = stored
        .into_iter()
        .filter_map(|stored| Some((stored.entity.id().to_string(), stored.entity.name()?.to_owned())));
    // One that is chosen may be one of which nothing is held.
    let directory = &context.data::<Library>()?.directory.authorities;
    let known = directory.iter().filter(|authority| ids.contains(authority.id.any()));
    Ok(known.map(|authority| (authority.id.to_string(), authority.name.clone())).chain(stored).collect())
}
