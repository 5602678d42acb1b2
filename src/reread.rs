//! `reread`: what lies in the archive, through the adapters of today.

use std::{process::ExitCode, sync::Arc};

use raadhuis_harvester::{
    Progress,
    supplier::{Answer, Request},
    transport::Replay,
};
use raadhuis_schema::RunReport;
use raadhuis_store::Locked;

use crate::{bar::Bar, command, data::Folder, harvest, print};

/// Reads the named sources again, all of the catalogue when none is named.
pub async fn run(reread: command::Reread) -> anyhow::Result<ExitCode> {
    let catalogue = reread.catalogue.open()?;
    let sources = catalogue.chosen(&reread.sources, |_| true)?;
    let folder = Folder::open(&reread.data).await?;
    let _lock = Locked::wait(&reread.data.data)?;
    // Nobody is asked anything.
    let nobody = Replay(|_: &Request| None::<Answer>);
    let store = folder.store.clone();
    let harvester =
        harvest::harvester(&folder, Arc::new(nobody), catalogue, reread.privacy.personal_numbers)?;
    let mut has_trouble = false;
    for source in &sources {
        if store.answers(&source.key, None, 1).await?.is_empty() {
            continue;
        }
        let progress = Arc::new(Progress::default());
        let bar = Bar::start(source, &progress);
        let report = harvester.reread(source, progress).await;
        drop(bar);
        let report: RunReport = report?;
        print::report(source, &report);
        has_trouble |= report.has_trouble();
    }
    Ok(if has_trouble { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}
