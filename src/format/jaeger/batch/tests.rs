use crate::format::sample::read_traces;
use crate::format::{Decode, Format, detect, jaeger};
use crate::model::{Kind, SpanId, Status, Trace, Value};

macro_rules! fixture {
    ($name:literal) => {
        include_bytes!(concat!("../../../../tests/fixtures/formats/", $name))
    };
}

#[test]
fn every_binary_form_of_a_batch_says_the_same() {
    let (proto, thrift): (Decode, Decode) = (jaeger::decode_proto, jaeger::decode_thrift);
    let forms: [(&[u8], Decode, Format); 5] = [
        (fixture!("jaeger-batch.pb"), proto, Format::JaegerProto),
        (fixture!("jaeger-post-spans.pb"), proto, Format::JaegerProto),
        (
            fixture!("jaeger-batch.thrift"),
            thrift,
            Format::JaegerThrift,
        ),
        (
            fixture!("jaeger-batch-compact.thrift"),
            thrift,
            Format::JaegerThrift,
        ),
        (fixture!("jaeger-emit.thrift"), thrift, Format::JaegerThrift),
    ];
    for (bytes, decode, format) in forms {
        assert_eq!(detect(bytes).map(|found| found.format), Ok(format));
        let (found, findings, ended) = read_traces(decode, bytes);
        assert_eq!((findings.problems.len(), ended), (0, None));
        let (root, load) = (found[0].span(0), found[0].span(1));
        assert_eq!(
            found[0].id().to_string(),
            "4bf92f3577b34da6a3ce929d0e0e4736"
        );
        assert_eq!(root.span_id(), SpanId(0xf0f0_67aa_0ba9_02b7));
        assert_eq!(
            (root.service(), root.operation(), root.kind()),
            ("shop", "GET /cart", Kind::Server)
        );
        assert_eq!(
            (root.status(), root.start().0),
            (Status::Error, 1_795_357_126_000_123_000)
        );
        assert_eq!(
            (root.duration().0, load.duration().0),
            (250_000_000, 200_000_000)
        );
        assert_eq!(root.attributes().get("ratio"), Some(Value::Double(0.5)));
        assert_eq!(root.attributes().get("raw"), Some(Value::Bytes(b"\0ab")));
        assert_eq!(root.resource().attributes().get("pid"), Some(Value::Int(7)));
        assert_eq!((load.kind(), found[0].depth(1)), (Kind::Client, 1));
        assert_eq!(load.attributes().get("cached"), Some(Value::Bool(false)));
        let event = load.events().next().unwrap();
        assert_eq!(
            (event.name(), event.attributes().get("attempt")),
            ("retry", Some(Value::Int(2)))
        );
        assert_eq!(load.links().next().unwrap().span_id(), SpanId(8));
    }
}

#[test]
fn a_chunk_has_a_process_in_each_span() {
    let bytes = fixture!("jaeger-chunk.pb");
    assert_eq!(
        detect(bytes).map(|found| found.format),
        Ok(Format::JaegerProto)
    );
    let (found, ..) = read_traces(jaeger::decode_proto, bytes);
    assert_eq!(
        (found[0].span(0).service(), found[0].span(1).service()),
        ("shop", "cart")
    );
    assert_eq!(found[0].span(1).warnings().next(), Some("clock skew"));
}

#[test]
fn what_breaks_costs_what_it_must() {
    let mut bytes = fixture!("jaeger-batch.pb").to_vec();
    // The trace id of the first span becomes a varint that the message does not hold.
    bytes[3] = 0x0f;
    let (found, findings, ended) = read_traces(jaeger::decode_proto, &bytes);
    assert_eq!((found.len(), found[0].len(), ended), (1, 1, None));
    assert!(
        findings.problems[0].to_string().contains("spans[0]"),
        "{:?}",
        findings.problems
    );
    assert_eq!(findings.rejected_spans(), 1);
    for (bytes, decode) in [
        (
            &fixture!("jaeger-batch.pb")[..],
            jaeger::decode_proto as Decode,
        ),
        (fixture!("jaeger-batch.thrift"), jaeger::decode_thrift),
        (fixture!("jaeger-emit.thrift"), jaeger::decode_thrift),
    ] {
        for cut in 1..bytes.len() {
            let (found, findings, ended) = read_traces(decode, &bytes[..cut]);
            let spans: usize = found.iter().map(Trace::len).sum();
            assert!(
                spans < 2 || ended.is_some() || findings.problems.is_empty(),
                "{cut}"
            );
        }
    }
}
