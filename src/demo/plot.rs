//! What goes wrong when: the true causes that analyses have to find, and what mends them.

use crate::model::{Nanos, Time};

/// How long the story is that is told before it goes on live.
pub const LENGTH: Nanos = Nanos(20 * 60 * 1_000_000_000);

/// The turns of the story: a deploy half-way, and a failing store after eight tenths.
#[derive(Debug, Clone, Copy)]
pub struct Plot {
    deploy: Time,
    failure: Time,
}

impl Plot {
    /// A story that begins at `begin` and has its turns within `length`.
    pub fn new(begin: Time, length: Nanos) -> Self {
        Self {
            deploy: begin + Nanos(length.0 / 2),
            failure: begin + Nanos(length.0 / 10 * 8),
        }
    }

    /// Whether one in four requests to driver meets version 1.4.0, which asks the store for
    /// half as many drivers again, each more slowly, and then ranks them itself.
    pub fn deployed(&self, at: Time) -> bool {
        at >= self.deploy
    }

    /// The share of the store's answers that never come.
    pub fn redis_failure(&self, at: Time) -> f64 {
        if at >= self.failure { 0.21 } else { 0.001 }
    }
}

/// What an operator may mend while the system runs, as in Jaeger's HotROD.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Fixes {
    /// How long the query for a customer takes (`--fix-db-query-delay`).
    pub query_delay: Nanos,
    /// Lets queries run side by side (`--fix-db-mutex`).
    pub no_mutex: bool,
    /// How many routes a frontend asks for at one time (`--fix-route-workers`).
    pub route_workers: usize,
}

impl Default for Fixes {
    fn default() -> Self {
        Self {
            query_delay: Nanos::from_millis(180),
            no_mutex: false,
            route_workers: 3,
        }
    }
}

/// How the story is told.
#[derive(Debug, Clone, Copy)]
pub struct Settings {
    /// What chance begins with.
    pub seed: u64,
    /// Rides in a second, on average.
    pub rate: f64,
    /// The traces after which nothing new begins.
    pub traces: Option<u64>,
    /// What an operator has mended.
    pub fixes: Fixes,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            seed: 1,
            rate: 3.0,
            traces: None,
            fixes: Fixes::default(),
        }
    }
}

impl Settings {
    /// The time over which the story has its turns: 20 minutes, or about as long as the wanted
    /// traces take.
    pub fn length(&self) -> Nanos {
        // Beside each ride, a third of a trace of billing's.
        let traces_per_second = self.rate.max(0.001) * 4.0 / 3.0;
        let wanted = self
            .traces
            .map_or(f64::MAX, |n| n as f64 / traces_per_second * 1e9);
        Nanos(wanted.min(LENGTH.0 as f64) as u64)
    }
}
