//! The whole trace in a few rows of braille: every span a stroke, many spans to a dot, what failed
//! and the critical path on top.

use crate::analysis::CriticalPath;
use crate::model::{Nanos, Time, Trace};

/// One cell of the minimap.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct MinimapCell {
    /// Braille dots as in U+2800 + `dots`.
    pub dots: u8,
    /// A failed span lies here.
    pub error: bool,
    /// The span that was longest on the critical path here.
    pub critical: Option<u32>,
}

/// The minimap of a trace: rows of cells, top to bottom. Costs one pass over the spans, and one
/// over the sections of the critical path.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Minimap {
    columns: usize,
    cells: Vec<MinimapCell>,
}

/// Bits of a braille cell by column (0, 1) and row (0 to 3).
const DOTS: [[u8; 4]; 2] = [[0x01, 0x02, 0x04, 0x40], [0x08, 0x10, 0x20, 0x80]];

impl Minimap {
    /// Draws a trace into `rows` by `columns` cells, and its critical path if that is known.
    pub fn new(trace: &Trace, path: Option<&CriticalPath>, (rows, columns): (u16, u16)) -> Self {
        let (dot_rows, dot_columns) = (usize::from(rows) * 4, usize::from(columns) * 2);
        if dot_rows == 0 || dot_columns == 0 || trace.is_empty() {
            return Self {
                columns: usize::from(columns),
                ..Self::default()
            };
        }
        let dot = Dots {
            start: trace.start(),
            length: trace.duration(),
            columns: dot_columns,
        };
        let mut map = Self {
            columns: usize::from(columns),
            cells: vec![MinimapCell::default(); usize::from(rows) * usize::from(columns)],
        };
        // Strokes of one dot row are added up as differences: each span costs two steps,
        // however wide it is.
        let mut edges = vec![vec![0i32; dot_columns + 1]; dot_rows];
        for span in 0..trace.len() {
            let row = span * dot_rows / trace.len();
            let (from, to) = (dot.of(trace.start_of(span)), dot.of(trace.end_of(span)));
            edges[row][from] += 1;
            edges[row][to + 1] -= 1;
            if trace.errors_in(span..span + 1) > 0 {
                map.cells[row / 4 * map.columns + from / 2].error = true;
            }
        }
        for (row, edges) in edges.iter().enumerate() {
            let mut open = 0;
            for (column, edge) in edges[..dot_columns].iter().enumerate() {
                open += edge;
                if open > 0 {
                    map.cells[row / 4 * map.columns + column / 2].dots |= DOTS[column % 2][row % 4];
                }
            }
        }
        if let Some(path) = path {
            map.add_path(trace, path, rows, &dot);
        }
        map
    }

    /// Marks where the critical path passes. Its sections do not overlap, so that all of them
    /// together pass few more cells than there are columns.
    fn add_path(&mut self, trace: &Trace, path: &CriticalPath, rows: u16, dots: &Dots) {
        let mut longest = vec![Nanos(0); self.cells.len()];
        for section in path.sections() {
            let row = section.span * usize::from(rows) / trace.len();
            let (first, last) = (dots.of(section.from) / 2, dots.of(section.to) / 2);
            for column in first..=last {
                let (from, to) = dots.cell(column);
                let within = section.to.min(to).since(section.from.max(from));
                let at = row * self.columns + column;
                if within > longest[at] {
                    longest[at] = within;
                    self.cells[at].critical = Some(section.span as u32);
                }
            }
        }
    }

    /// The cells of a row.
    pub fn row(&self, row: usize) -> &[MinimapCell] {
        self.cells
            .get(row * self.columns..(row + 1) * self.columns)
            .unwrap_or_default()
    }
}

struct Dots {
    start: Time,
    length: Nanos,
    columns: usize,
}

impl Dots {
    /// When a column of cells begins and ends.
    fn cell(&self, column: usize) -> (Time, Time) {
        let edge = |column: usize| {
            let offset = u128::from(self.length.0) * 2 * column as u128 / self.columns as u128;
            self.start + Nanos(u64::try_from(offset).unwrap_or(u64::MAX))
        };
        (edge(column), edge(column + 1))
    }

    fn of(&self, time: Time) -> usize {
        let (offset, length) = (time.since(self.start).0, self.length.0.max(1));
        // Sixty-four bits do for a year, and are divided several times as fast.
        let dot = offset.checked_mul(self.columns as u64).map_or_else(
            || u128::from(offset) * self.columns as u128 / u128::from(length),
            |product| u128::from(product / length),
        );
        usize::try_from(dot)
            .unwrap_or(self.columns)
            .min(self.columns - 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::critical_path;
    use crate::model::scenario;

    #[test]
    fn spans_are_strokes_from_top_to_bottom() {
        let trace =
            scenario::trace("a: r 0..100\n  b: x 0..49\n  b: y 50..100 error\n  b: z 99..100\n");
        let map = Minimap::new(&trace, None, (1, 2));
        assert_eq!(map.row(0)[0].dots, 0x01 | 0x08 | 0x02 | 0x10);
        assert_eq!(map.row(0)[1].dots, 0x01 | 0x08 | 0x04 | 0x20 | 0x80);
        assert!(map.row(0)[1].error && !map.row(0)[0].error);
    }

    #[test]
    fn the_critical_path_lies_on_top() {
        let trace = scenario::trace("a: r 0..100\n  b: x 0..40\n  c: y 40..100\n");
        let path = critical_path(&trace);
        let map = Minimap::new(&trace, Some(&path), (1, 5));
        let spans: Vec<_> = map.row(0).iter().map(|cell| cell.critical).collect();
        assert_eq!(spans, [Some(1), Some(1), Some(2), Some(2), Some(2)]);
    }
}
