//! What nobody waits for any more is not evaluated further.

use std::sync::atomic::{AtomicU32, Ordering};

use crate::model::{
    BlockBuilder, Cancellation, Kind, ResourceFields, ScopeFields, SpanFields, SpanId, Status,
    Time, TraceId, Value,
};
use crate::traceql::Query;

/// Rows that are looked at after it was said, at the second time of asking, to stop.
#[test]
fn what_nobody_waits_for_is_not_looked_at() {
    const SPANS: u64 = 20_000;
    let mut builder = BlockBuilder::new();
    let fields = SpanFields {
        trace_id: TraceId(1),
        span_id: SpanId(1),
        parent_id: SpanId(0),
        start: Time(1),
        end: Some(Time(2)),
        operation: builder.string("x"),
        kind: Kind::Server,
        status: Status::Ok,
        error: false,
        resource: builder.resource(ResourceFields::default()),
        scope: builder.scope(ScopeFields::default()),
    };
    for n in 0..SPANS {
        let pair = builder.attribute("n", Value::Str(&n.to_string()));
        builder.span(&fields, &[pair]);
    }
    let block = builder.finish();
    let queries = [
        r#"{ span.n =~ ".*" }"#,
        r#"{ span:id != "1" }"#,
        r#"{ .n =~ "[0-9]+" && duration < 1s }"#,
    ];
    for query in queries.map(|text| Query::parse(text).unwrap()) {
        let asked = AtomicU32::new(0);
        let cancelled = || asked.fetch_add(1, Ordering::Relaxed) == 1;
        let cancellation = Cancellation::when(&cancelled);
        let rows = query
            .bind(&block, &cancellation)
            .candidates(&block, &cancellation);
        assert!(rows.count() <= 1024, "{} rows", rows.count());
        assert_eq!(asked.into_inner(), 2, "nobody is asked again");
        let all = query.candidates(&block);
        assert_eq!(all.count() as u64, SPANS);
    }
}
