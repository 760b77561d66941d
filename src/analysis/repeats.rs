//! Many alike calls below one span: loops of queries, fan-outs with too few workers.
//!
//! After Sentry's rule for N+1 queries (five or more alike sibling spans), for any operation, and
//! with the concurrency that the intervals themselves show.

use std::collections::HashMap;

use super::critical_path::CriticalPath;
use crate::model::{Nanos, Operations, Time, Trace};

/// So many siblings make a loop.
const LEAST: usize = 5;

/// Alike children of one span.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Repeat {
    /// The span below which they are.
    pub parent: usize,
    /// The children, by start.
    pub spans: Vec<usize>,
    /// How many of them ran at the same time at most.
    pub at_once: usize,
    /// The critical time of the children and all below them.
    pub time: Nanos,
}

/// Loops that the critical path runs through, the costliest first.
pub fn repeats(trace: &Trace, path: &CriticalPath) -> Vec<Repeat> {
    of(trace, path, &Operations::new(trace))
}

/// The same, where the operations are numbered already.
pub(super) fn of(trace: &Trace, path: &CriticalPath, operations: &Operations<'_>) -> Vec<Repeat> {
    let on_path = path.sections().iter().map(|section| section.span);
    let mut parents: Vec<usize> = on_path.filter_map(|span| trace.parent(span)).collect();
    parents.sort_unstable();
    parents.dedup();
    let before = times_before(trace, path);
    let mut repeats = Vec::new();
    for parent in parents {
        if trace.children(parent).nth(LEAST - 1).is_none() {
            continue;
        }
        let mut groups: HashMap<u32, Vec<usize>> = HashMap::new();
        for child in trace.children(parent) {
            groups.entry(operations.of(child)).or_default().push(child);
        }
        for spans in groups.into_values().filter(|spans| spans.len() >= LEAST) {
            let below = |&span: &usize| {
                let subtree = trace.subtree(span);
                before[subtree.end] - before[subtree.start]
            };
            let time: Nanos = spans.iter().map(below).sum();
            repeats.push(Repeat {
                parent,
                at_once: at_once(trace, &spans),
                spans,
                time,
            });
        }
    }
    repeats.sort_by_key(|repeat| {
        (
            std::cmp::Reverse(repeat.time),
            repeat.parent,
            repeat.spans[0],
        )
    });
    repeats
}

/// Time on the path of all spans before each, so that a subtree's is a subtraction.
fn times_before(trace: &Trace, path: &CriticalPath) -> Vec<Nanos> {
    let mut sum = Nanos(0);
    let first = std::iter::once(Nanos(0));
    first
        .chain((0..trace.len()).map(|span| {
            sum = sum + path.time_of(span);
            sum
        }))
        .collect()
}

/// The most intervals that share an instant; those that only touch do not.
fn at_once(trace: &Trace, spans: &[usize]) -> usize {
    let mut ends: Vec<Time> = spans.iter().map(|&span| trace.end_of(span)).collect();
    ends.sort_unstable();
    let (mut most, mut ended) = (0, 0);
    for (started, &span) in spans.iter().enumerate() {
        let over = |end: &&Time| **end <= trace.start_of(span);
        ended += ends.iter().skip(ended).take_while(over).count();
        most = most.max((started + 1).saturating_sub(ended));
    }
    most.max(1)
}

#[cfg(test)]
mod tests {
    use std::fmt::Write as _;

    use super::*;
    use crate::analysis::critical_path;
    use crate::model::scenario;

    #[test]
    fn concurrency_is_read_off_the_intervals() {
        let mut text = String::from("a: r 0..100\n");
        for start in [0, 0, 20, 22, 40, 45] {
            _ = writeln!(text, "  b: get {start}..{}", start + 20);
        }
        let trace = scenario::trace(&text);
        let repeats = repeats(&trace, &critical_path(&trace));
        assert_eq!(repeats.len(), 1);
        assert_eq!((repeats[0].spans.len(), repeats[0].at_once), (6, 2));
    }
}
