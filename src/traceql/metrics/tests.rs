//! What each function makes of a few spans.

use super::*;
use crate::model::{Nanos, scenario};

const SECOND: Nanos = Nanos(1_000_000_000);

/// Two services over three seconds: web at 0, 500 and 1500 ms, db at 600 and 2500 ms.
fn trace() -> Trace {
    scenario::trace(
        "web: GET / 0..100 server n=1 v=a\n\
         web: GET / 500..900 server error n=3 v=b\n\
         db: SELECT 600..800 client n=8\n\
         web: POST / 1500..1510 server n=2 v=a\n\
         db: SELECT 2500..2600 client n=x\n",
    )
}

/// The series of a query as `labels: values`, `-` where there is no number.
fn told(query: &str) -> Vec<String> {
    let metrics = Metrics::parse(query).unwrap_or_else(|error| panic!("{}", error.render(query)));
    let to = scenario::EPOCH + Nanos(SECOND.0 * 3);
    let steps = Steps::covering(scenario::EPOCH, to, SECOND);
    let line = |series: &Series| {
        let labels = series.labels.iter();
        let labels: Vec<String> = labels.map(|l| format!("{}={}", l.name, l.value)).collect();
        let number = |n: &f64| {
            if n.is_nan() {
                "-".to_owned()
            } else {
                ((n * 1e6).round() / 1e6).to_string()
            }
        };
        let values: Vec<String> = series.values.iter().map(number).collect();
        format!("{}: {}", labels.join(","), values.join(" "))
    };
    metrics.of_trace(&trace(), steps).iter().map(line).collect()
}

#[test]
fn functions_compute_what_they_say() {
    let cases: &[(&str, &[&str])] = &[
        ("{ } | rate()", &["__name__=\"rate\": 3 1 1"]),
        (
            "{ } | count_over_time() by (resource.service.name)",
            &[
                "resource.service.name=\"db\": 1 0 1",
                "resource.service.name=\"web\": 2 1 0",
            ],
        ),
        (
            "{ } | max_over_time(duration) by (name)",
            &[
                "name=\"GET /\": 0.4 - -",
                "name=\"POST /\": - 0.01 -",
                "name=\"SELECT\": 0.2 - 0.1",
            ],
        ),
        (
            "{ } | sum_over_time(span.n)",
            &["__name__=\"sum_over_time\": 12 2 -"],
        ),
        (
            "{ } | avg_over_time(.n)",
            &["__name__=\"avg_over_time\": 4 2 -"],
        ),
        (
            "{ kind = server } | quantile_over_time(duration, 0.5, 1)",
            &["p=0.5: 0.1 0.01 -", "p=1.0: 0.4 0.01 -"],
        ),
        (
            "{ name = \"SELECT\" } | histogram_over_time(duration)",
            &["__bucket=0.134217728: 0 0 1", "__bucket=0.268435456: 1 0 0"],
        ),
        (
            "{ } | count_over_time() by (span.v, status)",
            &[
                "span.v=\"a\",status=unset: 1 1 0",
                "span.v=\"b\",status=error: 1 0 0",
                "status=unset: 1 0 1",
            ],
        ),
        (
            "{ kind = client } | rate() by (span.v)",
            &["span.v=nil: 1 0 1"],
        ),
        (
            "{ } | count_over_time() by (rootServiceName, span:childCount)",
            &["trace:rootService=\"web\",span:childCount=0: 3 1 1"],
        ),
    ];
    for (query, wanted) in cases {
        assert_eq!(told(query), *wanted, "{query}");
    }
}

#[test]
fn stages_and_operators_work_on_series() {
    let cases: &[(&str, &[&str])] = &[
        (
            "{ } | rate() by (resource.service.name) | topk(1)",
            &[
                "resource.service.name=\"db\": - - 1",
                "resource.service.name=\"web\": 2 1 -",
            ],
        ),
        (
            "{ } | count_over_time() by (name) | bottomk(1)",
            &["name=\"GET /\": - 0 0", "name=\"POST /\": 0 - -"],
        ),
        ("{ } | rate() > 1", &["__name__=\"rate\": 3 - -"]),
        ("{ } | rate() > 9", &[]),
        (
            "({ status = error } | rate()) / ({ } | rate()) * 100",
            &["__name__=\"rate\": 33.333333 0 0"],
        ),
        (
            "({ } | rate() by (name)) / ({ } | count_over_time())",
            &[
                "name=\"GET /\": 0.666667 0 0",
                "name=\"POST /\": 0 1 0",
                "name=\"SELECT\": 0.333333 0 1",
            ],
        ),
        (
            "({ kind = server } | rate() by (name)) + ({ } | rate() by (name))",
            &["name=\"GET /\": 4 0 0", "name=\"POST /\": 0 2 0"],
        ),
        (
            "({ } | rate()) / ({ name = \"POST /\" } | rate())",
            &["__name__=\"rate\": - 1 -"],
        ),
    ];
    for (query, wanted) in cases {
        assert_eq!(told(query), *wanted, "{query}");
    }
}

#[test]
fn compare_tells_what_the_selected_have_in_common() {
    let told = told("{ } | compare({ status = error }, 1)");
    let wanted = [
        "__meta_type=\"baseline\",span.v=\"a\": 1 1 0",
        "__meta_type=\"selection\",span.v=\"b\": 1 0 0",
        // Not the most frequent name of the others, but to be compared with the selection's.
        "__meta_type=\"baseline\",name=\"GET /\": 1 0 0",
        "__meta_type=\"selection\",status=error: 1 0 0",
        "__meta_type=\"baseline_total\": 2 1 1",
        "__meta_type=\"selection_total\": 1 0 0",
    ];
    for line in wanted {
        assert!(told.iter().any(|found| found == line), "{line}: {told:#?}");
    }
    assert!(!told.iter().any(|line| line.contains("POST")), "{told:#?}");
}

#[test]
fn an_exemplar_is_the_longest_of_its_step() {
    let metrics = Metrics::parse("{ } | max_over_time(duration)").unwrap();
    let to = scenario::EPOCH + Nanos(SECOND.0 * 3);
    let steps = Steps::covering(scenario::EPOCH, to, SECOND);
    let series = metrics.of_trace(&trace(), steps);
    let found: Vec<_> = series[0]
        .exemplars
        .iter()
        .map(|e| (e.span_id.0, e.value))
        .collect();
    assert_eq!(found, [(2, Some(0.4)), (4, Some(0.01)), (5, Some(0.1))]);
}

#[test]
fn counting_apart_and_merging_is_counting() {
    let trace = trace();
    let queries = [
        "{ } | rate() by (resource.service.name)",
        "{ } | quantile_over_time(duration, 0.5) by (name, .v)",
        "{ } | histogram_over_time(duration) by (kind)",
        "{ } | avg_over_time(.n)",
    ];
    for query in queries {
        let metrics = Metrics::parse(query).unwrap();
        let steps = Steps::whole(scenario::EPOCH, scenario::EPOCH + Nanos(SECOND.0 * 9));
        let selection = &metrics.selections()[0];
        let Tallied::Tally(mut left) = selection.tally(steps, true) else {
            panic!("this compares nothing");
        };
        let mut right = left.another();
        for block in trace.blocks() {
            let (mut odd, mut even) = (Bits::all(block.len()), Bits::all(block.len()));
            odd.retain(|row| row % 2 == 1);
            even.retain(|row| row % 2 == 0);
            left.rows(block, &odd);
            right.rows(block, &even);
        }
        left.merge(&right);
        let merged = metrics.answer(&[Tallied::Tally(left)]);
        assert_eq!(merged, metrics.of_trace(&trace, steps), "{query}");
    }
}

/// Whatever is put together gives a number, or none, for every step.
#[test]
fn functions_groups_and_stages_go_together() {
    let functions = [
        "rate()",
        "count_over_time()",
        "min_over_time(span.n)",
        "sum_over_time(event.n)",
        "avg_over_time(trace:duration)",
        "quantile_over_time(.v, 0, 1)",
        "histogram_over_time(span:childCount)",
    ];
    let groups = [
        "",
        "by (name)",
        "by (event:name, .none)",
        "by (rootName, kind, span:id)",
    ];
    let stages = ["", "| topk(2)", "| bottomk(1) > 0", "!= 1 | topk(9)"];
    let spans = [
        "{ }",
        "{ .n > 1 }",
        "{ } > { } | by(name) | count() > 0",
        "{ name = \"none\" }",
    ];
    let trace = trace();
    let steps = Steps::covering(
        scenario::EPOCH,
        scenario::EPOCH + SECOND,
        Nanos(SECOND.0 / 7),
    );
    for function in functions {
        for group in groups {
            for (stage, spans) in stages
                .iter()
                .flat_map(|stage| spans.map(|spans| (stage, spans)))
            {
                let query = format!("{spans} | {function} {group} {stage}");
                let metrics =
                    Metrics::parse(&query).unwrap_or_else(|e| panic!("{}", e.render(&query)));
                assert_eq!(
                    Metrics::parse(&metrics.tree().to_string()).unwrap().tree(),
                    metrics.tree()
                );
                let series = metrics.of_trace(&trace, steps);
                let whole = series
                    .iter()
                    .all(|series| series.values.len() == steps.count());
                assert!(whole, "{query}");
            }
        }
    }
}
