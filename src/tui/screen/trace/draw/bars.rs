//! The bars of the waterfall: own work, waiting, the critical path, events, and their labels.

use std::ops::Range;

use ratatui::layout::Rect;

use crate::model::{Kind, SpanRef};
use crate::text::{self, Shown};
use crate::tui::canvas::Canvas;
use crate::tui::page::Look;
use crate::tui::theme::{Glyphs, Token};
use crate::tui::widget::waterfall::{
    Axis, Bar, Bundle, Cell, Interval, Label, bar, critical, critical_of, own,
};

use super::super::Open;
use super::name::answer;

pub fn bars(
    open: &Open,
    look: &Look<'_>,
    canvas: &mut Canvas<'_>,
    area: Rect,
    span: usize,
    axis: &Axis<'_>,
) {
    let (trace, s) = (&open.trace, open.trace.span(span));
    let times = (trace.start_of(span), trace.end_of(span));
    let whole = [Interval {
        from: times.0,
        to: times.1,
    }];
    let folded = open.rows.is_folded(span);
    let critical = open.explained.as_ref().map(|explained| {
        let of = || {
            if folded {
                critical_of(&explained.path, trace.subtree(span), times)
            } else {
                critical(&explained.path, span).collect()
            }
        };
        open.critical.get((span, folded), of)
    });
    let own = open.own.get(span, || own(trace, span));
    let (own, critical) = match &critical {
        Some(critical) => (own.as_slice(), critical.as_slice()),
        None => (&whole[..], &[][..]),
    };
    let moved = trace.start_of(span).0 as i64 - s.start().0 as i64;
    let events: Vec<_> = s
        .events()
        .map(|event| event.time().shifted(moved))
        .collect();
    let bar = bar(axis, times, own, critical, &events);
    let service = look.shared.colours.token(s.service());
    let inner = answer(open, span).map(|inner| Inner::of(open, look, inner, axis));
    paint(open, canvas, area, &bar, service, inner.as_ref());
    let telling = open
        .explained
        .as_ref()
        .is_some_and(|e| e.is_telling(span, trace));
    let token = if telling { Token::Strong } else { Token::Muted };
    label(canvas, area, &bar, length(open, span, s, canvas), token);
}

/// The bar of spans that share a row: from the first start to the last end, with all work inside.
pub fn bundle_bars(
    open: &Open,
    look: &Look<'_>,
    canvas: &mut Canvas<'_>,
    area: Rect,
    bundle: &Bundle,
    axis: &Axis<'_>,
) {
    let all = open.together(bundle);
    let bar = bar(axis, (all.from, all.to), &all.own, &all.critical, &[]);
    let service = open.trace.span(bundle.first).service();
    let service = look.shared.colours.token(service);
    paint(open, canvas, area, &bar, service, None);
    let length = text::duration(all.to.since(all.from).0, canvas.charset());
    label(canvas, area, &bar, length, Token::Muted);
}

/// The part of a folded call's bar in which another service answers it.
struct Inner {
    columns: Range<u16>,
    service: Token,
}

impl Inner {
    fn of(open: &Open, look: &Look<'_>, answer: usize, axis: &Axis<'_>) -> Self {
        let trace = &open.trace;
        let times = (trace.start_of(answer), trace.end_of(answer));
        let bar = bar(axis, times, &[], &[], &[]);
        Self {
            columns: bar.column..bar.end(),
            service: look.shared.colours.token(trace.span(answer).service()),
        }
    }
}

fn paint(
    open: &Open,
    canvas: &mut Canvas<'_>,
    area: Rect,
    bar: &Bar,
    service: Token,
    inner: Option<&Inner>,
) {
    for (column, &cell) in (bar.column..).zip(&bar.cells) {
        let inner = inner.filter(|inner| inner.columns.contains(&column));
        let service = inner.map_or(service, |inner| inner.service);
        let token = match cell {
            Cell::Event => Token::Event,
            Cell::Critical(_) if open.critical_only => Token::Critical,
            Cell::Own(_) if open.critical_only => Token::Faint,
            _ => service,
        };
        let glyph = match cell {
            Cell::Waiting if inner.is_some() => canvas.glyphs.answered,
            _ => glyph(canvas.glyphs, cell),
        };
        canvas.put(area.x + column, area.y, glyph, token);
    }
}

fn label(canvas: &mut Canvas<'_>, area: Rect, bar: &Bar, label: String, token: Token) {
    let label = Shown::from(label);
    let width = label.width() as u16;
    let at = match bar.label(area.width, width) {
        _ if bar.cells.is_empty() => return,
        Label::Right(column) | Label::Left(column) => column,
        Label::Inside(_) | Label::Hidden => return,
    };
    canvas.text(area.x + at, area.y, width, &label, token);
}

fn length(open: &Open, span: usize, s: SpanRef<'_>, canvas: &Canvas<'_>) -> String {
    if s.is_unfinished() {
        return canvas.glyphs.ellipsis.to_owned();
    }
    let queue = if s.kind() == Kind::Consumer {
        " async"
    } else {
        ""
    };
    format!(
        "{}{queue}",
        text::duration(open.trace.duration_of(span).0, canvas.charset())
    )
}

fn glyph(glyphs: &Glyphs, cell: Cell) -> &'static str {
    match cell {
        Cell::Empty => " ",
        Cell::Critical(8..) => glyphs.own_critical,
        Cell::Critical(eighths) => glyphs.eighth(eighths),
        Cell::Own(5..) => glyphs.own,
        Cell::Own(_) => glyphs.own_half,
        Cell::Waiting => glyphs.waiting,
        Cell::Event => glyphs.event,
        Cell::MoreLeft => glyphs.goes_left,
        Cell::MoreRight => glyphs.goes_right,
    }
}
