use std::ops::ControlFlow;
use std::sync::Arc;

use super::*;
use crate::format::sample::read_text;
use crate::format::{Findings, ReadOptions, Sink, read as read_source};
use crate::model::{Block, EventRef, Kind, SpanRef, Status, Trace, Value};

fn read(text: &str) -> (Block, Findings) {
    read_text(text, decode)
}

fn write(block: &Block) -> String {
    let mut out = Vec::new();
    let mut writer = ZipkinWriter::new(&mut out);
    writer.begin();
    for span in block.spans() {
        writer.span(span).unwrap();
    }
    writer.finish().unwrap();
    String::from_utf8(out).unwrap()
}

fn shown(span: SpanRef<'_>) -> String {
    let micros = (span.start().0 / 1000, span.duration().0 / 1000);
    format!(
        "{} {}: {} {} {}+{}",
        span.span_id().0,
        span.service(),
        span.operation(),
        span.kind().name(),
        micros.0,
        micros.1
    )
}

const V2: &str = r#"[{"traceId":"00000000000000a1","parentId":"0000000000000001","id":"0000000000000002","kind":"CLIENT","name":"get","timestamp":1470150004008762,"duration":65000,"localEndpoint":{"serviceName":"shop","ipv4":"10.0.0.1","port":80},"remoteEndpoint":{"serviceName":"cart","ipv6":"::1"},"annotations":[{"timestamp":1470150004008763,"value":"a|b"}],"tags":{"http.method":"GET","error":"timeout","host.name":"h1"},"debug":true,"shared":true}]
"#;

#[test]
fn a_span_survives_the_way_in_and_out() {
    let (block, findings) = read(V2);
    assert_eq!(findings.problems, []);
    let with_status = V2.replace(
        r#""host.name":"h1""#,
        r#""host.name":"h1","otel.status_code":"ERROR""#,
    );
    assert_eq!(write(&block), with_status);
}

#[test]
fn endpoints_and_tags_become_resource_attributes_and_status() {
    let (block, _) = read(V2);
    let span = block.span(0);
    assert_eq!(shown(span), "2 shop: get client 1470150004008762+65000");
    assert_eq!(
        (span.status(), span.status_message(), span.is_error()),
        (Status::Error, "timeout", true)
    );
    assert_eq!(
        span.resource().attributes().get("host.name"),
        Some(Value::Str("h1"))
    );
    assert_eq!(span.attribute("peer.service"), Some(Value::Str("cart")));
    assert_eq!(span.attribute("net.host.port"), Some(Value::Int(80)));
    assert_eq!(
        span.events().map(EventRef::name).collect::<Vec<_>>(),
        ["a|b"]
    );
    let (block, _) = read(r#"{"traceId":"1","id":"1","tags":{"error":""}}"#);
    assert!(block.span(0).is_error());
}

#[test]
fn lists_lists_of_lists_and_lines_are_read() {
    let span = |id: u8| format!(r#"{{"traceId":"1","id":"{id}","timestamp":5}}"#);
    for text in [
        format!("[{},{}]", span(1), span(2)),
        format!("[[{}],[],[{}]]", span(1), span(2)),
        format!("{}\n{}\n", span(1), span(2)),
        format!("[{}]\n[{}]", span(1), span(2)),
    ] {
        let (block, findings) = read(&text);
        assert_eq!((block.len(), findings.problems.len()), (2, 0), "{text}");
    }
}

#[test]
fn partial_reports_merge_and_the_halves_of_a_call_do_not() {
    let (block, _) = read(
        r#"[{"traceId":"1","id":"2","parentId":"1","kind":"CLIENT","name":"get","timestamp":10,"localEndpoint":{"serviceName":"a"},"tags":{"x":"1"}},
            {"traceId":"1","id":"2","kind":"SERVER","timestamp":12,"duration":3,"localEndpoint":{"serviceName":"b"}},
            {"traceId":"1","id":"3","parentId":"2","name":"lonely"},
            {"traceId":"1","id":"2","kind":"CLIENT","duration":9,"tags":{"y":"2"}}]"#,
    );
    let spans: Vec<String> = block.spans().map(shown).collect();
    assert_eq!(
        spans,
        [
            "2 a: get client 10+9",
            "2 b:  server 12+3",
            "3 : lonely unspecified 10+0"
        ]
    );
    assert_eq!(block.span(0).attributes().len(), 2);
    assert_eq!(block.span(1).parent_id().0, 1);
    assert!(block.span(2).is_unfinished());
}

#[test]
fn different_spans_of_one_id_both_stay() {
    let span = |name: &str, at: u8| {
        format!(
            r#"{{"traceId":"1","id":"2","name":"{name}","timestamp":{at},"duration":1,"localEndpoint":{{"serviceName":"s"}}}}"#
        )
    };
    let (block, _) = read(&format!(
        "[{},{},{}]",
        span("a", 1),
        span("b", 5),
        span("a", 1)
    ));
    assert_eq!(
        block.spans().map(shown).collect::<Vec<_>>(),
        ["2 s: a unspecified 1+1", "2 s: b unspecified 5+1"]
    );
}

#[test]
fn a_span_of_version_1_with_both_halves_becomes_two() {
    let at = |value: &str, time: u8, service: &str| {
        format!(
            r#"{{"timestamp":{time},"value":"{value}","endpoint":{{"serviceName":"{service}","ipv4":"10.0.0.1","port":-1}}}}"#
        )
    };
    let tag = |key: &str, value: &str, service: &str| {
        format!(r#"{{"key":"{key}","value":{value},"endpoint":{{"serviceName":"{service}"}}}}"#)
    };
    let (block, findings) = read(&format!(
        r#"[{{"traceId":"1","id":"2","parentId":"1","name":"get","timestamp":10,"duration":20,"annotations":[{},{},{},{},{}],"binaryAnnotations":[{},{},{},{}]}}]"#,
        at("cs", 10, "a"),
        at("sr", 14, "b"),
        at("cache miss", 15, "b"),
        at("ss", 24, "b"),
        at("cr", 30, "a"),
        tag("http.path", r#""/x""#, "a"),
        tag("rows", "7", "b"),
        tag("sa", "true", "db"),
        tag("lc", r#""""#, "a"),
    ));
    assert_eq!(findings.problems, []);
    assert_eq!(
        block.spans().map(shown).collect::<Vec<_>>(),
        ["2 a: get client 10+20", "2 b: get server 14+10"]
    );
    let (client, server) = (block.span(0), block.span(1));
    assert_eq!(client.attribute("http.path"), Some(Value::Str("/x")));
    assert_eq!(client.attribute("peer.service"), Some(Value::Str("db")));
    assert_eq!(client.attribute("net.host.port"), Some(Value::Int(65535)));
    assert_eq!(server.attribute("rows"), Some(Value::Str("7")));
    assert_eq!(server.attribute("zipkin.shared"), Some(Value::Bool(true)));
    assert_eq!(
        server.events().map(EventRef::name).collect::<Vec<_>>(),
        ["cache miss"]
    );
}

#[test]
fn version_1_without_core_annotations_is_local_or_told_by_the_other_side() {
    let local = r#"{"traceId":"1","id":"1","timestamp":1,"duration":2,"binaryAnnotations":[{"key":"lc","value":"jdbc","endpoint":{"serviceName":"a"}}]}"#;
    let client = r#"{"traceId":"1","id":"2","timestamp":1,"duration":2,"binaryAnnotations":[{"key":"sa","value":true,"endpoint":{"serviceName":"db"}},{"key":"k","value":"v","endpoint":{"serviceName":"a"}}]}"#;
    let (block, _) = read(&format!("[{local},{client}]"));
    assert_eq!(
        block.spans().map(shown).collect::<Vec<_>>(),
        ["1 a:  unspecified 1+2", "2 a:  client 1+2"]
    );
    assert_eq!(
        block.span(0).attribute("component"),
        Some(Value::Str("jdbc"))
    );
    assert_eq!(
        block.span(1).attribute("peer.service"),
        Some(Value::Str("db"))
    );
}

#[test]
fn what_opentelemetry_put_into_tags_comes_out_again() {
    let text = r#"[{"traceId":"1","id":"1","timestamp":1,"duration":1,"annotations":[{"timestamp":2,"value":"retry|{\"n\":3,\"s\":\"x\"}|1"}],
        "tags":{"span.kind":"internal","otel.status_code":"ERROR","otel.status_description":"bad","error":"true","otel.scope.name":"lib","otel.scope.version":"2",
        "w3c.tracestate":"a=b","otlp.link.0":"000000000000000000000000000000ff|0000000000000007|c=d|{\"k\":1.5}|0"}}]"#;
    let (block, _) = read(text);
    let (again, findings) = read(&write(&block));
    assert_eq!(findings.problems, []);
    for span in [block.span(0), again.span(0)] {
        assert_eq!(
            (span.kind(), span.status(), span.status_message()),
            (Kind::Internal, Status::Error, "bad")
        );
        assert_eq!(
            (
                span.scope().name(),
                span.scope().version(),
                span.trace_state()
            ),
            ("lib", "2", "a=b")
        );
        assert!(span.attributes().is_empty());
        let event = span.events().next().unwrap();
        assert_eq!(
            (event.name(), event.dropped(), event.attributes().get("n")),
            ("retry", 1, Some(Value::Int(3)))
        );
        let link = span.links().next().unwrap();
        assert_eq!(
            (link.trace_id().0, link.span_id().0, link.trace_state()),
            (255, 7, "c=d")
        );
        assert_eq!(link.attributes().get("k"), Some(Value::Double(1.5)));
    }
}

#[test]
fn what_is_wrong_costs_no_more_than_itself_and_says_where() {
    let text = r#"[{"traceId":"1","id":"1","timestamp":"x","tags":{"a":[1],"b":"2"}},{"traceId":"1","id":"zz"},{"traceId":"1" "id":"3"},7,{"traceId":"1","id":"4"},{"traceId":"1","id"#;
    let (block, findings) = read(text);
    assert_eq!(
        block
            .spans()
            .map(|span| span.span_id().0)
            .collect::<Vec<_>>(),
        [1, 4]
    );
    let said: Vec<String> = findings
        .problems
        .iter()
        .map(|problem| format!("{} {}", problem.place.path, problem.reason.name()))
        .collect();
    assert_eq!(
        said,
        [
            "[0].timestamp wrong_type",
            "[0].tags.a wrong_type",
            "[1] bad_id",
            "[2] malformed",
            "[3] wrong_type",
            "[5] truncated"
        ]
    );
    assert_eq!(findings.rejected_spans(), 2);
}

/// Depth, service, name, kind and duration of all spans of all traces of a list, by id, read in
/// pieces as small as can be or whole.
fn rows(text: &str, live: bool) -> Vec<(u64, usize, String, String, Kind, u64)> {
    struct Kept(Vec<Arc<Block>>);
    impl Sink for Kept {
        fn block(&mut self, block: Block) -> ControlFlow<()> {
            self.0.push(Arc::new(block));
            ControlFlow::Continue(())
        }
        fn problem(&mut self, problem: Problem) {
            panic!("{problem}");
        }
    }
    let options = ReadOptions {
        live,
        ..ReadOptions::default()
    };
    let mut kept = Kept(Vec::new());
    read_source("in", &mut text.as_bytes(), &options, &mut kept);
    assert_eq!(kept.0.len() > 1, live);
    let mut rows = Vec::new();
    for trace in Trace::all_of(&kept.0) {
        rows.extend((0..trace.len()).map(|row| {
            let span = trace.span(row);
            let (service, name) = (span.service().to_owned(), span.operation().to_owned());
            let duration = span.duration().0;
            (
                span.span_id().0,
                trace.depth(row),
                service,
                name,
                span.kind(),
                duration,
            )
        }));
    }
    rows.sort_by_key(|row| (row.0, row.1));
    rows
}

#[test]
fn reports_that_stand_apart_are_one_trace_all_the_same() {
    let other =
        |n: u32| format!(r#"{{"traceId":"b{n}","id":"9","name":"x","timestamp":1,"duration":1}}"#);
    // Halves of a call, an unfinished report and its end, one report twice.
    let v2 = [
        r#"{"traceId":"a","id":"1","kind":"SERVER","name":"get","timestamp":10,"duration":90,"localEndpoint":{"serviceName":"web"}}"#,
        r#"{"traceId":"a","id":"2","parentId":"1","kind":"CLIENT","name":"load","timestamp":20,"duration":50,"localEndpoint":{"serviceName":"web"}}"#,
        r#"{"traceId":"a","id":"2","parentId":"1","kind":"SERVER","shared":true,"name":"load","timestamp":25,"duration":30,"localEndpoint":{"serviceName":"cart"}}"#,
        r#"{"traceId":"a","id":"3","parentId":"2","name":"query","timestamp":30,"localEndpoint":{"serviceName":"cart"}}"#,
        r#"{"traceId":"a","id":"3","parentId":"2","name":"query","timestamp":30,"duration":9,"localEndpoint":{"serviceName":"cart"}}"#,
        r#"{"traceId":"a","id":"1","kind":"SERVER","name":"get","timestamp":10,"duration":90,"localEndpoint":{"serviceName":"web"}}"#,
    ];
    let v1 = [
        r#"{"traceId":"a","id":"1","name":"get","timestamp":10,"duration":90,"annotations":[{"timestamp":10,"value":"cs","endpoint":{"serviceName":"web"}},{"timestamp":100,"value":"cr","endpoint":{"serviceName":"web"}}],"binaryAnnotations":[]}"#,
        r#"{"traceId":"a","id":"1","name":"get","annotations":[{"timestamp":20,"value":"sr","endpoint":{"serviceName":"cart"}},{"timestamp":70,"value":"ss","endpoint":{"serviceName":"cart"}}],"binaryAnnotations":[]}"#,
    ];
    for (spans, count) in [(&v2[..], 4), (&v1[..], 2)] {
        let apart: Vec<String> = (0..)
            .zip(spans)
            .flat_map(|(n, span)| [(*span).to_owned(), other(n)])
            .collect();
        let text = format!("[{}]", apart.join(",\n"));
        let (whole, pieces) = (rows(&text, false), rows(&text, true));
        let of_trace = |rows: &[(u64, usize, String, String, Kind, u64)]| {
            rows.iter().filter(|row| row.0 != 9).count()
        };
        assert_eq!((of_trace(&whole), of_trace(&pieces)), (count, count));
        assert_eq!(pieces, whole);
    }
}
