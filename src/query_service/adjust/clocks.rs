//! Jaeger's warnings about clocks. Its correction is disabled by default, and so it is here; the
//! warnings that it gives all the same are part of every answer.

use std::collections::{HashMap, HashSet};

use crate::analysis;
use crate::model::{Nanos, Trace};

use super::shared_ids::SharedIds;

/// The warning of each span that has one, by its number in the trace.
pub fn doubts(trace: &Trace, ids: &SharedIds) -> HashMap<usize, String> {
    let mut doubts: HashMap<usize, String> = HashMap::new();
    for (span, offset) in analysis::skew(trace, Nanos(0)).refused {
        let delta = go_duration(offset);
        let text =
            format!("clock skew adjustment disabled; not applying calculated delta of {delta}");
        doubts.insert(span, text);
    }
    let mut seen = HashSet::new();
    for (number, span) in trace.spans().enumerate() {
        if let Some(parent) = trace.missing_parent(number) {
            let text = format!(
                "parent span ID={parent} is not in the trace; skipping clock skew adjustment"
            );
            doubts.insert(number, text);
        }
        if !seen.insert(ids.of_span(number, span).0) {
            doubts.insert(
                number,
                "duplicate span IDs; skipping clock skew adjustment".to_owned(),
            );
        }
    }
    doubts
}

/// A duration as Go prints it: `-4.98s`, `1m30s`, `1.5µs`.
fn go_duration(nanos: i64) -> String {
    let sign = if nanos < 0 { "-" } else { "" };
    let n = nanos.unsigned_abs();
    let (unit, size) = match n {
        0 => return "0s".to_owned(),
        1..1_000 => ("ns", 1),
        1_000..1_000_000 => ("µs", 1_000),
        1_000_000..1_000_000_000 => ("ms", 1_000_000),
        _ => ("s", 1_000_000_000),
    };
    if unit != "s" {
        return format!("{sign}{}{unit}", decimal(n, size));
    }
    let (hours, minutes) = (n / 3_600_000_000_000, n / 60_000_000_000 % 60);
    let seconds = decimal(n % 60_000_000_000, size);
    match (hours, minutes) {
        (0, 0) => format!("{sign}{seconds}s"),
        (0, _) => format!("{sign}{minutes}m{seconds}s"),
        _ => format!("{sign}{hours}h{minutes}m{seconds}s"),
    }
}

/// `n` of so many parts, without zeros at the end.
fn decimal(n: u64, size: u64) -> String {
    let digits = size.ilog10() as usize;
    let fraction = format!("{:0digits$}", n % size);
    let fraction = fraction.trim_end_matches('0');
    if fraction.is_empty() || size == 1 {
        return (n / size).to_string();
    }
    format!("{}.{fraction}", n / size)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_read_as_gos() {
        let cases = [
            (-4_980_000_000, "-4.98s"),
            (35_000_000, "35ms"),
            (-1_500, "-1.5µs"),
            (7, "7ns"),
            (90_000_000_000, "1m30s"),
            (3_600_000_000_000, "1h0m0s"),
        ];
        for (nanos, text) in cases {
            assert_eq!(go_duration(nanos), text);
        }
    }
}
