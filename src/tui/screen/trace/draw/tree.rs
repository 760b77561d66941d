//! The rows of the waterfall: names with their guides on the left, bars on the right.

use ratatui::layout::Rect;

use crate::tui::canvas::Canvas;
use crate::tui::canvas::hit::{Pane, Target};
use crate::tui::page::Look;
use crate::tui::theme::Token;
use crate::tui::widget::waterfall::{Axis, Row};

use super::super::{Focus, Open};
use super::bars::{bars, bundle_bars};
use super::columns::Shown;
use super::name::{Indent, NAME, name};
use super::ruler::guide;
use super::stand_in::{bundled, hidden, missing};

/// Ancestors that stay in view above the topmost row.
const MOST_PINNED: usize = 5;
/// So many ancestors are asked whether they have a row: in a long chain few have one.
const SEARCHED: usize = 500;

pub fn draw(
    open: &Open,
    look: &Look<'_>,
    canvas: &mut Canvas<'_>,
    area: Rect,
    (names, chosen): (u16, &Shown),
    axis: &Axis<'_>,
) {
    let bars_at = names + 1 + chosen.width();
    let pinned = pinned(open, area.height);
    let body = Rect {
        y: area.y + pinned.len() as u16,
        height: area.height - pinned.len() as u16,
        ..area
    };
    canvas.pane(Pane::Body, body);
    let window = open.list.window(body.height.into(), open.rows.len());
    let columns = if area.width < 100 { 1 } else { 2 };
    let indent = Indent {
        columns,
        left_out: left_out(open, window.clone(), columns, names),
    };
    let guide = guide(open, axis).map(|(column, _)| area.x + bars_at + column);
    let has_bars = area.width > bars_at;
    for (y, row) in (area.y..).zip(pinned.iter().copied().chain(window)) {
        let line = Rect {
            y,
            height: 1,
            ..area
        };
        canvas.hit(line, Target::Row(Pane::Body, row));
        let left = Rect {
            width: names,
            ..line
        };
        let right = Rect {
            x: area.x + bars_at,
            width: area.width.saturating_sub(bars_at),
            ..line
        };
        if let Some(x) = guide.filter(|_| has_bars) {
            canvas.put(x, y, canvas.glyphs.guide, Token::Faint);
        }
        match open.rows.get(row) {
            Some(Row::Span(span)) => {
                name(open, look, canvas, left, row, indent);
                chosen.cells(open, canvas, (area.x + names + 1, y), span);
                if has_bars {
                    bars(open, look, canvas, right, span, axis);
                }
            }
            Some(Row::Bundle(bundle)) => {
                bundled(open, look, canvas, left, (row, &bundle), indent);
                if has_bars {
                    bundle_bars(open, look, canvas, right, &bundle, axis);
                }
            }
            Some(Row::MissingParent(_)) => missing(open, canvas, line, row),
            Some(Row::Hidden(rest)) => hidden(open, look, canvas, left, (row, &rest), indent),
            None => {}
        }
        if y < body.y {
            canvas.over(left, Token::Pinned);
        } else if row == open.list.cursor() {
            cursor(open, canvas, left);
        }
    }
    if has_bars {
        let edge = Rect {
            x: area.x + names,
            width: 1,
            ..area
        };
        canvas.hit(edge, Target::Spot(Pane::NamesEdge));
    }
}

/// The rows of the ancestors of the topmost row, so that it is never unknown what one looks at:
/// the nearest where there are many.
fn pinned(open: &Open, height: u16) -> Vec<usize> {
    let most = usize::from(height / 5).min(MOST_PINNED);
    let above = |top: usize| -> Vec<usize> {
        let Some(span) = open.rows.number(top) else {
            return Vec::new();
        };
        let up = std::iter::successors(open.trace.parent(span), |&at| open.trace.parent(at));
        let mut rows: Vec<usize> = up
            .take(SEARCHED)
            .filter_map(|at| open.rows.own_row(at))
            .filter(|&row| row < top)
            .take(most)
            .collect();
        rows.reverse();
        rows
    };
    let window = |pinned: usize| {
        let height = usize::from(height).saturating_sub(pinned);
        open.list.window(height, open.rows.len()).start
    };
    // Pinned rows take room, so that another row may come to stand on top.
    let first = above(window(0));
    let second = above(window(first.len()));
    above(window(second.len()))
        .into_iter()
        .take(second.len())
        .collect()
}

fn cursor(open: &Open, canvas: &mut Canvas<'_>, area: Rect) {
    let head = canvas.first_words(area);
    canvas.cursor(area, head, open.focus != Focus::Detail);
}

/// How many levels are left out at the left so that the names in view keep their room.
fn left_out(open: &Open, window: std::ops::Range<usize>, indent: u16, names: u16) -> usize {
    let levels = || window.clone().map(|row| open.rows.level(&open.trace, row));
    let room = usize::from(names.saturating_sub(NAME + 3) / indent);
    let (least, most) = (levels().min().unwrap_or(0), levels().max().unwrap_or(0));
    if most <= room {
        0
    } else {
        least.saturating_sub(1)
    }
}
