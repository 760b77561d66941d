//! Sockets that HTTP is served on, versions 1 and 2: binding, connection caps, header timeouts, and
//! an orderly end.
//!
//! Whoever listens has the same door; what is answered behind it is its own business.

mod heard;
mod seats;

use std::convert::Infallible;
use std::error::Error;
use std::io;
use std::net::SocketAddr;
use std::pin::pin;

use axum::response::IntoResponse;
use hyper::body::{Body, Incoming};
use hyper::service::{Service, service_fn};
use hyper::{Request, Response};
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto;
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;
use tokio::time::{Duration, sleep};
use tokio_util::sync::CancellationToken;

use crate::config::{Access, NoListen};
use heard::Heard;
use seats::{Seated, Seats};

/// How long a connection that makes room for another has to say goodbye.
const GOODBYE: Duration = Duration::from_millis(100);

/// The limits on the clients of one socket.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Connections.
    pub connections: usize,
    /// Streams of one HTTP/2 connection.
    pub streams: u32,
    /// Bytes of a request's headers.
    pub headers: u32,
    /// From the connection to the end of its first request's headers.
    pub header_timeout: Duration,
    /// How long a connection may lie idle, or a later request's headers take.
    pub idle_timeout: Duration,
    /// How long what was begun may take to end after a stop, and a ping to be answered.
    pub grace: Duration,
}

impl Limits {
    /// Those of a door for people's browsers and terminals, and a few scripts.
    pub const PEOPLE: Self = Self {
        connections: 256,
        streams: 64,
        headers: 64 << 10,
        header_timeout: Duration::from_secs(5),
        idle_timeout: Duration::from_mins(2),
        grace: Duration::from_secs(10),
    };
}

/// Binds `address`, if `access` lets a listener stand there.
///
/// # Errors
/// Why not; nothing else is affected.
pub async fn bind(
    address: SocketAddr,
    access: &Access,
) -> Result<(TcpListener, SocketAddr), NoListen> {
    if !access.may_listen(address.ip()) {
        return Err(NoListen::Open);
    }
    let bound = TcpListener::bind(address).await;
    let listener = bound.map_err(|error| NoListen::of(error, address))?;
    let at = listener.local_addr()?;
    Ok((listener, at))
}

/// Accepts connections until `stop`, and ends when the last of them has. Each request is handed
/// to `answer`. At the cap, who comes takes the place of who has been idle longest; where nobody
/// is, new connections wait in the system's queue.
pub async fn accept<A, F, B>(
    listener: TcpListener,
    limits: Limits,
    stop: CancellationToken,
    answer: A,
) where
    A: Fn(Request<Incoming>) -> F + Clone + Send + Sync + 'static,
    F: Future<Output = Response<B>> + Send + 'static,
    B: Body<Data: Send, Error: Into<Box<dyn Error + Send + Sync>>> + Send + 'static,
{
    let seats = Seats::new(limits.connections);
    let mut connections = JoinSet::new();
    loop {
        let next = async {
            let (stream, _) = listener.accept().await?;
            Ok::<_, io::Error>((stream, seats.take().await))
        };
        tokio::select! {
            () = stop.cancelled() => break,
            next = next => match next {
                Ok((stream, seat)) => {
                    let serving = connection(stream, limits, seat, stop.clone(), answer.clone());
                    connections.spawn(serving);
                }
                // Out of file descriptors, or a client gone before it was accepted.
                Err(_) => sleep(Duration::from_millis(20)).await,
            },
        }
        while connections.try_join_next().is_some() {}
    }
    drop(listener);
    while connections.join_next().await.is_some() {}
}

/// [`accept`] with a router to answer.
pub async fn serve(
    listener: TcpListener,
    limits: Limits,
    stop: CancellationToken,
    router: axum::Router,
) {
    let router = TowerToHyperService::new(router);
    let answer = move |request| {
        let answered = router.call(request);
        async move { answered.await.into_response() }
    };
    accept(listener, limits, stop, answer).await;
}

/// Serves one connection. It ends with its client, at a stop, when no request has come within
/// the header timeout, or when its seat is another's.
async fn connection<A, F, B>(
    stream: TcpStream,
    limits: Limits,
    seat: Seated,
    stop: CancellationToken,
    answer: A,
) where
    A: Fn(Request<Incoming>) -> F,
    F: Future<Output = Response<B>> + Send + 'static,
    B: Body<Data: Send, Error: Into<Box<dyn Error + Send + Sync>>> + Send + 'static,
{
    drop(stream.set_nodelay(true));
    let service = service_fn(|request| {
        let asked = seat.ask();
        let answered = answer(request);
        async move {
            let answered = answered.await;
            drop(asked);
            Ok::<_, Infallible>(answered)
        }
    });
    let heard = Heard {
        stream,
        seat: seat.seat(),
    };
    let builder = builder(&limits);
    let mut serving = pin!(builder.serve_connection(TokioIo::new(heard), service));
    let grace = tokio::select! {
        _ = serving.as_mut() => return,
        () = silence(&seat, limits.header_timeout) => return,
        () = seat.lost() => GOODBYE,
        () = stop.cancelled() => limits.grace,
    };
    // The client learns that no more is taken; what it has begun is answered.
    serving.as_mut().graceful_shutdown();
    tokio::select! {
        _ = serving => {}
        () = sleep(grace) => {}
    }
}

/// Ends if nothing was asked within `timeout`; else never.
async fn silence(seat: &Seated, timeout: Duration) {
    sleep(timeout).await;
    if seat.has_asked() {
        std::future::pending::<()>().await;
    }
}

fn builder(limits: &Limits) -> auto::Builder<TokioExecutor> {
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
        .keep_alive_timeout(limits.grace);
    builder
}
