//! `serve`: the reader.

use std::{process::ExitCode, sync::Arc, time::Duration};

use anyhow::Context;
use raadhuis_alerts::{Mailer, mail::Sender};
use raadhuis_api::{Alerts, Library, router};
use raadhuis_harvester::{
    follow::alert::Teller,
    transport::{Guard, Hooks},
};
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
    over((Folder::open(&serve.data).await?, &serve.data), catalogue.directory(), &serve.listen).await
}

/// Serves an open folder until the program is told to stop, and tells readers what is new meanwhile.
pub async fn over(
    (folder, data): (Folder, &command::Data),
    directory: Directory,
    listen: &command::Listen,
) -> anyhow::Result<ExitCode> {
    let address = (listen.bind, listen.port);
    let listener = TcpListener::bind(address).await.with_context(|| {
        format!("port {} of {} cannot be had; choose another with --port", listen.port, listen.bind)
    })?;
    let teller = teller(&folder, data, listen, &listener).await?;
    print::serving(&listener)?;
    let alerts =
        Alerts { book: teller.book.clone(), sends_mail: teller.mailer.is_some(), apps: listen.apps.clone() };
    let Folder { store, archive, search } = folder;
    let extractor = Extractor::new(std::env::current_exe()?);
    let directory = Arc::new(directory);
    let library = Library { store, archive, search, extractor, directory, alerts: Some(alerts) };
    tokio::select! {
        served = raadhuis_api::serve(listener, router(library, listen.site()), stopped()) => served?,
        never = teller.run() => match never {},
        // A visitor who never ends a question is not waited for.
        () = async { stopped().await; tokio::time::sleep(FAREWELL).await } => {}
    }
    Ok(ExitCode::SUCCESS)
}

/// What tells readers what is new.
async fn teller(
    folder: &Folder,
    data: &command::Data,
    listen: &command::Listen,
    listener: &TcpListener,
) -> anyhow::Result<Arc<Teller>> {
    let mailer = match (&listen.mail_server, &listen.mail_from) {
        (Some(server), Some(from)) => Some(Mailer::new(server, from).map_err(anyhow::Error::msg)?),
        _ => None,
    };
    let site = listen.site();
    let own = format!("http://{}", listener.local_addr()?);
    let sender =
        Sender { address: site.address.unwrap_or(own), operator: site.operator, contact: site.contact };
    Ok(Arc::new(Teller {
        store: folder.store.clone(),
        archive: folder.archive.clone(),
        book: folder.book(data).await?,
        mailer,
        hooks: Hooks::new(Guard::new(listen.allow_webhook.iter().cloned()))?,
        sender,
    }))
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
