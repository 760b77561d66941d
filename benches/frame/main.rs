//! From a key to its frame on traces of 10 k, 100 k and 1 M spans, and opening such a trace: through
//! the real update, jobs and view, without a terminal.
//!
//! Drawing looks at the visible rows only, so the three sizes must cost about the same. What looks at
//! all spans is done beside the interface; each of that is told beside what it may take, as are
//! traces of unusual shapes in all views. `-- views`, `-- find`, `-- shapes`
//! and `-- held` do a part of it.

#![expect(clippy::print_stdout, reason = "a bench tells what it found")]

mod counting;
mod held;
mod opened;
mod traces;
#[path = "../workload/mod.rs"]
mod workload;

use std::time::{Duration, Instant};

use criterion::{BenchmarkId, Criterion, criterion_group};
use vizsla::analysis::{Flame, GroupBy, Weight, critical_path, statistics, why};
use vizsla::graph::trace_graph;
use vizsla::model::{Cancellation, Trace};
use vizsla::text::Charset;

use counting::Counting;
use opened::{MOVES, Opened, VIEWS, split};
use traces::{shapes, trace};

#[global_allocator]
static ALLOCATOR: Counting = Counting;

const SPANS: [usize; 3] = [10_000, 100_000, 1_000_000];
const SCREENS: [(u16, u16); 2] = [(120, 40), (200, 60)];

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
    of_shapes();
    held::tell();
}

/// Traces of unusual shapes, in all views.
fn of_shapes() {
    for (shape, trace) in shapes() {
        let (mut opened, took) = once(|| Opened::new(&trace, SCREENS[0]));
        let words = format!("{shape}: opened");
        held(&words, took, Duration::from_millis(800));
        opened.keys("zRgg");
        in_each_view(&mut opened);
    }
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
    let (_, took) = once(|| flame.widths(Weight::Own, (trace, &path), &Cancellation::never()));
    held("widths of its frames", took, millis(8));
    let by = [GroupBy::Service, GroupBy::Operation];
    let (_, took) = once(|| statistics(trace, &path, &by));
    held("statistics", took, millis(400));
    let (_, took) = once(|| trace_graph(trace, 60));
    held("graph of calls", took, millis(400));
}

/// Letters of words that all spans have, and of one that none has, each until all hits are there.
fn find(opened: &mut Opened) {
    for word in ["request", "zebra", "a e i"] {
        opened.keys("/");
        let mut slowest = (Duration::ZERO, "");
        for key in word.split("").filter(|key| !key.is_empty()) {
            let key = if key == " " { "<Space>" } else { key };
            // The quickest of three: what other programs took is not in it.
            let took = (0..3).map(|time| {
                if time > 0 {
                    opened.keys("<Backspace>");
                }
                once(|| opened.keys(key)).1
            });
            slowest = slowest.max((took.min().unwrap_or_default(), key));
        }
        let words = format!("a letter of {word:?}, all hits: slowest {}", slowest.1);
        held(&words, slowest.0, Duration::from_millis(30));
        opened.keys("<Esc><Esc>");
    }
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
    find(&mut opened);
    in_each_view(&mut opened);
}

/// Each view: until it is there, and the slowest of a hundred keys in it. The same walk is gone
/// several times, and of each key the quickest time counts: what other programs took is not in it.
fn in_each_view(opened: &mut Opened) {
    for (view, key) in VIEWS {
        let ((), there) = once(|| opened.keys(key));
        let mut took = [Duration::MAX; 100];
        for _ in 0..5 {
            opened.keys("gg");
            for (took, key) in took.iter_mut().zip(split(MOVES).cycle()) {
                *took = (*took).min(once(|| opened.keys(key)).1);
            }
        }
        let slowest = split(MOVES).cycle().zip(took).max_by_key(|(_, took)| *took);
        let (key, took) = slowest.unwrap_or_default();
        let words = format!("{view} there in {there:.1?}, slowest {key}");
        held(&words, took, Duration::from_millis(8));
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

criterion_group! {
    name = benches;
    config = Criterion::default()
        .warm_up_time(Duration::from_millis(200))
        .measurement_time(Duration::from_secs(1))
        .sample_size(20);
    targets = key_to_frame
}

fn main() {
    let asked: Vec<String> = std::env::args().skip(1).collect();
    let asked = |word: &str| asked.iter().any(|asked| asked == word);
    if asked("held") {
        return held::tell();
    }
    if asked("views") {
        return views(&trace(1_000_000));
    }
    if asked("find") {
        return (0..4).for_each(|_| find(&mut Opened::new(&trace(1_000_000), SCREENS[0])));
    }
    if asked("shapes") {
        return of_shapes();
    }
    benches();
    Criterion::default().configure_from_args().final_summary();
}
