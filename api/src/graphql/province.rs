//! How complete provinces are.

use std::collections::BTreeMap;

use async_graphql::{Context, Result, SimpleObject};
use jiff::Timestamp;
use raadhuis_schema::ledger;

use super::{coverage::all, scalar::CoverageState};

/// How complete a province is.
#[derive(Clone, Debug, Default, SimpleObject)]
pub struct ProvinceCoverage {
    /// Its name; null for authorities that lie in none.
    name: Option<String>,
    /// How many authorities lie in it.
    authorities: usize,
    /// How many sources of theirs stand how; an authority that nobody publishes counts as one.
    states: Vec<StateCount>,
    /// How much is held.
    held: u64,
    /// How much is missing that we should have.
    owed: u64,
    /// How much is missing for a reason that is not ours.
    excused: u64,
}

/// How many sources stand so.
#[derive(Clone, Copy, Debug, SimpleObject)]
pub struct StateCount {
    /// How they stand.
    state: CoverageState,
    /// How many.
    count: usize,
}

/// How many sources stand how.
type States = BTreeMap<ledger::State, usize>;

/// Every province, by name.
pub async fn provinces(context: &Context<'_>) -> Result<Vec<ProvinceCoverage>> {
    let now = Timestamp::now();
    let mut found = BTreeMap::<Option<String>, (ProvinceCoverage, States, Vec<String>)>::new();
    for it in all(context).await? {
        let mut names: Vec<_> = it.authority.provinces().map(|name| Some(name.to_owned())).collect();
        if names.is_empty() {
            names.push(None);
        }
        for name in names {
            let (sum, states, codes) = found.entry(name).or_default();
            *states.entry(it.standing(now)).or_default() += 1;
            codes.push(it.authority.code.clone());
            if let Some(line) = &it.line {
                sum.held += line.held();
                sum.owed += line.owed;
                sum.excused += line.excused();
            }
        }
    }
    let province = |(name, (sum, states, mut codes)): (_, (ProvinceCoverage, States, Vec<_>))| {
        codes.dedup();
        let states =
            states.into_iter().map(|(state, count)| StateCount { state: state.into(), count }).collect();
        ProvinceCoverage { name, authorities: codes.len(), states, ..sum }
    };
    Ok(found.into_iter().map(province).collect())
}
