//! When a span worked itself and when it waited for its children, and which of that was on
//! the critical path.

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

/// Critical work of the spans of a trace: kept for those alone that have some.
#[derive(Debug, Clone, Default)]
pub struct Work {
    spans: Vec<u32>,
    intervals: Vec<Interval>,
}

impl Work {
    /// The critical work of a trace, given the sections of its critical path: span, from, to, in
    /// any order.
    pub fn new(sections: impl Iterator<Item = (usize, Time, Time)>) -> Self {
        let mut sections: Vec<(usize, Time, Time)> = sections.collect();
        sections.sort_unstable();
        let interval = |&(_, from, to): &(usize, Time, Time)| Interval { from, to };
        Self {
            spans: sections.iter().map(|&(span, ..)| span as u32).collect(),
            intervals: sections.iter().map(interval).collect(),
        }
    }

    /// When a span's own work was on the critical path.
    pub fn critical(&self, span: usize) -> &[Interval] {
        self.over(&(span..span + 1))
    }

    /// The critical work of a range of spans, merged and by time: what a folded row shows.
    pub fn critical_of(&self, spans: &Range<usize>) -> Vec<Interval> {
        merged(self.over(spans).to_vec())
    }

    fn over(&self, spans: &Range<usize>) -> &[Interval] {
        let before = |end: usize| self.spans.partition_point(|&span| (span as usize) < end);
        let among = before(spans.start)..before(spans.end);
        self.intervals.get(among).unwrap_or_default()
    }
}

/// When a span worked itself: its time less what its children cover, consumers aside. Costs the
/// number of its children.
pub fn own(trace: &Trace, span: usize) -> Vec<Interval> {
    let mut intervals = Vec::new();
    add_own(trace, span, &mut intervals);
    intervals
}

/// The own work of a range of spans, merged and by time.
pub fn own_of(trace: &Trace, spans: Range<usize>) -> Vec<Interval> {
    let mut intervals = Vec::new();
    for span in spans {
        add_own(trace, span, &mut intervals);
    }
    merged(intervals)
}

/// Intervals by time, without overlap.
fn merged(mut all: Vec<Interval>) -> Vec<Interval> {
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

fn add_own(trace: &Trace, span: usize, intervals: &mut Vec<Interval>) {
    let (mut at, end) = (trace.start_of(span), trace.end_of(span));
    for child in trace.children(span) {
        if trace.span(child).kind() == Kind::Consumer {
            continue;
        }
        let from = trace.start_of(child).min(end);
        if from > at {
            intervals.push(Interval { from: at, to: from });
        }
        at = at.max(trace.end_of(child));
    }
    if at < end {
        intervals.push(Interval { from: at, to: end });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::scenario::{self, EPOCH};

    #[test]
    fn own_work_is_told_apart_from_waiting() {
        let trace = scenario::trace("a: r 0..100\n  b: x 10..40\n  b: y 30..60\n  c: z 90..120\n");
        let millis = |t: Time| t.since(EPOCH).0 / 1_000_000;
        let told: Vec<_> = own(&trace, 0)
            .iter()
            .map(|i| (millis(i.from), millis(i.to)))
            .collect();
        assert_eq!(told, [(0, 10), (60, 90)]);
        assert_eq!(own(&trace, 3).len(), 1);
    }

    #[test]
    fn a_fold_shows_the_critical_work_it_hides() {
        let at = |ms: u64| EPOCH + crate::model::Nanos::from_millis(ms);
        let sections = [
            (2, at(40), at(60)),
            (0, at(60), at(100)),
            (1, at(10), at(40)),
        ];
        let work = Work::new(sections.into_iter());
        assert_eq!(
            work.critical_of(&(0..3)),
            [Interval {
                from: at(10),
                to: at(100)
            }]
        );
    }
}
