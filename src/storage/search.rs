//! Finding traces: which blocks and rows come into question, and then, trace by trace in the
//! order asked for, until there are enough.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::sync::{Mutex, PoisonError};

use super::generation::Entry;
use super::share::shared;
use super::sieve::{Sifted, sift};
use super::snapshot::{Snapshot, StoredTrace};
use crate::model::{Cancellation, SpanId, Time, TraceId};
use crate::traceql::{Evaluator, Needs, Query};

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

impl Ended {
    const STOPPED: Self = Self {
        stopped: true,
        matching: None,
    };
}

/// A trace that comes into question, ordered by when its turn is.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Candidate {
    turn: (u64, Reverse<TraceId>),
    generation: usize,
    entry: u32,
    spans: u32,
}

/// Candidates that are asked at a time, from the first to the most: mostly some of the first match.
const FIRST: usize = 16;
const MOST: usize = 1024;

impl Snapshot {
    /// Finds traces, best first, and hands each to `found` until that says `false`, the limit
    /// is reached, or `cancelled` says so.
    pub fn search(
        &self,
        search: Search<'_>,
        cancelled: &(dyn Fn() -> bool + Sync),
        found: &mut dyn FnMut(Found) -> bool,
    ) -> Ended {
        let Some(sifted) = sift(self.generations(), search, cancelled) else {
            return Ended::STOPPED;
        };
        let candidates = candidates(&sifted, search.order, &Cancellation::when(cancelled));
        if cancelled() {
            return Ended::STOPPED;
        }
        let all = (search.query.needs() == Needs::Rows).then_some(candidates.len() as u64);
        let mut turns = BinaryHeap::from(candidates);
        let asking = Asking {
            sifted: &sifted,
            search,
            cancelled,
        };
        let mut evaluators = Vec::new();
        let (mut count, mut matching, mut batch) = (0, 0, FIRST);
        while !turns.is_empty() {
            if count == search.limit {
                return Ended {
                    stopped: false,
                    matching: all,
                };
            }
            // Where rows decide, each of them matches: no more are asked than there is room for.
            let most = match all {
                Some(_) => search.limit - count,
                None => batch,
            };
            batch = (batch * 2).min(MOST);
            let next: Vec<Candidate> = (0..most.min(MOST)).map_while(|_| turns.pop()).collect();
            let hits = asking.all(&next, &mut evaluators);
            // Whatever was found meanwhile may be half of it.
            if cancelled() {
                return Ended::STOPPED;
            }
            matching += hits.len() as u64;
            for hit in hits.into_iter().take(search.limit - count) {
                count += 1;
                if !found(hit) {
                    return Ended::STOPPED;
                }
            }
        }
        Ended {
            stopped: false,
            matching: Some(matching),
        }
    }
}

/// The traces that come into question, or some of them if cancelled.
fn candidates(
    sifted: &[Sifted<'_>],
    order: Order,
    cancellation: &Cancellation<'_>,
) -> Vec<Candidate> {
    let mut candidates = Vec::new();
    for (generation, sifted) in sifted.iter().enumerate() {
        let entries = sifted.entries();
        let entries = entries.take_while(|_| !cancellation.is_cancelled());
        candidates.extend(entries.map(|(entry, of)| Candidate {
            turn: order.turn(of),
            generation,
            entry,
            spans: of.spans,
        }));
    }
    candidates
}

/// Traces that are asked one after another by a thread before it takes others.
const CHUNK: usize = 8;

/// How many rows a scan looks at while the tree of a span's trace is built.
const ROWS_A_TREE: usize = 16;

/// Asks candidates whether they match.
#[derive(Clone, Copy)]
struct Asking<'a> {
    sifted: &'a [Sifted<'a>],
    search: Search<'a>,
    cancelled: &'a (dyn Fn() -> bool + Sync),
}

impl<'a> Asking<'a> {
    /// Those that match, in their order; on several cores if it takes enough trees. What
    /// evaluators have compiled is used again.
    fn all(self, next: &[Candidate], evaluators: &mut Vec<Evaluator<'a>>) -> Vec<Found> {
        let chunks: Vec<&[Candidate]> = next.chunks(CHUNK).collect();
        let size = match self.search.query.needs() {
            Needs::Tree => next
                .iter()
                .map(|candidate| candidate.spans as usize * ROWS_A_TREE)
                .sum(),
            Needs::Rows | Needs::Facts => 0,
        };
        let idle = Mutex::new(std::mem::take(evaluators));
        let begin = || {
            let mut idle = idle.lock().unwrap_or_else(PoisonError::into_inner);
            let new = || {
                let cancellation = Cancellation::when(self.cancelled);
                self.search.query.evaluator_until(cancellation)
            };
            (idle.pop().unwrap_or_else(new), Vec::new())
        };
        let done = shared(chunks.len(), size, begin, |(evaluator, hits), at| {
            for candidate in chunks.get(at).copied().unwrap_or_default() {
                let sieve = self.sifted.get(candidate.generation);
                let sieve = sieve.filter(|_| !(self.cancelled)());
                let hit =
                    sieve.and_then(|sieve| sieve.ask(candidate.entry, self.search, evaluator));
                hits.extend(hit.map(|hit| (at, hit)));
            }
        });
        let mut all: Vec<(usize, Found)> = Vec::new();
        for (evaluator, hits) in done {
            evaluators.push(evaluator);
            all.extend(hits);
        }
        all.sort_by_key(|(at, _)| *at);
        all.into_iter().map(|(_, hit)| hit).collect()
    }
}
