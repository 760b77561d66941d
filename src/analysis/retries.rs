//! Calls that were tried again after they failed.

use std::collections::{HashMap, HashSet};
use std::hash::{BuildHasher, BuildHasherDefault, DefaultHasher};

use super::critical_path::CriticalPath;
use crate::model::{Nanos, SpanRef, Trace};

/// Attempts at one call, each begun after the one before had failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Retry {
    /// The span that tried.
    pub parent: usize,
    /// The attempts, by start; at least two.
    pub spans: Vec<usize>,
    /// Whether the last one did not fail.
    pub succeeded: bool,
    /// Whether each pause between attempts is at least half as long again as the one before:
    /// exponential back-off. Unknown with fewer than three attempts.
    pub backs_off: Option<bool>,
    /// From the first attempt to the last: what the failures cost.
    pub time: Nanos,
}

/// The retries below spans of the critical path, the costliest first.
///
/// Attempts are siblings of one service, operation and target: their attributes agree but for
/// those that tell the outcome, and none succeeded before, so that a loop is not taken for one.
pub fn retries(trace: &Trace, path: &CriticalPath) -> Vec<Retry> {
    let on_path = path.sections().iter().map(|section| section.span);
    let mut parents: Vec<usize> = on_path
        .flat_map(|span| [Some(span), trace.parent(span)])
        .flatten()
        .filter(|&span| trace.errors_in(trace.subtree(span)) > 0)
        .collect();
    parents.sort_unstable();
    parents.dedup();
    let mut retries: Vec<Retry> = parents
        .into_iter()
        .flat_map(|parent| below(trace, parent))
        .collect();
    retries.sort_by_key(|retry| (std::cmp::Reverse(retry.time), retry.parent));
    retries
}

fn below(trace: &Trace, parent: usize) -> Vec<Retry> {
    let mut children = trace.children(parent);
    if !children.any(|child| has_failed(trace, child)) {
        return Vec::new();
    }
    let mut found = Vec::new();
    // The attempts so far at each call whose last attempt failed.
    let mut open: HashMap<u64, Vec<usize>> = HashMap::new();
    let mut succeeded: HashSet<u64> = HashSet::new();
    for child in trace.children(parent) {
        let failed = has_failed(trace, child);
        let target = target(trace.span(child));
        if !failed {
            succeeded.insert(target);
        } else if succeeded.contains(&target) {
            continue;
        }
        let attempts = open.remove(&target).unwrap_or_default();
        let last = attempts.last().copied();
        let follows = last.is_none_or(|last| trace.end_of(last) <= trace.start_of(child));
        let mut attempts = if follows {
            attempts
        } else {
            found.extend(retry(trace, parent, attempts));
            Vec::new()
        };
        if failed {
            attempts.push(child);
            open.insert(target, attempts);
        } else if !attempts.is_empty() {
            attempts.push(child);
            found.extend(retry(trace, parent, attempts));
        }
    }
    let unfinished = open.into_values();
    found.extend(unfinished.filter_map(|attempts| retry(trace, parent, attempts)));
    found
}

fn retry(trace: &Trace, parent: usize, spans: Vec<usize>) -> Option<Retry> {
    let (&first, &last) = (spans.first()?, spans.last()?);
    (spans.len() >= 2).then(|| Retry {
        parent,
        succeeded: !has_failed(trace, last),
        backs_off: backs_off(trace, &spans),
        time: trace.start_of(last).since(trace.start_of(first)),
        spans,
    })
}

fn backs_off(trace: &Trace, spans: &[usize]) -> Option<bool> {
    let pause = |pair: &[usize]| trace.start_of(pair[1]).since(trace.end_of(pair[0]));
    let pauses: Vec<Nanos> = spans.windows(2).map(pause).collect();
    let grows = |pair: &[Nanos]| pair[1].0 > 0 && pair[1].0 / 3 >= pair[0].0 / 2;
    (pauses.len() >= 2).then(|| pauses.windows(2).all(grows))
}

fn has_failed(trace: &Trace, span: usize) -> bool {
    trace.errors_in(span..span + 1) > 0
}

/// Attributes whose keys begin so tell the outcome of an attempt or count the attempts.
const OUTCOMES: [&str; 9] = [
    "error",
    "exception",
    "otel.status",
    "http.status",
    "http.response",
    "http.request.resend_count",
    "rpc.grpc.status",
    "retry",
    "attempt",
];

/// What a call is for, hashed: service, operation and the attributes that every attempt repeats,
/// in any order.
fn target(span: SpanRef<'_>) -> u64 {
    let outcome = |key: &str| OUTCOMES.iter().any(|begin| key.starts_with(begin));
    let attributes = span.attributes();
    let same = attributes.iter().filter(|(key, _)| !outcome(key));
    let hasher = BuildHasherDefault::<DefaultHasher>::default();
    let call = hasher.hash_one((span.service(), span.operation()));
    same.fold(call, |sum, (key, value)| {
        sum.wrapping_add(hasher.hash_one((key, value.to_text())))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::critical_path;
    use crate::model::scenario;

    fn found(text: &str) -> Vec<Retry> {
        let trace = scenario::trace(text);
        retries(&trace, &critical_path(&trace))
    }

    #[test]
    fn attempts_at_one_target_are_a_retry() {
        let text = "a: r 0..100\n  b: get 0..10 error driver=7\n  b: get 12..20 error driver=7\n  \
                    b: get 30..40 driver=7\n";
        let expected = Retry {
            parent: 0,
            spans: vec![1, 2, 3],
            succeeded: true,
            backs_off: Some(true),
            time: Nanos::from_millis(30),
        };
        assert_eq!(found(text), [expected]);
    }

    #[test]
    fn a_loop_over_many_targets_is_none() {
        let text = "a: r 0..100\n  b: get 0..10 error driver=1\n  b: get 10..20 driver=2\n  b: get 20..30 driver=3\n";
        assert_eq!(found(text), []);
    }

    #[test]
    fn attempts_side_by_side_are_none_and_one_that_never_succeeds_is() {
        let hedged = "a: r 0..100\n  b: get 0..50 error\n  b: get 10..60 error\n";
        assert_eq!(found(hedged), []);
        let hopeless = "a: r 0..100 error\n  b: get 0..50 error\n  b: get 50..100 error\n";
        let found = found(hopeless);
        assert_eq!(found.len(), 1);
        assert_eq!((found[0].succeeded, found[0].backs_off), (false, None));
    }
}
