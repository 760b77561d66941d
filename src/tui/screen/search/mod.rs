//! The search screen: a query, the traces that it finds, and what stands out among them.
//!
//! [`results`] keeps the traces, [`line`] and [`form`] edit the query, [`act`] does what keys ask
//! for, [`view`] draws. The screen refreshes itself at most once a second while data comes; the
//! cursor's trace never moves by that.

mod act;
mod answers;
mod ask;
mod bar;
mod chart;
mod complete;
mod copies;
mod first_run;
mod foot;
mod form;
mod hunt;
mod line;
mod menus;
mod narrow;
mod offers;
mod order;
mod popups;
mod results;
mod rows;
mod this;
mod view;
mod why;
mod window;

use std::time::Duration;

use crate::analysis::Why;
use crate::backend::{SearchRequest, TraceRow};
use crate::model::{Nanos, TraceId};
use crate::text::Shown;
use crate::traceql::form::When;
use crate::traceql::tree::Field;
use crate::tui::answer::{Answer, Request};
use crate::tui::canvas::Canvas;
use crate::tui::hit::Touch;
use crate::tui::job::Purpose;
use crate::tui::keymap::{Action, Context};
use crate::tui::left::Seat;
use crate::tui::page::{Act, Cx, Look, Move, Page, Timer};
use crate::tui::place::Place;
use crate::tui::screen::palette::Pick;
use crate::tui::screen::{Groups, Screen, groups};
use crate::tui::shared::Shared;
use crate::tui::widget::picker::Item;
use crate::tui::widget::plot::Boxed;

use complete::Names;
use form::{Asked, FormInputs};
use hunt::Hunt;
use line::QueryLine;
use results::{Errand, Results};
use why::{Finding, Usual};

pub use copies::shell_words;
pub use narrow::query_of;

/// Live data is asked for again at most this often.
const REFRESH: Duration = Duration::from_secs(1);
/// A source that is being read shows more this often, and its first rows this soon.
const READING: Duration = Duration::from_millis(250);
const FIRST_ROWS: Duration = Duration::from_millis(50);
/// Traces asked for at first where that is cheap, and where production is asked.
const NEAR_LIMIT: usize = 200;
const FAR_LIMIT: usize = 20;
/// Traces that the last row asks for in addition.
const MORE: usize = 200;

/// Which part of the screen has the keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum Focus {
    #[default]
    List,
    Strip,
}

/// The screen's state.
#[derive(Debug, Clone, PartialEq)]
pub struct Search {
    asked: Asked,
    /// Questions before this one, for `u`.
    before: Vec<Asked>,
    /// The query without the exclusions that `x` added.
    whole: Option<String>,
    results: Results,
    usual: Usual,
    findings: Vec<Finding>,
    /// What the backend tells of all its traces.
    told: Option<Why>,
    /// The search for the traces that show a finding.
    hunt: Hunt,
    /// The finding that the cursor was taken to last.
    finding: Option<usize>,
    names: Names,
    line: Option<QueryLine>,
    form: Option<FormInputs>,
    focus: Focus,
    /// What is meant of the plot.
    boxed: Option<Boxed>,
    paused: bool,
    /// When traces were asked for last.
    at: Duration,
    /// A trace that was ordered and is opened when it arrives.
    awaited: Option<TraceId>,
    /// The row to go to once it is there.
    wanted: Option<Place>,
    /// Nobody has done anything yet: the only trace of a source opens by itself.
    unasked: bool,
}

impl Search {
    /// The screen with that query, or with all traces.
    pub fn new(query: &str, shared: &Shared) -> Self {
        let capabilities = shared.source.opened.capabilities;
        let near = capabilities.windowless || capabilities.clear;
        let query = if query.trim().is_empty() {
            "{ }"
        } else {
            query
        };
        let asked = Asked {
            query: query.to_owned(),
            when: if capabilities.windowless {
                When::Always
            } else {
                When::Last(Nanos(3_600_000_000_000))
            },
            limit: if near { NEAR_LIMIT } else { FAR_LIMIT },
        };
        Self {
            asked,
            before: Vec::new(),
            whole: None,
            results: Results::new(),
            usual: Usual::default(),
            findings: Vec::new(),
            told: None,
            hunt: Hunt::default(),
            finding: None,
            names: Names::default(),
            line: None,
            form: None,
            focus: Focus::List,
            boxed: None,
            paused: false,
            at: Duration::ZERO,
            awaited: None,
            wanted: None,
            // A trace that was named is opened, whatever else there is.
            unasked: capabilities.windowless && shared.source.opened.first.is_none(),
        }
    }

    /// Asks another question and remembers the one before.
    fn ask(&mut self, asked: Asked, cx: &mut Cx<'_>) {
        let before = std::mem::replace(&mut self.asked, asked);
        if before != self.asked {
            self.before.push(before);
        }
        cx.shared.session.remember(&self.asked.query);
        self.fetch(Errand::Anew, cx);
    }

    /// Asks the present question, for this reason.
    fn fetch(&mut self, errand: Errand, cx: &mut Cx<'_>) {
        if errand == Errand::Anew {
            self.boxed = None;
            (self.usual, self.findings, self.finding) = (Usual::default(), Vec::new(), None);
        }
        self.results.asked(errand);
        self.at = cx.shared.now;
        let request = SearchRequest {
            query: self.asked.query.clone(),
            window: window::asked(self.asked.when, cx.shared),
            limit: self.asked.limit,
            sort: self.results.order.asked(),
        };
        let label = format!("asking {}", cx.shared.source.name());
        cx.ask(Purpose::Search, label, Request::Search(request));
    }

    fn is_live(shared: &Shared) -> bool {
        shared.source.opened.capabilities.live
    }

    /// Whether the cursor is drawn: in a list that follows live data nobody has put it anywhere.
    fn shows_cursor(&self, shared: &Shared) -> bool {
        !self.results.follow || !Self::is_live(shared)
    }

    /// Rows of the list: the traces, and the row that accounts for the rest.
    fn len(&self) -> usize {
        self.results.rows().len() + 1
    }

    fn open(&self, id: TraceId, cx: &mut Cx<'_>) {
        let row = self.results.rows().iter().find(|row| row.trace_id == id);
        let title = row
            .map(|row| Shown::from(format!("{} {}", row.service, row.name)))
            .unwrap_or_default();
        // A query that every span matches asks for none of them.
        let all = |row: &TraceRow| row.matched.len() >= row.spans as usize;
        let matched = row
            .filter(|row| !all(row))
            .map(|row| row.matched.clone())
            .unwrap_or_default();
        cx.go(Move::Open(Screen::found_trace(id, title, matched)));
    }

    /// The traces found, in groups; marked ones only, if there are any.
    fn grouped(&self, key: groups::Key) -> Screen {
        let rows = self.results.rows().iter();
        let marked = &self.results.marked;
        let meant = rows.filter(|row| marked.is_empty() || marked.contains(&row.trace_id));
        let rows = meant.cloned().collect();
        Screen::Groups(Box::new(Groups::new(rows, &self.asked.query, key)))
    }

    /// How soon new data is asked for again.
    fn pace(&self, shared: &Shared) -> Duration {
        if Self::is_live(shared) {
            REFRESH
        } else if self.results.rows().is_empty() {
            FIRST_ROWS
        } else {
            READING
        }
    }
}

impl Page for Search {
    fn context(&self) -> Context {
        match (&self.form, &self.line, self.focus) {
            (Some(_), ..) => Context::Form,
            (_, Some(_), _) => Context::Query,
            (.., Focus::List) => Context::SearchList,
            (.., Focus::Strip) => Context::SearchScatter,
        }
    }

    fn crumb(&self) -> Shown<'static> {
        "search".into()
    }

    fn opened(&mut self, cx: &mut Cx<'_>) {
        self.fetch(Errand::Anew, cx);
        cx.ask(Purpose::Names, "asking for services", Request::Services);
    }

    fn act(&mut self, act: Act, cx: &mut Cx<'_>) -> bool {
        self.unasked = false;
        act::act(self, act, cx)
    }

    fn typed(&mut self, c: char, _cx: &mut Cx<'_>) {
        match (&mut self.form, &mut self.line) {
            (Some(form), _) => form.typed(c),
            (None, Some(line)) => line.typed(c, &self.names),
            (None, None) => {}
        }
    }

    fn touched(&mut self, touch: &Touch, cx: &mut Cx<'_>) {
        act::touched(self, touch, cx);
    }

    fn answered(&mut self, purpose: Purpose, answer: Answer, cx: &mut Cx<'_>) {
        match purpose {
            Purpose::Search => self.found(answer, cx),
            Purpose::Names => self.named(answer, cx),
            Purpose::Trace | Purpose::Errand => self.ordered(answer, cx),
            Purpose::Why => hunt::answered(self, answer, cx),
            Purpose::Load | Purpose::View | Purpose::Find | Purpose::Kept => {}
        }
    }

    fn stopped(&mut self, purpose: Purpose, _cx: &mut Cx<'_>) {
        if purpose == Purpose::Search {
            self.results
                .failed("stopped; what was found so far stays".into());
        }
    }

    fn narrowed(&mut self, term: Field, cx: &mut Cx<'_>) {
        this::narrow(self, term, cx);
    }

    fn asked(&mut self, query: &str, cx: &mut Cx<'_>) {
        self.line = None;
        let asked = Asked {
            query: query.to_owned(),
            ..self.asked.clone()
        };
        self.ask(asked, cx);
    }

    fn changed(&mut self, cx: &mut Cx<'_>) {
        if let Some(id) = self.awaited.filter(|_| !cx.waits(Purpose::Trace)) {
            cx.ask(Purpose::Trace, "waiting for the ride", Request::Trace(id));
        }
        if self.paused || cx.is_set(Timer::Refresh) {
            return;
        }
        let waited = cx.shared.now.saturating_sub(self.at);
        cx.after(self.pace(cx.shared).saturating_sub(waited), Timer::Refresh);
    }

    fn rung(&mut self, timer: Timer, cx: &mut Cx<'_>) {
        match timer {
            Timer::Refresh if cx.waits(Purpose::Search) => {
                cx.after(self.pace(cx.shared), Timer::Refresh);
            }
            Timer::Refresh | Timer::Survey if self.paused => {}
            Timer::Rest => {}
            Timer::Survey => hunt::survey_all(self, cx),
            Timer::Refresh => {
                self.fetch(Errand::Refresh, cx);
                if self.names.services.is_empty() && !cx.waits(Purpose::Names) {
                    cx.ask(Purpose::Names, "asking for services", Request::Services);
                }
            }
        }
    }

    fn draw(&self, look: &Look<'_>, canvas: &mut Canvas<'_>) {
        view::draw(self, look, canvas);
    }

    fn recalled(&mut self, cx: &mut Cx<'_>) {
        ask::take_census(self, cx);
    }

    fn offers(&self) -> Vec<Item<Pick>> {
        offers::of(self)
    }

    fn picked(&mut self, what: &str, cx: &mut Cx<'_>) {
        let key = groups::Key::Attribute(what.to_owned());
        cx.go(Move::Open(self.grouped(key)));
    }

    fn edited(&mut self, text: &str, _cx: &mut Cx<'_>) {
        if let Some(line) = &mut self.line {
            line.set(text, &self.names);
        }
    }

    fn traces(&self) -> Vec<TraceId> {
        let all = || self.results.rows().iter().map(|row| row.trace_id).collect();
        if self.results.marked.is_empty() {
            return all();
        }
        self.results.marked.iter().copied().collect()
    }

    fn place(&self) -> Option<Place> {
        self.results.here().map(|row| Place::Row(row.trace_id))
    }

    fn find_place(&mut self, place: &Place, cx: &mut Cx<'_>) -> bool {
        let at = self
            .results
            .rows()
            .iter()
            .position(|row| *place == Place::Row(row.trace_id));
        if let Some(row) = at {
            act::go_to(self, row, cx);
        }
        at.is_some()
    }

    fn seat(&self) -> Option<Seat> {
        let row = self.results.here().map(|row| row.trace_id.to_string());
        Some(Seat::Search {
            query: self.asked.query.clone(),
            when: self.asked.when.into(),
            row: row.filter(|_| !self.results.follow),
        })
    }

    fn resumed(&mut self, query: &str, when: When, row: Option<Place>, cx: &mut Cx<'_>) -> bool {
        self.wanted = row;
        // Whoever left the only trace of a source does not want to be led back into it.
        self.unasked = false;
        let asked = Asked {
            query: query.to_owned(),
            when,
            ..self.asked.clone()
        };
        if asked == self.asked {
            return self.wanted.is_some();
        }
        self.ask(asked, cx);
        true
    }

    fn hints(&self) -> Vec<(Action, &'static str)> {
        view::hints(self)
    }
}

#[cfg(test)]
mod tests;
