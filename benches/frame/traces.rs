//! The traces that are opened: one like those of a fleet, and some of unusual shapes.

use std::sync::Arc;

use vizsla::format::otlp::{Signal, proto};
use vizsla::format::{Findings, Output};
use vizsla::model::{
    BlockBuilder, Kind, ResourceFields, ScopeFields, SpanFields, SpanId, Status, Time, Trace,
    TraceId, Value,
};

use crate::workload::{self, Traces};

/// When spans of unusual shapes start.
const START: u64 = 1_795_357_800_000_000_000;

/// A trace of that many spans.
pub fn trace(spans: usize) -> Trace {
    let mut builder = BlockBuilder::new();
    for request in workload::requests(spans, Traces::One, 7) {
        let mut findings = Findings::default();
        let decoded = proto::decode(
            Signal::Traces,
            &request,
            Output::new(&mut builder, &mut findings),
        );
        assert!(decoded.is_ok(), "{decoded:?}");
    }
    let mut traces = Trace::all_of(&[Arc::new(builder.finish())]);
    assert_eq!(traces.len(), 1);
    traces.remove(0)
}

/// A trace of one service, each span made of its number: parent, start and end in microseconds,
/// and whether it failed.
fn shaped(spans: u64, span: impl Fn(u64) -> (u64, u64, u64, bool)) -> Trace {
    let mut builder = BlockBuilder::new();
    let service = builder.attribute("service.name", Value::Str("shop"));
    let resource = builder.resource(ResourceFields {
        attributes: &[service],
        ..ResourceFields::default()
    });
    let scope = builder.scope(ScopeFields::default());
    for number in 1..=spans {
        let (parent, start, end, failed) = span(number);
        let operation = builder.string(&format!("call {}", number % 7));
        let time = |micros: u64| Time(START + micros * 1_000);
        builder.span(
            &SpanFields {
                trace_id: TraceId(7),
                span_id: SpanId(number),
                parent_id: SpanId(parent),
                start: time(start),
                end: Some(time(end)),
                operation,
                kind: Kind::Internal,
                status: if failed { Status::Error } else { Status::Unset },
                error: false,
                resource,
                scope,
            },
            &[],
        );
    }
    let mut traces = Trace::all_of(&[Arc::new(builder.finish())]);
    traces.remove(0)
}

/// Traces of unusual shapes, with their names.
pub fn shapes() -> [(&'static str, Trace); 5] {
    let wide = |number: u64| u64::from(number > 1);
    [
        (
            "50,000 deep",
            shaped(50_000, |n| (n - 1, n, 200_000 - n, false)),
        ),
        (
            "500,000 siblings",
            shaped(500_000, |n| (wide(n), n, n + 9, false)),
        ),
        (
            "100,000 without length",
            shaped(100_000, |n| (n / 3, 5, 5, false)),
        ),
        (
            "100,000 that failed",
            shaped(100_000, |n| (n / 3, n, n + 9, true)),
        ),
        (
            "100,000 without a root",
            shaped(100_000, |n| (n / 3 + 900_000, n, n + 9, false)),
        ),
    ]
}
