//! What the interface finds around itself: the embedded backend with its listeners, the demo, and
//! the other backends that can be opened.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use tokio_util::sync::CancellationToken;

use crate::backend::{Archive, Backend};
use crate::config::Config;
use crate::demo::{CUSTOMERS, Demo, Desk};
use crate::model::TraceId;
use crate::tui::{Errand, Host, Listening, Surroundings};

use super::demo::{DemoArgs, ordering};
use super::embedded::{Door, Embedded};
use super::source::{self, Manner};

/// The program around the interface.
pub struct Around {
    config: Config,
    embedded: Option<Embedded>,
    story: DemoArgs,
    demo: Mutex<Option<Running>>,
    rides: AtomicUsize,
    stop: CancellationToken,
}

/// A demo, and the door of the embedded backend that it sends through.
struct Running {
    demo: Demo,
    _door: Door,
}

impl Around {
    /// Around an embedded backend, or around none; `story` is the demo that can be started.
    pub fn new(config: Config, embedded: Option<Embedded>, story: DemoArgs) -> Self {
        Self {
            config,
            embedded,
            story,
            demo: Mutex::default(),
            rides: AtomicUsize::default(),
            stop: CancellationToken::new(),
        }
    }

    /// Starts the demo; where rides are ordered by hand, if anywhere, in words.
    ///
    /// # Errors
    /// Why it does not start.
    pub async fn start(&self) -> Result<Option<String>, String> {
        let Some(embedded) = &self.embedded else {
            return Err("nothing listens here that a demo could send to: vizsla demo".to_owned());
        };
        if self.desk().is_some() {
            return Err("the demo runs already: R orders a ride".to_owned());
        }
        let access = self.config.listeners.access();
        let access = access.map_err(|error| error.to_string())?;
        let door = embedded.door(access.clone()).await?;
        let target = format!("http://{}", door.at);
        let (demo, web) = self.story.start(target, access, &self.stop).await?;
        let running = Running { demo, _door: door };
        *self.demo.lock().unwrap_or_else(PoisonError::into_inner) = Some(running);
        Ok(web.map(ordering))
    }

    fn desk(&self) -> Option<Desk> {
        let demo = self.demo.lock().unwrap_or_else(PoisonError::into_inner);
        demo.as_ref().map(|running| running.demo.desk().clone())
    }

    /// Orders a ride, for each customer in turn.
    async fn ride(&self) -> Result<TraceId, String> {
        let Some(desk) = self.desk() else {
            return Err("no demo runs: D starts one while the list is empty".to_owned());
        };
        let next = self.rides.fetch_add(1, Ordering::Relaxed) % CUSTOMERS.len();
        let ordered = desk.order(CUSTOMERS[next], None).await;
        let ordered = ordered.ok_or_else(|| "the demo has ended".to_owned())?;
        Ok(ordered.root.trace_id)
    }

    fn read(&self, source: &str) -> Result<Arc<dyn Backend>, String> {
        if let Some(embedded) = &self.embedded
            && source == embedded.backend.name()
        {
            return Ok(Arc::clone(&embedded.backend));
        }
        let opened = source::open(&self.config, &[source.to_owned()], Manner::default());
        let opened = opened.map_err(|failure| failure.to_string())?;
        Ok(opened.backend)
    }

    fn listening(&self) -> Vec<Listening> {
        let listeners = self.embedded.iter().flat_map(Embedded::listeners);
        let each = listeners.map(|(listener, asked, state)| Listening {
            name: listener.name().to_owned(),
            state: match state {
                Ok(at) => Ok(at.to_string()),
                Err(why) => Err(format!("{asked} {why}")),
            },
        });
        each.collect()
    }

    fn backends(&self) -> Vec<(String, String)> {
        let here = self.embedded.iter().map(|embedded| {
            let name = embedded.backend.name().to_owned();
            (name.clone(), name)
        });
        let named = self.config.backends.keys();
        here.chain(named.map(|name| (name.clone(), name.clone())))
            .collect()
    }
}

impl Host for Around {
    fn surroundings(&self) -> Surroundings {
        let demo = self.desk().is_some();
        Surroundings {
            listening: self.listening(),
            demo,
            can_demo: self.embedded.is_some() && !demo,
            backends: self.backends(),
            configured: self.config.backends.clone(),
        }
    }

    fn archive(&self) -> Option<Archive> {
        Archive::of_user()
    }

    fn start_demo(&self) -> Errand<'_, ()> {
        Box::pin(async { self.start().await.map(|_| ()) })
    }

    fn order_ride(&self) -> Errand<'_, TraceId> {
        Box::pin(self.ride())
    }

    fn open(&self, source: String) -> Errand<'_, Arc<dyn Backend>> {
        Box::pin(async move { self.read(&source) })
    }
}
