//! The compiled evaluation agrees with a naive one, on data and queries at random.

mod naive;
mod random;

use proptest::prelude::*;

use crate::model::Cancellation;
use crate::traceql::eval::{Facts, Query};
use crate::traceql::tree::Body;
use naive::Naive;
use random::{query, span, trace_of};

proptest! {
    #![proptest_config(ProptestConfig::with_cases(3000))]

    #[test]
    fn compiled_and_naive_agree(spans in proptest::collection::vec(span(), 1..8), text in query()) {
        let trace = trace_of(&spans);
        // Some of what is put together at random is refused; that is tested elsewhere.
        let Ok(query) = Query::parse(&text) else { return Ok(()) };
        let Body::Spans(pipeline) = &query.tree().body else { return Ok(()) };
        let naive = Naive {
            trace: &trace,
            facts: Facts::of(&trace),
            patterns: &query.patterns,
        };
        let wanted = naive.pipeline(pipeline);
        let found = query.eval(&trace).map_or_else(Vec::new, |found| found.spans);
        let found: Vec<usize> = found.into_iter().map(|span| span as usize).collect();
        prop_assert_eq!(&found, &wanted, "{}", text);

        // Candidates may be too many, but a trace that matches has one.
        let facts = Facts::of(&trace);
        let mut candidate = false;
        for (at, block) in trace.blocks().iter().enumerate() {
            let cancellation = Cancellation::never();
            let bound = query.bind(block, &cancellation);
            let rows = bound.candidates(block, &cancellation);
            prop_assert!(rows.is_empty() || query.may_match_in(block), "{}", text);
            candidate |= !rows.is_empty();
            if query.needs() > super::Needs::Facts {
                continue;
            }
            for span in (0..trace.len()).filter(|&span| trace.place(span).0 == at) {
                let row = trace.place(span).1;
                let accepted = rows.contains(row as usize) && bound.accepts(block, row, &facts);
                prop_assert_eq!(accepted, wanted.contains(&span), "{}", text);
            }
        }
        prop_assert!(candidate || wanted.is_empty(), "{}", text);
    }
}
