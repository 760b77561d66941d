//! Sockets: binding, connection caps, header timeouts, and an orderly end.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::task::JoinSet;
use tokio::time::{Duration, sleep};

use super::front::Front;
use crate::config::NoListen;

/// Binds `address`, if `front` lets a listener stand there.
///
/// # Errors
/// Why not; nothing else is affected.
pub async fn bind(
    address: SocketAddr,
    front: &Front,
) -> Result<(TcpListener, SocketAddr), NoListen> {
    if !front.access.may_listen(address.ip()) {
        return Err(NoListen::Open);
    }
    let bound = TcpListener::bind(address).await;
    let listener = bound.map_err(|error| NoListen::of(error, address))?;
    let at = listener.local_addr()?;
    Ok((listener, at))
}

/// Accepts connections until the front stops, and ends when the last of them has. At the cap,
/// new ones wait in the system's queue.
pub async fn accept(listener: TcpListener, front: Arc<Front>) {
    let places = Arc::new(Semaphore::new(front.limits.connections));
    let stop = front.stop.clone();
    let mut connections = JoinSet::new();
    loop {
        let next = async {
            let place = Arc::clone(&places).acquire_owned().await;
            (place, listener.accept().await)
        };
        tokio::select! {
            () = stop.cancelled() => break,
            Some(_) = connections.join_next() => {}
            (place, accepted) = next => match (place, accepted) {
                (Ok(place), Ok((stream, _))) => {
                    connections.spawn(connection(stream, Arc::clone(&front), place));
                }
                // Out of file descriptors, or a client gone before it was accepted.
                _ => sleep(Duration::from_millis(20)).await,
            },
        }
    }
    drop(listener);
    while connections.join_next().await.is_some() {}
}

/// Serves one connection. It ends with its client, with the collector, or when no request
/// has come within the header timeout.
async fn connection(stream: TcpStream, front: Arc<Front>, _place: OwnedSemaphorePermit) {
    drop(stream.set_nodelay(true));
    let limits = front.limits;
    let stop = front.stop.clone();
    let asked = AtomicBool::new(false);
    let service = service_fn(|request| {
        asked.store(true, Ordering::Relaxed);
        let front = Arc::clone(&front);
        async move { Ok::<_, Infallible>(front.answer(request).await) }
    });
    let builder = builder(&front);
    let mut serving = pin!(builder.serve_connection(TokioIo::new(stream), service));
    let silence = watch_silence(&asked, limits.header_timeout);
    tokio::select! {
        _ = serving.as_mut() => return,
        () = silence => return,
        () = stop.cancelled() => serving.as_mut().graceful_shutdown(),
    }
    // The client learns that no more is taken; what it has begun is answered.
    tokio::select! {
        _ = serving => {}
        () = sleep(limits.body_timeout) => {}
    }
}

/// Ends if nothing was asked within `timeout`; else never.
async fn watch_silence(asked: &AtomicBool, timeout: Duration) {
    sleep(timeout).await;
    if asked.load(Ordering::Relaxed) {
        std::future::pending::<()>().await;
    }
}

fn builder(front: &Front) -> auto::Builder<TokioExecutor> {
    let limits = &front.limits;
    let mut builder = auto::Builder::new(TokioExecutor::new());
    builder
        .http1()
        .timer(TokioTimer::new())
        .header_read_timeout(limits.idle_timeout)
        .max_buf_size(limits.headers as usize)
        .http2()
        .timer(TokioTimer::new())
        .max_concurrent_streams(limits.streams)
        .max_header_list_size(limits.headers)
        // Rapid reset (CVE-2023-44487): few streams may be reset before they are looked at.
        .max_pending_accept_reset_streams(20)
        .initial_stream_window_size(1 << 20)
        .initial_connection_window_size(2 << 20)
        .keep_alive_interval(Some(limits.idle_timeout / 4))
        .keep_alive_timeout(limits.body_timeout);
    builder
}
