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

/// The critical work of spans and of all below them, by time: what a folded row shows. Nobody
/// waits for what goes on before or after `times`, in which the topmost of them lie.
pub fn critical_of(
    path: &CriticalPath,
    spans: Range<usize>,
    times: (Time, Time),
) -> impl Iterator<Item = Interval> {
    path.sections_within(spans, times).map(Interval::of)
}

/// When a span worked itself: its time less what its children cover, consumers aside. Looks at
/// its children.
pub fn own(trace: &Trace, span: usize) -> impl Iterator<Item = Interval> {
    let (mut at, end) = (trace.start_of(span), trace.end_of(span));
    let children = trace.children(span);
    let waited_for = children.filter(|&child| trace.span(child).kind() != Kind::Consumer);
    let times = waited_for.map(move |child| (trace.start_of(child).min(end), trace.end_of(child)));
    let gap = move |(from, to): (Time, Time)| {
        let own = Interval { from: at, to: from };
        at = at.max(to);
        (own.from < own.to).then_some(own)
    };
    times.chain(std::iter::once((end, end))).filter_map(gap)
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
            .map(|i| (millis(i.from), millis(i.to)))
            .collect();
        assert_eq!(told, [(0, 10), (60, 90)]);
        assert_eq!(own(&trace, 3).count(), 1);
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
        assert_eq!(hidden.map(millis).collect::<Vec<_>>(), [(10, 40), (40, 60)]);
        let own: Vec<_> = critical(&path, 0).map(millis).collect();
        assert_eq!(own, [(0, 10), (70, 100)]);
    }
}
