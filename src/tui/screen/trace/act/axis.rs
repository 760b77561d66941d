//! The axis of time: zoom, pan, undo, fit, and idle time squeezed out.

use crate::model::{Nanos, Time};
use crate::text::Style;
use crate::tui::canvas::hit::Pane;
use crate::tui::keymap::Action;
use crate::tui::message::Message;
use crate::tui::page::{Act, Cx};
use crate::tui::session::Ruler;
use crate::tui::widget::waterfall::{Row, Squeeze};

use super::super::Open;

/// Times since the start, of the clock here, of the clock in UTC: on the ruler, and in the header.
fn next_times(cx: &mut Cx<'_>) {
    let shared = &mut *cx.shared;
    let (ruler, style, said) = match shared.session.ruler {
        Ruler::Since => (Ruler::Local, Style::Local, "times in the local zone"),
        Ruler::Local => (Ruler::Utc, Style::Utc, "times in UTC"),
        Ruler::Utc => (
            Ruler::Since,
            Style::Local,
            "times since the start of the trace",
        ),
    };
    (shared.session.ruler, shared.time_style) = (ruler, style);
    cx.say(Message::note(said));
}

impl Open {
    pub(super) fn act_axis(&mut self, act: Act, cx: &mut Cx<'_>) -> bool {
        match act.action {
            Action::ZoomIn | Action::ZoomOut => {
                let around = self
                    .span()
                    .map_or(self.range.shown().0, |span| self.middle(span));
                for _ in 0..act.times() {
                    self.range.zoom(around, act.action == Action::ZoomIn);
                }
            }
            Action::PanLeft | Action::PanRight => {
                for _ in 0..act.times() {
                    self.range.pan(act.action == Action::PanRight);
                }
            }
            Action::Whole => self.range.reset(),
            Action::Undo | Action::Redo => {
                let undo = act.action == Action::Undo;
                if !self.step_back(undo, cx.rows(Pane::Body)) {
                    let done = if undo { "undo" } else { "do again" };
                    cx.say(Message::note(format!("nothing to {done}")));
                }
            }
            Action::Fit => self.fit(act.times(), cx),
            Action::Squeeze => self.squeeze(cx),
            Action::TimeStyle => next_times(cx),
            _ => return false,
        }
        // The detail tells the events of the time that is shown.
        self.describe();
        true
    }

    /// Fits what is under the cursor to the width, with a count also the rows below it.
    fn fit(&mut self, rows: usize, cx: &mut Cx<'_>) {
        let first = self.list.cursor();
        let last = first.saturating_add(rows).min(self.rows.len());
        let times = (first..last).filter_map(|row| self.times_of(row));
        let Some((from, to)) = times.reduce(|a, b| (a.0.min(b.0), a.1.max(b.1))) else {
            return;
        };
        if from < to {
            return self.range.set(from, to);
        }
        // What takes no time is seen in the middle of a hundredth of the trace.
        let half = Nanos(self.trace.duration().0 / 200);
        self.range.set(from - half, from + half);
        cx.say(Message::note("it took no time: what is around it is shown"));
    }

    /// From when to when the spans of a row run.
    fn times_of(&self, row: usize) -> Option<(Time, Time)> {
        match self.rows.get(row)? {
            Row::Bundle(bundle) => {
                let all = self.together(&bundle);
                Some((all.from, all.to))
            }
            Row::Span(span) => Some((self.trace.start_of(span), self.trace.end_of(span))),
            Row::MissingParent(_) | Row::Hidden(_) => None,
        }
    }

    fn squeeze(&mut self, cx: &mut Cx<'_>) {
        if self.squeeze.take().is_some() {
            return;
        }
        let squeeze = Squeeze::of(&self.trace);
        if squeeze.is_empty() {
            cx.say(Message::note(
                "no idle time to squeeze: some span runs all the time",
            ));
        } else {
            self.squeeze = Some(squeeze);
        }
    }

    fn middle(&self, span: usize) -> Time {
        self.trace.start_of(span) + Nanos(self.trace.duration_of(span).0 / 2)
    }
}
