//! The shapes that tools write, and what is wrong in them.

use super::*;
use crate::format::otlp::oracle;
use crate::model::{Block, Kind, SpanId, Status, TraceId};

fn read(text: &str) -> (Block, Findings, Option<Problem>) {
    let (mut builder, mut findings) = (BlockBuilder::new(), Findings::default());
    let error = decode(text.as_bytes(), Output::new(&mut builder, &mut findings)).err();
    (builder.finish(), findings, error)
}

fn good(text: &str) -> Block {
    let (block, findings, error) = read(text);
    assert_eq!((findings.problems, error), (vec![], None), "{text}");
    block
}

const CAMEL: &str = r#"{"resourceSpans":[{"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"shop"}}]},
  "scopeSpans":[{"scope":{"name":"lib","version":"1"},"spans":[{"traceId":"000102030405060708090a0b0c0d0e0f","spanId":"0001020304050607",
  "parentSpanId":"","name":"GET","kind":2,"startTimeUnixNano":"1000","endTimeUnixNano":2000,"flags":257,"traceState":"a=b",
  "attributes":[{"key":"n","value":{"intValue":"5"}},{"key":"list","value":{"arrayValue":{"values":[{"doubleValue":"NaN"},{"boolValue":true},{}]}}}],
  "events":[{"timeUnixNano":"1500","name":"e","attributes":[{"key":"k","value":{"bytesValue":"AP8="}}]}],
  "links":[{"traceId":"000102030405060708090a0b0c0d0e10","spanId":"0001020304050608"}],
  "status":{"code":2,"message":"m"}}],"schemaUrl":"s"}],"schemaUrl":"r"}]}"#;

#[test]
fn spellings_of_one_span_are_read_alike() {
    let expected = oracle::of_block(&good(CAMEL));
    assert_eq!(expected.len(), 1);
    let snake = CAMEL
        .replace("resourceSpans", "resource_spans")
        .replace("scopeSpans", "scope_spans")
        .replace("traceId", "trace_id")
        .replace("spanId", "span_id")
        .replace("parentSpanId", "parent_span_id")
        .replace("startTimeUnixNano", "start_time_unix_nano")
        .replace("endTimeUnixNano", "end_time_unix_nano")
        .replace("traceState", "trace_state")
        .replace("stringValue", "string_value")
        .replace("intValue", "int_value")
        .replace("arrayValue", "array_value")
        .replace("schemaUrl", "schema_url")
        .replace("timeUnixNano", "time_unix_nano")
        .replace("bytesValue", "bytes_value")
        .replace("boolValue", "bool_value")
        .replace("doubleValue", "double_value");
    let tempo = CAMEL
        .replace("resourceSpans", "batches")
        .replace(
            "000102030405060708090a0b0c0d0e0f",
            "AAECAwQFBgcICQoLDA0ODw==",
        )
        .replace("\"0001020304050607\"", "\"AAECAwQFBgc=\"")
        .replace("\"kind\":2", "\"kind\":\"SPAN_KIND_SERVER\"")
        .replace("\"code\":2", "\"code\":\"STATUS_CODE_ERROR\"")
        .replace("\"parentSpanId\":\"\",", "");
    let old = CAMEL
        .replace("scopeSpans", "instrumentationLibrarySpans")
        .replace("\"scope\"", "\"instrumentationLibrary\"");
    let upper = CAMEL.replace("0a0b0c0d0e0f", "0A0B0C0D0E0F");
    let lone = CAMEL
        .strip_prefix("{\"resourceSpans\":[")
        .and_then(|text| text.strip_suffix("]}"))
        .unwrap();
    let behind = format!(r#"{{"scopeSpans":{}"#, lone.split_once("\"scopeSpans\":").unwrap().1.replace("\"schemaUrl\":\"r\"}", r#""schemaUrl":"r","resource":{"attributes":[{"key":"service.name","value":{"stringValue":"shop"}}]}}"#));
    let wrapped = format!(r#"{{"trace":{CAMEL},"message":""}}"#);
    for text in [
        &snake,
        &tempo,
        &old,
        &upper,
        lone,
        &behind,
        &wrapped,
        &format!("[{CAMEL}]"),
        &format!(r#"{{"result":{CAMEL}}}"#),
    ] {
        assert_eq!(oracle::of_block(&good(text)), expected, "{text}");
    }
    let lines = CAMEL.replace('\n', "");
    assert_eq!(
        good(&format!(
            "\u{feff}{lines}\r\n\n{lines}\n{CAMEL}{CAMEL}\n\u{1e}{CAMEL}"
        ))
        .len(),
        5
    );
}

#[test]
fn what_is_wrong_costs_no_more_than_itself() {
    let text = r#"{"resourceSpans":[{"resource":7,"scopeSpans":[{"spans":[
      {"traceId":"01","spanId":"02","name":"good","kind":1},
      {"traceId":"01","spanId":"zz","name":"bad id"},
      {"traceId":"01","spanId":"03","name":{"no":"string"},"events":[{}]},
      {"spanId":"04"},
      17,
      {"traceId":"01","spanId":"05","attributes":[{"key":"a","value":{"intValue":"x"}},{"key":"b","value":{"boolValue":true}}],
       "events":[{"name":5},{"name":"kept"}],"links":null,"status":null,"parentSpanId":null}]},
      {"spans":"none"}]}, 5]}"#;
    let (block, findings, error) = read(text);
    assert_eq!(error, None);
    assert_eq!(
        block
            .spans()
            .map(crate::model::SpanRef::span_id)
            .collect::<Vec<_>>(),
        [SpanId(2), SpanId(5)]
    );
    assert_eq!(block.span(1).attribute("b").unwrap().to_text(), "true");
    assert_eq!(
        block
            .span(1)
            .events()
            .map(crate::model::EventRef::name)
            .collect::<Vec<_>>(),
        ["kept"]
    );
    let seen: Vec<_> = findings
        .problems
        .iter()
        .map(|problem| {
            (
                problem.place.path.as_str(),
                problem.place.line,
                problem.spans,
            )
        })
        .collect();
    let span = |n: usize| format!("resourceSpans[0].scopeSpans[0].spans[{n}]");
    assert_eq!(
        seen,
        [
            ("resourceSpans[0]", Some(1), 0),
            (span(1).as_str(), Some(3), 1),
            (span(2).as_str(), Some(4), 1),
            (span(3).as_str(), Some(5), 1),
            (span(4).as_str(), Some(6), 1),
            (span(5).as_str(), Some(7), 0),
            (span(5).as_str(), Some(8), 0),
            ("resourceSpans[0].scopeSpans[1]", Some(9), 0),
            ("resourceSpans[1]", Some(9), 0),
        ]
    );
    assert_eq!(
        findings.rejected,
        [(Reason::WrongType, 2), (Reason::BadId, 2)].into()
    );
    assert_eq!(
        findings.problems[1].message,
        "expected a span id in hex or base64, found a string"
    );
}

#[test]
fn a_text_that_breaks_off_keeps_its_spans_and_their_service() {
    for cut in 0..CAMEL.len() {
        let (block, _, error) = read(CAMEL.get(..cut).unwrap());
        assert_eq!(error.is_some(), cut > 0, "{cut}");
        assert!(
            block
                .spans()
                .all(|span| span.service() == "shop" && span.trace_id() != TraceId(0))
        );
    }
    let (block, _, error) = read(CAMEL.split("\"schemaUrl\"").next().unwrap());
    assert_eq!((block.len(), error.unwrap().reason), (1, Reason::Truncated));
}

#[test]
fn values_nested_too_deep_are_left_out() {
    let (open, close) = (
        "{\"arrayValue\":{\"values\":[".repeat(10_000),
        "]}}".repeat(10_000),
    );
    let text = CAMEL.replace("{\"intValue\":\"5\"}", &format!("{open}{close}"));
    let (block, findings, error) = read(&text);
    assert_eq!((block.len(), error), (1, None));
    assert_eq!(findings.problems[0].reason, Reason::TooDeep);
}

#[test]
fn words_and_numbers_of_old() {
    let block = good(
        r#"{"scopeSpans":[{"spans":[{"traceId":"1","spanId":"2","kind":"CLIENT","status":{"deprecatedCode":5},
        "startTimeUnixNano":1.6e18,"endTimeUnixNano":null}]}]}"#,
    );
    let span = block.span(0);
    assert_eq!(
        (span.kind(), span.status(), span.start().0),
        (Kind::Client, Status::Error, 1_600_000_000_000_000_000)
    );
    assert!(span.is_unfinished());
}

#[test]
fn logs_and_metrics_among_the_spans() {
    let text = r#"{"resourceLogs":[{"scopeLogs":[{"logRecords":[{"body":{"stringValue":"free"}},
        {"traceId":"01","spanId":"02","observedTimeUnixNano":"9","severityNumber":9,"severityText":"INFO","body":{"stringValue":"kept"}},
        {"traceId":1}],"scope":{"name":"late"}}],"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"shop"}}]}}]}
      {"resourceMetrics":[{"scopeMetrics":[{"metrics":[{"name":"m","gauge":{"dataPoints":[{},{}]}},{"sum":{"dataPoints":[{}]}}]}]}]}"#;
    let (block, findings, error) = read(text);
    assert_eq!(
        (
            error,
            findings.logs_without_trace,
            findings.rejected_logs,
            findings.metric_points
        ),
        (None, 1, 1, 3)
    );
    let log = block.log(0);
    assert_eq!(
        (log.body().to_text().as_ref(), log.time().0, log.severity()),
        ("kept", 9, 9)
    );
    assert_eq!(
        (log.resource().service(), log.scope().name()),
        ("shop", "late")
    );
}
