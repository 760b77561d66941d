//! When a span worked itself and when it waited for its children, and which of that was on
//! the critical path.

use std::ops::Range;

use crate::analysis::{CriticalPath, Section};
use crate::model::{Kind, Time, Trace};

/// From the first instant to the last, exclusive.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Interval {
    /// Where it begins.
    pub from: Time,
    /// Where it ends.
    pub to: Time,
}

impl Interval {
    fn of(section: Section) -> Self {
        let Section { from, to, .. } = section;
        Self { from, to }
    }
}

/// When a span's own work was on the critical path.
pub fn critical(path: &CriticalPath, span: usize) -> impl Iterator<Item = Interval> {
    path.sections_of(span).map(Interval::of)
}

/// The critical work of spans and of all below them, merged and by time: what a folded row shows.
/// Nobody waits for what goes on before or after `times`, in which the topmost of them lie.
pub fn critical_of(path: &CriticalPath, spans: Range<usize>, times: (Time, Time)) -> Vec<Interval> {
    merged(path.sections_within(spans, times).map(Interval::of))
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
    intervals.sort_unstable_by_key(|interval| interval.from);
    merged(intervals.into_iter())
}

/// Intervals that come by time, those that meet as one.
fn merged(all: impl Iterator<Item = Interval>) -> Vec<Interval> {
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
    use crate::analysis::critical_path;
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
        let trace = scenario::trace("a: r 0..100\n  b: x 10..60\n    c: y 40..60\n  d: z 60..70\n");
        let path = critical_path(&trace);
        let millis = |i: Interval| {
            let millis = |t: Time| t.since(EPOCH).0 / 1_000_000;
            (millis(i.from), millis(i.to))
        };
        let times = (trace.start_of(1), trace.end_of(1));
        let hidden = critical_of(&path, trace.subtree(1), times);
        assert_eq!(
            hidden.into_iter().map(millis).collect::<Vec<_>>(),
            [(10, 60)]
        );
        let own: Vec<_> = critical(&path, 0).map(millis).collect();
        assert_eq!(own, [(0, 10), (70, 100)]);
    }
}
