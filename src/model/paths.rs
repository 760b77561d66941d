//! The spans of a trace merged by the path of labels that leads to them: what a flame graph and a
//! graph of calls are made of.

use super::Trace;
use super::cancellation::Cancellation;
use super::tree::NONE;

/// The label of a span that is passed over: its children stand in its place.
pub const HIDDEN: u32 = u32::MAX;

/// Spans with one label that one path of labels leads to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Node {
    parent: u32,
    end: u32,
    first: u32,
}

/// The nodes in depth-first order, children by first occurrence. A subtree is a range.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Paths {
    nodes: Vec<Node>,
    of: Vec<u32>,
    /// The next span of the same node.
    next: Vec<u32>,
}

impl Paths {
    /// Merges spans by their labels, which are below `distinct` or [`HIDDEN`]. Linear in spans:
    /// a label is looked up among its siblings' in a table that is never cleared, and all that is
    /// read lies near what was read before.
    pub fn new(trace: &Trace, labels: &[u32], distinct: usize) -> Self {
        Self::until(trace, labels, distinct, &Cancellation::never())
    }

    /// The same until cancelled.
    pub fn until(
        trace: &Trace,
        labels: &[u32],
        distinct: usize,
        cancellation: &Cancellation<'_>,
    ) -> Self {
        let mut merging = Merging {
            trace,
            labels,
            slots: vec![(NONE, 0); distinct],
            groups: Vec::new(),
            of: vec![NONE; trace.len()],
            next: vec![NONE; trace.len()],
        };
        let mut nodes: Vec<Node> = Vec::new();
        let mut stack: Vec<Group> = Vec::new();
        merging.gather(0, trace.len(), NONE - 1);
        stack.extend(merging.groups.drain(..).rev());
        while let Some(group) = stack.pop() {
            if cancellation.is_cancelled() {
                break;
            }
            let number = nodes.len() as u32;
            nodes.push(Node {
                parent: group.parent,
                end: number + 1,
                first: group.first,
            });
            let mut member = group.first;
            while member != NONE {
                let span = member as usize;
                merging.of[span] = number;
                merging.gather(span + 1, trace.subtree(span).end, number);
                member = merging.next[span];
            }
            stack.extend(merging.groups.drain(..).rev());
        }
        for at in (0..nodes.len()).rev() {
            let Node { parent, end, .. } = nodes[at];
            if let Some(parent) = nodes.get_mut(parent as usize) {
                parent.end = parent.end.max(end);
            }
        }
        let Merging { of, next, .. } = merging;
        Self { nodes, of, next }
    }

    /// The number of nodes.
    pub fn len(&self) -> usize {
        self.nodes.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.nodes.is_empty()
    }

    /// The node above, none for a topmost one.
    pub fn parent(&self, node: usize) -> Option<usize> {
        let parent = self.nodes[node].parent;
        (parent < NONE - 1).then_some(parent as usize)
    }

    /// The number after a node's last descendant's.
    pub fn end(&self, node: usize) -> usize {
        self.nodes[node].end as usize
    }

    /// The first span of a node.
    pub fn first(&self, node: usize) -> usize {
        self.nodes[node].first as usize
    }

    /// The spans of a node, in the order of the tree.
    pub fn spans(&self, node: usize) -> impl Iterator<Item = usize> {
        let next = |&span: &usize| Some(self.next[span]).filter(|&next| next != NONE);
        std::iter::successors(Some(self.first(node)), move |span| {
            next(span).map(|next| next as usize)
        })
    }

    /// The node of a span: of one that is passed over, the node around it, if there is one.
    pub fn of(&self, span: usize) -> Option<usize> {
        let node = self.of[span];
        (node < NONE - 1).then_some(node as usize)
    }

    /// The nodes of all spans, where none is passed over.
    pub fn into_numbers(self) -> Vec<u32> {
        self.of
    }
}

/// Spans of one label below one node: a list that grows at its end.
struct Group {
    first: u32,
    last: u32,
    parent: u32,
}

struct Merging<'a> {
    trace: &'a Trace,
    labels: &'a [u32],
    /// The node below which a label was met last, and its group there.
    slots: Vec<(u32, u32)>,
    /// The groups below the node at hand.
    groups: Vec<Group>,
    of: Vec<u32>,
    next: Vec<u32>,
}

impl Merging<'_> {
    /// Groups the spans from one to another that stand below `node`, without their descendants.
    fn gather(&mut self, from: usize, end: usize, node: u32) {
        let mut span = from;
        while span < end {
            let Some(slot) = self.slots.get_mut(self.labels[span] as usize) else {
                self.of[span] = node;
                span += 1;
                continue;
            };
            if slot.0 == node {
                let group = &mut self.groups[slot.1 as usize];
                self.next[group.last as usize] = span as u32;
                group.last = span as u32;
            } else {
                *slot = (node, self.groups.len() as u32);
                self.groups.push(Group {
                    first: span as u32,
                    last: span as u32,
                    parent: node,
                });
            }
            span = self.trace.subtree(span).end;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::scenario;

    #[test]
    fn what_is_passed_over_leaves_its_children_to_the_node_around_it() {
        let trace = scenario::trace(
            "a: r 0..100\n  a: skip 0..50\n    b: x 0..20\n  b: x 50..60\n    c: y 51..52\nd: s 0..1\n",
        );
        // Children come by start: r, skip, x, x, y, s.
        let labels = [0, HIDDEN, 1, 1, 2, 0];
        let paths = Paths::new(&trace, &labels, 3);
        let told: Vec<_> = (0..paths.len())
            .map(|node| {
                (
                    paths.parent(node),
                    paths.end(node),
                    paths.spans(node).collect(),
                )
            })
            .collect();
        let expected: [(Option<usize>, usize, Vec<usize>); 3] = [
            (None, 3, vec![0, 5]),
            (Some(0), 3, vec![2, 3]),
            (Some(1), 3, vec![4]),
        ];
        assert_eq!(told, expected);
        assert_eq!(
            (paths.of(1), paths.of(4), paths.of(5)),
            (Some(0), Some(2), Some(0))
        );
    }
}
