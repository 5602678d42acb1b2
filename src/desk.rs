//! `desk`: reports from readers, and messages of alerts that could not be sent.

use std::process::ExitCode;

use jiff::Timestamp;

use crate::{command, data::Folder, print};

/// The most messages in the list.
const SHOWN: u32 = 100;

/// Closes reports, retries messages, and lists both.
pub async fn run(desk: command::DeskArgs) -> anyhow::Result<ExitCode> {
    let folder = Folder::open(&desk.data).await?;
    let book = folder.open_alerts(&desk.data).await?;
    for number in &desk.close {
        if !book.close(*number, Timestamp::now()).await? {
            anyhow::bail!("no report {number} is open; `raadhuis desk` lists those that are");
        }
    }
    if desk.try_again {
        book.try_again(Timestamp::now()).await?;
    }
    print::reader_reports(&book.reports(desk.all).await?, &book.given_up(SHOWN).await?);
    Ok(ExitCode::SUCCESS)
}
