//! `serve`: the reader.

use std::process::ExitCode;

use anyhow::Context;
use raadhuis_api::{Library, router};
use tokio::{
    net::TcpListener,
    signal::unix::{SignalKind, signal},
};

use crate::{command, data::Folder, print};

/// Serves a data folder.
pub async fn run(serve: command::Serve) -> anyhow::Result<ExitCode> {
    over(Folder::open(&serve.data.data).await?, &serve.listen).await
}

/// Serves an open folder until the program is told to stop.
pub async fn over(folder: Folder, listen: &command::Listen) -> anyhow::Result<ExitCode> {
    let address = (listen.bind, listen.port);
    let listener = TcpListener::bind(address).await.with_context(|| {
        format!("port {} of {} cannot be had; choose another with --port", listen.port, listen.bind)
    })?;
    print::serving(&listener)?;
    let library = Library { store: folder.store, archive: folder.archive, search: folder.search };
    raadhuis_api::serve(listener, router(library), stopped()).await?;
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
