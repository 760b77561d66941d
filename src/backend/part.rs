//! What a backend answers.

use std::collections::BTreeMap;
use std::sync::Arc;

use petgraph::graph::NodeIndex;
use tokio::sync::mpsc;

use super::progress::Progress;
use crate::graph::service::{Call, NodeKind, Service, ServiceGraph};
use crate::model::{Nanos, ServiceCount, SpanId, Time, TraceId};

/// The parts of one search, in order.
pub type Parts = mpsc::Receiver<Part>;

/// A part of an answer to a search.
#[derive(Debug, Clone)]
pub enum Part {
    /// More rows, in no promised order before [`Part::Done`].
    Rows(Vec<TraceRow>),
    /// What the backend evaluates itself and what is evaluated here.
    Pushdown(Pushdown),
    /// How far it is.
    Progress(Progress),
    /// Something to tell beside the rows: a field that never matched for its type, a window
    /// that was assumed, input that could not be read.
    Note(String),
    /// The end of a complete answer.
    Done(SearchDone),
    /// The end of an answer that failed; rows sent before stay true.
    Failed(BackendError),
}

/// One trace in a list.
#[derive(Debug, Clone, PartialEq)]
pub struct TraceRow {
    /// The trace.
    pub trace_id: TraceId,
    /// The operation of its root.
    pub name: Arc<str>,
    /// The service of its root.
    pub service: Arc<str>,
    /// When its first span started.
    pub start: Time,
    /// From its first start to its last end.
    pub duration: Nanos,
    /// Its spans.
    pub spans: u32,
    /// Its failed spans.
    pub errors: u32,
    /// Spans and errors of each service.
    pub services: BTreeMap<Arc<str>, ServiceCount>,
    /// The distinct ids, sorted, of the spans that the query matched.
    pub matched: Vec<SpanId>,
    /// Whether spans are known to be missing: no root, or cut.
    pub incomplete: bool,
}

/// Who evaluates which part of a query.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Pushdown {
    /// What the backend was asked, in its own words; empty if it is asked for everything.
    pub pushed: Vec<String>,
    /// What is evaluated here on what it answers.
    pub local: Vec<String>,
}

/// The end of a complete search.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SearchDone {
    /// Whether every trace that matches, up to the limit, is among the rows.
    pub complete: bool,
    /// How many traces match in all, where that is known beyond the limit.
    pub matching: Option<u64>,
    /// How many traces were looked at or are held, if known.
    pub of: Option<u64>,
}

/// A service.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServiceRow {
    /// Its name.
    pub service: String,
    /// Its spans; `None` where the backend does not count.
    pub spans: Option<u64>,
    /// Its failed spans; likewise.
    pub errors: Option<u64>,
}

/// An operation of a service.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OperationRow {
    /// The service.
    pub service: String,
    /// The operation.
    pub operation: String,
    /// The kind of its spans, by name.
    pub kind: String,
    /// Its spans; `None` where the backend does not count.
    pub spans: Option<u64>,
    /// Its failed spans; likewise.
    pub errors: Option<u64>,
}

/// A service in the graph of dependencies.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Node {
    /// Its name.
    pub service: String,
    /// Its spans.
    pub spans: u64,
    /// Its failed spans.
    pub errors: u64,
    /// What it is beside a service: `db`, `cache`, `queue`, `ext`, `user`; empty if just that.
    pub kind: &'static str,
}

/// Calls from one service to another, or within one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edge {
    /// Who calls.
    pub parent: String,
    /// Who is called.
    pub child: String,
    /// How often.
    pub calls: u64,
    /// How often the called span failed.
    pub errors: u64,
    /// Percentiles of the called spans' durations; `None` where the backend does not know.
    pub p50: Option<Nanos>,
    /// As `p50`.
    pub p95: Option<Nanos>,
    /// As `p50`.
    pub p99: Option<Nanos>,
}

/// Who calls whom.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Dependencies {
    /// Services by name.
    pub nodes: Vec<Node>,
    /// Calls by parent, then child.
    pub edges: Vec<Edge>,
    /// How many traces they come from, if known.
    pub traces: Option<u64>,
}

impl Dependencies {
    /// A graph in rows, without what is only inferred.
    pub fn of_graph(graph: &ServiceGraph, traces: Option<u64>) -> Self {
        // What callers alone tell of is on the map; dependencies are calls seen from both sides.
        let seen = graph.node_weights().filter(|service| service.instrumented);
        let nodes = seen.map(|service| Node {
            service: service.name.to_string(),
            spans: service.spans,
            errors: service.errors,
            kind: service.kind.word(),
        });
        let name = |index| {
            let service = graph.node_weight(index);
            service.map_or_else(String::new, |service| service.name.to_string())
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
        Self {
            nodes: nodes.collect(),
            edges: edges.collect(),
            traces,
        }
    }

    /// The same as a graph: durations and times are not in it.
    pub fn graph(&self) -> ServiceGraph {
        let mut graph = ServiceGraph::new();
        let mut places: BTreeMap<&str, NodeIndex> = BTreeMap::new();
        for node in &self.nodes {
            let kind = NodeKind::of_word(node.kind);
            let service = Service {
                name: node.service.as_str().into(),
                kind,
                instrumented: true,
                spans: node.spans,
                errors: node.errors,
                own: None,
            };
            places.insert(&node.service, graph.add_node(service));
        }
        for edge in &self.edges {
            let ends = [&edge.parent, &edge.child].map(|name| places.get(name.as_str()).copied());
            let call = Call {
                calls: edge.calls,
                errors: edge.errors,
                ..Call::default()
            };
            if let [Some(parent), Some(child)] = ends {
                graph.add_edge(parent, child, call);
            }
        }
        graph
    }
}

/// What was received and what became of it: received = stored + duplicate + rejected +
/// evicted + sampled out, always.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct StoreStats {
    /// Spans that arrived.
    pub received: u64,
    /// Spans held.
    pub stored: u64,
    /// Spans identical to others.
    pub duplicate: u64,
    /// Spans refused, by reason.
    pub rejected: BTreeMap<String, u64>,
    /// Spans dropped again, by reason.
    pub evicted: BTreeMap<String, u64>,
    /// Spans not kept, by sampling policy.
    pub sampled_out: BTreeMap<String, u64>,
    /// Traces held.
    pub traces: u64,
    /// Those of them that are held longer than what came with them, by why.
    pub kept: BTreeMap<String, u64>,
    /// Bytes held.
    pub bytes: u64,
    /// Bytes that may be held.
    pub budget: u64,
}

/// Why a backend did not answer. The text says what happened, where, and what to do.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BackendError {
    /// The reader went away.
    #[error("cancelled")]
    Cancelled,
    /// The query is at fault.
    #[error("{0}")]
    Query(String),
    /// Input could not be read at all.
    #[error("{0}")]
    Input(String),
    /// The other system refused, failed, or could not be reached.
    #[error("{0}")]
    Remote(String),
    /// Not something this backend does.
    #[error("{0}")]
    Unsupported(&'static str),
}
