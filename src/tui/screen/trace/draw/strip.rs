//! The strip: the minimap over the whole width, and the ruler over the bars.

use ratatui::layout::Rect;

use crate::model::Time;
use crate::text::{self, Shown};
use crate::tui::canvas::Canvas;
use crate::tui::hit::{Pane, Target};
use crate::tui::theme::Token;
use crate::tui::widget::waterfall::{Axis, Minimap};

use super::super::Open;

/// Columns from tick to tick of the ruler at the least: a label and a gap.
const TICK: u16 = 10;

/// The minimap over the whole width, with the shown range marked, and the ruler over the bars.
pub fn strip(open: &Open, canvas: &mut Canvas<'_>, area: Rect, names: u16, axis: &Axis<'_>) {
    if area.height == 0 {
        return;
    }
    let rows = area.height.saturating_sub(1).max(1);
    let map_area = Rect {
        x: area.x + 1,
        width: area.width.saturating_sub(2),
        height: rows,
        ..area
    };
    canvas.pane(Pane::Strip, map_area);
    canvas.hit(map_area, Target::Spot(Pane::Strip));
    minimap(open, canvas, map_area);
    if area.height > 1 {
        ruler(open, canvas, area.bottom() - 1, names, axis);
    }
}

fn minimap(open: &Open, canvas: &mut Canvas<'_>, area: Rect) {
    let map = open.minimap.get((area.height, area.width), || {
        Minimap::new(&open.trace, area.height, area.width)
    });
    let (from, to) = open.range.all();
    let whole = Axis::new(from, to, area.width);
    let (first, last) = (
        whole.column(open.range.shown().0),
        whole.column(open.range.shown().1),
    );
    for row in 0..area.height {
        for (column, cell) in map.row(row.into()).iter().enumerate() {
            let column = column as u16;
            let inside = first <= column && column <= last;
            let token = match (cell.error, inside) {
                (true, _) => Token::Error,
                (false, true) => Token::Muted,
                (false, false) => Token::Faint,
            };
            if cell.dots != 0 {
                canvas.braille(area.x + column, area.y + row, cell.dots, token);
            }
        }
    }
}

/// Ticks, and where the cursor's span begins: in place of the ticks that it would touch.
fn ruler(open: &Open, canvas: &mut Canvas<'_>, y: u16, names: u16, axis: &Axis<'_>) {
    let left = names + 1;
    let area = Rect::new(left, y, axis.columns(), 1);
    canvas.pane(Pane::Ruler, area);
    canvas.hit(area, Target::Spot(Pane::Ruler));
    let here = guide(open, axis).map(|(column, time)| {
        let offset = text::duration(time.since(open.trace.start()).0, canvas.charset());
        (column, Shown::from(offset))
    });
    for tick in axis.ticks(open.trace.start(), TICK) {
        let label = Shown::from(text::duration(tick.offset.0, canvas.charset()));
        let end = tick.column + label.width() as u16 + 1;
        let touches = here.as_ref().is_some_and(|(column, label)| {
            *column < end && tick.column < column + label.width() as u16 + 1
        });
        if !touches {
            let room = axis.columns() - tick.column;
            canvas.text(left + tick.column, y, room, &label, Token::Muted);
        }
    }
    if let Some((column, label)) = here {
        let column = column.min(axis.columns().saturating_sub(label.width() as u16));
        canvas.text(
            left + column,
            y,
            axis.columns() - column,
            &label,
            Token::Accent,
        );
    }
}

/// Where the cursor's span begins, if that is in view and not the left edge.
pub fn guide(open: &Open, axis: &Axis<'_>) -> Option<(u16, Time)> {
    let start = open.trace.start_of(open.rows.span(open.list.cursor())?);
    let (from, to) = (axis.from(), axis.to());
    (from < start && start < to).then(|| (axis.column(start), start))
}
