//! `demo`: harvests the made-up country by replay, and serves it.

use std::{process::ExitCode, sync::Arc};

use bytes::Bytes;
use jiff::Timestamp;
use raadhuis_fixtures::{CAPTURED, CATALOGUE, Country, PERIOD, RecordedRequest};
use raadhuis_harvester::{
    Catalogue,
    transport::{Answer, ParsedBody, Replay, Request},
};
use raadhuis_schema::{Policy, Source, Verdict};
use raadhuis_store::Locked;

use crate::{command, data::Folder, harvest, serve};

pub async fn run(demo: command::DemoArgs) -> anyhow::Result<ExitCode> {
    let catalogue = Catalogue::of_text("the made-up country", CATALOGUE)?;
    let sources: Vec<Source> = catalogue.sources().cloned().collect();
    let folder = Folder::open(&demo.data).await?;
    let lock = Locked::wait_for_lock(&demo.data.data)?;
    let country = Country::default();
    let captured: Timestamp = CAPTURED.parse()?;
    let transport = Replay(move |request: &Request| {
        let recorded = country.answer(convert_request(request))?;
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
        harvest::build_harvester(&folder, &followers, Arc::new(transport), catalogue, Policy::default())?;
    let window = PERIOD.parse()?;
    let reports =
        harvest::follow_beside(&followers, harvest::harvest_all(&harvester, &sources, window)).await?;
    drop(lock);
    // The country holds broken files on purpose, so diagnostics are no failure here; an unhealthy run is.
    if reports.iter().any(|report| report.verdict != Verdict::Healthy) {
        return Ok(ExitCode::FAILURE);
    }
    if demo.exit {
        return Ok(ExitCode::SUCCESS);
    }
    let directory = harvester.catalogue.directory();
    // Drop the index writer before serving: a takedown in another process needs it.
    drop((harvester, followers, folder));
    serve::serve_folder(Folder::open(&demo.data).await?, &demo.data, directory, &demo.listen).await
}

fn convert_request(request: &Request) -> RecordedRequest<'_> {
    RecordedRequest { url: &request.url, body: request.soap.as_ref().map(|soap| soap.envelope.as_str()) }
}
