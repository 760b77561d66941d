//! The cells of one span's bar: own work on the critical path, own work off it, waiting.

use crate::model::Time;

use super::axis::{Axis, EIGHTHS};
use super::cover::Cover;
use super::work::Interval;

/// What one cell of a bar shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Cell {
    /// Nothing.
    #[default]
    Empty,
    /// Own work on the critical path, filling so many eighths from the left (1 to 8).
    Critical(u8),
    /// Own work off the critical path, filling so many eighths from the left (1 to 8).
    Own(u8),
    /// Waiting for children.
    Waiting,
    /// An event, drawn over whatever is below.
    Event,
    /// The bar goes on to the left of the view.
    MoreLeft,
    /// The bar goes on to the right of the view.
    MoreRight,
}

/// Where a bar's label has room.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Label {
    /// From this column on, behind the bar.
    Right(u16),
    /// From this column on, before the bar.
    Left(u16),
    /// From this column on, over the bar.
    Inside(u16),
    /// Nowhere.
    Hidden,
}

/// A span's bar: its first column, its cells, none if it lies outside the view.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Bar {
    /// The column of the first cell.
    pub column: u16,
    /// The cells, left to right.
    pub cells: Vec<Cell>,
}

/// The bar of a span from `start` to `end`, and its own and critical work. A span of no length
/// still has one cell. Looks at each interval and event once, and keeps its cells alone.
pub fn bar(
    axis: &Axis<'_>,
    (start, end): (Time, Time),
    own: impl Iterator<Item = Interval>,
    critical: impl Iterator<Item = Interval>,
    events: impl Iterator<Item = Time>,
) -> Bar {
    if end < axis.from() || start > axis.to() {
        return Bar::default();
    }
    let from = axis.column(start.max(axis.from()));
    let last_eighth = axis
        .eighth(end.min(axis.to()))
        .max(u64::from(from) * EIGHTHS + 1);
    let to = (last_eighth.div_ceil(EIGHTHS) as u16).clamp(from + 1, axis.columns());
    let within = |column| axis.time_at(column).clamp(start, end.max(start));
    let edges: Vec<Time> = (from..=to).map(within).collect();
    let (own, critical) = (Cover::of(&edges, own), Cover::of(&edges, critical));
    let mut cells: Vec<Cell> = (from..to)
        .map(|column| {
            let filled = last_eighth
                .saturating_sub(u64::from(column) * EIGHTHS)
                .clamp(1, EIGHTHS) as u8;
            let at = usize::from(column - from);
            let whole = edges[at + 1].since(edges[at]).0;
            cell(whole, own.within(at), critical.within(at), filled)
        })
        .collect();
    // On a bar of a cell or two, events would hide the work.
    let most = if cells.len() > 2 { usize::MAX } else { 0 };
    let seen = |event: &Time| (axis.from()..=axis.to()).contains(event);
    for event in events.take(most).filter(seen) {
        let column = axis.column(event).clamp(from, to - 1);
        cells[usize::from(column - from)] = Cell::Event;
    }
    if start < axis.from() {
        cells[0] = Cell::MoreLeft;
    }
    if end > axis.to()
        && let Some(last) = cells.last_mut()
    {
        *last = Cell::MoreRight;
    }
    Bar {
        column: from,
        cells,
    }
}

/// What fills most of a cell's time.
fn cell(whole: u64, own: u64, on_path: u64, filled: u8) -> Cell {
    let own = own.saturating_sub(on_path);
    let waiting = whole.saturating_sub(on_path + own);
    if on_path > 0 && on_path >= own && on_path >= waiting {
        Cell::Critical(filled)
    } else if own > 0 && own >= waiting || whole == 0 {
        Cell::Own(filled)
    } else {
        Cell::Waiting
    }
}

impl Bar {
    /// One past the last column.
    pub fn end(&self) -> u16 {
        self.column + self.cells.len() as u16
    }

    /// Where a label of `width` cells goes: on the side with more room, a blank between, else
    /// inside, else nowhere.
    pub fn label(&self, columns: u16, width: u16) -> Label {
        let (left, right) = (self.column, columns.saturating_sub(self.end()));
        if right > width && right >= left.min(width + 1) {
            return Label::Right(self.end() + 1);
        }
        if left > width {
            return Label::Left(self.column - width - 1);
        }
        if self.cells.len() > usize::from(width) + 2 {
            return Label::Inside(self.column + 1);
        }
        Label::Hidden
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn drawn(
        axis: &Axis<'_>,
        times: (u64, u64),
        own: &[Interval],
        critical: &[Interval],
        events: &[u64],
    ) -> Bar {
        let (own, critical) = (own.iter().copied(), critical.iter().copied());
        let events = events.iter().map(|&event| Time(event));
        bar(axis, (Time(times.0), Time(times.1)), own, critical, events)
    }

    fn interval(from: u64, to: u64) -> Interval {
        Interval {
            from: Time(from),
            to: Time(to),
        }
    }

    #[test]
    fn thickness_follows_the_work() {
        let axis = Axis::new(Time(0), Time(100), 10);
        let own = [interval(0, 20), interval(80, 95)];
        let bar = drawn(&axis, (0, 95), &own, &[interval(80, 95)], &[41]);
        let expected = [
            Cell::Own(8),
            Cell::Own(8),
            Cell::Waiting,
            Cell::Waiting,
            Cell::Event,
            Cell::Waiting,
            Cell::Waiting,
            Cell::Waiting,
            Cell::Critical(8),
            Cell::Critical(4),
        ];
        assert_eq!(bar.cells, expected);
    }

    #[test]
    fn events_leave_short_bars_alone() {
        let axis = Axis::new(Time(0), Time(100), 10);
        let short = drawn(&axis, (40, 60), &[interval(40, 60)], &[], &[45]);
        assert_eq!(short.cells, [Cell::Own(8), Cell::Own(8)]);
    }

    #[test]
    fn every_span_has_a_cell_and_says_where_it_goes_on() {
        let axis = Axis::new(Time(100), Time(200), 10);
        let all = [interval(0, 300)];
        let long = drawn(&axis, (0, 300), &all, &[], &[]);
        assert_eq!(
            (long.cells.len(), long.cells[0], long.cells[9]),
            (10, Cell::MoreLeft, Cell::MoreRight)
        );
        assert_eq!(
            drawn(&axis, (150, 150), &[], &[], &[]).cells,
            [Cell::Own(1)]
        );
        assert_eq!(drawn(&axis, (200, 200), &[], &[], &[]).cells.len(), 1);
        assert!(drawn(&axis, (0, 99), &all, &[], &[]).cells.is_empty());
    }

    #[test]
    fn labels_stand_where_there_is_room() {
        let at = |column, cells: usize| Bar {
            column,
            cells: vec![Cell::Waiting; cells],
        };
        assert_eq!(at(0, 5).label(20, 6), Label::Right(6));
        assert_eq!(at(14, 6).label(20, 6), Label::Left(7));
        assert_eq!(at(0, 20).label(20, 6), Label::Inside(1));
        assert_eq!(at(0, 20).label(20, 19), Label::Hidden);
    }
}
