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
mod front;
mod grpc;
mod health;
mod http;
mod intake;
mod limits;
mod listener;
mod metrics;
mod refusal;
mod status;
mod wire;

use std::net::SocketAddr;
use std::sync::Arc;

use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

pub use front::Traffic;
pub use intake::{Accepted, Intake, Signal, Syntax};
pub use limits::Limits;
pub use listener::NoListen;
pub use refusal::{Code, Refusal};

use crate::config::Access;
use front::Front;

/// A receiver that the collector can open.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Receiver {
    /// OTLP over gRPC, by default on 4317.
    OtlpGrpc,
    /// OTLP over HTTP, by default on 4318.
    OtlpHttp,
}

impl Receiver {
    /// The name in flags, messages and on the screen.
    pub fn name(self) -> &'static str {
        match self {
            Self::OtlpGrpc => "otlp-grpc",
            Self::OtlpHttp => "otlp-http",
        }
    }

    /// Where it listens unless told otherwise.
    pub fn default_address(self) -> &'static str {
        match self {
            Self::OtlpGrpc => "127.0.0.1:4317",
            Self::OtlpHttp => "127.0.0.1:4318",
        }
    }
}

/// What became of a receiver that was to listen.
#[derive(Debug)]
pub struct Listener {
    /// Which.
    pub receiver: Receiver,
    /// The address asked for.
    pub asked: String,
    /// Where it listens (the port that the system chose, if 0 was asked), or why it does not.
    pub state: Result<SocketAddr, NoListen>,
}

/// The receivers, running.
pub struct Collector {
    listeners: Vec<Listener>,
    traffic: Arc<Traffic>,
    tasks: JoinSet<()>,
}

impl Collector {
    /// Opens `receivers`, each at its address, before `intake`; they run until `stop`. One that
    /// cannot listen keeps none of the others from it: see [`Collector::listeners`].
    pub async fn start(
        receivers: &[(Receiver, String)],
        access: Access,
        limits: Limits,
        intake: Arc<dyn Intake>,
        stop: CancellationToken,
    ) -> Self {
        let front = Arc::new(Front::new(access, limits, intake, stop));
        let mut tasks = JoinSet::new();
        let mut listeners = Vec::new();
        for (receiver, asked) in receivers {
            let bound = listener::bind(asked, &front).await;
            let state = bound.map(|(socket, at)| {
                tasks.spawn(listener::accept(socket, Arc::clone(&front)));
                at
            });
            listeners.push(Listener {
                receiver: *receiver,
                asked: asked.clone(),
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
    pub fn listeners(&self) -> &[Listener] {
        &self.listeners
    }

    /// Where `receiver` listens, if it does.
    pub fn address(&self, receiver: Receiver) -> Option<SocketAddr> {
        let mut of_it = self.listeners.iter().filter(|l| l.receiver == receiver);
        of_it.find_map(|listener| listener.state.as_ref().ok().copied())
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
