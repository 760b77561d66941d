//! The naive store: lists of spans, and spans as plain values.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;

use crate::model::{
    Block, BlockBuilder, Kind, ResourceFields, ScopeFields, SpanFields, SpanId, SpanRef, Status,
    Time, TraceId, Value,
};
use crate::storage::{Committed, Limits, Snapshot, Store, StoredTrace};

/// What makes a span itself: two with equal fields are duplicates.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Plain {
    pub trace: u8,
    pub id: u8,
    pub parent: u8,
    pub start: u16,
    pub length: u16,
    pub service: u8,
    pub error: bool,
}

pub fn plain(traces: u8) -> impl Strategy<Value = Plain> {
    let ids = (1..=traces, 1u8..20, 0u8..6);
    (
        ids,
        1u16..50,
        0u16..20,
        0u8..3,
        proptest::bool::weighted(0.05),
    )
        .prop_map(
            |((trace, id, parent), start, length, service, error)| Plain {
                trace,
                id,
                parent,
                start,
                length,
                service,
                error,
            },
        )
}

pub fn block(spans: &[Plain]) -> Block {
    let mut builder = BlockBuilder::new();
    for span in spans {
        let service = builder.attribute(
            "service.name",
            Value::Str(&format!("service {}", span.service)),
        );
        let resource = builder.resource(ResourceFields {
            attributes: &[service],
            ..ResourceFields::default()
        });
        let scope = builder.scope(ScopeFields::default());
        let operation = builder.string("operation");
        let fields = SpanFields {
            trace_id: TraceId(span.trace.into()),
            span_id: SpanId(span.id.into()),
            parent_id: SpanId(span.parent.into()),
            start: Time(span.start.into()),
            end: Some(Time(u64::from(span.start) + u64::from(span.length))),
            operation,
            kind: Kind::Internal,
            status: if span.error {
                Status::Error
            } else {
                Status::Unset
            },
            error: false,
            resource,
            scope,
        };
        builder.span(&fields, &[]);
    }
    builder.finish()
}

pub fn unblocked(span: SpanRef<'_>) -> Plain {
    Plain {
        trace: span.trace_id().0 as u8,
        id: span.span_id().0 as u8,
        parent: span.parent_id().0 as u8,
        start: span.start().0 as u16,
        length: span.duration().0 as u16,
        service: span
            .service()
            .trim_start_matches("service ")
            .parse()
            .unwrap(),
        error: span.is_error(),
    }
}

/// Without what does not tell two spans apart.
pub fn identity(span: Plain) -> Plain {
    Plain {
        error: false,
        ..span
    }
}

pub fn spans_of(trace: &StoredTrace) -> Vec<Plain> {
    trace.spans().map(unblocked).collect()
}

pub fn contents(snapshot: &Snapshot) -> BTreeMap<u128, Vec<Plain>> {
    snapshot
        .traces()
        .map(|trace| (trace.id().0, spans_of(&trace)))
        .collect()
}

/// A budget of some tens of generations of some spans.
pub fn tight(budget: usize) -> Limits {
    Limits {
        trace: budget,
        forgotten: 16 << 10,
        ..Limits::of(budget)
    }
}

/// The naive store.
#[derive(Default)]
pub struct Naive {
    pub traces: BTreeMap<u8, Vec<Plain>>,
    pub evicted: BTreeSet<u8>,
}

impl Naive {
    /// Takes a request in after the real store has, which alone knows what it evicted.
    pub fn commit(&mut self, store: &Store, request: &[Plain]) -> Committed {
        let gone: Vec<u8> = self
            .traces
            .keys()
            .copied()
            .filter(|&id| store.trace(TraceId(id.into())).is_none())
            .collect();
        for id in gone {
            self.traces.remove(&id);
            self.evicted.insert(id);
        }
        let mut done = Committed::default();
        for &span in request {
            if self.evicted.contains(&span.trace) {
                done.late += 1;
                continue;
            }
            let spans = self.traces.entry(span.trace).or_default();
            if spans.iter().any(|&other| identity(other) == identity(span)) {
                done.duplicate += 1;
            } else {
                spans.push(span);
                done.stored += 1;
            }
        }
        done
    }
}
