//! The service graph: who calls whom, how often, how well and how fast.
//!
//! [`Calls`] finds the calls among spans, as they arrive or from whole traces; [`Generations`]
//! keeps one for each generation of a store; [`service_graph`] puts any of them together into a
//! petgraph graph that can be laid out, listed or written.

mod calls;
mod kind;
mod tally;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::sync::Arc;

use petgraph::graph::{DiGraph, NodeIndex};

pub use self::calls::Calls;
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
    let mut nodes: BTreeMap<Arc<str>, Node> = BTreeMap::new();
    let mut edges: BTreeMap<(Arc<str>, Arc<str>), Call> = BTreeMap::new();
    let mut outward: BTreeMap<(Arc<str>, Arc<str>), (NodeKind, Call)> = BTreeMap::new();
    for part in parts {
        for (&name, node) in part.nodes.iter().filter(|(_, node)| node.spans > 0) {
            nodes.entry(part.name(name)).or_default().merge(node);
        }
        let ends = |&(from, to): &(u16, u16)| (part.name(from), part.name(to));
        for (names, call) in &part.edges {
            edges.entry(ends(names)).or_default().merge(call);
        }
        for (names, (kind, call)) in part.outward.iter().filter(|(_, (_, call))| call.calls > 0) {
            let entry = outward.entry(ends(names)).or_default();
            entry.0 = *kind;
            entry.1.merge(call);
        }
    }
    assemble(&nodes, edges, outward)
}

fn assemble(
    nodes: &BTreeMap<Arc<str>, Node>,
    mut edges: BTreeMap<(Arc<str>, Arc<str>), Call>,
    outward: BTreeMap<(Arc<str>, Arc<str>), (NodeKind, Call)>,
) -> ServiceGraph {
    let mut services: BTreeMap<Arc<str>, Service> = nodes
        .iter()
        .map(|(name, node)| (Arc::clone(name), node.service(name)))
        .collect();
    for (names, (kind, call)) in outward {
        let peer = Service {
            name: Arc::clone(&names.1),
            kind,
            ..Service::default()
        };
        services.entry(Arc::clone(&names.1)).or_insert(peer);
        // Where some calls of the pair are told by both ends, those told by one end only are
        // calls whose other half is missing, not calls of something else.
        edges.entry(names).or_insert(Call {
            inferred: true,
            ..call
        });
    }
    let mut graph = ServiceGraph::new();
    let places: BTreeMap<Arc<str>, NodeIndex> = services
        .into_iter()
        .map(|(name, service)| (name, graph.add_node(service)))
        .collect();
    for ((from, to), call) in edges {
        if let (Some(&from), Some(&to)) = (places.get(&from), places.get(&to)) {
            graph.add_edge(from, to, call);
        }
    }
    graph
}

impl Node {
    fn merge(&mut self, other: &Self) {
        self.spans += other.spans;
        self.errors += other.errors;
        self.answers += other.answers;
        if other.speaks > self.speaks {
            self.speaks_to = other.speaks_to;
        }
        self.speaks += other.speaks;
        self.is_user |= other.is_user;
        if let Some(own) = other.own {
            self.own = Some(self.own.unwrap_or_default() + own);
        }
    }

    /// A service all of whose spans speak to a database, and that answers nobody, is the
    /// database: its client records the spans under the database's name.
    fn service(&self, name: &Arc<str>) -> Service {
        let kind = match self {
            Self { is_user: true, .. } => NodeKind::User,
            Self { answers: 0, .. } if self.speaks * 10 >= self.spans * 9 => self.speaks_to,
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
