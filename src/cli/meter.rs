//! A line on the terminal that says how far reading is.

use std::io::{IsTerminal, Write};
use std::time::{Duration, Instant};

use crate::backend::{Backend, Progress};

/// How often it is said.
const PACE: Duration = Duration::from_millis(100);
/// What is done by then needs no words.
const PATIENCE: Duration = Duration::from_millis(400);

/// The line, on standard error if that is a terminal.
pub(super) struct Meter {
    since: Instant,
    said: Option<Instant>,
    heard: bool,
}

impl Meter {
    /// A line that is not there yet. If `quiet`, it never is.
    pub(super) fn new(quiet: bool) -> Self {
        Self {
            since: Instant::now(),
            said: None,
            heard: !quiet && std::io::stderr().is_terminal(),
        }
    }

    /// Says how far reading is, if it is time.
    pub(super) fn show(&mut self, progress: Progress) {
        let waited = self.since.elapsed();
        let due = self.said.is_none_or(|said| said.elapsed() >= PACE);
        if self.heard && waited >= PATIENCE && due {
            self.said = Some(Instant::now());
            // Nobody is there to tell if the terminal is gone.
            let _gone = write!(std::io::stderr(), "\r\x1b[K{}", progress.words(waited));
        }
    }

    /// Says how far `backend` is, until nothing more is read.
    pub(super) async fn watch(&mut self, backend: &dyn Backend) {
        while let Some(progress) = backend.loading() {
            self.show(progress);
            tokio::time::sleep(PACE).await;
        }
        self.clear();
    }

    /// Takes the line away.
    pub(super) fn clear(&mut self) {
        if self.said.take().is_some() {
            let _gone = write!(std::io::stderr(), "\r\x1b[K");
        }
    }
}
