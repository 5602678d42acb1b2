//! `sources`: lists the sources of the catalogue, or the authorities without one.

use std::process::ExitCode;

use crate::{command, print};

pub fn run(sources: &command::SourcesArgs) -> anyhow::Result<ExitCode> {
    let catalogue = sources.catalogue.open()?;
    if sources.missing {
        print::missing(&catalogue.missing());
    } else {
        print::sources(catalogue.sources());
    }
    Ok(ExitCode::SUCCESS)
}
