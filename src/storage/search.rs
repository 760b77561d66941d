//! Finding traces: which blocks and rows come into question, and then, trace by trace in the
//! order asked for, until there are enough.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::sync::Arc;

use super::generation::{Entry, Generation, NOWHERE};
use super::snapshot::{Snapshot, StoredTrace};
use crate::model::{Block, Nanos, Row, SpanId, SpanRef, Time, Trace, TraceId};

/// Candidates after which a search looks whether it was cancelled.
const PATIENCE: usize = 64;

/// Rows of a block that a question is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Rows {
    /// All of them.
    All,
    /// These, ascending.
    Some(Vec<Row>),
}

impl Rows {
    /// Those of them that start between two instants, ends included.
    fn starting_in(self, (from, to): (Time, Time), block: &Block) -> Self {
        let starts = block.start_column();
        let within = |row: Row| {
            starts
                .get(row as usize)
                .is_some_and(|start| (from..=to).contains(start))
        };
        match self {
            Self::All if starts.iter().all(|start| (from..=to).contains(start)) => Self::All,
            Self::All => Self::Some(
                (0..starts.len() as Row)
                    .filter(|&row| within(row))
                    .collect(),
            ),
            Self::Some(mut rows) => {
                rows.retain(|&row| within(row));
                Self::Some(rows)
            }
        }
    }
}

/// What is asked of traces.
pub trait Question {
    /// The rows of a block that come into question: a trace without any is left out.
    fn rows(&self, block: &Block) -> Rows;

    /// Whether [`Question::rows`] is the answer already, for it asks each span for itself.
    fn is_about_spans(&self) -> bool;

    /// The spans of a trace that match, in any order; asked only where it is not about spans.
    fn spans(&self, trace: &Trace) -> Vec<usize>;
}

/// Which traces come first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Order {
    /// By start, latest first, then by id.
    Newest,
    /// By duration, longest first, then by id.
    Slowest,
}

/// A search.
#[derive(Clone, Copy)]
pub struct Search<'a> {
    /// Which spans match; a trace matches with one of them.
    pub question: &'a dyn Question,
    /// Matching spans start between these, ends included.
    pub window: Option<(Time, Time)>,
    /// At most this many traces.
    pub limit: usize,
    /// Which of them come first.
    pub order: Order,
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

/// A generation with the rows that come into question, by part.
struct Sifted<'a> {
    generation: &'a Arc<Generation>,
    rows: Vec<Rows>,
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
            sieve.collect(sifted.len(), search, &mut candidates);
            sifted.push(sieve);
        }
        let about_spans = search.question.is_about_spans();
        let in_question = candidates.len() as u64;
        let mut turns = BinaryHeap::from(candidates);
        let (mut count, mut looked) = (0, 0usize);
        while let Some(candidate) = turns.pop() {
            if count == search.limit {
                return Ended {
                    stopped: false,
                    matching: about_spans.then_some(in_question),
                };
            }
            looked += 1;
            if looked.is_multiple_of(PATIENCE) && cancelled() {
                return stopped;
            }
            let Some(hit) = sifted
                .get(candidate.generation)
                .and_then(|s| s.ask(candidate.entry, search))
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

impl<'a> Sifted<'a> {
    fn new(generation: &'a Arc<Generation>, search: Search<'_>) -> Self {
        let rows = |block: &Block| {
            let rows = search.question.rows(block);
            match search.window {
                Some(window) => rows.starting_in(window, block),
                None => rows,
            }
        };
        Self {
            generation,
            rows: generation
                .parts
                .iter()
                .map(|part| rows(&part.block))
                .collect(),
        }
    }

    /// Adds the traces of the generation that come into question.
    fn collect(&self, generation: usize, search: Search<'_>, candidates: &mut Vec<Candidate>) {
        let mut marked = vec![false; self.generation.traces.len()];
        for (part, rows) in self.generation.parts.iter().zip(&self.rows) {
            let mut mark = |entry: u32| {
                if let Some(marked) = marked.get_mut(entry as usize) {
                    *marked = true;
                }
            };
            match rows {
                Rows::All => part
                    .entries
                    .iter()
                    .filter(|&&entry| entry != NOWHERE)
                    .for_each(|&entry| mark(entry)),
                Rows::Some(rows) => rows.iter().for_each(|&row| mark(part.entry_of(row))),
            }
        }
        let overlaps = |entry: &Entry| {
            search
                .window
                .is_none_or(|(from, to)| entry.start <= to && entry.end >= from)
        };
        let entries = self.generation.traces.iter().enumerate().zip(marked);
        for ((index, entry), marked) in entries {
            if marked && entry.spans > 0 && overlaps(entry) {
                let by = match search.order {
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
    }

    /// The trace of an entry, if it matches.
    fn ask(&self, entry: u32, search: Search<'_>) -> Option<Found> {
        let trace = StoredTrace::new(
            Arc::clone(self.generation),
            self.generation.traces.get(entry as usize)?.clone(),
        );
        let within = |start: Time| {
            search
                .window
                .is_none_or(|(from, to)| (from..=to).contains(&start))
        };
        let mut matched: Vec<SpanId> = if search.question.is_about_spans() {
            let spans = trace
                .places()
                .filter(|&(part, span)| self.has(part, span.row()));
            spans
                .map(|(_, span)| span)
                .filter(|span| within(span.start()))
                .map(SpanRef::span_id)
                .collect()
        } else {
            let tree = trace.tree();
            let spans = search
                .question
                .spans(&tree)
                .into_iter()
                .map(|span| tree.span(span));
            spans
                .filter(|span| within(span.start()))
                .map(SpanRef::span_id)
                .collect()
        };
        matched.sort_unstable();
        matched.dedup();
        (!matched.is_empty()).then_some(Found { trace, matched })
    }

    fn has(&self, part: usize, row: Row) -> bool {
        match self.rows.get(part) {
            Some(Rows::All) => true,
            Some(Rows::Some(rows)) => rows.binary_search(&row).is_ok(),
            None => false,
        }
    }
}

/// The question that every span answers: `{}`.
#[derive(Debug, Clone, Copy, Default)]
pub struct Everything;

impl Question for Everything {
    fn rows(&self, _block: &Block) -> Rows {
        Rows::All
    }

    fn is_about_spans(&self) -> bool {
        true
    }

    fn spans(&self, trace: &Trace) -> Vec<usize> {
        (0..trace.len()).collect()
    }
}

impl Found {
    /// When its first span started and how long it took: what searches order by.
    pub fn key(&self) -> (Time, Nanos) {
        (self.trace.start(), self.trace.duration())
    }
}
