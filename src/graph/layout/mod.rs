//! Layered layout of a directed graph on a grid of cells, left to right.
//!
//! The frame is Sugiyama's (Sugiyama, Tagawa, Toda: "Methods for visual understanding of
//! hierarchical system structures", 1981) in the form of Gansner, Koutsofios, North, Vo: "A
//! technique for drawing directed graphs", 1993, made for cells: everything is an integer and
//! lines run along rows and columns. The steps have a file each: [`acyclic`], [`rank`], [`order`],
//! [`ports`], [`place`] (or [`outline`]), [`route`], [`label`]; [`placed`] takes them in turn. The same graph gives
//! the same drawing, always.

mod acyclic;
mod label;
mod order;
mod outline;
mod place;
mod placed;
mod ports;
mod rank;
mod route;
#[cfg(test)]
mod tests;

use petgraph::graph::{DiGraph, EdgeIndex, NodeIndex};
use petgraph::visit::{EdgeRef, IntoNodeReferences};

use self::placed::Placed;
use super::drawing::{Drawing, EdgePath, NodeBox, Rect, Size};

/// What the layout has to know of an edge.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct EdgeSpec {
    /// Columns that its label takes; 0 for none.
    pub label: i32,
    /// Draw it heavy.
    pub heavy: bool,
}

/// Distances, in cells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Options {
    /// Free rows between two boxes.
    pub gap: i32,
    /// Least columns between two layers.
    pub channel: i32,
    /// Boxes without edges are set beside each other up to this width.
    pub width: i32,
    /// Each node has one caller at most: callers stand beside the first that they call, in the
    /// order of the nodes, so that whoever begins at the top left sees much at once.
    pub outline: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            gap: 1,
            channel: 5,
            width: 120,
            outline: false,
        }
    }
}

/// Lays a graph out: sizes of nodes and of labels in, cells out.
///
/// Nodes and edges keep their indices. Components stand below each other, the largest first,
/// nodes without edges last. Sizes below 1 count as 1.
pub fn layout<N, E>(
    graph: &DiGraph<N, E>,
    size: impl Fn(NodeIndex, &N) -> Size,
    edge: impl Fn(EdgeIndex, &E) -> EdgeSpec,
    options: Options,
) -> Drawing {
    let at_least_one = |size: Size| Size {
        width: size.width.max(1),
        height: size.height.max(1),
    };
    let sizes: Vec<Size> = graph
        .node_references()
        .map(|(id, node)| at_least_one(size(id, node)))
        .collect();
    let edges: Vec<Edge> = graph
        .edge_references()
        .map(|e| Edge {
            id: e.id(),
            from: e.source().index(),
            to: e.target().index(),
            spec: edge(e.id(), e.weight()),
        })
        .collect();
    let mut sketch = Sketch::new(&sizes);
    let mut single = Vec::new();
    for part in components(sizes.len(), &edges) {
        match part.nodes.as_slice() {
            [node] => single.push(*node),
            _ => sketch.component(&part, options),
        }
    }
    sketch.singles(&single, options);
    sketch.finish(&edges)
}

#[derive(Clone, Copy, Debug)]
struct Edge {
    id: EdgeIndex,
    from: usize,
    to: usize,
    spec: EdgeSpec,
}

/// A part of the graph that hangs together; edges from a node to itself are left out.
#[derive(Debug, Default)]
struct Component {
    nodes: Vec<usize>,
    edges: Vec<Edge>,
}

/// Connected components, the largest first, else in the order of their first nodes.
fn components(nodes: usize, edges: &[Edge]) -> Vec<Component> {
    let mut sets = petgraph::unionfind::UnionFind::<usize>::new(nodes);
    for edge in edges {
        sets.union(edge.from, edge.to);
    }
    let labels = sets.into_labeling();
    let mut place = vec![usize::MAX; nodes];
    let mut parts: Vec<Component> = Vec::new();
    for (node, &label) in labels.iter().enumerate() {
        if place[label] == usize::MAX {
            place[label] = parts.len();
            parts.push(Component::default());
        }
        parts[place[label]].nodes.push(node);
    }
    for edge in edges.iter().filter(|edge| edge.from != edge.to) {
        parts[place[labels[edge.from]]].edges.push(*edge);
    }
    parts.sort_by_key(|part| std::cmp::Reverse(part.nodes.len()));
    parts
}

/// A drawing in the making.
struct Sketch<'a> {
    sizes: &'a [Size],
    rects: Vec<Rect>,
    paths: Vec<(EdgePath, i32)>,
    /// The first free row.
    bottom: i32,
}

impl<'a> Sketch<'a> {
    fn new(sizes: &'a [Size]) -> Self {
        Self {
            sizes,
            rects: vec![Rect::default(); sizes.len()],
            paths: Vec::new(),
            bottom: 0,
        }
    }

    /// Lays out one component below what is there.
    fn component(&mut self, part: &Component, options: Options) {
        let placed = Placed::new(part, self.sizes, options);
        let mut paths: Vec<(EdgePath, i32)> = part
            .edges
            .iter()
            .enumerate()
            .filter_map(|(index, edge)| Some((placed.path(index, edge)?, edge.spec.label)))
            .collect();
        // Detours may run above the first box.
        let corners = paths
            .iter()
            .flat_map(|(path, _)| path.points.iter().map(|p| p.y));
        let highest = placed
            .rows
            .iter()
            .copied()
            .chain(corners)
            .min()
            .unwrap_or(0);
        let down = self.bottom - highest + i32::from(has_label_on_top(&paths, highest));
        for (vertex, &node) in part.nodes.iter().enumerate() {
            self.rects[node] = placed.rect(vertex);
            self.rects[node].y += down;
            self.bottom = self.bottom.max(self.rects[node].bottom());
        }
        for (path, _) in &mut paths {
            path.port.y += down;
            for point in &mut path.points {
                point.y += down;
                self.bottom = self.bottom.max(point.y + 1);
            }
        }
        self.bottom += 1;
        self.paths.append(&mut paths);
    }

    /// Sets boxes without edges in rows below what is there.
    fn singles(&mut self, nodes: &[usize], options: Options) {
        const BESIDE: i32 = 2;
        let (mut x, mut tallest) = (0, 0);
        for &node in nodes {
            let Size { width, height } = self.sizes[node];
            if x > 0 && x + width > options.width {
                self.bottom += tallest + options.gap;
                (x, tallest) = (0, 0);
            }
            self.rects[node] = Rect {
                x,
                y: self.bottom,
                width,
                height,
            };
            x += width + BESIDE;
            tallest = tallest.max(height);
        }
        self.bottom += tallest;
    }

    fn finish(mut self, edges: &[Edge]) -> Drawing {
        self.paths.sort_by_key(|(path, _)| path.edge);
        let (paths, labels): (Vec<EdgePath>, Vec<i32>) = self.paths.into_iter().unzip();
        let boxes = self.rects.iter().enumerate().map(|(node, &rect)| NodeBox {
            node: NodeIndex::new(node),
            rect,
            self_loop: None,
        });
        let mut drawing = Drawing {
            size: Size::default(),
            boxes: boxes.collect(),
            paths,
        };
        for edge in edges.iter().filter(|edge| edge.from == edge.to) {
            drawing.boxes[edge.from].self_loop.get_or_insert(edge.id);
        }
        label::place(&mut drawing, &labels);
        let corners = drawing.paths.iter().flat_map(|path| &path.points);
        let reach = drawing
            .boxes
            .iter()
            .map(|b| (b.rect.right(), b.rect.bottom()));
        drawing.size = reach
            .chain(corners.map(|point| (point.x + 1, point.y + 1)))
            .fold(Size::default(), |size, (right, bottom)| Size {
                width: size.width.max(right),
                height: size.height.max(bottom),
            });
        drawing
    }
}

/// A line on the topmost row needs a free row above it for its label.
fn has_label_on_top(paths: &[(EdgePath, i32)], top: i32) -> bool {
    paths
        .iter()
        .any(|(path, label)| *label > 0 && path.points.iter().any(|p| p.y == top))
}
