//! The service graph: who calls whom, how often, how well and how fast.
//!
//! [`Calls`] finds the calls among spans, as they arrive or from whole traces; [`Generations`]
//! keeps one for each generation of a store; [`service_graph`] puts any of them together into a
//! petgraph graph that can be laid out, listed or written.

mod calls;
mod join;
mod kind;
mod tally;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::sync::Arc;

use petgraph::graph::{DiGraph, NodeIndex};

pub use self::calls::Calls;
pub use self::join::{Join, Joined, Piece};
pub use self::kind::NodeKind;
pub use self::tally::Call;
use self::tally::Node;
use crate::model::{Block, Nanos};

/// A node of the graph.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Service {
    /// Its name; empty for spans whose resource names none.
    pub name: Arc<str>,
    /// What it is.
    pub kind: NodeKind,
    /// Whether it sends spans of its own; else it is known from its callers only.
    pub instrumented: bool,
    /// Its spans.
    pub spans: u64,
    /// Its failed spans.
    pub errors: u64,
    /// Its own work, where whole traces were looked at.
    pub own: Option<Nanos>,
}

/// Who calls whom: nodes by name, edges by the names of their ends.
///
/// Edges within one service are there too. An edge to what is not instrumented has the
/// durations of the calling spans.
pub type ServiceGraph = DiGraph<Service, Call>;

/// The graph of some sets of calls, which must not share traces.
pub fn service_graph<'a>(parts: impl IntoIterator<Item = &'a Calls>) -> ServiceGraph {
    let mut all = Union::default();
    for part in parts {
        all.add(part);
    }
    all.graph()
}

/// Ends by name.
type Ends = (Arc<str>, Arc<str>);

/// What several sets of calls say together.
#[derive(Default)]
struct Union {
    nodes: BTreeMap<Arc<str>, Node>,
    edges: BTreeMap<Ends, Call>,
    /// Calls of peers without instrumentation, and what those are.
    outward: BTreeMap<Ends, (NodeKind, Call)>,
    /// Reads of queues.
    inward: BTreeMap<Ends, Call>,
}

impl Union {
    fn add(&mut self, part: &Calls) {
        for (name, node) in (0..).zip(&part.nodes).filter(|(_, node)| node.spans > 0) {
            self.nodes.entry(part.name(name)).or_default().merge(node);
        }
        let ends = |&(from, to): &(u16, u16)| (part.name(from), part.name(to));
        for (names, call) in &part.edges {
            self.edges.entry(ends(names)).or_default().merge(call);
        }
        for (names, call) in &part.inward {
            self.inward.entry(ends(names)).or_default().merge(call);
        }
        for (names, (kind, call)) in part.outward.iter().filter(|(_, (_, call))| call.calls > 0) {
            let entry = self.outward.entry(ends(names)).or_default();
            entry.0 = *kind;
            entry.1.merge(call);
        }
    }

    fn graph(mut self) -> ServiceGraph {
        let nodes = self.nodes.iter();
        let mut services: BTreeMap<Arc<str>, Service> = nodes
            .map(|(name, node)| (Arc::clone(name), node.service(name)))
            .collect();
        // Who calls a span that is counted need not have one that is counted.
        for name in self.edges.keys().flat_map(|(from, to)| [from, to]) {
            let uncounted = || Service {
                name: Arc::clone(name),
                instrumented: true,
                ..Service::default()
            };
            services.entry(Arc::clone(name)).or_insert_with(uncounted);
        }
        let outward = self.outward.into_iter();
        let called = outward.map(|(ends, (kind, call))| (Arc::clone(&ends.1), ends, kind, call));
        let inward = self.inward.into_iter();
        let read = inward.map(|(ends, call)| (Arc::clone(&ends.0), ends, NodeKind::Queue, call));
        for (name, ends, kind, call) in called.chain(read) {
            let peer = Service {
                name: Arc::clone(&name),
                kind,
                ..Service::default()
            };
            services.entry(name).or_insert(peer);
            // Where some calls of the pair are told by both ends, those told by one end only are
            // calls whose other half is missing, not calls of something else.
            self.edges.entry(ends).or_insert(Call {
                inferred: true,
                ..call
            });
        }
        let mut graph = ServiceGraph::new();
        let places: BTreeMap<Arc<str>, NodeIndex> = services
            .into_iter()
            .map(|(name, service)| (name, graph.add_node(service)))
            .collect();
        for ((from, to), call) in self.edges {
            if let (Some(&from), Some(&to)) = (places.get(&from), places.get(&to)) {
                graph.add_edge(from, to, call);
            }
        }
        graph
    }
}

impl Node {
    fn merge(&mut self, other: &Self) {
        self.spans += other.spans;
        self.errors += other.errors;
        if other.as_database > self.as_database {
            self.database = other.database;
        }
        self.as_database += other.as_database;
        self.is_user |= other.is_user;
        if let Some(own) = other.own {
            self.own = Some(self.own.unwrap_or_default() + own);
        }
    }

    /// A service nearly all of whose spans are a database's own is that database.
    fn service(&self, name: &Arc<str>) -> Service {
        let kind = match self {
            Self { is_user: true, .. } => NodeKind::User,
            _ if self.as_database * 10 >= self.spans * 9 => self.database,
            _ => NodeKind::Service,
        };
        Service {
            name: Arc::clone(name),
            kind,
            instrumented: true,
            spans: self.spans,
            errors: self.errors,
            own: self.own,
        }
    }
}

/// The calls of a store: a share for each generation, which goes when the generation goes.
#[derive(Debug, Clone, Default)]
pub struct Generations(BTreeMap<u32, Calls>);

impl Generations {
    /// None yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Spans were added to a generation.
    pub fn add(&mut self, generation: u32, block: &Block) {
        self.0.entry(generation).or_default().add_block(block);
    }

    /// A generation is gone.
    pub fn forget(&mut self, generation: u32) {
        self.0.remove(&generation);
    }

    /// The graph of all generations.
    pub fn graph(&self) -> ServiceGraph {
        service_graph(self.0.values())
    }

    /// Spans with repeated ids, see [`Calls::repeated_ids`].
    pub fn repeated_ids(&self) -> u64 {
        self.0.values().map(Calls::repeated_ids).sum()
    }

    /// Spans that were not counted, see [`Calls::left_out`].
    pub fn left_out(&self) -> u64 {
        self.0.values().map(Calls::left_out).sum()
    }

    /// Heap bytes held, nearly.
    pub fn bytes(&self) -> usize {
        self.0.values().map(Calls::bytes).sum()
    }
}
