//! What the screen of a trace answers to: keys, answers, timers, and what is asked of any screen.

use std::time::Duration;

use crate::model::{Trace, TraceId};
use crate::text::Shown;
use crate::tui::answer::{Answer, Held, Request};
use crate::tui::canvas::Canvas;
use crate::tui::canvas::hit::{Pane, Touch};
use crate::tui::job::Purpose;
use crate::tui::keymap::{Action, Context};
use crate::tui::message::Message;
use crate::tui::page::{Act, Cx, Look, Page, Timer};
use crate::tui::session::left::Seat;
use crate::tui::session::place::Place;

use super::open::Focus;
use super::{Stage, TraceScreen, View, draw};

/// A growing trace is asked for again at most this often.
const AGAIN: Duration = Duration::from_secs(1);
/// One of a file that is being read, so that all of it is there soon after it was read.
const READING: Duration = Duration::from_millis(400);
/// After so long a cursor rests.
const REST: Duration = Duration::from_millis(80);
/// One that is not there yet.
const FIRST_ROWS: Duration = Duration::from_millis(100);

impl Page for TraceScreen {
    fn context(&self) -> Context {
        match &self.stage {
            Stage::Open(open) => match open.focus {
                Focus::Tree => open.view.context(),
                Focus::Detail => Context::Detail,
                Focus::Find | Focus::Filter => Context::Query,
            },
            _ => Context::Trace,
        }
    }

    fn crumb(&self) -> Shown<'static> {
        if self.title.as_str().is_empty() {
            Shown::from(self.id.to_string())
        } else {
            self.title.clone()
        }
    }

    fn opened(&mut self, cx: &mut Cx<'_>) {
        cx.ask(
            Purpose::Trace,
            format!("fetching trace {}", self.id),
            Request::Trace(self.id),
        );
    }

    fn act(&mut self, act: Act, cx: &mut Cx<'_>) -> bool {
        match act.action {
            Action::Refresh => {
                self.opened(cx);
                true
            }
            Action::CopyTraceId => {
                cx.copy("trace id", self.id.to_string());
                true
            }
            _ => {
                let done = self.open().is_some_and(|open| {
                    let done = open.act(act, cx);
                    if open.untold {
                        cx.after(REST, Timer::Rest);
                    }
                    done
                });
                self.pass_on(cx);
                done
            }
        }
    }

    fn typed(&mut self, c: char, cx: &mut Cx<'_>) {
        if let Some(open) = self.open() {
            if open.focus == Focus::Filter {
                open.detail.filter.insert(c);
                open.filtered();
                return;
            }
            open.find.typed(c);
            open.seek();
        }
        self.pass_on(cx);
    }

    fn touched(&mut self, touch: &Touch, cx: &mut Cx<'_>) {
        if let Some(open) = self.open() {
            if open.untold {
                open.describe();
            }
            open.touched(touch, cx);
        }
        self.pass_on(cx);
    }

    fn stopped(&mut self, purpose: Purpose, cx: &mut Cx<'_>) {
        let height = cx.rows(Pane::Body);
        match (purpose, self.open()) {
            (Purpose::View, Some(open)) if open.building.is_some() => {
                open.turn(View::Waterfall, height);
            }
            (Purpose::Find, Some(open)) => open.find.stop(),
            (Purpose::Why, Some(open)) => open.hurry(),
            _ => {}
        }
        self.pass_on(cx);
    }

    fn answered(&mut self, _purpose: Purpose, answer: Answer, cx: &mut Cx<'_>) {
        match answer {
            Answer::Trace(_, Some(trace)) => self.arrived(trace, cx),
            Answer::Trace(_, None) => self.stage = Stage::Absent,
            Answer::Grouped(bundles) => {
                if let Some(open) = self.open() {
                    open.grouped(bundles);
                }
            }
            Answer::Outlined(explained) | Answer::Explained(explained) => {
                if let Some(open) = self.open() {
                    open.explained(explained);
                }
            }
            Answer::Studied(studied) => {
                let height = cx.rows(Pane::Body);
                if let Some(open) = self.open() {
                    open.studied(studied, height);
                }
            }
            Answer::Failed(why) => match self.stage {
                Stage::Open(_) => cx.say(Message::error(why)),
                _ => self.stage = Stage::Failed(why),
            },
            _ => {}
        }
        self.pass_on(cx);
    }

    fn changed(&mut self, cx: &mut Cx<'_>) {
        if !cx.is_set(Timer::Refresh) {
            let live = cx.shared.source.opened.capabilities.live;
            let pace = match self.stage {
                Stage::Open(_) if live => AGAIN,
                Stage::Open(_) => READING,
                _ => FIRST_ROWS,
            };
            cx.after(pace, Timer::Refresh);
        }
    }

    fn rung(&mut self, timer: Timer, cx: &mut Cx<'_>) {
        if let Some(open) = self.open().filter(|open| open.untold) {
            open.describe();
        }
        if timer != Timer::Refresh {
            return;
        }
        // What has come is shown before more is asked for.
        let comes = self.open().is_some_and(|open| open.coming.is_some());
        if comes || cx.waits(Purpose::Trace) {
            return self.changed(cx);
        }
        cx.ask(
            Purpose::Trace,
            "looking for more of the trace",
            Request::Trace(self.id),
        );
    }

    fn picked(&mut self, what: &str, cx: &mut Cx<'_>) {
        match self.open() {
            Some(open) if open.focus == Focus::Find => open.find_this(what),
            Some(open) => open.group_by_attribute(what),
            None => {}
        }
        self.pass_on(cx);
    }

    fn edited(&mut self, text: &str, cx: &mut Cx<'_>) {
        if let Some(open) = self.open().filter(|open| open.focus == Focus::Find) {
            open.find_this(text);
        }
        self.pass_on(cx);
    }

    fn traces(&self) -> Vec<TraceId> {
        vec![self.id]
    }

    fn place(&self) -> Option<Place> {
        let span = match &self.stage {
            Stage::Open(open) => open.span().map(|span| open.trace.span(span).span_id()),
            _ => self.wanted,
        };
        Some(Place::Span(self.id, span))
    }

    fn row(&self) -> Option<usize> {
        match &self.stage {
            Stage::Open(open) => Some(open.position().0),
            _ => None,
        }
    }

    fn along(&mut self, rows: isize) {
        if let Some(open) = self.open()
            && open.view == View::Waterfall
        {
            let row = open.list.cursor().saturating_add_signed(rows);
            let height = usize::MAX;
            open.list.go(row, height, open.rows.len());
            open.describe();
        }
    }

    fn held(&self) -> Option<Held<Trace>> {
        match &self.stage {
            Stage::Open(open) => Some(open.received.as_ref().unwrap_or(&open.trace).clone()),
            _ => None,
        }
    }

    fn seat(&self) -> Option<Seat> {
        let standing = match &self.stage {
            Stage::Open(open) => open.stands().standing,
            _ => self.standing.clone().unwrap_or_default(),
        };
        Some(Seat::Trace {
            id: self.id.to_string(),
            standing: Box::new(standing),
        })
    }

    fn find_place(&mut self, place: &Place, cx: &mut Cx<'_>) -> bool {
        let Place::Span(id, span) = place else {
            return false;
        };
        if *id != self.id {
            return false;
        }
        let height = cx.rows(Pane::Body);
        match (self.open(), span) {
            (Some(open), Some(span)) => {
                let Some(span) = open.trace.find(*span) else {
                    return false;
                };
                open.go(span, height);
            }
            (Some(_), None) => {}
            (None, _) => self.wanted = *span,
        }
        true
    }

    fn hints(&self) -> Vec<(Action, &'static str)> {
        match &self.stage {
            Stage::Open(open) if open.focus == Focus::Find => vec![
                (Action::Run, "first hit"),
                (Action::Complete, ""),
                (Action::SearchHistory, "history"),
                (Action::EditOutside, ""),
                (Action::Dismiss, "close"),
            ],
            Stage::Open(open) if open.focus == Focus::Detail => {
                vec![
                    (Action::In, ""),
                    (Action::OnLine, ""),
                    (Action::Ask, "filter"),
                    (Action::Fold, ""),
                    (Action::NextSection, ""),
                    (Action::MoreLikeThis, "search"),
                    (Action::CopyValue, "copy"),
                    (Action::PaneForm, "alone"),
                    (Action::Out, ""),
                    (Action::Help, ""),
                ]
            }
            Stage::Open(open) if open.view != View::Waterfall => open.view_hints(),
            Stage::Open(_) => vec![
                (Action::In, "detail"),
                (Action::Why, ""),
                (Action::NextError, ""),
                (Action::Ask, "find"),
                (Action::Fold, "fold"),
                (Action::Fit, "fit"),
                (Action::CriticalOnly, "critical"),
                (Action::CopyRow, "copy"),
                (Action::Out, ""),
                (Action::Help, ""),
            ],
            _ => vec![(Action::Refresh, ""), (Action::Out, ""), (Action::Help, "")],
        }
    }

    fn draw(&self, look: &Look<'_>, canvas: &mut Canvas<'_>) {
        draw::draw(self, look, canvas);
    }
}
