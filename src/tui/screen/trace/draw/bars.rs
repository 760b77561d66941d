//! The bars of the waterfall: own work, waiting, the critical path, events, and their labels.

use std::iter::{empty, once};
use std::ops::Range;
use std::sync::Arc;

use ratatui::layout::Rect;

use crate::model::{Kind, Nanos, SpanRef};
use crate::text::{self, Shown};
use crate::tui::canvas::Canvas;
use crate::tui::canvas::memo::Memo;
use crate::tui::page::Look;
use crate::tui::theme::{Glyphs, Token};
use crate::tui::widget::waterfall::{
    Axis, Bar, Bundle, Cell, Interval, Label, Likeness, Stretch, bar, critical, critical_of, own,
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
    let folded = open.rows.is_folded(span);
    let bar = kept(open, (span, Sort::Span { folded }), axis, || {
        span_bar(open, span, folded, axis)
    });
    let service = look.shared.colours.token(s.service());
    let inner = answer(open, span).map(|inner| Inner::of(open, look, inner, axis));
    paint(open, canvas, area, &bar.0, service, inner.as_ref());
    let telling = open
        .explained
        .as_ref()
        .is_some_and(|e| e.is_telling(span, trace));
    let token = if telling { Token::Strong } else { Token::Muted };
    label(canvas, area, &bar.0, length(open, span, s, canvas), token);
}

/// The bar of a span; of a folded one with the critical work of all that it hides.
fn span_bar(open: &Open, span: usize, folded: bool, axis: &Axis<'_>) -> (Bar, Nanos) {
    let (trace, s) = (&open.trace, open.trace.span(span));
    let times = (trace.start_of(span), trace.end_of(span));
    let moved = times.0.0 as i64 - s.start().0 as i64;
    let events = s.events().map(|event| event.time().shifted(moved));
    let bar = match &open.explained {
        None => {
            let whole = Interval {
                from: times.0,
                to: times.1,
            };
            bar(axis, times, once(whole), empty(), events)
        }
        Some(explained) if folded => {
            let critical = critical_of(&explained.path, trace.subtree(span), times);
            bar(axis, times, own(trace, span), critical, events)
        }
        Some(explained) => {
            let critical = critical(&explained.path, span);
            bar(axis, times, own(trace, span), critical, events)
        }
    };
    (bar, times.1.since(times.0))
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
    let sort = Sort::Bundle(bundle.likeness);
    let drawn = kept(open, (bundle.first, sort), axis, || {
        bundle_bar(open, bundle, axis)
    });
    let (bar, length) = &*drawn;
    let service = open.trace.span(bundle.first).service();
    let service = look.shared.colours.token(service);
    paint(open, canvas, area, bar, service, None);
    let length = text::duration(length.0, canvas.charset());
    label(canvas, area, bar, length, Token::Muted);
}

fn bundle_bar(open: &Open, bundle: &Bundle, axis: &Axis<'_>) -> (Bar, Nanos) {
    let trace = &open.trace;
    let times = bundle.times(trace);
    let bar = match &open.explained {
        None => bar(axis, times, empty(), empty(), empty()),
        Some(explained) => {
            let spans = bundle.hides(trace);
            let own = spans.clone().flat_map(|span| own(trace, span));
            let critical = critical_of(&explained.path, spans, times);
            bar(axis, times, own, critical, empty())
        }
    };
    (bar, times.1.since(times.0))
}

/// What a bar is of, beside the first span.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Sort {
    Span { folded: bool },
    Bundle(Likeness),
}

/// A bar and how long it lasts, by its span and by the time that is shown.
pub type Bars = Memo<(usize, Sort, Stretch), (Bar, Nanos)>;

fn kept(
    open: &Open,
    (span, sort): (usize, Sort),
    axis: &Axis<'_>,
    make: impl FnOnce() -> (Bar, Nanos),
) -> Arc<(Bar, Nanos)> {
    open.bars.get((span, sort, axis.stretch()), make)
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
        let bar = bar(axis, times, empty(), empty(), empty());
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
