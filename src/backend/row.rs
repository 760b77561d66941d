//! Traces as rows of a list.

use super::TraceRow;
use crate::model::{SpanId, Trace};

impl TraceRow {
    /// The row of a trace of which the query matched these spans (distinct ids, sorted).
    pub fn of(trace: &Trace, matched: Vec<SpanId>) -> Self {
        Self {
            trace_id: trace.id(),
            name: trace.name().into(),
            service: trace.service().into(),
            start: trace.start(),
            duration: trace.duration(),
            spans: trace.len() as u32,
            errors: trace.errors() as u32,
            services: trace
                .services()
                .into_iter()
                .map(|(name, count)| (name.into(), count))
                .collect(),
            matched,
            incomplete: trace.true_root().is_none(),
        }
    }
}
