//! `reports`: reports from readers, and messages of alerts that could not be sent.

use std::process::ExitCode;

use jiff::Timestamp;

use crate::{command, data::Folder, print};

/// The most messages in the list.
const SHOWN: u32 = 100;

/// Closes reports, retries messages, and lists both.
pub async fn run(arguments: command::ReportsArgs) -> anyhow::Result<ExitCode> {
    let folder = Folder::open(&arguments.data).await?;
    let alerts = folder.open_alerts(&arguments.data).await?;
    for number in &arguments.close {
        if !alerts.close_report(*number, Timestamp::now()).await? {
            anyhow::bail!("no report {number} is open; `raadhuis reports` lists those that are");
        }
    }
    if arguments.try_again {
        alerts.try_again(Timestamp::now()).await?;
    }
    print::reader_reports(&alerts.reports(arguments.all).await?, &alerts.given_up(SHOWN).await?);
    Ok(ExitCode::SUCCESS)
}
