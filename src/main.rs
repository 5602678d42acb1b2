//! Raadhuis, the program: it only reads the command line and dispatches.

use std::process::ExitCode;

use clap::Parser;

mod command;
mod data;
mod demo;
mod harvest;
mod print;
mod probe;
mod serve;
mod sources;

use command::{Cli, Command};

fn main() -> ExitCode {
    // A reader of documents is this same program, started again: it needs no runtime and no log.
    if std::env::args().nth(1).as_deref() == Some(raadhuis_harvester::text::WORKER_ARGUMENT) {
        raadhuis_harvester::text::worker::run();
        return ExitCode::SUCCESS;
    }
    let cli = Cli::parse();
    print::start_log();
    match run(cli) {
        Ok(code) => code,
        Err(error) => {
            print::failure(&error);
            ExitCode::FAILURE
        }
    }
}

#[tokio::main]
async fn run(cli: Cli) -> anyhow::Result<ExitCode> {
    match cli.command {
        Command::Demo(demo) => demo::run(demo).await,
        Command::Harvest(harvest) => harvest::run(harvest).await,
        Command::Serve(serve) => serve::run(serve).await,
        Command::Sources(sources) => sources::run(&sources),
        Command::Probe(probe) => probe::run(probe).await,
    }
}
