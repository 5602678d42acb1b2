//! `probe`: asks sources one question each, at the pace of a harvest, and prints the findings.

use std::process::ExitCode;

use raadhuis_harvester::{
    probe::{ProbeFinding, probe_source},
    supplier,
    transport::{HttpTransport, RateLimiter, Robots},
};
use raadhuis_outbound::Guard;
use raadhuis_schema::{Source, SourceState};

use crate::{command, print};

pub async fn run(asked: command::ProbeArgs) -> anyhow::Result<ExitCode> {
    let catalogue = asked.catalogue.open()?;
    let sources = catalogue.choose_sources(&asked.sources, is_alive)?;
    let visit = asked.visit;
    let pace = RateLimiter::new(&supplier::all_lanes(), visit.hurry);
    let robots = Robots::ignoring(visit.ignore_robots);
    let transport = HttpTransport::new(Guard::new(visit.allow_host), pace, robots, &visit.contact)?;
    let mut all_work = true;
    for source in &sources {
        let (finding, why) = probe_source(&transport, source).await;
        all_work &= finding == ProbeFinding::Works;
        print::probe_finding(source, finding, &why);
    }
    Ok(if all_work { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn is_alive(source: &Source) -> bool {
    matches!(source.state, SourceState::Active | SourceState::Unverified)
}
