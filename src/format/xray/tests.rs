use std::sync::Arc;

use crate::format::sample::read_whole;
use crate::model::{Kind, Nanos, Trace};

fn traces(text: &str) -> (Vec<Trace>, Vec<String>, u64) {
    let (block, findings) = read_whole(text, super::course());
    let problems = findings.problems.iter().map(ToString::to_string).collect();
    let lost = findings.rejected_spans();
    (Trace::all_of(&[Arc::new(block)]), problems, lost)
}

const FINAL: &str = r#"{"id":"a1","trace_id":"1-6b0342e0-c84183f7ec14f5c4071c4cf5","name":"shop","start_time":1.795375840961E9,"end_time":1795375841.25,"subsegments":[{"id":"b1","name":"load","start_time":1795375841,"end_time":1795375841.1}]}"#;

#[test]
fn what_the_daemon_gets_is_read_whole() {
    let text = include_str!("../../../tests/fixtures/formats/xray-daemon.jsonl");
    let (found, problems, _) = traces(text);
    assert_eq!(problems, [""; 0]);
    assert_eq!(
        (found.len(), found[0].len(), found[0].max_depth()),
        (1, 4, 2)
    );
    assert_eq!(
        found[0].id().to_string(),
        "6b0342e0c84183f7ec14f5c4071c4cf5"
    );
    let shown: Vec<_> = found[0]
        .spans()
        .map(|span| {
            (
                span.service(),
                span.operation(),
                span.kind(),
                span.is_error(),
            )
        })
        .collect();
    assert_eq!(
        shown,
        [
            ("shop", "shop", Kind::Server, true),
            ("shop", "DynamoDB", Kind::Client, true),
            ("shop", "render", Kind::Internal, false),
            ("shop", "postgres", Kind::Client, false),
        ]
    );
    let call = found[0].span(1);
    assert_eq!(call.status_message(), "no cart");
    let event = call.events().next().unwrap();
    let stack = event
        .attributes()
        .get("exception.stacktrace")
        .unwrap()
        .to_text()
        .into_owned();
    assert_eq!(stack, "ValueError: no cart\n\tat <module>(xr.py:9)");
    let text = |span: usize, key: &str| {
        let value = found[0].span(span).attributes().get(key);
        value
            .map(|value| value.to_text().into_owned())
            .unwrap_or_default()
    };
    assert_eq!(text(0, "http.response.status_code"), "500");
    assert_eq!(text(0, "tenant"), "acme");
    assert_eq!(
        text(0, "aws.xray.metadata.shop"),
        r#"{"cart":{"items":[1,2]}}"#
    );
    assert_eq!(text(1, "aws.table_name"), "carts");
    assert_eq!(text(3, "db.query.text"), "SELECT 1");
    let sdk = call
        .resource()
        .attributes()
        .get("telemetry.sdk.name")
        .unwrap()
        .to_text()
        .into_owned();
    assert_eq!(sdk, "X-Ray for Python");
}

#[test]
fn the_final_document_supersedes_the_one_in_progress() {
    let early = FINAL.replace(r#""end_time":1795375841.25"#, r#""in_progress":true"#);
    for text in [format!("{early}{FINAL}"), format!("{FINAL}\n{early}")] {
        let (found, problems, _) = traces(&text);
        assert_eq!((problems.len(), found[0].len()), (0, 2), "{text}");
        assert_eq!(found[0].duration(), Nanos::from_micros(289_000));
        assert!(!found[0].span(0).is_unfinished());
    }
    let (found, ..) = traces(&early);
    assert!(found[0].span(0).is_unfinished());
    let answer = include_str!("../../../tests/fixtures/formats/xray-batch-get-traces.json");
    let (block, _) = read_whole(answer, super::course());
    assert_eq!(block.len(), 4, "the one in progress is not even stored");
}

#[test]
fn documents_in_an_answer_are_strings() {
    let quoted = FINAL.replace('"', "\\\"");
    let broken = quoted.replace("1795375841.25", "x");
    let (found, problems, lost) = traces(&format!(
        r#"{{"Traces":[{{"Id":"1-6","Segments":[{{"Id":"a","Document":"{broken}"}},{{"Id":"b","Document":"{quoted}"}},{{"Document":"{{\"id\":\"1\"}}"}}]}}],"UnprocessedTraceIds":[]}}"#
    ));
    assert_eq!((found.len(), found[0].len(), lost), (1, 2, 2));
    assert!(
        problems[0].contains("Traces[0].Segments[0].Document"),
        "{problems:?}"
    );
    assert!(
        problems[1].contains("Traces[0].Segments[2].Document")
            && problems[1].contains("no trace id")
    );
}

#[test]
fn nesting_costs_no_stack_and_lies_cost_spans_only() {
    let depth = 30_000;
    let open = |index: usize| {
        let id = index + 1;
        format!(r#"{{"id":"{id:x}","trace_id":"7","name":"a","subsegments":["#)
    };
    let text = (0..depth).map(open).collect::<String>() + &"]}".repeat(depth);
    let (found, ..) = traces(&text);
    assert_eq!(found[0].len(), depth);
    let (found, problems, lost) = traces(
        r#"{"id":"1","trace_id":"1-6b0342e0-c84183f7ec14f5c4071c4cf5","name":7,"start_time":1e300,"end_time":-1,"http":[],"aws":{"ec2":3},"cause":{"exceptions":[5,{}]},
            "links":[{}],"annotations":{"a":{"b":[]}},"subsegments":[4,{"name":"no id"},{"id":"2","subsegments":null}]}"#,
    );
    assert_eq!((found[0].len(), lost), (2, 1), "{problems:?}");
    assert!(
        problems
            .iter()
            .any(|problem| problem.contains("name: expected a string")),
        "{problems:?}"
    );
}
