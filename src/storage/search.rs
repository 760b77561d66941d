//! Finding traces: which blocks and rows come into question, and then, trace by trace in the
//! order asked for, until there are enough.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::sync::Arc;

use super::generation::{Entry, Generation};
use super::snapshot::{Snapshot, StoredTrace};
use crate::model::{Block, Row, SpanId, SpanRef, Time, TraceId};
use crate::traceql::{Bits, Bound, Evaluator, Facts, Needs, Query};

/// Candidates after which a search looks whether it was cancelled.
const PATIENCE: usize = 64;

/// Which traces come first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Order {
    /// By start, latest first, then by id.
    Newest,
    /// By duration, longest first, then by id.
    Slowest,
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
    fn is_within(&self, start: Time) -> bool {
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
        cancelled: &dyn Fn() -> bool,
        found: &mut dyn FnMut(Found) -> bool,
    ) -> Ended {
        let stopped = Ended {
            stopped: true,
            matching: None,
        };
        let mut sifted = Vec::with_capacity(self.generations().len());
        let mut candidates = Vec::new();
        for generation in self.generations() {
            if cancelled() {
                return stopped;
            }
            let sieve = Sifted::new(generation, search);
            sieve.collect(sifted.len(), search.order, &mut candidates);
            sifted.push(sieve);
        }
        let all = (search.query.needs() == Needs::Rows).then_some(candidates.len() as u64);
        let mut turns = BinaryHeap::from(candidates);
        let mut evaluator = search.query.evaluator();
        let (mut count, mut looked) = (0, 0usize);
        while let Some(candidate) = turns.pop() {
            if count == search.limit {
                return Ended {
                    stopped: false,
                    matching: all,
                };
            }
            looked += 1;
            if looked.is_multiple_of(PATIENCE) && cancelled() {
                return stopped;
            }
            let sieve = sifted.get(candidate.generation);
            let Some(hit) =
                sieve.and_then(|sieve| sieve.ask(candidate.entry, search, &mut evaluator))
            else {
                continue;
            };
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

/// A generation with the rows that come into question, by part.
struct Sifted<'a> {
    generation: &'a Arc<Generation>,
    parts: Vec<Option<(Bound<'a>, Bits)>>,
}

impl<'a> Sifted<'a> {
    fn new(generation: &'a Arc<Generation>, search: Search<'a>) -> Self {
        let sift = |block: &Block| {
            let bound = search.query.bind(block);
            if bound.is_hopeless() {
                return None;
            }
            let mut rows = bound.candidates(block);
            // Where the whole tree decides, another span of the trace may be the one that matches.
            if search.window.is_some() && search.query.needs() != Needs::Tree {
                let starts = block.start_column();
                rows.retain(|row| {
                    starts
                        .get(row)
                        .is_some_and(|&start| search.is_within(start))
                });
            }
            (!rows.is_empty()).then_some((bound, rows))
        };
        let mut parts: Vec<_> = generation
            .parts
            .iter()
            .map(|part| sift(&part.block))
            .collect();
        if let Some(window) = search.window
            && search.query.needs() == Needs::Tree
        {
            drop_outside(generation, window, &mut parts);
        }
        Self { generation, parts }
    }

    /// Adds the traces of the generation that come into question.
    fn collect(&self, generation: usize, order: Order, candidates: &mut Vec<Candidate>) {
        let mut marked = Bits::none(self.generation.traces.len());
        for (part, sifted) in self.generation.parts.iter().zip(&self.parts) {
            let Some((_, rows)) = sifted else { continue };
            if rows.count() == part.block.len() {
                part.block
                    .trace_ids()
                    .iter()
                    .zip(&part.entries)
                    .for_each(|(_, &entry)| marked.insert(entry as usize));
            } else {
                rows.iter()
                    .for_each(|row| marked.insert(part.entry_of(row as Row) as usize));
            }
        }
        for index in marked.iter() {
            let Some(entry) = self.generation.traces.get(index) else {
                continue;
            };
            let by = match order {
                Order::Newest => entry.start.0,
                Order::Slowest => entry.end.since(entry.start).0,
            };
            candidates.push(Candidate {
                turn: (by, Reverse(entry.id)),
                generation,
                entry: index as u32,
            });
        }
    }

    /// The trace of an entry, if it matches.
    fn ask(&self, entry: u32, search: Search<'_>, evaluator: &mut Evaluator<'_>) -> Option<Found> {
        let entry = self.generation.traces.get(entry as usize)?;
        let trace = StoredTrace::new(Arc::clone(self.generation), entry.clone());
        let mut matched: Vec<SpanId> = match search.query.needs() {
            Needs::Rows => self.candidates(&trace).map(SpanRef::span_id).collect(),
            Needs::Facts => self.accepted(&trace),
            Needs::Tree => {
                let tree = trace.tree();
                let spans = evaluator.eval(&tree)?.spans;
                let spans = spans.into_iter().map(|span| tree.span(span as usize));
                spans
                    .filter(|span| search.is_within(span.start()))
                    .map(SpanRef::span_id)
                    .collect()
            }
        };
        matched.sort_unstable();
        matched.dedup();
        (!matched.is_empty()).then_some(Found { trace, matched })
    }

    /// The spans of a trace that come into question.
    fn candidates<'t>(&'t self, trace: &'t StoredTrace) -> impl Iterator<Item = SpanRef<'t>> {
        let has = |part: usize, row: Row| matches!(self.parts.get(part), Some(Some((_, rows))) if rows.contains(row as usize));
        trace
            .places()
            .filter(move |&(part, span)| has(part, span.row()))
            .map(|(_, span)| span)
    }

    /// Those of them that match, given what is known of the whole trace.
    fn accepted(&self, trace: &StoredTrace) -> Vec<SpanId> {
        let root = trace.root();
        let facts = Facts {
            duration: trace.duration(),
            root_name: root.map_or("", SpanRef::operation),
            root_service: root.map_or("", SpanRef::service),
        };
        let accepts = |&(part, span): &(usize, SpanRef<'_>)| match self.parts.get(part) {
            Some(Some((bound, rows))) => {
                rows.contains(span.row() as usize)
                    && bound.accepts(span.block(), span.row(), &facts)
            }
            _ => false,
        };
        trace
            .places()
            .filter(accepts)
            .map(|(_, span)| span.span_id())
            .collect()
    }
}

/// Leaves out rows of traces that have no span at all in a window.
fn drop_outside(
    generation: &Generation,
    (from, to): (Time, Time),
    parts: &mut [Option<(Bound<'_>, Bits)>],
) {
    let overlaps = |entry: &Entry| entry.start <= to && entry.end >= from;
    for (part, sifted) in generation.parts.iter().zip(parts) {
        if let Some((_, rows)) = sifted {
            rows.retain(|row| {
                let entry = generation.traces.get(part.entry_of(row as Row) as usize);
                entry.is_some_and(overlaps)
            });
        }
    }
}
