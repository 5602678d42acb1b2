//! `probe`: asks sources one question each, at the pace of a harvest, and prints the findings.

use std::process::ExitCode;

use raadhuis_harvester::{
    probe::{Finding, probe},
    supplier,
    transport::{Live, Pace, Robots},
};
use raadhuis_outbound::Guard;
use raadhuis_schema::{Source, SourceState};

use crate::{command, print};

pub async fn run(asked: command::ProbeArgs) -> anyhow::Result<ExitCode> {
    let catalogue = asked.catalogue.open()?;
    let sources = catalogue.chosen(&asked.sources, is_alive)?;
    let visit = asked.visit;
    let pace = Pace::new(&supplier::lanes(), visit.hurry);
    let robots = Robots::ignoring(visit.ignore_robots);
    let transport = Live::new(Guard::new(visit.allow_host), pace, robots, &visit.contact)?;
    let mut all_work = true;
    for source in &sources {
        let (finding, why) = probe(&transport, source).await;
        all_work &= finding == Finding::Works;
        print::probe_finding(source, finding, &why);
    }
    Ok(if all_work { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn is_alive(source: &Source) -> bool {
    matches!(source.state, SourceState::Active | SourceState::Unverified)
}
