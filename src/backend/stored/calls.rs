//! Who calls whom: kept up to date beside the store, or worked out for a part of it.

use tokio_util::sync::CancellationToken;

use crate::backend::{BackendError, Window};
use crate::graph::service::{Calls, Generations, Join, Joined, Piece, ServiceGraph, service_graph};
use crate::model::Cancellation;
use crate::storage::{NewSpans, Snapshot, StoredTrace, Subset, Summary, shared};
use crate::traceql::Query;

/// The calls of everything that is stored, kept up to date.
#[derive(Default)]
pub struct KeptCalls(Generations);

impl Summary for KeptCalls {
    fn on_commit(&mut self, new: NewSpans<'_>) {
        self.0.add(new.generation, new.block);
    }

    fn on_evict(&mut self, generation: u32) {
        self.0.forget(generation);
    }

    fn bytes(&self) -> usize {
        self.0.bytes()
    }
}

impl KeptCalls {
    /// Whether the figures are those that whole trees would give. Where span ids repeat, as in
    /// Zipkin's shared spans, joining by id may choose the wrong one of two.
    pub fn is_exact(&self) -> bool {
        self.0.repeated_ids() == 0
    }

    pub fn graph(&self) -> ServiceGraph {
        self.0.graph()
    }
}

/// What service graphs are made of.
#[derive(Clone, Copy)]
pub enum Asked<'q> {
    /// All traces that lie within a window.
    Traces(Option<Window>),
    /// The spans that a query finds and that start within a window, and the calls they answer.
    Spans(&'q Query, Option<Window>),
}

impl Asked<'_> {
    /// The calls of a part of what is stored, and how many traces they come from.
    pub fn of(
        self,
        snapshot: &Snapshot,
        cancel: &CancellationToken,
    ) -> Result<(ServiceGraph, Option<u64>), BackendError> {
        let stopped = || cancel.is_cancelled();
        let subset = match self {
            Self::Traces(window) => Some(snapshot.select_traces(|from, to| {
                window.is_none_or(|window| window.contains(from) && window.contains(to))
            })),
            Self::Spans(query, window) => {
                let window = window.map(|window| (window.from, window.to));
                snapshot.select_spans(query, window, &stopped)
            }
        };
        let subset = subset.ok_or(BackendError::Cancelled)?;
        let graph = joined(&subset, &stopped).ok_or(BackendError::Cancelled)?;
        match graph {
            Ok(graph) => Ok((graph, Some(subset.traces))),
            Err(Repeated) => self.of_trees(snapshot.traces(), cancel),
        }
    }

    /// The same by the trees of the traces, which tell exactly who calls whom in any case.
    fn of_trees(
        self,
        traces: impl Iterator<Item = StoredTrace>,
        cancel: &CancellationToken,
    ) -> Result<(ServiceGraph, Option<u64>), BackendError> {
        let cancelled = || cancel.is_cancelled();
        let cancellation = Cancellation::when(&cancelled);
        let mut calls = Calls::new();
        let mut count = 0;
        let mut evaluator = match self {
            Self::Traces(_) => None,
            Self::Spans(query, _) => Some(query.evaluator_until(Cancellation::when(&cancelled))),
        };
        for trace in traces {
            if cancel.is_cancelled() {
                return Err(BackendError::Cancelled);
            }
            match (self, &mut evaluator) {
                (Self::Spans(_, window), Some(evaluator)) => {
                    let tree = trace.tree_until(&cancellation);
                    let tree = tree.ok_or(BackendError::Cancelled)?;
                    let found = evaluator
                        .eval(&tree)
                        .map_or_else(Vec::new, |found| found.spans);
                    let within = |&span: &u32| {
                        let start = tree.span(span as usize).start();
                        window.is_none_or(|window| window.contains(start))
                    };
                    let found: Vec<u32> = found.into_iter().filter(within).collect();
                    calls.add_spans_of(&tree, |span| found.binary_search(&(span as u32)).is_ok());
                    count += u64::from(!found.is_empty());
                }
                (Self::Traces(window), _) if window.is_none_or(|w| is_inside(&trace, w)) => {
                    let tree = trace.tree_until(&cancellation);
                    calls.add_trace(&tree.ok_or(BackendError::Cancelled)?);
                    count += 1;
                }
                _ => {}
            }
        }
        cancellation.check().ok_or(BackendError::Cancelled)?;
        Ok((service_graph([&calls]), Some(count)))
    }
}

/// Spans of a trace share an id: only its tree tells who calls whom.
struct Repeated;

/// The calls of a subset, joined by ids on all cores; `None` if cancelled.
fn joined(
    subset: &Subset<'_>,
    stopped: &(dyn Fn() -> bool + Sync),
) -> Option<Result<ServiceGraph, Repeated>> {
    let join = Join::new(subset.blocks.iter().map(|of| Piece {
        block: of.block,
        traces: &of.traces,
        group: of.generation,
        rows: of.rows.words(),
    }));
    let spans = subset.blocks.iter().map(|of| of.block.len()).sum();
    shared(
        join.pieces(),
        spans,
        || (),
        |(), piece| {
            if !stopped() {
                join.part_piece(piece);
            }
        },
    );
    let join_part = |to: &mut Joined, part: usize| {
        if !stopped() {
            join.join_part(part, to);
        }
    };
    let joined = shared(join.parts(), spans, || join.joined(), join_part);
    (!stopped()).then(|| Join::graph(&joined).ok_or(Repeated))
}

/// Whether a trace lies within a window from its start to its end.
fn is_inside(trace: &StoredTrace, window: Window) -> bool {
    window.contains(trace.start()) && window.contains(trace.end())
}
