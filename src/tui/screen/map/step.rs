//! From box to box on the map, and along the edges of one.

use petgraph::Direction as Way;
use petgraph::graph::{EdgeIndex, NodeIndex};
use petgraph::visit::EdgeRef;

use crate::graph::Rect;

use super::{Open, Selection};

impl Open {
    /// From a node along its edge to the nearest neighbour; from an edge to its end.
    pub(super) fn along(&mut self, way: Way) {
        let to = match self.selection {
            None => return self.select_service(None),
            Some(Selection::Edge(edge)) => {
                self.graph.edge_endpoints(edge).map(|(from, to)| match way {
                    Way::Outgoing => to,
                    Way::Incoming => from,
                })
            }
            Some(Selection::Node(node)) => {
                let y = |node: NodeIndex| self.drawing.node(node).map_or(0, |b| b.rect.y);
                let others = self
                    .graph
                    .neighbors_directed(node, way)
                    .filter(|&other| other != node);
                others.min_by_key(|&other| (y(other).abs_diff(y(node)), other))
            }
        };
        self.selection = to.map(Selection::Node).or(self.selection);
    }

    /// To the node above or below, first in the same column.
    pub(super) fn beside(&mut self, down: bool) {
        let Some(Selection::Node(node)) = self.selection else {
            return self.select_service(None);
        };
        let Some(here) = self.drawing.node(node).map(|b| b.rect) else {
            return;
        };
        let ahead = |rect: Rect| {
            if down {
                rect.y - here.y
            } else {
                here.y - rect.y
            }
        };
        let overlap = |rect: Rect| rect.x < here.right() && here.x < rect.right();
        let next = self
            .drawing
            .boxes
            .iter()
            .filter(|b| ahead(b.rect) > 0)
            .min_by_key(|b| (!overlap(b.rect), ahead(b.rect), b.rect.x.abs_diff(here.x)));
        self.selection = next.map(|b| Selection::Node(b.node)).or(self.selection);
    }

    /// Steps through the edges of the selected node.
    pub(super) fn turn_edge(&mut self, forward: bool) {
        let node = match self.selection {
            Some(Selection::Node(node)) => Some(node),
            Some(Selection::Edge(edge)) => self.graph.edge_endpoints(edge).map(|(from, _)| from),
            None => None,
        };
        let Some(node) = node else { return };
        let mut edges: Vec<EdgeIndex> = self
            .graph
            .edges_directed(node, Way::Outgoing)
            .map(|e| e.id())
            .collect();
        edges.extend(
            self.graph
                .edges_directed(node, Way::Incoming)
                .map(|e| e.id()),
        );
        edges.sort_unstable();
        edges.dedup();
        let at = edges
            .iter()
            .position(|&edge| self.selection == Some(Selection::Edge(edge)));
        let next = match (at, forward) {
            (None, true) => 0,
            (None, false) => edges.len().saturating_sub(1),
            (Some(at), true) => (at + 1) % edges.len(),
            (Some(at), false) => (at + edges.len() - 1) % edges.len(),
        };
        self.selection = edges
            .get(next)
            .map(|&edge| Selection::Edge(edge))
            .or(self.selection);
    }
}
