//! The ruler over the bars: ticks, since the start or by the clock, the time under the cursor's
//! guide, and what the mouse drags over.

use ratatui::layout::Rect;

use crate::model::{Nanos, Time};
use crate::text::{self, Shown, Style};
use crate::tui::canvas::Canvas;
use crate::tui::canvas::hit::{Pane, Target};
use crate::tui::page::Look;
use crate::tui::session::Ruler;
use crate::tui::theme::Token;
use crate::tui::widget::waterfall::Axis;

use super::super::Open;

/// Columns between a label and the next tick at the least.
const GAP: u16 = 3;
/// Labels grow with what tells them apart, and then they need more room: that settles soon.
const ROUNDS: usize = 4;

/// How instants are labelled: as far apart as the ticks, or as the columns.
struct Labels<'a> {
    look: &'a Look<'a>,
    start: Time,
    /// By the clock, not since the start.
    clock: Option<Style>,
    charset: text::Charset,
}

impl<'a> Labels<'a> {
    fn new(open: &Open, look: &'a Look<'a>, charset: text::Charset) -> Self {
        let clock = match look.shared.session.ruler {
            Ruler::Since => None,
            Ruler::Local => Some(Style::Local),
            Ruler::Utc => Some(Style::Utc),
        };
        let start = open.trace.start();
        Self {
            look,
            start,
            clock,
            charset,
        }
    }

    /// What ticks are counted from, so that they are round.
    fn origin(&self) -> Time {
        self.clock.map_or(self.start, |_| Time(0))
    }

    /// An instant, told apart from others `step` away.
    fn of(&self, time: Time, step: Nanos) -> Shown<'static> {
        Shown::from(match self.clock {
            Some(style) => self.look.shared.clock.instant(time.0, style, step.0),
            None => text::duration_by(time.since(self.start).0, step.0, self.charset),
        })
    }

    /// How far apart ticks are, and how many columns that takes.
    fn step(&self, axis: &Axis<'_>) -> (Nanos, u16) {
        let width = |step| {
            let ends = [axis.from(), axis.to()];
            let widths = ends.map(|time| self.of(time, step).width());
            widths.into_iter().max().unwrap_or(0) as u16
        };
        let mut room = width(axis.length()) + GAP;
        for _ in 0..ROUNDS {
            room = room.max(width(axis.clock_step(room)) + GAP);
        }
        (axis.clock_step(room), room)
    }
}

/// Ticks, and where the cursor's span begins: in place of the ticks that it would touch. What is
/// labelled last may reach behind the bars, up to `end`.
pub fn ruler(
    open: &Open,
    look: &Look<'_>,
    canvas: &mut Canvas<'_>,
    (left, y, end): (u16, u16, u16),
    axis: &Axis<'_>,
) {
    let area = Rect::new(left, y, axis.columns(), 1);
    canvas.pane(Pane::Ruler, area);
    canvas.hit(area, Target::Spot(Pane::Ruler));
    for column in axis.squeezed_columns() {
        canvas.put(left + column, y, canvas.glyphs.squeezed, Token::Doubt);
    }
    let labels = Labels::new(open, look, canvas.charset());
    let (step, room) = labels.step(axis);
    let fits = |column: u16, label: &Shown<'_>| {
        let width = label.width() as u16;
        (left + column + width <= end).then_some(column)
    };
    let column = Nanos(axis.length().0 / u64::from(axis.columns()));
    let here = guide(open, axis).map(|(at, time)| {
        let label = labels.of(time, step.min(column));
        let most = (end - left).saturating_sub(label.width() as u16);
        (at.min(most), label)
    });
    for tick in axis.ticks(labels.origin(), step, room) {
        let time = labels.origin() + tick.offset;
        // Where idle time is over is no round time.
        let is_round = tick.offset.0 % step.0.max(1) == 0;
        let label = labels.of(time, if is_round { step } else { column });
        let Some(at) = fits(tick.column, &label) else {
            continue;
        };
        let end = at + label.width() as u16 + 1;
        let touches = here
            .as_ref()
            .is_some_and(|(here, label)| *here < end && at < here + label.width() as u16 + 1);
        if !touches {
            canvas.text(left + at, y, label.width() as u16, &label, Token::Muted);
        }
    }
    if let Some((at, label)) = here {
        canvas.text(left + at, y, label.width() as u16, &label, Token::Accent);
    }
    dragged(open, canvas, area, axis);
}

/// Where the cursor's span begins, if that is in view and not the left edge. While the cursor
/// moves, the guide stands.
pub fn guide(open: &Open, axis: &Axis<'_>) -> Option<(u16, Time)> {
    let start = open.trace.start_of(open.guided?);
    let (from, to) = (axis.from(), axis.to());
    (from < start && start < to).then(|| (axis.column(start), start))
}

/// What the mouse drags over, here and on the minimap.
pub fn dragged(open: &Open, canvas: &mut Canvas<'_>, area: Rect, axis: &Axis<'_>) {
    if let Some((from, to)) = open.dragged {
        let (first, last) = (axis.column(from), axis.column(to));
        let marked = Rect {
            x: area.x + first,
            width: last.saturating_sub(first).max(1),
            ..area
        };
        canvas.reverse(marked);
    }
}
