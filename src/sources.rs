//! `sources`: whom we can ask, and whom nobody publishes.

use std::process::ExitCode;

use raadhuis_harvester::Catalogue;

use crate::{command, print};

/// Lists the sources, or the authorities without any.
pub fn run(sources: &command::Sources) -> anyhow::Result<ExitCode> {
    let catalogue = Catalogue::or_built_in(sources.catalogue.as_deref())?;
    if sources.missing {
        print::missing(&catalogue.missing());
    } else {
        print::sources(catalogue.all());
    }
    Ok(ExitCode::SUCCESS)
}
