//! The program `raadhuis`: reads the command line and dispatches.

use std::{ffi::OsString, process::ExitCode};

use clap::Parser;

mod bar;
mod check;
mod command;
mod data;
mod demo;
mod harvest;
mod lanes;
mod print;
mod probe;
#[cfg(test)]
mod readme;
mod reindex;
mod reports;
mod reread;
mod review;
mod serve;
mod setup;
mod sources;
mod takedown;
mod text;
mod work;

use command::{Cli, Command};

/// The exit code when the data folder cannot be used: the disk is full, a file is read-only or damaged.
const DATA_UNUSABLE: u8 = 2;

fn main() -> ExitCode {
    // A worker that reads documents is this same program, started again: it needs no runtime and no log.
    let arguments: Vec<OsString> = std::env::args_os().skip(1).collect();
    if let [first, rest @ ..] = arguments.as_slice()
        && first == raadhuis_text::WORKER_ARGUMENT
    {
        raadhuis_text::worker::run(rest);
        return ExitCode::SUCCESS;
    }
    let cli = Cli::parse();
    print::start_log();
    data::keep_to_owner();
    match run(cli) {
        Ok(code) => code,
        Err(error) => {
            print::failure(&error);
            if data::is_lost(&error) { ExitCode::from(DATA_UNUSABLE) } else { ExitCode::FAILURE }
        }
    }
}

#[tokio::main]
async fn run(cli: Cli) -> anyhow::Result<ExitCode> {
    match cli.command {
        Command::Demo(demo) => demo::run(demo).await,
        Command::Harvest(harvest) => harvest::run(harvest).await,
        Command::Serve(serve) => serve::run(serve).await,
        Command::Work(work) => work::run(work).await,
        Command::Up(up) => work::run_up(up).await,
        Command::Check(check) => check::run(check).await,
        Command::Reports(arguments) => reports::run(arguments).await,
        Command::Lanes(lanes) => lanes::run(lanes).await,
        Command::Reread(reread) => reread::run(reread).await,
        Command::Reindex(reindex) => reindex::run(reindex).await,
        Command::Takedown(takedown) => takedown::run(takedown).await,
        Command::Review(review) => review::run(review).await,
        Command::Text(text) => text::run(text).await,
        Command::Setup(setup) => setup::run(setup),
        Command::Sources(sources) => sources::run(&sources),
        Command::Probe(probe) => probe::run(probe).await,
    }
}
