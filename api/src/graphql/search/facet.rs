//! Facets: the number of results for each value.

use std::collections::BTreeMap;

use async_graphql::{Context, Enum, Object, Result, SimpleObject};
use raadhuis_schema::EntityId;
use raadhuis_search::{Facet, Found, SearchRequest};

use crate::Library;
use crate::graphql::loader::load_many;

/// The property by which results are counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "Facet")]
pub enum SearchFacet {
    /// The kind of entity, such as MEETING or DOCUMENT.
    Kind,
    /// The sort of document (documentsoort).
    Type,
    /// The public body (overheid) that published the result.
    Authority,
    /// The sort of public body (soort overheid).
    AuthorityKind,
    /// The province of the public body.
    Province,
    /// The parties that put the result forward (fracties).
    Party,
    /// The result for a motion, proposal or other subject (uitslag).
    Outcome,
    /// The year of the meeting.
    Year,
    /// The month of the meeting.
    Month,
}

#[derive(Clone, Debug)]
pub struct FacetCounts {
    facet: Facet,
    values: Vec<(String, u64)>,
}

/// A value of a facet, with the number of results that have it.
#[derive(Clone, Debug, SimpleObject)]
pub struct FacetValue {
    /// The value as the filter takes it; a year as `2026`, a month as `2026-03`.
    value: String,
    /// The value for people: the name of a public body, otherwise the value itself.
    label: String,
    /// The exact number of results with this value.
    count: u64,
}

/// The number of values returned by default.
const DEFAULT_VALUES: i32 = 1000;

/// The counts of one facet: over the results that pass every filter except the facet's own.
#[Object]
impl FacetCounts {
    /// The facet that is counted.
    async fn facet(&self) -> SearchFacet {
        self.facet.into()
    }

    /// The number of values of this facet.
    async fn value_count(&self) -> usize {
        self.values.len()
    }

    /// The values: filtered ones first, then the most frequent; years and months in order of time.
    async fn values(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The maximum number of values; 1000 when not given.")] first: Option<i32>,
        #[graphql(desc = "Only values with this beginning, such as 2026 for the months of that year.")]
        beginning: Option<String>,
    ) -> Result<Vec<FacetValue>> {
        let first = first.unwrap_or(DEFAULT_VALUES);
        let first =
            usize::try_from(first).map_err(|_| format!("first is {first}; it is none less than 0"))?;
        let beginning = beginning.unwrap_or_default();
        let wanted = self.values.iter().filter(|(word, _)| word.starts_with(&beginning));
        let shown: Vec<&(String, u64)> = wanted.take(first).collect();
        let names = if self.facet == Facet::Authority {
            authority_names(context, &shown).await?
        } else {
            BTreeMap::new()
        };
        let mut values = Vec::with_capacity(shown.len());
        for (word, count) in shown {
            let value = as_filtered(self.facet, word);
            let label = names.get(word).cloned().unwrap_or_else(|| value.clone());
            values.push(FacetValue { value, label, count: *count });
        }
        Ok(values)
    }
}

/// Orders the counts of a search as `FacetCounts.values` shows them.
pub fn facet_counts(ask: &SearchRequest, found: &Found) -> Vec<FacetCounts> {
    let mut all = Vec::new();
    for facet in &ask.facets {
        let counted = found.facets.get(facet).cloned().unwrap_or_default();
        let mut values: Vec<(String, u64)> = counted.into_iter().collect();
        if !matches!(facet, Facet::Year | Facet::Month) {
            let chosen = ask.filter.values.get(facet).cloned().unwrap_or_default();
            values.sort_by(|(a, n), (b, m)| {
                let by_rank = (chosen.contains(b), m).cmp(&(chosen.contains(a), n));
                by_rank.then_with(|| a.cmp(b))
            });
        }
        all.push(FacetCounts { facet: *facet, values });
    }
    all
}

/// Writes a member of a closed set as its enum value.
fn as_filtered(facet: Facet, word: &str) -> String {
    match facet {
        Facet::Kind | Facet::Type | Facet::AuthorityKind | Facet::Outcome => {
            word.to_uppercase().replace('-', "_")
        }
        _ => word.to_owned(),
    }
}

async fn authority_names(
    context: &Context<'_>,
    counts: &[&(String, u64)],
) -> Result<BTreeMap<String, String>> {
    let ids: Vec<EntityId> = counts.iter().filter_map(|(id, _)| id.parse().ok()).collect();
    let stored = load_many(context, &ids).await?;
    let stored = stored
        .into_iter()
        .filter_map(|stored| Some((stored.entity.id().to_string(), stored.entity.name()?.to_owned())));
    // A chosen authority may have no stored entity: the directory knows its name.
    let directory = &context.data::<Library>()?.directory.authorities;
    let known = directory.iter().filter(|authority| ids.contains(authority.id.as_entity()));
    Ok(known.map(|authority| (authority.id.to_string(), authority.name.clone())).chain(stored).collect())
}
