//! Bars above the findings: whose time the critical path is, and how much was done at once.

use ratatui::layout::Rect;
use ratatui::style::Modifier;

use crate::text::{self, Shown};
use crate::tui::canvas::Canvas;
use crate::tui::canvas::hit::{Pane, Target};
use crate::tui::page::Look;
use crate::tui::theme::Token;

use super::super::overview::{Overview, Part};

/// Rows that it takes, a free one below it.
pub const ROWS: u16 = 4;
/// Columns of what a row is.
const LABEL: u16 = 17;
/// A part narrower than this has no text.
const TEXT: u16 = 5;

pub fn draw(overview: &Overview, look: &Look<'_>, canvas: &mut Canvas<'_>, area: Rect) {
    let row = |at: u16| Rect {
        x: area.x + LABEL,
        y: area.y + at,
        width: area.width.saturating_sub(LABEL + 2),
        height: 1,
    };
    for (at, label) in (0..).zip(["by service", "by operation", "work at once"]) {
        canvas.text(area.x + 3, area.y + at, LABEL, &label.into(), Token::Muted);
    }
    shares(&overview.services, look, canvas, row(0));
    shares(&overview.operations, look, canvas, row(1));
    work(overview, canvas, row(2));
}

/// The parts of the critical path beside each other, each a button that leads to its span.
fn shares(parts: &[Part], look: &Look<'_>, canvas: &mut Canvas<'_>, area: Rect) {
    let whole: u128 = parts.iter().map(|part| u128::from(part.time.0)).sum();
    let column = |time: u128| (time * u128::from(area.width) / whole.max(1)) as u16;
    let mut before: u128 = 0;
    for part in parts {
        let from = column(before);
        before += u128::from(part.time.0);
        let width = column(before) - from;
        // A blank column parts those that have one to spare.
        let drawn = if width >= TEXT { width - 1 } else { width };
        let cells = Rect::new(area.x + from, area.y, drawn, 1);
        let words = if drawn < TEXT {
            String::new()
        } else {
            let share = text::share(part.time.0, u64::try_from(whole).unwrap_or(u64::MAX));
            format!(" {share} {}", part.name)
        };
        let room = usize::from(drawn);
        let words = Shown::from(words).cut(room, canvas.charset()).pad_end(room);
        let token = look.shared.colours.token(&part.service);
        let style = canvas.style(token).add_modifier(Modifier::REVERSED);
        canvas.styled(cells.x, cells.y, drawn, &words, style);
        canvas.hit(cells, Target::Row(Pane::Strip, part.span));
    }
}

/// How many spans worked over time, as shades, and in figures.
fn work(overview: &Overview, canvas: &mut Canvas<'_>, area: Rect) {
    let Some(most) = overview.most.filter(|&most| most > 0) else {
        let why = match overview.most {
            Some(_) => "none",
            None => "not counted of so many spans",
        };
        canvas.text(area.x, area.y, area.width, &why.into(), Token::Muted);
        return;
    };
    let figures = format!(
        "at most {}, {:.1} on average",
        text::count(u64::from(most)),
        overview.mean
    );
    let columns = area.width.saturating_sub(figures.len() as u16 + 2);
    let cells = usize::from(columns.max(1));
    let stretches = overview.busy.len();
    for column in 0..columns {
        let at = usize::from(column);
        let (from, to) = (at * stretches / cells, (at + 1) * stretches / cells);
        let busy = overview
            .busy
            .get(from..to.max(from + 1))
            .unwrap_or_default();
        let busiest = busy.iter().copied().fold(0.0, f32::max);
        let step = (busiest / most as f32 * 7.0).ceil().clamp(0.0, 7.0) as u8;
        let shade = canvas.glyphs.heat(step);
        canvas.put(area.x + column, area.y, shade, Token::Heat(step));
    }
    let x = area.x + columns + 2;
    canvas.text(
        x,
        area.y,
        figures.len() as u16,
        &figures.into(),
        Token::Muted,
    );
}
