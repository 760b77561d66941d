//! The work that every bench measures: export requests of a fleet of 25 services, as SDKs send
//! them, made from a seed. The same arguments give the same bytes.
//!
//! A call graph is drawn once; each trace walks it from the gateway, with a log-normal number of
//! spans. Each service batches its spans by 512, so a trace is spread over many requests. Spans
//! carry eight or nine attributes, one of which (`request.id`) never repeats, and one in a hundred
//! fails with an `exception` event. About 450 bytes a span on the wire.

#![allow(
    dead_code,
    reason = "compiled into every bench; none of them uses all of it"
)]

mod random;
mod wire;

use std::time::{Duration, Instant};

use vizsla::collector::{Exports, Intake, Syntax};
use vizsla::format::otlp::Signal;
use vizsla::storage::{Limits, Store};

use random::Random;
use wire::{Message, int, text};

const NAMES: [&str; 25] = [
    "gateway", "auth", "cart", "catalog", "price", "stock", "order", "pay", "fraud", "ship",
    "mail", "search", "rank", "ads", "user", "session", "geo", "route", "driver", "match",
    "notify", "audit", "ledger", "cache", "media",
];
/// Spans of one request.
const BATCH: usize = 512;
/// 2026-11-22 14:00 UTC: fixed, so that two runs measure the same bytes.
const BASE: u64 = 1_795_356_000_000_000_000;
/// Traces start within this many nanoseconds of it.
const SPREAD: u64 = 1_000_000_000_000;

/// How spans make traces.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Traces {
    /// Of some 20 spans each, never more than 300.
    Many,
    /// All spans are one.
    One,
}

/// Export requests (`ExportTraceServiceRequest`, protobuf) of `spans` spans.
pub fn requests(spans: usize, traces: Traces, seed: u64) -> Vec<Vec<u8>> {
    let mut fleet = Fleet::new(seed);
    let mut made = 0;
    while made < spans {
        let size = match traces {
            Traces::Many => fleet.random.log_normal(2.7, 0.8).clamp(1.0, 300.0) as usize,
            Traces::One => spans,
        };
        let start = BASE + (made as f64 / spans as f64 * SPREAD as f64) as u64;
        made += fleet.trace(start, size.min(spans - made));
    }
    fleet.finish()
}

/// Takes every request as the collector does.
pub fn stored(requests: &[Vec<u8>]) -> Store {
    let store = Store::new(Limits::of(4 << 30));
    let exports = Exports::new(store.clone());
    for request in requests {
        let taken = exports.take(Signal::Traces, Syntax::Protobuf, request);
        assert!(taken.is_ok(), "{taken:?}");
    }
    store
}

/// The `request.id` of a span that [`requests`] made for that seed, so that a look-up finds it.
pub fn a_request_id(requests: &[Vec<u8>]) -> String {
    let middle = requests.get(requests.len() / 2).map_or(&[][..], |r| r);
    let key = b"request.id";
    let at = middle.windows(key.len()).position(|w| w == key);
    // The key is followed by the value's tag and length, the string's tag and length, the string.
    let value = at.and_then(|at| middle.get(at + key.len() + 4..at + key.len() + 20));
    String::from_utf8_lossy(value.unwrap_or_default()).into_owned()
}

/// The median of `times` runs, after one that is not counted.
pub fn median(times: usize, mut run: impl FnMut()) -> Duration {
    run();
    let mut took: Vec<Duration> = (0..times.max(1))
        .map(|_| {
            let begin = Instant::now();
            run();
            begin.elapsed()
        })
        .collect();
    took.sort_unstable();
    took[took.len() / 2]
}

/// The processor time of a run on all threads, from as many runs as it takes to tell; `None` where
/// the system does not count it as Linux does. Other than a median of wall times it hardly depends
/// on what else the machine is doing.
pub fn processor_time(mut run: impl FnMut()) -> Option<Duration> {
    const ENOUGH: Duration = Duration::from_millis(400);
    let (from, begin) = (ticks()?, Instant::now());
    let mut runs = 0;
    while runs == 0 || begin.elapsed() < ENOUGH {
        run();
        runs += 1;
    }
    Some(ticks()?.saturating_sub(from) / runs)
}

/// The processor time of this process so far, in steps of 10 ms.
fn ticks() -> Option<Duration> {
    let stat = std::fs::read_to_string("/proc/self/stat").ok()?;
    let (_, rest) = stat.rsplit_once(')')?;
    let ticks = rest.split_whitespace().skip(11).take(2);
    let ticks: u64 = ticks.filter_map(|n| n.parse::<u64>().ok()).sum();
    Some(Duration::from_millis(ticks * 10))
}

/// Services, and what each has ready to send.
struct Fleet {
    random: Random,
    services: Vec<Service>,
    requests: Vec<Vec<u8>>,
}

struct Service {
    name: &'static str,
    calls: Vec<usize>,
    operations: Vec<String>,
    resource: Vec<u8>,
    spans: Vec<u8>,
    count: usize,
}

/// A span that is still to be made.
struct Pending {
    service: usize,
    parent: Option<[u8; 8]>,
    start: u64,
    duration: u64,
}

impl Fleet {
    fn new(seed: u64) -> Self {
        let mut random = Random(seed);
        let last = NAMES.len() - 1;
        let services = NAMES.iter().enumerate().map(|(ix, name)| Service {
            name,
            calls: random.some_of(4, ix + 1..NAMES.len()),
            operations: (0..8)
                .map(|v| {
                    let method = ["GET", "POST", "PUT"][random.below(3)];
                    format!("{method} /api/{name}/v{v}")
                })
                .collect(),
            resource: resource(name, ix, random.below(3)),
            spans: Vec::new(),
            count: 0,
        });
        let mut services: Vec<Service> = services.collect();
        // The last calls itself, so that a trace of any size finds room to grow.
        services[last].calls = vec![last];
        Self {
            random,
            services,
            requests: Vec::new(),
        }
    }

    /// Makes a trace of at most `size` spans, and says of how many.
    fn trace(&mut self, start: u64, size: usize) -> usize {
        let id = self.random.bytes::<16>();
        let root = Pending {
            service: 0,
            parent: None,
            start: start + self.random.below(1_000_000) as u64,
            duration: self.random.log_normal(17.5, 1.0) as u64,
        };
        let mut open = vec![root];
        let mut made = 0;
        while made < size && !open.is_empty() {
            let at = self.random.below(open.len());
            let span = open.swap_remove(at);
            let span_id = self.random.bytes::<8>();
            self.span(&id, span_id, &span, made);
            made += 1;
            self.calls_of(&span, span_id, &mut open);
        }
        made
    }

    fn calls_of(&mut self, span: &Pending, id: [u8; 8], open: &mut Vec<Pending>) {
        let calls = self.services[span.service].calls.clone();
        for _ in 0..=self.random.below(3) {
            let part = |random: &mut Random, from: f64, to: f64| {
                (span.duration as f64 * random.between(from, to)) as u64
            };
            open.push(Pending {
                service: calls[self.random.below(calls.len())],
                parent: Some(id),
                start: span.start + part(&mut self.random, 0.0, 0.3),
                duration: part(&mut self.random, 0.1, 0.5).max(1_000),
            });
        }
    }

    fn span(&mut self, trace: &[u8; 16], id: [u8; 8], span: &Pending, made: usize) {
        let random = &mut self.random;
        let service = &mut self.services[span.service];
        let failed = random.below(100) == 0;
        let mut out = Message::default();
        out.bytes(1, trace).bytes(2, &id);
        if let Some(parent) = &span.parent {
            out.bytes(4, parent);
        }
        out.bytes(5, service.operations[random.below(8)].as_bytes())
            .varint(6, 2 + made as u64 % 2)
            .fixed(7, span.start)
            .fixed(8, span.start + span.duration);
        attributes(&mut out, random, span.service, failed);
        if failed {
            exception(&mut out, service.name, span.start + span.duration / 2);
        }
        let span = Message::of(2, out.as_bytes());
        service.spans.extend_from_slice(span.as_bytes());
        service.count += 1;
        if service.count == BATCH {
            self.requests.extend(service.flush());
        }
    }

    fn finish(mut self) -> Vec<Vec<u8>> {
        let rest = self.services.iter_mut().filter_map(Service::flush);
        self.requests.extend(rest);
        self.requests
    }
}

impl Service {
    /// What is ready, as a request.
    fn flush(&mut self) -> Option<Vec<u8>> {
        if self.count == 0 {
            return None;
        }
        let mut scope = Message::default();
        scope.bytes(1, b"io.example.http").bytes(2, b"1.2.3");
        let mut scope_spans = Message::of(1, scope.as_bytes());
        scope_spans.raw(&self.spans);
        let mut resource_spans = Message::of(1, &self.resource);
        resource_spans.bytes(2, scope_spans.as_bytes());
        self.spans.clear();
        self.count = 0;
        Some(Message::of(1, resource_spans.as_bytes()).into_bytes())
    }
}

fn resource(name: &str, ix: usize, language: usize) -> Vec<u8> {
    let mut out = Message::default();
    out.attribute(1, "service.name", &text(name))
        .attribute(1, "service.version", &text(&format!("1.{ix}.0")))
        .attribute(1, "host.name", &text(&format!("node-{}", ix % 6)))
        .attribute(1, "k8s.pod.name", &text(&format!("{name}-7d9f-{ix}")))
        .attribute(1, "k8s.namespace.name", &text("prod"))
        .attribute(1, "telemetry.sdk.name", &text("opentelemetry"))
        .attribute(
            1,
            "telemetry.sdk.language",
            &text(["go", "java", "python"][language]),
        )
        .attribute(1, "process.pid", &int(1_000 + ix as u64))
        .attribute(1, "cloud.region", &text("eu-west-1"))
        .attribute(1, "deployment.environment.name", &text("prod"));
    out.into_bytes()
}

fn attributes(out: &mut Message, random: &mut Random, service: usize, failed: bool) {
    let name = NAMES[service];
    let method = ["GET", "POST"][random.below(2)];
    let status = if failed { 500 } else { 200 };
    out.attribute(9, "http.request.method", &text(method))
        .attribute(
            9,
            "http.route",
            &text(&format!("/api/{name}/v{}", random.below(8))),
        )
        .attribute(9, "http.response.status_code", &int(status))
        .attribute(9, "server.address", &text(name))
        .attribute(9, "user_agent.original", &text("okhttp/4.12.0"))
        .attribute(9, "net.peer.port", &int(8_000 + service as u64))
        .attribute(
            9,
            "enduser.id",
            &text(&format!("user-{}", random.below(20_000))),
        )
        .attribute(9, "request.id", &text(&format!("{:016x}", random.next())));
    if service > 15 {
        let shard = random.below(64);
        let query = format!("SELECT * FROM {name} WHERE id = ? AND shard = {shard}");
        out.attribute(9, "db.query.text", &text(&query));
    }
}

fn exception(out: &mut Message, service: &str, at: u64) {
    let message = format!("deadline exceeded calling {service}");
    let mut event = Message::default();
    event
        .fixed(1, at)
        .bytes(2, b"exception")
        .attribute(3, "exception.type", &text("io.TimeoutError"))
        .attribute(3, "exception.message", &text(&message));
    let mut status = Message::default();
    status.varint(3, 2);
    out.bytes(11, event.as_bytes()).bytes(15, status.as_bytes());
}
