//! Every row of the tables of headers and of log fields.

use super::*;

const TRACE: &str = "0af7651916cd43dd8448eb211c80319c";
const SPAN: u64 = 0xb7ad_6b71_6920_3331;

fn first(text: &str) -> (String, Option<SpanId>, &'static str) {
    match find(text).first() {
        Some(found) => (found.trace_id.to_string(), found.span_id, found.why),
        None => (String::new(), None, "nothing"),
    }
}

#[test]
fn headers_name_a_trace_and_the_callers_span() {
    let b3 = "X-B3-TraceId: 0af7651916cd43dd8448eb211c80319c\nX-B3-SpanId: b7ad6b7169203331\nX-B3-Sampled: 1";
    for (text, why) in [
        (
            "traceparent: 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
            "traceparent",
        ),
        (
            "curl -H 'Traceparent: 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01' http://a/b",
            "traceparent",
        ),
        (
            "TRACEPARENT=cc-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-what-the-future-brings",
            "traceparent",
        ),
        (
            "elastic-apm-traceparent: 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
            "elastic-apm-traceparent",
        ),
        (
            "b3: 0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-1-05e3ac9a4f6e3b90",
            "b3",
        ),
        (
            "b3=0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-d",
            "b3",
        ),
        (b3, "x-b3-traceid"),
        (
            "uber-trace-id: af7651916cd43dd8448eb211c80319c:b7ad6b7169203331:0:1",
            "uber-trace-id",
        ),
        (
            "uber-trace-id=af7651916cd43dd8448eb211c80319c%3Ab7ad6b7169203331%3A0%3A1",
            "uber-trace-id",
        ),
        (
            "X-Amzn-Trace-Id: Self=1-67891234-12456789abcdef012345678;Root=1-0af76519-16cd43dd8448eb211c80319c;Parent=b7ad6b7169203331;Sampled=1",
            "x-amzn-trace-id",
        ),
        (
            "_X_AMZN_TRACE_ID=Root=1-0af76519-16cd43dd8448eb211c80319c;Parent=b7ad6b7169203331",
            "_x_amzn_trace_id",
        ),
        (
            "X-Cloud-Trace-Context: 0af7651916cd43dd8448eb211c80319c/13235353014750950193;o=1",
            "x-cloud-trace-context",
        ),
        (
            "sentry-trace: 0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-1",
            "sentry-trace",
        ),
        (
            "newrelic: eyJ2IjpbMCwxXSwiZCI6eyJ0ciI6IjBhZjc2NTE5MTZjZDQzZGQ4NDQ4ZWIyMTFjODAzMTljIiwiaWQiOiJiN2FkNmI3MTY5MjAzMzMxIn19",
            "newrelic",
        ),
        (
            "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
            "a traceparent",
        ),
        (
            "af7651916cd43dd8448eb211c80319c:b7ad6b7169203331:0:1",
            "the value of uber-trace-id",
        ),
        (
            "0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-1",
            "the value of b3",
        ),
        (
            "0af7651916cd43dd8448eb211c80319c/13235353014750950193;o=1",
            "the value of X-Cloud-Trace-Context",
        ),
        (
            "1-0af76519-16cd43dd8448eb211c80319c@b7ad6b7169203331",
            "a trace id of X-Ray",
        ),
    ] {
        assert_eq!(
            first(text),
            (TRACE.to_owned(), Some(SpanId(SPAN)), why),
            "{text}"
        );
    }
    let short = "ot-tracer-traceid: 8448eb211c80319c\r\not-tracer-spanid: b7ad6b7169203331\r\n";
    assert_eq!(trace_id(short), Some(TraceId(0x8448_eb21_1c80_319c)));
    assert_eq!(
        trace_id("tracestate: ot=th:8;rv:6e6d1a75832a2f, dd=s:1"),
        None
    );
    assert_eq!(trace_id("b3: 1"), None, "a decision alone names none");
}

#[test]
fn datadogs_numbers_are_the_low_half() {
    let text = "x-datadog-trace-id: 9532127138774266268\nx-datadog-parent-id: 13235353014750950193\nx-datadog-tags: _dd.p.tid=0af7651916cd43dd,_dd.p.dm=-1";
    assert_eq!(
        first(text),
        (TRACE.to_owned(), Some(SpanId(SPAN)), "an id of Datadog")
    );
    let text = "ERROR dd.trace_id=9532127138774266268 dd.span_id=13235353014750950193 no stock";
    assert_eq!(trace_id(text), Some(TraceId(0x8448_eb21_1c80_319c)));
    let text = format!("{{\"dd.trace_id\":\"{TRACE}\",\"dd.span_id\":\"1\"}}");
    assert_eq!(first(&text).0, TRACE);
    assert_eq!(
        trace_id("9532127138774266268"),
        Some(TraceId(0x8448_eb21_1c80_319c))
    );
}

#[test]
fn ids_that_are_text_stand_for_numbers() {
    let native = "a1b2c3d4e5f60718293a4b5c6d7e8f90.86.16373512345670001";
    let id = Some(TraceId::of_text(native));
    for text in [
        "sw8: 1-YTFiMmMzZDRlNWY2MDcxODI5M2E0YjVjNmQ3ZThmOTAuODYuMTYzNzM1MTIzNDU2NzAwMDE=-c2Vn-3-U0VSVg==-aW5zdA==-L2E=-ZGI6ODA=",
        "14:02:11 [TID: a1b2c3d4e5f60718293a4b5c6d7e8f90.86.16373512345670001] no stock",
        "SW_CTX:[shop,i-1,a1b2c3d4e5f60718293a4b5c6d7e8f90.86.16373512345670001,b.1.2,0] no stock",
        native,
    ] {
        assert_eq!(trace_id(text), id, "{text}");
    }
    assert_eq!(trace_id("TID: N/A"), None);
    let native = "agent-1.a^1793714531204^42";
    for text in [
        "Pinpoint-TraceID: agent-1.a^1793714531204^42\nPinpoint-SpanID: -7",
        "GET /transactionDetail?x=1&Pinpoint-TraceID=agent-1.a%5E1793714531204%5E42",
        "INFO [PtxId=agent-1.a^1793714531204^42] [PspanId=-7]",
        native,
    ] {
        assert_eq!(trace_id(text), Some(TraceId::of_text(native)), "{text}");
    }
    assert_eq!(
        TraceId::of_text(""),
        TraceId(0x6c62_272e_07bb_0142_62b8_2175_6295_c58d)
    );
    assert_eq!(
        TraceId::of_text("a").to_string(),
        "d228cb696f1a8caf78912b704e4a8964"
    );
}

#[test]
fn fields_of_logs_name_a_trace() {
    for text in [
        r#"{"ts":1793714531204,"trace_id":"0af7651916cd43dd8448eb211c80319c","span_id":"b7ad6b7169203331","trace_flags":"01"}"#,
        r#"<165>1 2026-11-03T14:02:11Z h app - - [opentelemetry trace_id="0af7651916cd43dd8448eb211c80319c" span_id="b7ad6b7169203331"] no stock"#,
        r#"{"resourceLogs":[{"scopeLogs":[{"logRecords":[{"traceId":"0af7651916cd43dd8448eb211c80319c","spanId":"b7ad6b7169203331"}]}]}]}"#,
        "otelTraceID=0af7651916cd43dd8448eb211c80319c otelSpanID=b7ad6b7169203331 otelServiceName=shop",
        r#"{"trace":{"id":"0af7651916cd43dd8448eb211c80319c"},"span":{"id":"b7ad6b7169203331"}}"#,
        r#"{"trace.id": "0af7651916cd43dd8448eb211c80319c", "transaction.id": "1111111122222222", "span.id": "b7ad6b7169203331"}"#,
        "level=info traceID=af7651916cd43dd8448eb211c80319c spanID=b7ad6b7169203331",
        r#"{"logging.googleapis.com/trace":"projects/shop/traces/0af7651916cd43dd8448eb211c80319c","logging.googleapis.com/spanId":"b7ad6b7169203331"}"#,
        r#"{"trace":"projects/shop/traces/0af7651916cd43dd8448eb211c80319c","spanId":"b7ad6b7169203331"}"#,
        r#"{"@t":"2026-11-03T14:02:11Z","@tr":"0af7651916cd43dd8448eb211c80319c","@sp":"b7ad6b7169203331"}"#,
        r#"{"TraceId":"0AF7651916CD43DD8448EB211C80319C","SpanId":"B7AD6B7169203331"}"#,
        "xray_trace_id=1-0af76519-16cd43dd8448eb211c80319c span_id=b7ad6b7169203331",
        "REPORT RequestId: 6bc28136-0000-1111-2222-333344445555\tXRAY TraceId: 1-0af76519-16cd43dd8448eb211c80319c\tSegmentId: b7ad6b7169203331",
        "10.0.0.1 \"GET / HTTP/1.1\" 200 \"00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01\"",
        "http_requests_total{a=\"b\"} 3 # {trace_id=\"0af7651916cd43dd8448eb211c80319c\",span_id=\"b7ad6b7169203331\"} 0.7",
        "\u{1b}[31mtrace_id\u{1b}[0m=\u{1b}[36m0af7651916cd43dd8448eb211c80319c\u{1b}[0m span_id=b7ad6b7169203331",
        r#"{"log":"{\"trace_id\":\"0af7651916cd43dd8448eb211c80319c\",\"span_id\":\"b7ad6b7169203331\"}\n"}"#,
    ] {
        let (trace, span, _) = first(text);
        assert_eq!(
            (trace.as_str(), span),
            (TRACE, Some(SpanId(SPAN))),
            "{text}"
        );
    }
}

#[test]
fn urls_and_lone_tokens_are_last() {
    for text in [
        "http://jaeger:16686/trace/af7651916cd43dd8448eb211c80319c?uiFind=x",
        "https://zipkin/zipkin/traces/0af7651916cd43dd8448eb211c80319c",
        "http://tempo:3200/api/traces/0af7651916cd43dd8448eb211c80319c",
        "https://eu-west-1.console.aws.amazon.com/xray/home#/traces/1-0af76519-16cd43dd8448eb211c80319c",
        "https://console.cloud.google.com/traces/list?project=p&tid=0af7651916cd43dd8448eb211c80319c",
        "https://grafana/explore?left=%7B%22queries%22:%5B%7B%22query%22:%220af7651916cd43dd8448eb211c80319c%22%7D%5D%7D",
        "https://ui.honeycomb.io/t/d/trace?trace_id=0af7651916cd43dd8448eb211c80319c",
        "0af76519-16cd-43dd-8448-eb211c80319c\n",
        "14:02:11 ERROR [shop,0af7651916cd43dd8448eb211c80319c,b7ad6b7169203331] no stock",
        "CvdlGRbNQ92ESOshHIAxnA==",
    ] {
        assert_eq!(first(text).0, TRACE, "{text}");
    }
    let low = Some(TraceId(0x8448_eb21_1c80_319c));
    assert_eq!(
        trace_id("https://app.datadoghq.com/apm/trace/9532127138774266268"),
        low
    );
    assert_eq!(trace_id("8448eb211c80319c"), low);
    let uuid = find("x-request-id: 0af76519-16cd-43dd-8448-eb211c80319c, no stock");
    assert_eq!(
        uuid.iter()
            .map(|found| found.is_certain)
            .collect::<Vec<_>>(),
        [false]
    );
}

#[test]
fn what_only_looks_like_an_id_is_left_alone() {
    for text in [
        "",
        "hello",
        "00000000000000000000000000000000",
        "11111111111111111111111111111111",
        "0af7651916cd43dd8448eb211c80319c0",
        "commit 0af7651916cd43dd8448eb211c80319c16cd43dd",
        "image: shop@sha256:0af7651916cd43dd8448eb211c80319c0af7651916cd43dd8448eb211c80319c",
        "md5: 0af7651916cd43dd8448eb211c80319c",
        "ff-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01 no version"
            .split('-')
            .next()
            .unwrap_or(""),
        "12:30:45:10 tid=12345678 at 1793714531204000000 ns",
        "trace_id=0 traceID= trace: true",
    ] {
        assert_eq!(find(text), [], "{text}");
    }
}

#[test]
fn a_long_paste_is_looked_at_in_linear_time() {
    for part in [
        "=",
        ":",
        "a=",
        "\"",
        "%",
        "\u{1b}[",
        "é",
        "{\"id\":",
        "/trace/",
        "deadbeef ",
    ] {
        let text = part.repeat(1 << 16);
        assert!(find(&text).len() <= 1, "{part}");
    }
}
