use std::sync::Arc;

use crate::format::{Findings, Output};
use crate::model::{BlockBuilder, Kind, Trace};

fn traces(text: &str) -> (Vec<Trace>, Vec<String>, u64) {
    let (mut builder, mut findings) = (BlockBuilder::new(), Findings::of("in"));
    let result = super::decode(text.as_bytes(), Output::new(&mut builder, &mut findings));
    if let Err(problem) = result {
        findings.report(problem);
    }
    let problems = findings.problems.iter().map(ToString::to_string).collect();
    let lost = findings.rejected_spans();
    (Trace::all_of(&[Arc::new(builder.finish())]), problems, lost)
}

fn shown(trace: &Trace) -> Vec<String> {
    let line = |index: usize| {
        let span = trace.span(index);
        let error = if span.is_error() { " error" } else { "" };
        format!(
            "{}{}: {} {} {}ms{error}",
            " ".repeat(trace.depth(index)),
            span.service(),
            span.operation(),
            span.kind().name(),
            span.duration().0 / 1_000_000
        )
    };
    (0..trace.len()).map(line).collect()
}

const CALLS: [&str; 4] = [
    "shop: Tomcat Servlet Process server 250ms",
    " shop: execute(HttpUriRequest) client 200ms",
    "  cart: Tomcat Servlet Process server 180ms error",
    " shop: render() internal 0ms",
];

#[test]
fn rows_are_read_by_their_columns_in_every_version() {
    for text in [
        include_str!("../../../tests/fixtures/formats/pinpoint-transaction.json"),
        include_str!("../../../tests/fixtures/formats/pinpoint-transaction-3.0.json"),
    ] {
        let (found, problems, _) = traces(text);
        assert_eq!(problems, [""; 0]);
        assert_eq!(shown(&found[0]), CALLS);
        let cart = found[0].span(2);
        assert_eq!(cart.status_message(), "no cart");
        assert_eq!(cart.events().next().unwrap().name(), "exception");
        let get = |span: usize, key: &str| {
            let value = found[0].span(span).attributes().get(key);
            value.map(|value| value.to_text().into_owned())
        };
        assert_eq!(
            get(2, "db.query.text").as_deref(),
            Some("SELECT * FROM carts WHERE id = ?")
        );
        assert_eq!(get(0, "http.response.status_code").as_deref(), Some("500"));
        assert_eq!(
            get(0, "pinpoint.transaction_id").as_deref(),
            Some("shop-1^1795357000000^42")
        );
        assert_eq!(get(1, "pinpoint.transaction_id"), None);
        assert_eq!(found[0].span(0).kind(), Kind::Server);
    }
}

#[test]
fn a_timeline_tells_the_calls_that_took_time() {
    let text = include_str!("../../../tests/fixtures/formats/pinpoint-timeline.json");
    let (found, problems, _) = traces(text);
    assert_eq!(problems, [""; 0]);
    assert_eq!(shown(&found[0]), CALLS[..3]);
}

#[test]
fn what_is_wrong_with_a_row_costs_that_row() {
    let (found, problems, lost) = traces(
        r#"{"transactionId":"t^1^1","callStack":[["1","",5,true],7,["x","",5,true],["2","1",[],"true"],["3","1"#,
    );
    assert_eq!((found.len(), lost), (0, 3), "{problems:?}");
    let (found, problems, lost) = traces(
        r#"{"transactionId":"t^1^1","callStack":[["1","",5,true],7,["x","",5,true],["2","1",[],"true"],[],["9","9",1,false]],
            "callStackIndex":{"id":0,"parentId":1,"begin":2,"isMethod":3,"title":99}}"#,
    );
    assert_eq!((found[0].len(), lost), (2, 1), "{problems:?}");
    assert!(
        problems[0].contains("callStack[1]: expected an array"),
        "{problems:?}"
    );
}
