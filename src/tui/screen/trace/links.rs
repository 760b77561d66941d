//! Links between the spans of a trace, the way back.

use std::collections::HashMap;

use crate::model::{SpanId, Trace};

/// Which spans link to a span of their own trace.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct BackLinks(HashMap<SpanId, Vec<usize>>);

impl BackLinks {
    /// Those of a trace. Costs the number of its links.
    pub fn of(trace: &Trace) -> Self {
        let mut links: HashMap<SpanId, Vec<usize>> = HashMap::new();
        for block in trace.blocks() {
            let mut before = None;
            for row in block.link_rows() {
                if before.replace(row) == Some(row) || block.span(row).trace_id() != trace.id() {
                    continue;
                }
                let span = block.span(row);
                let Some(number) = trace.find(span.span_id()) else {
                    continue;
                };
                let own = span.links().filter(|link| link.trace_id() == trace.id());
                for link in own {
                    links.entry(link.span_id()).or_default().push(number);
                }
            }
        }
        Self(links)
    }

    /// The spans that link to a span, in the order in which they arrived.
    pub fn to(&self, span: SpanId) -> &[usize] {
        self.0.get(&span).map_or(&[], Vec::as_slice)
    }
}
