//! The embedded backend put together: a store, and the listeners that fill it and answer from it.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;

use tokio_util::sync::CancellationToken;

use crate::backend::{Archive, Backend, Memory};
use crate::collector::{Collector, Exports, Limits as DoorLimits};
use crate::config::{Access, Config, Listener, NoListen, Origin};
use crate::query_service::{self, QueryService, Running};
use crate::storage::{Limits, Store};

use super::Failure;

/// A store with its listeners, running until [`Embedded::stop`].
pub struct Embedded {
    /// The store, as everything that shows traces asks it.
    pub backend: Arc<dyn Backend>,
    collector: Collector,
    intake: Arc<Exports>,
    limits: DoorLimits,
    query: Option<(SocketAddr, Result<Running, NoListen>)>,
    stop: CancellationToken,
}

/// A door of their own for spans of this very process, on a port that the system chooses.
pub struct Door {
    /// Where it is.
    pub at: SocketAddr,
    // It stands open as long as its tasks are held.
    _collector: Collector,
}

impl Embedded {
    /// Opens every listener that the configuration has on, before a backend of that name. One whose
    /// port is taken is told by [`Embedded::report`]; the rest runs.
    pub async fn start(config: &Config, name: &str) -> Result<Self, Failure> {
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
        let collector = Collector::start(
            &receivers,
            access.clone(),
            limits,
            Arc::<Exports>::clone(&intake),
            stop.clone(),
        )
        .await;
        let mut memory = Memory::new(store).named(name);
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
                let service = QueryService::new(Arc::clone(&backend), access)
                    .with_archive(Archive::of_user());
                Some((at, query_service::start(service, at, stop.clone()).await))
            }
            None => None,
        };
        Ok(Self {
            backend,
            collector,
            intake,
            limits,
            query,
            stop,
        })
    }

    /// Opens a further door for OTLP over HTTP on loopback. A demo that sends through it feeds this
    /// store even where somebody else holds the usual port.
    ///
    /// # Errors
    /// Why it does not open.
    pub async fn door(&self, access: Access) -> Result<Door, String> {
        let nowhere = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        let receivers = [(Listener::OtlpHttp, nowhere)];
        let intake = Arc::<Exports>::clone(&self.intake);
        let collector =
            Collector::start(&receivers, access, self.limits, intake, self.stop.clone()).await;
        let state = collector.listeners().first().map(|opened| &opened.state);
        match state {
            Some(Ok(at)) => Ok(Door {
                at: *at,
                _collector: collector,
            }),
            Some(Err(why)) => Err(format!("no port for the demo: {why}")),
            None => Err("no port for the demo".to_owned()),
        }
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

    /// Whether every listener whose address was given listens. A usual address that is taken is
    /// nobody's fault.
    ///
    /// # Errors
    /// One that does not, and why.
    pub fn check(&self, config: &Config) -> Result<(), Failure> {
        for (listener, asked, state) in self.listeners() {
            let given = config.listeners.of(listener).origin != Origin::Default;
            if let Err(why) = state
                && given
            {
                let name = listener.name();
                return Err(Failure::Usage(format!(
                    "not listening {name} {asked}: {why}"
                )));
            }
        }
        Ok(())
    }

    /// The addresses that were to be listened on, if none of them could be.
    pub fn taken(&self) -> Option<Vec<SocketAddr>> {
        let asked: Vec<_> = self.listeners().collect();
        let nobody = asked.iter().all(|(.., state)| state.is_err());
        (nobody && !asked.is_empty()).then(|| asked.iter().map(|(_, at, _)| *at).collect())
    }

    /// A line for each listener: where it listens, or why it does not.
    ///
    /// # Errors
    /// One whose address was given does not listen, or none does.
    pub fn report(&self, config: &Config, mut say: impl FnMut(String)) -> Result<(), Failure> {
        self.check(config)?;
        let mut listening = false;
        for (listener, asked, state) in self.listeners() {
            let name = listener.name();
            listening |= state.is_ok();
            say(match state {
                Ok(address) => format!("listening {name} {address}"),
                Err(why) => format!("not listening {name} {asked}: {why}"),
            });
        }
        if listening {
            return Ok(());
        }
        Err(Failure::usage(
            "nothing listens: every address is off or taken",
        ))
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
