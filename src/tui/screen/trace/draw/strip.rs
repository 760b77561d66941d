//! The strip: the minimap over the whole width, and the ruler over the bars.

use ratatui::layout::Rect;

use crate::tui::canvas::Canvas;
use crate::tui::hit::{Pane, Target};
use crate::tui::page::Look;
use crate::tui::theme::Token;
use crate::tui::widget::waterfall::{Axis, Minimap};

use super::super::Open;
use super::ruler::{dragged, ruler};

/// The minimap over the whole width, with the shown range marked, and the ruler over the bars.
pub fn strip(
    open: &Open,
    look: &Look<'_>,
    canvas: &mut Canvas<'_>,
    area: Rect,
    names: u16,
    axis: &Axis<'_>,
) {
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
    if area.height > 1 && area.width > names + 1 {
        ruler(open, look, canvas, (names + 1, area.bottom() - 1), axis);
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
    dragged(open, canvas, area, &whole);
}
