//! `serve`: the reader.

use std::{process::ExitCode, sync::Arc, time::Duration};

use anyhow::Context;
use raadhuis_api::{Library, router};
use raadhuis_schema::Directory;
use raadhuis_text::Extractor;
use tokio::{
    net::TcpListener,
    signal::unix::{SignalKind, signal},
};

use crate::{command, data::Folder, print};

/// How long a visitor whose question is under way is waited for at the end.
const FAREWELL: Duration = Duration::from_secs(5);

/// Serves a data folder.
pub async fn run(serve: command::Serve) -> anyhow::Result<ExitCode> {
    let catalogue = serve.catalogue.open()?;
    over(Folder::open(&serve.data).await?, catalogue.directory(), &serve.listen).await
}

/// Serves an open folder until the program is told to stop.
pub async fn over(
    folder: Folder,
    directory: Directory,
    listen: &command::Listen,
) -> anyhow::Result<ExitCode> {
    let address = (listen.bind, listen.port);
    let listener = TcpListener::bind(address).await.with_context(|| {
        format!("port {} of {} cannot be had; choose another with --port", listen.port, listen.bind)
    })?;
    print::serving(&listener)?;
    let Folder { store, archive, search } = folder;
    let extractor = Extractor::new(std::env::current_exe()?);
    let library = Library { store, archive, search, extractor, directory: Arc::new(directory) };
    tokio::select! {
        served = raadhuis_api::serve(listener, router(library, listen.site()), stopped()) => served?,
        // A visitor who never ends a question is not waited for.
        () = async { stopped().await; tokio::time::sleep(FAREWELL).await } => {}
    }
    Ok(ExitCode::SUCCESS)
}

/// Ends when the operator presses Ctrl-C or the system asks the program to stop.
pub async fn stopped() {
    let interrupted = tokio::signal::ctrl_c();
    let Ok(mut terminated) = signal(SignalKind::terminate()) else { return drop(interrupted.await) };
    tokio::select! {
        _ = interrupted => {}
        _ = terminated.recv() => {}
    }
}
