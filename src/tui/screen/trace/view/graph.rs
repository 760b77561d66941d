//! The calls of a trace as a graph: spans merged by the path that leads to them, left to right.

use petgraph::Direction as Way;
use petgraph::graph::{DiGraph, NodeIndex};

use crate::graph::{Drawing, EdgeSpec, Lead, Options, Size, Step, layout, trace_graph_until};
use crate::model::{Cancellation, Trace};
use crate::text::{self, Charset, Shown};

/// More boxes than this nobody can follow: the ones with most time are shown.
const MOST: usize = 60;
/// Columns of a box, frame included, at least. Up to what the drawing grants it is as wide as its
/// names.
const LEAST: usize = 22;
/// Columns that drawings grant a box, those that cut no name first.
const GRANTED: [usize; 4] = [40, 34, 28, LEAST];
/// Boxes that are to be seen whole beside each other where not all of a drawing has room.
const ABREAST: usize = 3;
/// Columns of the frame and the blanks beside it.
const FRAME: usize = 4;

/// How much room a box takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// Three lines in a frame.
    Full,
    /// One line; the first and the last stand in the frame.
    Compact,
}

impl Form {
    /// Rows of a box.
    pub const fn height(self) -> i32 {
        match self {
            Self::Full => 5,
            Self::Compact => 3,
        }
    }

    /// The row of a box on which its first line stands.
    pub const fn first_line(self) -> i32 {
        match self {
            Self::Full => 1,
            Self::Compact => 0,
        }
    }
}

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

/// The graph laid out with boxes of a form.
#[derive(Debug, Clone, PartialEq)]
struct Laid {
    drawing: Drawing,
    form: Form,
    /// Columns of so many boxes beside each other as are to be seen whole.
    abreast: i32,
}

/// The graph laid out, and where the reader stands in it.
#[derive(Debug, Clone)]
pub struct GraphView {
    pub graph: DiGraph<Step, Lead>,
    /// Those with the widest boxes first, full ones before compact ones.
    laid: Vec<Laid>,
    pub cursor: NodeIndex,
    pub colouring: Colouring,
    /// How many steps there are with those left out.
    pub all: usize,
}

impl PartialEq for GraphView {
    fn eq(&self, other: &Self) -> bool {
        (self.cursor, self.colouring, self.all) == (other.cursor, other.colouring, other.all)
            && self.laid == other.laid
    }
}

impl GraphView {
    /// The graph of a trace, laid out; of no use once cancelled.
    pub fn new(trace: &Trace, cancellation: &Cancellation<'_>) -> Self {
        let (graph, all) = trace_graph_until(trace, MOST, cancellation);
        let laid = |granted, form| {
            let options = Options {
                gap: i32::from(form == Form::Full),
                outline: form == Form::Compact,
                ..Options::default()
            };
            let size = |_, step: &Step| size(step, granted, form);
            let drawing = layout(&graph, size, |_, _| EdgeSpec::default(), options);
            Laid {
                abreast: abreast(&graph, &drawing),
                drawing,
                form,
            }
        };
        let forms = [Form::Full, Form::Compact];
        let all_laid = GRANTED
            .iter()
            .flat_map(|&granted| forms.map(|form| laid(granted, form)));
        Self {
            laid: all_laid.collect(),
            graph,
            cursor: NodeIndex::new(0),
            colouring: Colouring::default(),
            all,
        }
    }

    /// The drawing for so many columns and rows: the one with the widest boxes of which all has
    /// room, else of which the whole width has, else a few boxes beside each other.
    pub fn drawing(&self, columns: u16, rows: u16) -> Option<(&Drawing, Form)> {
        let (columns, rows) = (i32::from(columns), i32::from(rows));
        let is_wide = |laid: &&Laid| laid.drawing.size.width <= columns;
        let whole = |laid: &&Laid| is_wide(laid) && laid.drawing.size.height <= rows;
        let compact = || self.laid.iter().filter(|laid| laid.form == Form::Compact);
        let found = self.laid.iter().find(whole);
        let found = found.or_else(|| compact().find(is_wide));
        let found = found.or_else(|| compact().find(|laid| laid.abreast <= columns));
        let laid = found.or(self.laid.last())?;
        Some((&laid.drawing, laid.form))
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
        // Boxes stand alike below each other however wide they are.
        let Some(drawing) = self.laid.last().map(|laid| &laid.drawing) else {
            return;
        };
        let Some(here) = drawing.node(self.cursor).map(|node| node.rect) else {
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
        let boxes = drawing.boxes.iter();
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

    /// The lines of a box with room for so many columns: service with how many, operation, time.
    pub fn lines(
        &self,
        step: &Step,
        room: usize,
        trace: &Trace,
        charset: Charset,
    ) -> [Shown<'static>; 3] {
        let many = many(step, charset);
        let service = Shown::from_owned(step.service.clone());
        let service = service.cut_middle(room.saturating_sub(many.len()), charset);
        let time = match self.colouring {
            Colouring::Service | Colouring::Own => times(step, charset),
            Colouring::Total => {
                let time = text::duration(step.total.0, charset);
                format!("{time}  {}", text::share(step.total.0, trace.duration().0))
            }
        };
        [
            Shown::from(format!("{service}{many}")),
            Shown::from_owned(step.operation.clone()).cut_middle(room, charset),
            Shown::from(time),
        ]
    }
}

/// How many spans a step stands for, behind its service.
fn many(step: &Step, charset: Charset) -> String {
    let times = crate::tui::theme::Glyphs::of(charset).times;
    match step.spans.len() {
        1 => String::new(),
        many => format!(" {times}{}", text::count(many as u64)),
    }
}

/// Columns of the widest row of a step, its caller, and the caller of that.
fn abreast(graph: &DiGraph<Step, Lead>, drawing: &Drawing) -> i32 {
    let above = |&node: &NodeIndex| graph.neighbors_directed(node, Way::Incoming).next();
    let width = |node: NodeIndex| {
        let row = std::iter::successors(Some(node), above).take(ABREAST);
        let rects = row.filter_map(|node| Some(drawing.node(node)?.rect));
        let ends = rects.fold((i32::MAX, 0), |(left, right), rect| {
            (left.min(rect.x), right.max(rect.right()))
        });
        ends.1.saturating_sub(ends.0)
    };
    graph.node_indices().map(width).max().unwrap_or(0)
}

/// How long a step took, and how much of that was its own.
fn times(step: &Step, charset: Charset) -> String {
    let time = text::duration(step.total.0, charset);
    format!("{time}  own {}", text::share(step.own.0, step.total.0))
}

/// How large the box of a step is that may be so wide: its times are never cut, and a blank parts
/// them from the sign of what failed.
fn size(step: &Step, granted: usize, form: Form) -> Size {
    let width = |text: &str| Shown::start_of(text, granted).width();
    let head = width(&step.service) + many(step, Charset::Ascii).len();
    let widest = head.max(width(&step.operation)) + FRAME;
    let failed = if step.errors > 0 { 2 } else { 0 };
    let times = width(&times(step, Charset::Ascii)) + failed + FRAME;
    let least = LEAST.max(times);
    Size {
        width: widest.clamp(least, granted.max(least)) as i32,
        height: form.height(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::scenario;

    #[test]
    fn boxes_are_as_narrow_as_the_screen_asks() {
        let long = "istio-ingressgateway.istio-system.svc.cluster.local";
        let text = format!("{long}: r 0..100\n  {long}: x 0..40 error k=1\n    {long}: y 10..20\n");
        let view = GraphView::new(&scenario::trace(&text), &Cancellation::never());
        let drawn = |columns, rows| {
            let (drawing, form) = view.drawing(columns, rows).unwrap();
            let widths = drawing.boxes.iter().map(|node| node.rect.width);
            (widths.max(), drawing.size.width, form)
        };
        assert_eq!(drawn(160, 30), (Some(40), 130, Form::Full));
        assert_eq!(drawn(118, 4), (Some(34), 112, Form::Compact));
        let (widest, width, _) = drawn(78, 20);
        assert!(widest < Some(26) && width <= 78, "{widest:?} {width}");
        assert_eq!(drawn(10, 20).0, widest, "the narrowest");
    }

    #[test]
    fn arrows_follow_the_calls() {
        let trace = scenario::trace("a: r 0..100\n  b: x 0..40\n  b: x 40..50\n  c: y 50..100\n");
        let mut view = GraphView::new(&trace, &Cancellation::never());
        assert_eq!(view.graph.node_count(), 3);
        view.go(2);
        assert_eq!(view.step().map(|step| step.spans.len()), Some(2));
        let lines = view
            .step()
            .map(|step| view.lines(step, 20, &trace, Charset::Unicode));
        assert_eq!(lines.map(|l| l[0].to_string()), Some("b ×2".to_owned()));
        view.along(Way::Incoming);
        assert_eq!(view.span(), Some(0));
        view.along(Way::Outgoing);
        view.beside(true);
        assert_eq!(view.step().map(|step| step.service.as_str()), Some("c"));
    }
}
