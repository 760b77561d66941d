//! What keys and the mouse do on the waterfall, in the detail, and in the find line.

use crate::model::{Nanos, Time};
use crate::tui::answer::{Held, Request};
use crate::tui::hit::{Gesture, Pane, Target, Touch};
use crate::tui::job::Purpose;
use crate::tui::keymap::Action;
use crate::tui::message::Message;
use crate::tui::page::{Act, Cx, Move};
use crate::tui::screen::Screen;
use crate::tui::widget::waterfall::{Axis, Row};

use super::{Focus, Open};

impl Open {
    pub(super) fn act(&mut self, act: Act, cx: &mut Cx<'_>) -> bool {
        match self.focus {
            Focus::Find => self.act_find(act, cx),
            Focus::Detail => self.act_detail(act, cx) || self.act_anywhere(act, cx),
            Focus::Tree => self.act_tree(act, cx) || self.act_anywhere(act, cx),
        }
    }

    fn act_find(&mut self, act: Act, cx: &mut Cx<'_>) -> bool {
        match act.action {
            Action::Run => {
                self.focus = Focus::Tree;
                let from = self.span().unwrap_or(0).checked_sub(1);
                let hit = from.map_or(self.find.hits.first().copied(), |from| {
                    self.find.step(from, true, 1)
                });
                match hit {
                    Some(span) => self.go(span, cx.rows(Pane::Body)),
                    None if self.find.input.text().is_empty() => {}
                    None => cx.say(Message::doubt("no span has all of these words")),
                }
            }
            Action::Dismiss => {
                self.focus = Focus::Tree;
                self.find.clear();
            }
            action => {
                let edited = self.find.input.act(action);
                self.find.run(&self.trace);
                return edited;
            }
        }
        true
    }

    fn act_detail(&mut self, act: Act, cx: &mut Cx<'_>) -> bool {
        match act.action {
            Action::Out | Action::NextPane | Action::PreviousPane => self.focus = Focus::Tree,
            Action::In => match self.detail.line().and_then(|line| line.link) {
                Some(id) if id == self.trace.id() => {}
                Some(id) => {
                    let screen = Screen::trace(id, crate::text::Shown::default());
                    cx.go(Move::Open(screen));
                }
                None => self.detail.toggle(),
            },
            Action::Fold | Action::Right | Action::Left => self.detail.toggle(),
            Action::NextSection | Action::PreviousSection => {
                if let Some(line) = self.detail.section(act.action == Action::NextSection) {
                    self.detail
                        .list
                        .go(line, cx.rows(Pane::Detail), self.detail.lines.len());
                }
            }
            Action::CopyValue | Action::CopyRow => self.copy_line(cx, |(_, value)| value.clone()),
            Action::CopyKeyValue => self.copy_line(cx, |(key, value)| format!("{key}={value}")),
            _ => {
                return self
                    .detail
                    .list
                    .act(act, cx.rows(Pane::Detail), self.detail.lines.len());
            }
        }
        true
    }

    fn copy_line(&self, cx: &mut Cx<'_>, text: impl Fn(&(String, String)) -> String) {
        if let Some(line) = self.detail.line() {
            cx.copy("value", text(&line.raw));
        }
    }

    fn act_tree(&mut self, act: Act, cx: &mut Cx<'_>) -> bool {
        let height = cx.rows(Pane::Body);
        match act.action {
            Action::In | Action::NextPane | Action::PreviousPane => {
                self.detail.shown = true;
                self.focus = Focus::Detail;
            }
            Action::Out => cx.go(Move::Leave),
            Action::Left => self.left(height),
            Action::Right => self.right(height),
            Action::CopyRow => {
                if let Some(span) = self.span() {
                    cx.copy("row", self.row_text(span));
                }
            }
            _ => {
                let moved = self.list.act(act, height, self.rows.len());
                if moved {
                    self.describe();
                }
                return moved || self.act_fold(act, height) || self.act_hunt(act, height, cx);
            }
        }
        true
    }

    fn act_fold(&mut self, act: Act, height: usize) -> bool {
        let Some(span) = self.span() else {
            return false;
        };
        let trace = Held::clone(&self.trace);
        match act.action {
            Action::Fold => self.rows.set(&trace, span, !self.rows.is_folded(span)),
            Action::OpenFold => self.rows.set(&trace, span, false),
            Action::CloseFold => self.rows.set(&trace, span, true),
            Action::OpenSubtree => self.rows.set_subtree(&trace, span, false),
            Action::CloseSubtree => self.rows.set_subtree(&trace, span, true),
            Action::OpenAll => self.rows.open_all(&trace),
            Action::CloseAll => self.rows.open_to(&trace, 1),
            Action::OpenLevel => (0..act.times()).for_each(|_| self.rows.open_level(&trace)),
            Action::CloseLevel => (0..act.times()).for_each(|_| self.rows.fold_level(&trace)),
            Action::ToDepth => {
                let depth = act.letter.and_then(|digit| digit.to_digit(10)).unwrap_or(1);
                self.rows.open_to(&trace, depth as usize);
            }
            Action::OnlyTelling => self.only_telling(),
            _ => return false,
        }
        self.folded = false;
        self.list
            .go(self.rows.row_of(span), height, self.rows.len());
        self.describe();
        true
    }

    /// Folds what has neither a failure nor a part of the critical path in it.
    fn only_telling(&mut self) {
        let (trace, explained) = (&self.trace, self.explained.as_ref());
        self.rows.fold_where(trace, |span| {
            let below = span + 1..trace.subtree(span).end;
            trace.errors_in(below.clone()) == 0 && !explained.is_some_and(|e| e.touches(below))
        });
    }

    /// Folds an open span; from a folded one or a leaf, to the parent.
    fn left(&mut self, height: usize) {
        let Some(span) = self.rows.span(self.list.cursor()) else {
            return;
        };
        if self.trace.subtree(span).len() > 1 && !self.rows.is_folded(span) {
            let trace = Held::clone(&self.trace);
            self.rows.set(&trace, span, true);
        } else if let Some(parent) = self.trace.parent(span) {
            self.go(parent, height);
        }
    }

    /// Opens a folded span; from an open one, to its first child.
    fn right(&mut self, height: usize) {
        let Some(span) = self.rows.span(self.list.cursor()) else {
            return;
        };
        if self.rows.is_folded(span) {
            let trace = Held::clone(&self.trace);
            self.rows.set(&trace, span, false);
        } else if self.trace.subtree(span).len() > 1 {
            self.go(span + 1, height);
        }
    }

    fn act_hunt(&mut self, act: Act, height: usize, cx: &mut Cx<'_>) -> bool {
        let Some(span) = self.span() else {
            return false;
        };
        let to = match act.action {
            Action::NextError => self.error(span, true, act.times()),
            Action::PreviousError => self.error(span, false, act.times()),
            Action::NextHit => self.find.step(span, true, act.times()),
            Action::PreviousHit => self.find.step(span, false, act.times()),
            Action::NextSibling => self.sibling(span, true),
            Action::PreviousSibling => self.sibling(span, false),
            Action::NextCritical => self.critical(span, true),
            Action::PreviousCritical => self.critical(span, false),
            Action::NextOfService => self.alike(span, true, |a, b| a.service() == b.service()),
            Action::PreviousOfService => self.alike(span, false, |a, b| a.service() == b.service()),
            Action::NextOfOperation => {
                self.alike(span, true, |a, b| a.operation() == b.operation())
            }
            Action::PreviousOfOperation => {
                self.alike(span, false, |a, b| a.operation() == b.operation())
            }
            Action::Why => self.finding(true),
            Action::WhyBack => self.finding(false),
            _ => return false,
        };
        match to {
            Some(span) => self.go(span, height),
            None => cx.say(Message::note(nothing(act.action))),
        }
        true
    }

    /// The next failed span, going round.
    fn error(&self, from: usize, forward: bool, times: usize) -> Option<usize> {
        let total = self.trace.errors();
        if total == 0 {
            return None;
        }
        let passed = self.trace.errors_in(0..from + usize::from(forward));
        let nth = if forward {
            passed + times - 1
        } else {
            passed + total * times - times
        } % total;
        // The first position that has nth + 1 errors up to and including it.
        let (mut low, mut high) = (0, self.trace.len());
        while low < high {
            let middle = low.midpoint(high);
            if self.trace.errors_in(0..middle + 1) > nth {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        Some(low)
    }

    fn sibling(&self, span: usize, forward: bool) -> Option<usize> {
        let siblings: Vec<usize> = match self.trace.parent(span) {
            Some(parent) => self.trace.children(parent).collect(),
            None => self.trace.tops().collect(),
        };
        let at = siblings.binary_search(&span).ok()?;
        if forward {
            siblings.get(at + 1).copied()
        } else {
            at.checked_sub(1).map(|at| siblings[at])
        }
    }

    fn critical(&self, span: usize, forward: bool) -> Option<usize> {
        let critical = &self.explained.as_ref()?.critical;
        let on_path = |&at: &usize| critical.get(at).is_some_and(|time| time.0 > 0);
        if forward {
            (span + 1..self.trace.len()).find(on_path)
        } else {
            (0..span).rev().find(on_path)
        }
    }

    fn alike(
        &self,
        span: usize,
        forward: bool,
        same: impl Fn(crate::model::SpanRef<'_>, crate::model::SpanRef<'_>) -> bool,
    ) -> Option<usize> {
        let alike = |&at: &usize| same(self.trace.span(at), self.trace.span(span));
        if forward {
            (span + 1..self.trace.len()).find(alike)
        } else {
            (0..span).rev().find(alike)
        }
    }

    fn finding(&mut self, forward: bool) -> Option<usize> {
        let findings = &self.explained.as_ref()?.findings;
        let len = findings.len();
        if len == 0 {
            return None;
        }
        let next = match (self.finding, forward) {
            (None, true) => 0,
            (None, false) => len - 1,
            (Some(at), true) => (at + 1) % len,
            (Some(at), false) => (at + len - 1) % len,
        };
        self.finding = Some(next);
        findings[next].spans.first().copied()
    }

    fn act_anywhere(&mut self, act: Act, cx: &mut Cx<'_>) -> bool {
        match act.action {
            Action::Graph => {
                let service = self
                    .span()
                    .map(|span| self.trace.span(span).service().to_owned());
                cx.go(Move::Open(Screen::map(service)));
            }
            Action::Ask => self.focus = Focus::Find,
            Action::FindOperation => self.find_operation(),
            Action::Dismiss => return self.find.clear(),
            Action::SecondPane => {
                self.detail.shown = !self.detail.shown;
                self.focus = if self.detail.shown {
                    self.focus
                } else {
                    Focus::Tree
                };
            }
            Action::CriticalOnly => self.critical_only = !self.critical_only,
            Action::Skew => self.skew(cx),
            Action::ZoomIn | Action::ZoomOut => {
                let around = self
                    .span()
                    .map_or(self.range.shown().0, |span| self.middle(span));
                (0..act.times())
                    .for_each(|_| self.range.zoom(around, act.action == Action::ZoomIn));
            }
            Action::PanLeft | Action::PanRight => {
                (0..act.times()).for_each(|_| self.range.pan(act.action == Action::PanRight));
            }
            Action::Whole => self.range.reset(),
            Action::Undo => _ = self.range.undo(),
            Action::Fit => {
                if let Some(span) = self.span() {
                    self.range
                        .set(self.trace.start_of(span), self.trace.end_of(span));
                }
            }
            Action::CopySpanId => {
                if let Some(span) = self.span() {
                    cx.copy("span id", self.trace.span(span).span_id().to_string());
                }
            }
            _ => return false,
        }
        true
    }

    fn find_operation(&mut self) {
        if let Some(span) = self.span() {
            let operation = self.trace.span(span).operation().to_owned();
            self.find.input.set(operation.clone(), operation.len());
            self.find.run(&self.trace);
        }
    }

    fn middle(&self, span: usize) -> Time {
        self.trace.start_of(span) + Nanos(self.trace.duration_of(span).0 / 2)
    }

    /// Corrects clocks by the parents' intervals, or shows times as received again.
    fn skew(&mut self, cx: &mut Cx<'_>) {
        let (trace, received) = if let Some(received) = self.received.take() {
            (received, None)
        } else {
            let skew = crate::analysis::skew(&self.trace, Nanos(u64::MAX));
            if skew.is_none() {
                cx.say(Message::note("no clock needs a correction here"));
                return;
            }
            let corrected = Held(std::sync::Arc::new(self.trace.shifted(&skew.offsets)));
            (corrected, Some(self.trace.clone()))
        };
        self.replace(trace);
        self.received = received;
        let said = if self.received.is_some() {
            "clocks corrected: zk shows times as received"
        } else {
            "times as received"
        };
        cx.say(Message::note(said));
        let charset = cx.shared.charset();
        cx.ask(
            Purpose::Why,
            "looking for the critical path",
            Request::Explain(self.trace.clone(), charset),
        );
    }

    pub(super) fn touched(&mut self, touch: &Touch, cx: &mut Cx<'_>) {
        let height = cx.rows(Pane::Body);
        match (&touch.target, touch.gesture) {
            (Target::Row(Pane::Body, row), Gesture::Click | Gesture::DoubleClick) => {
                let again = self.list.cursor() == *row && touch.gesture == Gesture::DoubleClick;
                self.focus = Focus::Tree;
                self.list.go(*row, height, self.rows.len());
                self.describe();
                if again {
                    self.act_fold(Act::of(Action::Fold), height);
                }
            }
            (Target::Row(Pane::Detail, row), Gesture::Click | Gesture::DoubleClick) => {
                self.focus = Focus::Detail;
                self.detail
                    .list
                    .go(*row, cx.rows(Pane::Detail), self.detail.lines.len());
                if touch.gesture == Gesture::DoubleClick {
                    self.detail.toggle();
                }
            }
            (Target::Spot(Pane::Strip), gesture) => self.touched_strip(touch, gesture, cx),
            (Target::Row(Pane::Detail, _) | Target::Spot(Pane::Detail), Gesture::Wheel(by)) => {
                self.detail
                    .list
                    .wheel(by, cx.rows(Pane::Detail), self.detail.lines.len());
            }
            (_, Gesture::Wheel(by)) => {
                self.list.wheel(by, height, self.rows.len());
                self.describe();
            }
            _ => {}
        }
    }

    /// On the minimap, which shows the whole trace, a drag selects what the bars show; the wheel
    /// zooms.
    fn touched_strip(&mut self, touch: &Touch, gesture: Gesture, cx: &mut Cx<'_>) {
        let strip = cx.shared.drawn.pane(Pane::Strip);
        let (from, to) = self.range.all();
        let axis = Axis::new(from, to, strip.width);
        match gesture {
            Gesture::Drop { from } => {
                let start = from.0.saturating_sub(strip.x);
                let (left, right) = (start.min(touch.x), start.max(touch.x));
                if right > left {
                    self.range.set(axis.time_at(left), axis.time_at(right + 1));
                }
            }
            Gesture::DoubleClick => self.range.reset(),
            Gesture::Wheel(by) => self.range.zoom(axis.time_at(touch.x), by < 0),
            _ => {}
        }
    }

    fn row_text(&self, span: usize) -> String {
        let s = self.trace.span(span);
        let length = crate::text::duration(
            self.trace.duration_of(span).0,
            crate::text::Charset::Unicode,
        );
        let failed = if s.is_error() { "  failed" } else { "" };
        format!("{}  {}  {length}{failed}", s.service(), s.operation())
    }

    /// What a row stands for, if it is no span.
    pub(super) fn missing(&self, row: usize) -> Option<crate::model::SpanId> {
        match self.rows.get(row)? {
            Row::MissingParent { id, .. } => Some(id),
            Row::Span(_) => None,
        }
    }
}

fn nothing(action: Action) -> &'static str {
    match action {
        Action::NextError | Action::PreviousError => "no span of this trace failed",
        Action::NextHit | Action::PreviousHit => "nothing found: / finds",
        Action::NextCritical | Action::PreviousCritical => "no further part of the critical path",
        Action::Why | Action::WhyBack => "nothing stands out in this trace",
        _ => "no further one",
    }
}
