//! Zipkin gave client and server the same span id; Jaeger shows the server under the client.

use std::collections::{HashMap, HashSet};

use crate::model::{Kind, SpanId, SpanRef, Trace};

/// New ids for servers that share theirs with a client.
#[derive(Debug, Default)]
pub struct SharedIds {
    /// The new id of each such server, by its number in the trace.
    renamed: HashMap<usize, SpanId>,
    /// The new id that children of an old one belong to.
    heirs: HashMap<SpanId, SpanId>,
}

impl SharedIds {
    /// The smallest unused ids, counted from 1, for every server that shares its id.
    pub fn of(trace: &Trace) -> Self {
        let clients: HashSet<SpanId> = trace
            .spans()
            .filter(|span| span.kind() == Kind::Client)
            .map(SpanRef::span_id)
            .collect();
        let used: HashSet<SpanId> = trace.spans().map(SpanRef::span_id).collect();
        let mut free = (1..=u64::MAX).map(SpanId).filter(|id| !used.contains(id));
        let mut ids = Self::default();
        for (number, span) in trace.spans().enumerate() {
            if span.kind() == Kind::Server && clients.contains(&span.span_id()) {
                let Some(id) = free.next() else { break };
                ids.renamed.insert(number, id);
                ids.heirs.insert(span.span_id(), id);
            }
        }
        ids
    }

    /// The id and the parent's id of a span.
    pub fn of_span(&self, number: usize, span: SpanRef<'_>) -> (SpanId, SpanId) {
        match self.renamed.get(&number) {
            Some(&id) => (id, span.span_id()),
            None => (
                span.span_id(),
                self.heirs
                    .get(&span.parent_id())
                    .copied()
                    .unwrap_or(span.parent_id()),
            ),
        }
    }
}
