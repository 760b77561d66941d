//! The backend as the interface knows it: its name, what it can do, what it holds and receives.

pub mod host;
pub mod reading;

use std::collections::BTreeMap;
use std::time::Duration;

use crate::backend::StoreStats;
use crate::config::BackendConfig;
use crate::text::Shown;

use super::answer::Opened;

/// One listener of the collector or the query service.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listening {
    /// Its name on the command line: `otlp-http`.
    pub name: String,
    /// Where it listens, or why it does not.
    pub state: Result<String, String>,
}

/// What surrounds the interface, as of now. Told by the program that runs it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Surroundings {
    /// The listeners that were asked for.
    pub listening: Vec<Listening>,
    /// Whether the demo runs, so that rides can be ordered.
    pub demo: bool,
    /// Whether a demo could be started.
    pub can_demo: bool,
    /// Other backends that can be opened: name, and source.
    pub backends: Vec<(String, String)>,
    /// Those of them that are configured, by their names.
    pub configured: BTreeMap<String, BackendConfig>,
}

/// The backend that is asked, and what is known of it.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Source {
    pub opened: Opened,
    pub around: Surroundings,
    pub stats: Option<StoreStats>,
    /// When the present figures were asked for.
    pub asked: Option<Duration>,
    /// Spans received a second, between the last two figures.
    pub rate: Option<f64>,
}

impl Source {
    /// A backend of which nothing but this is known yet.
    pub fn new(opened: Opened, around: Surroundings) -> Self {
        Self {
            opened,
            around,
            ..Self::default()
        }
    }

    /// Its name, safe to show.
    pub fn name(&self) -> Shown<'static> {
        Shown::from(self.opened.name.clone())
    }

    /// How the backend is configured, if it is.
    pub fn configured(&self) -> Option<&BackendConfig> {
        self.around.configured.get(&self.opened.name)
    }

    /// What opens it again on a command line: the name of one that is configured, which brings the
    /// way in with it.
    pub fn words(&self) -> Vec<String> {
        match self.configured() {
            Some(_) => vec![self.opened.name.clone()],
            None => self.opened.words.clone(),
        }
    }

    /// Takes new figures, which were asked for at that time.
    pub fn count(&mut self, stats: Option<StoreStats>, at: Duration) {
        let before = self.stats.as_ref().map(|stats| stats.received);
        if let (Some(now), Some(before), Some(since)) = (&stats, before, self.asked) {
            let seconds = at.saturating_sub(since).as_secs_f64();
            if seconds > 0.1 {
                self.rate = Some(now.received.saturating_sub(before) as f64 / seconds);
            }
        }
        self.stats = stats;
        self.asked = Some(at);
    }

    /// How many traces would be lost with the program.
    pub fn volatile(&self) -> u64 {
        let embedded = self.opened.capabilities.live && self.opened.capabilities.clear;
        self.stats
            .as_ref()
            .filter(|_| embedded && !self.around.demo)
            .map_or(0, |stats| stats.traces)
    }
}
