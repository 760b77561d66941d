//! Making a large graph small enough to read: what surrounds a node, and the busiest few with one
//! node for the rest.

use std::collections::{BTreeSet, VecDeque};

use petgraph::Direction as Way;
use petgraph::graph::{DiGraph, EdgeIndex, NodeIndex};
use petgraph::visit::{EdgeRef, IntoNodeReferences};

/// Which neighbours of a node a view follows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Direction {
    /// Who it calls and who calls it.
    #[default]
    Both,
    /// Only what it calls, and what that calls.
    Callees,
    /// Only who calls it, and who calls that.
    Callers,
}

impl Direction {
    /// The next one, for a key that turns through all three.
    #[must_use]
    pub const fn next(self) -> Self {
        match self {
            Self::Both => Self::Callees,
            Self::Callees => Self::Callers,
            Self::Callers => Self::Both,
        }
    }

    const fn ways(self) -> &'static [Way] {
        match self {
            Self::Both => &[Way::Outgoing, Way::Incoming],
            Self::Callees => &[Way::Outgoing],
            Self::Callers => &[Way::Incoming],
        }
    }
}

/// The nodes at most `hops` steps from `focus`, itself included.
///
/// In both directions a step never turns around: a caller's other callees are not shown, since
/// they say nothing about the focus (Jaeger's focal view is undirected and shows them).
pub fn ego<N, E>(
    graph: &DiGraph<N, E>,
    focus: NodeIndex,
    hops: usize,
    direction: Direction,
) -> BTreeSet<NodeIndex> {
    let mut all = BTreeSet::from([focus]);
    for &way in direction.ways() {
        let mut seen = BTreeSet::from([focus]);
        let mut queue = VecDeque::from([(focus, 0)]);
        while let Some((node, distance)) = queue.pop_front() {
            if distance == hops {
                continue;
            }
            for next in graph.neighbors_directed(node, way) {
                if seen.insert(next) {
                    queue.push_back((next, distance + 1));
                }
            }
        }
        all.append(&mut seen);
    }
    all
}

/// Above this many nodes a graph is collapsed to [`TOP`] and one for the rest.
pub const LIMIT: usize = 60;

/// How many nodes a collapsed graph keeps.
pub const TOP: usize = 40;

/// The `count` nodes with the greatest weights; equal ones in the order of the graph.
pub fn top<N, E, W: Ord>(
    graph: &DiGraph<N, E>,
    count: usize,
    weight: impl Fn(NodeIndex, &N) -> W,
) -> BTreeSet<NodeIndex> {
    let mut nodes: Vec<(NodeIndex, W)> = graph
        .node_references()
        .map(|(id, node)| (id, weight(id, node)))
        .collect();
    nodes.sort_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(&b.0)));
    nodes
        .into_iter()
        .take(count)
        .map(|(node, _)| node)
        .collect()
}

/// The graph of the kept nodes and the edges between them.
pub fn only<N: Clone, E: Clone>(
    graph: &DiGraph<N, E>,
    keep: &BTreeSet<NodeIndex>,
) -> DiGraph<N, E> {
    graph.filter_map(
        |id, node| keep.contains(&id).then(|| node.clone()),
        |_, edge| Some(edge.clone()),
    )
}

/// The kept nodes, and one node made of all others by `others`.
///
/// Edges from and to the others are united by `merge`; edges among them are left out. The new node
/// is the last; without others the graph stays as it is.
pub fn collapse<N: Clone, E: Clone>(
    graph: &DiGraph<N, E>,
    keep: &BTreeSet<NodeIndex>,
    others: impl FnOnce(&[&N]) -> N,
    mut merge: impl FnMut(&mut E, &E),
) -> DiGraph<N, E> {
    let mut small = DiGraph::new();
    let mut place: Vec<Option<NodeIndex>> = Vec::with_capacity(graph.node_count());
    let mut rest = Vec::new();
    for (id, node) in graph.node_references() {
        let kept = keep.contains(&id);
        place.push(kept.then(|| small.add_node(node.clone())));
        if !kept {
            rest.push(node);
        }
    }
    if rest.is_empty() {
        return graph.clone();
    }
    let bundle = small.add_node(others(&rest));
    let at = |node: NodeIndex| place.get(node.index()).copied().flatten().unwrap_or(bundle);
    for edge in graph.edge_references() {
        let (from, to) = (at(edge.source()), at(edge.target()));
        if from == bundle && to == bundle {
            continue;
        }
        match united(&small, from, to, bundle) {
            Some(known) => {
                if let Some(weight) = small.edge_weight_mut(known) {
                    merge(weight, edge.weight());
                }
            }
            None => {
                small.add_edge(from, to, edge.weight().clone());
            }
        }
    }
    small
}

/// The edge to unite with: only edges from or to the bundle are united.
fn united<N, E>(
    graph: &DiGraph<N, E>,
    from: NodeIndex,
    to: NodeIndex,
    bundle: NodeIndex,
) -> Option<EdgeIndex> {
    (from == bundle || to == bundle)
        .then(|| graph.find_edge(from, to))
        .flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chain() -> DiGraph<usize, u32> {
        // 0 -> 1 -> 2 -> 3, 0 -> 4.
        DiGraph::from_edges([(0, 1, 5), (1, 2, 6), (2, 3, 7), (0, 4, 8)])
    }

    #[test]
    fn ego_follows_one_direction_at_a_time() {
        let graph = chain();
        let near = |hops, direction| -> Vec<usize> {
            ego(&graph, NodeIndex::new(1), hops, direction)
                .iter()
                .map(|n| n.index())
                .collect()
        };
        assert_eq!(near(1, Direction::Both), [0, 1, 2]);
        assert_eq!(near(9, Direction::Both), [0, 1, 2, 3]);
        assert_eq!(near(9, Direction::Callers), [0, 1]);
    }

    #[test]
    fn the_rest_becomes_one_node() {
        let graph = chain();
        let keep = top(&graph, 2, |id, _| std::cmp::Reverse(id.index()));
        let small = collapse(&graph, &keep, |rest| rest.len(), |sum, more| *sum += more);
        assert_eq!(small.node_count(), 3);
        assert_eq!(small.node_weight(NodeIndex::new(2)), Some(&3));
        let weights: Vec<u32> = small.edge_weights().copied().collect();
        assert_eq!(weights, [5, 6, 8]);
    }
}
