//! `work` and `up`: harvest continuously, alone or together with the server.

use std::{collections::BTreeMap, process::ExitCode, sync::Arc};

use jiff::Timestamp;
use raadhuis_followers::FollowerGroup;
use raadhuis_harvester::{HarvestLoop, Progress, RunObserver};
use raadhuis_schema::{
    RunReport, Source, SourceState,
    coverage::{Line, State, standing},
};
use raadhuis_store::Locked;

use crate::{bar::Board, command, data::Folder, harvest, print, serve};

/// Harvests until told to stop or, with `--once`, until nothing is due; then a source that fails or is banned makes the
/// exit code 1.
pub async fn run(work: command::WorkArgs) -> anyhow::Result<ExitCode> {
    let folder = Folder::open(&work.data).await?;
    let _lock = Locked::wait_for_lock(&work.data.data)?;
    let followers = folder.followers();
    let work = prepare(work, &folder, &followers).await?;
    let board = Board::default();
    let working = async { Ok(work.run(&board).await?) };
    tokio::select! {
        // Requests under way are dropped: the next start repeats them, as after a crash.
        () = serve::stopped() => {}
        ended = harvest::follow_beside(&followers, working) => {
            ended?;
            let bad = bad_sources(&work).await?;
            print::bad_sources(&bad);
            return Ok(if bad.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE });
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// The sources that fail, or that banned us.
async fn bad_sources(work: &HarvestLoop) -> anyhow::Result<Vec<(&Source, State)>> {
    let lines: BTreeMap<String, Line> = work.harvester.store.last_lines().await?.into_iter().collect();
    let now = Timestamp::now();
    let standings =
        work.sources.iter().map(|source| (source, standing(Some(source), lines.get(&source.key), now)));
    Ok(standings.filter(|(_, state)| matches!(state, State::Failing | State::Blocked)).collect())
}

/// Serves and harvests until told to stop.
pub async fn run_up(up: command::UpArgs) -> anyhow::Result<ExitCode> {
    let folder = Folder::open(&up.work.data).await?;
    let _lock = Locked::wait_for_lock(&up.work.data.data)?;
    let data = up.work.data.clone();
    let followers = folder.followers();
    let work = prepare(up.work, &folder, &followers).await?;
    let directory = work.harvester.catalogue.directory();
    let board = Board::default();
    tokio::select! {
        served = serve::serve_folder(folder, &data, directory, &up.listen) => served,
        ended = until_stopped(&work, &board) => ended.map(|()| ExitCode::SUCCESS),
        never = followers.run() => match never {},
    }
}

/// Harvests until the program is told to stop, then waits for ever: the server decides when the program ends.
async fn until_stopped(work: &HarvestLoop, board: &Board) -> anyhow::Result<()> {
    tokio::select! {
        ended = work.run(board) => Ok(ended?),
        () = serve::stopped() => std::future::pending().await,
    }
}

impl RunObserver for Board {
    fn source_began(&self, source: &Source, progress: &Arc<Progress>) {
        self.add_bar(source, progress);
    }

    fn source_ended(&self, source: &Source, report: &RunReport) {
        self.remove_bar(source, || print::run_line(source, report));
    }
}

async fn prepare(
    work: command::WorkArgs,
    folder: &Folder,
    followers: &Arc<FollowerGroup>,
) -> anyhow::Result<HarvestLoop> {
    let catalogue = work.catalogue.open()?;
    let sources = catalogue.choose_sources(&work.sources, |source| source.state == SourceState::Active)?;
    let transport = harvest::open_transport(work.visit, folder).await?;
    let policy = work.privacy.personal_numbers;
    let harvester = harvest::build_harvester(folder, followers, Arc::new(transport), catalogue, policy)?;
    Ok(HarvestLoop { harvester: Arc::new(harvester), sources, since: work.since, once: work.once })
}
