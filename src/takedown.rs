//! `takedown`: removing something for good.

use std::process::ExitCode;

use jiff::Timestamp;
use raadhuis_schema::Takedown;
use raadhuis_store::{Locked, TakedownList, take_down};

use crate::{command, data::Folder, print};

/// Takes one thing down: from the list that outlives backups to the index.
pub async fn run(takedown: command::Takedown) -> anyhow::Result<ExitCode> {
    let folder = Folder::open(&takedown.data.data).await?;
    let lock = Locked::take(&takedown.data.data).ok();
    let id = std::slice::from_ref(&takedown.id);
    let is_known = !folder.store.get(id).await?.is_empty() || !folder.store.tombstones(id).await?.is_empty();
    // The list comes first: what stands on it is removed at every start, also when this program dies now.
    let asked = Takedown { id: takedown.id, reason: takedown.reason, at: Timestamp::now() };
    TakedownList::of(&takedown.data.data)?.add(&asked)?;
    let changes = take_down(&folder.store, &folder.archive, &asked, lock.is_some()).await?;
    // Another program may hold the index; it follows the log itself, or the next start does.
    let is_followed = lock.is_some() && folder.follow().await.is_ok();
    print::taken_down(&asked, is_known, changes, is_followed);
    Ok(ExitCode::SUCCESS)
}
