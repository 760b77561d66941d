//! What is recognised, and what is named.

use super::*;
use crate::format::otlp::oracle;
use prost::Message as _;

fn json(text: &str) -> Result<Format, String> {
    detect(text.as_bytes())
        .map(|found| found.format)
        .map_err(|error| error.message)
}

#[test]
fn json_is_told_by_its_first_keys() {
    for (text, format) in [
        (r#"{"resourceSpans":[]}"#, Format::OtlpJson),
        ("\u{feff} \n[ {\"resource_spans\" : [", Format::OtlpJson),
        (r#"{"batches":[{"resource":{}"#, Format::OtlpJson),
        (r#"{"trace":{"resourceSpans":[]}}"#, Format::OtlpJson),
        (r#"{"result":{"resourceSpans":[]}}"#, Format::OtlpJson),
        (
            r#"{"resource":{"attributes":[{"key":"traceID"}]},"scopeSpans":[]}"#,
            Format::OtlpJson,
        ),
        ("{}", Format::OtlpJson),
        (
            r#"{"data":[{"traceID":"1","spans":[]}],"total":0}"#,
            Format::JaegerJson,
        ),
        (r#"{"total":1,"data":[{"spans":[]}]}"#, Format::JaegerJson),
        (
            r#"{"data":null,"errors":[{"code":404,"msg":"trace not found"}]}"#,
            Format::JaegerJson,
        ),
        (r#"{"traceID":"1","spans":[]}"#, Format::JaegerJson),
        (
            r#"{"spans":[{"spanID":"1","references":[]}]}"#,
            Format::JaegerJson,
        ),
        (r#"[{"traceID":"1","spans":[]}]"#, Format::JaegerJson),
        (
            r#"[[{"traceId":"1","id":"2","tags":{}}]]"#,
            Format::ZipkinV2,
        ),
        (
            r#"[{"id":"2","traceId":"1","localEndpoint":{"serviceName":"endpoint"}}]"#,
            Format::ZipkinV2,
        ),
        (
            r#"[{"traceId":"1","binaryAnnotations":[]}]"#,
            Format::ZipkinV1,
        ),
        (
            r#"[{"traceId":"1","annotations":[{"endpoint":{}}]}]"#,
            Format::ZipkinV1,
        ),
        (
            r#"{"traces":[{"traceID":"1","rootServiceName":"a"}],"metrics":{}}"#,
            Format::TempoSearch,
        ),
        (
            r#"{"Name":"a","SpanContext":{"TraceID":"1"}}"#,
            Format::Console,
        ),
        (r#"{"Traces":[{"Id":"1"}]}"#, Format::Xray),
        (r#"{"format":"json","version":1}"#, Format::Xray),
        (
            r#"{"id":"1","name":"a","start_time":1.5,"trace_id":"1-5"}"#,
            Format::Xray,
        ),
        (
            r#"{"traceId":"1","projectId":"p","spans":[{"spanId":"1"}]}"#,
            Format::CloudTrace,
        ),
        (
            r#"{"spans":[{"name":"projects/p/traces/t/spans/1","displayName":{}}]}"#,
            Format::CloudTrace,
        ),
        (
            r#"{"name":"a","context":{"trace_id":"0x1"}}"#,
            Format::Console,
        ),
    ] {
        assert_eq!(json(text), Ok(format), "{text}");
    }
}

#[test]
fn what_cannot_be_read_is_named() {
    for (text, word) in [
        (r#"{"TraceSummaries":[]}"#, "X-Ray"),
        (r#"{"hello":"world"}"#, "no known format"),
        ("<!doctype html>", "login"),
        ("PAR1abc", "Parquet"),
        ("hello world\n", "text"),
        ("  \n", "empty"),
        ("", "empty"),
        ("\u{1b}]0;x\u{7}", "text"),
    ] {
        let message = json(text).expect_err(text);
        assert!(message.contains(word), "{text}: {message}");
    }
}

#[test]
fn protobuf_is_told_by_its_first_record() {
    let bytes = oracle::request_of_spans(2).encode_to_vec();
    let framing = |bytes: &[u8]| detect(bytes).map(|found| found.framing).ok();
    assert_eq!(framing(&bytes), Some(Framing::Message(Signal::Traces)));
    assert_eq!(
        framing(&bytes[..bytes.len() / 2]),
        Some(Framing::Message(Signal::Traces))
    );
    let mut wrapped = Vec::new();
    crate::format::protobuf::put_bytes(&mut wrapped, 1, &bytes);
    assert_eq!(framing(&wrapped), Some(Framing::Wrapped));
    let prefixed = [&(bytes.len() as u32).to_be_bytes()[..], &bytes].concat();
    assert_eq!(framing(&prefixed), Some(Framing::Prefixed));
    assert_eq!(framing(b"\0\0\0\x09{\"a\":1}\n"), Some(Framing::Prefixed));
    for bytes in [&b"\x0a"[..], b"\x0a\xff\xff\xff", &[0; 100], &[0xff; 100]] {
        assert_eq!(framing(bytes), None, "{bytes:?}");
    }
}
