//! The rows of the waterfall: names with their guides on the left, bars on the right.

use ratatui::layout::Rect;

use crate::model::SpanRef;
use crate::text::{self, Shown};
use crate::tui::canvas::Canvas;
use crate::tui::hit::{Pane, Target};
use crate::tui::page::Look;
use crate::tui::theme::Token;
use crate::tui::widget::waterfall::Axis;

use super::super::{Focus, Open};
use super::bars::bars;

/// Columns that marks of a row (failed, slow, doubtful) take at the end of its name.
const MARKS: u16 = 2;
/// Columns that a name keeps, however deep its span stands.
const NAME: u16 = 24;

pub fn draw(
    open: &Open,
    look: &Look<'_>,
    canvas: &mut Canvas<'_>,
    area: Rect,
    names: u16,
    axis: &Axis,
) {
    let window = open.list.window(area.height.into(), open.rows.len());
    let indent = if area.width < 100 { 1 } else { 2 };
    let shift = shift(open, window.clone(), indent, names);
    for (y, row) in (area.y..).zip(window) {
        let line = Rect {
            y,
            height: 1,
            ..area
        };
        canvas.hit(line, Target::Row(Pane::Body, row));
        match open.rows.span(row) {
            Some(span) => {
                name(
                    open,
                    look,
                    canvas,
                    Rect {
                        width: names,
                        ..line
                    },
                    span,
                    (indent, shift),
                );
                let x = area.x + names + 1;
                bars(
                    open,
                    look,
                    canvas,
                    Rect {
                        x,
                        width: area.right() - x,
                        ..line
                    },
                    span,
                    axis,
                );
            }
            None => missing(open, canvas, line, row),
        }
        if row == open.list.cursor() {
            let token = if open.focus == Focus::Detail {
                Token::CursorIdle
            } else {
                Token::Cursor
            };
            canvas.over(
                Rect {
                    width: names,
                    ..line
                },
                token,
            );
            canvas.put(area.x + 1, y, canvas.glyphs.cursor, Token::Accent);
            canvas.cursor_at(y);
        }
    }
}

/// How many levels are left out at the left so that the names in view keep their room.
fn shift(open: &Open, window: std::ops::Range<usize>, indent: u16, names: u16) -> usize {
    let depths = || {
        window
            .clone()
            .filter_map(|row| open.rows.span(row))
            .map(|span| open.trace.depth(span))
    };
    let room = usize::from(names.saturating_sub(NAME + 3) / indent);
    let (least, most) = (depths().min().unwrap_or(0), depths().max().unwrap_or(0));
    if most <= room {
        0
    } else {
        least.saturating_sub(1)
    }
}

fn missing(open: &Open, canvas: &mut Canvas<'_>, area: Rect, row: usize) {
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

fn name(
    open: &Open,
    look: &Look<'_>,
    canvas: &mut Canvas<'_>,
    area: Rect,
    span: usize,
    (indent, shift): (u16, usize),
) {
    let trace = &open.trace;
    let orphan_indent = usize::from(is_orphaned(open, span));
    let depth = (trace.depth(span) + orphan_indent).saturating_sub(shift);
    let column = (depth as u64 * u64::from(indent))
        .min(u64::from(area.width.saturating_sub(NAME / 2))) as u16;
    guides(open, canvas, area, span, (indent, shift));
    let mut x = area.x + 3 + column;
    let below = trace.subtree(span).len() - 1;
    let folded = open.rows.is_folded(span);
    if below > 0 {
        let glyph = if folded {
            canvas.glyphs.folded
        } else {
            canvas.glyphs.open
        };
        canvas.put(x, area.y, glyph, Token::Muted);
    }
    x += 2;
    let end = area.right().saturating_sub(MARKS + 1);
    let s = trace.span(span);
    let service = if s.service().is_empty() {
        "?"
    } else {
        s.service()
    };
    x = canvas.text(
        x,
        area.y,
        end.saturating_sub(x),
        &Shown::new(service),
        look.shared.colours.token(s.service()),
    );
    x = operation(open, canvas, (x + 2, area.y), end, span, s);
    if folded && below > 0 {
        let mut hidden = format!("  {}", text::count(below as u64));
        let errors = trace.errors_in(span + 1..span + 1 + below);
        x = canvas.text(
            x,
            area.y,
            end.saturating_sub(x),
            &Shown::from(std::mem::take(&mut hidden)),
            Token::Muted,
        );
        if errors > 0 {
            let failed = format!(" ({}{})", canvas.glyphs.failed, text::count(errors as u64));
            canvas.text(
                x,
                area.y,
                end.saturating_sub(x),
                &Shown::from(failed),
                Token::Error,
            );
        }
    }
    marks(
        open,
        canvas,
        area.right().saturating_sub(MARKS),
        area.y,
        span,
        s,
    );
}

fn is_orphaned(open: &Open, span: usize) -> bool {
    open.trace.depth(span) == 0 && open.trace.missing_parent(span).is_some()
}

fn operation(
    open: &Open,
    canvas: &mut Canvas<'_>,
    (x, y): (u16, u16),
    end: u16,
    span: usize,
    s: SpanRef<'_>,
) -> u16 {
    let token = if open.find.is_hit(span) {
        Token::Match
    } else if open.critical_only
        && open
            .explained
            .as_ref()
            .is_some_and(|e| !e.touches(open.trace.subtree(span)))
    {
        Token::Faint
    } else if s.is_error() {
        Token::Error
    } else {
        Token::Text
    };
    let room = end.saturating_sub(x);
    canvas.text(
        x,
        y,
        room,
        &Shown::start_of(s.operation(), room.into()),
        token,
    )
}

fn marks(open: &Open, canvas: &mut Canvas<'_>, x: u16, y: u16, span: usize, s: SpanRef<'_>) {
    if s.is_error() {
        canvas.put(x, y, canvas.glyphs.failed, Token::Error);
    } else if !open.trace.warnings_of(span).is_empty() {
        canvas.put(x, y, canvas.glyphs.doubt, Token::Doubt);
    }
}

/// A line down from every ancestor that has further children below this row.
fn guides(
    open: &Open,
    canvas: &mut Canvas<'_>,
    area: Rect,
    span: usize,
    (indent, shift): (u16, usize),
) {
    let trace = &open.trace;
    let mut child = span;
    while let Some(parent) = trace.parent(child) {
        let depth = trace.depth(parent);
        if depth < shift {
            break;
        }
        let column = (depth - shift) as u64 * u64::from(indent);
        if column < u64::from(area.width.saturating_sub(NAME))
            && trace.subtree(child).end < trace.subtree(parent).end
        {
            canvas.put(
                area.x + 3 + column as u16,
                area.y,
                canvas.glyphs.vertical,
                Token::Faint,
            );
        }
        child = parent;
    }
}
