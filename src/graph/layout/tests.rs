//! What must hold of every drawing, whatever the graph.

use std::collections::HashMap;

use petgraph::visit::EdgeRef;
use proptest::prelude::*;

use super::*;
use crate::graph::{Drawing, Heading, Hit, Point};

type Graph = DiGraph<Size, EdgeSpec>;

fn draw(graph: &Graph) -> Drawing {
    layout(graph, |_, size| *size, |_, spec| *spec, Options::default())
}

/// Service-like graphs, cycles, loops and several components included.
fn graphs() -> impl Strategy<Value = Graph> {
    let node = (3..20_i32, 1..6_i32).prop_map(|(width, height)| Size { width, height });
    (prop::collection::vec(node, 1..30)).prop_flat_map(|nodes| {
        let count = nodes.len();
        let edge = (0..count, 0..count, 0..12_i32, any::<bool>());
        prop::collection::hash_map((0..count, 0..count), edge, 0..50).prop_map(move |edges| {
            let mut graph = Graph::new();
            for &size in &nodes {
                graph.add_node(size);
            }
            let mut edges: Vec<_> = edges.into_iter().collect();
            edges.sort_unstable();
            for ((from, to), (_, _, label, heavy)) in edges {
                let ends = (NodeIndex::new(from), NodeIndex::new(to));
                graph.add_edge(ends.0, ends.1, EdgeSpec { label, heavy });
            }
            graph
        })
    })
}

/// Every cell of an edge, corner to corner.
fn cells(points: &[Point]) -> Vec<Point> {
    let mut cells = points.first().copied().into_iter().collect::<Vec<_>>();
    for pair in points.windows(2) {
        let (mut at, to) = (pair[0], pair[1]);
        assert!(at.x == to.x || at.y == to.y, "axis by axis: {points:?}");
        while at != to {
            at.x += (to.x - at.x).signum();
            at.y += (to.y - at.y).signum();
            cells.push(at);
        }
    }
    cells
}

proptest! {
    #[test]
    fn boxes_never_overlap_and_lie_inside(graph in graphs()) {
        let drawing = draw(&graph);
        let window = Rect { x: 0, y: 0, width: drawing.size.width, height: drawing.size.height };
        for (index, a) in drawing.boxes.iter().enumerate() {
            prop_assert_eq!(a.node.index(), index);
            prop_assert!(a.rect.x >= 0 && a.rect.y >= 0);
            prop_assert!(a.rect.right() <= window.right() && a.rect.bottom() <= window.bottom());
            for b in &drawing.boxes[index + 1..] {
                prop_assert!(!a.rect.intersects(b.rect), "{a:?} {b:?}");
            }
        }
    }

    #[test]
    fn every_edge_runs_from_its_source_to_its_target(graph in graphs()) {
        let drawing = draw(&graph);
        for edge in graph.edge_references() {
            let (from, to) = (drawing.boxes[edge.source().index()], drawing.boxes[edge.target().index()]);
            let Some(path) = drawing.path(edge.id()) else {
                prop_assert!(edge.source() == edge.target());
                prop_assert!(from.self_loop.is_some());
                continue;
            };
            prop_assert!(from.rect.contains(path.port));
            prop_assert_eq!((path.points[0].x - path.port.x).abs(), 1);
            prop_assert_eq!(path.points[0].y, path.port.y);
            let step = if path.heading == Heading::Right { 1 } else { -1 };
            let target = Point { x: path.arrow().x + step, y: path.arrow().y };
            prop_assert!(to.rect.contains(target), "{path:?} {to:?}");
            for cell in cells(&path.points) {
                prop_assert!(cell.x >= 0 && cell.y >= 0);
                let crossed = drawing.boxes.iter().find(|b| b.rect.contains(cell));
                prop_assert!(crossed.is_none(), "{path:?} runs through {crossed:?}");
            }
        }
    }

    #[test]
    fn lines_that_share_a_stretch_share_an_end(graph in graphs()) {
        // Two edges may run along each other only where they leave one node or reach one node.
        let drawing = draw(&graph);
        let mut along: HashMap<(Point, bool), Vec<EdgeIndex>> = HashMap::new();
        for path in &drawing.paths {
            for pair in cells(&path.points).windows(2) {
                let across = pair[0].y == pair[1].y;
                let at = pair[0].min(pair[1]);
                along.entry((at, across)).or_default().push(path.edge);
            }
        }
        for (at, edges) in along {
            for pair in edges.windows(2) {
                let ends = |e| graph.edge_endpoints(e).map(|(a, b)| [a, b]).unwrap();
                let (a, b) = (ends(pair[0]), ends(pair[1]));
                prop_assert!(a.iter().any(|n| b.contains(n)), "{at:?}: {a:?} {b:?}");
            }
        }
    }

    #[test]
    fn labels_stand_above_their_own_edge_and_on_nothing(graph in graphs()) {
        let drawing = draw(&graph);
        for path in &drawing.paths {
            let Some(label) = path.label else { continue };
            prop_assert_eq!(label.width, graph[path.edge].label);
            let own = cells(&path.points);
            for x in label.x..label.right() {
                let below = Point { x, y: label.y + 1 };
                prop_assert!(own.contains(&below));
                prop_assert_eq!(drawing.hit(below), Some(Hit::Edge(path.edge)));
                let at = Point { x, y: label.y };
                prop_assert_eq!(drawing.hit(at), Some(Hit::Edge(path.edge)));
                prop_assert!(!drawing.paths.iter().any(|other| cells(&other.points).contains(&at)));
            }
        }
    }

    #[test]
    fn an_outline_begins_at_the_top_and_callers_stand_beside_their_first_callee(
        parents in prop::collection::vec(any::<prop::sample::Index>(), 1..40),
        height in 1..6_i32,
    ) {
        let mut tree = Graph::new();
        tree.add_node(Size { width: 9, height });
        for (node, parent) in (1..).zip(&parents) {
            tree.add_node(Size { width: 5 + node % 7, height });
            let ends = (NodeIndex::new(parent.index(node as usize)), NodeIndex::new(node as usize));
            tree.add_edge(ends.0, ends.1, EdgeSpec::default());
        }
        let options = Options { outline: true, ..Options::default() };
        let drawing = layout(&tree, |_, size| *size, |_, spec| *spec, options);
        prop_assert_eq!(drawing.boxes[0].rect.y, 0);
        for (index, a) in drawing.boxes.iter().enumerate() {
            prop_assert!(drawing.boxes[index + 1..].iter().all(|b| !a.rect.intersects(b.rect)));
            let callees = tree.neighbors(a.node).map(|node| drawing.boxes[node.index()].rect.y);
            prop_assert!(callees.min().is_none_or(|first| first == a.rect.y));
        }
        for path in &drawing.paths {
            for cell in cells(&path.points) {
                let crossed = drawing.boxes.iter().find(|b| b.rect.contains(cell));
                prop_assert!(crossed.is_none(), "{path:?} runs through {crossed:?}");
            }
        }
    }

    #[test]
    fn the_same_graph_gives_the_same_drawing(graph in graphs()) {
        prop_assert_eq!(draw(&graph), draw(&graph));
    }
}

#[test]
fn an_empty_graph_is_an_empty_drawing() {
    assert_eq!(draw(&Graph::new()).size, Size::default());
}
