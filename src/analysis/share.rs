//! Who owns the critical path: shares by operation, and whole per cents that sum to 100.

use std::collections::HashMap;

use super::critical_path::CriticalPath;
use crate::model::{Nanos, Trace};

/// The part of the critical path that one operation of one service owns.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Share<'a> {
    /// The service.
    pub service: &'a str,
    /// The operation.
    pub operation: &'a str,
    /// Time on the path.
    pub time: Nanos,
    /// The spans on the path, those with most time first.
    pub spans: Vec<usize>,
}

/// The critical path by operation, the greatest share first, equal ones by name.
pub fn shares<'a>(trace: &'a Trace, path: &CriticalPath) -> Vec<Share<'a>> {
    let mut spans: Vec<usize> = path.sections().iter().map(|section| section.span).collect();
    spans.sort_unstable();
    spans.dedup();
    by_operation(trace, spans, |span| path.time_of(span))
}

/// The times of some spans by operation, the greatest sum first, equal ones by name.
pub(super) fn by_operation<'a>(
    trace: &'a Trace,
    spans: Vec<usize>,
    time_of: impl Fn(usize) -> Nanos,
) -> Vec<Share<'a>> {
    let mut places: HashMap<(&str, &str), usize> = HashMap::new();
    let mut shares: Vec<Share<'_>> = Vec::new();
    for span in spans {
        let (service, operation) = (trace.span(span).service(), trace.span(span).operation());
        let place = *places.entry((service, operation)).or_insert(shares.len());
        if place == shares.len() {
            shares.push(Share {
                service,
                operation,
                time: Nanos(0),
                spans: Vec::new(),
            });
        }
        shares[place].time = shares[place].time + time_of(span);
        shares[place].spans.push(span);
    }
    for share in &mut shares {
        share
            .spans
            .sort_by_key(|&span| (std::cmp::Reverse(time_of(span)), span));
    }
    shares.sort_by(|a, b| {
        let key = |s: &Share<'a>| (std::cmp::Reverse(s.time), s.service, s.operation);
        key(a).cmp(&key(b))
    });
    shares
}

/// Whole per cents of some parts that sum to 100, by the largest remainder (Hamilton's method);
/// all zero if the parts are.
pub fn per_cents(parts: &[u64]) -> Vec<u64> {
    let whole: u128 = parts.iter().map(|&part| u128::from(part)).sum();
    if whole == 0 {
        return vec![0; parts.len()];
    }
    let scaled = |part: u64| u128::from(part) * 100;
    let mut per_cents: Vec<u64> = parts
        .iter()
        .map(|&part| (scaled(part) / whole) as u64)
        .collect();
    let missing = 100 - per_cents.iter().sum::<u64>();
    let mut order: Vec<usize> = (0..parts.len()).collect();
    order.sort_by_key(|&at| (std::cmp::Reverse(scaled(parts[at]) % whole), at));
    for &at in order.iter().take(missing as usize) {
        per_cents[at] += 1;
    }
    per_cents
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::analysis::critical_path;
    use crate::model::scenario;

    #[test]
    fn shares_are_by_operation() {
        let trace =
            scenario::trace("a: r 0..100\n  b: get 0..30\n  b: get 30..70\n  c: put 70..90\n");
        let path = critical_path(&trace);
        let shares = shares(&trace, &path);
        let names: Vec<_> = shares
            .iter()
            .map(|s| (s.operation, s.time.0 / 1_000_000))
            .collect();
        assert_eq!(names, [("get", 70), ("put", 20), ("r", 10)]);
        assert_eq!(shares[0].spans, [2, 1]);
    }

    proptest! {
        #[test]
        fn per_cents_sum_to_a_hundred(parts in prop::collection::vec(any::<u64>(), 1..9)) {
            let whole = if parts.iter().all(|&part| part == 0) { 0 } else { 100 };
            prop_assert_eq!(per_cents(&parts).iter().sum::<u64>(), whole);
        }
    }
}
