//! Instructions, which are the same on a busy machine and on an idle one: each step runs under
//! callgrind, and so does what it needs beforehand; the difference is its own.
//!
//! `cargo bench --bench count` prints the table of `benches/README.md`; it needs `valgrind`.
//! `cargo bench --bench count -- STEP TIMES` runs one step that often, for any other tool.

#![expect(clippy::print_stdout, reason = "a bench tells what it found")]

mod workload;

use std::hint::black_box;
use std::process::Command;

use vizsla::format::otlp::{Signal, proto};
use vizsla::format::{Findings, Output};
use vizsla::model::{BlockBuilder, Nanos};
use vizsla::storage::{Counting, Order, Search, Snapshot};
use vizsla::traceql::{Metrics, Query, Steps};

use workload::Traces;

/// Spans that are decoded and searched: enough for a block that is merged and sealed, and few
/// enough that one thread does it all.
const SPANS: usize = 70_000;

/// Runs of a step in one process.
const TIMES: u64 = 3;

/// No step: what all of them need beforehand.
const NOTHING: &str = "nothing";

/// What is counted: a word for the command line, and what it is.
const STEPS: [(&str, &str); 8] = [
    ("decode", "OTLP protobuf into blocks"),
    ("store", "decoding and storing"),
    ("service", "search: service and duration"),
    ("there", "search: rare pair that exists"),
    ("absent", "search: absent value"),
    ("regex", "search: regex on operation"),
    ("structural", "search: `a >> b`"),
    ("rate", "`rate() by (resource.service.name)`"),
];

fn main() {
    let words: Vec<String> = std::env::args()
        .skip(1)
        .filter(|word| !word.starts_with("--"))
        .collect();
    if let [step, times] = words.as_slice() {
        run(step, times.parse().unwrap_or(1));
        return;
    }
    println!("| {SPANS} spans | instructions | a span |\n|---|---|---|");
    let before = instructions(NOTHING);
    for (step, name) in STEPS {
        let Some((before, all)) = before.zip(instructions(step)) else {
            println!("| {name} | valgrind does not run here | |");
            continue;
        };
        let one = all.saturating_sub(before) as f64 / TIMES as f64;
        let each = one / SPANS as f64;
        println!("| {name} | {:.3} M | {each:.2} |", one / 1e6);
    }
}

/// The instructions of this program while it runs a step [`TIMES`].
fn instructions(step: &str) -> Option<u64> {
    let valgrind = Command::new("valgrind")
        .args(["--tool=callgrind", "--callgrind-out-file=/dev/null"])
        .arg(std::env::current_exe().ok()?)
        .args([step, &TIMES.to_string()])
        .output()
        .ok()?;
    let said = String::from_utf8_lossy(&valgrind.stderr).into_owned();
    let line = said
        .lines()
        .find_map(|line| line.split_once("Collected : "));
    line?.1.trim().parse().ok()
}

fn run(step: &str, times: u64) {
    let requests = workload::requests(SPANS, Traces::Many, 7);
    let store = workload::stored(&requests);
    let snapshot = store.snapshot();
    let there = workload::a_request_id(&requests);
    let text = match step {
        "service" => r#"{ resource.service.name = "gateway" && duration > 100ms }"#.to_owned(),
        "there" => format!("{{ span.request.id = \"{there}\" }}"),
        "absent" => r#"{ span.request.id = "absent" }"#.to_owned(),
        "regex" => r#"{ name =~ ".*gateway/v[37]" }"#.to_owned(),
        "structural" => r#"{ resource.service.name = "gateway" } >> { status = error }"#.to_owned(),
        _ => "{ } | rate() by (resource.service.name)".to_owned(),
    };
    let mut builder = BlockBuilder::new();
    for _ in 0..times {
        match step {
            NOTHING => {}
            "decode" => decode(&requests, &mut builder),
            "store" => drop(workload::stored(&requests)),
            "rate" => _ = black_box(rate(&snapshot, &text)),
            _ => _ = black_box(search(&snapshot, &text)),
        }
    }
}

fn decode(requests: &[Vec<u8>], builder: &mut BlockBuilder) {
    for request in requests {
        let mut findings = Findings::default();
        let out = Output::new(builder, &mut findings);
        let decoded = proto::decode(Signal::Traces, request, out);
        assert!(decoded.is_ok(), "{decoded:?}");
        black_box(builder.finish());
    }
}

/// The newest 20 traces.
fn search(snapshot: &Snapshot, text: &str) -> usize {
    let Ok(query) = Query::parse(text) else {
        return 0;
    };
    let search = Search {
        query: &query,
        window: None,
        limit: 20,
        order: Order::Newest,
    };
    let mut found = 0;
    snapshot.search(search, &|| false, &mut |_| {
        found += 1;
        true
    });
    found
}

fn rate(snapshot: &Snapshot, text: &str) -> usize {
    let (Ok(metrics), Some(window)) = (Metrics::parse(text), snapshot.reach()) else {
        return 0;
    };
    let steps = Steps::covering(window.0, window.1, Nanos(5_000_000_000));
    let counting = Counting {
        metrics: &metrics,
        window,
        steps,
        exemplars: false,
    };
    let counted = snapshot.series(counting, &|| false);
    counted.map_or(0, |counted| counted.series.len())
}
