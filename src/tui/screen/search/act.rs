//! What keys and mouse do on the search screen.

use crate::backend::TraceRow;
use crate::format::pasted;
use crate::model::TraceId;
use crate::traceql::operator::Compare;
use crate::traceql::tree::{Field as Term, FieldExpr, Literal};
use crate::traceql::{Attribute, Intrinsic};
use crate::tui::answer::Request;
use crate::tui::hit::{Gesture, Pane, Target, Touch};
use crate::tui::job::Purpose;
use crate::tui::keymap::Action;
use crate::tui::message::Message;
use crate::tui::page::{Act, Cx, Move};
use crate::tui::screen::menu::{Choice, Menu};
use crate::tui::screen::{Overlay, Palette, groups};

use super::form::{Asked, Field, FormInputs};
use super::line::QueryLine;
use super::narrow::{self, narrowed};
use super::order::ORDERS;
use super::results::Errand;
use super::{Focus, MORE, Search, chart, copies, first_run, hunt, popups, window};

/// Traces looked at for keys and values.
const CENSUS: usize = 40;

/// Does an action. Returns false if it means nothing here.
pub fn act(search: &mut Search, act: Act, cx: &mut Cx<'_>) -> bool {
    if search.form.is_some() {
        return in_form(search, act, cx);
    }
    if search.line.is_some() {
        return in_line(search, act, cx);
    }
    if search.focus == Focus::Strip && chart::act(search, act, cx) {
        return true;
    }
    match act.action {
        Action::In => enter(search, cx),
        Action::Group => group(search, act, cx),
        Action::Ask => open_line(search, cx),
        Action::Form => open_form(search, &search.asked.query.clone(), cx),
        Action::Why => why(search, 1, act, cx),
        Action::WhyBack => why(search, -1, act, cx),
        Action::NextError => next_error(search, act, cx, true),
        Action::PreviousError => next_error(search, act, cx, false),
        Action::Sort => sort(search, act, cx),
        Action::TimeRange => time_range(search, act, cx),
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
        action => return on_row(search, action, cx) || step(search, act, cx),
    }
    true
}

/// What is done with the trace under the cursor.
fn on_row(search: &mut Search, action: Action, cx: &mut Cx<'_>) -> bool {
    let without = |intrinsic, value: &str| narrow::text(intrinsic, Compare::NotEqual, value);
    let Some(row) = search.results.here().cloned() else {
        return false;
    };
    match action {
        Action::MoreLikeThis => alike(search, &row, cx),
        Action::WithoutService => narrow(search, without(Intrinsic::RootService, &row.service), cx),
        Action::WithoutOperation => narrow(search, without(Intrinsic::RootName, &row.name), cx),
        Action::WithoutShorter => {
            let length = Literal::Duration(row.duration.0 as i64);
            let lasts = Attribute::Intrinsic(Intrinsic::TraceDuration);
            narrow(
                search,
                FieldExpr::comparison(lasts, Compare::GreaterEqual, length),
                cx,
            );
        }
        Action::ShowAll => {
            let Some(query) = search.whole.take() else {
                return false;
            };
            let asked = Asked {
                query,
                ..search.asked.clone()
            };
            search.ask(asked, cx);
        }
        Action::CopyTraceId => cx.copy("trace id", row.trace_id.to_string()),
        Action::CopyRow => cx.copy("row", copies::row(&row, cx.shared)),
        Action::CopyMarkdown => {
            let marked: Vec<&TraceRow> = copies::chosen(&search.results, &row);
            let text = copies::markdown(&marked, cx.shared);
            cx.copy("Markdown", text);
        }
        Action::CopyCommand => cx.copy("command", copies::command(&search.asked, cx.shared)),
        _ => return false,
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

fn sort(search: &mut Search, act: Act, cx: &mut Cx<'_>) {
    let order = search.results.order;
    let Some(letter) = act.letter else {
        let choice = |(letter, by, usual, other): (char, _, &'static str, &'static str)| {
            let next = order.chosen(letter).filter(|_| by == order.by);
            Choice::new(
                letter,
                if next.is_some_and(|next| next.reversed) {
                    other
                } else {
                    usual
                },
            )
        };
        let choices = ORDERS.into_iter().map(choice).collect();
        let menu = Menu::new(
            Action::Sort,
            format!("sort, now {}", order.words()),
            choices,
            Some(order.letter()),
        );
        return cx.go(Move::Over(Overlay::Menu(menu)));
    };
    let Some(chosen) = order.chosen(letter) else {
        return;
    };
    let asks_otherwise = chosen.asked() != order.asked();
    search.results.sort(chosen);
    // Another order may bring other traces to the fore than those fetched.
    if asks_otherwise {
        search.fetch(Errand::Refresh, cx);
    }
}

fn time_range(search: &mut Search, act: Act, cx: &mut Cx<'_>) {
    let clock = &cx.shared.clock;
    let Some(letter) = act.letter else {
        let now = search.asked.when;
        let choice = |(letter, when)| Choice::new(letter, window::words(when, clock));
        let present = window::choices()
            .find(|(_, when)| *when == now)
            .map(|(letter, _)| letter);
        let title = format!("time, now {} (f takes any)", window::words(now, clock));
        let choices = window::choices().map(choice).collect();
        let menu = Menu::new(Action::TimeRange, title, choices, present.or(Some('d')));
        return cx.go(Move::Over(Overlay::Menu(menu)));
    };
    if let Some((_, when)) = window::choices().find(|(known, _)| *known == letter) {
        let asked = Asked {
            when,
            ..search.asked.clone()
        };
        search.ask(asked, cx);
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

/// The menu of what to group by, and what was chosen.
fn group(search: &Search, act: Act, cx: &mut Cx<'_>) {
    if search.results.rows().is_empty() {
        return cx.say(Message::note("no traces to group"));
    }
    match act.letter {
        None => cx.go(Move::Over(Overlay::Menu(groups::menu(&[])))),
        Some('a') => cx.go(Move::Over(Overlay::Palette(Palette::attributes(
            &search.names.attributes(),
        )))),
        Some(letter) => {
            if let Some(key) = groups::Key::chosen(letter) {
                cx.go(Move::Open(search.grouped(key)));
            }
        }
    }
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

fn alike(search: &mut Search, row: &TraceRow, cx: &mut Cx<'_>) {
    let is = |intrinsic, value: &str| narrow::text(intrinsic, Compare::Equal, value);
    let terms = vec![
        is(Intrinsic::RootService, &row.service),
        is(Intrinsic::RootName, &row.name),
    ];
    let asked = Asked {
        query: narrow::all(terms),
        ..search.asked.clone()
    };
    search.ask(asked, cx);
}

fn narrow(search: &mut Search, term: Term, cx: &mut Cx<'_>) {
    let before = search.asked.query.clone();
    let asked = Asked {
        query: narrowed(&before, term),
        ..search.asked.clone()
    };
    search.whole.get_or_insert(before);
    search.ask(asked, cx);
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

fn open_form(search: &mut Search, query: &str, cx: &mut Cx<'_>) {
    let asked = Asked {
        query: query.to_owned(),
        ..search.asked.clone()
    };
    match FormInputs::of(&asked, &cx.shared.clock) {
        Some(form) => (search.form, search.line) = (Some(form), None),
        None => cx.say(Message::doubt(
            "this query says more than the form can show: / edits it as TraceQL",
        )),
    }
}

fn in_form(search: &mut Search, act: Act, cx: &mut Cx<'_>) -> bool {
    let Some(form) = &mut search.form else {
        return false;
    };
    match act.action {
        Action::Dismiss => search.form = None,
        Action::Run | Action::SwapForm => match form.asked(&cx.shared.clock) {
            Err((field, why)) => {
                form.focus_on(field);
                form.fault = Some(why);
            }
            Ok(asked) => {
                search.form = None;
                if act.action == Action::Run {
                    search.ask(asked, cx);
                } else {
                    (search.asked.when, search.asked.limit) = (asked.when, asked.limit);
                    search.line = Some(QueryLine::new(&asked.query, &search.names));
                }
            }
        },
        action => {
            let rest =
                popups::proposal(&search.names, form.focus(), form.input(form.focus()).text())
                    .to_owned();
            return form.act(action, &rest);
        }
    }
    true
}

/// Opens the query line. Where it costs nobody anything, some of the traces found are looked at for
/// keys and values to propose.
fn open_line(search: &mut Search, cx: &mut Cx<'_>) {
    search.line = Some(QueryLine::new(&search.asked.query, &search.names));
    let capabilities = cx.shared.source.opened.capabilities;
    let near = capabilities.windowless || capabilities.clear;
    if near && search.names.census.is_none() && !cx.waits(Purpose::Names) {
        let rows = search.results.rows().iter().take(CENSUS);
        let ids = rows.map(|row| row.trace_id).collect();
        cx.ask(
            Purpose::Names,
            "looking at attributes",
            Request::Census(ids),
        );
    }
}

fn in_line(search: &mut Search, act: Act, cx: &mut Cx<'_>) -> bool {
    let Some(line) = &mut search.line else {
        return false;
    };
    match act.action {
        Action::Dismiss => search.line = None,
        Action::SearchHistory => {
            let history = Palette::history(cx.shared);
            cx.go(Move::Over(Overlay::Palette(history)));
        }
        Action::EditOutside => cx.edit(line.input.text().to_owned()),
        Action::SwapForm => {
            let query = line.query(&search.names);
            open_form(search, &query, cx);
        }
        Action::Run => run(search, cx),
        action => return line.act(action, &search.names, &cx.shared.session.history),
    }
    true
}

/// Runs what was typed: a trace id opens its trace, a query with a fault stays to be mended.
fn run(search: &mut Search, cx: &mut Cx<'_>) {
    let Some(line) = &search.line else { return };
    if let Some(id) = pasted_id(line.input.text()) {
        search.line = None;
        return search.open(id, cx);
    }
    if line.fault.is_some() {
        return;
    }
    let query = line.query(&search.names);
    search.line = None;
    search.whole = None;
    let asked = Asked {
        query,
        ..search.asked.clone()
    };
    search.ask(asked, cx);
}

/// The trace that a header, a line of a log or an id names. Ids within a query are its own.
fn pasted_id(text: &str) -> Option<TraceId> {
    let found = pasted::find(text)
        .into_iter()
        .find(|found| found.is_certain)?;
    (!text.contains('{') || text.trim_start().starts_with("{\"")).then_some(found.trace_id)
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
        (Target::Spot(Pane::Bar), _) if clicked => open_line(search, cx),
        (Target::Spot(Pane::Strip), gesture) => {
            chart::touched(search, gesture, (touch.x, touch.y), cx);
        }
        _ => {}
    }
}
