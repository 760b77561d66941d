//! The strip: the minimap over the whole width, and the ruler over the bars.

use ratatui::layout::Rect;

use crate::tui::canvas::Canvas;
use crate::tui::canvas::hit::{Pane, Target};
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
    minimap(open, look, canvas, map_area);
    if area.height > 1 && area.width > names + 1 {
        let place = (names + 1, area.bottom() - 1, area.right());
        ruler(open, look, canvas, place, axis);
    }
}

/// Hues show where the critical path passes, and whose work it is there.
fn minimap(open: &Open, look: &Look<'_>, canvas: &mut Canvas<'_>, area: Rect) {
    let map = open.minimap.get((area.height, area.width), || {
        let path = open.explained.as_ref().map(|explained| &*explained.path);
        Minimap::new(&open.trace, path, (area.height, area.width))
    });
    let (from, to) = open.range.all();
    let whole = Axis::new(from, to, area.width);
    let (from, to) = open.range.shown();
    let (first, last) = (whole.column(from), whole.column(to));
    for row in 0..area.height {
        for (column, cell) in map.row(row.into()).iter().enumerate() {
            let column = column as u16;
            let inside = first <= column && column <= last;
            let service = |span: u32| open.trace.span(span as usize).service();
            let token = match cell.critical {
                _ if cell.error => Token::Error,
                _ if !inside => Token::Faint,
                Some(span) => look.shared.colours.token(service(span)),
                None => Token::Muted,
            };
            if cell.dots != 0 {
                canvas.braille(area.x + column, area.y + row, cell.dots, token);
            }
        }
    }
    edges(canvas, area, (first, last));
    dragged(open, canvas, area, &whole);
}

/// Lines beside what the bars show, where the trace goes on.
fn edges(canvas: &mut Canvas<'_>, area: Rect, (first, last): (u16, u16)) {
    for y in area.y..area.bottom() {
        if let Some(before) = first.checked_sub(1) {
            canvas.put(area.x + before, y, canvas.glyphs.range_from, Token::Accent);
        }
        if last + 1 < area.width {
            canvas.put(area.x + last + 1, y, canvas.glyphs.range_to, Token::Accent);
        }
    }
}
