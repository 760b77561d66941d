//! From a key to its frame on traces of 10 k, 100 k and 1 M spans, and opening such a trace: through
//! the real update, jobs and view, without a terminal.
//!
//! Drawing looks at the visible rows only, so the three sizes must cost about the same.

#![expect(clippy::print_stdout, reason = "a bench tells what it found")]

mod workload;

use std::sync::Arc;
use std::time::{Duration, Instant};

use criterion::{BenchmarkId, Criterion, criterion_group};
use tokio::runtime::Runtime;
use vizsla::config::Depth;
use vizsla::format::Findings;
use vizsla::format::otlp::{Signal, proto};
use vizsla::model::{BlockBuilder, Trace};
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
