//! The calls of a trace as a graph: spans merged by the path that leads to them, left to right.

use petgraph::Direction as Way;
use petgraph::graph::{DiGraph, NodeIndex};

use crate::graph::{Drawing, EdgeSpec, Lead, Options, Size, Step, layout, trace_graph_until};
use crate::model::{Cancellation, Trace};
use crate::text::{self, Charset, Shown};

/// More boxes than this nobody can follow: the ones with most time are shown.
const MOST: usize = 60;
/// Columns of a box, frame included.
const WIDTH: i32 = 24;

/// What the third line and the shade of a box tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Colouring {
    /// The service's hue.
    #[default]
    Service,
    /// The share of the trace's duration.
    Total,
    /// The share of own time in its total.
    Own,
}

/// The graph laid out, and where the reader stands in it.
#[derive(Debug, Clone)]
pub struct GraphView {
    pub graph: DiGraph<Step, Lead>,
    pub drawing: Drawing,
    pub cursor: NodeIndex,
    pub colouring: Colouring,
    /// How many steps there are with those left out.
    pub all: usize,
}

impl PartialEq for GraphView {
    fn eq(&self, other: &Self) -> bool {
        (self.cursor, self.colouring, self.all) == (other.cursor, other.colouring, other.all)
            && self.drawing == other.drawing
    }
}

impl GraphView {
    /// The graph of a trace, laid out; of no use once cancelled.
    pub fn new(trace: &Trace, cancellation: &Cancellation<'_>) -> Self {
        let (graph, all) = trace_graph_until(trace, MOST, cancellation);
        let size = |_, _: &Step| Size {
            width: WIDTH,
            height: 5,
        };
        let drawing = layout(&graph, size, |_, _| EdgeSpec::default(), Options::default());
        Self {
            graph,
            drawing,
            cursor: NodeIndex::new(0),
            colouring: Colouring::default(),
            all,
        }
    }

    /// The first span of the step under the cursor.
    pub fn span(&self) -> Option<usize> {
        self.step()?.spans.first().copied()
    }

    /// The step under the cursor.
    pub fn step(&self) -> Option<&Step> {
        self.graph.node_weight(self.cursor)
    }

    /// To the step of a span, or of its nearest ancestor that has one.
    pub fn go(&mut self, span: usize) {
        let holds = |&node: &NodeIndex| self.graph[node].spans.binary_search(&span).is_ok();
        let before = |&node: &NodeIndex| self.graph[node].spans.first() <= Some(&span);
        let exact = self.graph.node_indices().find(holds);
        let near = || {
            let nodes = self.graph.node_indices().filter(before);
            nodes.max_by_key(|&node| self.graph[node].spans.first().copied())
        };
        self.cursor = exact.or_else(near).unwrap_or(self.cursor);
    }

    /// To the first callee, or the caller.
    pub fn along(&mut self, way: Way) {
        let next = self.graph.neighbors_directed(self.cursor, way);
        self.cursor = next.min().unwrap_or(self.cursor);
    }

    /// To the next box below or above, in the same column if there is one.
    pub fn beside(&mut self, down: bool) {
        let Some(here) = self.drawing.node(self.cursor).map(|node| node.rect) else {
            return;
        };
        let key = |rect: crate::graph::Rect| {
            let ahead = if down {
                rect.y - here.y
            } else {
                here.y - rect.y
            };
            (ahead > 0).then_some(((rect.x - here.x).abs(), ahead))
        };
        let boxes = self.drawing.boxes.iter();
        let next = boxes.filter_map(|node| key(node.rect).map(|key| (key, node.node)));
        self.cursor = next.min().map_or(self.cursor, |(_, node)| node);
    }

    /// The next colouring.
    pub fn recolour(&mut self) {
        self.colouring = match self.colouring {
            Colouring::Service => Colouring::Total,
            Colouring::Total => Colouring::Own,
            Colouring::Own => Colouring::Service,
        };
    }

    /// The lines inside a box: service with how many, operation, time.
    pub fn lines(&self, step: &Step, trace: &Trace, charset: Charset) -> [Shown<'static>; 3] {
        let room = (WIDTH - 4) as usize;
        let many = match step.spans.len() {
            1 => String::new(),
            many => text::count(many as u64),
        };
        let service = Shown::from_owned(step.service.clone());
        let service = service.cut(room.saturating_sub(many.len() + 1), charset);
        let pad = room.saturating_sub(service.width() + many.len());
        let share = |part: u64, of: u64| text::share(part, of);
        let time = text::duration(step.total.0, charset);
        let time = match self.colouring {
            Colouring::Service | Colouring::Own => {
                format!("{time}  own {}", share(step.own.0, step.total.0))
            }
            Colouring::Total => format!("{time}  {}", share(step.total.0, trace.duration().0)),
        };
        [
            Shown::from(format!("{service}{}{many}", " ".repeat(pad))),
            Shown::from_owned(step.operation.clone()).cut(room, charset),
            Shown::from(time),
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::scenario;

    #[test]
    fn arrows_follow_the_calls() {
        let trace = scenario::trace("a: r 0..100\n  b: x 0..40\n  b: x 40..50\n  c: y 50..100\n");
        let mut view = GraphView::new(&trace, &Cancellation::never());
        assert_eq!(view.graph.node_count(), 3);
        view.go(2);
        assert_eq!(view.step().map(|step| step.spans.len()), Some(2));
        let lines = view
            .step()
            .map(|step| view.lines(step, &trace, Charset::Unicode));
        assert_eq!(
            lines.map(|l| l[0].to_string()),
            Some("b                  2".to_owned())
        );
        view.along(Way::Incoming);
        assert_eq!(view.span(), Some(0));
        view.along(Way::Outgoing);
        view.beside(true);
        assert_eq!(view.step().map(|step| step.service.as_str()), Some("c"));
    }
}
