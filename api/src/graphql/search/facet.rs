//! How many results have each value.

use std::collections::BTreeMap;

use async_graphql::{Context, Enum, Result, SimpleObject};
use raadhuis_schema::EntityId;
use raadhuis_search::{Ask, Facet, Found};

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
#[derive(Clone, Debug, SimpleObject)]
pub struct FacetCounts {
    /// The facet.
    facet: SearchFacet,
    /// Its values, the most frequent first; years and months in order.
    values: Vec<FacetValue>,
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

/// The counts of a search.
pub async fn counts(context: &Context<'_>, ask: &Ask, found: &Found) -> Result<Vec<FacetCounts>> {
    let mut counts = Vec::new();
    for facet in &ask.facets {
        let of = found.facets.get(facet).cloned().unwrap_or_default();
        let names = if *facet == Facet::Authority { names(context, &of).await? } else { BTreeMap::new() };
        let mut values: Vec<FacetValue> = of
            .into_iter()
            .map(|(word, count)| {
                let label = names.get(&word).cloned();
                let value = as_filtered(*facet, word);
                FacetValue { label: label.unwrap_or_else(|| value.clone()), value, count }
            })
            .collect();
        if !matches!(facet, Facet::Year | Facet::Month) {
            values.sort_by(|a, b| b.count.cmp(&a.count).then_with(|| a.label.cmp(&b.label)));
        }
        counts.push(FacetCounts { facet: (*facet).into(), values });
    }
    Ok(counts)
}

/// Members of closed sets are written as their enums are.
fn as_filtered(facet: Facet, word: String) -> String {
    match facet {
        Facet::Kind | Facet::Type | Facet::AuthorityKind | Facet::Outcome => {
            word.to_uppercase().replace('-', "_")
        }
        _ => word,
    }
}

async fn names(context: &Context<'_>, counts: &BTreeMap<String, u64>) -> Result<BTreeMap<String, String>> {
    let ids: Vec<EntityId> = counts.keys().filter_map(|id| id.parse().ok()).collect();
    let stored = several(context, &ids).await?;
    Ok(stored
        .into_iter()
        .filter_map(|stored| Some((stored.entity.id().to_string(), stored.entity.name()?.to_owned())))
        .collect())
}
