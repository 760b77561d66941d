//! Finding traces: which blocks and rows come into question, and then, trace by trace in the
//! order asked for, until there are enough.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use super::generation::Entry;
use super::sieve::sift;
use super::snapshot::{Snapshot, StoredTrace};
use crate::model::{SpanId, Time, TraceId};
use crate::traceql::{Needs, Patience, Query};

/// Which traces come first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Order {
    /// By start, latest first, then by id.
    Newest,
    /// By duration, longest first, then by id.
    Slowest,
}

impl Order {
    /// What a trace is ordered by, the greatest first.
    fn turn(self, of: &Entry) -> (u64, Reverse<TraceId>) {
        let by = match self {
            Self::Newest => of.start.0,
            Self::Slowest => of.end.since(of.start).0,
        };
        (by, Reverse(of.id))
    }
}

/// A search.
#[derive(Debug, Clone, Copy)]
pub struct Search<'a> {
    /// Which spans match; a trace matches with one of them.
    pub query: &'a Query,
    /// Matching spans start between these, ends included.
    pub window: Option<(Time, Time)>,
    /// At most this many traces.
    pub limit: usize,
    /// Which of them come first.
    pub order: Order,
}

impl Search<'_> {
    pub(super) fn is_within(&self, start: Time) -> bool {
        self.window
            .is_none_or(|(from, to)| (from..=to).contains(&start))
    }
}

/// A trace that matches.
#[derive(Debug, Clone)]
pub struct Found {
    /// The trace.
    pub trace: StoredTrace,
    /// The distinct ids, sorted, of the spans that match.
    pub matched: Vec<SpanId>,
}

/// How a search ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ended {
    /// Whether it was cancelled, or its reader had enough.
    pub stopped: bool,
    /// How many traces match in all, beyond the limit too, where that is known.
    pub matching: Option<u64>,
}

/// A trace that comes into question, ordered by when its turn is.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Candidate {
    turn: (u64, Reverse<TraceId>),
    generation: usize,
    entry: u32,
}

impl Snapshot {
    /// Finds traces, best first, and hands each to `found` until that says `false`, the limit
    /// is reached, or `cancelled` says so.
    pub fn search(
        &self,
        search: Search<'_>,
        cancelled: &(dyn Fn() -> bool + Sync),
        found: &mut dyn FnMut(Found) -> bool,
    ) -> Ended {
        let stopped = Ended {
            stopped: true,
            matching: None,
        };
        let Some(sifted) = sift(self.generations(), search, cancelled) else {
            return stopped;
        };
        let mut candidates = Vec::new();
        let patience = Patience::until(cancelled);
        for (generation, sifted) in sifted.iter().enumerate() {
            let entries = sifted.entries().take_while(|_| !patience.is_over());
            candidates.extend(entries.map(|(entry, of)| Candidate {
                turn: search.order.turn(of),
                generation,
                entry,
            }));
        }
        if cancelled() {
            return stopped;
        }
        let all = (search.query.needs() == Needs::Rows).then_some(candidates.len() as u64);
        let mut turns = BinaryHeap::from(candidates);
        let mut evaluator = search.query.evaluator_with(Patience::until(cancelled));
        let mut count = 0;
        while let Some(candidate) = turns.pop() {
            if count == search.limit {
                return Ended {
                    stopped: false,
                    matching: all,
                };
            }
            let sieve = sifted.get(candidate.generation);
            let hit = sieve.and_then(|sieve| sieve.ask(candidate.entry, search, &mut evaluator));
            // Whatever was found meanwhile may be half of it.
            if cancelled() {
                return stopped;
            }
            let Some(hit) = hit else { continue };
            count += 1;
            if !found(hit) {
                return stopped;
            }
        }
        Ended {
            stopped: false,
            matching: Some(count as u64),
        }
    }
}
