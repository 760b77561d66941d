//! Questions to the embedded store, asked as the screens ask them: through the backend, rows and
//! all.

#![expect(clippy::print_stdout, reason = "a bench tells what it found")]

mod workload;

use std::time::Duration;

use criterion::{Criterion, criterion_group};
use tokio::runtime::Runtime;
use tokio_util::sync::CancellationToken;
use vizsla::backend::{Backend, Division, Memory, Part, SearchRequest, SeriesRequest, Sort};
use vizsla::collector::{Exports, Intake, Syntax};
use vizsla::format::otlp::Signal;
use vizsla::model::TraceId;
use vizsla::storage::{Limits, Store};
use vizsla::traceql::Metrics;

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
    query: String,
    /// How long Jaeger's memory store takes for the like over as many spans.
    jaeger: Option<Duration>,
    /// How long it may take here, on two idle cores.
    budget: Option<Duration>,
}

/// A rare attribute: what was measured of a Jaeger all-in-one, in whose scan every tag costs alike.
const RARE: Duration = Duration::from_millis(185);
/// Dependencies, likewise.
const DEPENDENCIES: Duration = Duration::from_millis(850);

impl Asked {
    fn new() -> Self {
        let requests = workload::requests(SPANS, Traces::Many, 7);
        let store = Store::new(Limits::of(4 << 30));
        let exports = Exports::new(store.clone());
        for request in &requests {
            let taken = exports.take(Signal::Traces, Syntax::Protobuf, request);
            assert!(taken.is_ok(), "{taken:?}");
        }
        let there = workload::a_request_id(&requests);
        let question = |name, query: &str, jaeger, millis: Option<f64>| Question {
            name,
            query: query.to_owned(),
            jaeger,
            budget: millis.map(|millis| Duration::from_secs_f64(millis / 1e3)),
        };
        let there = format!(r#"request.id = "{there}""#);
        let questions = vec![
            question(
                "service and duration",
                r#"{ resource.service.name = "pay" && duration > 400ms }"#,
                None,
                Some(2.0),
            ),
            question(
                "rare pair, there",
                &format!("{{ span.{there} }}"),
                Some(RARE),
                Some(5.0),
            ),
            question(
                "rare pair, absent",
                r#"{ span.request.id = "absent" }"#,
                Some(RARE),
                Some(0.2),
            ),
            question(
                "Jaeger's tag, there",
                &format!("{{ tag.{there} }}"),
                Some(RARE),
                None,
            ),
            question("failed", "{ status = error }", None, None),
            question(
                "operation by regex",
                r#"{ name =~ ".*audit/v[37]" }"#,
                None,
                Some(10.0),
            ),
            question(
                "value by regex, no hit",
                r#"{ span.enduser.id =~ ".*-99999.*" }"#,
                None,
                None,
            ),
            question(
                "structural",
                r#"{ resource.service.name = "cart" } >> { status = error }"#,
                None,
                Some(30.0),
            ),
            question(
                "rate by service",
                "{ } | rate() by (resource.service.name)",
                None,
                Some(20.0),
            ),
            question(
                "p99 by operation",
                "{ } | quantile_over_time(duration, .99) by (name)",
                None,
                None,
            ),
        ];
        let trace = store.snapshot().traces().nth(1_000).map(|trace| trace.id());
        Self {
            runtime: Runtime::new().unwrap_or_else(|why| panic!("no runtime: {why}")),
            backend: Memory::new(store.clone()),
            questions,
            trace: trace.unwrap_or_default(),
            store,
        }
    }

    /// Asks, and returns how many there are of what was asked for.
    fn ask(&self, query: &str) -> usize {
        if Metrics::parse(query).is_ok() {
            self.series(query)
        } else {
            self.search(query)
        }
    }

    /// Asks for series over all time.
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

    /// Asks for the newest 20 and returns how many there are.
    fn search(&self, query: &str) -> usize {
        let request = SearchRequest {
            query: query.to_owned(),
            window: None,
            limit: 20,
            sort: Sort::Newest,
        };
        self.runtime.block_on(async {
            let mut parts = self.backend.search(request, CancellationToken::new());
            let mut rows = 0;
            while let Some(part) = parts.recv().await {
                match part {
                    Part::Rows(more) => rows += more.len(),
                    Part::Failed(why) => panic!("{query}: {why}"),
                    _ => {}
                }
            }
            rows
        })
    }

    /// The service graph of all that is stored, with latency and errors of each edge.
    fn graph(&self) -> usize {
        let asked = self.backend.service_graph(None, CancellationToken::new());
        self.runtime
            .block_on(asked)
            .map_or(0, |(graph, _)| graph.edge_count())
    }

    fn open(&self) -> usize {
        self.store
            .trace(self.trace)
            .map_or(0, |trace| trace.tree().len())
    }
}

fn search(c: &mut Criterion) {
    let asked = Asked::new();
    let mut group = c.benchmark_group("search 1M spans");
    for Question { name, query, .. } in &asked.questions {
        group.bench_function(*name, |b| b.iter(|| asked.ask(query)));
    }
    group.bench_function("trace by id", |b| b.iter(|| asked.store.trace(asked.trace)));
    group.bench_function("trace by id, with its tree", |b| b.iter(|| asked.open()));
    group.bench_function("service graph", |b| b.iter(|| asked.graph()));
    group.finish();
    tell(&asked);
}

/// Medians beside Jaeger's, and beside what they may be.
fn tell(asked: &Asked) {
    println!("\n{SPANS} spans, medians of 20, newest 20 traces");
    let line = |name: &str, found: usize, took: Duration, jaeger, budget| {
        let ratio = |whose: &str, anchor: Option<Duration>| {
            anchor.map_or_else(String::new, |anchor| {
                let times = anchor.as_secs_f64() / took.as_secs_f64();
                format!("   {whose} {anchor:?}: {times:.1} x")
            })
        };
        let (jaeger, budget) = (ratio("Jaeger", jaeger), ratio("budget", budget));
        println!("{name:<26} {found:>4} found {took:>10.1?}{budget}{jaeger}");
    };
    for question in &asked.questions {
        let took = workload::median(20, || _ = asked.ask(&question.query));
        let found = asked.ask(&question.query);
        line(question.name, found, took, question.jaeger, question.budget);
    }
    let millis = |n| Some(Duration::from_millis(n));
    let took = workload::median(20, || drop(asked.store.trace(asked.trace)));
    line(
        "trace by id",
        1,
        took,
        None,
        Some(Duration::from_micros(100)),
    );
    let took = workload::median(20, || _ = asked.open());
    line("trace by id, with its tree", asked.open(), took, None, None);
    let took = workload::median(20, || _ = asked.graph());
    line(
        "service graph",
        asked.graph(),
        took,
        Some(DEPENDENCIES),
        millis(5),
    );
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
