//! The completeness of provinces.

use std::collections::BTreeMap;

use async_graphql::{Context, Result, SimpleObject};
use jiff::Timestamp;
use raadhuis_schema::coverage;

use super::{coverage::load_all, scalar::CoverageState};

/// The completeness (dekking) of a province.
#[derive(Clone, Debug, Default, SimpleObject)]
pub struct ProvinceCoverage {
    /// The name of the province; null for bodies that lie in none.
    name: Option<String>,
    /// The number of public bodies in the province.
    authorities: usize,
    /// The number of their sources in each state; a body that no source publishes counts as one.
    states: Vec<StateCount>,
    /// The number of entities that are held.
    held: u64,
    /// The number of missing entities that we should have.
    owed: u64,
    /// The number of entities missing for a reason that is not ours.
    excused: u64,
}

/// The number of sources in one state.
#[derive(Clone, Copy, Debug, SimpleObject)]
pub struct StateCount {
    /// The state of these sources.
    state: CoverageState,
    /// The number of sources in this state.
    count: usize,
}

/// The number of sources in each state.
type States = BTreeMap<coverage::State, usize>;

/// Lists the completeness of every province, by name.
pub async fn load_provinces(context: &Context<'_>) -> Result<Vec<ProvinceCoverage>> {
    let now = Timestamp::now();
    let mut found = BTreeMap::<Option<String>, (ProvinceCoverage, States, Vec<String>)>::new();
    for it in load_all(context).await? {
        let mut names: Vec<_> = it.authority.provinces().map(|name| Some(name.to_owned())).collect();
        if names.is_empty() {
            names.push(None);
        }
        for name in names {
            let (sum, states, codes) = found.entry(name).or_default();
            *states.entry(it.standing(now)).or_default() += 1;
            codes.push(it.authority.code.clone());
            if let Some(line) = &it.line {
                sum.held += line.count_held();
                sum.owed += line.owed;
                sum.excused += line.excused();
            }
        }
    }
    let mut provinces = Vec::with_capacity(found.len());
    for (name, (sum, states, mut codes)) in found {
        codes.dedup();
        let states =
            states.into_iter().map(|(state, count)| StateCount { state: state.into(), count }).collect();
        provinces.push(ProvinceCoverage { name, authorities: codes.len(), states, ..sum });
    }
    Ok(provinces)
}
