//! Jumps to spans of a kind: errors, hits, siblings, the critical path, the same service, findings.

use std::cmp::Reverse;

use crate::model::SpanRef;
use crate::tui::keymap::Action;
use crate::tui::message::Message;
use crate::tui::page::{Act, Cx};

use super::super::Open;

/// So many steps at once where each of them looks at every span.
const MOST_STEPS: usize = 100;

impl Open {
    pub(super) fn act_hunt(&mut self, act: Act, height: usize, cx: &mut Cx<'_>) -> bool {
        let Some(span) = self.span() else {
            return false;
        };
        if let Action::NextSibling | Action::PreviousSibling = act.action {
            return self.act_sibling(act, height, cx);
        }
        let times = act.times();
        let to = match act.action {
            Action::NextError => self.error(span, true, times),
            Action::PreviousError => self.error(span, false, times),
            Action::NextHit => self.find.step(span, true, times),
            Action::PreviousHit => self.find.step(span, false, times),
            Action::Parent => along(span, times, |at| self.trace.parent(at)),
            Action::FirstChild => along(span, times, |at| self.trace.children(at).next()),
            Action::NextCritical => along(span, times, |at| self.critical(at, true)),
            Action::PreviousCritical => along(span, times, |at| self.critical(at, false)),
            Action::NextOfService => along(span, times, |at| self.of_service(at, true)),
            Action::PreviousOfService => along(span, times, |at| self.of_service(at, false)),
            Action::NextOfOperation => along(span, times, |at| self.of_operation(at, true)),
            Action::PreviousOfOperation => along(span, times, |at| self.of_operation(at, false)),
            Action::NextLongest => self.next_longest(true, times),
            Action::PreviousLongest => self.next_longest(false, times),
            Action::Why => self.finding(true, times),
            Action::WhyBack => self.finding(false, times),
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

    /// To the row of the next sibling; a bundle counts as one, and stays closed.
    fn act_sibling(&mut self, act: Act, height: usize, cx: &mut Cx<'_>) -> bool {
        let forward = act.action == Action::NextSibling;
        for step in 0..act.times() {
            let row = self.list.cursor();
            let next = if forward {
                self.rows.next_sibling(&self.trace, row)
            } else {
                self.rows.previous_sibling(&self.trace, row)
            };
            match next {
                Some(next) => self.list.go(next, height, self.rows.len()),
                None if step == 0 => cx.say(Message::note(nothing(act.action))),
                None => break,
            }
        }
        self.moved();
        true
    }

    fn critical(&self, span: usize, forward: bool) -> Option<usize> {
        let path = &self.explained.as_ref()?.path;
        let on_path = |&at: &usize| path.contains(at);
        if forward {
            (span + 1..self.trace.len()).find(on_path)
        } else {
            (0..span).rev().find(on_path)
        }
    }

    fn of_service(&self, span: usize, forward: bool) -> Option<usize> {
        self.alike(span, forward, |a, b| a.service() == b.service())
    }

    fn of_operation(&self, span: usize, forward: bool) -> Option<usize> {
        self.alike(span, forward, |a, b| a.operation() == b.operation())
    }

    fn alike(
        &self,
        span: usize,
        forward: bool,
        same: impl Fn(SpanRef, SpanRef<'_>) -> bool,
    ) -> Option<usize> {
        let alike = |&at: &usize| same(self.trace.span(at), self.trace.span(span));
        if forward {
            (span + 1..self.trace.len()).find(alike)
        } else {
            (0..span).rev().find(alike)
        }
    }

    /// The span of the next shorter own time, or of the next longer one; at first the longest.
    fn next_longest(&mut self, forward: bool, times: usize) -> Option<usize> {
        let trace = &self.trace;
        let key = |span: usize| (trace.self_time(span), Reverse(span));
        let spans = || 0..trace.len();
        let next = |at: Option<usize>| match (at.map(key), forward) {
            (None, _) => spans().max_by_key(|&span| key(span)),
            (Some(here), true) => spans().filter(|&s| key(s) < here).max_by_key(|&s| key(s)),
            (Some(here), false) => spans().filter(|&s| key(s) > here).min_by_key(|&s| key(s)),
        };
        let at = self.longest.filter(|&at| self.span() == Some(at));
        // Each step looks at all spans.
        let steps = std::iter::successors(next(at), |&at| next(Some(at)));
        let found = steps.take(times.min(MOST_STEPS)).last();
        self.longest = found.or(self.longest);
        found
    }

    fn finding(&mut self, forward: bool, times: usize) -> Option<usize> {
        let findings = &self.explained.as_ref()?.findings;
        let len = findings.len();
        if len == 0 {
            return None;
        }
        let next = match (self.finding, forward) {
            (None, true) => (times - 1) % len,
            (None, false) => len - 1 - (times - 1) % len,
            (Some(at), true) => (at + times) % len,
            (Some(at), false) => (at + len - times % len) % len,
        };
        self.finding = Some(next);
        findings[next].spans.first().copied()
    }
}

/// So many steps along, or as far as it goes.
fn along(from: usize, times: usize, next: impl Fn(usize) -> Option<usize>) -> Option<usize> {
    let steps = std::iter::successors(next(from), |&at| next(at));
    steps.take(times).last()
}

fn nothing(action: Action) -> &'static str {
    match action {
        Action::NextError | Action::PreviousError => "no span of this trace failed",
        Action::NextHit | Action::PreviousHit => "nothing found: / finds",
        Action::NextCritical | Action::PreviousCritical => "no further part of the critical path",
        Action::Parent => "it has no parent here",
        Action::FirstChild => "it has no child",
        Action::Why | Action::WhyBack => "nothing stands out in this trace",
        _ => "no further one",
    }
}
