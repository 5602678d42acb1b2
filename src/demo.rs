//! `demo`: the made-up country, harvested by replay and served.

use std::{process::ExitCode, sync::Arc};

use bytes::Bytes;
use jiff::Timestamp;
use raadhuis_fixtures::{Ask, CAPTURED, CATALOGUE, Country, PERIOD};
use raadhuis_harvester::{
    Catalogue,
    supplier::{Answer, ParsedBody, Request},
    transport::Replay,
};
use raadhuis_schema::{Policy, Source, Verdict};
use raadhuis_store::Locked;

use crate::{command, data::Folder, harvest, serve};

/// Harvests the country and serves it.
pub async fn run(demo: command::Demo) -> anyhow::Result<ExitCode> {
    let catalogue = Catalogue::of_text("the made-up country", CATALOGUE)?;
    let sources: Vec<Source> = catalogue.all().cloned().collect();
    let folder = Folder::open(&demo.data).await?;
    let lock = Locked::wait(&demo.data.data)?;
    let country = Country::default();
    let captured: Timestamp = CAPTURED.parse()?;
    let transport = Replay(move |request: &Request| {
        let recorded = country.answer(ask(request))?;
        Some(Answer {
            status: recorded.status,
            bytes: Bytes::from(recorded.body),
            fetched: captured,
            validator: None,
            parsed: ParsedBody::default(),
        })
    });
    let followers = folder.followers();
    let harvester =
        harvest::harvester(&folder, &followers, Arc::new(transport), catalogue, Policy::default())?;
    let window = PERIOD.parse()?;
    let reports = harvest::follow_beside(&followers, harvest::all(&harvester, &sources, window)).await?;
    drop(lock);
    // The country holds broken files on purpose, so remarks are no failure here; an unhealthy run is.
    if reports.iter().any(|report| report.verdict != Verdict::Healthy) {
        return Ok(ExitCode::FAILURE);
    }
    if demo.exit {
        return Ok(ExitCode::SUCCESS);
    }
    let directory = harvester.catalogue.directory();
    // Whoever only serves holds nothing that a takedown needs: the writer of the index goes with the harvester.
    drop((harvester, followers, folder));
    serve::over((Folder::open(&demo.data).await?, &demo.data), directory, &demo.listen).await
}

/// A request as the country sees it.
fn ask(request: &Request) -> Ask<'_> {
    Ask { url: &request.url, body: request.soap.as_ref().map(|soap| soap.envelope.as_str()) }
}
