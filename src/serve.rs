//! `serve`: serves a data folder, and delivers alerts meanwhile.

use std::{process::ExitCode, sync::Arc, time::Duration};

use anyhow::Context;
use raadhuis_alerts::{Mailer, mail::Sender};
use raadhuis_api::{Alerts, ChangeBroadcast, Library, build_router};
use raadhuis_followers::{
    AlertFollower, Follower, FollowerGroup,
    alerts::{Senders, WebhookClient},
};
use raadhuis_outbound::Guard;
use raadhuis_schema::Directory;
use raadhuis_text::Extractor;
use tokio::{
    net::TcpListener,
    signal::unix::{SignalKind, signal},
};

use crate::{command, data::Folder, print};

/// The longest wait for requests under way when the program stops.
const FAREWELL: Duration = Duration::from_secs(5);

pub async fn run(serve: command::ServeArgs) -> anyhow::Result<ExitCode> {
    let catalogue = serve.catalogue.open()?;
    serve_folder(Folder::open(&serve.data).await?, &serve.data, catalogue.directory(), &serve.listen).await
}

/// Serves an open folder until the program is told to stop, and delivers alerts meanwhile.
pub async fn serve_folder(
    folder: Folder,
    data: &command::DataArgs,
    directory: Directory,
    listen: &command::ListenArgs,
) -> anyhow::Result<ExitCode> {
    let address = (listen.bind, listen.port);
    let listener = TcpListener::bind(address).await.with_context(|| {
        format!("port {} of {} cannot be had; choose another with --port", listen.port, listen.bind)
    })?;
    let alert_store = folder.open_alerts(data).await?;
    let senders = build_senders(listen, &listener)?;
    let alerts = Alerts {
        store: alert_store.clone(),
        sends_mail: senders.mailer.is_some(),
        apps: listen.apps.clone(),
    };
    print::serving(&listener)?;
    let Folder { store, archive, search } = folder;
    let alert_follower = Arc::new(AlertFollower::new(store.clone(), archive.clone(), alert_store, senders));
    let live = ChangeBroadcast::new(store.clone(), archive.clone());
    let followers: Vec<Arc<dyn Follower>> = vec![alert_follower.clone(), Arc::new(live.clone())];
    let followers = FollowerGroup::new(store.clone(), followers);
    let extractor = Extractor::new(std::env::current_exe()?);
    let directory = Arc::new(directory);
    let library = Library { store, archive, search, extractor, directory, live, alerts: Some(alerts) };
    tokio::select! {
        served = raadhuis_api::serve(listener, build_router(library, listen.to_site()), stopped()) => served?,
        never = followers.run() => match never {},
        never = alert_follower.deliver() => match never {},
        // A request that never ends is not waited for.
        () = async { stopped().await; tokio::time::sleep(FAREWELL).await } => {}
    }
    Ok(ExitCode::SUCCESS)
}

/// The senders of alerts: mail, if it is configured, and webhooks.
fn build_senders(listen: &command::ListenArgs, listener: &TcpListener) -> anyhow::Result<Senders> {
    let mailer = match (&listen.mail_server, &listen.mail_from) {
        (Some(server), Some(from)) => Some(Mailer::new(server, from).map_err(anyhow::Error::msg)?),
        _ => None,
    };
    let site = listen.to_site();
    let own = format!("http://{}", listener.local_addr()?);
    let sender =
        Sender { address: site.address.unwrap_or(own), operator: site.operator, contact: site.contact };
    let webhooks = WebhookClient::new(Guard::new(listen.allow_webhook.iter().cloned()))?;
    Ok(Senders { mailer, webhooks, sender })
}

/// Completes when the operator presses Ctrl-C or the system sends SIGTERM.
pub async fn stopped() {
    let interrupted = tokio::signal::ctrl_c();
    let Ok(mut terminated) = signal(SignalKind::terminate()) else { return drop(interrupted.await) };
    tokio::select! {
        _ = interrupted => {}
        _ = terminated.recv() => {}
    }
}
