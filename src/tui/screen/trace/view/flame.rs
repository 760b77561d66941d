//! The flame graph: where the reader stands in it, what is zoomed, and which cells frames take.

use std::cmp::Reverse;
use std::ops::Range;
use std::sync::Arc;

use crate::analysis::{CriticalPath, Flame, Frame, Weight};
use crate::model::{Cancellation, Nanos, Trace};

/// So many of the frames with most own time are told.
const TOLD: usize = 16;

/// Which cells of a row a frame takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cells {
    pub frame: usize,
    /// The row, from the zoomed frame's.
    pub row: usize,
    pub from: u16,
    pub to: u16,
}

/// The frames of a trace, and where the reader stands among them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FlameView {
    flame: Arc<Flame>,
    widths: Arc<Vec<u64>>,
    /// The width of all roots together.
    whole: u64,
    /// Frames took no time by their weight: they are as wide as they have spans.
    pub by_count: bool,
    /// The frames of most own time, the most first.
    pub most_own: Vec<usize>,
    pub weight: Weight,
    /// What they are to be weighed by.
    wanted: Weight,
    /// The frame under the cursor.
    pub cursor: usize,
    /// The frame that takes the whole width; none for all roots.
    pub zoom: Option<usize>,
    /// Callees stand above their callers.
    pub upside_down: bool,
}

impl FlameView {
    /// The flame graph of a trace. Linear in its spans; of no use once cancelled.
    pub fn new(trace: &Trace, path: &CriticalPath, cancellation: &Cancellation<'_>) -> Self {
        let flame = Flame::until(trace, path, cancellation);
        let view = Self {
            most_own: most_own(flame.frames(trace, path)),
            flame: Arc::new(flame),
            widths: Arc::default(),
            whole: 0,
            by_count: false,
            weight: Weight::Total,
            wanted: Weight::Total,
            cursor: 0,
            zoom: None,
            upside_down: false,
        };
        view.weighed((trace, path), cancellation)
    }

    /// The number of frames.
    pub fn len(&self) -> usize {
        self.flame.len()
    }

    /// A frame by its number, of the trace and the path that all of them are of.
    pub fn frame(&self, at: usize, trace: &Trace, path: &CriticalPath) -> Option<Frame> {
        self.flame.get(at, trace, path)
    }

    /// The frame above.
    pub fn parent(&self, at: usize) -> Option<usize> {
        self.flame.parent(at)
    }

    /// How many frames are above.
    pub fn depth(&self, at: usize, trace: &Trace) -> usize {
        self.flame.depth(at, trace)
    }

    /// The widths of all frames by the present weight, in nanoseconds.
    pub fn widths(&self) -> &[u64] {
        &self.widths
    }

    /// The width of all roots together.
    pub fn whole(&self) -> u64 {
        self.whole
    }

    /// What frames are to be weighed by next.
    pub fn next_weight(&self) -> Weight {
        match self.wanted {
            Weight::Total => Weight::Own,
            Weight::Own => Weight::Critical,
            Weight::Critical => Weight::Total,
        }
    }

    /// Another way to weigh frames is wanted; what is shown stays until [`FlameView::weighed`].
    pub fn want(&mut self, weight: Weight) {
        self.wanted = weight;
    }

    /// The same by the wanted weight. Linear in its frames; of no use once cancelled.
    #[must_use]
    pub fn weighed(mut self, of: (&Trace, &CriticalPath), cancellation: &Cancellation<'_>) -> Self {
        self.weight = self.wanted;
        self.widths = Arc::new(self.flame.widths(self.weight, of, cancellation));
        self.whole = self.roots().map(|root| self.widths[root]).sum();
        self.by_count = self.whole == 0 && !cancellation.is_cancelled();
        if self.by_count {
            self.widths = Arc::new(self.flame.counts());
            self.whole = self.roots().map(|root| self.widths[root]).sum();
        }
        self
    }

    /// The reader stands where he stood in another form of the same graph.
    pub fn stand_as(&mut self, before: &Self) {
        self.cursor = before.cursor;
        self.zoom = before.zoom;
        self.upside_down = before.upside_down;
        self.wanted = before.wanted;
    }

    fn roots(&self) -> impl Iterator<Item = usize> {
        self.siblings(0, self.len())
    }

    fn children(&self, frame: usize) -> impl Iterator<Item = usize> {
        self.siblings(frame + 1, self.flame.subtree(frame).end)
    }

    fn siblings(&self, from: usize, end: usize) -> impl Iterator<Item = usize> {
        let next = move |&at: &usize| Some(self.flame.subtree(at).end).filter(|&at| at < end);
        std::iter::successors(Some(from).filter(|&at| at < end), next)
    }

    /// The longest span of the frame under the cursor.
    pub fn span(&self) -> Option<usize> {
        self.longest(self.cursor)
    }

    /// The longest span of a frame.
    pub fn longest(&self, frame: usize) -> Option<usize> {
        self.flame.longest(frame)
    }

    /// Zooms to the frame of a span.
    pub fn zoom_to(&mut self, span: usize) {
        self.zoom = self.flame.frame_of(span);
    }

    /// To the frame of a span, zooming out as far as needed.
    pub fn go(&mut self, span: usize) {
        if let Some(frame) = self.flame.frame_of(span) {
            self.choose(frame);
        }
    }

    /// To a frame, zooming out as far as needed.
    pub fn choose(&mut self, frame: usize) {
        self.cursor = frame;
        let inside = |zoom: usize| self.flame.subtree(zoom).contains(&frame);
        self.zoom = self.zoom.filter(|&zoom| inside(zoom));
    }

    /// To the frame above.
    pub fn up(&mut self) {
        if let Some(parent) = self.parent(self.cursor) {
            self.cursor = parent;
            self.zoom = self.zoom.filter(|&zoom| parent >= zoom);
        }
    }

    /// To the widest frame below.
    pub fn down(&mut self) {
        if self.cursor < self.len() {
            let widest = self
                .children(self.cursor)
                .max_by_key(|&at| (self.widths()[at], usize::MAX - at));
            self.cursor = widest.unwrap_or(self.cursor);
        }
    }

    /// To the frame beside, on the same level under the same zoom.
    pub fn beside(&mut self, forward: bool, trace: &Trace) {
        let depth = self.depth(self.cursor, trace);
        let all = self
            .zoom
            .map_or(0..self.len(), |zoom| self.flame.subtree(zoom));
        let same = |&at: &usize| self.depth(at, trace) == depth && self.widths()[at] > 0;
        let found = if forward {
            (self.cursor + 1..all.end).find(same)
        } else {
            (all.start..self.cursor).rev().find(same)
        };
        self.cursor = found.unwrap_or(self.cursor);
    }

    /// Zooms to the frame under the cursor, or one level out.
    pub fn zoom(&mut self, closer: bool) {
        self.zoom = if closer {
            Some(self.cursor).filter(|&at| at < self.len())
        } else {
            self.zoom.and_then(|zoom| self.parent(zoom))
        };
    }

    /// Which cells the frames take in `columns` columns and some rows below the zoomed one.
    /// Frames without a cell of their own are left out with all below them, so that the cost is
    /// that of the cells and their siblings.
    pub fn layout(&self, columns: u16, rows: Range<usize>) -> Vec<Cells> {
        let widths = self.widths();
        let whole = self
            .zoom
            .map_or_else(|| self.whole(), |zoom| widths[zoom])
            .max(1);
        let column = |at: u64| {
            let column = u128::from(at) * u128::from(columns) / u128::from(whole);
            u16::try_from(column).unwrap_or(columns).min(columns)
        };
        let mut cells = Vec::new();
        let mut stack: Vec<(Cells, u64)> = Vec::new();
        // Only what takes a cell is looked into.
        let push = |stack: &mut Vec<_>, frame: usize, row: usize, at: &mut u64| {
            let (from, to) = (column(*at), column(*at + widths[frame]));
            if from < to && row < rows.end {
                let cells = Cells {
                    frame,
                    row,
                    from,
                    to,
                };
                stack.push((cells, *at));
            }
            *at += widths[frame];
        };
        let mut at = 0;
        match self.zoom {
            Some(zoom) => push(&mut stack, zoom, 0, &mut at),
            None => self
                .roots()
                .for_each(|root| push(&mut stack, root, 0, &mut at)),
        }
        while let Some((here, mut at)) = stack.pop() {
            if rows.contains(&here.row) {
                cells.push(here);
            }
            for child in self.children(here.frame) {
                push(&mut stack, child, here.row + 1, &mut at);
            }
        }
        cells
    }
}

/// The frames of most own time, the most first.
fn most_own(frames: impl Iterator<Item = Frame>) -> Vec<usize> {
    let mut most: Vec<(Reverse<Nanos>, usize)> = Vec::new();
    for (at, frame) in frames
        .enumerate()
        .filter(|(_, frame)| frame.sum.own > Nanos(0))
    {
        let own = (Reverse(frame.sum.own), at);
        if most.len() >= TOLD && most.last() <= Some(&own) {
            continue;
        }
        let place = most.partition_point(|other| *other <= own);
        most.insert(place, own);
        most.truncate(TOLD);
    }
    most.into_iter().map(|(_, at)| at).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::critical_path;
    use crate::model::scenario;

    #[test]
    fn frames_share_the_width_of_their_parent() {
        let trace = scenario::trace(
            "a: r 0..100\n  b: x 0..40\n  b: x 40..50\n  c: y 50..100\n    d: z 50..75\n",
        );
        let mut flame = FlameView::new(&trace, &critical_path(&trace), &Cancellation::never());
        let cells = |flame: &FlameView| {
            let mut cells: Vec<_> = flame
                .layout(100, 0..9)
                .iter()
                .map(|c| (c.row, c.from, c.to))
                .collect();
            cells.sort_unstable();
            cells
        };
        assert_eq!(
            cells(&flame),
            [(0, 0, 100), (1, 0, 50), (1, 50, 100), (2, 50, 75)]
        );
        flame.go(3);
        flame.zoom(true);
        assert_eq!(cells(&flame), [(0, 0, 100), (1, 0, 50)]);
        flame.down();
        assert_eq!(flame.span(), Some(4));
        flame.go(0);
        assert_eq!(flame.zoom, None);
        flame.down();
        flame.beside(true, &trace);
        assert_eq!(flame.span(), Some(3));
    }
}
