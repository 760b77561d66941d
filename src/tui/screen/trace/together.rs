//! What is told of spans that share a row.

use std::cmp::Reverse;

use crate::model::{Nanos, Time, Trace};
use crate::tui::widget::waterfall::{Bundle, Interval, Likeness, critical_of, own_of};

use super::explain::Explained;

/// So many of the spans are told one by one, the longest of them.
const TOLD: usize = 200;

/// The figures of a bundle. One pass over its spans.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Together {
    /// The start of the first of them.
    pub from: Time,
    /// The end of the last to end.
    pub to: Time,
    /// Their durations added up.
    pub sum: Nanos,
    /// The median of their durations.
    pub median: Nanos,
    /// How many of them failed.
    pub failed: usize,
    /// The longest of them, longest first.
    pub longest: Vec<usize>,
    /// When any span of theirs, or below one of theirs, worked itself.
    pub own: Vec<Interval>,
    /// When that was on the critical path.
    pub critical: Vec<Interval>,
}

impl Together {
    /// The figures of a bundle.
    pub fn of(trace: &Trace, bundle: &Bundle, explained: Option<&Explained>) -> Self {
        let mut spans = members(trace, bundle);
        let all = match bundle.likeness {
            Likeness::Alike => bundle.first..trace.subtree(bundle.last).end,
            Likeness::Chain => bundle.first..bundle.last + 1,
        };
        let failed = spans.iter().filter(|&&span| trace.span(span).is_error());
        let failed = failed.count();
        let sum = spans.iter().map(|&span| trace.duration_of(span)).sum();
        let from = spans.iter().map(|&span| trace.start_of(span)).min();
        let to = spans.iter().map(|&span| trace.end_of(span)).max();
        let longer = |&span: &usize| (Reverse(trace.duration_of(span)), span);
        let middle = spans.len() / 2;
        let (_, &mut median, _) = spans.select_nth_unstable_by_key(middle, longer);
        if spans.len() > TOLD {
            spans.select_nth_unstable_by_key(TOLD, longer);
        }
        spans.truncate(TOLD);
        spans.sort_unstable_by_key(longer);
        Self {
            from: from.unwrap_or_default(),
            to: to.unwrap_or_default(),
            sum,
            median: trace.duration_of(median),
            failed,
            longest: spans,
            critical: explained.map_or_else(Vec::new, |e| {
                let times = (from.unwrap_or_default(), to.unwrap_or_default());
                critical_of(&e.path, all.clone(), times)
            }),
            own: explained.map_or_else(Vec::new, |_| own_of(trace, all)),
        }
    }
}

/// The spans of a bundle: never none.
fn members(trace: &Trace, bundle: &Bundle) -> Vec<usize> {
    match bundle.likeness {
        Likeness::Chain => (bundle.first..=bundle.last).collect(),
        Likeness::Alike => std::iter::successors(Some(bundle.first), |&span| {
            Some(trace.subtree(span).end).filter(|&next| next <= bundle.last)
        })
        .collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::scenario::{self, EPOCH};
    use crate::tui::widget::waterfall::{Row, Rows};

    #[test]
    fn a_run_is_told_by_its_longest() {
        let text = "a: r 0..100\n  b: get 1..2\n  b: get 3..13 error\n  b: get 4..6\n  b: get 7..9\n  b: get 9..12\n";
        let trace = scenario::trace(text);
        let Some(Row::Bundle(run)) = Rows::new(&trace).get(1) else {
            panic!("a run")
        };
        let told = Together::of(&trace, &run, None);
        assert_eq!((told.longest[0], told.failed), (2, 1));
        assert_eq!(
            (told.sum, told.median),
            (Nanos::from_millis(18), Nanos::from_millis(2))
        );
        assert_eq!(told.to.since(EPOCH), Nanos::from_millis(13));
    }
}
