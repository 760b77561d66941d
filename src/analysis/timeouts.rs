//! Failures after a round time: somebody's limit ran out.

use crate::model::{Nanos, Trace};

/// Limits that people set, in milliseconds.
const LIMITS: [u64; 16] = [
    100, 200, 250, 500, 1_000, 1_500, 2_000, 3_000, 5_000, 10_000, 15_000, 20_000, 30_000, 60_000,
    90_000, 120_000,
];

/// A span is as long as a limit if it is at most this much longer or shorter: one in so many.
const PART: u64 = 100;

/// A failed span that lasted as long as somebody would wait.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Timeout {
    /// The span.
    pub span: usize,
    /// The round time.
    pub limit: Nanos,
}

/// Failures that look like timeouts, the deepest of each chain only, in the order of the tree.
pub fn timeouts(trace: &Trace) -> Vec<Timeout> {
    if trace.errors() == 0 {
        return Vec::new();
    }
    let mut found: Vec<Timeout> = Vec::new();
    for span in (0..trace.len()).rev() {
        if trace.errors_in(span..span + 1) == 0 {
            continue;
        }
        let Some(limit) = limit_of(trace.duration_of(span)) else {
            continue;
        };
        // Descendants come after, so in this direction they have been seen already.
        let told = found.last().is_some_and(|deeper| {
            deeper.limit == limit && trace.subtree(span).contains(&deeper.span)
        });
        if !told {
            found.push(Timeout { span, limit });
        }
    }
    found.reverse();
    found
}

fn limit_of(duration: Nanos) -> Option<Nanos> {
    let limits = LIMITS.into_iter().map(Nanos::from_millis);
    limits
        .into_iter()
        .find(|limit| duration.0.abs_diff(limit.0) <= limit.0 / PART)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::scenario;

    #[test]
    fn a_failure_of_a_round_length_is_one_and_its_callers_are_not() {
        let text = "a: r 0..5030 error\n  b: call 0..5010 client error\n  c: ok 0..5000\n  d: fast 0..3 error\n";
        let trace = scenario::trace(text);
        let at = (0..trace.len()).find(|&span| trace.span(span).service() == "b");
        let limit = Nanos::from_millis(5_000);
        let expected = Timeout {
            span: at.unwrap(),
            limit,
        };
        assert_eq!(timeouts(&trace), [expected]);
    }
}
