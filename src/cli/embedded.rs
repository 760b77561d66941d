//! The embedded backend put together: a store, and the listeners that fill it and answer from it.

use std::net::SocketAddr;
use std::sync::Arc;

use tokio_util::sync::CancellationToken;

use crate::backend::{Backend, Memory};
use crate::collector::{Collector, Exports, Limits as DoorLimits};
use crate::config::{Config, Listener, NoListen, Origin};
use crate::query_service::{self, QueryService, Running};
use crate::storage::{Limits, Store};

use super::Failure;

/// A store with its listeners, running until [`Embedded::stop`].
pub struct Embedded {
    /// Where spans are kept.
    pub store: Store,
    /// The same, as everything that shows traces asks for them.
    pub backend: Arc<dyn Backend>,
    collector: Collector,
    query: Option<(SocketAddr, Result<Running, NoListen>)>,
    stop: CancellationToken,
}

impl Embedded {
    /// Opens every listener that the configuration has on. One whose port is taken is told by
    /// [`Embedded::report`]; the rest runs.
    pub async fn start(config: &Config) -> Result<Self, Failure> {
        let listeners = &config.listeners;
        listeners.check_exposure().map_err(Failure::usage)?;
        let access = listeners.access().map_err(Failure::usage)?;
        let budget = usize::try_from(config.max_memory.value).unwrap_or(usize::MAX);
        let store = Store::new(Limits::of(budget));
        let stop = CancellationToken::new();
        let receivers: Vec<_> = listeners
            .on()
            .filter(|on| on.0.is_receiver())
            .map(|on| (on.0, on.1))
            .collect();
        let intake = Arc::new(Exports::new(store.clone()));
        let limits = DoorLimits::beside(budget);
        let collector =
            Collector::start(&receivers, access.clone(), limits, intake, stop.clone()).await;
        let mut memory = Memory::new(store.clone());
        let at = listeners
            .on()
            .find(|on| on.0 == Listener::Query)
            .map(|on| on.1);
        if let Some(at) = at {
            memory = memory.served_at(format!("http://{at}"));
        }
        let backend: Arc<dyn Backend> = Arc::new(memory);
        let query = match at {
            Some(at) => {
                let service = QueryService::new(Arc::clone(&backend), access);
                Some((at, query_service::start(service, at, stop.clone()).await))
            }
            None => None,
        };
        Ok(Self {
            store,
            backend,
            collector,
            query,
            stop,
        })
    }

    /// What became of each listener, in order.
    pub fn listeners(
        &self,
    ) -> impl Iterator<Item = (Listener, SocketAddr, Result<SocketAddr, &NoListen>)> {
        let receivers = self.collector.listeners().iter().map(|opened| {
            (
                opened.listener,
                opened.asked,
                opened.state.as_ref().copied(),
            )
        });
        let query = self.query.iter().map(|(asked, state)| {
            let state = state.as_ref().map(|running| running.at);
            (Listener::Query, *asked, state)
        });
        receivers.chain(query)
    }

    /// A line for each listener: where it listens, or why it does not.
    ///
    /// # Errors
    /// One that was asked for by name does not listen, or none does.
    pub fn report(&self, config: &Config, mut say: impl FnMut(String)) -> Result<(), Failure> {
        let mut listening = false;
        for (listener, asked, state) in self.listeners() {
            let name = listener.name();
            match state {
                Ok(address) => {
                    listening = true;
                    say(format!("listening {name} {address}"));
                }
                Err(why) if config.listeners.of(listener).origin == Origin::Default => {
                    say(format!("not listening {name} {asked}: {why}"));
                }
                Err(why) => {
                    return Err(Failure::Usage(format!(
                        "not listening {name} {asked}: {why}"
                    )));
                }
            }
        }
        if listening {
            Ok(())
        } else {
            Err(Failure::usage(
                "nothing listens: every address is off or taken",
            ))
        }
    }

    /// Takes no more, and waits until what was begun is answered.
    pub async fn stop(self) {
        self.stop.cancel();
        self.collector.stopped().await;
        if let Some((_, Ok(running))) = self.query {
            running.ended().await;
        }
    }
}
