//! Clocks that differ between hosts: Jaeger's correction, and a verdict in words.
//!
//! The correction is that of Jaeger's query service (`adjuster/clockskew.go`): where a span's host
//! is not its parent's, the span and all below it on that host are moved so that it fits into its
//! parent, in the middle if it must move at all. It is applied to a view only.

use std::collections::HashMap;

use super::call::callee;
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
    /// The spans that start when nobody could have called them.
    pub spans: Vec<usize>,
    /// The greatest time by which one is off.
    pub worst: Nanos,
    /// A sentence for the reader.
    pub text: Shown<'static>,
}

/// By how much the clock of a span must be off, seen from its parent's: it starts before the
/// parent, or it is called and starts after its caller has its answer. A child that outlives its
/// parent proves nothing, and neither does work inside one service.
fn proof(trace: &Trace, span: usize) -> Option<Nanos> {
    let parent = trace.parent(span)?;
    if trace.span(span).service() == trace.span(parent).service() {
        return None;
    }
    let early = trace.start_of(parent).since(trace.start_of(span));
    if early > Nanos(0) {
        return Some(early);
    }
    // A caller that gave up, or did not wait, has gone before its call is served.
    let waited =
        !trace.span(parent).is_error() && trace.duration_of(span) <= trace.duration_of(parent);
    let served = waited && trace.start_of(span) > trace.end_of(parent);
    (served && callee(trace, parent) == Some(span))
        .then(|| trace.end_of(span).since(trace.end_of(parent)))
}

/// The corrections that are beyond doubt: only what contradicts its caller moves, by Jaeger's rule,
/// and all that it called goes with it.
pub(super) fn proven(trace: &Trace) -> Vec<i64> {
    let mut offsets: Vec<i64> = Vec::with_capacity(trace.len());
    for span in 0..trace.len() {
        let Some(parent) = trace.parent(span) else {
            offsets.push(0);
            continue;
        };
        let offset = if proof(trace, span).is_some() {
            let start = |span: usize| i128::from(trace.start_of(span).0);
            let lengths = (trace.duration_of(parent), trace.duration_of(span));
            let parent_start = start(parent) + i128::from(offsets[parent]);
            i64::try_from(fit(parent_start, start(span), lengths)).unwrap_or(0)
        } else {
            offsets[parent]
        };
        offsets.push(offset);
    }
    offsets
}

/// Whether clocks differ: calls between services that begin before their callers do, or after
/// these have their answer.
pub fn clock_verdict(trace: &Trace, charset: Charset) -> Option<Verdict> {
    let off = |span: usize| proof(trace, span).map(|by| (span, by));
    let spans: Vec<(usize, Nanos)> = (0..trace.len()).filter_map(off).collect();
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
    let early = |span: usize| {
        trace
            .parent(span)
            .is_some_and(|parent| trace.start_of(span) < trace.start_of(parent))
    };
    let how = if early(at) {
        "start before their callers"
    } else {
        "start after their callers end"
    };
    let text = format!(
        "clocks differ: {} of {}{others} {how}, by up to {}",
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
    fn what_is_proven_moves_with_all_below_it_and_nothing_else() {
        let text = "a: r 0..100\n  b: get 90..99 client\n    c: get 200..207 server\n      c: work 201..204\n  b: later 95..300\n";
        let offsets: Vec<i64> = proven(&scenario::trace(text))
            .into_iter()
            .map(|offset| offset / 1_000_000)
            .collect();
        assert_eq!(offsets, [0, 0, -109, -109, 0]);
    }

    #[test]
    fn the_verdict_names_who_is_early() {
        let trace = scenario::trace("a: r 10..110\n  b: s 4..50\n    b: t 2..3\n  b: u 0..9\n");
        let verdict = clock_verdict(&trace, Charset::Unicode).unwrap();
        assert_eq!(
            verdict.text.as_str(),
            "clocks differ: 2 spans of b start before their callers, by up to 10.0 ms"
        );
        let told = |text| clock_verdict(&scenario::trace(text), Charset::Unicode);
        assert_eq!(told("a: r 0..9\n  b: s 1..20\n"), None);
        let late = told("a: r 0..9 client\n  b: s 12..20\n").unwrap();
        assert_eq!(
            late.text.as_str(),
            "clocks differ: 1 span of b start after their callers end, by up to 11.0 ms"
        );
        assert_eq!(told("a: r 0..9 producer\n  b: s 12..20\n"), None);
        assert_eq!(told("a: r 0..9 client error\n  b: s 12..20\n"), None);
        assert_eq!(told("a: r 0..9 client\n  b: s 12..40\n"), None);
    }
}
