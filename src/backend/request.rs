//! What is asked of a backend.

use crate::model::Time;

/// A TraceQL query as text.
pub type Query = String;

/// From `from` to `to`, both inclusive.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Window {
    /// The earliest instant.
    pub from: Time,
    /// The latest instant.
    pub to: Time,
}

impl Window {
    /// Whether an instant lies in the window.
    pub fn contains(self, time: Time) -> bool {
        self.from <= time && time <= self.to
    }
}

/// Which traces come first, and which are left out when there are more than the limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Sort {
    /// By start, latest first, then by id.
    #[default]
    Newest,
    /// By duration, longest first, then by id.
    Slowest,
}

/// A search.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SearchRequest {
    /// Which traces: those in which it matches at least one span.
    pub query: Query,
    /// A matching span must start within it.
    pub window: Option<Window>,
    /// At most this many traces.
    pub limit: usize,
    /// Which come first.
    pub sort: Sort,
}
