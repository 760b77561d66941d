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
mod page;
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
use crate::tui::answer::Request;
use crate::tui::job::Purpose;
use crate::tui::page::{Cx, Move};
use crate::tui::screen::{Groups, Screen, groups};
use crate::tui::session::place::Place;
use crate::tui::shared::Shared;
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

#[cfg(test)]
mod tests;
