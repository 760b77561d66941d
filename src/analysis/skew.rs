//! Clocks that differ between hosts: Jaeger's correction, and a verdict in words.
//!
//! The correction is that of Jaeger's query service (`adjuster/clockskew.go`): where a span's host
//! is not its parent's, the span and all below it on that host are moved so that it fits into its
//! parent, in the middle if it must move at all. It is applied to a view only.

use std::collections::HashMap;

use crate::model::{Nanos, SpanRef, Trace, Value};
use crate::text::{Charset, Shown, count, duration, plural};

/// How far each span of a trace has to move, and what that says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Skew {
    /// For [`Trace::shifted`]: nanoseconds to add to each span's times.
    pub offsets: Vec<i64>,
    /// Spans whose offset is greater than the greatest one allowed, with it: they stay.
    pub refused: Vec<(usize, i64)>,
}

impl Skew {
    /// Whether nothing has to move.
    pub fn is_none(&self) -> bool {
        self.refused.is_empty() && self.offsets.iter().all(|&offset| offset == 0)
    }
}

/// The corrections of Jaeger's algorithm, none of them beyond `most` (none at all for zero).
///
/// Spans with a repeated id, and those without their parent, are left alone.
pub fn skew(trace: &Trace, most: Nanos) -> Skew {
    let mut skew = Skew {
        offsets: vec![0; trace.len()],
        refused: Vec::new(),
    };
    // Per span: its adjusted start and the offset that its host has there. Depth-first order
    // comes to parents before children, so nothing recurses.
    let mut state: Vec<(i128, i128)> = Vec::with_capacity(trace.len());
    let hosts = Hosts::of(trace);
    for span in 0..trace.len() {
        let start = i128::from(trace.start_of(span).0);
        let Some(parent) = trace.parent(span) else {
            state.push((start, 0));
            continue;
        };
        let (parent_start, inherited) = state[parent];
        let offset = if hosts.same(span, parent) {
            inherited
        } else {
            let lengths = (trace.duration_of(parent), trace.duration_of(span));
            fit(parent_start, start, lengths)
        };
        let refused = offset.unsigned_abs() > u128::from(most.0);
        if refused {
            skew.refused
                .push((span, i64::try_from(offset).unwrap_or(0)));
        }
        let applied = if refused { 0 } else { offset };
        skew.offsets[span] = i64::try_from(applied).unwrap_or(0);
        state.push((start + applied, offset));
    }
    skew
}

/// The offset that brings a child into its parent.
fn fit(parent_start: i128, start: i128, (parent, child): (Nanos, Nanos)) -> i128 {
    let (parent, child) = (i128::from(parent.0), i128::from(child.0));
    if child > parent {
        return (parent_start - start).max(0);
    }
    let inside = start >= parent_start && start + child <= parent_start + parent;
    if inside {
        0
    } else {
        parent_start + (parent - child) / 2 - start
    }
}

/// The host of each span, by `host.id`, `host.ip` or `host.name`.
struct Hosts<'a>(Vec<std::borrow::Cow<'a, str>>);

impl<'a> Hosts<'a> {
    fn of(trace: &'a Trace) -> Self {
        Self(trace.spans().map(host).collect())
    }

    /// Whether two spans are known to go by one clock.
    fn same(&self, one: usize, other: usize) -> bool {
        self.0[one] == self.0[other] && !self.0[one].is_empty()
    }
}

fn host(span: SpanRef<'_>) -> std::borrow::Cow<'_, str> {
    let attributes = span.resource().attributes();
    let value = ["host.id", "host.ip", "host.name"]
        .into_iter()
        .find_map(|key| attributes.get(key));
    match value {
        Some(Value::Array(array)) => array.iter().next().map(Value::to_text).unwrap_or_default(),
        Some(value) => value.to_text(),
        None => std::borrow::Cow::Borrowed(""),
    }
}

/// What the clocks of a trace look like.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verdict {
    /// The spans that start before their parents although nobody could have called them.
    pub spans: Vec<usize>,
    /// The greatest time by which one starts too early.
    pub worst: Nanos,
    /// A sentence for the reader.
    pub text: Shown<'static>,
}

/// Whether clocks differ: calls between services that begin before their callers do. A child
/// that outlives its parent proves nothing, and neither does work inside one service.
pub fn clock_verdict(trace: &Trace, charset: Charset) -> Option<Verdict> {
    let early = |span: usize| {
        let parent = trace.parent(span)?;
        let by = trace.start_of(parent).since(trace.start_of(span));
        let other = trace.span(span).service() != trace.span(parent).service();
        (other && by > Nanos(0)).then_some((span, by))
    };
    let spans: Vec<(usize, Nanos)> = (0..trace.len()).filter_map(early).collect();
    let &(at, worst) = spans
        .iter()
        .max_by_key(|&&(span, by)| (by, std::cmp::Reverse(span)))?;
    let mut services: HashMap<&str, usize> = HashMap::new();
    for &(span, _) in &spans {
        *services.entry(trace.span(span).service()).or_default() += 1;
    }
    let others = match services.len() - 1 {
        0 => String::new(),
        1 => " and 1 other service".to_owned(),
        n => format!(" and {} other services", count(n as u64)),
    };
    let text = format!(
        "clocks differ: {} of {}{others} start before their callers, by up to {}",
        plural(spans.len() as u64, "span"),
        trace.span(at).service(),
        duration(worst.0, charset),
    );
    let mut spans: Vec<usize> = spans.into_iter().map(|(span, _)| span).collect();
    spans.sort_by_key(|&span| (span != at, span));
    Some(Verdict {
        spans,
        worst,
        text: Shown::from_owned(text),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::scenario;

    /// The offset in milliseconds of a child on another host.
    fn offset(parent: &str, child: &str) -> i64 {
        let trace = scenario::trace(&format!(
            "a: r {parent} res.host.name=x\n  b: s {child} res.host.name=y\n    b: t {child} res.host.name=y\n"
        ));
        let skew = skew(&trace, Nanos::from_millis(1_000));
        assert_eq!(skew.offsets[1], skew.offsets[2], "one host, one clock");
        skew.offsets[1] / 1_000_000
    }

    #[test]
    fn offsets_are_those_of_jaeger() {
        // The vectors of Jaeger's own tests.
        assert_eq!(offset("10..110", "0..50"), 35);
        assert_eq!(offset("10..110", "0..150"), 10);
        assert_eq!(offset("10..110", "50..120"), -25);
        assert_eq!(offset("10..110", "20..170"), 0);
    }

    #[test]
    fn one_host_is_never_moved_and_no_host_is_moved_each_time() {
        let one = "a: r 10..110 res.host.name=x\n  b: s 0..50 res.host.name=x\n";
        assert!(skew(&scenario::trace(one), Nanos::from_millis(99)).is_none());
        let none = scenario::trace("a: r 10..110\n  b: s 0..50\n");
        assert_eq!(skew(&none, Nanos::from_millis(99)).offsets, [0, 35_000_000]);
        assert_eq!(
            skew(&none, Nanos(0)),
            Skew {
                offsets: vec![0, 0],
                refused: vec![(1, 35_000_000)]
            }
        );
    }

    #[test]
    fn the_verdict_names_who_is_early() {
        let trace = scenario::trace("a: r 10..110\n  b: s 4..50\n    b: t 2..3\n  b: u 0..9\n");
        let verdict = clock_verdict(&trace, Charset::Unicode).unwrap();
        assert_eq!(
            verdict.text.as_str(),
            "clocks differ: 2 spans of b start before their callers, by up to 10.0 ms"
        );
        assert_eq!(
            clock_verdict(
                &scenario::trace("a: r 0..9\n  b: s 1..20\n"),
                Charset::Unicode
            ),
            None
        );
    }
}
