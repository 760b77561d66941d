//! What keys and mouse do in the plot: along time and duration, and boxes that become a search.

use crate::model::{Nanos, Time};
use crate::traceql::form::When;
use crate::traceql::operator::Compare;
use crate::traceql::tree::{FieldExpr, Literal};
use crate::traceql::{Attribute, Intrinsic};
use crate::tui::canvas::hit::{Gesture, Pane};
use crate::tui::keymap::Action;
use crate::tui::message::Message;
use crate::tui::page::{Act, Cx};
use crate::tui::widget::plot::{Axis, Boxed, Dot, Plot};
use crate::tui::widget::scatter;

use super::act::go_to;
use super::form::Asked;
use super::narrow::narrowed;
use super::{Search, rows, view};

/// Keys while the plot has the focus. False for those that mean nothing there.
pub fn act(search: &mut Search, act: Act, cx: &mut Cx<'_>) -> bool {
    match act.action {
        Action::Left => step(search, act, cx, |dot| (dot.start, dot.lasts), false),
        Action::Right => step(search, act, cx, |dot| (dot.start, dot.lasts), true),
        Action::Up => step(search, act, cx, |dot| (dot.lasts, dot.start), true),
        Action::Down => step(search, act, cx, |dot| (dot.lasts, dot.start), false),
        Action::StartBox => start(search, cx),
        Action::In if search.boxed.is_some() => ask(search, cx),
        Action::Dismiss if search.boxed.take().is_some() => {}
        _ => return false,
    }
    stretch(search);
    true
}

/// To the trace that is next in some order.
fn step(search: &mut Search, act: Act, cx: &mut Cx<'_>, by: impl Fn(&Dot) -> (u64, u64), up: bool) {
    let dots = view::dots(search.results.rows());
    let mut order: Vec<usize> = (0..dots.len()).collect();
    order.sort_by_key(|row| dots.get(*row).map(&by));
    let here = search.results.list.cursor();
    let Some(place) = order.iter().position(|row| *row == here) else {
        return;
    };
    let to = if up {
        place.saturating_add(act.times()).min(order.len() - 1)
    } else {
        place.saturating_sub(act.times())
    };
    if let Some(row) = order.get(to) {
        go_to(search, *row, cx);
    }
}

/// Where the cursor's trace is: start and duration.
fn here(search: &Search) -> Option<(u64, u64)> {
    let row = search.results.here()?;
    Some((row.start.0, row.duration.0))
}

fn start(search: &mut Search, cx: &mut Cx<'_>) {
    if search.boxed.take().is_some() {
        return;
    }
    search.boxed = here(search).map(|here| Boxed {
        one: here,
        other: here,
    });
    cx.say(Message::note(
        "moves stretch the box, Enter searches what is in it, Esc drops it",
    ));
}

/// The box follows the cursor.
fn stretch(search: &mut Search) {
    let here = here(search);
    if let (Some(boxed), Some(here)) = (&mut search.boxed, here) {
        boxed.other = here;
    }
}

/// The box as a search: its time, and its durations.
fn ask(search: &mut Search, cx: &mut Cx<'_>) {
    let Some(boxed) = search.boxed.take() else {
        return;
    };
    let ((from, to), (short, long)) = (boxed.times(), boxed.durations());
    let mut query = search.asked.query.clone();
    for (op, nanos) in [(Compare::GreaterEqual, short), (Compare::LessEqual, long)] {
        // No bound where there is none.
        if let Some(nanos) = i64::try_from(nanos).ok().filter(|nanos| *nanos > 0) {
            let lasts = Attribute::Intrinsic(Intrinsic::TraceDuration);
            let term = FieldExpr::comparison(lasts, op, Literal::Duration(nanos));
            query = narrowed(&query, term);
        }
    }
    // The end of a window is the last instant that is meant.
    let asked = Asked {
        query,
        when: When::Between(Time(from), Time(to.max(from.saturating_add(1)))),
        ..search.asked.clone()
    };
    search.ask(asked, cx);
    cx.say(Message::note("what the box held: u goes back"));
}

/// A click goes to the nearest trace in time, a drag draws a box, which is searched when it ends.
pub fn touched(search: &mut Search, gesture: Gesture, (x, y): (u16, u16), cx: &mut Cx<'_>) {
    let area = cx.shared.drawn.pane(Pane::Strip);
    let dots = view::dots(search.results.rows());
    let axis = Axis::of(area, &dots);
    let plot = Plot::of(area, &dots, view::kind(cx.shared).scale());
    let flat = area.height < scatter::PLOT;
    let time = |x: u16| axis.time(x.saturating_sub(axis.x));
    let corner = |x: u16, y: u16, from: (u16, u16)| {
        let (short, long) = plot.durations(y);
        // The upper end of the upper row, the lower end of the lower one.
        let lasts = match (flat, y <= from.1) {
            (true, true) => u64::MAX,
            (true, false) => 0,
            (false, true) => long,
            (false, false) => short,
        };
        (time(x), lasts)
    };
    let at = (area.x + x, area.y + y);
    match gesture {
        Gesture::Click | Gesture::DoubleClick => {
            if let Some(row) = rows::nearest(search.results.rows(), time(at.0)) {
                go_to(search, row, cx);
            }
        }
        Gesture::Drag { from } | Gesture::Drop { from } => {
            let mut boxed = Boxed {
                one: corner(from.0, from.1, at),
                other: corner(at.0, at.1, from),
            };
            if from.1 == at.1 {
                let (short, long) = plot.durations(at.1);
                let whole = if flat { (0, u64::MAX) } else { (short, long) };
                (boxed.one.1, boxed.other.1) = whole;
            }
            search.boxed = Some(boxed);
            if matches!(gesture, Gesture::Drop { .. }) {
                ask(search, cx);
            }
        }
        _ => {}
    }
}

/// What is told of a box: how long it is, and how many traces of the list it holds.
pub fn told(search: &Search) -> Option<(Nanos, usize)> {
    let boxed = search.boxed?;
    let ((from, to), (short, long)) = (boxed.times(), boxed.durations());
    let inside = search.results.rows().iter().filter(|row| {
        (from..=to).contains(&row.start.0) && (short..=long).contains(&row.duration.0)
    });
    Some((Nanos(to - from), inside.count()))
}
