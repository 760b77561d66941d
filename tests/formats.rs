//! Good inputs of every older format: what is read from them, and what survives each other format.

#![expect(clippy::unwrap_used, reason = "helpers of tests may fail as tests do")]

use std::ops::ControlFlow;
use std::path::Path;
use std::sync::Arc;

use vizsla::format::{Format, Problem, ReadOptions, Sink, read, write};
use vizsla::model::{Attributes, Block, SpanRef, Trace};

#[derive(Default)]
struct All {
    blocks: Vec<Arc<Block>>,
    problems: Vec<Problem>,
}

impl Sink for All {
    fn block(&mut self, block: Block) -> ControlFlow<()> {
        self.blocks.push(Arc::new(block));
        ControlFlow::Continue(())
    }

    fn problem(&mut self, problem: Problem) {
        self.problems.push(problem);
    }
}

/// The traces of an input without faults, and its format.
fn traces(bytes: &[u8]) -> (Vec<Trace>, Format) {
    let mut all = All::default();
    let inputs = read("fixture", &mut &*bytes, &ReadOptions::default(), &mut all);
    assert_eq!(all.problems, []);
    let format = inputs[0].recognised.unwrap().format;
    (Trace::all_of(&all.blocks), format)
}

fn fixture(name: &str) -> (Vec<Trace>, Format) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/good");
    traces(&std::fs::read(folder.join(name)).unwrap())
}

/// A trace as lines; values as text, since Zipkin has no other.
fn lines(trace: &Trace) -> Vec<String> {
    let line = |span: usize| {
        let indent = "  ".repeat(trace.depth(span));
        let warnings: Vec<String> = trace.span(span).warnings().map(str::to_owned).collect();
        format!("{indent}{} {warnings:?}", shown(trace.span(span)))
    };
    (0..trace.len()).map(line).collect()
}

fn shown(span: SpanRef<'_>) -> String {
    let mut words = vec![
        format!("{}: {}", span.service(), span.operation()),
        format!("{} {}", span.kind().name(), span.status().name()),
        format!("{:?}", span.status_message()),
        format!("{}+{}us", span.start().0 / 1000, span.duration().0 / 1000),
        listed(span.attributes()),
        listed(span.resource().attributes()),
        format!("{}@{}", span.scope().name(), span.scope().version()),
        span.trace_state().to_owned(),
    ];
    words.extend(span.events().map(|event| {
        let attributes = listed(event.attributes());
        format!("!{} {} {attributes}", event.time().0 / 1000, event.name())
    }));
    words.extend(span.links().map(|link| {
        let attributes = listed(link.attributes());
        format!(">{}/{} {attributes}", link.trace_id(), link.span_id())
    }));
    words.join(" ")
}

fn listed(attributes: Attributes<'_>) -> String {
    let mut all: Vec<String> = attributes
        .iter()
        .map(|(key, value)| format!("{key}={}", value.to_text()))
        .collect();
    all.sort();
    format!("{{{}}}", all.join(" "))
}

#[test]
fn a_download_of_jaeger_is_read_whole() {
    let (found, format) = fixture("jaeger-answer.json");
    assert_eq!((format, found.len()), (Format::JaegerJson, 2));
    assert_eq!(
        lines(&found[0]),
        [
            "frontend: GET /dispatch server error \"no driver\" 1795357126000000+730000us {big=9007199254740993 cached=false http.response.status_code=500 payload=AP8Q sampler.ratio=0.5} {host.name=h1 service.name=frontend service.version=9} otelhttp@0.69.0 a=b !1795357126100000 exception {exception.type=Timeout n=3} [\"clock skew adjustment disabled\"]",
            "  customer: SELECT client unset \"\" 1795357126010000+300000us {db.system.name=mysql} {host.name=h2 service.name=customer} @  >000000000000000000000000000000ff/0000000000000007 {opentracing.ref_type=follows_from} []",
            "  customer: notify consumer ok \"\" 1795357126400000+900000us {} {host.name=h2 service.name=customer} @  >5b8efff798038103d269b633813fc60c/eee19b7ec3c1b174 {opentracing.ref_type=follows_from} []",
        ]
    );
    assert_eq!((found[1].service(), found[1].errors()), ("S1", 1));
    let (bare, _) = fixture("jaeger-bare.json");
    assert_eq!(lines(&bare[0]), lines(&found[0]));
}

#[test]
fn both_versions_of_zipkin_are_read_whole() {
    let (found, format) = fixture("zipkin-v2.json");
    assert_eq!((format, found.len()), (Format::ZipkinV2, 1));
    assert_eq!(
        lines(&found[0]),
        [
            "gateway: get / server unset \"\" 1531282088533035+38793us {http.path=/ net.host.ip=172.17.0.13} {service.name=gateway} @  []",
            "  gateway: get client unset \"\" 1531282088548312+20333us {http.method=GET net.host.ip=172.17.0.13} {service.name=gateway} @  !1531282088550000 retry {} []",
            "    content: get /content server error \"timeout\" 1531282088552037+15888us {error=timeout net.host.ip=172.17.0.10 net.peer.ip=10.230.16.208 net.peer.port=3400 zipkin.shared=true} {service.name=content} @  []",
            "      content: render unspecified unset \"\" 1531282088548312+0us {net.host.ip=172.17.0.10 otel.zipkin.absentField.startTime=true} {service.name=content} @  [\"has no start of its own\"]",
        ]
    );
    let (found, format) = fixture("zipkin-v1.json");
    assert_eq!((format, found.len()), (Format::ZipkinV1, 1));
    let start = |line: &String| line.split(" {").next().unwrap().to_owned();
    assert_eq!(
        lines(&found[0]).iter().map(start).collect::<Vec<_>>(),
        [
            "preserve: http:/preserve server unset \"\" 1530611842233000+4428952us",
            "  preserve: http:/verify client unset \"\" 1530611842353000+32000us",
            "    sso: http:/verify server unset \"\" 1530611842365500+7000us",
        ]
    );
}

#[test]
fn what_a_format_can_carry_survives_it() {
    for name in ["jaeger-answer.json", "zipkin-v2.json", "zipkin-v1.json"] {
        let (found, _) = fixture(name);
        for format in [
            Format::OtlpJson,
            Format::OtlpProto,
            Format::JaegerJson,
            Format::ZipkinV2,
        ] {
            let mut bytes = Vec::new();
            write(format, &mut bytes, found.iter()).unwrap();
            let (again, recognised) = traces(&bytes);
            assert_eq!(recognised, format);
            // Only Jaeger has a place for warnings.
            let told = |trace: &Trace| -> Vec<String> {
                let spans = (0..trace.len())
                    .map(|span| format!("{}{}", trace.depth(span), shown(trace.span(span))));
                spans.collect()
            };
            for (trace, again) in found.iter().zip(&again) {
                assert_eq!(told(trace), told(again), "{name} as {}", format.name());
            }
        }
    }
}

/// Samples of the rarer formats: file, format, spans and log records.
const SAMPLES: &[(&str, Format, u64, u64)] = &[
    ("chrome/async.json", Format::Chrome, 7, 0),
    ("chrome/kineto.json", Format::Chrome, 3, 0),
    ("chrome/tracing-chrome.json", Format::Chrome, 3, 0),
    ("clickhouse/answer.json", Format::ClickHouse, 1, 0),
    ("clickhouse/each-row.ndjson", Format::ClickHouse, 2, 0),
    ("datadog/v04.json", Format::DatadogJson, 3, 0),
    ("datadog/v04.msgpack", Format::DatadogMsgpack, 3, 0),
    ("datadog/v05.msgpack", Format::DatadogMsgpack, 3, 0),
    ("elastic/apm.ndjson", Format::Elastic, 2, 1),
    ("elastic/data-prepper.ndjson", Format::Elastic, 3, 0),
    ("elastic/intake.ndjson", Format::ElasticIntake, 3, 1),
    ("elastic/jaeger-hits.json", Format::Elastic, 2, 0),
    ("elastic/rum.ndjson", Format::ElasticIntake, 3, 0),
];

fn sample(name: &str) -> Vec<u8> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/formats");
    std::fs::read(folder.join(name)).unwrap()
}

#[test]
fn samples_are_recognised_and_read_whole() {
    for &(name, format, spans, logs) in SAMPLES {
        let mut all = All::default();
        let bytes = sample(name);
        let inputs = read(name, &mut &*bytes, &ReadOptions::default(), &mut all);
        assert_eq!(all.problems, [], "{name}");
        let recognised = inputs[0].recognised.unwrap();
        assert_eq!(recognised.format, format, "{name}: {}", recognised.why);
        assert_eq!((inputs[0].spans, inputs[0].logs), (spans, logs), "{name}");
    }
}

#[test]
fn samples_cut_or_changed_anywhere_upset_nothing() {
    for &(name, format, spans, _) in SAMPLES {
        let bytes = sample(name);
        let options = ReadOptions {
            format: Some(format),
            ..ReadOptions::default()
        };
        let count = |bytes: &[u8]| -> u64 {
            let mut all = All::default();
            let inputs = read(name, &mut &*bytes, &options, &mut all);
            Trace::all_of(&all.blocks);
            inputs.iter().map(|input| input.spans).sum()
        };
        for at in (0..bytes.len()).step_by(7) {
            assert!(count(&bytes[..at]) <= spans, "{name} cut at {at}");
            let mut changed = bytes.clone();
            changed[at] = b"\0\"[}\xff"[at / 7 % 5];
            count(&changed);
        }
    }
}
