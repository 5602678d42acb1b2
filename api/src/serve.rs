//! Accepts connections, with limits for their number and for the time until a request has come.

use std::{future::Future, net::SocketAddr, sync::Arc, time::Duration};

use axum::{Router, body::Body, extract::ConnectInfo};
use hyper::Request;
use hyper_util::{
    rt::{TokioExecutor, TokioIo, TokioTimer},
    server::{
        conn::auto::Builder,
        graceful::{GracefulConnection, GracefulShutdown},
    },
    service::TowerToHyperService,
};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::Semaphore,
};
use tower::ServiceExt;

/// The most connections at once. Further connections wait until one is free.
const MOST: usize = 4_096;

/// The longest time that the head of a request may take, and that an idle connection stays open.
const HEAD: Duration = Duration::from_secs(30);

/// The pause after `accept` failed, for example because no file descriptor is free.
const NO_ROOM: Duration = Duration::from_millis(200);

/// Serves until `stopped` completes, then finishes the requests under way.
///
/// # Errors
/// None at present: an error of one connection does not end the others.
pub async fn serve(
    listener: TcpListener,
    router: Router,
    stopped: impl Future<Output = ()> + Send + 'static,
) -> std::io::Result<()> {
    let (open, room) = (GracefulShutdown::new(), Arc::new(Semaphore::new(MOST)));
    tokio::pin!(stopped);
    loop {
        let come = async {
            let place = Arc::clone(&room).acquire_owned().await;
            (place, listener.accept().await)
        };
        let (place, come) = tokio::select! {
            come = come => come,
            () = &mut stopped => break,
        };
        match come {
            Ok((stream, from)) => {
                let answered = open.watch(connection(stream, from, router.clone()));
                tokio::spawn(async move {
                    // A connection that breaks off is no error of the server.
                    let _ = answered.await;
                    drop(place);
                });
            }
            Err(_) => tokio::time::sleep(NO_ROOM).await,
        }
    }
    drop(listener);
    open.shutdown().await;
    Ok(())
}

/// Serves one connection; handlers find the peer in [`ConnectInfo`].
fn connection(stream: TcpStream, from: SocketAddr, router: Router) -> impl GracefulConnection {
    let service = router.map_request(move |mut request: Request<_>| {
        request.extensions_mut().insert(ConnectInfo(from));
        request.map(Body::new)
    });
    let mut builder = Builder::new(TokioExecutor::new()).http1_only();
    builder.http1().timer(TokioTimer::new()).header_read_timeout(HEAD);
    let service = TowerToHyperService::new(service);
    builder.serve_connection_with_upgrades(TokioIo::new(stream), service).into_owned()
}
