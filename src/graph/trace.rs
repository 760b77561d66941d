//! The calls of one trace as a graph: spans merged by the path that leads to them.
//!
//! Merging and thinning are those of Jaeger's trace graph (`model/trace-dag`): a span is a node by
//! the path of (service, operation, whether it has children) from the root; the two sides of a
//! remote call, and spans that add nothing, are one node. Jaeger's UI lays out the same graph.

use std::borrow::Cow;
use std::cmp::Reverse;
use std::collections::HashMap;

use foldhash::fast::RandomState;
use petgraph::graph::{DiGraph, NodeIndex};

use crate::model::{Cancellation, HIDDEN, Kind, Nanos, Operations, Paths, SpanRef, Trace};

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

/// The graph of a trace, a tree for each of its topmost spans, and how many steps there are: of
/// more than `most` those with the greatest total time are left, and the edges between them.
/// Linear in spans.
pub fn trace_graph(trace: &Trace, most: usize) -> (DiGraph<Step, Lead>, usize) {
    trace_graph_until(trace, most, &Cancellation::never())
}

/// The same until cancelled.
pub fn trace_graph_until(
    trace: &Trace,
    most: usize,
    cancellation: &Cancellation<'_>,
) -> (DiGraph<Step, Lead>, usize) {
    let names = Names::new(trace, cancellation);
    if cancellation.is_cancelled() {
        return (DiGraph::new(), 0);
    }
    let distinct = 2 * names.all.len();
    let paths = Paths::until(trace, &names.labels, distinct, cancellation);
    if cancellation.is_cancelled() {
        return (DiGraph::new(), 0);
    }
    let mut graph: DiGraph<Step, Lead> = DiGraph::new();
    let mut places: HashMap<usize, NodeIndex, RandomState> = HashMap::default();
    for node in heaviest(trace, &paths, most) {
        let (service, operation) = names.of(paths.first(node));
        let step = graph.add_node(Step::new(trace, &paths, node, service, operation));
        places.insert(node, step);
        let above = paths.parent(node).and_then(|above| places.get(&above));
        if let Some(&above) = above {
            let is_message = |span| trace.span(span).kind() == Kind::Consumer;
            let message = paths.spans(node).any(is_message);
            graph.add_edge(above, step, Lead { message });
        }
    }
    (graph, paths.len())
}

/// The nodes with most total time, in their order.
fn heaviest(trace: &Trace, paths: &Paths, most: usize) -> Vec<usize> {
    if paths.len() <= most {
        return (0..paths.len()).collect();
    }
    let total = |node| paths.spans(node).map(|span| trace.duration_of(span)).sum();
    let totals: Vec<Nanos> = (0..paths.len()).map(total).collect();
    let mut nodes: Vec<u32> = (0..paths.len() as u32).collect();
    nodes.select_nth_unstable_by_key(most, |&node| (Reverse(totals[node as usize]), node));
    nodes.truncate(most);
    nodes.sort_unstable();
    nodes.into_iter().map(|node| node as usize).collect()
}

impl Step {
    fn new(trace: &Trace, paths: &Paths, node: usize, service: &str, operation: &str) -> Self {
        let spans: Vec<usize> = paths.spans(node).collect();
        let failed = |span: &usize| trace.errors_in(*span..*span + 1) as u64;
        Self {
            service: service.to_owned(),
            operation: operation.to_owned(),
            errors: spans.iter().map(failed).sum(),
            total: spans.iter().map(|&span| trace.duration_of(span)).sum(),
            own: spans.iter().map(|&span| trace.self_time(span)).sum(),
            spans,
        }
    }
}

/// What spans are called here: by numbers, twice as many as names, since a leaf is no step of
/// what has children.
struct Names<'a> {
    all: Vec<(Cow<'a, str>, Cow<'a, str>)>,
    labels: Vec<u32>,
}

impl<'a> Names<'a> {
    fn new(trace: &'a Trace, cancellation: &Cancellation<'_>) -> Self {
        let operations = Operations::new(trace);
        let owned = |&(service, operation): &(&'a str, &'a str)| {
            (Cow::Borrowed(service), Cow::Borrowed(operation))
        };
        let mut all: Vec<_> = operations.names().iter().map(owned).collect();
        let mut numbers: HashMap<(Cow<'a, str>, Cow<'a, str>), u32, RandomState> =
            HashMap::default();
        numbers.extend(all.iter().cloned().zip(0..));
        let mut labels = Vec::with_capacity(trace.len());
        for (span, skipped) in skipped(trace, cancellation).into_iter().enumerate() {
            if cancellation.is_cancelled() {
                break;
            }
            if skipped {
                labels.push(HIDDEN);
                continue;
            }
            let number = match other_name(trace, span) {
                None => operations.of(span),
                Some(name) => *numbers.entry(name).or_insert_with_key(|name| {
                    all.push(name.clone());
                    all.len() as u32 - 1
                }),
            };
            let is_leaf = trace.subtree(span).len() == 1;
            labels.push(2 * number + u32::from(is_leaf));
        }
        Self { all, labels }
    }

    fn of(&self, span: usize) -> (&str, &str) {
        let name = self.labels.get(span);
        let name = name.and_then(|label| self.all.get((label / 2) as usize));
        name.map_or(("", ""), |(service, operation)| (service, operation))
    }
}

/// Which spans have no node of their own; topmost spans always have one.
fn skipped(trace: &Trace, cancellation: &Cancellation<'_>) -> Vec<bool> {
    let mut skipped = vec![false; trace.len()];
    for span in (0..trace.len()).take_while(|_| !cancellation.is_cancelled()) {
        let Some(parent) = trace.parent(span) else {
            continue;
        };
        let (at, above) = (trace.span(span), trace.span(parent));
        let kind = at.kind();
        if let Some(child) = only_child(trace, span) {
            let forwards = kind == Kind::Client && trace.span(child).kind() == Kind::Client;
            skipped[span] = (forwards || kind != Kind::Client && says_nothing(at))
                && at.service() == above.service();
        }
        let answers = kind == Kind::Server && above.kind() == Kind::Client;
        if answers && only_child(trace, parent).is_some() && trace.parent(parent).is_some() {
            skipped[parent] = points_at(above, at.service());
        }
    }
    skipped
}

/// Service and operation by which a span is told, if they are not its own: a call to a peer that
/// reported nothing is the peer's; a server span that is named by its method alone takes its
/// caller's words.
fn other_name(trace: &Trace, span: usize) -> Option<(Cow<'_, str>, Cow<'_, str>)> {
    let above = trace.span(trace.parent(span)?);
    let at = trace.span(span);
    match at.kind() {
        Kind::Client if trace.subtree(span).len() == 1 => {
            let called = above.operation();
            // What is cheap to see is asked first.
            let peer = called.ends_with(at.operation()).then(|| peer(at))??;
            let names = called.starts_with(&*peer);
            names.then(|| (peer, Cow::Borrowed(at.operation())))
        }
        Kind::Server if is_method(at) && points_at(above, at.service()) => {
            let words = above.operation();
            let prefix = format!("{}::", at.service());
            let words = words.strip_prefix(&prefix).unwrap_or(words);
            let words = format!("{} {words}", at.operation());
            Some((Cow::Borrowed(at.service()), Cow::Owned(words)))
        }
        _ => None,
    }
}

/// Whether a span is named by its method alone.
fn is_method(span: SpanRef<'_>) -> bool {
    let name = span.operation();
    // A method is a token (RFC 9110): most names are none.
    let may_be = !name.contains(['/', ' ', '.', ':']);
    may_be
        && ["http.request.method", "http.method"].iter().any(|key| {
            span.attribute(key)
                .is_some_and(|method| method.to_text() == name)
        })
}

/// Whether a client span says that it calls a service: by its peer, or in its name.
fn points_at(client: SpanRef<'_>, service: &str) -> bool {
    let named = |text: &str| !service.is_empty() && text.starts_with(service);
    named(client.operation()) || peer(client).is_some_and(|peer| named(&peer))
}

fn peer(span: SpanRef<'_>) -> Option<Cow<'_, str>> {
    let keys = ["service.peer.name", "peer.service"];
    let peer = keys.iter().find_map(|key| span.attribute(key))?;
    Some(peer.to_text())
}

fn says_nothing(span: SpanRef<'_>) -> bool {
    span.attributes().is_empty()
}

fn only_child(trace: &Trace, span: usize) -> Option<usize> {
    let below = trace.subtree(span);
    let child = below.start + 1;
    (child < below.end && trace.subtree(child).end == below.end).then_some(child)
}

#[cfg(test)]
mod tests {
    use petgraph::visit::EdgeRef;

    use super::*;
    use crate::model::scenario;

    /// Each step as `service operation ×spans`, after its parent's.
    fn told(text: &str) -> Vec<String> {
        let (graph, _) = trace_graph(&scenario::trace(text), usize::MAX);
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
        let (graph, _) = trace_graph(&scenario::trace(text), usize::MAX);
        let step = &graph[NodeIndex::new(1)];
        let millis = Nanos::from_millis;
        assert_eq!(
            (step.total, step.own, step.errors),
            (millis(30), millis(30), 1)
        );
    }
}
