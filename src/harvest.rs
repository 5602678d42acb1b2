//! `harvest`: the real thing, one source or several.

use std::{process::ExitCode, sync::Arc};

use raadhuis_followers::FollowerGroup;
use raadhuis_harvester::{
    Catalogue, Harvester, Progress, supplier,
    transport::{Live, Pace, Robots, Transport},
};
use raadhuis_outbound::Guard;
use raadhuis_schema::{Policy, RunReport, Source, Window};
use raadhuis_store::Locked;
use raadhuis_text::Extractor;

use crate::{bar::Bar, command, data::Folder, print};

/// Harvests the named sources, one after another.
pub async fn run(harvest: command::Harvest) -> anyhow::Result<ExitCode> {
    let window = harvest.window()?;
    let catalogue = harvest.catalogue.open()?;
    // Every name is looked up before anything is asked: a typing error must not cost half a harvest.
    let sources = catalogue.chosen(&harvest.sources, |_| false)?;
    let folder = Folder::open(&harvest.data).await?;
    let _lock = Locked::wait(&harvest.data.data)?;
    let transport = transport(harvest.visit, &folder).await?;
    let followers = folder.followers();
    let policy = harvest.privacy.personal_numbers;
    let harvester = harvester(&folder, &followers, Arc::new(transport), catalogue, policy)?;
    let reports = follow_beside(&followers, all(&harvester, &sources, window)).await?;
    Ok(if reports.iter().any(RunReport::has_trouble) { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

/// What speaks to suppliers, with what their lanes learned before.
pub async fn transport(visit: command::Visit, folder: &Folder) -> anyhow::Result<Live> {
    let pace = Pace::remembering(&supplier::lanes(), visit.hurry, folder.store.clone()).await?;
    let robots = Robots::ignoring(visit.ignore_robots);
    Ok(Live::new(Guard::new(visit.allow_host), pace, robots, &visit.contact)?)
}

/// A harvester over `folder`, whose reports count what `followers` derive. Files are read by this same program, started again.
pub fn harvester(
    folder: &Folder,
    followers: &Arc<FollowerGroup>,
    transport: Arc<dyn Transport>,
    catalogue: Catalogue,
    policy: Policy,
) -> anyhow::Result<Harvester> {
    let extractor = Extractor::new(std::env::current_exe()?);
    let (store, archive) = (folder.store.clone(), folder.archive.clone());
    let mut harvester = Harvester::new(store, archive, transport, catalogue, extractor);
    harvester.policy = policy;
    harvester.settle = followers.settle_hook();
    Ok(harvester)
}

/// Works while the followers are driven, then waits until they stand at the end of the change log.
pub async fn follow_beside<T>(
    followers: &FollowerGroup,
    work: impl Future<Output = anyhow::Result<T>>,
) -> anyhow::Result<T> {
    let done = tokio::select! {
        done = work => done?,
        never = followers.run() => match never {},
    };
    followers.catch_up().await?;
    Ok(done)
}

/// Harvests each source, drawing its progress and printing its report.
pub async fn all(
    harvester: &Harvester,
    sources: &[Source],
    window: Window,
) -> anyhow::Result<Vec<RunReport>> {
    let mut reports = Vec::new();
    for source in sources {
        let progress = Arc::new(Progress::default());
        let bar = Bar::start(source, &progress);
        let report = harvester.harvest(source, window, progress).await;
        drop(bar);
        let report = report?;
        print::report(source, &report);
        reports.push(report);
    }
    Ok(reports)
}
