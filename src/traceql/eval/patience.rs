//! Giving up in the middle of an evaluation: whoever asked may not want the answer any more.

use std::cell::Cell;
use std::fmt;

/// Steps after which it is asked whether to go on: well below a millisecond, even where a step
/// is a regular expression or reads a span's events.
const STEPS: u32 = 512;

/// How long an answer is waited for. Counts the steps of one thread.
pub struct Patience<'a> {
    over: Option<&'a (dyn Fn() -> bool + Sync)>,
    /// Steps until it is asked again; none once it is over.
    left: Cell<u32>,
}

impl<'a> Patience<'a> {
    /// Never over.
    pub fn endless() -> Self {
        Self {
            over: None,
            left: Cell::new(STEPS),
        }
    }

    /// Over once this says so.
    pub fn until(over: &'a (dyn Fn() -> bool + Sync)) -> Self {
        Self {
            over: Some(over),
            ..Self::endless()
        }
    }

    /// Counts a step, and tells whether it is over: then what was found is of no use, and what
    /// is left need not be looked at.
    pub fn is_over(&self) -> bool {
        let (Some(over), left) = (self.over, self.left.get()) else {
            return false;
        };
        let left = match left {
            0 => 0,
            1 if over() => 0,
            1 => STEPS,
            _ => left - 1,
        };
        self.left.set(left);
        left == 0
    }
}

impl fmt::Debug for Patience<'_> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let left = self.left.get();
        out.debug_struct("Patience")
            .field("left", &left)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU32, Ordering};

    use super::*;
    use crate::model::{
        BlockBuilder, Kind, ResourceFields, ScopeFields, SpanFields, SpanId, Status, Time, TraceId,
        Value,
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
            let over = || asked.fetch_add(1, Ordering::Relaxed) == 1;
            let patience = Patience::until(&over);
            let rows = query.bind(&block, &patience).candidates(&block, &patience);
            assert!(rows.count() <= 2 * STEPS as usize, "{} rows", rows.count());
            assert_eq!(asked.into_inner(), 2, "nobody is asked again");
            let all = query.candidates(&block);
            assert_eq!(all.count() as u64, SPANS);
        }
    }
}
