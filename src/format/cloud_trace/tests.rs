use std::sync::Arc;

use crate::format::{Findings, Output};
use crate::model::{BlockBuilder, Kind, Nanos, SpanId, Status, Trace};

fn traces(text: &str) -> (Vec<Trace>, Vec<String>, u64) {
    let (mut builder, mut findings) = (BlockBuilder::new(), Findings::default());
    if let Err(problem) = super::decode(text.as_bytes(), Output::new(&mut builder, &mut findings)) {
        findings.report(problem);
    }
    let problems = findings.problems.iter().map(ToString::to_string).collect();
    let lost = findings.rejected_spans();
    (Trace::all_of(&[Arc::new(builder.finish())]), problems, lost)
}

#[test]
fn version_1_is_read_with_its_decimal_ids() {
    let (found, problems, _) = traces(include_str!(
        "../../../tests/fixtures/formats/cloud-trace-v1.json"
    ));
    assert_eq!(problems, [""; 0]);
    assert_eq!((found.len(), found[0].len(), found[1].len()), (2, 2, 1));
    let (root, child) = (found[0].span(0), found[0].span(1));
    assert_eq!(root.span_id(), SpanId(u64::MAX));
    assert_eq!(
        (root.service(), root.operation(), root.kind()),
        ("shop-web", "/cart", Kind::Server)
    );
    assert_eq!(
        (root.status(), root.status_message()),
        (Status::Error, "no cart")
    );
    assert_eq!(root.duration(), Nanos(250_000_001));
    let code = root.attributes().get("http.response.status_code").unwrap();
    assert_eq!(code, crate::model::Value::Int(500));
    assert_eq!((child.kind(), found[0].depth(1)), (Kind::Client, 1));
    assert_eq!(
        found[1].service(),
        "shop-prod",
        "the project stands for a service that is not named"
    );
}

#[test]
fn version_2_is_read_whole() {
    let (found, problems, _) = traces(include_str!(
        "../../../tests/fixtures/formats/cloud-trace-v2.json"
    ));
    assert_eq!(problems, [""; 0]);
    assert_eq!((found.len(), found[0].len()), (1, 2));
    let (root, child) = (found[0].span(0), found[0].span(1));
    assert_eq!(
        (root.service(), root.operation(), root.kind()),
        ("shop-web", "GET /cart", Kind::Server)
    );
    assert_eq!(
        (child.status(), child.status_message()),
        (Status::Error, "deadline")
    );
    let events: Vec<&str> = child.events().map(crate::model::EventRef::name).collect();
    assert_eq!(events, ["retry", "message"]);
    assert_eq!(child.links().next().unwrap().span_id(), SpanId(0xb));
    assert_eq!(child.dropped().0, 3);
}

#[test]
fn good_spans_stand_beside_bad_ones() {
    let (found, problems, lost) = traces(
        r#"{"traces":[{"spans":[{"spanId":"1","startTime":"yesterday","labels":[]},{"spanId":[]},{"name":"x"}],"projectId":"p","traceId":"7"},
            {"projectId":"p","spans":[{"spanId":"2"}]},{"traceId":"8","spans":[{"spanId":"3"},{"spanId":"#,
    );
    assert_eq!((found.len(), found[0].len(), found[1].len()), (2, 1, 1));
    assert_eq!(lost, 3, "{problems:?}");
    assert!(
        problems[0].contains("traces[0].spans[0].startTime: expected a time"),
        "{problems:?}"
    );
    assert!(
        problems.last().unwrap().contains("the input ends"),
        "{problems:?}"
    );
}
