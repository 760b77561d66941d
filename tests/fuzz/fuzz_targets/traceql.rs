//! Any text as a query: it is read or refused with a place, prints as what reads back, completes
//! at every cursor, and is evaluated without a panic.
#![no_main]

use libfuzzer_sys::fuzz_target;
use vizsla::model::{Nanos, scenario};
use vizsla::traceql::{Census, Metrics, Query, Steps, complete, parse, words};

fuzz_target!(|text: &str| {
    let trace = scenario::trace(
        "web: GET / 0..90 server error http.status=500 +5:exception\n  db: SELECT 10..80 client ok=true\n",
    );
    let census = Census::of(trace.blocks().iter().map(|block| &**block));
    match parse(text) {
        Ok(tree) => {
            let printed = tree.to_string();
            assert_eq!(parse(&printed).as_ref(), Ok(&tree), "{printed}");
            if let Ok(metrics) = Metrics::new(tree.clone()) {
                let to = scenario::EPOCH + Nanos(1_000_000_000);
                let steps = Steps::covering(scenario::EPOCH, to, Nanos(50_000_000));
                let series = metrics.of_trace(&trace, steps);
                assert!(series.iter().all(|series| series.values.len() == steps.count()), "{printed}");
            }
            if let Ok(query) = Query::new(tree) {
                let found = query.eval(&trace);
                let rows = query.candidates(&trace.blocks()[0]);
                assert!(found.is_none() || !rows.is_empty(), "{printed}");
                query.notes(trace.blocks().iter().map(|block| &**block));
            }
        }
        Err(error) => {
            error.render(text);
        }
    }
    let _ = words::read(text, &census);
    for cursor in [0, text.len() / 2, text.len()] {
        complete::complete(text, cursor, &census);
    }
});
