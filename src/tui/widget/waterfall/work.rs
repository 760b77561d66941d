//! When a span worked itself and when it waited for its children, and which of that was on
//! the critical path: intervals for every span, computed once when a trace opens.

use std::ops::Range;

use crate::model::{Kind, Time, Trace};

/// From the first instant to the last, exclusive.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Interval {
    /// Where it begins.
    pub from: Time,
    /// Where it ends.
    pub to: Time,
}

/// Intervals of each span, by start and without overlap.
#[derive(Debug, Clone, Default)]
struct Lists {
    end: Vec<u32>,
    intervals: Vec<Interval>,
}

impl Lists {
    fn of(&self, span: usize) -> &[Interval] {
        self.over(span..span + 1)
    }

    fn over(&self, spans: Range<usize>) -> &[Interval] {
        let end = |spans: usize| {
            spans
                .checked_sub(1)
                .map_or(0, |last| self.end[last] as usize)
        };
        &self.intervals[end(spans.start)..end(spans.end)]
    }
}

/// Own work and critical work of every span of a trace.
#[derive(Debug, Clone, Default)]
pub struct Work {
    own: Lists,
    critical: Lists,
}

impl Work {
    /// The work of a trace, given the sections of its critical path: span, from, to, in any
    /// order.
    pub fn new(trace: &Trace, sections: impl Iterator<Item = (usize, Time, Time)>) -> Self {
        Self {
            own: own(trace),
            critical: critical(trace.len(), sections),
        }
    }

    /// When a span worked itself: its time less what its children cover, consumers aside.
    pub fn own(&self, span: usize) -> &[Interval] {
        self.own.of(span)
    }

    /// When a span's own work was on the critical path.
    pub fn critical(&self, span: usize) -> &[Interval] {
        self.critical.of(span)
    }

    /// The critical work of a range of spans, merged and by time: what a folded row shows.
    pub fn critical_of(&self, spans: Range<usize>) -> Vec<Interval> {
        merged(self.critical.over(spans))
    }

    /// The own work of a range of spans, merged and by time.
    pub fn own_of(&self, spans: Range<usize>) -> Vec<Interval> {
        merged(self.own.over(spans))
    }
}

/// Intervals by time, without overlap.
fn merged(intervals: &[Interval]) -> Vec<Interval> {
    let mut all = intervals.to_vec();
    all.sort_unstable_by_key(|interval| interval.from);
    let mut merged: Vec<Interval> = Vec::new();
    for next in all {
        match merged.last_mut() {
            Some(last) if next.from <= last.to => last.to = last.to.max(next.to),
            _ => merged.push(next),
        }
    }
    merged
}

fn own(trace: &Trace) -> Lists {
    let mut lists = Lists::default();
    for span in 0..trace.len() {
        let (mut at, end) = (trace.start_of(span), trace.end_of(span));
        for child in trace.children(span) {
            if trace.span(child).kind() == Kind::Consumer {
                continue;
            }
            let from = trace.start_of(child).min(end);
            if from > at {
                lists.intervals.push(Interval { from: at, to: from });
            }
            at = at.max(trace.end_of(child));
        }
        if at < end {
            lists.intervals.push(Interval { from: at, to: end });
        }
        lists.end.push(lists.intervals.len() as u32);
    }
    lists
}

fn critical(spans: usize, sections: impl Iterator<Item = (usize, Time, Time)>) -> Lists {
    let mut sections: Vec<(usize, Time, Time)> =
        sections.filter(|&(span, ..)| span < spans).collect();
    sections.sort_unstable();
    let mut lists = Lists::default();
    let mut next = sections.into_iter().peekable();
    for span in 0..spans {
        while let Some((_, from, to)) = next.next_if(|&(other, ..)| other == span) {
            lists.intervals.push(Interval { from, to });
        }
        lists.end.push(lists.intervals.len() as u32);
    }
    lists
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::scenario::{self, EPOCH};

    #[test]
    fn own_work_is_told_apart_from_waiting() {
        let trace = scenario::trace("a: r 0..100\n  b: x 10..40\n  b: y 30..60\n  c: z 90..120\n");
        let work = Work::new(&trace, std::iter::empty());
        let millis = |t: Time| t.since(EPOCH).0 / 1_000_000;
        let own: Vec<_> = work
            .own(0)
            .iter()
            .map(|i| (millis(i.from), millis(i.to)))
            .collect();
        assert_eq!(own, [(0, 10), (60, 90)]);
        assert_eq!(work.own(3).len(), 1);
    }

    #[test]
    fn a_fold_shows_the_critical_work_it_hides() {
        let trace = scenario::trace("a: r 0..100\n  b: x 10..40\n  b: y 40..60\n");
        let at = |ms: u64| EPOCH + crate::model::Nanos::from_millis(ms);
        let sections = [
            (2, at(40), at(60)),
            (0, at(60), at(100)),
            (1, at(10), at(40)),
        ];
        let work = Work::new(&trace, sections.into_iter());
        assert_eq!(
            work.critical_of(0..3),
            [Interval {
                from: at(10),
                to: at(100)
            }]
        );
    }
}
