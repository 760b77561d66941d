//! The flame graph: where the reader stands in it, what is zoomed, and which cells frames take.

use crate::analysis::{CriticalPath, Flame, Frame, Weight};
use crate::model::Trace;

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
    flame: Flame,
    totals: [Vec<u64>; 3],
    /// The widths of all roots together, by weight.
    wholes: [u64; 3],
    pub weight: Weight,
    /// The frame under the cursor.
    pub cursor: usize,
    /// The frame that takes the whole width; none for all roots.
    pub zoom: Option<usize>,
    /// Callees stand above their callers.
    pub upside_down: bool,
}

impl FlameView {
    /// The flame graph of a trace. Linear in its spans.
    pub fn new(trace: &Trace, path: &CriticalPath) -> Self {
        let flame = Flame::new(trace, path);
        let weights = [Weight::Total, Weight::Own, Weight::Critical];
        let totals = weights.map(|weight| flame.widths(weight));
        let whole = |widths: &Vec<u64>| {
            let roots = flame
                .frames()
                .iter()
                .zip(widths)
                .filter(|(frame, _)| frame.depth == 0);
            roots.map(|(_, width)| width).sum()
        };
        let wholes = totals.each_ref().map(whole);
        Self {
            flame,
            totals,
            wholes,
            weight: Weight::Total,
            cursor: 0,
            zoom: None,
            upside_down: false,
        }
    }

    /// The frames.
    pub fn frames(&self) -> &[Frame] {
        self.flame.frames()
    }

    /// The widths of all frames by the present weight, in nanoseconds.
    pub fn widths(&self) -> &[u64] {
        &self.totals[self.weighed()]
    }

    /// The width of all roots together.
    pub fn whole(&self) -> u64 {
        self.wholes[self.weighed()]
    }

    fn weighed(&self) -> usize {
        match self.weight {
            Weight::Total => 0,
            Weight::Own => 1,
            Weight::Critical => 2,
        }
    }

    fn roots(&self) -> impl Iterator<Item = usize> {
        let next = |&at: &usize| Some(self.frames()[at].end).filter(|&at| at < self.frames().len());
        std::iter::successors((!self.frames().is_empty()).then_some(0), next)
    }

    fn children(&self, frame: usize) -> impl Iterator<Item = usize> {
        let end = self.frames()[frame].end;
        let next = move |&at: &usize| Some(self.frames()[at].end).filter(|&at| at < end);
        std::iter::successors(Some(frame + 1).filter(|&at| at < end), next)
    }

    /// The next way to weigh frames.
    pub fn weigh(&mut self) {
        self.weight = match self.weight {
            Weight::Total => Weight::Own,
            Weight::Own => Weight::Critical,
            Weight::Critical => Weight::Total,
        };
    }

    /// The longest span of the frame under the cursor.
    pub fn span(&self) -> Option<usize> {
        self.frames().get(self.cursor).map(|frame| frame.longest)
    }

    /// To the frame of a span, zooming out as far as needed.
    pub fn go(&mut self, span: usize) {
        let Some(frame) = self.flame.frame_of(span) else {
            return;
        };
        self.cursor = frame;
        let inside = |zoom: usize| self.flame.subtree(zoom).contains(&frame);
        self.zoom = self.zoom.filter(|&zoom| inside(zoom));
    }

    /// To the frame above.
    pub fn up(&mut self) {
        if let Some(parent) = self
            .frames()
            .get(self.cursor)
            .and_then(|frame| frame.parent)
        {
            self.cursor = parent;
            self.zoom = self.zoom.filter(|&zoom| parent >= zoom);
        }
    }

    /// To the widest frame below.
    pub fn down(&mut self) {
        if self.cursor < self.frames().len() {
            let widest = self
                .children(self.cursor)
                .max_by_key(|&at| (self.widths()[at], usize::MAX - at));
            self.cursor = widest.unwrap_or(self.cursor);
        }
    }

    /// To the frame beside, on the same level under the same zoom.
    pub fn beside(&mut self, forward: bool) {
        let Some(depth) = self.frames().get(self.cursor).map(|frame| frame.depth) else {
            return;
        };
        let all = self
            .zoom
            .map_or(0..self.frames().len(), |zoom| zoom..self.frames()[zoom].end);
        let same = |&at: &usize| self.frames()[at].depth == depth && self.widths()[at] > 0;
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
            Some(self.cursor).filter(|&at| at < self.frames().len())
        } else {
            self.zoom.and_then(|zoom| self.frames()[zoom].parent)
        };
    }

    /// Which cells the frames take in `columns` columns and `rows` rows below the zoomed one.
    /// Frames without a cell of their own are left out with all below them, so that the cost is
    /// that of the cells and their siblings.
    pub fn layout(&self, columns: u16, rows: usize) -> Vec<Cells> {
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
        let mut stack: Vec<(usize, usize, u64)> = Vec::new();
        let mut left = 0;
        let tops: Vec<usize> = self
            .zoom
            .map_or_else(|| self.roots().collect(), |zoom| vec![zoom]);
        for top in tops {
            stack.push((top, 0, left));
            left += widths[top];
        }
        while let Some((frame, row, from)) = stack.pop() {
            let (first, end) = (column(from), column(from + widths[frame]));
            if end <= first || row >= rows {
                continue;
            }
            cells.push(Cells {
                frame,
                row,
                from: first,
                to: end,
            });
            let mut at = from;
            for child in self.children(frame) {
                stack.push((child, row + 1, at));
                at += widths[child];
            }
        }
        cells
    }
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
        let mut flame = FlameView::new(&trace, &critical_path(&trace));
        let cells = |flame: &FlameView| {
            let mut cells: Vec<_> = flame
                .layout(100, 9)
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
        flame.beside(true);
        assert_eq!(flame.span(), Some(3));
    }
}
