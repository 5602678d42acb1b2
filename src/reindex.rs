//! `reindex`: rebuilds the whole index from store and archive.

use std::{process::ExitCode, time::Instant};

use indicatif::{ProgressBar, ProgressStyle};
use raadhuis_followers::{SearchEntryBuilder, rebuild_index};

use crate::{command, data::Folder, print};

/// Builds a new index beside the current one, and replaces it.
pub async fn run(reindex: command::ReindexArgs) -> anyhow::Result<ExitCode> {
    let folder = Folder::open_to_reindex(&reindex.data).await?;
    let bar = ProgressBar::new(folder.store.last_change().await?.unsigned_abs());
    if let Ok(style) = ProgressStyle::with_template("{bar:30} {percent} % of the change log") {
        bar.set_style(style);
    }
    let begun = Instant::now();
    let builder = SearchEntryBuilder::new(folder.store.clone(), folder.archive.clone());
    let count =
        rebuild_index(&folder.store, &builder, &folder.search, &|seq| bar.set_position(seq.unsigned_abs()))
            .await?;
    bar.finish_and_clear();
    // Take in the changes made meanwhile, unless a harvest in another process does.
    folder.update_index().await?;
    folder.search.release_writer().await?;
    print::reindexed(count, begun.elapsed());
    Ok(ExitCode::SUCCESS)
}
