//! The calls of one trace as a graph: spans merged by the path that leads to them.
//!
//! Merging and thinning are those of Jaeger's trace graph (`model/trace-dag`): a span is a node by
//! the path of (service, operation, whether it has children) from the root; the two sides of a
//! remote call, and spans that add nothing, are one node. Jaeger's UI lays out the same graph.

use std::collections::HashMap;

use foldhash::fast::RandomState;
use petgraph::graph::{DiGraph, NodeIndex};

use crate::model::{Kind, Nanos, SpanRef, Trace};

/// Spans of one operation that the same path leads to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// The service.
    pub service: String,
    /// The operation.
    pub operation: String,
    /// The spans, in depth-first order.
    pub spans: Vec<usize>,
    /// How many of them failed.
    pub errors: u64,
    /// The sum of their durations.
    pub total: Nanos,
    /// The sum of their own times.
    pub own: Nanos,
}

/// How a step leads to the next.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Lead {
    /// Whether messages lead there, which nobody waits for.
    pub message: bool,
}

/// The graph of a trace; a tree for each of its topmost spans. Linear in spans.
pub fn trace_graph(trace: &Trace) -> DiGraph<Step, Lead> {
    let mut graph: DiGraph<Step, Lead> = DiGraph::new();
    let mut places: HashMap<Key, NodeIndex, RandomState> = HashMap::default();
    // The node that each span is in, or that its kept ancestor is in.
    let mut nodes: Vec<Option<NodeIndex>> = Vec::with_capacity(trace.len());
    for (span, skipped) in skipped(trace).into_iter().enumerate() {
        let above = trace.parent(span).and_then(|parent| nodes[parent]);
        if skipped {
            nodes.push(above);
            continue;
        }
        let (service, operation) = named(trace, span);
        let leaf = trace.subtree(span).len() == 1;
        let key = (above, service, operation, leaf);
        let node = *places.entry(key).or_insert_with_key(|key| {
            let node = graph.add_node(Step::new(&key.1, &key.2));
            if let Some(above) = above {
                graph.add_edge(above, node, Lead::default());
            }
            node
        });
        if let Some(step) = graph.node_weight_mut(node) {
            step.add(trace, span);
        }
        let message = trace.span(span).kind() == Kind::Consumer;
        let edge = above.and_then(|above| graph.find_edge(above, node));
        if let Some(lead) = edge.and_then(|edge| graph.edge_weight_mut(edge)) {
            lead.message |= message;
        }
        nodes.push(Some(node));
    }
    graph
}

/// What makes two spans one step: the step above, service, operation, and whether it is a leaf.
type Key = (Option<NodeIndex>, String, String, bool);

impl Step {
    fn new(service: &str, operation: &str) -> Self {
        Self {
            service: service.to_owned(),
            operation: operation.to_owned(),
            spans: Vec::new(),
            errors: 0,
            total: Nanos(0),
            own: Nanos(0),
        }
    }

    fn add(&mut self, trace: &Trace, span: usize) {
        self.spans.push(span);
        self.errors += trace.errors_in(span..span + 1) as u64;
        self.total = self.total + trace.duration_of(span);
        self.own = self.own + trace.self_time(span);
    }
}

/// Which spans have no node of their own; topmost spans always have one.
fn skipped(trace: &Trace) -> Vec<bool> {
    let mut skipped = vec![false; trace.len()];
    for span in 0..trace.len() {
        let Some(parent) = trace.parent(span) else {
            continue;
        };
        let (at, above) = (trace.span(span), trace.span(parent));
        let only = only_child(trace, span);
        let same_service = at.service() == above.service();
        let forwards =
            |child: usize| at.kind() == Kind::Client && trace.span(child).kind() == Kind::Client;
        skipped[span] = only.is_some_and(|child| {
            same_service && (forwards(child) || says_nothing(at) && at.kind() != Kind::Client)
        });
        let answers = at.kind() == Kind::Server && above.kind() == Kind::Client;
        if answers && only_child(trace, parent).is_some() && trace.parent(parent).is_some() {
            skipped[parent] = points_at(above, at.service());
        }
    }
    skipped
}

/// Service and operation by which a span is told: a call to a peer that reported nothing is the
/// peer's; a server span that is named by its method alone takes its caller's words.
fn named(trace: &Trace, span: usize) -> (String, String) {
    let at = trace.span(span);
    let own = (at.service().to_owned(), at.operation().to_owned());
    let Some(above) = trace.parent(span).map(|parent| trace.span(parent)) else {
        return own;
    };
    let leaf = trace.subtree(span).len() == 1;
    if let Some(peer) = peer(at).filter(|_| leaf && at.kind() == Kind::Client) {
        let called = above.operation();
        if called.starts_with(&peer) && called.ends_with(at.operation()) {
            return (peer, own.1);
        }
    }
    let bare = ["http.request.method", "http.method"].iter().any(|key| {
        at.attribute(key)
            .is_some_and(|method| method.to_text() == at.operation())
    });
    if bare && at.kind() == Kind::Server && points_at(above, at.service()) {
        let words = above.operation();
        let prefix = format!("{}::", at.service());
        let words = words.strip_prefix(&prefix).unwrap_or(words);
        return (own.0, format!("{} {words}", at.operation()));
    }
    own
}

/// Whether a client span says that it calls a service: by its peer, or in its name.
fn points_at(client: SpanRef<'_>, service: &str) -> bool {
    let named = |text: &str| !service.is_empty() && text.starts_with(service);
    named(client.operation()) || peer(client).is_some_and(|peer| named(&peer))
}

fn peer(span: SpanRef<'_>) -> Option<String> {
    let keys = ["service.peer.name", "peer.service"];
    let peer = keys.iter().find_map(|key| span.attribute(key))?;
    Some(peer.to_text().into_owned())
}

fn says_nothing(span: SpanRef<'_>) -> bool {
    span.attributes().is_empty()
}

fn only_child(trace: &Trace, span: usize) -> Option<usize> {
    let mut children = trace.children(span);
    children.next().filter(|_| children.next().is_none())
}

#[cfg(test)]
mod tests {
    use petgraph::visit::EdgeRef;

    use super::*;
    use crate::model::scenario;

    /// Each step as `service operation ×spans`, after its parent's.
    fn told(text: &str) -> Vec<String> {
        let graph = trace_graph(&scenario::trace(text));
        let name = |node: NodeIndex| format!("{} {}", graph[node].service, graph[node].operation);
        graph
            .node_indices()
            .map(|node| {
                let mut above = graph.edges_directed(node, petgraph::Direction::Incoming);
                let above = above.next().map(|edge| {
                    let dashed = if edge.weight().message { ".." } else { "" };
                    format!("{} >{dashed} ", name(edge.source()))
                });
                let step = format!("{} ×{}", name(node), graph[node].spans.len());
                above.unwrap_or_default() + &step
            })
            .collect()
    }

    #[test]
    fn alike_siblings_merge_and_different_callers_do_not() {
        let text = "a: r 0..100 k=1\n  b: get 0..10 k=1\n  b: get 10..20 k=1\n  c: put 20..50 k=1\n    b: get 30..40 k=1\n";
        assert_eq!(
            told(text),
            [
                "a r ×1",
                "a r > b get ×2",
                "a r > c put ×1",
                "c put > b get ×1"
            ]
        );
    }

    #[test]
    fn both_sides_of_a_call_are_one_step() {
        let text = "a: r 0..100 k=1\n  a: cart::load 10..90 client k=1\n    cart: GET 20..80 server http.method=GET\n";
        assert_eq!(told(text), ["a r ×1", "a r > cart GET load ×1"]);
        let silent = "a: r 0..100 k=1\n  a: wrap 10..90\n    c: get 20..80 k=1\n";
        assert_eq!(told(silent), ["a r ×1", "a r > c get ×1"]);
        let peer = "a: db::find 0..100 k=1\n  a: find 10..90 client peer.service=db\n";
        assert_eq!(told(peer), ["a db::find ×1", "a db::find > db find ×1"]);
    }

    #[test]
    fn messages_are_told_apart_and_times_are_summed() {
        let text = "a: send 0..10 producer\n  b: handle 5..25 consumer\n  b: handle 30..40 consumer error\n";
        assert_eq!(told(text), ["a send ×1", "a send >.. b handle ×2"]);
        let graph = trace_graph(&scenario::trace(text));
        let step = &graph[NodeIndex::new(1)];
        let millis = Nanos::from_millis;
        assert_eq!(
            (step.total, step.own, step.errors),
            (millis(30), millis(30), 1)
        );
    }
}
