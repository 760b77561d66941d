//! Who calls whom: kept up to date beside the store, or worked out for a part of it.

use tokio_util::sync::CancellationToken;

use crate::backend::{BackendError, Dependencies, Edge, Node, Window};
use crate::graph::service::{Calls, Generations, ServiceGraph, service_graph};
use crate::storage::{NewSpans, StoredTrace, Summary};

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

/// The calls of some traces, by their trees, and how many traces they are.
pub fn of(
    traces: impl Iterator<Item = StoredTrace>,
    cancel: &CancellationToken,
) -> Result<(ServiceGraph, u64), BackendError> {
    let mut calls = Calls::new();
    let mut count = 0;
    for trace in traces {
        if cancel.is_cancelled() {
            return Err(BackendError::Cancelled);
        }
        calls.add_trace(&trace.tree());
        count += 1;
    }
    Ok((service_graph([&calls]), count))
}

/// Whether a trace lies within a window from its start to its end.
pub fn is_inside(trace: &StoredTrace, window: Window) -> bool {
    window.contains(trace.start()) && window.contains(trace.end())
}

/// The graph in the rows of an answer, without what is only inferred.
pub fn dependencies(graph: &ServiceGraph, traces: u64) -> Dependencies {
    // What callers alone tell of is on the map; dependencies are calls seen from both sides.
    let seen = graph.node_weights().filter(|service| service.instrumented);
    let nodes = seen.map(|service| Node {
        service: service.name.to_string(),
        spans: service.spans,
        errors: service.errors,
        kind: service.kind.word(),
    });
    let name = |index| {
        graph
            .node_weight(index)
            .map_or_else(String::new, |service| service.name.to_string())
    };
    let edges = graph.edge_indices().filter_map(|index| {
        let (parent, child) = graph.edge_endpoints(index)?;
        let call = graph.edge_weight(index).filter(|call| !call.inferred)?;
        Some(Edge {
            parent: name(parent),
            child: name(child),
            calls: call.calls,
            errors: call.errors,
            p50: call.durations.quantile(0.5),
            p95: call.durations.quantile(0.95),
            p99: call.durations.quantile(0.99),
        })
    });
    Dependencies {
        nodes: nodes.collect(),
        edges: edges.collect(),
        traces: Some(traces),
    }
}
