//! What keys and the mouse do on a trace. Each file answers to actions of one kind.

mod axis;
mod columns;
mod detail;
mod find;
mod fold;
mod hunt;
mod leave;
mod narrow;
mod pointer;
mod share;
mod turn;

use crate::tui::canvas::hit::Pane;
use crate::tui::keymap::Action;
use crate::tui::message::Message;
use crate::tui::page::{Act, Cx, Move};
use crate::tui::screen::Screen;
use crate::tui::widget::waterfall::Row;

use super::draw::Border;
use super::open::Clocks;
use super::view::View;
use super::{Focus, Open, explain_beside};

/// Whether an action takes the cursor some rows on.
fn is_step(action: Action) -> bool {
    matches!(
        action,
        Action::Down
            | Action::Up
            | Action::HalfPageDown
            | Action::HalfPageUp
            | Action::PageDown
            | Action::PageUp
            | Action::NextSibling
            | Action::PreviousSibling
    )
}

impl Open {
    pub(super) fn act(&mut self, act: Act, cx: &mut Cx<'_>) -> bool {
        // Whoever does more than move sees what is told of the span that is meant.
        if self.untold && !is_step(act.action) {
            self.describe();
        }
        match self.focus {
            Focus::Find => self.act_find(act, cx),
            Focus::Filter => self.act_filter(act, cx),
            Focus::Detail => self.act_detail(act, cx) || self.act_spans(act, cx),
            Focus::Tree => self.act_spans(act, cx),
        }
    }

    /// What keys do among the spans. Of the hunts, views and folds that the detail has no use for
    /// itself it makes the same: the span that it tells is the one they start from.
    fn act_spans(&mut self, act: Act, cx: &mut Cx<'_>) -> bool {
        self.remembering(act.action, |open| {
            let done = match open.view {
                View::Waterfall => open.act_tree(act, cx),
                _ => open.act_view(act, cx),
            };
            done || open.act_anywhere(act, cx)
        })
    }

    fn act_tree(&mut self, act: Act, cx: &mut Cx<'_>) -> bool {
        let height = cx.rows(Pane::Body);
        match act.action {
            Action::PreviousPane if cx.shared.beside => cx.go(Move::Swap),
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
                    self.moved();
                }
                return moved
                    || self.act_fold(act, height)
                    || self.act_narrow(act, height, cx)
                    || self.act_hunt(act, height, cx);
            }
        }
        true
    }

    fn act_anywhere(&mut self, act: Act, cx: &mut Cx<'_>) -> bool {
        match act.action {
            Action::Graph => {
                let service = self
                    .span()
                    .map(|span| self.trace.span(span).service().to_owned());
                cx.go(Move::Open(Screen::map(service)));
            }
            action if self.view.turned(action).is_some() => self.act_turn(action, cx),
            Action::Ask => self.open_find(),
            Action::FindOperation => self.find_operation(cx),
            Action::Dismiss => return self.clear_find(cx.rows(Pane::Body)),
            Action::SecondPane => {
                self.detail.shown = !self.detail.shown;
                self.focus = if self.detail.shown {
                    self.focus
                } else {
                    Focus::Tree
                };
            }
            Action::SplitBack | Action::SplitOn => {
                let names = self.focus == Focus::Tree && self.view == View::Waterfall;
                let border = if names { Border::Names } else { Border::Detail };
                let forward = act.action == Action::SplitOn;
                for _ in 0..act.times().min(100) {
                    let (panes, size) = self.panes(cx);
                    panes.step(border, size, forward, &mut cx.shared.session.splits);
                }
            }
            Action::PaneForm => self.next_form(cx),
            Action::Columns => self.choose_columns(cx),
            Action::OpenLink => self.open_link(act.letter, cx),
            Action::GoLinked => self.go_linked(act.letter, cx),
            Action::CriticalOnly => self.critical_only = !self.critical_only,
            Action::Skew => self.skew(cx),
            _ => return self.act_share(act, cx) || self.act_axis(act, cx),
        }
        true
    }

    /// Corrects clocks by the parents' intervals, or shows times as received again.
    pub(super) fn skew(&mut self, cx: &mut Cx<'_>) {
        let Some((trace, clocks)) = self.turn_clocks() else {
            cx.say(Message::note("no clock needs a correction here"));
            return;
        };
        let moved = |spans: usize| crate::text::plural(spans as u64, "span");
        let said = match clocks {
            Clocks::AsReceived => "times as received".to_owned(),
            Clocks::Corrected(spans) => format!(
                "clocks corrected, {} moved: zk shows times as received",
                moved(spans)
            ),
            Clocks::Doubted(spans) => format!(
                "{} moved into their callers as Jaeger does, no clock is proven wrong: zk shows times as received",
                moved(spans)
            ),
        };
        cx.say(Message::note(said));
        explain_beside(trace, cx);
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
            Row::MissingParent(first) => self.trace.missing_parent(first),
            Row::Span(_) | Row::Bundle(_) | Row::Hidden(_) => None,
        }
    }
}
