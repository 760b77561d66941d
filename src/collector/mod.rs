//! Where spans arrive: receivers, their limits, and what they answer.
//!
//! A [`Collector`] opens the front door: OTLP over gRPC and over HTTP, each on its own port.
//! A request passes the guard (host, origin, token), is read and unpacked within the
//! [`Limits`], and is handed to an [`Intake`], whole or not at all. What the intake answers
//! (all taken, some rejected, overloaded) is said in the client's own protocol.
//!
//! This room knows nothing of how spans are kept, and opens no file. Formats are decoded in
//! `format`; here is only what makes a request out of bytes on a socket.

mod answer;
mod body;
mod budget;
mod encoding;
mod exports;
mod front;
mod grpc;
mod health;
mod http;
mod intake;
mod limits;
mod refusal;
mod status;

use std::net::SocketAddr;
use std::sync::Arc;

use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

pub use exports::{Aside, Exports};
pub use front::Traffic;
pub use intake::{Accepted, Intake, Syntax};
pub use limits::Limits;
pub use refusal::{Code, Refusal};

use crate::config::{Access, Listener, NoListen};
use crate::socket;
use front::Front;

/// What became of a receiver that was to listen.
#[derive(Debug)]
pub struct Opened {
    /// Which.
    pub listener: Listener,
    /// The address asked for.
    pub asked: SocketAddr,
    /// Where it listens (the port that the system chose, if 0 was asked), or why it does not.
    pub state: Result<SocketAddr, NoListen>,
}

/// The receivers, running.
pub struct Collector {
    listeners: Vec<Opened>,
    traffic: Arc<Traffic>,
    tasks: JoinSet<()>,
}

impl Collector {
    /// Opens `receivers`, each at its address, before `intake`; they run until `stop`. One that
    /// cannot listen keeps none of the others from it: see [`Collector::listeners`].
    pub async fn start(
        receivers: &[(Listener, SocketAddr)],
        access: Access,
        limits: Limits,
        intake: Arc<dyn Intake>,
        stop: CancellationToken,
    ) -> Self {
        let front = Arc::new(Front::new(access, limits, intake, stop.clone()));
        let mut tasks = JoinSet::new();
        let mut listeners = Vec::new();
        for &(listener, asked) in receivers {
            let bound = socket::bind(asked, &front.access).await;
            let state = bound.map(|(listener, at)| {
                let front = Arc::clone(&front);
                let answer = move |request| {
                    let front = Arc::clone(&front);
                    async move { front.answer(request).await }
                };
                tasks.spawn(socket::accept(
                    listener,
                    limits.socket(),
                    stop.clone(),
                    answer,
                ));
                at
            });
            listeners.push(Opened {
                listener,
                asked,
                state,
            });
        }
        Self {
            listeners,
            traffic: Arc::clone(&front.traffic),
            tasks,
        }
    }

    /// What became of each receiver, in the order asked.
    pub fn listeners(&self) -> &[Opened] {
        &self.listeners
    }

    /// Where `listener` listens, if it does.
    pub fn address(&self, listener: Listener) -> Option<SocketAddr> {
        let mut of_it = self
            .listeners
            .iter()
            .filter(|opened| opened.listener == listener);
        of_it.find_map(|opened| opened.state.as_ref().ok().copied())
    }

    /// What has come in so far.
    pub fn traffic(&self) -> &Arc<Traffic> {
        &self.traffic
    }

    /// Waits until all connections have ended after a stop.
    pub async fn stopped(self) {
        self.tasks.join_all().await;
    }
}
