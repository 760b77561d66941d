//! What is told of spans that share a row.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use crate::model::{Nanos, Time, Trace};
use crate::tui::widget::waterfall::Bundle;

/// Into so many parts the lengths are shared out while the middle one is looked for.
const PARTS: usize = 256;

/// So many of the spans are told one by one, the longest of them.
const TOLD: usize = 200;

/// The figures of a bundle. A few passes over its spans, of which the longest alone are kept.
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
}

impl Together {
    /// The figures of a bundle.
    pub fn of(trace: &Trace, bundle: &Bundle) -> Self {
        let (from, to) = bundle.times(trace);
        let (mut sum, mut failed) = (Nanos(0), 0);
        // The longest so far, the shortest of them on top.
        let mut longest = BinaryHeap::with_capacity(TOLD + 1);
        for span in bundle.members(trace) {
            let length = trace.duration_of(span);
            sum = sum + length;
            failed += usize::from(trace.span(span).is_error());
            longest.push((Reverse(length), span));
            if longest.len() > TOLD {
                longest.pop();
            }
        }
        let longest = longest.into_sorted_vec().into_iter();
        let lengths = || bundle.members(trace).map(|span| trace.duration_of(span).0);
        Self {
            from,
            to,
            sum,
            median: Nanos(nth_longest(lengths, bundle.count as usize / 2)),
            failed,
            longest: longest.map(|(_, span)| span).collect(),
        }
    }
}

/// The figure before which `nth` are larger, or as large. What is looked through narrows to a
/// part in so many with each pass, so that nothing has to be kept or sorted.
fn nth_longest<I: Iterator<Item = u64>>(figures: impl Fn() -> I, mut nth: usize) -> u64 {
    let (mut least, mut most) = (figures().min().unwrap_or(0), figures().max().unwrap_or(0));
    while least < most {
        let width = (most - least) / PARTS as u64 + 1;
        let mut counts = [0_usize; PARTS];
        let inside = figures().filter(|figure| (least..=most).contains(figure));
        inside.for_each(|figure| counts[((figure - least) / width) as usize] += 1);
        let mut part = PARTS - 1;
        while part > 0 && counts[part] <= nth {
            nth -= counts[part];
            part -= 1;
        }
        least += part as u64 * width;
        most = most.min(least + (width - 1));
    }
    least
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
        let told = Together::of(&trace, &run);
        assert_eq!((told.longest[0], told.failed), (2, 1));
        assert_eq!(
            (told.sum, told.median),
            (Nanos::from_millis(18), Nanos::from_millis(2))
        );
        assert_eq!(told.to.since(EPOCH), Nanos::from_millis(13));
    }

    #[test]
    fn the_middle_one_is_found_without_sorting() {
        let figures = [9_u64, 5, 5, 1_000_000, 3, u64::MAX, 5, 0];
        let mut sorted = figures;
        sorted.sort_unstable_by_key(|&figure| Reverse(figure));
        for (nth, &figure) in sorted.iter().enumerate() {
            assert_eq!(nth_longest(|| figures.iter().copied(), nth), figure);
        }
    }
}
