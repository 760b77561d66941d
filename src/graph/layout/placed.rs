//! A component with a place for everything: the steps in a row, and the edges they give.

use super::super::drawing::{EdgePath, Heading, Point, Rect, Size};
use super::order::Layered;
use super::route::{self, Channel};
use super::{Component, Edge, Options, acyclic, outline, place, ports, rank};

/// A component with the rows and columns that the steps found for it.
pub(super) struct Placed {
    layered: Layered,
    turned: Vec<bool>,
    /// Of all vertices, dummies included.
    sizes: Vec<Size>,
    pub rows: Vec<i32>,
    /// The rows between which each segment runs.
    ends: Vec<route::Rows>,
    columns: Columns,
}

impl Placed {
    pub fn new(part: &Component, sizes: &[Size], options: Options) -> Self {
        let local = |node: usize| part.nodes.binary_search(&node).unwrap_or(0);
        let calls: Vec<(usize, usize)> = part
            .edges
            .iter()
            .map(|edge| (local(edge.from), local(edge.to)))
            .collect();
        let turned = acyclic::reversed(part.nodes.len(), &calls);
        let forward: Vec<(usize, usize)> = calls
            .iter()
            .zip(&turned)
            .map(|(&(from, to), &turned)| if turned { (to, from) } else { (from, to) })
            .collect();
        let mut layered = Layered::new(&rank::ranks(part.nodes.len(), &forward), &forward);
        if !options.outline {
            layered.order();
        }
        let dummy = Size {
            width: 0,
            height: 1,
        };
        let mut sizes: Vec<Size> = part.nodes.iter().map(|&node| sizes[node]).collect();
        sizes.resize(layered.layer.len(), dummy);
        let heights: Vec<i32> = sizes.iter().map(|size| size.height).collect();
        let ports = ports::ports(&layered, &heights, &turned);
        let rows = if options.outline {
            outline::rows(&layered, &ports, &heights, options.gap)
        } else {
            place::rows(&layered, &ports, &heights, options.gap)
        };
        let segments = layered.segments.iter().enumerate();
        let ends: Vec<route::Rows> = segments
            .map(|(s, seg)| {
                (
                    rows[seg.from] + ports.leaves[s],
                    rows[seg.to] + ports.arrives[s],
                )
            })
            .collect();
        let columns = Columns::new(&layered, &sizes, &ends, part, options);
        Self {
            layered,
            turned,
            sizes,
            rows,
            ends,
            columns,
        }
    }

    pub fn rect(&self, vertex: usize) -> Rect {
        Rect {
            x: self.columns.layers[self.layered.layer[vertex]],
            y: self.rows[vertex],
            width: self.sizes[vertex].width,
            height: self.sizes[vertex].height,
        }
    }

    /// The way of an edge, from left to right through its chain.
    pub fn path(&self, index: usize, edge: &Edge) -> Option<EdgePath> {
        let chain = self.layered.chains.get(index)?;
        let (&first, &last) = (chain.first()?, chain.last()?);
        let segment = |index: usize| self.layered.segments[index];
        let mut y = self.ends[first].0;
        let mut points = vec![Point {
            x: self.rect(segment(first).from).right(),
            y,
        }];
        for &at in chain {
            points.extend(self.columns.turns(
                self.layered.layer[segment(at).from],
                self.ends[at],
                y,
            ));
            y = self.ends[at].1;
        }
        points.push(Point {
            x: self.rect(segment(last).to).x - 1,
            y,
        });
        Some(path(edge, points, self.turned[index]))
    }
}

/// The columns of layers and of the channels between them.
struct Columns {
    /// First column of each layer.
    layers: Vec<i32>,
    /// First column of the channel after each layer.
    starts: Vec<i32>,
    channels: Vec<Channel>,
}

impl Columns {
    fn new(
        layered: &Layered,
        sizes: &[Size],
        ends: &[route::Rows],
        part: &Component,
        options: Options,
    ) -> Self {
        let count = layered.layers.len();
        let mut rows = vec![Vec::new(); count];
        // Room for the labels of the edges whose last stretch is in the channel.
        let mut room = vec![0; count];
        for (index, segment) in layered.segments.iter().enumerate() {
            let channel = layered.layer[segment.from];
            rows[channel].push(ends[index]);
            if !layered.is_dummy(segment.to) {
                room[channel] = room[channel].max(part.edges[segment.edge].spec.label);
            }
        }
        let mut columns = Self {
            layers: Vec::new(),
            starts: Vec::new(),
            channels: Vec::new(),
        };
        let mut x = 0;
        for (layer, vertices) in layered.layers.iter().enumerate() {
            columns.layers.push(x);
            x += vertices
                .iter()
                .map(|&vertex| sizes[vertex].width)
                .max()
                .unwrap_or(0);
            columns.starts.push(x);
            let channel = Channel::new(&rows[layer]);
            x += (1 + channel.tracks + room[layer] + 3).max(options.channel);
            columns.channels.push(channel);
        }
        columns
    }

    /// The corners of a segment that comes in on row `y` after `layer`.
    fn turns(&self, layer: usize, ends: route::Rows, mut y: i32) -> Vec<Point> {
        let mut corners = Vec::new();
        for (track, row) in self.channels[layer].turns(ends) {
            let x = self.starts[layer] + 1 + track;
            corners.push(Point { x, y });
            corners.push(Point { x, y: row });
            y = row;
        }
        corners
    }
}

/// A path without the points that are no corners, in the direction of its edge.
fn path(edge: &Edge, mut points: Vec<Point>, turned: bool) -> EdgePath {
    points.dedup();
    let mut corners: Vec<Point> = Vec::with_capacity(points.len());
    for point in points {
        // A point between two others of the same row or column is no corner.
        if let [.., a, b] = corners.as_slice()
            && ((a.x == b.x && b.x == point.x) || (a.y == b.y && b.y == point.y))
        {
            corners.pop();
        }
        corners.push(point);
    }
    let step = if turned { 1 } else { -1 };
    if turned {
        corners.reverse();
    }
    let first = corners.first().copied().unwrap_or_default();
    EdgePath {
        edge: edge.id,
        port: Point {
            x: first.x + step,
            y: first.y,
        },
        points: corners,
        heading: if turned {
            Heading::Left
        } else {
            Heading::Right
        },
        heavy: edge.spec.heavy,
        label: None,
    }
}
