//! What a layout produces: boxes, routed edges and label places on a grid of cells.
//!
//! A drawing is geometry only. Who draws it brings names, colours and frames, asks
//! [`Drawing::grid`] for the lines inside the visible window and [`Drawing::hit`] for what is
//! under the mouse.

use petgraph::graph::{EdgeIndex, NodeIndex};

use super::mask::{Grid, Mask};
use crate::text::Charset;

/// A cell: columns to the right, rows downwards, from 0.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Point {
    /// Column.
    pub x: i32,
    /// Row.
    pub y: i32,
}

/// Width and height in cells, frame included.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Size {
    /// Columns.
    pub width: i32,
    /// Rows.
    pub height: i32,
}

/// A rectangle of cells.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Rect {
    /// Leftmost column.
    pub x: i32,
    /// Topmost row.
    pub y: i32,
    /// Columns.
    pub width: i32,
    /// Rows.
    pub height: i32,
}

impl Rect {
    /// The first column to the right of it.
    pub const fn right(self) -> i32 {
        self.x.saturating_add(self.width)
    }

    /// The first row below it.
    pub const fn bottom(self) -> i32 {
        self.y.saturating_add(self.height)
    }

    /// Does it contain the cell?
    pub fn contains(self, at: Point) -> bool {
        (self.x..self.right()).contains(&at.x) && (self.y..self.bottom()).contains(&at.y)
    }

    /// Do the two share a cell?
    pub fn intersects(self, other: Self) -> bool {
        self.x < other.right()
            && other.x < self.right()
            && self.y < other.bottom()
            && other.y < self.bottom()
    }
}

/// The place of a node.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NodeBox {
    /// The node of the graph that was laid out.
    pub node: NodeIndex,
    /// Its cells, frame included.
    pub rect: Rect,
    /// The edge from the node to itself, shown as a sign in the frame ([`NodeBox::loop_sign`]).
    pub self_loop: Option<EdgeIndex>,
}

impl NodeBox {
    /// Where in the frame the sign of a call to itself stands.
    pub const fn loop_sign(self) -> Point {
        Point {
            x: self.rect.x + self.rect.width - 3,
            y: self.rect.y,
        }
    }
}

/// The direction in which an edge arrives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Heading {
    /// At the left side of its target, as calls do.
    Right,
    /// At the right side of its target, as the edges that close a cycle do.
    Left,
}

impl Heading {
    /// The arrow head.
    pub const fn glyph(self, charset: Charset) -> char {
        match (self, charset) {
            (Self::Right, Charset::Unicode) => '►',
            (Self::Left, Charset::Unicode) => '◄',
            (Self::Right, Charset::Ascii) => '>',
            (Self::Left, Charset::Ascii) => '<',
        }
    }
}

/// The way of an edge from its source to its target.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EdgePath {
    /// The edge of the graph that was laid out.
    pub edge: EdgeIndex,
    /// The cell of the source's frame that it leaves.
    pub port: Point,
    /// The corners from the first cell outside the source to the arrow head, axis by axis.
    pub points: Vec<Point>,
    /// Which way the arrow head at the last point looks.
    pub heading: Heading,
    /// Drawn with heavy lines.
    pub heavy: bool,
    /// Where its label stands, above a stretch that is its own; `None` where there is no room.
    pub label: Option<Rect>,
}

impl EdgePath {
    /// The cell of the arrow head.
    pub fn arrow(&self) -> Point {
        self.points.last().copied().unwrap_or(self.port)
    }

    /// Adds the lines of this edge to a grid: for emphasis of one edge over all others.
    pub fn stroke(&self, grid: &mut Grid) {
        let weigh = |mask: Mask| if self.heavy { mask.heavy() } else { mask };
        let (out, back) = match self.heading {
            Heading::Right => (Mask::RIGHT, Mask::LEFT),
            Heading::Left => (Mask::LEFT, Mask::RIGHT),
        };
        grid.add(self.port, weigh(out));
        if let Some(first) = self.points.first() {
            grid.add(*first, weigh(back));
        }
        grid.stroke(&self.points, self.heavy);
    }

    fn covers(&self, at: Point) -> bool {
        self.points.windows(2).any(|pair| match pair {
            [a, b] if a.y == b.y => at.y == a.y && (a.x.min(b.x)..=a.x.max(b.x)).contains(&at.x),
            [a, b] => at.x == a.x && (a.y.min(b.y)..=a.y.max(b.y)).contains(&at.y),
            _ => false,
        }) || at == self.arrow()
    }
}

/// What is at a cell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hit {
    /// A node's box.
    Node(NodeIndex),
    /// An edge's line, label or loop sign.
    Edge(EdgeIndex),
}

/// A graph laid out on cells.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Drawing {
    /// The cells from (0, 0) that everything lies in.
    pub size: Size,
    /// One box a node, in the order of the graph's nodes.
    pub boxes: Vec<NodeBox>,
    /// One path an edge that joins two nodes, in the order of the graph's edges.
    pub paths: Vec<EdgePath>,
}

impl Drawing {
    /// The box of a node.
    pub fn node(&self, node: NodeIndex) -> Option<&NodeBox> {
        self.boxes.get(node.index())
    }

    /// The path of an edge; none for one from a node to itself.
    pub fn path(&self, edge: EdgeIndex) -> Option<&EdgePath> {
        let found = self
            .paths
            .binary_search_by_key(&edge, |path| path.edge)
            .ok()?;
        self.paths.get(found)
    }

    /// All lines inside a window, with an arm on the frame where an edge leaves its source.
    pub fn grid(&self, window: Rect) -> Grid {
        let mut grid = Grid::new(window);
        for path in &self.paths {
            path.stroke(&mut grid);
        }
        grid
    }

    /// What is at a cell: labels and loop signs first, then boxes, then lines.
    pub fn hit(&self, at: Point) -> Option<Hit> {
        let sign = self
            .boxes
            .iter()
            .find(|b| b.self_loop.is_some() && b.loop_sign() == at);
        if let Some(edge) = sign.and_then(|b| b.self_loop) {
            return Some(Hit::Edge(edge));
        }
        let label = |path: &&EdgePath| path.label.is_some_and(|label| label.contains(at));
        let boxed = || self.boxes.iter().find(|b| b.rect.contains(at));
        let labelled = || self.paths.iter().find(label);
        let crossed = || self.paths.iter().find(|path| path.covers(at));
        boxed()
            .map(|b| Hit::Node(b.node))
            .or_else(|| labelled().or_else(crossed).map(|path| Hit::Edge(path.edge)))
    }
}
