//! `/api/vizsla/graph`: a service graph with all that a map shows of it.

use petgraph::graph::NodeIndex;
use serde::Deserialize;

use crate::graph::service::{Call, NodeKind, Service, ServiceGraph};
use crate::model::Nanos;

use super::figures::{ToldDurations, ToldMinute, minutes};

/// The answer.
#[derive(Debug, Deserialize)]
pub(super) struct Told {
    nodes: Vec<ToldNode>,
    edges: Vec<ToldEdge>,
    pub traces: Option<u64>,
}

#[derive(Debug, Deserialize)]
struct ToldNode {
    service: String,
    #[serde(default)]
    kind: String,
    instrumented: bool,
    spans: u64,
    errors: u64,
    own_nano: Option<u64>,
}

/// Its ends are places in the list of nodes.
#[derive(Debug, Deserialize)]
struct ToldEdge {
    parent: usize,
    child: usize,
    calls: u64,
    errors: u64,
    inferred: bool,
    #[serde(default)]
    minutes: Vec<ToldMinute>,
    #[serde(default)]
    durations: ToldDurations,
}

impl Told {
    /// The graph; `None` if an edge leads nowhere or has durations that cannot be.
    pub(super) fn graph(self) -> Option<ServiceGraph> {
        let mut graph = ServiceGraph::new();
        for node in self.nodes {
            graph.add_node(Service {
                name: node.service.into(),
                kind: NodeKind::of_word(&node.kind),
                instrumented: node.instrumented,
                spans: node.spans,
                errors: node.errors,
                own: node.own_nano.map(Nanos),
            });
        }
        for edge in self.edges {
            if edge.parent.max(edge.child) >= graph.node_count() {
                return None;
            }
            let ends = [edge.parent, edge.child].map(NodeIndex::new);
            graph.add_edge(ends[0], ends[1], edge.call()?);
        }
        Some(graph)
    }
}

impl ToldEdge {
    fn call(self) -> Option<Call> {
        Some(Call {
            calls: self.calls,
            errors: self.errors,
            durations: self.durations.durations()?,
            minutes: minutes(self.minutes),
            inferred: self.inferred,
        })
    }
}
