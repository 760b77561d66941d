//! What the search screen answers to: keys, answers, timers, and what is asked of any screen.

use crate::model::TraceId;
use crate::text::Shown;
use crate::traceql::form::When;
use crate::traceql::tree::Field;
use crate::tui::answer::{Answer, Request};
use crate::tui::canvas::Canvas;
use crate::tui::canvas::hit::Touch;
use crate::tui::job::Purpose;
use crate::tui::keymap::{Action, Context};
use crate::tui::page::{Act, Cx, Look, Move, Page, Timer};
use crate::tui::screen::groups;
use crate::tui::screen::palette::Pick;
use crate::tui::session::left::Seat;
use crate::tui::session::place::Place;
use crate::tui::widget::picker::Item;

use super::form::Asked;
use super::results::Errand;
use super::{Focus, Search, act, ask, hunt, offers, this, view};

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
