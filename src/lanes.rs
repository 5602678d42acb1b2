//! `lanes`: lists the lanes of suppliers' hosts, and opens one after a ban.

use std::process::ExitCode;

use raadhuis_schema::LaneRecord;

use crate::{command, data::Folder, print};

/// Lists the lanes that differ from their defaults, after opening the one that is named.
pub async fn run(lanes: command::LanesArgs) -> anyhow::Result<ExitCode> {
    let store = Folder::open(&lanes.data).await?.store;
    if let Some(name) = lanes.open {
        let known = store.list_lanes().await?;
        let Some(lane) = known.into_iter().find(|lane| lane.name == name && lane.banned.is_some()) else {
            anyhow::bail!("there is no ban in a lane called {name:?}; `raadhuis lanes` lists the lanes");
        };
        store.keep_lane(&LaneRecord { banned: None, ..lane }).await?;
    }
    print::lane_states(&store.list_lanes().await?);
    Ok(ExitCode::SUCCESS)
}
