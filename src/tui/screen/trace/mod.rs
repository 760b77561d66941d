//! One trace as a waterfall: where the time went, span by span.
//!
//! The tree with its bars is the body, the span under the cursor is told in the second pane. What
//! the bars need to know of the critical path is worked out beside the interface when the trace
//! arrives ([`Explained`]); until then own work is drawn as off the path.

mod act;
mod beside;
mod columns;
mod detail;
mod draw;
mod explain;
mod external;
mod find;
mod gen_ai;
mod links;
mod open;
mod range;
mod semantics;
mod share;
mod stand;
mod study;
mod together;
mod view;
mod without;

#[cfg(test)]
mod tests;

use std::time::Duration;

use crate::model::{SpanId, Trace, TraceId};
use crate::text::Shown;
use crate::tui::answer::{Answer, Held, Request};
use crate::tui::canvas::Canvas;
use crate::tui::hit::{Pane, Touch};
use crate::tui::job::Purpose;
use crate::tui::keymap::{Action, Context};
use crate::tui::left::Seat;
use crate::tui::message::Message;
use crate::tui::page::{Act, Cx, Look, Page, Timer};
use crate::tui::place::Place;
use crate::tui::standing::Standing;

pub use explain::{Explained, explain, outline};
pub use open::LARGE;
pub use study::{Studied, Study};

pub use columns::columns;
pub use view::View;
pub use view::sheet::is_column;

use open::{Focus, Open};
use study::{Subject, Want};

/// A growing trace is asked for again at most this often.
const AGAIN: Duration = Duration::from_secs(1);
/// One of a file that is being read, so that all of it is there soon after it was read.
const READING: Duration = Duration::from_millis(400);
/// One that is not there yet.
const FIRST_ROWS: Duration = Duration::from_millis(100);

/// The screen of one trace.
#[derive(Debug, Clone, PartialEq)]
pub struct TraceScreen {
    id: TraceId,
    title: Shown<'static>,
    stage: Stage,
    /// The span to go to once the trace is there.
    wanted: Option<SpanId>,
    /// The spans that the search which led here asked for.
    matched: Vec<SpanId>,
    /// Where to stand once the trace is there.
    standing: Option<Standing>,
}

/// How far the trace is.
#[derive(Debug, Clone, PartialEq)]
enum Stage {
    Loading,
    Absent,
    Failed(Shown<'static>),
    Open(Box<Open>),
}

impl TraceScreen {
    /// The screen of a trace that is still to be fetched; `title` is what is known of it.
    pub fn new(id: TraceId, title: Shown<'static>) -> Self {
        Self {
            id,
            title,
            stage: Stage::Loading,
            wanted: None,
            matched: Vec::new(),
            standing: None,
        }
    }

    /// Opens where somebody stood, once the trace is there.
    pub fn stand(&mut self, standing: Standing) {
        self.standing = Some(standing);
    }

    /// The same, with the spans that a search matched.
    #[must_use]
    pub fn with_matched(mut self, spans: Vec<SpanId>) -> Self {
        self.matched = spans;
        self
    }

    /// The same, which goes to that span when it is there.
    #[must_use]
    pub fn at(mut self, span: SpanId) -> Self {
        self.wanted = Some(span);
        self
    }

    fn open(&mut self) -> Option<&mut Open> {
        match &mut self.stage {
            Stage::Open(open) => Some(open),
            _ => None,
        }
    }

    /// Has worked out what the trace wants to have worked out.
    fn pass_on(&mut self, cx: &mut Cx<'_>) {
        let Some(open) = self.open() else { return };
        for want in std::mem::take(&mut open.wants) {
            match want {
                Want::Study(label, study) => {
                    let purpose = match study.subject {
                        Subject::View(..) | Subject::Sort(..) => Purpose::View,
                        Subject::Find(_) => Purpose::Find,
                    };
                    cx.ask(purpose, label, Request::Study(study));
                }
                Want::NoView => cx.stop(Purpose::View),
                Want::NoHits => cx.stop(Purpose::Find),
            }
        }
    }

    /// The trace arrived, for the first time or grown.
    fn arrived(&mut self, trace: Held<Trace>, cx: &mut Cx<'_>) {
        let root = trace.root().map(|root| trace.span(root));
        if let Some(root) = root {
            self.title = Shown::from(format!("{} {}", root.service(), root.operation()));
        }
        for service in trace.services().keys() {
            cx.shared.colours.meet(service);
        }
        let charset = cx.shared.charset();
        cx.ask(
            Purpose::Why,
            "looking for the critical path",
            Request::Explain(trace.clone(), charset),
        );
        if let Some(open) = self.open() {
            open.grow(trace);
            return;
        }
        let mut open = Open::new(trace, charset);
        open.match_ids(&self.matched);
        let standing = self.standing.take();
        if let Some(standing) = &standing {
            open.stand(standing, cx.rows(Pane::Body));
        }
        let wanted = self.wanted.take().and_then(|id| open.trace.find(id));
        if let Some(span) = wanted {
            open.go(span, cx.rows(Pane::Body));
        }
        if standing.is_some_and(|standing| standing.skew) {
            open.skew(cx);
        }
        self.stage = Stage::Open(Box::new(open));
    }
}

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
                let done = self.open().is_some_and(|open| open.act(act, cx));
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
            open.find.input.insert(c);
            open.seek();
        }
        self.pass_on(cx);
    }

    fn touched(&mut self, touch: &Touch, cx: &mut Cx<'_>) {
        if let Some(open) = self.open() {
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
            (Purpose::Find, Some(open)) => open.find.end(None),
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
        let corrected = self.open().is_some_and(|open| open.received.is_some());
        if timer == Timer::Refresh && !corrected && !cx.waits(Purpose::Trace) {
            cx.ask(
                Purpose::Trace,
                "looking for more of the trace",
                Request::Trace(self.id),
            );
        }
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
