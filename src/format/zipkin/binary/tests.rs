use crate::format::sample::read_traces;
use crate::format::zipkin::{decode_proto, decode_thrift};
use crate::format::{Decode, Format, detect};
use crate::model::{Kind, Status, Trace};

macro_rules! fixture {
    ($name:literal) => {
        include_bytes!(concat!("../../../../tests/fixtures/formats/", $name))
    };
}

fn text(trace: &Trace, span: usize, key: &str) -> String {
    let value = trace.span(span).attributes().get(key);
    value
        .map(|value| value.to_text().into_owned())
        .unwrap_or_default()
}

#[test]
fn protobuf_is_read_whole() {
    let bytes = fixture!("zipkin-list.pb");
    assert_eq!(
        detect(bytes).map(|found| found.format),
        Ok(Format::ZipkinProto)
    );
    let (found, findings, ended) = read_traces(decode_proto, bytes);
    assert_eq!((findings.problems.len(), ended), (0, None));
    let (root, load) = (found[0].span(0), found[0].span(1));
    assert_eq!(
        found[0].id().to_string(),
        "4bf92f3577b34da6a3ce929d0e0e4736"
    );
    assert_eq!(
        (root.service(), root.operation(), root.kind()),
        ("shop", "get /cart", Kind::Server)
    );
    assert_eq!(
        (root.start().0, root.duration().0),
        (1_795_357_126_000_123_000, 250_000_000)
    );
    assert_eq!(
        (load.kind(), load.status(), found[0].depth(1)),
        (Kind::Client, Status::Error, 1)
    );
    assert_eq!(text(&found[0], 1, "net.peer.ip"), "2001:db8::1");
    assert_eq!(text(&found[0], 0, "net.host.ip"), "10.0.0.1");
    assert_eq!(root.events().next().unwrap().name(), "retry");
}

#[test]
fn thrift_is_read_as_version_1_is() {
    let bytes = fixture!("zipkin-list.thrift");
    assert_eq!(
        detect(bytes).map(|found| found.format),
        Ok(Format::ZipkinThrift)
    );
    let (found, findings, ended) = read_traces(decode_thrift, bytes);
    assert_eq!((findings.problems.len(), ended), (0, None));
    let shown: Vec<_> = found[0]
        .spans()
        .map(|span| {
            (
                span.service().to_owned(),
                span.kind(),
                span.duration().0 / 1000,
            )
        })
        .collect();
    assert_eq!(
        shown,
        [
            ("shop".to_owned(), Kind::Server, 250_000),
            ("shop".to_owned(), Kind::Client, 200_000),
            ("cart".to_owned(), Kind::Server, 170_000),
        ]
    );
    assert_eq!(text(&found[0], 0, "n"), "7");
    assert_eq!(text(&found[0], 0, "ok"), "true");
    assert_eq!(text(&found[0], 0, "ratio"), "2");
    assert_eq!(text(&found[0], 1, "peer.service"), "cart");
}

#[test]
fn what_breaks_off_keeps_what_came_before() {
    for (bytes, decode) in [
        (&fixture!("zipkin-list.pb")[..], decode_proto as Decode),
        (fixture!("zipkin-list.thrift"), decode_thrift),
    ] {
        let (found, _, ended) = read_traces(decode, &bytes[..bytes.len() - 5]);
        assert_eq!(found[0].len(), 1);
        assert!(ended.is_some());
        for cut in 0..bytes.len() {
            read_traces(decode, &bytes[..cut]);
        }
    }
    let (found, findings, _) = read_traces(decode_proto, &[0x0a, 3, 0x1a, 1, 7, 0x0a, 2, 0x0a, 9]);
    assert_eq!((found.len(), findings.rejected_spans()), (0, 2));
}
