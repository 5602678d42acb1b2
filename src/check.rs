//! `check`: the coverage of each authority, with each gap and its cause.

use std::process::ExitCode;

use jiff::Timestamp;
use raadhuis_schema::{
    Authority,
    coverage::{Facts, State, compute_coverage},
};

use crate::{command, data::Folder, print};

/// Checks every authority of the catalogue. The exit code is 1 when one of them is in trouble; an unverifiable source is
/// no trouble.
pub async fn run(check: command::CheckArgs) -> anyhow::Result<ExitCode> {
    let directory = check.catalogue.open()?.directory();
    let store = Folder::open(&check.data).await?.store;
    let is_asked =
        |authority: &Authority| check.province.as_ref().is_none_or(|asked| authority.lies_in(asked));
    if let Some(asked) = &check.province
        && !directory.entries().any(|(authority, _)| is_asked(authority))
    {
        anyhow::bail!("no province is called {asked:?}; there are {}", directory.provinces().join(", "));
    }
    let mut all_healthy = true;
    print::coverage_head(check.csv);
    for (authority, source) in directory.entries().filter(|(authority, _)| is_asked(authority)) {
        let facts = match source {
            Some(source) => store.collect_facts(&source.key).await?,
            None => Facts::default(),
        };
        let found = compute_coverage(source, &facts, Timestamp::now());
        all_healthy &= matches!(found.state, State::Healthy | State::Unverifiable | State::Discontinued);
        print::coverage(authority, source, &found, check.csv);
    }
    Ok(if all_healthy { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
