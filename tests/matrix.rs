//! Every reader against every writer: what of a sample of each format each target keeps.
//!
//! The outcome is kept in `tests/fixtures/formats/KEPT.md`, which
//! `VIZSLA_KEEP_SCREENS=1 cargo test matrix` renews.

#![expect(clippy::unwrap_used, reason = "helpers of tests may fail as tests do")]

use std::fmt::Write as _;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use vizsla::format::{Format, Input, Problem, ReadOptions, Sink, read, write};
use vizsla::model::{Attributes, Block, SpanRef, Trace};

/// A sample of every format that can be read.
const SAMPLES: &[(&str, &str)] = &[
    ("otlp-json", "formats/tempo-trace-v2.json"),
    ("otlp-proto", "bad/otlp-groups.pb"),
    ("jaeger-json", "good/jaeger-answer.json"),
    ("jaeger-proto", "formats/jaeger-chunk.pb"),
    ("jaeger-thrift", "formats/jaeger-emit.thrift"),
    ("zipkin-v2", "good/zipkin-v2.json"),
    ("zipkin-v1", "good/zipkin-v1.json"),
    ("zipkin-proto", "formats/zipkin-list.pb"),
    ("zipkin-thrift", "formats/zipkin-list.thrift"),
    ("elastic", "formats/elastic/jaeger-hits.json"),
    ("elastic", "formats/elastic/apm.ndjson"),
    ("elastic", "formats/elastic/data-prepper.ndjson"),
    ("elastic-intake", "formats/elastic/intake.ndjson"),
    ("elastic-intake", "formats/elastic/rum.ndjson"),
    ("clickhouse", "formats/clickhouse/each-row.ndjson"),
    ("tempo-search", "formats/tempo-search.json"),
    ("otel-console", "formats/python-console.log"),
    ("otel-console", "formats/javascript-console.log"),
    ("otel-console", "formats/go-stdouttrace-pretty.log"),
    ("otel-console", "formats/java-logging-otlp.log"),
    ("xray", "formats/xray-batch-get-traces.json"),
    ("cloud-trace", "formats/cloud-trace-v1.json"),
    ("cloud-trace", "formats/cloud-trace-v2.json"),
    ("pinpoint", "formats/pinpoint-transaction.json"),
    ("pinpoint", "formats/pinpoint-timeline.json"),
    ("pinpoint", "formats/pinpoint-transaction-3.0.json"),
    ("chrome", "formats/chrome/tracing-chrome.json"),
    ("chrome", "formats/chrome/kineto.json"),
    ("chrome", "formats/chrome/async.json"),
    ("perfetto", "formats/perfetto.pftrace"),
    ("datadog-json", "formats/datadog/v04.json"),
    ("datadog-msgpack", "formats/datadog/v04.msgpack"),
    ("datadog-msgpack", "formats/datadog/v05.msgpack"),
];

#[derive(Default)]
struct All(Vec<Arc<Block>>);

impl Sink for All {
    fn block(&mut self, block: Block) -> ControlFlow<()> {
        self.0.push(Arc::new(block));
        ControlFlow::Continue(())
    }

    fn problem(&mut self, _: Problem) {}
}

fn opened(bytes: &[u8]) -> (Vec<Trace>, Vec<Input>) {
    let mut all = All::default();
    let inputs = read("sample", &mut &*bytes, &ReadOptions::default(), &mut all);
    (Trace::all_of(&all.0), inputs)
}

fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures")
}

/// What can be told of a span, by its name.
type Aspect = (&'static str, fn(SpanRef<'_>) -> String);

/// What can be kept of a span, from what every format has to what hardly any has.
const ASPECTS: [Aspect; 14] = [
    ("ids", |span| {
        format!("{} {}", span.trace_id(), span.span_id())
    }),
    ("parents", |span| span.parent_id().to_string()),
    ("service and operation", |span| {
        format!("{} {}", span.service(), span.operation())
    }),
    ("times in µs", |span| {
        format!("{} {}", span.start().0 / 1000, span.duration().0 / 1000)
    }),
    ("ns", |span| {
        format!("{} {}", span.start().0, span.duration().0)
    }),
    ("kind", |span| span.kind().name().to_owned()),
    ("status", |span| {
        format!(
            "{} {} {}",
            span.status().name(),
            span.is_error(),
            span.status_message()
        )
    }),
    ("attributes", |span| shown(span.attributes(), false)),
    ("types of attributes", |span| shown(span.attributes(), true)),
    ("resource", |span| {
        shown(span.resource().attributes(), false)
    }),
    ("scope", |span| {
        format!("{} {}", span.scope().name(), span.scope().version())
    }),
    ("events", |span| {
        let events = span.events().map(|event| {
            let attributes = shown(event.attributes(), false);
            format!("{} {} {attributes}", event.time().0 / 1000, event.name())
        });
        events.collect::<Vec<_>>().join(";")
    }),
    ("links", |span| {
        let links = span
            .links()
            .map(|link| format!("{} {}", link.trace_id(), link.span_id()));
        links.collect::<Vec<_>>().join(";")
    }),
    ("state and flags", |span| {
        format!("{} {}", span.trace_state(), span.flags())
    }),
];

fn shown(attributes: Attributes<'_>, typed: bool) -> String {
    let mut all: Vec<String> = attributes
        .iter()
        .map(|(key, value)| {
            let kind = if typed { value.type_name() } else { "" };
            format!("{key}={}{kind}", value.to_text())
        })
        .collect();
    all.sort();
    all.join(" ")
}

/// One aspect of all spans, in an order of their own.
fn aspect(traces: &[Trace], tell: fn(SpanRef<'_>) -> String) -> Vec<String> {
    let mut spans: Vec<SpanRef<'_>> = traces.iter().flat_map(Trace::spans).collect();
    spans.sort_by_key(|span| (span.trace_id(), span.span_id(), span.kind(), span.start()));
    spans.into_iter().map(tell).collect()
}

/// What a target loses of some traces.
fn lost(traces: &[Trace], target: Format) -> Vec<&'static str> {
    let mut bytes = Vec::new();
    write(target, &mut bytes, traces.iter()).unwrap();
    let (again, inputs) = opened(&bytes);
    assert_eq!(inputs[0].recognised.map(|found| found.format), Some(target));
    assert_eq!(inputs[0].rejected.len(), 0, "{target:?}");
    ASPECTS
        .into_iter()
        .filter(|&(_, tell)| aspect(traces, tell) != aspect(&again, tell))
        .map(|(name, _)| name)
        .collect()
}

/// Whether a target has reasons to lose these. OTLP has none. In Jaeger a root that links to a
/// span of its own trace comes back as its child. The shortest duration of Zipkin is 1 µs.
fn may_lose(target: Format, lost: &[&str]) -> bool {
    let essential: &[&str] = match target {
        Format::OtlpJson | Format::OtlpProto => return lost.is_empty(),
        Format::JaegerJson => &[
            "ids",
            "service and operation",
            "times in µs",
            "events",
            "links",
        ],
        _ => &["ids", "parents", "service and operation"],
    };
    essential.iter().all(|aspect| !lost.contains(aspect))
}

#[test]
fn every_reader_and_every_writer() {
    // Chrome's slices have no ids, by which what was kept could be told.
    let told =
        |format: &Format| format.is_writable() && format.is_readable() && *format != Format::Chrome;
    let targets: Vec<Format> = Format::ALL.into_iter().filter(told).collect();
    let mut table = String::from(
        "What each target loses of each sample; nothing where it says *all kept*. Why: Jaeger takes a\nreference of a root to its own trace for its parent; Zipkin rounds to µs, has no\ntypes, and gives back tags that tell of a process, a host or a container as the resource's.\n\n| sample |",
    );
    for target in &targets {
        let _ = write!(table, " {} |", target.name());
    }
    table.push_str("\n|---|");
    table.push_str(&"---|".repeat(targets.len()));
    table.push('\n');
    for &(name, path) in SAMPLES {
        let (traces, inputs) = opened(&std::fs::read(fixtures().join(path)).unwrap());
        let recognised = inputs[0].recognised.map(|found| found.format.name());
        assert_eq!(recognised, Some(name), "{path}");
        assert!(!traces.is_empty(), "{path} holds spans");
        let _ = write!(table, "| {} |", path.rsplit('/').next().unwrap());
        for &target in &targets {
            let lost = lost(&traces, target);
            assert!(
                may_lose(target, &lost),
                "{path} as {}: {lost:?}",
                target.name()
            );
            let lost = if lost.is_empty() {
                "*all kept*".to_owned()
            } else {
                lost.join(", ")
            };
            let _ = write!(table, " {lost} |");
        }
        table.push('\n');
    }
    let path = fixtures().join("formats/KEPT.md");
    if std::env::var_os("VIZSLA_KEEP_SCREENS").is_some() {
        std::fs::write(path, table).unwrap();
        return;
    }
    assert_eq!(
        std::fs::read_to_string(path).unwrap_or_default(),
        table,
        "VIZSLA_KEEP_SCREENS=1 cargo test matrix renews the table"
    );
}

#[test]
fn every_format_that_is_read_has_a_sample() {
    for format in Format::ALL
        .into_iter()
        .filter(|format| format.is_readable())
    {
        let sampled = SAMPLES.iter().any(|(name, _)| *name == format.name());
        assert!(sampled, "{} has no sample", format.name());
    }
}

#[test]
fn tables_have_a_row_for_each_span() {
    for &(_, path) in SAMPLES {
        let (traces, _) = opened(&std::fs::read(fixtures().join(path)).unwrap());
        let spans: usize = traces.iter().map(Trace::len).sum();
        for (target, heads) in [(Format::Csv, 1), (Format::Markdown, 2)] {
            let mut bytes = Vec::new();
            write(target, &mut bytes, traces.iter()).unwrap();
            let text = String::from_utf8(bytes).unwrap();
            assert!(
                text.lines().count() >= spans + heads,
                "{path} as {target:?}"
            );
        }
    }
}
