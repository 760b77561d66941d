use super::*;
use crate::format::Findings;
use crate::format::sample::read_text;
use crate::model::{Block, Kind, SpanId, SpanRef, Status, Value};

fn read(text: &str) -> (Block, Findings) {
    read_text(text, decode)
}

fn write(block: &Block) -> String {
    let mut out = Vec::new();
    let mut writer = JaegerWriter::new(&mut out, Precision::Micros);
    writer.begin();
    for (index, &id) in block.trace_ids().iter().enumerate() {
        let spans = block
            .spans()
            .filter(|span| span.trace_ix().0 as usize == index);
        writer.trace(id, spans).unwrap();
    }
    writer.finish(&[]).unwrap();
    String::from_utf8(out).unwrap()
}

const ALL: &str = r#"{"data":[{"traceID":"00000000000000a1","spans":[{"traceID":"00000000000000a1","spanID":"000000000000000b","flags":1,
"operationName":"GET /","references":[{"refType":"CHILD_OF","traceID":"00000000000000a1","spanID":"0000000000000001"},
{"refType":"FOLLOWS_FROM","traceID":"000102030405060708090a0b0c0d0e0f","spanID":"0000000000000007"}],
"startTime":1795357126000000,"duration":100000,"tags":[
{"key":"otel.scope.name","type":"string","value":"lib"},{"key":"otel.scope.version","type":"string","value":"1"},
{"key":"s","type":"string","value":"a\u001b\"\\"},{"key":"big","type":"int64","value":"9007199254740993"},{"key":"i","type":"int64","value":-7},
{"key":"d","type":"float64","value":1.5},{"key":"f","type":"bool","value":false},{"key":"b","type":"binary","value":"AP8Q"},
{"key":"span.kind","type":"string","value":"server"},{"key":"otel.status_code","type":"string","value":"ERROR"},{"key":"error","type":"bool","value":true},
{"key":"otel.status_description","type":"string","value":"went wrong"},{"key":"w3c.tracestate","type":"string","value":"a=b"}],
"logs":[{"timestamp":1795357126005000,"fields":[{"key":"event","type":"string","value":"exception"},{"key":"n","type":"int64","value":1}]}],
"processID":"p1","warnings":["odd"]}],"processes":{"p1":{"serviceName":"shop","tags":[{"key":"host.name","type":"string","value":"h1"}]}},"warnings":null}],
"total":0,"limit":0,"offset":0,"errors":null}
"#;

#[test]
fn a_trace_survives_the_way_in_and_out() {
    let (block, findings) = read(ALL);
    assert_eq!(findings.problems, []);
    assert_eq!(write(&block), ALL.replace(",\n", ",").replace("[\n", "["));
}

#[test]
fn tags_become_kind_status_scope_and_typed_attributes() {
    let (block, _) = read(ALL);
    let span = block.span(0);
    assert_eq!(
        (span.service(), span.operation(), span.kind()),
        ("shop", "GET /", Kind::Server)
    );
    assert_eq!(
        (span.status(), span.status_message(), span.trace_state()),
        (Status::Error, "went wrong", "a=b")
    );
    assert_eq!((span.scope().name(), span.scope().version()), ("lib", "1"));
    assert_eq!(
        (span.start().0, span.duration().0),
        (1_795_357_126_000_000_000, 100_000_000)
    );
    let keys: Vec<&str> = span.attributes().iter().map(|(key, _)| key).collect();
    assert_eq!(keys, ["s", "big", "i", "d", "f", "b"]);
    assert_eq!(
        span.attribute("big"),
        Some(Value::Int(9_007_199_254_740_993))
    );
    assert_eq!(span.attribute("b"), Some(Value::Bytes(&[0, 255, 16])));
    assert_eq!(
        span.resource().attributes().get("host.name"),
        Some(Value::Str("h1"))
    );
    let event = span.events().next().unwrap();
    assert_eq!((event.name(), event.attributes().len()), ("exception", 1));
    assert_eq!(span.warnings().collect::<Vec<_>>(), ["odd"]);
}

fn one(span: &str) -> (Block, Findings) {
    read(&format!(
        r#"{{"traceID":"A","spans":[{span}],"processes":{{"p":{{"serviceName":"s"}}}}}}"#
    ))
}

#[test]
fn the_parent_is_the_first_child_of_then_any_reference_then_parent_span_id() {
    let parent = |rest: &str| {
        let (block, _) = one(&format!(
            r#"{{"traceID":"a","spanID":"9","processID":"p",{rest}}}"#
        ));
        (block.span(0).parent_id(), block.span(0).links().len())
    };
    let follows = r#"{"refType":"FOLLOWS_FROM","traceID":"a","spanID":"2"}"#;
    let child = r#"{"refType":"CHILD_OF","traceID":"0a","spanID":"3"}"#;
    let other = r#"{"refType":"CHILD_OF","traceID":"b","spanID":"4"}"#;
    assert_eq!(
        parent(&format!(r#""references":[{other},{follows},{child}]"#)),
        (SpanId(3), 2)
    );
    assert_eq!(
        parent(&format!(r#""references":[{other},{follows}]"#)),
        (SpanId(2), 2)
    );
    assert_eq!(
        parent(&format!(r#""references":[{other}],"parentSpanID":"5""#)),
        (SpanId(5), 1)
    );
    assert_eq!(
        parent(r#""parentSpanID":"","references":null"#),
        (SpanId(0), 0)
    );
}

#[test]
fn every_shape_of_file_is_read() {
    let span = r#"{"spanID":"1","traceID":"TT","process":{"serviceName":"s"}}"#;
    let trace = |id: &str| {
        format!(
            r#"{{"spans":[{}],"traceID":"{id}"}}"#,
            span.replace("TT", id)
        )
    };
    let (a, b) = (trace("a"), trace("b"));
    for text in [
        format!(r#"{{"total":0,"data":[{a},{b}]}}"#),
        format!("[{a},{b}]"),
        format!("{a}\n{b}\n"),
    ] {
        let (block, findings) = read(&text);
        assert_eq!((block.len(), block.trace_ids().len()), (2, 2), "{text}");
        assert!(block.spans().all(|span| span.service() == "s"));
        assert_eq!(findings.problems, []);
    }
}

#[test]
fn what_is_wrong_costs_no_more_than_itself_and_says_where() {
    let text = r#"{"data":[{"traceID":"a","spans":[
        {"traceID":"a","spanID":"1","processID":"p","duration":-5,"startTime":100,"tags":[{"key":"n","type":"int64","value":"x"},7]},
        {"traceID":"a","spanID":"nohex","processID":"p"},
        {"traceID":"a","spanID":"2","processID":"gone","tags":{}},
        {"traceID":"a","spanID":"3","processID":"gone","logs":[{"timestamp":"x"}]},
        {"traceID":"a" "spanID":"4"}],
        "processes":{"p":{"serviceName":"s"}}}, 7, {"traceID":"b","spans":[{"traceID":"b","spanID":"1","processID":"p"}],"processes":null}]}"#;
    let (block, findings) = read(text);
    assert_eq!(block.len(), 4);
    assert!(block.span(0).ends_before_start());
    assert_eq!(block.span(0).attribute("n"), Some(Value::Str("x")));
    let said: Vec<String> = findings
        .problems
        .iter()
        .map(|problem| format!("{} {}", problem.place.path, problem.reason.name()))
        .collect();
    assert_eq!(
        said,
        [
            "data[0].spans[0].tags[0] wrong_type",
            "data[0].spans[0].tags[1] wrong_type",
            "data[0].spans[1] bad_id",
            "data[0].spans[2].tags wrong_type",
            "data[0].spans[3].logs[0] wrong_type",
            "data[0].spans[4] malformed",
            "data[0].spans[2].processID wrong_type",
            "data[1] wrong_type",
            "data[2].spans[0].processID wrong_type",
        ]
    );
    assert_eq!(findings.rejected_spans(), 2);
}

#[test]
fn a_file_that_ends_too_early_keeps_its_spans() {
    let whole = ALL.find(r#""processID":"p1""#).unwrap();
    let second = ALL.replacen(r#""processes""#, r#""x""#, 1).replacen(
        "}],\"x\"",
        "},{\"traceID\":\"a1\",",
        1,
    );
    let cut = second.find("},{\"traceID\":\"a1\",").unwrap() + 10;
    assert!(cut > whole);
    let (block, findings) = read(&second[..cut]);
    assert_eq!(block.len(), 1);
    assert!(
        findings
            .problems
            .iter()
            .any(|problem| problem.reason == Reason::Truncated)
    );
}

#[test]
fn nanoseconds_survive_between_two_of_us() {
    let (block, _) = one(
        r#"{"spanID":"1","processID":"p","startTime":1,"startTimeUnixNano":"1234","durationNano":77,"duration":0}"#,
    );
    assert_eq!(
        (block.span(0).start().0, block.span(0).duration().0),
        (1234, 77)
    );
    let mut out = Vec::new();
    let mut writer = JaegerWriter::new(&mut out, Precision::Nanos);
    writer.begin();
    writer.trace(block.trace_ids()[0], block.spans()).unwrap();
    writer.finish(&[]).unwrap();
    let (again, _) = read(std::str::from_utf8(&out).unwrap());
    assert_eq!(
        (again.span(0).start().0, again.span(0).duration().0),
        (1234, 77)
    );
}

#[test]
fn an_answer_without_data_tells_what_the_server_said() {
    let (block, findings) =
        read(r#"{"data":null,"total":0,"errors":[{"code":404,"msg":"trace not found"}]}"#);
    assert!(block.is_empty());
    assert_eq!(
        findings.problems[0].message,
        "the server answered: trace not found"
    );
}

#[test]
fn a_block_may_be_handed_over_after_any_span_whose_process_is_known() {
    let span = |id: u8| format!(r#"{{"traceID":"a","spanID":"{id}","processID":"p"}}"#);
    let text = format!(
        r#"{{"traceID":"a","processes":{{"p":{{"serviceName":"s"}}}},"spans":[{},{}]}}"#,
        span(1),
        span(2)
    );
    let mut blocks = Vec::new();
    let mut builder = BlockBuilder::new();
    let mut findings = Findings::default();
    let mut hand_over = |builder: &mut BlockBuilder| {
        blocks.push(builder.finish());
        true
    };
    decode(
        text.as_bytes(),
        Output::new(&mut builder, &mut findings).in_blocks(&mut hand_over),
    )
    .unwrap();
    assert!(builder.is_empty());
    assert_eq!(blocks.len(), 2);
    assert!(blocks.iter().all(|block| block.span(0).service() == "s"));
}

#[test]
fn a_span_without_a_trace_around_it_is_read() {
    let span = |id: u8| {
        format!(
            r#"{{"traceID":"a1","spanID":"{id}","operationName":"op","startTime":5,"duration":7,
            "process":{{"serviceName":"shop","tags":[]}}}}"#
        )
    };
    let (first, second) = (span(1), span(2));
    for text in [
        format!("[{first},{second}]"),
        format!("{first}\n{second}\n"),
    ] {
        let (block, findings) = read(&text);
        assert_eq!(findings.problems, [], "{text}");
        let services: Vec<&str> = block.spans().map(SpanRef::service).collect();
        assert_eq!(services, ["shop", "shop"], "{text}");
    }
    let (_, findings) = read(r#"[{"spanID":"1","operationName":"op"}]"#);
    assert_eq!(
        findings
            .problems
            .first()
            .map(ToString::to_string)
            .as_deref(),
        Some("line 1, byte 1, [0]: a span without a valid traceID")
    );
}

#[test]
fn the_json_of_the_model_is_the_api_in_other_words() {
    let model = r#"{"spans":[{"traceId":"AAAAAAAAAAAAAAAAAAAAoQ==","spanId":"AAAAAAAAAAs=","operationName":"GET /",
        "references":[{"traceId":"AAAAAAAAAAAAAAAAAAAAoQ==","spanId":"AAAAAAAAAAE="},
        {"traceId":"AAECAwQFBgcICQoLDA0ODw==","spanId":"AAAAAAAAAAc=","refType":"FOLLOWS_FROM"}],
        "flags":1,"startTime":"2026-11-22T14:18:46Z","duration":"0.1s","tags":[
        {"key":"s","vStr":"text"},{"key":"none","vType":"INT64"},{"key":"n","vType":"INT64","vInt64":"9007199254740993"},
        {"key":"d","vType":"FLOAT64","vFloat64":1.5},{"key":"f","vType":"BOOL","vBool":true},{"key":"b","vType":"BINARY","vBinary":"AP8Q"}],
        "logs":[{"timestamp":"2026-11-22T14:18:46.005Z","fields":[{"key":"event","vStr":"told"}]}],
        "process":{"serviceName":"shop","tags":[{"key":"host.name","vStr":"h1"}]}}]}"#;
    let (block, findings) = read(model);
    assert_eq!(findings.problems, []);
    let span = block.span(0);
    assert_eq!(
        (span.trace_id().0, span.span_id().0, span.parent_id()),
        (0xa1, 11, SpanId(1))
    );
    assert_eq!(
        (span.service(), span.start().0, span.duration().0),
        ("shop", 1_795_357_126_000_000_000, 100_000_000)
    );
    let values: Vec<(&str, Value<'_>)> = span.attributes().iter().collect();
    assert_eq!(
        values,
        [
            ("s", Value::Str("text")),
            ("none", Value::Int(0)),
            ("n", Value::Int(9_007_199_254_740_993)),
            ("d", Value::Double(1.5)),
            ("f", Value::Bool(true)),
            ("b", Value::Bytes(&[0, 255, 16])),
        ]
    );
    let event = span.events().next().unwrap();
    assert_eq!(
        (event.name(), event.time().0),
        ("told", 1_795_357_126_005_000_000)
    );
    assert_eq!(span.links().count(), 1);
}
