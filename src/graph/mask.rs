//! Which arms of line a cell has, and the box-drawing character that shows them.
//!
//! Lines of different edges that meet in a cell are merged by uniting their arms, so a junction
//! needs no thought: `─` and `│` give `┼`, a heavy `━` that turns down into `┃` gives `┓`.

use super::drawing::{Point, Rect};
use crate::text::Charset;

/// The arms of line in one cell: up, right, down, left, each absent, light or heavy.
///
/// The low four bits say which arms there are, the high four which of them are heavy.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Mask(u8);

/// Every combination of arms, counted in base three: up, then right, down and left.
/// From the Unicode block "Box Drawing" (U+2500 to U+257F).
const GLYPHS: [char; 81] = [
    ' ', '╵', '╹', '╶', '└', '┖', '╺', '┕', '┗', '╷', '│', '╿', '┌', '├', '┞', '┍', '┝', '┡', '╻',
    '╽', '┃', '┎', '┟', '┠', '┏', '┢', '┣', '╴', '┘', '┚', '─', '┴', '┸', '╼', '┶', '┺', '┐', '┤',
    '┦', '┬', '┼', '╀', '┮', '┾', '╄', '┒', '┧', '┨', '┰', '╁', '╂', '┲', '╆', '╊', '╸', '┙', '┛',
    '╾', '┵', '┹', '━', '┷', '┻', '┑', '┥', '┩', '┭', '┽', '╃', '┯', '┿', '╇', '┓', '┪', '┫', '┱',
    '╅', '╉', '┳', '╈', '╋',
];

impl Mask {
    /// No line at all.
    pub const EMPTY: Self = Self(0);
    /// A light arm to the cell above.
    pub const UP: Self = Self(0b0001);
    /// A light arm to the cell on the right.
    pub const RIGHT: Self = Self(0b0010);
    /// A light arm to the cell below.
    pub const DOWN: Self = Self(0b0100);
    /// A light arm to the cell on the left.
    pub const LEFT: Self = Self(0b1000);

    /// The same arms, heavy.
    #[must_use]
    pub const fn heavy(self) -> Self {
        Self((self.0 & 0x0f) | (self.0 << 4))
    }

    /// The arms of both; an arm that is heavy in one is heavy in the union.
    #[must_use]
    pub const fn union(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// The same beside the light upright line of a frame.
    #[must_use]
    pub const fn beside_frame(self) -> Self {
        self.union(Self::UP).union(Self::DOWN)
    }

    /// Is there no line here?
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// The character that shows these arms, a space for none; in ASCII `-`, `=` (heavy), `|`
    /// and `+`.
    pub fn glyph(self, charset: Charset) -> char {
        match charset {
            Charset::Unicode => self.box_drawing(),
            Charset::Ascii => self.ascii(),
        }
    }

    /// The same of a dashed line: straight pieces are dashed, corners and junctions are not; in
    /// ASCII `.`.
    pub fn dashed(self, charset: Charset) -> char {
        match (self.glyph(charset), charset) {
            ('─', Charset::Unicode) => '╌',
            ('│', Charset::Unicode) => '┆',
            ('-' | '|', Charset::Ascii) => '.',
            (other, _) => other,
        }
    }

    fn box_drawing(self) -> char {
        let index: usize = [1, 3, 9, 27]
            .into_iter()
            .enumerate()
            .map(|(arm, power)| power * self.weight(arm))
            .sum();
        GLYPHS.get(index).copied().unwrap_or(' ')
    }

    const fn ascii(self) -> char {
        match self.0 & 0x0f {
            0 => ' ',
            0b0010 | 0b1000 | 0b1010 if self.0 >> 4 != 0 => '=',
            0b0010 | 0b1000 | 0b1010 => '-',
            0b0001 | 0b0100 | 0b0101 => '|',
            _ => '+',
        }
    }

    const fn weight(self, arm: usize) -> usize {
        ((self.0 >> arm & 1) + (self.0 >> (arm + 4) & 1)) as usize
    }
}

/// The lines inside a window of a drawing, one [`Mask`] a cell.
#[derive(Clone, Debug)]
pub struct Grid {
    window: Rect,
    cells: Vec<Mask>,
}

impl Grid {
    /// An empty grid over `window`.
    pub fn new(window: Rect) -> Self {
        let area = window.width.max(0) as usize * window.height.max(0) as usize;
        Self {
            window,
            cells: vec![Mask::EMPTY; area],
        }
    }

    /// The lines at `at`, in the coordinates of the drawing; none outside the window.
    pub fn get(&self, at: Point) -> Mask {
        self.index(at)
            .and_then(|i| self.cells.get(i))
            .copied()
            .unwrap_or_default()
    }

    /// Adds a line of axis-parallel strokes through `points`; what lies outside is left out.
    pub fn stroke(&mut self, points: &[Point], heavy: bool) {
        for pair in points.windows(2) {
            if let [from, to] = pair {
                self.segment(*from, *to, heavy);
            }
        }
    }

    /// Adds `mask` to the cell at `at`.
    pub fn add(&mut self, at: Point, mask: Mask) {
        if let Some(cell) = self.index(at).and_then(|i| self.cells.get_mut(i)) {
            *cell = cell.union(mask);
        }
    }

    fn segment(&mut self, from: Point, to: Point, heavy: bool) {
        let weigh = |mask: Mask| if heavy { mask.heavy() } else { mask };
        if from.y == to.y {
            let (start, end) = (from.x.min(to.x), from.x.max(to.x));
            if start < end && (self.window.y..self.window.bottom()).contains(&from.y) {
                let visible = start.max(self.window.x)..=end.min(self.window.right() - 1);
                for x in visible {
                    let arms = ends(x, start, end, Mask::LEFT, Mask::RIGHT);
                    self.add(Point { x, y: from.y }, weigh(arms));
                }
            }
        } else if (self.window.x..self.window.right()).contains(&from.x) {
            let (start, end) = (from.y.min(to.y), from.y.max(to.y));
            let visible = start.max(self.window.y)..=end.min(self.window.bottom() - 1);
            for y in visible {
                let arms = ends(y, start, end, Mask::UP, Mask::DOWN);
                self.add(Point { x: from.x, y }, weigh(arms));
            }
        }
    }

    fn index(&self, at: Point) -> Option<usize> {
        self.window.contains(at).then(|| {
            let (column, row) = (at.x - self.window.x, at.y - self.window.y);
            row as usize * self.window.width as usize + column as usize
        })
    }
}

/// The arms of a cell of a stroke: both, but none beyond its ends.
fn ends(at: i32, start: i32, end: i32, back: Mask, forth: Mask) -> Mask {
    let mut arms = Mask::EMPTY;
    if at > start {
        arms = arms.union(back);
    }
    if at < end {
        arms = arms.union(forth);
    }
    arms
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arms_unite_into_junctions() {
        let across = Mask::LEFT.union(Mask::RIGHT);
        let down = Mask::UP.union(Mask::DOWN);
        assert_eq!(across.union(down).box_drawing(), '┼');
        assert_eq!(across.heavy().union(down).box_drawing(), '┿');
        assert_eq!(down.union(Mask::RIGHT.heavy()).box_drawing(), '┝');
        // A heavy trunk comes from the left and turns down, light arms go up and right.
        let trunk = Mask::LEFT
            .union(Mask::DOWN)
            .heavy()
            .union(Mask::UP)
            .union(Mask::RIGHT);
        assert_eq!(trunk.box_drawing(), '╅');
        assert_eq!(trunk.ascii(), '+');
        assert_eq!(across.heavy().ascii(), '=');
        let dashed = [across, down, across.union(down)].map(|mask| mask.dashed(Charset::Unicode));
        assert_eq!(dashed, ['╌', '┆', '┼']);
    }

    #[test]
    fn strokes_are_cut_to_the_window() {
        let mut grid = Grid::new(Rect {
            x: 2,
            y: 0,
            width: 2,
            height: 2,
        });
        let far = [
            Point { x: 0, y: 0 },
            Point {
                x: i32::MAX - 1,
                y: 0,
            },
        ];
        grid.stroke(&far, false);
        assert_eq!(grid.get(Point { x: 3, y: 0 }).box_drawing(), '─');
        assert!(grid.get(Point { x: 1, y: 0 }).is_empty());
    }
}
