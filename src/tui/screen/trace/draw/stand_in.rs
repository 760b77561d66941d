//! Rows of the waterfall that stand for several spans, or for one that is not there.

use ratatui::layout::Rect;

use crate::text::{self, Shown};
use crate::tui::canvas::Canvas;
use crate::tui::canvas::phrase::Phrase;
use crate::tui::page::Look;
use crate::tui::theme::Token;
use crate::tui::widget::waterfall::{Bundle, Hidden, Likeness};

use super::super::Open;
use super::name::{Indent, MARKS, count, margin, service};

/// A parent that was not received.
pub fn missing(open: &Open, canvas: &mut Canvas<'_>, area: Rect, row: usize) {
    if let Some(id) = open.missing(row) {
        canvas.put(area.x + 3, area.y, canvas.glyphs.doubt, Token::Doubt);
        let text = Shown::from(format!(
            "missing parent {id}: it was not received, or is still to come"
        ));
        canvas.text(
            area.x + 5,
            area.y,
            area.width.saturating_sub(6),
            &text,
            Token::Doubt,
        );
    }
}

/// Spans that share a row: what they have in common, how many they are, how many failed.
pub fn bundled(
    open: &Open,
    look: &Look<'_>,
    canvas: &mut Canvas<'_>,
    area: Rect,
    (row, bundle): (usize, &Bundle),
    indent: Indent,
) {
    let x = margin(open, canvas, area, row, indent, Some(!bundle.is_open()));
    let s = open.trace.span(bundle.first);
    let end = area.right().saturating_sub(MARKS + 1);
    let x = service(look, canvas, (x, area.y), end, s.service());
    let many = text::count(bundle.count.into());
    let mut operation = s.operation().to_owned();
    let (many, word) = match bundle.likeness {
        Likeness::Alike => (format!("{}{many}", canvas.glyphs.times), " alike"),
        Likeness::Chain => {
            let last = open.trace.span(bundle.last).operation();
            operation = format!("{operation} {} {last}", canvas.glyphs.crumb);
            (many, " in line")
        }
    };
    let errors = open.trace.errors_in(bundle.hides(&open.trace));
    let whole = count(canvas, &format!("{many}{word}"), errors);
    let room = |many: &Phrase| end.saturating_sub(x + 4 + many.width());
    // Where room is short, the word goes before the name does.
    let wide = usize::from(room(&whole));
    let fits = Shown::start_of(&operation, wide + 1).width() <= wide;
    let many = if fits {
        whole
    } else {
        count(canvas, &many, errors)
    };
    let room = room(&many);
    let token = if open.find.hits_within(bundle.hides(&open.trace)) {
        Token::Match
    } else {
        Token::Text
    };
    let operation = Shown::start_of(&operation, room.into());
    let x = canvas.text(x + 2, area.y, room, &operation, token);
    canvas.phrase(x + 2, area.y, end.saturating_sub(x + 2), &many);
}

/// Children that are left out: how many, of whom, how many of them failed.
pub fn hidden(
    open: &Open,
    look: &Look<'_>,
    canvas: &mut Canvas<'_>,
    area: Rect,
    (row, hidden): (usize, &Hidden),
    indent: Indent,
) {
    let x = margin(open, canvas, area, row, indent, Some(true));
    let end = area.right().saturating_sub(MARKS + 1);
    let x = if hidden.mixed {
        canvas.text(
            x,
            area.y,
            end.saturating_sub(x),
            &"several".into(),
            Token::Muted,
        )
    } else {
        service(
            look,
            canvas,
            (x, area.y),
            end,
            open.trace.span(hidden.first).service(),
        )
    };
    let many = format!("{} hidden", text::count(hidden.spans as u64));
    let many = count(canvas, &many, hidden.errors);
    canvas.phrase(x + 2, area.y, end.saturating_sub(x + 2), &many);
}
