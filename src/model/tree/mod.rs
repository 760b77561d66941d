//! From parent references to a tree in depth-first order, whatever the references say.
//!
//! Input is hostile: references to spans that are not there, to themselves, in rings; ids that
//! repeat. Every span gets exactly one place, nothing recurses, and all work is linear in the
//! number of spans but for one sort by start.

mod by_id;

use std::collections::HashMap;

use super::cancellation::Cancellation;
use super::id::SpanId;
use super::kind::Kind;
pub(super) use by_id::ById;

/// No parent.
pub(super) const NONE: u32 = u32::MAX;

/// What the tree needs to know of a span.
#[derive(Debug, Clone, Copy)]
pub(super) struct Node {
    pub id: SpanId,
    pub parent_id: SpanId,
    pub kind: Kind,
    /// Equal for spans of one service, and only for them (a hash of its name).
    pub service: u64,
}

/// Spans in depth-first order, children by start. All vectors but `order` speak of positions
/// in that order.
#[derive(Debug, Default)]
pub(super) struct Tree {
    /// Input index of each position.
    pub order: Vec<u32>,
    /// Position of the parent, or [`NONE`].
    pub parent: Vec<u32>,
    pub depth: Vec<u32>,
    /// One past the last position of the subtree.
    pub subtree_end: Vec<u32>,
    /// Positions whose span id occurs more than once, sorted.
    pub repeated: Vec<u32>,
    /// Positions at which a ring of parents was cut, sorted.
    pub cut: Vec<u32>,
}

/// Builds the tree of `nodes`, which must be sorted by start; `None` if cancelled.
pub(super) fn build(nodes: &[Node], by_id: ById, cancellation: &Cancellation<'_>) -> Option<Tree> {
    let ById {
        mut parent,
        repeated,
    } = by_id;
    let cut = cut_rings(&mut parent);
    cancellation.check()?;
    let mut is_cut = vec![false; if cut.is_empty() { 0 } else { nodes.len() }];
    for &index in &cut {
        is_cut[index as usize] = true;
    }
    let roots = roots(nodes, &parent, |i| is_cut.get(i).copied().unwrap_or(false));
    let mut tree = depth_first(&parent, &roots, cancellation)?;
    tree.mark(nodes, &repeated, &is_cut);
    Some(tree)
}

/// Cuts each ring of parents at its earliest span and returns those spans.
fn cut_rings(parent: &mut [u32]) -> Vec<u32> {
    let mut cut = Vec::new();
    // The walk (1, 2, ...) that came by first; a span met again in its own walk is in a ring.
    let mut walk_of = vec![0u32; parent.len()];
    for from in 0..parent.len() {
        let walk = from as u32 + 1;
        let mut at = from as u32;
        while at != NONE && walk_of[at as usize] == 0 {
            walk_of[at as usize] = walk;
            at = parent[at as usize];
        }
        if at == NONE || walk_of[at as usize] != walk {
            continue;
        }
        let (mut earliest, mut other) = (at, parent[at as usize]);
        while other != at {
            earliest = earliest.min(other);
            other = parent[other as usize];
        }
        parent[earliest as usize] = NONE;
        cut.push(earliest);
    }
    cut
}

/// Roots and orphans by start; orphans that miss the same parent stay together.
fn roots(nodes: &[Node], parent: &[u32], is_cut: impl Fn(usize) -> bool) -> Vec<u32> {
    let mut first_of: HashMap<SpanId, u32> = HashMap::new();
    let mut keyed: Vec<(u32, u32)> = Vec::new();
    for (index, _) in parent.iter().enumerate().filter(|&(_, &p)| p == NONE) {
        let node = &nodes[index];
        let orphan = is_orphan(node) && !is_cut(index);
        let key = if orphan {
            *first_of.entry(node.parent_id).or_insert(index as u32)
        } else {
            index as u32
        };
        keyed.push((key, index as u32));
    }
    keyed.sort_unstable();
    keyed.into_iter().map(|(_, index)| index).collect()
}

fn is_orphan(node: &Node) -> bool {
    !node.parent_id.is_zero() && node.parent_id != node.id
}

/// Children of each span as ranges of one list, in input order.
fn children(parent: &[u32]) -> (Vec<u32>, Vec<u32>) {
    let mut from = vec![0u32; parent.len() + 1];
    for &p in parent.iter().filter(|&&p| p != NONE) {
        from[p as usize + 1] += 1;
    }
    for i in 1..from.len() {
        from[i] += from[i - 1];
    }
    let mut next = from.clone();
    let mut list = vec![0u32; *from.last().unwrap_or(&0) as usize];
    for (index, &p) in parent.iter().enumerate().filter(|&(_, &p)| p != NONE) {
        list[next[p as usize] as usize] = index as u32;
        next[p as usize] += 1;
    }
    (from, list)
}

fn depth_first(parent: &[u32], roots: &[u32], cancellation: &Cancellation<'_>) -> Option<Tree> {
    let (from, list) = children(parent);
    cancellation.check()?;
    let mut tree = Tree::with_capacity(parent.len());
    let mut open: Vec<(u32, u32, u32)> = roots.iter().rev().map(|&root| (root, NONE, 0)).collect();
    while let Some((index, parent, depth)) = open.pop() {
        let position = tree.order.len() as u32;
        if cancellation.is_cancelled() {
            return None;
        }
        tree.order.push(index);
        tree.parent.push(parent);
        tree.depth.push(depth);
        let children = &list[from[index as usize] as usize..from[index as usize + 1] as usize];
        open.extend(
            children
                .iter()
                .rev()
                .map(|&child| (child, position, depth + 1)),
        );
    }
    let mut size = vec![1u32; tree.order.len()];
    for position in (0..tree.order.len()).rev() {
        if tree.parent[position] != NONE {
            size[tree.parent[position] as usize] += size[position];
        }
    }
    tree.subtree_end = size
        .iter()
        .enumerate()
        .map(|(position, &size)| position as u32 + size)
        .collect();
    Some(tree)
}

impl Tree {
    fn with_capacity(spans: usize) -> Self {
        Self {
            order: Vec::with_capacity(spans),
            parent: Vec::with_capacity(spans),
            depth: Vec::with_capacity(spans),
            ..Self::default()
        }
    }

    fn mark(&mut self, nodes: &[Node], repeated: &HashMap<SpanId, Vec<u32>>, is_cut: &[bool]) {
        let positions = self.order.iter().enumerate();
        if !repeated.is_empty() {
            let is_repeated =
                |&(_, &index): &(usize, &u32)| repeated.contains_key(&nodes[index as usize].id);
            self.repeated = positions
                .clone()
                .filter(is_repeated)
                .map(|(position, _)| position as u32)
                .collect();
        }
        if !is_cut.is_empty() {
            let is_cut = |&(_, &index): &(usize, &u32)| is_cut[index as usize];
            self.cut = positions
                .filter(is_cut)
                .map(|(position, _)| position as u32)
                .collect();
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU32, Ordering};

    use super::*;

    fn build(nodes: &[Node]) -> Tree {
        let by_id = ById::new(nodes, &Cancellation::never()).unwrap();
        super::build(nodes, by_id, &Cancellation::never()).unwrap()
    }

    fn node(id: u64, parent: u64) -> Node {
        Node {
            id: SpanId(id),
            parent_id: SpanId(parent),
            kind: Kind::Internal,
            service: 0,
        }
    }

    #[test]
    fn a_ring_is_cut_at_its_earliest_span() {
        let tree = build(&[node(1, 3), node(2, 1), node(3, 2), node(4, 2)]);
        assert_eq!(tree.order, [0, 1, 2, 3]);
        assert_eq!(tree.depth, [0, 1, 2, 2]);
        assert_eq!(tree.cut, [0]);
    }

    #[test]
    fn orphans_of_one_missing_parent_stay_together() {
        let tree = build(&[node(1, 90), node(2, 0), node(3, 91), node(4, 90)]);
        assert_eq!(tree.order, [0, 3, 1, 2]);
    }

    #[test]
    fn the_servers_half_of_a_shared_span_stands_below_the_client() {
        let with = |id, parent, kind, service| Node {
            kind,
            service,
            ..node(id, parent)
        };
        let tree = build(&[
            with(1, 0, Kind::Client, 1),
            with(1, 0, Kind::Server, 2),
            with(2, 1, Kind::Internal, 2),
            with(3, 1, Kind::Internal, 1),
        ]);
        assert_eq!(tree.order, [0, 1, 2, 3]);
        assert_eq!(tree.parent, [NONE, 0, 1, 0]);
        assert_eq!(tree.repeated, [0, 1]);
    }

    #[test]
    fn what_nobody_wants_is_not_built() {
        let nodes: Vec<Node> = (1..=200_000).map(|id| node(id, id - 1)).collect();
        for asked in 0..5_u32 {
            let times = AtomicU32::new(0);
            let cancelled = || times.fetch_add(1, Ordering::Relaxed) == asked;
            let cancellation = &Cancellation::when(&cancelled);
            let built = ById::new(&nodes, cancellation)
                .and_then(|by_id| super::build(&nodes, by_id, cancellation));
            assert!(built.is_none());
        }
    }

    #[test]
    fn depth_is_no_danger() {
        let nodes: Vec<Node> = (1..=200_000).map(|id| node(id, id - 1)).collect();
        let tree = build(&nodes);
        assert_eq!(tree.depth.last(), Some(&199_999));
        assert_eq!(tree.subtree_end[0], 200_000);
    }
}
