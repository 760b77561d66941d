//! Searching beside a naive search.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicUsize, Ordering};

use proptest::collection::vec;
use proptest::prelude::*;

use super::long;
use super::naive::{block, plain, unblocked};
use crate::model::{Nanos, SpanId, SpanRef, Time};
use crate::storage::{
    Counting, LEFT_OUT, Limits, Order, Origin, Search, Snapshot, Store, StoredTrace, Subset,
};
use crate::traceql::{Metrics, Query, Steps};

/// Spans of one service: each for itself, in traces that began with it, or in traces that have
/// two of them or more. The three are decided in different ways.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Question {
    Spans,
    Rooted,
    Several,
}

impl Question {
    fn query(self, service: u8) -> Query {
        let service = format!("resource.service.name = \"service {service}\"");
        let text = match self {
            Self::Spans => format!("{{ {service} }}"),
            Self::Rooted => format!("{{ {service} && rootServiceName = \"service 0\" }}"),
            Self::Several => format!("{{ {service} }} | count() > 1"),
        };
        Query::parse(&text).unwrap()
    }

    fn fits(self, trace: &StoredTrace, spans: usize) -> bool {
        match self {
            Self::Spans => true,
            Self::Rooted => trace
                .root()
                .is_some_and(|root| root.service() == "service 0"),
            Self::Several => spans > 1,
        }
    }
}

/// What a search finds, the naive way: all traces, filtered, sorted, cut.
fn naive_search(
    snapshot: &Snapshot,
    search: Search<'_>,
    (question, service): (Question, u8),
) -> Vec<(u128, Vec<SpanId>)> {
    let mut all = Vec::new();
    for trace in snapshot.traces() {
        let of_service = |span: &SpanRef<'_>| unblocked(*span).service == service;
        let spans: Vec<_> = trace.spans().filter(of_service).collect();
        if !question.fits(&trace, spans.len()) {
            continue;
        }
        let within = |span: &SpanRef<'_>| {
            let window = search.window;
            window.is_none_or(|(from, to)| from <= span.start() && span.start() <= to)
        };
        let spans = spans.into_iter().filter(within);
        let ids: BTreeSet<SpanId> = spans.map(SpanRef::span_id).collect();
        if !ids.is_empty() {
            all.push((trace, ids.into_iter().collect::<Vec<_>>()));
        }
    }
    all.sort_by_key(|(trace, _)| match search.order {
        Order::Newest => (u64::MAX - trace.start().0, trace.id()),
        Order::Slowest => (u64::MAX - trace.duration().0, trace.id()),
    });
    all.truncate(search.limit);
    all.into_iter()
        .map(|(trace, ids)| (trace.id().0, ids))
        .collect()
}

fn question() -> impl Strategy<Value = Question> {
    prop_oneof![
        Just(Question::Spans),
        Just(Question::Rooted),
        Just(Question::Several)
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn a_search_finds_what_a_naive_one_finds(
        requests in vec(vec(plain(12), 1..8), 1..12),
        asked in (question(), 0u8..4),
        (from, length) in (0u64..60, 0u64..60),
        (windowed, slowest, limit) in (any::<bool>(), any::<bool>(), 0usize..12),
    ) {
        let store = Store::new(Limits::default());
        for request in &requests {
            store.commit(block(request), Origin::default());
        }
        let query = asked.0.query(asked.1);
        let search = Search {
            query: &query,
            window: windowed.then_some((Time(from), Time(from + length))),
            limit,
            order: if slowest { Order::Slowest } else { Order::Newest },
        };
        let snapshot = store.snapshot();
        let mut found = Vec::new();
        let ended = snapshot.search(search, &|| false, &mut |hit| {
            found.push((hit.trace.id().0, hit.matched));
            true
        });
        prop_assert_eq!(&found, &naive_search(&snapshot, search, asked));
        prop_assert!(!ended.stopped);
        let mut all = naive_search(&snapshot, Search { limit: usize::MAX, ..search }, asked);
        let count = all.len() as u64;
        prop_assert!(ended.matching.is_none_or(|matching| matching == count), "{:?} of {}", ended, count);
        all.sort();
        let subset = snapshot.select_spans(&query, search.window, &|| false).unwrap();
        prop_assert_eq!(selected(&snapshot, &subset), (all, count));
        prop_assert!(asked.0 != Question::Spans || ended.matching.is_some());
    }
}

/// The ids of selected spans by trace. Their traces are selected whole.
fn selected(snapshot: &Snapshot, subset: &Subset<'_>) -> (Vec<(u128, Vec<SpanId>)>, u64) {
    let mut found: BTreeMap<u128, BTreeSet<SpanId>> = BTreeMap::new();
    let mut whole = 0;
    for of in &subset.blocks {
        let traces = of.block.trace_column().iter();
        whole += traces
            .filter(|&trace| of.traces[trace as usize] != LEFT_OUT)
            .count();
        for row in of.rows.iter() {
            let span = of.block.span(row as u32);
            found
                .entry(span.trace_id().0)
                .or_default()
                .insert(span.span_id());
        }
    }
    let traces = snapshot.traces();
    let traces = traces.filter(|trace| found.contains_key(&trace.id().0));
    assert_eq!(whole, traces.map(|trace| trace.span_count()).sum::<usize>());
    let found = found
        .into_iter()
        .map(|(trace, ids)| (trace, ids.into_iter().collect()));
    (found.collect(), subset.traces)
}

#[test]
fn a_search_stops_when_told_to() {
    let store = Store::new(Limits::default());
    for trace in 1..=200 {
        store.commit(long(trace, 1, false), Origin::default());
    }
    let query = Query::parse("{ }").unwrap();
    let search = Search {
        query: &query,
        window: None,
        limit: 1000,
        order: Order::Newest,
    };
    let snapshot = store.snapshot();
    assert!(snapshot.search(search, &|| true, &mut |_| true).stopped);
    let mut seen = 0;
    let ended = snapshot.search(search, &|| false, &mut |_| {
        seen += 1;
        seen < 5
    });
    assert_eq!((seen, ended.stopped), (5, true));
}

/// Cancellation is asked for every so many steps: who is not asked again takes no more of them.
/// Each of the blocks may ask once, and each stage of the search.
#[test]
fn nobody_goes_on_after_the_token_is_cancelled() {
    const MORE: usize = 20 + 8;
    let store = Store::new(Limits::default());
    for trace in 1..=20 {
        store.commit(long(trace, 2_000, trace == 7), Origin::default());
    }
    let snapshot = store.snapshot();
    for text in [
        "{ name =~ \"w.*\" && span:id != \"1\" }",
        "{ } | by(span:id) | count() > 1",
        "{ } >> { status = error }",
    ] {
        let query = Query::parse(text).unwrap();
        let search = Search {
            query: &query,
            window: None,
            limit: 1000,
            order: Order::Newest,
        };
        // Asked in vain in one place after another, however far the search would come.
        for last in [1, 3, 10, 20] {
            let asked = AtomicUsize::new(0);
            let cancelled = || asked.fetch_add(1, Ordering::Relaxed) >= last;
            let ended = snapshot.search(search, &cancelled, &mut |_| true);
            assert!(ended.stopped, "{text}");
            let more = asked.into_inner() - last;
            assert!(more <= MORE, "{text}: asked {more} times more after {last}");
            let asked = AtomicUsize::new(0);
            let cancelled = || asked.fetch_add(1, Ordering::Relaxed) >= last;
            assert!(
                snapshot.select_spans(&query, None, &cancelled).is_none(),
                "{text}"
            );
            assert!(asked.into_inner() - last <= MORE, "{text}");
        }
    }
}

/// The series of a query over whole traces, added up.
fn naive_series(
    snapshot: &Snapshot,
    metrics: &Metrics,
    steps: Steps,
) -> BTreeMap<String, Vec<f64>> {
    let mut all: BTreeMap<String, Vec<f64>> = BTreeMap::new();
    for trace in snapshot.traces() {
        for series in metrics.of_trace(&trace.tree(), steps) {
            let labels = format!("{:?}", series.labels);
            let sums = all
                .entry(labels)
                .or_insert_with(|| vec![0.0; steps.count()]);
            for (sum, value) in sums.iter_mut().zip(series.values) {
                *sum += value;
            }
        }
    }
    all
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1000))]

    #[test]
    fn series_are_those_of_the_traces_added_up(
        spans in vec(plain(6), 1..40),
        size in 1usize..20,
        which in 0usize..9,
    ) {
        let store = Store::new(Limits::default());
        for spans in spans.chunks(size) {
            store.commit(block(spans), Origin::default());
        }
        let query = [
            "{ } | count_over_time() by (resource.service.name)",
            "{ status = error } | count_over_time()",
            "{ trace:duration > 20ns } | count_over_time() by (name, status)",
            "{ } > { duration > 3ns } | count_over_time() by (.service.name)",
            "{ } | count_over_time() by (rootServiceName, span:childCount)",
            "{ status = error } >> { duration > 3ns } | count_over_time() by (name)",
            "({ .service.name = \"service 1\" } && { duration > 9ns }) || { status = error } | count_over_time()",
            "{ } | histogram_over_time(duration) by (resource.service.name)",
            "({ status = error } | count_over_time() by (name)) * 2",
        ][which];
        let metrics = Metrics::parse(query).unwrap();
        let window = (Time(0), Time(60));
        let steps = Steps::covering(window.0, window.1, Nanos(7));
        let snapshot = store.snapshot();
        let counting = Counting { metrics: &metrics, window, steps, exemplars: false };
        let counted = snapshot.series(counting, &|| false).unwrap();
        let found: BTreeMap<String, Vec<f64>> = counted
            .series
            .into_iter()
            .map(|series| (format!("{:?}", series.labels), series.values))
            .collect();
        prop_assert_eq!(found, naive_series(&snapshot, &metrics, steps), "{}", query);
        prop_assert!(snapshot.series(counting, &|| true).is_none());
    }
}
