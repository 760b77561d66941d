//! Calls that run one after another and might run side by side.
//!
//! After Sentry's "consecutive spans" rule (a saving of at least 100 ms and a tenth of the time,
//! calls of at least 30 ms), for calls to different operations: a loop over one is told by
//! [`repeats`](super::repeats). Whether a call needs the answer of the one before cannot be seen
//! in one trace, so a finding is a possibility.

use super::critical_path::CriticalPath;
use crate::model::{Nanos, Trace};

/// No call that counts is shorter.
const LEAST_CALL: Nanos = Nanos::from_millis(30);

/// No saving that counts is less.
const LEAST_SAVING: Nanos = Nanos::from_millis(100);

/// No saving that counts is a smaller part of the path: one in so many.
const PART: u64 = 10;

/// Calls of one span that follow one another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sequence {
    /// Who calls.
    pub parent: usize,
    /// The calls, by start; at least two, each to another operation.
    pub spans: Vec<usize>,
    /// At most so much would be saved: all of their time but for the longest.
    pub saving: Nanos,
}

/// Sequences on the critical path, those that could save most first.
pub fn sequences(trace: &Trace, path: &CriticalPath) -> Vec<Sequence> {
    let on_path = path.sections().iter().map(|section| section.span);
    let mut parents: Vec<usize> = on_path.filter_map(|span| trace.parent(span)).collect();
    parents.sort_unstable();
    parents.dedup();
    let mut found: Vec<Sequence> = parents
        .into_iter()
        .filter_map(|parent| below(trace, path, parent))
        .filter(|found| found.saving >= LEAST_SAVING && found.saving.0 >= path.total().0 / PART)
        .collect();
    found.sort_by_key(|sequence| (std::cmp::Reverse(sequence.saving), sequence.parent));
    found
}

/// The calls below a span that the path went through, if each is another operation.
fn below(trace: &Trace, path: &CriticalPath, parent: usize) -> Option<Sequence> {
    let runs = |&child: &usize| {
        let mut subtree = trace.subtree(child);
        trace.duration_of(child) >= LEAST_CALL && subtree.any(|span| path.contains(span))
    };
    let spans: Vec<usize> = trace.children(parent).filter(runs).collect();
    let apart = |pair: &[usize]| trace.end_of(pair[0]) <= trace.start_of(pair[1]);
    let mut names: Vec<(&str, &str)> = spans
        .iter()
        .map(|&span| (trace.span(span).service(), trace.span(span).operation()))
        .collect();
    names.sort_unstable();
    names.dedup();
    if spans.len() < 2 || names.len() < spans.len() || !spans.windows(2).all(apart) {
        return None;
    }
    let times = || spans.iter().map(|&span| trace.duration_of(span));
    let saving = times().sum::<Nanos>() - times().max()?;
    Some(Sequence {
        parent,
        spans,
        saving,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::critical_path;
    use crate::model::scenario;

    fn savings(text: &str) -> Vec<u64> {
        let trace = scenario::trace(text);
        let found = sequences(&trace, &critical_path(&trace));
        found.iter().map(|s| s.saving.0 / 1_000_000).collect()
    }

    #[test]
    fn different_calls_in_a_row_could_be_side_by_side() {
        let text = "a: r 0..500\n  b: x 0..200\n  c: y 200..350\n  d: z 380..500\n";
        assert_eq!(savings(text), [270]);
    }

    #[test]
    fn loops_overlaps_and_small_savings_are_not_told() {
        assert!(savings("a: r 0..500\n  b: x 0..200\n  b: x 200..400\n").is_empty());
        assert!(savings("a: r 0..500\n  b: x 0..300\n  c: y 290..500\n").is_empty());
        assert!(savings("a: r 0..500\n  b: x 0..400\n  c: y 400..490\n").is_empty());
    }
}
