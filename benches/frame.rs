//! From a key to its frame on traces of 10 k, 100 k and 1 M spans, and opening such a trace: through
//! the real update, jobs and view, without a terminal.
//!
//! Drawing looks at the visible rows only, so the three sizes must cost about the same. What looks at
//! all spans is done beside the interface; each of that is told beside what it may take, as are
//! traces of unusual shapes in all views.

#![expect(clippy::print_stdout, reason = "a bench tells what it found")]

mod workload;

use std::sync::Arc;
use std::time::{Duration, Instant};

use criterion::{BenchmarkId, Criterion, criterion_group};
use tokio::runtime::Runtime;
use vizsla::analysis::{Flame, GroupBy, Weight, critical_path, statistics, why};
use vizsla::config::Depth;
use vizsla::format::Findings;
use vizsla::format::otlp::{Signal, proto};
use vizsla::graph::trace_graph;
use vizsla::model::{
    BlockBuilder, Kind, ResourceFields, ScopeFields, SpanFields, SpanId, Status, Time, Trace,
    TraceId, Value,
};
use vizsla::text::{Charset, Clock};
use vizsla::tui::{Alone, Fixed, Harness, Setup};

use workload::Traces;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

const SPANS: [usize; 3] = [10_000, 100_000, 1_000_000];
const SCREENS: [(u16, u16); 2] = [(120, 40), (200, 60)];
/// 2026-11-22 14:30 UTC.
const NOW: u64 = 1_795_357_800_000_000_000;
/// Keys that only move, as they come while somebody reads: rows, pages, ends, errors, time.
const MOVES: &str = "jjjj<C-d><C-d>kk<C-u>]ejGkkggnjj";

/// A trace of that many spans.
fn trace(spans: usize) -> Trace {
    let mut builder = BlockBuilder::new();
    for request in workload::requests(spans, Traces::One, 7) {
        let mut findings = Findings::default();
        let decoded = proto::decode(Signal::Traces, &request, &mut builder, &mut findings);
        assert!(decoded.is_ok(), "{decoded:?}");
    }
    let mut traces = Trace::all_of(&[Arc::new(builder.finish())]);
    assert_eq!(traces.len(), 1);
    traces.remove(0)
}

/// The interface on a trace, everything known of it and nothing loading.
struct Opened {
    runtime: Runtime,
    harness: Harness,
}

impl Opened {
    fn new(trace: &Trace, size: (u16, u16)) -> Self {
        let runtime = Runtime::new().unwrap_or_else(|why| panic!("no runtime: {why}"));
        let id = trace.id();
        let backend = Arc::new(Fixed::new(vec![trace.clone()]));
        let setup = Setup::plain(Clock::frozen(NOW), Depth::Truecolor, Charset::Unicode);
        let start = Harness::start(setup, backend, Arc::new(Alone), Some(id), size);
        let harness = runtime.block_on(start);
        Self { runtime, harness }
    }

    fn keys(&mut self, keys: &str) {
        let pressed = self.runtime.block_on(self.harness.keys(keys));
        assert!(pressed.is_ok(), "{pressed:?}");
    }
}

fn key_to_frame(c: &mut Criterion) {
    for spans in SPANS {
        let trace = trace(spans);
        for size in SCREENS {
            let name = format!("key to frame {}x{}", size.0, size.1);
            let mut opened = Opened::new(&trace, size);
            let mut group = c.benchmark_group(name);
            opened.keys("zR");
            group.bench_function(BenchmarkId::new("down, up, all open", spans), |b| {
                b.iter(|| opened.keys("jk"));
            });
            opened.keys("zMgg");
            group.bench_function(BenchmarkId::new("down, up, folded", spans), |b| {
                b.iter(|| opened.keys("jk"));
            });
            group.finish();
        }
        tell(&trace);
        if spans == 1_000_000 {
            analyses(&trace);
            views(&trace);
        }
    }
    shapes();
}

/// A line: what was measured, beside what it may take.
fn held(what: &str, took: Duration, may: Duration) {
    let ratio = took.as_secs_f64() / may.as_secs_f64();
    println!("    {what:<44} {took:>9.1?} of {may:>6.0?}  {ratio:>5.2} x");
}

fn once<T>(work: impl FnOnce() -> T) -> (T, Duration) {
    let begin = Instant::now();
    let done = work();
    (done, begin.elapsed())
}

/// What is worked out beside the interface, each by itself.
fn analyses(trace: &Trace) {
    let millis = Duration::from_millis;
    let (path, took) = once(|| critical_path(trace));
    held("critical path", took, millis(400));
    let (_, took) = once(|| why(trace, &path, None, Charset::Unicode));
    held("what stands out", took, millis(400));
    let (flame, took) = once(|| Flame::new(trace, &path));
    held("flame graph", took, millis(150));
    let (_, took) = once(|| flame.widths(Weight::Own));
    held("widths of its frames", took, millis(8));
    let by = [GroupBy::Service, GroupBy::Operation];
    let (_, took) = once(|| statistics(trace, &path, &by));
    held("statistics", took, millis(400));
    let (_, took) = once(|| trace_graph(trace, 60));
    held("graph of calls", took, millis(400));
}

/// Each view: until it is there, and the slowest of a hundred keys in it.
fn views(trace: &Trace) {
    let (mut opened, took) = once(|| Opened::new(trace, SCREENS[0]));
    held("opened and explained", took, Duration::from_millis(800));
    let fold = Duration::from_millis(5);
    let ((), took) = once(|| opened.keys("zR"));
    held("all unfolded, with its frame", took, fold);
    let ((), took) = once(|| opened.keys("zM"));
    held("all folded, with its frame", took, fold);
    let (mut slowest, mut whole) = (Duration::ZERO, Duration::ZERO);
    opened.keys("/");
    for key in split("request") {
        let ((), took) = once(|| opened.keys(key));
        slowest = slowest.max(took);
        whole += took;
    }
    held(
        "a letter of a word, all of its hits",
        slowest,
        Duration::from_millis(30),
    );
    println!("    {:<44} {whole:>9.1?}", "the word");
    opened.keys("<Esc><Esc>");
    in_each_view(&mut opened);
}

fn in_each_view(opened: &mut Opened) {
    for (view, key) in VIEWS {
        let ((), there) = once(|| opened.keys(key));
        let mut slowest = Duration::ZERO;
        for key in split(MOVES).cycle().take(100) {
            slowest = slowest.max(once(|| opened.keys(key)).1);
        }
        let words = format!("{view} there in {there:.1?}, slowest key");
        held(&words, slowest, Duration::from_millis(8));
    }
}

/// All views, and the keys that turn to them.
const VIEWS: [(&str, &str); 8] = [
    ("waterfall", "vw"),
    ("graph", "vg"),
    ("flame", "vf"),
    ("statistics", "vs"),
    ("table", "vt"),
    ("events", "ve"),
    ("JSON", "vj"),
    ("findings", "vi"),
];

/// A trace of one service, each span made of its number: parent, start and end in microseconds,
/// and whether it failed.
fn shaped(spans: u64, span: impl Fn(u64) -> (u64, u64, u64, bool)) -> Trace {
    let mut builder = BlockBuilder::new();
    let service = builder.attribute("service.name", Value::Str("shop"));
    let resource = builder.resource(ResourceFields {
        attributes: &[service],
        ..ResourceFields::default()
    });
    let scope = builder.scope(ScopeFields::default());
    for number in 1..=spans {
        let (parent, start, end, failed) = span(number);
        let operation = builder.string(&format!("call {}", number % 7));
        let time = |micros: u64| Time(NOW + micros * 1_000);
        builder.span(
            &SpanFields {
                trace_id: TraceId(7),
                span_id: SpanId(number),
                parent_id: SpanId(parent),
                start: time(start),
                end: Some(time(end)),
                operation,
                kind: Kind::Internal,
                status: if failed { Status::Error } else { Status::Unset },
                error: false,
                resource,
                scope,
            },
            &[],
        );
    }
    let mut traces = Trace::all_of(&[Arc::new(builder.finish())]);
    traces.remove(0)
}

/// Traces of unusual shapes, in all views.
fn shapes() {
    let wide = |number: u64| u64::from(number > 1);
    let shapes = [
        (
            "50,000 deep",
            shaped(50_000, |n| (n - 1, n, 200_000 - n, false)),
        ),
        (
            "500,000 siblings",
            shaped(500_000, |n| (wide(n), n, n + 9, false)),
        ),
        (
            "100,000 without length",
            shaped(100_000, |n| (n / 3, 5, 5, false)),
        ),
        (
            "100,000 that failed",
            shaped(100_000, |n| (n / 3, n, n + 9, true)),
        ),
        (
            "100,000 without a root",
            shaped(100_000, |n| (n / 3 + 900_000, n, n + 9, false)),
        ),
    ];
    for (shape, trace) in shapes {
        let (mut opened, took) = once(|| Opened::new(&trace, SCREENS[0]));
        held(
            &format!("{shape}: opened"),
            took,
            Duration::from_millis(800),
        );
        opened.keys("zRgg");
        in_each_view(&mut opened);
    }
}

/// The slowest frames of a walk, which a mean would hide, and what a key costs that changes every
/// row.
fn tell(trace: &Trace) {
    for size in SCREENS {
        let begin = Instant::now();
        let mut opened = Opened::new(trace, size);
        let first = begin.elapsed();
        let walk = |opened: &mut Opened| {
            let mut took = Vec::new();
            for key in split(MOVES).cycle().take(400) {
                let begin = Instant::now();
                opened.keys(key);
                took.push(begin.elapsed());
            }
            took.sort_unstable();
            (took[took.len() / 2], took[took.len() * 99 / 100])
        };
        let (folded, folded_p99) = walk(&mut opened);
        let begin = Instant::now();
        opened.keys("zR");
        let unfold = begin.elapsed();
        let (open, open_p99) = walk(&mut opened);
        let mut once = |keys: &str| {
            let begin = Instant::now();
            opened.keys(keys);
            begin.elapsed()
        };
        let fold = once("zM");
        let turns = [
            ("flame", "vf"),
            ("statistics", "vs"),
            ("table", "vt"),
            ("graph", "vg"),
        ];
        let turns = turns.map(|(view, keys)| format!("{view} {:.1?}", once(keys)));
        println!(
            "{:>8} spans {:>3}x{}: opened {first:.1?}   key to frame folded {folded:.0?} p99 {folded_p99:.0?}, \
             open {open:.0?} p99 {open_p99:.0?}   open all {unfold:.1?}, fold all {fold:.1?}   {}",
            trace.len(),
            size.0,
            size.1,
            turns.join(", "),
        );
    }
}

/// Keys one by one, as the harness writes them.
fn split(keys: &str) -> impl Iterator<Item = &str> + Clone {
    let mut rest = keys;
    std::iter::from_fn(move || {
        let named = rest.starts_with('<').then(|| rest.find('>')).flatten();
        let pair = rest.starts_with("gg") || rest.starts_with("]e");
        let end = named.map_or(if pair { 2 } else { 1 }, |end| end + 1);
        let (key, more) = rest.split_at_checked(end)?;
        rest = more;
        Some(key)
    })
}

criterion_group! {
    name = benches;
    config = Criterion::default()
        .warm_up_time(Duration::from_millis(200))
        .measurement_time(Duration::from_secs(1))
        .sample_size(20);
    targets = key_to_frame
}

fn main() {
    benches();
    Criterion::default().configure_from_args().final_summary();
}
