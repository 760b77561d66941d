//! The flame graph of a trace: spans merged by the path of operations that leads to them.
//!
//! As Jaeger's (`TracePage/TraceFlamegraph`): siblings of one service and operation are one frame,
//! recursively, and a frame is never narrower than its children together. Here the width can also
//! be own time or critical time, and nothing recurses.

use std::ops::Range;

use super::critical_path::CriticalPath;
use crate::model::{Cancellation, Nanos, Operations, Paths, Trace};

/// What the width of a frame stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Weight {
    /// The summed durations of its spans: cost, not time on the wall.
    #[default]
    Total,
    /// The own time of its spans and of all below them.
    Own,
    /// The critical time of its spans and of all below them: sums to the trace's duration.
    Critical,
}

/// No frame, or none of many spans.
const NONE: u32 = u32::MAX;

/// All spans of one operation that one path of operations leads to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Frame {
    /// The frame above, by its number; none for a root.
    pub parent: Option<usize>,
    /// How many frames are above.
    pub depth: usize,
    /// The longest of its spans. Service and operation are those of all.
    pub longest: usize,
    /// What they are together.
    pub sum: Sum,
}

/// Spans of a frame, added up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Sum {
    /// How many they are.
    pub spans: u64,
    /// How many of them failed.
    pub errors: u64,
    /// Their durations.
    pub total: Nanos,
    /// Their own time.
    pub own: Nanos,
    /// Their time on the critical path.
    pub critical: Nanos,
}

impl Sum {
    fn of(trace: &Trace, path: &CriticalPath, span: usize) -> Self {
        Self {
            spans: 1,
            errors: trace.errors_in(span..span + 1) as u64,
            total: trace.duration_of(span),
            own: trace.self_time(span),
            critical: path.time_of(span),
        }
    }

    fn and(self, other: Self) -> Self {
        Self {
            spans: self.spans + other.spans,
            errors: self.errors + other.errors,
            total: self.total + other.total,
            own: self.own + other.own,
            critical: self.critical + other.critical,
        }
    }
}

/// A frame as it is kept: there may be as many as spans, most of them of one span, whose figures
/// are known already.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Node {
    parent: u32,
    /// The number after its last descendant's.
    end: u32,
    longest: u32,
    /// Where its figures are, if it has several spans.
    sum: u32,
}

/// The frames of a trace in depth-first order, children by first occurrence. They are of this
/// trace and its critical path: both are given where figures are asked for.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Flame {
    nodes: Vec<Node>,
    sums: Vec<Sum>,
    of: Vec<u32>,
}

impl Flame {
    /// Merges the spans of a trace. Linear in spans.
    pub fn new(trace: &Trace, path: &CriticalPath) -> Self {
        Self::until(trace, path, &Cancellation::never())
    }

    /// The same until cancelled.
    pub fn until(trace: &Trace, path: &CriticalPath, cancellation: &Cancellation<'_>) -> Self {
        let operations = Operations::new(trace);
        let distinct = operations.names().len();
        let paths = Paths::until(trace, operations.numbers(), distinct, cancellation);
        let mut nodes: Vec<Node> = Vec::with_capacity(paths.len());
        let mut sums = Vec::new();
        for node in (0..paths.len()).take_while(|_| !cancellation.is_cancelled()) {
            let mut spans = paths.spans(node);
            let mut longest = paths.first(node);
            spans.next();
            let mut several: Option<Sum> = None;
            for span in spans {
                let sum = several.unwrap_or_else(|| Sum::of(trace, path, longest));
                several = Some(sum.and(Sum::of(trace, path, span)));
                if trace.duration_of(span) > trace.duration_of(longest) {
                    longest = span;
                }
            }
            nodes.push(Node {
                parent: paths.parent(node).map_or(NONE, |parent| parent as u32),
                end: paths.end(node) as u32,
                longest: longest as u32,
                sum: several.map_or(NONE, |_| sums.len() as u32),
            });
            sums.extend(several);
        }
        sums.shrink_to_fit();
        let of = paths.into_numbers();
        Self { nodes, sums, of }
    }

    /// The number of frames.
    pub fn len(&self) -> usize {
        self.nodes.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.nodes.is_empty()
    }

    /// A frame by its number, if there is one.
    pub fn get(&self, frame: usize, trace: &Trace, path: &CriticalPath) -> Option<Frame> {
        let node = self.nodes.get(frame)?;
        let longest = node.longest as usize;
        Some(Frame {
            parent: self.parent(frame),
            depth: trace.depth(longest),
            longest,
            sum: self.sum(node, trace, path),
        })
    }

    /// All frames.
    pub fn frames(&self, trace: &Trace, path: &CriticalPath) -> impl Iterator<Item = Frame> {
        (0..self.len()).filter_map(|frame| self.get(frame, trace, path))
    }

    fn sum(&self, node: &Node, trace: &Trace, path: &CriticalPath) -> Sum {
        let several = self.sums.get(node.sum as usize).copied();
        several.unwrap_or_else(|| Sum::of(trace, path, node.longest as usize))
    }

    /// The frame above, none for a root.
    pub fn parent(&self, frame: usize) -> Option<usize> {
        let parent = self.nodes.get(frame)?.parent;
        (parent != NONE).then_some(parent as usize)
    }

    /// The longest span of a frame.
    pub fn longest(&self, frame: usize) -> Option<usize> {
        self.nodes.get(frame).map(|node| node.longest as usize)
    }

    /// How many frames are above: as many as spans above any of its own.
    pub fn depth(&self, frame: usize, trace: &Trace) -> usize {
        self.longest(frame).map_or(0, |span| trace.depth(span))
    }

    /// The frame that a span is part of, none if there is no such span.
    pub fn frame_of(&self, span: usize) -> Option<usize> {
        self.of.get(span).map(|&frame| frame as usize)
    }

    /// A frame and all its descendants.
    pub fn subtree(&self, frame: usize) -> Range<usize> {
        let end = self
            .nodes
            .get(frame)
            .map_or(frame, |node| node.end as usize);
        frame..end
    }

    /// How many spans each frame has with all below it: the width where none took any time. Linear
    /// in frames.
    pub fn counts(&self) -> Vec<u64> {
        let mut counts: Vec<u64> = vec![0; self.nodes.len()];
        for (at, node) in self.nodes.iter().enumerate().rev() {
            counts[at] += self.sums.get(node.sum as usize).map_or(1, |sum| sum.spans);
            let count = counts[at];
            if let Some(parent) = counts.get_mut(node.parent as usize) {
                *parent += count;
            }
        }
        counts
    }

    /// The width of each frame in nanoseconds: at least that of its children together. Linear in
    /// frames until cancelled.
    pub fn widths(
        &self,
        weight: Weight,
        (trace, path): (&Trace, &CriticalPath),
        cancellation: &Cancellation<'_>,
    ) -> Vec<u64> {
        let mut widths: Vec<u64> = vec![0; self.nodes.len()];
        for (at, node) in self.nodes.iter().enumerate().rev() {
            if cancellation.is_cancelled() {
                break;
            }
            let several = self.sums.get(node.sum as usize);
            let one = node.longest as usize;
            let below = widths[at];
            widths[at] = match weight {
                Weight::Total => below.max(
                    several
                        .map_or_else(|| trace.duration_of(one), |sum| sum.total)
                        .0,
                ),
                Weight::Own => below.saturating_add(
                    several
                        .map_or_else(|| trace.self_time(one), |sum| sum.own)
                        .0,
                ),
                Weight::Critical => below.saturating_add(
                    several
                        .map_or_else(|| path.time_of(one), |sum| sum.critical)
                        .0,
                ),
            };
            if let Some(parent) = widths.get(node.parent as usize) {
                widths[node.parent as usize] = parent.saturating_add(widths[at]);
            }
        }
        widths
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::critical_path;
    use crate::model::scenario;

    const TWICE: &str = "a: r 0..100\n  b: get 0..20\n    c: q 5..15\n  d: put 20..30\n  \
                         b: get 30..60 error\n    c: q 30..40\n    e: new 40..50\n";

    #[test]
    fn alike_siblings_merge_and_subtrees_are_ranges() {
        let trace = scenario::trace(TWICE);
        let path = critical_path(&trace);
        let flame = Flame::new(&trace, &path);
        let frames: Vec<Frame> = flame.frames(&trace, &path).collect();
        let told: Vec<_> = (frames.iter().enumerate())
            .map(|(at, f)| {
                let name = trace.span(f.longest).operation();
                let total = f.sum.total.0 / 1_000_000;
                (f.depth, name, f.sum.spans, total, flame.subtree(at).end)
            })
            .collect();
        let expected = [
            (0, "r", 1, 100, 5),
            (1, "get", 2, 50, 4),
            (2, "q", 2, 20, 3),
            (2, "new", 1, 10, 4),
            (1, "put", 1, 10, 5),
        ];
        assert_eq!(told, expected);
        assert_eq!((frames[1].sum.errors, frames[2].parent), (1, Some(1)));
        assert_eq!(trace.span(frames[1].longest).start(), trace.start_of(4));
        assert_eq!(flame.frame_of(6), Some(3));
    }

    #[test]
    fn widths_hold_their_children_and_critical_ones_sum_to_the_trace() {
        let text = "a: r 0..100\n  b: x 0..80\n  c: y 0..90\n";
        let trace = scenario::trace(text);
        let path = critical_path(&trace);
        let flame = Flame::new(&trace, &path);
        let millis = |weight| {
            let widths = flame.widths(weight, (&trace, &path), &Cancellation::never());
            widths
                .iter()
                .map(|width| width / 1_000_000)
                .collect::<Vec<_>>()
        };
        assert_eq!(millis(Weight::Total), [170, 80, 90]);
        assert_eq!(millis(Weight::Own), [180, 80, 90]);
        assert_eq!(millis(Weight::Critical), [100, 0, 90]);
        assert_eq!(flame.counts(), [3, 1, 1]);
    }
}
