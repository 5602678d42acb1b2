//! Connections: how many there may be, and how long one may take to say what it wants.

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

/// Connections at once. Who comes then waits until one is free.
const MOST: usize = 4_096;

/// The longest that the head of a request may take, and that a connection may be kept with nothing to ask.
const HEAD: Duration = Duration::from_secs(30);

/// So long nobody is let in when the system has no room for more connections.
const NO_ROOM: Duration = Duration::from_millis(200);

/// Answers until `stopped` ends, and then finishes what is under way.
///
/// # Errors
/// None at present: what fails with one visitor is no reason to leave the others.
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
                    // One that breaks off is its visitor's affair.
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

/// The conversation with one visitor.
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
