//! A service graph on the screen: what of it is drawn, where, and what is selected.

use petgraph::graph::{EdgeIndex, NodeIndex};

use crate::graph::service::ServiceGraph;
use crate::graph::view;
use crate::graph::{Drawing, EdgeSpec, Options, layout};
use crate::text::Charset;
use crate::tui::answer::Held;
use crate::tui::widget::list::List;

use super::figures::{self, Figures};
use super::{Focus, Mapped, Selection, View, matrix};

/// A graph that is there.
#[derive(Debug, Clone, PartialEq)]
pub struct Open {
    pub mapped: Held<Mapped>,
    /// What is drawn: all of the graph, the surroundings of a focus, or its busiest nodes.
    pub graph: Held<ServiceGraph>,
    pub figures: Figures,
    pub drawing: Drawing,
    pub view: View,
    /// Boxes or compact, when the graph is shown again.
    pub boxes: View,
    pub selection: Option<Selection>,
    pub focus: Option<Focus>,
    /// The cell of the drawing in the top left corner.
    pub scroll: (i32, i32),
    pub list: List,
    /// The cursor of the matrix.
    pub cell: matrix::Cell,
    pub finding: Option<usize>,
}

impl Open {
    pub fn new(mapped: Held<Mapped>, boxes: View) -> Self {
        let graph = Held(std::sync::Arc::new(mapped.graph.clone()));
        let mut open = Self {
            figures: Figures::of(&mapped.graph),
            graph,
            mapped,
            drawing: Drawing::default(),
            view: boxes,
            boxes,
            selection: None,
            focus: None,
            scroll: (0, 0),
            list: List::default(),
            cell: matrix::Cell::default(),
            finding: None,
        };
        open.lay_out();
        open
    }

    /// New figures for the same graph, or a graph that has changed.
    pub fn renew(&mut self, mapped: Held<Mapped>) {
        let selected = self.selected_names();
        let same = same_structure(&self.mapped.graph, &mapped.graph);
        self.figures = Figures::of(&mapped.graph);
        self.mapped = mapped;
        if same && self.focus.is_none() && self.mapped.graph.node_count() <= view::LIMIT {
            self.graph = Held(std::sync::Arc::new(self.mapped.graph.clone()));
            return;
        }
        self.lay_out();
        self.selection = selected.and_then(|(from, to)| match to {
            None => self.node(&from).map(Selection::Node),
            Some(to) => self.edge(&from, &to).map(Selection::Edge),
        });
    }

    /// Chooses what is shown of the graph, and lays it out.
    pub fn lay_out(&mut self) {
        let all = &self.mapped.graph;
        let near = self.focus.as_ref().and_then(|focus| {
            let node = all
                .node_indices()
                .find(|&node| *all[node].name == *focus.service)?;
            Some(view::only(
                all,
                &view::ego(all, node, focus.hops, focus.direction),
            ))
        });
        let shown = near.unwrap_or_else(|| all.clone());
        let shown = if shown.node_count() > view::LIMIT {
            figures::busiest(&shown)
        } else {
            shown
        };
        let (figures, compact) = (&self.figures, self.boxes == View::Compact);
        let busiest = shown
            .edge_weights()
            .map(|call| call.calls)
            .max()
            .unwrap_or(0);
        let size = |_: NodeIndex, service: &_| figures.size(service, compact);
        let edge = |_: EdgeIndex, call: &crate::graph::service::Call| EdgeSpec {
            label: if compact {
                0
            } else {
                figures.label(call, Charset::Unicode).width() as i32
            },
            heavy: busiest > 0 && call.calls * 2 > busiest,
        };
        self.drawing = layout(&shown, size, edge, Options::default());
        self.graph = Held(std::sync::Arc::new(shown));
        self.selection = None;
        self.scroll = (0, 0);
    }

    pub fn node(&self, service: &str) -> Option<NodeIndex> {
        self.graph
            .node_indices()
            .find(|&node| *self.graph[node].name == *service)
    }

    pub fn edge(&self, parent: &str, child: &str) -> Option<EdgeIndex> {
        self.graph.find_edge(self.node(parent)?, self.node(child)?)
    }

    /// The service selected, or parent and child of the edge selected.
    pub fn selected_names(&self) -> Option<(String, Option<String>)> {
        let name = |node: NodeIndex| {
            self.graph
                .node_weight(node)
                .map(|service| service.name.to_string())
        };
        match self.selection? {
            Selection::Node(node) => Some((name(node)?, None)),
            Selection::Edge(edge) => {
                let (parent, child) = self.graph.edge_endpoints(edge)?;
                Some((name(parent)?, Some(name(child)?)))
            }
        }
    }

    pub fn select_service(&mut self, service: Option<&str>) {
        let first = || {
            self.drawing
                .boxes
                .iter()
                .min_by_key(|b| (b.rect.x, std::cmp::Reverse(self.graph[b.node].spans)))
                .map(|b| b.node)
        };
        let node = service
            .and_then(|service| self.node(service))
            .or_else(first);
        self.selection = node.map(Selection::Node);
    }
}

fn same_structure(one: &ServiceGraph, other: &ServiceGraph) -> bool {
    one.node_count() == other.node_count()
        && one.edge_count() == other.edge_count()
        && one
            .node_weights()
            .zip(other.node_weights())
            .all(|(a, b)| a.name == b.name)
        && one
            .raw_edges()
            .iter()
            .zip(other.raw_edges())
            .all(|(a, b)| (a.source(), a.target()) == (b.source(), b.target()))
}
