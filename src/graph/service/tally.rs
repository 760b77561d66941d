//! What is counted of a service, and of the calls between two.

use super::kind::NodeKind;
use crate::model::{Durations, Minutes, Nanos, SpanRef, Time};

/// What a service did.
#[derive(Debug, Clone, Default)]
pub(super) struct Node {
    pub spans: u64,
    pub errors: u64,
    /// Spans that are a database's own: how many, and of which kind of database.
    pub as_database: u64,
    pub database: NodeKind,
    pub is_user: bool,
    /// Own work, where whole traces were given.
    pub own: Option<Nanos>,
}

/// The calls between two names.
#[derive(Debug, Clone, Default)]
pub struct Call {
    /// How often.
    pub calls: u64,
    /// How many of the called spans failed.
    pub errors: u64,
    /// How long the called spans took; the calling ones where the peer is not instrumented.
    pub durations: Durations,
    /// Calls and errors over time.
    pub minutes: Minutes,
    /// Told by the callers' attributes only: nothing was received from the called side.
    pub inferred: bool,
}

impl Call {
    /// Adds a call, and to `heap` the bytes that takes.
    pub(super) fn add(&mut self, end: End, heap: &mut usize) {
        *heap -= self.bytes();
        self.calls += 1;
        self.errors += u64::from(end.failed);
        self.durations.add(end.duration);
        self.minutes.add(end.start, end.duration, end.failed);
        *heap += self.bytes();
    }

    /// Heap bytes of the figures.
    fn bytes(&self) -> usize {
        self.durations.bytes() + self.minutes.bytes()
    }

    /// Takes a call out, and from `heap` what bytes are freed.
    pub(super) fn remove(&mut self, end: End, heap: &mut usize) {
        *heap -= self.bytes();
        self.calls = self.calls.saturating_sub(1);
        self.errors = self.errors.saturating_sub(u64::from(end.failed));
        self.durations.remove(end.duration);
        self.minutes.remove(end.start, end.duration, end.failed);
        *heap += self.bytes();
    }

    /// Adds all calls of another.
    pub fn merge(&mut self, other: &Self) {
        self.calls += other.calls;
        self.errors += other.errors;
        self.durations.merge(&other.durations);
        self.minutes.merge(&other.minutes);
    }
}

/// What a call's figures are taken from.
#[derive(Debug, Clone, Copy)]
pub(super) struct End {
    pub start: Time,
    pub duration: Nanos,
    pub failed: bool,
}

impl End {
    pub fn of(span: SpanRef<'_>) -> Self {
        Self {
            start: span.start(),
            duration: span.duration(),
            failed: span.is_error(),
        }
    }
}
