//! The ruler over the bars: ticks, since the start or by the clock, the time under the cursor's
//! guide, and what the mouse drags over.

use ratatui::layout::Rect;

use crate::model::{Nanos, Time};
use crate::text::{self, Shown, Style};
use crate::tui::canvas::Canvas;
use crate::tui::hit::{Pane, Target};
use crate::tui::page::Look;
use crate::tui::session::Ruler;
use crate::tui::theme::Token;
use crate::tui::widget::waterfall::{Axis, Tick};

use super::super::Open;

/// Columns from tick to tick at the least: a label and a gap.
const TICK: u16 = 10;
/// Columns of a time of the clock to the second, with its gap.
const SECOND: u16 = 12;

/// How instants are labelled.
struct Labels<'a> {
    look: &'a Look<'a>,
    start: Time,
    /// A time of the clock, told apart from others that are so far away.
    clock: Option<(Style, Nanos)>,
    charset: text::Charset,
}

impl Labels<'_> {
    fn of(&self, time: Time) -> Shown<'static> {
        Shown::from(match self.clock {
            Some((style, step)) => self.look.shared.clock.instant(time.0, style, step.0),
            None => text::duration(time.since(self.start).0, self.charset),
        })
    }
}

/// Ticks, and where the cursor's span begins: in place of the ticks that it would touch.
pub fn ruler(
    open: &Open,
    look: &Look<'_>,
    canvas: &mut Canvas<'_>,
    (left, y): (u16, u16),
    axis: &Axis<'_>,
) {
    let area = Rect::new(left, y, axis.columns(), 1);
    canvas.pane(Pane::Ruler, area);
    canvas.hit(area, Target::Spot(Pane::Ruler));
    let (labels, ticks) = ticks(open, look, canvas.charset(), axis);
    let here = guide(open, axis).map(|(column, time)| (column, labels.of(time)));
    for tick in ticks {
        let label = labels.of(tick.1);
        let column = tick.0.column;
        let end = column + label.width() as u16 + 1;
        let touches = here
            .as_ref()
            .is_some_and(|(here, label)| *here < end && column < here + label.width() as u16 + 1);
        if !touches {
            let room = axis.columns() - column;
            canvas.text(left + column, y, room, &label, Token::Muted);
        }
    }
    if let Some((column, label)) = here {
        let column = column.min(axis.columns().saturating_sub(label.width() as u16));
        let room = axis.columns() - column;
        canvas.text(left + column, y, room, &label, Token::Accent);
    }
    dragged(open, canvas, area, axis);
}

/// The ticks with their instants, and how they are labelled.
fn ticks<'a>(
    open: &Open,
    look: &'a Look<'a>,
    charset: text::Charset,
    axis: &Axis<'_>,
) -> (Labels<'a>, Vec<(Tick, Time)>) {
    let start = open.trace.start();
    let style = match look.shared.session.ruler {
        Ruler::Since => None,
        Ruler::Local => Some(Style::Local),
        Ruler::Utc => Some(Style::Utc),
    };
    let mut labels = Labels {
        look,
        start,
        clock: None,
        charset,
    };
    let Some(style) = style else {
        let ticks = axis.ticks(start, TICK).into_iter();
        return (
            labels,
            ticks.map(|tick| (tick, start + tick.offset)).collect(),
        );
    };
    // The finer the ticks, the longer their labels, and the more room they need.
    let mut room = SECOND;
    let mut step = axis.clock_step(room);
    for (finer, digits) in [(1_000_000_000, 4), (1_000_000, 3), (1_000, 3)] {
        if step.0 < finer {
            room += digits;
            step = axis.clock_step(room);
        }
    }
    labels.clock = Some((style, step));
    let ticks = axis.clock_ticks(step, room).into_iter();
    (
        labels,
        ticks.map(|tick| (tick, Time(tick.offset.0))).collect(),
    )
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
