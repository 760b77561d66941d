//! What keys and mouse do on the search screen.

use crate::backend::TraceRow;
use crate::model::TraceId;
use crate::tui::answer::Request;
use crate::tui::canvas::hit::{Gesture, Pane, Target, Touch};
use crate::tui::job::Purpose;
use crate::tui::keymap::Action;
use crate::tui::message::Message;
use crate::tui::page::{Act, Cx};

use super::form::Field;
use super::results::Errand;
use super::{Focus, MORE, Search, ask, chart, first_run, hunt, menus, this};

/// Does an action. Returns false if it means nothing here.
pub fn act(search: &mut Search, act: Act, cx: &mut Cx<'_>) -> bool {
    if search.form.is_some() {
        return ask::in_form(search, act, cx);
    }
    if search.line.is_some() {
        return ask::in_line(search, act, cx);
    }
    if search.focus == Focus::Strip && chart::act(search, act, cx) {
        return true;
    }
    match act.action {
        Action::In => enter(search, cx),
        Action::Group => menus::group(search, act, cx),
        Action::Ask => ask::open_line(search, cx),
        Action::Form => ask::open_form(search, &search.asked.query.clone(), cx),
        Action::Why => why(search, 1, act, cx),
        Action::WhyBack => why(search, -1, act, cx),
        Action::NextError => next_error(search, act, cx, true),
        Action::PreviousError => next_error(search, act, cx, false),
        Action::Sort => menus::sort(search, act, cx),
        Action::TimeRange => menus::time_range(search, act, cx),
        Action::Mark => mark(search, act, cx),
        Action::MarkRange => mark_range(search),
        Action::UnmarkAll => search.results.marked.clear(),
        Action::NextPane | Action::PreviousPane => change_pane(search, cx),
        Action::Top if act.count.is_none() => search.results.catch_up(),
        Action::Refresh => search.fetch(Errand::Refresh, cx),
        Action::Pause => pause(search, cx),
        Action::Undo => undo(search, cx),
        Action::ViewScatter => show_plot(search, cx, false),
        Action::ViewHeatmap => show_plot(search, cx, true),
        Action::ViewNoStrip => cx.shared.session.no_strip = true,
        Action::OrderRide => order_ride(cx),
        Action::CopyRow if first_run::is_now(cx.shared) => {
            if let Some(text) = first_run::copy(cx.shared) {
                cx.copy("endpoint", text);
            }
        }
        Action::Demo => return !may_demo(cx),
        Action::Dismiss if search.focus == Focus::Strip => search.focus = Focus::List,
        action => return this::act(search, action, cx) || step(search, act, cx),
    }
    true
}

fn step(search: &mut Search, act: Act, cx: &mut Cx<'_>) -> bool {
    let (height, len) = (cx.rows(Pane::Body), search.len());
    let hidden = !search.shows_cursor(cx.shared);
    if hidden && act.action == Action::Down && act.count.is_none() {
        // The first step shows the cursor where Enter would have opened.
        search.results.grasp();
        return true;
    }
    let moved = search.results.list.act(act, height, len);
    if moved {
        search.results.grasp();
    }
    moved
}

/// Puts the cursor on a row and holds the list.
pub fn go_to(search: &mut Search, row: usize, cx: &Cx<'_>) {
    search.results.grasp();
    let len = search.len();
    search.results.list.go(row, cx.rows(Pane::Body), len);
}

/// Opens the trace, or fetches more on the last row.
fn enter(search: &mut Search, cx: &mut Cx<'_>) {
    match search.results.here().map(|row| row.trace_id) {
        Some(id) => {
            search.results.grasp();
            search.open(id, cx);
        }
        None if search.results.rows().is_empty() => {}
        None => {
            search.asked.limit =
                (search.asked.limit + MORE).min(super::form::MOST.max(search.asked.limit));
            search.fetch(Errand::More, cx);
        }
    }
}

fn why(search: &mut Search, by: isize, act: Act, cx: &mut Cx<'_>) {
    let len = hunt::len(search);
    if len == 0 {
        return cx.say(Message::note("nothing stands out in these traces"));
    }
    let step = by.saturating_mul(act.times() as isize);
    let next = match search.finding {
        None if by > 0 => 0,
        None => len - 1,
        Some(at) => (at + len).saturating_add_signed(step % len as isize) % len,
    };
    search.finding = Some(next);
    hunt::go(search, next, cx);
}

fn next_error(search: &mut Search, act: Act, cx: &mut Cx<'_>, forwards: bool) {
    let here = search.results.list.cursor();
    let hidden = !search.shows_cursor(cx.shared);
    let rows = search.results.rows();
    let failed = |row: &usize| rows.get(*row).is_some_and(|row| row.errors > 0);
    let nth = act.times() - 1;
    let found = if forwards {
        let from = if hidden { 0 } else { here + 1 };
        (from..rows.len()).filter(failed).nth(nth)
    } else {
        (0..here.min(rows.len())).rev().filter(failed).nth(nth)
    };
    match found {
        Some(row) => go_to(search, row, cx),
        None if forwards => cx.say(Message::note("no failed trace below: gg goes to the top")),
        None => cx.say(Message::note("no failed trace above")),
    }
}

fn mark(search: &mut Search, act: Act, cx: &mut Cx<'_>) {
    for _ in 0..act.times() {
        let Some(id) = search.results.here().map(|row| row.trace_id) else {
            return;
        };
        search.results.mark(id);
        go_to(search, search.results.list.cursor() + 1, cx);
    }
}

/// From the nearest mark above, or below, to the cursor.
fn mark_range(search: &mut Search) {
    let here = search.results.list.cursor();
    let is_marked = |row: &TraceRow| search.results.marked.contains(&row.trace_id);
    let rows = search.results.rows();
    let above = rows.iter().take(here).rposition(is_marked);
    let below = rows
        .iter()
        .skip(here + 1)
        .position(is_marked)
        .map(|at| here + 1 + at);
    let Some(other) = above.or(below) else { return };
    let range = here.min(other)..=here.max(other);
    let ids: Vec<TraceId> = rows
        .get(*range.start()..(range.end() + 1).min(rows.len()))
        .unwrap_or_default()
        .iter()
        .map(|row| row.trace_id)
        .collect();
    search.results.marked.extend(ids);
}

fn change_pane(search: &mut Search, cx: &Cx<'_>) {
    let strip = !cx.shared.session.no_strip && !search.results.rows().is_empty();
    search.focus = match search.focus {
        Focus::List if strip => Focus::Strip,
        _ => Focus::List,
    };
    search.results.grasp();
}

/// The plot as points or as a heatmap; a box drawn over the one is none over the other.
fn show_plot(search: &mut Search, cx: &mut Cx<'_>, heatmap: bool) {
    let session = &mut cx.shared.session;
    (session.no_strip, session.heatmap) = (false, heatmap);
    search.boxed = None;
}

fn pause(search: &mut Search, cx: &mut Cx<'_>) {
    search.paused = !search.paused;
    if !search.paused {
        search.fetch(Errand::Refresh, cx);
    }
}

fn undo(search: &mut Search, cx: &mut Cx<'_>) {
    let Some(before) = search.before.pop() else {
        return cx.say(Message::note("this is the first query"));
    };
    search.asked = before;
    search.fetch(Errand::Anew, cx);
}

fn order_ride(cx: &mut Cx<'_>) {
    if cx.shared.source.around.demo {
        cx.ask(Purpose::Errand, "ordering a ride", Request::OrderRide);
    } else {
        cx.say(Message::doubt(
            "rides are ordered from the demo: vizsla demo",
        ));
    }
}

/// The demo is only started beside an empty store: its traces would stand among the user's own.
fn may_demo(cx: &mut Cx<'_>) -> bool {
    let empty = cx
        .shared
        .source
        .stats
        .as_ref()
        .is_none_or(|stats| stats.traces == 0);
    let can = cx.shared.source.around.can_demo;
    if !empty {
        cx.say(Message::doubt(
            "the demo starts only while nothing was received: vizsla demo has a store of its own",
        ));
    } else if !can {
        cx.say(Message::doubt("no demo from here: vizsla demo"));
    }
    empty && can
}

/// The mouse: rows, the query line, the plot, the fields of the form.
pub fn touched(search: &mut Search, touch: &Touch, cx: &mut Cx<'_>) {
    let clicked = matches!(
        touch.gesture,
        Gesture::Click | Gesture::DoubleClick | Gesture::Menu
    );
    match (&touch.target, touch.gesture) {
        (_, Gesture::Wheel(by)) => {
            search.results.grasp();
            let len = search.len();
            search.results.list.wheel(by, cx.rows(Pane::Body), len);
        }
        (Target::Row(Pane::Popup, field), _) if clicked => {
            if let (Some(form), Some(field)) = (&mut search.form, Field::ALL.get(*field)) {
                form.focus_on(*field);
            }
        }
        (Target::Row(Pane::Body, row), gesture) if clicked => {
            search.focus = Focus::List;
            go_to(search, *row, cx);
            if gesture == Gesture::DoubleClick {
                enter(search, cx);
            }
        }
        (Target::Spot(Pane::Bar), _) if clicked => ask::open_line(search, cx),
        (Target::Spot(Pane::Strip), gesture) => {
            chart::touched(search, gesture, (touch.x, touch.y), cx);
        }
        _ => {}
    }
}
