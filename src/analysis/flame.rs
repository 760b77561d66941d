//! The flame graph of a trace: spans merged by the path of operations that leads to them.
//!
//! As Jaeger's (`TracePage/TraceFlamegraph`): siblings of one service and operation are one frame,
//! recursively, and a frame is never narrower than its children together. Here the width can also
//! be own time or critical time, and nothing recurses.

use std::collections::HashMap;
use std::ops::Range;

use foldhash::fast::RandomState;

use super::critical_path::CriticalPath;
use super::operations::Operations;
use crate::model::{Nanos, Trace};

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

/// All spans of one operation that one path of operations leads to; service and operation are those
/// of any of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Frame {
    /// The frame above, by its number; none for a root.
    pub parent: Option<usize>,
    /// How many frames are above.
    pub depth: usize,
    /// The number after its last descendant's.
    pub end: usize,
    /// How many spans it merges.
    pub spans: u64,
    /// How many of them failed.
    pub errors: u64,
    /// Their durations.
    pub total: Nanos,
    /// Their own time.
    pub own: Nanos,
    /// Their time on the critical path.
    pub critical: Nanos,
    /// The longest of them.
    pub longest: usize,
}

/// The frames of a trace in depth-first order, children by first occurrence.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Flame {
    frames: Vec<Frame>,
    of: Vec<u32>,
}

impl Flame {
    /// Merges the spans of a trace. Linear in spans.
    pub fn new(trace: &Trace, path: &CriticalPath) -> Self {
        let operations = Operations::new(trace);
        let mut places: HashMap<(u32, u32), u32, RandomState> = HashMap::default();
        let mut frames: Vec<Frame> = Vec::new();
        let mut of: Vec<u32> = Vec::with_capacity(trace.len());
        for span in 0..trace.len() {
            let parent = trace.parent(span).map(|parent| of[parent]);
            let operation = operations.of(span);
            let key = (parent.map_or(0, |parent| parent + 1), operation);
            let place = *places.entry(key).or_insert_with(|| {
                frames.push(Frame::new(parent, span));
                frames.len() as u32 - 1
            });
            of.push(place);
            frames[place as usize].add(trace, path, span);
        }
        in_depth_first_order(&frames, &of)
    }

    /// The frames. A subtree is a range: from a frame to its `end`.
    pub fn frames(&self) -> &[Frame] {
        &self.frames
    }

    /// The frame that a span is part of; none if the trace has no such span.
    pub fn frame_of(&self, span: usize) -> Option<usize> {
        self.of.get(span).map(|&frame| frame as usize)
    }

    /// A frame and all its descendants.
    pub fn subtree(&self, frame: usize) -> Range<usize> {
        frame..self.frames[frame].end
    }

    /// The width of each frame in nanoseconds: at least that of its children together.
    pub fn widths(&self, weight: Weight) -> Vec<u64> {
        let mut widths: Vec<u64> = vec![0; self.frames.len()];
        for (at, frame) in self.frames.iter().enumerate().rev() {
            let below = widths[at];
            widths[at] = match weight {
                Weight::Total => below.max(frame.total.0),
                Weight::Own => below.saturating_add(frame.own.0),
                Weight::Critical => below.saturating_add(frame.critical.0),
            };
            if let Some(parent) = frame.parent {
                widths[parent] = widths[parent].saturating_add(widths[at]);
            }
        }
        widths
    }
}

impl Frame {
    fn new(parent: Option<u32>, first: usize) -> Self {
        Self {
            parent: parent.map(|parent| parent as usize),
            depth: 0,
            end: 0,
            spans: 0,
            errors: 0,
            total: Nanos(0),
            own: Nanos(0),
            critical: Nanos(0),
            longest: first,
        }
    }

    fn add(&mut self, trace: &Trace, path: &CriticalPath, span: usize) {
        self.spans += 1;
        self.errors += trace.errors_in(span..span + 1) as u64;
        self.total = self.total + trace.duration_of(span);
        self.own = self.own + trace.self_time(span);
        self.critical = self.critical + path.time_of(span);
        if trace.duration_of(span) > trace.duration_of(self.longest) {
            self.longest = span;
        }
    }
}

/// Frames come by first occurrence: a later span may add a child to an early frame. Sorts them so
/// that subtrees are ranges.
fn in_depth_first_order(frames: &[Frame], of: &[u32]) -> Flame {
    let mut children: Vec<Vec<usize>> = vec![Vec::new(); frames.len()];
    let mut stack: Vec<usize> = Vec::new();
    for (at, frame) in frames.iter().enumerate().rev() {
        match frame.parent {
            Some(parent) => children[parent].push(at),
            None => stack.push(at),
        }
    }
    let mut sorted: Vec<Frame> = Vec::with_capacity(frames.len());
    let mut moved: Vec<u32> = vec![0; frames.len()];
    while let Some(at) = stack.pop() {
        moved[at] = sorted.len() as u32;
        // A parent is placed before its children, so its new number is known.
        let parent = frames[at].parent.map(|parent| moved[parent] as usize);
        let depth = parent.map_or(0, |parent| sorted[parent].depth + 1);
        sorted.push(Frame {
            parent,
            depth,
            end: sorted.len() + 1,
            ..frames[at]
        });
        // Children were gathered last to first, so the first is popped first.
        stack.append(&mut children[at]);
    }
    for at in (0..sorted.len()).rev() {
        if let Some(parent) = sorted[at].parent {
            sorted[parent].end = sorted[parent].end.max(sorted[at].end);
        }
    }
    let of = of.iter().map(|&at| moved[at as usize]).collect();
    Flame { frames: sorted, of }
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
        let flame = Flame::new(&trace, &critical_path(&trace));
        let told: Vec<_> = flame
            .frames()
            .iter()
            .map(|f| {
                let operation = trace.span(f.longest).operation();
                (f.depth, operation, f.spans, f.total.0 / 1_000_000, f.end)
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
        assert_eq!(flame.frames()[1].errors, 1);
        assert_eq!(
            trace.span(flame.frames()[1].longest).start(),
            trace.start_of(4)
        );
        assert_eq!(flame.frame_of(6), Some(3));
    }

    #[test]
    fn widths_hold_their_children_and_critical_ones_sum_to_the_trace() {
        let text = "a: r 0..100\n  b: x 0..80\n  c: y 0..90\n";
        let trace = scenario::trace(text);
        let flame = Flame::new(&trace, &critical_path(&trace));
        let millis = |weight| {
            let widths = flame.widths(weight);
            widths
                .iter()
                .map(|width| width / 1_000_000)
                .collect::<Vec<_>>()
        };
        assert_eq!(millis(Weight::Total), [170, 80, 90]);
        assert_eq!(millis(Weight::Own), [180, 80, 90]);
        assert_eq!(millis(Weight::Critical), [100, 0, 90]);
    }
}
