//! `desk`: what readers reported, and the letters of alerts that could not leave.

use std::process::ExitCode;

use jiff::Timestamp;

use crate::{command, data::Folder, print};

/// Letters that are listed.
const SHOWN: u32 = 100;

/// Closes reports, has letters tried again, and lists what waits.
pub async fn run(desk: command::Desk) -> anyhow::Result<ExitCode> {
    let folder = Folder::open(&desk.data).await?;
    let book = folder.book(&desk.data).await?;
    for number in &desk.close {
        if !book.close(*number, Timestamp::now()).await? {
            anyhow::bail!("no report {number} is open; `raadhuis desk` lists those that are");
        }
    }
    if desk.try_again {
        book.try_again(Timestamp::now()).await?;
    }
    print::desk(&book.reports(desk.all).await?, &book.given_up(SHOWN).await?);
    Ok(ExitCode::SUCCESS)
}
