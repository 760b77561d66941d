//! A trace of one span with any attributes and events, for tests.

use std::sync::Arc;

use crate::model::{
    BlockBuilder, Kind, ResourceFields, ScopeFields, SpanFields, SpanId, Status, Time, Trace,
    TraceId, Value,
};

/// The id of the trace.
pub const ID: TraceId = TraceId(7);

/// Keys and values.
pub type Pairs<'a> = &'a [(&'a str, Value<'a>)];

/// The span `pay charge` with these attributes, and events by name with theirs.
pub fn span(attributes: Pairs<'_>, events: &[(&str, Pairs<'_>)]) -> Trace {
    let mut builder = BlockBuilder::new();
    let pairs = |all: Pairs<'_>, builder: &mut BlockBuilder| -> Vec<_> {
        let pair = |(key, value): &(&str, Value<'_>)| builder.attribute(key, *value);
        all.iter().map(pair).collect()
    };
    let service = [builder.attribute("service.name", Value::Str("pay"))];
    let fields = SpanFields {
        trace_id: ID,
        span_id: SpanId(1),
        parent_id: SpanId(0),
        start: Time(1_000),
        end: Some(Time(2_000)),
        operation: builder.string("charge"),
        kind: Kind::Client,
        status: Status::Unset,
        error: false,
        resource: builder.resource(ResourceFields {
            attributes: &service,
            ..ResourceFields::default()
        }),
        scope: builder.scope(ScopeFields::default()),
    };
    let own = pairs(attributes, &mut builder);
    builder.span(&fields, &own);
    for (at, (name, all)) in events.iter().enumerate() {
        let own = pairs(all, &mut builder);
        let name = builder.string(name);
        builder.event(Time(1_000 + at as u64), name, &own, 0);
    }
    Trace::new(ID, vec![(Arc::new(builder.finish()), vec![0])])
}
