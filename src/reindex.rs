//! `reindex`: the whole index anew, from store and archive.

use std::{process::ExitCode, time::Instant};

use indicatif::{ProgressBar, ProgressStyle};
use raadhuis_followers::{SearchEntryBuilder, rebuild_index};

use crate::{command, data::Folder, print};

/// Makes a new index beside the one that answers, and puts it in its place.
pub async fn run(reindex: command::Reindex) -> anyhow::Result<ExitCode> {
    let folder = Folder::open_to_reindex(&reindex.data).await?;
    let bar = ProgressBar::new(folder.store.end().await?.unsigned_abs());
    if let Ok(style) = ProgressStyle::with_template("{bar:30} {percent} % of the change log") {
        bar.set_style(style);
    }
    let begun = Instant::now();
    let draw = |seq: i64| bar.set_position(seq.unsigned_abs());
    let builder = SearchEntryBuilder::new(folder.store.clone(), folder.archive.clone());
    let count = rebuild_index(&folder.store, &builder, &folder.search, &draw).await?;
    bar.finish_and_clear();
    // What changed meanwhile, unless whoever harvests is at it.
    folder.follow().await?;
    folder.search.rest().await?;
    print::reindexed(count, begun.elapsed());
    Ok(ExitCode::SUCCESS)
}
