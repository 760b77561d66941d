//! Questions to the embedded store, asked as the screens ask them: through the backend, rows and
//! all.

#![expect(clippy::print_stdout, reason = "a bench tells what it found")]

mod workload;

use std::time::{Duration, Instant};

use criterion::{Criterion, criterion_group};
use tokio::runtime::Runtime;
use tokio_util::sync::CancellationToken;
use vizsla::backend::{
    Backend, BackendError, Division, Memory, Part, SearchRequest, SeriesRequest, Sort,
};
use vizsla::model::TraceId;
use vizsla::storage::Store;

use workload::Traces;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

const SPANS: usize = 1_000_000;

/// A store of a million spans and what is asked of it.
struct Asked {
    runtime: Runtime,
    store: Store,
    backend: Memory,
    questions: Vec<Question>,
    trace: TraceId,
}

/// A question, and what its answer is held against.
struct Question {
    name: &'static str,
    asks: Asks,
    /// How long Jaeger's memory store takes for the like over as many spans.
    jaeger: Option<Duration>,
    /// How long it may take here, on two idle cores.
    budget: Option<Duration>,
}

/// What is asked.
enum Asks {
    /// For the newest 20 traces.
    Search(String),
    /// For series over all time.
    Series(&'static str),
    /// Who calls whom, of the spans that a query finds.
    Calls(&'static str),
    /// Who calls whom, of all.
    Graph,
    /// For a trace by its id; with its tree.
    Trace(bool),
}

/// A rare attribute: what was measured of a Jaeger all-in-one, in whose scan every tag costs alike.
const RARE: u64 = 185_000;
/// Dependencies, likewise.
const DEPENDENCIES: u64 = 850_000;

/// What is asked, with Jaeger's time and the budget in microseconds, where there are any. `there`
/// is a `request.id` and `span` a span's id that occur once, `service` one that sends many spans.
fn questions(there: &str, span: &str, service: &str) -> Vec<Question> {
    let question = |name, asks, jaeger: Option<u64>, budget: Option<u64>| Question {
        name,
        asks,
        jaeger: jaeger.map(Duration::from_micros),
        budget: budget.map(Duration::from_micros),
    };
    let search = |name, query: &str, jaeger, budget| {
        question(name, Asks::Search(query.to_owned()), jaeger, budget)
    };
    let of = format!("resource.service.name = \"{service}\"");
    let there = format!("request.id = \"{there}\"");
    let absent = r#"{ span.request.id = "absent" }"#;
    let by_service = "{ } | rate() by (resource.service.name)";
    let by_name = "{ } | quantile_over_time(duration, .99) by (name)";
    vec![
        search(
            "service and duration",
            &format!("{{ {of} && duration > 100ms }}"),
            None,
            Some(2_000),
        ),
        search(
            "rare pair, there",
            &format!("{{ span.{there} }}"),
            Some(RARE),
            Some(5_000),
        ),
        search("rare pair, absent", absent, Some(RARE), Some(200)),
        search(
            "Jaeger's tag, there",
            &format!("{{ tag.{there} }}"),
            Some(RARE),
            None,
        ),
        search(
            "span by id",
            &format!("{{ span:id = \"{span}\" }}"),
            None,
            Some(1_000),
        ),
        search("failed", "{ status = error }", None, None),
        search(
            "operation by regex",
            &format!("{{ name =~ \".*{service}/v[37]\" }}"),
            None,
            Some(10_000),
        ),
        search(
            "value by regex, no hit",
            r#"{ span.enduser.id =~ ".*-99999.*" }"#,
            None,
            None,
        ),
        search(
            "structural",
            &format!("{{ {of} }} >> {{ status = error }}"),
            None,
            Some(30_000),
        ),
        search(
            "structural, none",
            &format!("{{ name = \"none\" }} >> {{ {of} }}"),
            None,
            Some(30_000),
        ),
        question(
            "rate by service",
            Asks::Series(by_service),
            None,
            Some(20_000),
        ),
        question("p99 by operation", Asks::Series(by_name), None, None),
        question("calls of all", Asks::Graph, Some(DEPENDENCIES), Some(5_000)),
        question(
            "calls of half",
            Asks::Calls("{ kind = server }"),
            Some(DEPENDENCIES),
            Some(40_000),
        ),
        question(
            "calls of a hundredth",
            Asks::Calls("{ status = error }"),
            Some(DEPENDENCIES),
            Some(40_000),
        ),
        question("trace by id", Asks::Trace(false), None, Some(100)),
        question("trace by id, its tree", Asks::Trace(true), None, None),
    ]
}

impl Asked {
    fn new(traces: Traces) -> Self {
        let requests = workload::requests(SPANS, traces, 7);
        let store = workload::stored(&requests);
        let there = workload::a_request_id(&requests);
        let snapshot = store.snapshot();
        let block = snapshot.blocks().next().cloned().unwrap_or_default();
        let span = block
            .spans()
            .nth(1_000)
            .map(|span| format!("{:016x}", span.span_id().0));
        let service = block.spans().next().map(|span| span.service().to_owned());
        let trace = snapshot.traces().take(1_000).last().map(|trace| trace.id());
        Self {
            runtime: Runtime::new().unwrap_or_else(|why| panic!("no runtime: {why}")),
            backend: Memory::new(store.clone()),
            questions: questions(
                &there,
                &span.unwrap_or_default(),
                &service.unwrap_or_default(),
            ),
            trace: trace.unwrap_or_default(),
            store,
        }
    }

    /// Asks, and returns how many there are of what was asked for.
    fn ask(&self, asks: &Asks) -> usize {
        let cancel = CancellationToken::new();
        match asks {
            Asks::Search(query) => self.search(query, cancel),
            Asks::Series(query) => self.series(query),
            Asks::Calls(query) => {
                let asked = self.backend.calls_of((*query).to_owned(), None, cancel);
                let told = self.runtime.block_on(asked);
                told.map_or(0, |(graph, _)| graph.edge_count())
            }
            Asks::Graph => {
                let told = self
                    .runtime
                    .block_on(self.backend.service_graph(None, cancel));
                told.map_or(0, |(graph, _)| graph.edge_count())
            }
            Asks::Trace(tree) => self.store.trace(self.trace).map_or(0, |trace| {
                if *tree {
                    trace.tree().len()
                } else {
                    trace.span_count()
                }
            }),
        }
    }

    fn series(&self, query: &str) -> usize {
        let request = SeriesRequest {
            query: query.to_owned(),
            window: None,
            by: Division::Suitable,
            exemplars: false,
        };
        let asked = self.backend.series(request, CancellationToken::new());
        let answer = self.runtime.block_on(asked);
        answer.map_or(0, |answer| answer.series.len())
    }

    fn search(&self, query: &str, cancel: CancellationToken) -> usize {
        let request = SearchRequest {
            query: query.to_owned(),
            window: None,
            limit: 20,
            sort: Sort::Newest,
        };
        self.runtime.block_on(async {
            let mut parts = self.backend.search(request, cancel);
            let mut rows = 0;
            while let Some(part) = parts.recv().await {
                match part {
                    Part::Rows(more) => rows += more.len(),
                    Part::Failed(BackendError::Cancelled) => {}
                    Part::Failed(why) => panic!("{query}: {why}"),
                    _ => {}
                }
            }
            rows
        })
    }

    /// How long a search goes on after it was cancelled in the middle; a part is told by it last.
    fn cancelled(&self, query: &str) -> Duration {
        let cancel = CancellationToken::new();
        let token = cancel.clone();
        let teller = std::thread::spawn(move || {
            std::thread::sleep(Duration::from_millis(5));
            token.cancel();
            Instant::now()
        });
        self.search(query, cancel);
        let ended = Instant::now();
        let told = teller.join().unwrap_or(ended);
        ended.saturating_duration_since(told)
    }
}

fn search(c: &mut Criterion) {
    let asked = Asked::new(Traces::Many);
    let mut group = c.benchmark_group("search 1M spans");
    for Question { name, asks, .. } in &asked.questions {
        group.bench_function(*name, |b| b.iter(|| asked.ask(asks)));
    }
    group.finish();
    tell(&asked);
}

/// Medians beside Jaeger's, and beside what they may be; and the processor's time, which counts
/// where the machine is busy.
fn tell(asked: &Asked) {
    println!("\n{SPANS} spans, medians of 20, newest 20 traces; processor time of all threads");
    let line = |name: &str, found: usize, took: Duration, used: Option<Duration>| {
        print!("{name:<22} {found:>5} found {took:>9.1?} ");
        used.map_or_else(|| print!("{:14}", ""), |used| print!("{used:>9.1?} cpu "));
    };
    let ratio = |whose: &str, anchor: Option<Duration>, took: Duration| {
        if let Some(anchor) = anchor {
            let times = anchor.as_secs_f64() / took.as_secs_f64().max(1e-9);
            print!("  {whose} {anchor:?}: {times:.1} x");
        }
    };
    for Question {
        name,
        asks,
        jaeger,
        budget,
    } in &asked.questions
    {
        let took = workload::median(20, || _ = asked.ask(asks));
        let used = workload::processor_time(|| _ = asked.ask(asks));
        line(name, asked.ask(asks), took, used);
        ratio("budget", *budget, took);
        ratio("Jaeger", *jaeger, took);
        println!();
    }
    let slow = [
        r#"{ span.request.id =~ ".*[x-z].*-" }"#,
        "{ } | count() > 1000",
        "{ } >> { } | count() > 1000",
    ];
    let cancelled = |asked: &Asked, query: &str, words: &str| {
        let mut took: Vec<Duration> = (0..9).map(|_| asked.cancelled(query)).collect();
        took.sort_unstable();
        let (median, worst) = (took[took.len() / 2], took[took.len() - 1]);
        line("cancelled", 0, median, None);
        ratio("budget", Some(Duration::from_millis(10)), median);
        println!("  worst {worst:.1?}  {query}{words}");
    };
    for query in slow {
        cancelled(asked, query, "");
    }
    let one = Asked::new(Traces::One);
    cancelled(&one, slow[2], ", all spans one trace");
}

criterion_group! {
    name = benches;
    config = Criterion::default()
        .warm_up_time(Duration::from_millis(300))
        .measurement_time(Duration::from_secs(1))
        .sample_size(20);
    targets = search
}

fn main() {
    benches();
    Criterion::default().configure_from_args().final_summary();
}
