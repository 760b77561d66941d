//! What the program around the interface does for it: listeners, demo, other backends. The command
//! line composes these; the interface only asks.

use std::sync::Arc;

use futures_util::future::BoxFuture;

use crate::backend::{Archive, Backend};
use crate::model::TraceId;

use super::Surroundings;

/// An errand that may fail, with a line for the user that says what to do.
pub type Errand<'a, T> = BoxFuture<'a, Result<T, String>>;

/// The program around the interface.
pub trait Host: Send + Sync {
    /// Who listens, and what can be started. Asked anew when something was started.
    fn surroundings(&self) -> Surroundings {
        Surroundings::default()
    }

    /// Where traces are kept that outlive their backend.
    fn archive(&self) -> Option<Archive> {
        None
    }

    /// Starts the demo against the embedded backend.
    fn start_demo(&self) -> Errand<'_, ()> {
        Box::pin(async { Err("no demo here: start it with `vizsla demo`".to_owned()) })
    }

    /// Orders a ride from the demo; its trace arrives a little later.
    fn order_ride(&self) -> Errand<'_, TraceId> {
        Box::pin(async { Err("no demo runs: D starts one while the list is empty".to_owned()) })
    }

    /// Opens a backend by name, URL or path.
    fn open(&self, source: String) -> Errand<'_, Arc<dyn Backend>> {
        Box::pin(async move { Err(format!("cannot open {source} here")) })
    }
}

/// Nothing around: files on a command line, tests.
#[derive(Debug, Default)]
pub struct Alone;

impl Host for Alone {}
