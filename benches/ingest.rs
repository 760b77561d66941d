//! Spans in: decoding export requests, and decoding and storing them, without a network.
//!
//! `benches/server.rs` measures the same with one, over the whole process.

#![expect(clippy::print_stdout, reason = "a bench tells what it found")]

mod workload;

use std::hint::black_box;
use std::time::Duration;

use criterion::{BatchSize, Criterion, Throughput, criterion_group};
use vizsla::format::otlp::{Signal, proto};
use vizsla::format::{Findings, Output};
use vizsla::model::BlockBuilder;

use workload::Traces;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

const SPANS: usize = 100_000;
/// What a Jaeger all-in-one takes per CPU-second, over HTTP: the better of what was measured.
const JAEGER_RATE: f64 = 50_000.0;
/// What it holds resident for each span.
const JAEGER_BYTES: f64 = 2_400.0;

/// Decodes every request into a block and throws that away; the number of spans.
fn decode(requests: &[Vec<u8>]) -> usize {
    let mut builder = BlockBuilder::new();
    let spans = requests.iter().map(|request| {
        let mut findings = Findings::default();
        let decoded = proto::decode(
            Signal::Traces,
            request,
            Output::new(&mut builder, &mut findings),
        );
        assert!(decoded.is_ok(), "{decoded:?}");
        let spans = builder.len();
        black_box(builder.finish());
        spans
    });
    spans.sum()
}

fn ingest(c: &mut Criterion) {
    let requests = workload::requests(SPANS, Traces::Many, 7);
    let mut group = c.benchmark_group("ingest");
    group.throughput(Throughput::Elements(SPANS as u64));
    group.bench_function("decode", |b| b.iter(|| decode(&requests)));
    group.bench_function("decode and commit", |b| {
        b.iter_batched(
            || (),
            |()| workload::stored(&requests),
            BatchSize::PerIteration,
        );
    });
    group.finish();
}

/// Rates beside Jaeger's, and what a span takes when it is stored.
fn tell() {
    let requests = workload::requests(SPANS * 3, Traces::Many, 7);
    let wire: usize = requests.iter().map(Vec::len).sum();
    let spans = (SPANS * 3) as f64;
    let rate = |took: Duration| spans / took.as_secs_f64();
    let decoded = rate(workload::median(3, || assert!(decode(&requests) > 0)));
    let stored = rate(workload::median(3, || drop(workload::stored(&requests))));
    let held = workload::stored(&requests).stats().bytes as f64 / spans;
    println!(
        "\n{spans} spans, {:.0} B each on the wire",
        wire as f64 / spans
    );
    let beside = |rate: f64| rate / JAEGER_RATE;
    println!("decode            {decoded:>9.0} spans/s of one core");
    println!(
        "decode and commit {stored:>9.0} spans/s of one core, {:.1} x Jaeger's {JAEGER_RATE} over HTTP",
        beside(stored)
    );
    println!(
        "stored            {held:>9.0} B/span by the store's own count, 1/{:.0} of Jaeger's {JAEGER_BYTES} resident",
        JAEGER_BYTES / held
    );
}

criterion_group! {
    name = benches;
    config = Criterion::default()
        .warm_up_time(Duration::from_millis(500))
        .measurement_time(Duration::from_secs(3))
        .sample_size(10);
    targets = ingest
}

fn main() {
    benches();
    tell();
    Criterion::default().configure_from_args().final_summary();
}
