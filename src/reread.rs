//! `reread`: parses the archived answers again with the current adapters.

use std::{process::ExitCode, sync::Arc};

use raadhuis_harvester::{
    Harvester, Progress,
    transport::{Answer, Replay, Request},
};
use raadhuis_schema::Source;
use raadhuis_store::Locked;

use crate::{bar::Bar, command, data::Folder, harvest, print};

/// Rereads the named sources, or all of the catalogue when none is named.
pub async fn run(reread: command::RereadArgs) -> anyhow::Result<ExitCode> {
    let catalogue = reread.catalogue.open()?;
    let sources = catalogue.choose_sources(&reread.sources, |_| true)?;
    let folder = Folder::open(&reread.data).await?;
    let _lock = Locked::wait_for_lock(&reread.data.data)?;
    // A transport without answers: rereading sends no request.
    let nobody = Replay(|_: &Request| None::<Answer>);
    let followers = folder.followers();
    let policy = reread.privacy.personal_numbers;
    let harvester = harvest::build_harvester(&folder, &followers, Arc::new(nobody), catalogue, policy)?;
    let has_trouble = harvest::follow_beside(&followers, reread_all(&harvester, &sources)).await?;
    Ok(if has_trouble { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

/// Rereads each source of which the archive holds answers, and prints its report. Returns whether there was trouble.
async fn reread_all(harvester: &Harvester, sources: &[Source]) -> anyhow::Result<bool> {
    let mut has_trouble = false;
    for source in sources {
        if harvester.store.answers(&source.key, None, 1).await?.is_empty() {
            continue;
        }
        let progress = Arc::new(Progress::default());
        let bar = Bar::for_run(source, &progress);
        let report = harvester.reread_source(source, progress).await;
        drop(bar);
        let report = report?;
        print::run_report(source, &report);
        has_trouble |= report.has_trouble();
    }
    Ok(has_trouble)
}
