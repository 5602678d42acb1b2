//! `harvest`: harvests one or several sources over the network.

use std::{process::ExitCode, sync::Arc};

use raadhuis_followers::FollowerGroup;
use raadhuis_harvester::{
    Catalogue, Harvester, Progress, supplier,
    transport::{HttpTransport, RateLimiter, Robots, Transport},
};
use raadhuis_outbound::Guard;
use raadhuis_schema::{Policy, RunReport, Source, Window};
use raadhuis_store::Locked;
use raadhuis_text::Extractor;

use crate::{bar::Bar, command, data::Folder, print};

/// Harvests the named sources, one after another.
pub async fn run(harvest: command::HarvestArgs) -> anyhow::Result<ExitCode> {
    let window = harvest.to_window()?;
    let catalogue = harvest.catalogue.open()?;
    // Every name is looked up before the first request: a typing error must not cost half a harvest.
    let sources = catalogue.choose_sources(&harvest.sources, |_| false)?;
    let folder = Folder::open(&harvest.data).await?;
    let _lock = Locked::wait_for_lock(&harvest.data.data)?;
    let transport = open_transport(harvest.visit, &folder).await?;
    let followers = folder.followers();
    let policy = harvest.privacy.personal_numbers;
    let harvester = build_harvester(&folder, &followers, Arc::new(transport), catalogue, policy)?;
    let reports = follow_beside(&followers, harvest_all(&harvester, &sources, window)).await?;
    Ok(if reports.iter().any(RunReport::has_trouble) { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

/// A live transport whose lanes resume with the pace and bans in the store.
pub async fn open_transport(visit: command::VisitArgs, folder: &Folder) -> anyhow::Result<HttpTransport> {
    let pace = RateLimiter::remembering(&supplier::all_lanes(), visit.hurry, folder.store.clone()).await?;
    let robots = Robots::ignoring(visit.ignore_robots);
    Ok(HttpTransport::new(Guard::new(visit.allow_host), pace, robots, &visit.contact)?)
}

/// A harvester over `folder`, whose reports count what `followers` derive. It reads files in workers, which are this same
/// program.
pub fn build_harvester(
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

/// Completes `work` while the followers run, then waits until they reach the end of the change log.
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

/// Harvests each source, shows its progress and prints its report.
pub async fn harvest_all(
    harvester: &Harvester,
    sources: &[Source],
    window: Window,
) -> anyhow::Result<Vec<RunReport>> {
    let mut reports = Vec::new();
    for source in sources {
        let progress = Arc::new(Progress::default());
        let bar = Bar::for_run(source, &progress);
        let report = harvester.harvest(source, window, progress).await;
        drop(bar);
        let report = report?;
        print::run_report(source, &report);
        reports.push(report);
    }
    Ok(reports)
}
