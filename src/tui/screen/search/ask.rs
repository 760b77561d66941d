//! The query as it is typed: as a line, as a form, in an editor outside; and running it.

use crate::format::pasted;
use crate::model::TraceId;
use crate::tui::answer::Request;
use crate::tui::job::Purpose;
use crate::tui::keymap::Action;
use crate::tui::message::Message;
use crate::tui::page::{Act, Cx, Move};
use crate::tui::screen::{Overlay, Palette};

use super::form::{Asked, FormInputs};
use super::line::QueryLine;
use super::{Search, popups};

/// Traces looked at for keys and values.
const CENSUS: usize = 40;

/// Opens the form with a query, if a form can show it.
pub fn open_form(search: &mut Search, query: &str, cx: &mut Cx<'_>) {
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

/// Keys while the form is open.
pub fn in_form(search: &mut Search, act: Act, cx: &mut Cx<'_>) -> bool {
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

/// Opens the query line.
pub fn open_line(search: &mut Search, cx: &mut Cx<'_>) {
    search.line = Some(QueryLine::new(&search.asked.query, &search.names));
    take_census(search, cx);
}

/// Where it costs nobody anything, some of the traces found are looked at for keys and values to
/// propose.
pub fn take_census(search: &Search, cx: &mut Cx<'_>) {
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

/// Keys while the query line is open.
pub fn in_line(search: &mut Search, act: Act, cx: &mut Cx<'_>) -> bool {
    let Some(line) = &mut search.line else {
        return false;
    };
    match act.action {
        Action::Dismiss => search.line = None,
        Action::SearchHistory => {
            let history = Palette::history(cx.shared);
            cx.go(Move::Over(Overlay::Palette(history)));
        }
        Action::EditOutside => cx.edit(line.text().to_owned()),
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
    if let Some(id) = pasted_id(line.text()) {
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
