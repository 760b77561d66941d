//! Spans by name: their ids, and which of those that share one. Zipkin's clients and servers do.

use std::collections::HashMap;
use std::fmt;
use std::str::FromStr;

use crate::model::{ParseIdError, SpanId, Trace};

/// A span of a trace: `00f067aa0ba902b7`, or `00f067aa0ba902b7.2` for the second with that id in
/// depth-first order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct SpanName {
    id: SpanId,
    /// How many before it have the same id.
    before: usize,
}

impl From<SpanId> for SpanName {
    fn from(id: SpanId) -> Self {
        Self { id, before: 0 }
    }
}

impl fmt::Display for SpanName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.before {
            0 => write!(f, "{}", self.id),
            before => write!(f, "{}.{}", self.id, before + 1),
        }
    }
}

impl FromStr for SpanName {
    type Err = ParseIdError;

    fn from_str(text: &str) -> Result<Self, ParseIdError> {
        let (id, nth) = text.split_once('.').unwrap_or((text, "1"));
        let id = id.parse()?;
        // What is no number leads to the first.
        let nth: usize = nth.parse().unwrap_or(1);
        let before = nth.saturating_sub(1);
        Ok(Self { id, before })
    }
}

/// The names of some spans. Looks at every span's id once.
pub fn names(trace: &Trace, spans: &[usize]) -> Vec<SpanName> {
    let id = |span: usize| trace.span(span).span_id();
    let mut seen: HashMap<SpanId, usize> = spans.iter().map(|&span| (id(span), 0)).collect();
    let mut before: HashMap<usize, usize> = spans.iter().map(|&span| (span, 0)).collect();
    for span in 0..trace.len() {
        let Some(count) = seen.get_mut(&id(span)) else {
            continue;
        };
        if let Some(before) = before.get_mut(&span) {
            *before = *count;
        }
        *count += 1;
    }
    let name = |span: &usize| SpanName {
        id: id(*span),
        before: before.get(span).copied().unwrap_or(0),
    };
    spans.iter().map(name).collect()
}

/// The spans of some names, those that are there, from the first of the trace to its last. Looks
/// at every span's id once.
pub fn spans(trace: &Trace, names: &[SpanName]) -> Vec<usize> {
    let mut seen: HashMap<SpanId, usize> = names.iter().map(|name| (name.id, 0)).collect();
    let is_named = |&span: &usize| {
        let id = trace.span(span).span_id();
        let Some(count) = seen.get_mut(&id) else {
            return false;
        };
        let before = *count;
        *count += 1;
        names.contains(&SpanName { id, before })
    };
    (0..trace.len()).filter(is_named).collect()
}

/// The name of one span.
pub fn name(trace: &Trace, span: usize) -> SpanName {
    let id = trace.span(span).span_id();
    let shares = |&other: &usize| trace.span(other).span_id() == id;
    let before = (0..span).filter(shares).count();
    SpanName { id, before }
}

/// The span of one name.
pub fn span(trace: &Trace, name: SpanName) -> Option<usize> {
    let shares = |&span: &usize| trace.span(span).span_id() == name.id;
    (0..trace.len()).filter(shares).nth(name.before)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::scenario;

    #[test]
    fn spans_that_share_an_id_are_told_apart() {
        let trace = scenario::trace("a: r 0..9\n  b: x 1..5 id=2\n  c: y 6..8 id=2\n");
        let all = [0, 1, 2];
        let told = names(&trace, &all);
        let texts: Vec<String> = told.iter().map(ToString::to_string).collect();
        assert_eq!(
            texts,
            ["0000000000000001", "0000000000000002", "0000000000000002.2"]
        );
        let read: Vec<SpanName> = texts.iter().map(|text| text.parse().unwrap()).collect();
        assert_eq!(read, told);
        assert_eq!(spans(&trace, &read), all);
        for at in all {
            assert_eq!(name(&trace, at), told[at]);
            assert_eq!(span(&trace, told[at]), Some(at));
        }
    }
}
