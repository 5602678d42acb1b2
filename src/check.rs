//! `check`: of each authority what is held, what is missing, and why.

use std::process::ExitCode;

use jiff::Timestamp;
use raadhuis_harvester::Catalogue;
use raadhuis_schema::{
    Authority, AuthorityKind, Owed, Source,
    ledger::{Facts, Ledger, State, ledger},
};
use raadhuis_store::{Owing, SharedStore};

use crate::{command, data::Folder, print};

/// Runs of a source that are looked at.
const RUNS: u32 = 200;

/// What is owed is read in pages of so many.
const PAGE: u32 = 1000;

/// Checks every authority of the catalogue; exit code 1 when any is not healthy.
pub async fn run(check: command::Check) -> anyhow::Result<ExitCode> {
    let catalogue = Catalogue::or_built_in(check.catalogue.as_deref())?;
    let store = Folder::open(&check.data.data).await?.store;
    let is_asked = |authority: &&Authority| {
        let province = authority.province.as_deref().unwrap_or_default();
        authority.kind != AuthorityKind::State
            && check.province.as_ref().is_none_or(|asked| asked.eq_ignore_ascii_case(province))
    };
    let mut all_healthy = true;
    print::check_head(check.csv);
    for authority in catalogue.authorities().filter(is_asked) {
        let sources: Vec<&Source> = catalogue
            .all()
            .filter(|source| source.authority.code == authority.code && !source.supplier.is_register())
            .collect();
        if sources.is_empty() && authority.dissolved.is_none() {
            all_healthy = false;
            let nothing = ledger(None, &Facts::default(), Timestamp::now());
            print::check(authority, None, &nothing, check.csv);
        }
        for source in sources {
            let found = of_source(&store, source).await?;
            all_healthy &= matches!(found.state, State::Healthy | State::Discontinued);
            print::check(authority, Some(source), &found, check.csv);
        }
    }
    Ok(if all_healthy { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

async fn of_source(store: &SharedStore, source: &Source) -> anyhow::Result<Ledger> {
    let key = &source.key;
    let facts = Facts {
        runs: store.reports(key, RUNS).await?,
        held: store.held_by_year(key).await?,
        owed: owed(store, key).await?,
        totals: store.totals(key).await?,
        unheard: store.unheard(key).await?,
        excused: store.excused(key).await?,
    };
    Ok(ledger(Some(source), &facts, Timestamp::now()))
}

/// All that a source owes.
async fn owed(store: &SharedStore, source: &str) -> anyhow::Result<Vec<Owed>> {
    let mut owing = Owing::of(source, PAGE);
    let mut all: Vec<Owed> = Vec::new();
    loop {
        let page = store.owed(&owing).await?;
        let Some(last) = page.last() else { return Ok(all) };
        owing.after = Some((last.source.clone(), last.name.clone()));
        all.extend(page);
    }
}
