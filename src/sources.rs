//! `sources`: whom we can ask, and whom nobody publishes.

use std::process::ExitCode;

use crate::{command, print};

/// Lists the sources, or the authorities without any.
pub fn run(sources: &command::Sources) -> anyhow::Result<ExitCode> {
    let catalogue = sources.catalogue.open()?;
    if sources.missing {
        print::missing(&catalogue.missing());
    } else {
        print::sources(catalogue.all());
    }
    Ok(ExitCode::SUCCESS)
}
