//! The flame graph of a trace: spans merged by the path of operations that leads to them.
//!
//! As Jaeger's (`TracePage/TraceFlamegraph`): siblings of one service and operation are one frame,
//! recursively, and a frame is never narrower than its children together. Here the width can also
//! be own time or critical time, and nothing recurses.

use std::ops::Range;

use super::critical_path::CriticalPath;
use crate::model::{Nanos, Operations, Paths, Trace};

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

/// No frame: a frame takes 56 bytes, and there may be as many as spans.
const NONE: u32 = u32::MAX;

/// All spans of one operation that one path of operations leads to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Frame {
    parent: u32,
    depth: u32,
    end: u32,
    longest: u32,
    spans: u32,
    errors: u32,
    /// Their durations.
    pub total: Nanos,
    /// Their own time.
    pub own: Nanos,
    /// Their time on the critical path.
    pub critical: Nanos,
}

impl Frame {
    /// The frame above, by its number; none for a root.
    pub fn parent(&self) -> Option<usize> {
        (self.parent != NONE).then_some(self.parent as usize)
    }

    /// How many frames are above.
    pub fn depth(&self) -> usize {
        self.depth as usize
    }

    /// The number after its last descendant's.
    pub fn end(&self) -> usize {
        self.end as usize
    }

    /// How many spans it merges.
    pub fn spans(&self) -> u64 {
        self.spans.into()
    }

    /// How many of them failed.
    pub fn errors(&self) -> u64 {
        self.errors.into()
    }

    /// The longest of them. Service and operation are those of all.
    pub fn longest(&self) -> usize {
        self.longest as usize
    }
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
        let distinct = operations.names().len();
        let paths = Paths::new(trace, operations.numbers(), distinct);
        let mut frames: Vec<Frame> = Vec::with_capacity(paths.len());
        for node in 0..paths.len() {
            let parent = paths.parent(node);
            let depth = parent.map_or(0, |parent| frames[parent].depth + 1);
            frames.push(Frame {
                parent: parent.map_or(NONE, |parent| parent as u32),
                depth,
                end: paths.end(node) as u32,
                longest: NONE,
                spans: 0,
                errors: 0,
                total: Nanos(0),
                own: Nanos(0),
                critical: Nanos(0),
            });
        }
        let of = paths.into_numbers();
        // The longest of each frame so far, so that it need not be looked up again.
        let mut longest: Vec<Nanos> = vec![Nanos(0); frames.len()];
        for (span, &frame) in of.iter().enumerate() {
            let duration = trace.duration_of(span);
            let (frame, longest) = (&mut frames[frame as usize], &mut longest[frame as usize]);
            frame.spans += 1;
            frame.errors += trace.errors_in(span..span + 1) as u32;
            frame.total = frame.total + duration;
            frame.own = frame.own + trace.self_time(span);
            frame.critical = frame.critical + path.time_of(span);
            if frame.longest == NONE || duration > *longest {
                (frame.longest, *longest) = (span as u32, duration);
            }
        }
        Self { frames, of }
    }

    /// The frames. A subtree is a range: from a frame to its end.
    pub fn frames(&self) -> &[Frame] {
        &self.frames
    }

    /// The frame that a span is part of, none if there is no such span.
    pub fn frame_of(&self, span: usize) -> Option<usize> {
        self.of.get(span).map(|&frame| frame as usize)
    }

    /// A frame and all its descendants.
    pub fn subtree(&self, frame: usize) -> Range<usize> {
        frame..self.frames[frame].end()
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
            if let Some(parent) = frame.parent() {
                widths[parent] = widths[parent].saturating_add(widths[at]);
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
        let flame = Flame::new(&trace, &critical_path(&trace));
        let told: Vec<_> = flame
            .frames()
            .iter()
            .map(|f| {
                let name = trace.span(f.longest()).operation();
                (f.depth(), name, f.spans(), f.total.0 / 1_000_000, f.end())
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
        assert_eq!(flame.frames()[1].errors(), 1);
        assert_eq!(
            trace.span(flame.frames()[1].longest()).start(),
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
