//! The store beside a naive model of it: lists of spans.

mod keeping;
mod naive;
mod search;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use proptest::collection::vec;
use proptest::prelude::*;

use naive::*;

use super::*;
use crate::model::{
    Block, BlockBuilder, Kind, LogFields, ResourceFields, ScopeFields, SpanFields, SpanId, SpanRef,
    Status, Time, TraceId, Value,
};

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn the_store_does_what_a_naive_one_does(
        requests in vec(vec(plain(30), 1..8), 1..40),
        budget in (24usize << 10)..(64 << 10),
        hold in 1u8..30,
    ) {
        let store = Store::new(tight(budget));
        let mut naive = Naive::default();
        let mut held = None;
        let mut earlier = None;
        for (step, request) in requests.iter().enumerate() {
            let done = store.commit(block(request), Origin::default());
            prop_assert_eq!(done, naive.commit(&store, request));
            let stats = store.stats();
            prop_assert!(stats.adds_up(), "{:?}", stats);
            // A late span may need a block of its own beyond what was reckoned.
            prop_assert!(stats.bytes <= budget as u64 + (8 << 10), "{} of {}", stats.bytes, budget);
            prop_assert_eq!(stats.stored as usize, naive.traces.values().map(Vec::len).sum::<usize>());
            prop_assert_eq!(stats.traces as usize, naive.traces.len());
            if held.is_none() && naive.traces.contains_key(&hold) {
                held = Some(store.hold(TraceId(hold.into()), 0));
            }
            if step == requests.len() / 2 {
                let snapshot = store.snapshot();
                earlier = Some((contents(&snapshot), snapshot));
            }
        }
        let expected: BTreeMap<u128, Vec<Plain>> =
            naive.traces.iter().map(|(&id, spans)| (id.into(), spans.clone())).collect();
        prop_assert_eq!(contents(&store.snapshot()), expected);
        prop_assert!(held.is_none() || naive.traces.contains_key(&hold), "a held trace was taken away");
        if let Some((before, snapshot)) = earlier {
            prop_assert_eq!(contents(&snapshot), before, "a snapshot changed");
        }
    }

    #[test]
    fn the_index_knows_what_the_tree_knows(requests in vec(vec(plain(5), 1..8), 1..16)) {
        let store = Store::new(Limits::default());
        for request in &requests {
            store.commit(block(request), Origin::default());
        }
        for stored in store.snapshot().traces() {
            let tree = stored.tree();
            prop_assert_eq!(stored.start(), tree.start());
            prop_assert_eq!(stored.end(), tree.end());
            prop_assert_eq!(stored.span_count(), tree.len());
            prop_assert_eq!(stored.error_count(), tree.errors());
            let first = tree.spans().filter(|span| {
                span.parent_id().is_zero() || span.parent_id() == span.span_id()
            }).map(SpanRef::start).min();
            prop_assert_eq!(stored.root().map(SpanRef::start), first);
        }
    }
}

fn numbered(trace: u8, id: u8) -> Plain {
    Plain {
        trace,
        id,
        parent: 0,
        start: 1,
        length: 1,
        service: 0,
        error: false,
    }
}

/// A trace with more spans than a byte counts.
pub fn long(trace: u128, spans: u64, error: bool) -> Block {
    let mut builder = BlockBuilder::new();
    let resource = builder.resource(ResourceFields::default());
    let scope = builder.scope(ScopeFields::default());
    let operation = builder.string("work");
    for id in 1..=spans {
        let fields = SpanFields {
            trace_id: TraceId(trace),
            span_id: SpanId(id),
            parent_id: SpanId(id - 1),
            start: Time(id),
            end: Some(Time(id + 10)),
            operation,
            kind: Kind::Server,
            status: if error { Status::Error } else { Status::Ok },
            error: false,
            resource,
            scope,
        };
        builder.span(&fields, &[]);
    }
    builder.finish()
}

#[test]
fn many_small_commits_become_few_parts() {
    let store = Store::new(Limits::default());
    for trace in 0..20_000 {
        store.commit(long(trace + 1, 1, false), Origin::default());
    }
    assert!(store.snapshot().blocks().count() < 2 * 128 + 4);
    assert_eq!(store.snapshot().len(), 20_000);
    assert_eq!(
        store.trace(TraceId(777)).map(|trace| trace.arrival()),
        Some(776)
    );
}

#[test]
fn a_trace_too_large_keeps_its_first_spans_and_says_so() {
    let store = Store::new(Limits::of(1 << 20));
    store.commit(long(1, 8000, false), Origin::default());
    let trace = store.trace(TraceId(1)).unwrap();
    assert!(trace.spans_cut() > 0);
    assert_eq!(trace.span_count() as u64 + trace.spans_cut(), 8000);
    assert_eq!(trace.root().map(SpanRef::span_id), Some(SpanId(1)));
    assert_eq!(store.stats().rejected[TRACE_TOO_LARGE], trace.spans_cut());
    assert!(store.stats().adds_up());
}

#[test]
fn a_request_beyond_the_budget_is_refused_and_counted() {
    let store = Store::new(Limits::of(64 << 10));
    assert_eq!(
        store
            .commit(long(1, 5000, false), Origin::default())
            .rejected,
        5000
    );
    assert_eq!(store.stats().rejected[OVER_BUDGET], 5000);
    assert!(store.stats().adds_up());
}

#[test]
fn log_records_stand_beside_their_trace_whichever_came_first() {
    let store = Store::new(Limits::default());
    let logs = |trace: u128| {
        let mut builder = BlockBuilder::new();
        let resource = builder.resource(ResourceFields::default());
        let scope = builder.scope(ScopeFields::default());
        let severity_text = builder.string("INFO");
        builder.log(&LogFields {
            trace_id: TraceId(trace),
            span_id: SpanId(1),
            time: Time(5),
            severity: 9,
            severity_text,
            body: Value::Str("hello"),
            attributes: &[],
            resource,
            scope,
        });
        builder.finish()
    };
    store.commit(logs(1), Origin::default());
    assert!(store.trace(TraceId(1)).is_none(), "no span yet");
    store.commit(long(1, 2, false), Origin::default());
    store.commit(logs(1), Origin::default());
    store.commit(logs(2), Origin::default());
    let tree = store.trace(TraceId(1)).unwrap().tree();
    assert_eq!(tree.logs().count(), 2);
    assert_eq!(store.stats().logs, 3);
    assert_eq!(store.stats().traces, 1);
}

/// Counts spans by generation, as a summary does.
#[derive(Default)]
struct Count(BTreeMap<u32, usize>);

impl Summary for Count {
    fn on_commit(&mut self, new: NewSpans<'_>) {
        *self.0.entry(new.generation).or_default() += new.spans().len();
    }

    fn on_evict(&mut self, generation: u32) {
        self.0.remove(&generation);
    }

    fn bytes(&self) -> usize {
        self.0.values().sum::<usize>() * 100
    }
}

#[test]
fn summaries_have_what_the_store_has() {
    let store = Store::new(Limits::of(1 << 20));
    store.commit(long(1, 5, true), Origin::default());
    let count = Arc::new(Mutex::new(Count::default()));
    store.register(Box::new(Arc::clone(&count)));
    for trace in 2..1000 {
        store.commit(long(trace, 50, trace % 7 == 0), Origin::default());
        let counted: usize = count.lock().unwrap().0.values().sum();
        assert_eq!(counted as u64, store.stats().stored);
    }
    assert!(store.stats().evicted[MEMORY] > 0);
    store.clear();
    assert!(count.lock().unwrap().0.is_empty());
}

#[test]
fn tenants_and_weights_stay_with_their_traces() {
    let store = Store::new(Limits::default());
    store.commit(
        block(&[numbered(1, 1)]),
        Origin {
            tenant: "acme",
            weight: 4.0,
        },
    );
    store.commit(block(&[numbered(2, 1)]), Origin::default());
    let snapshot = store.snapshot();
    let of: Vec<_> = snapshot
        .traces()
        .map(|t| (snapshot.tenant(&t).to_owned(), t.weight()))
        .collect();
    assert_eq!(of, [("acme".to_owned(), 4.0), (String::new(), 1.0)]);
}

#[test]
fn every_change_is_told() {
    let store = Store::new(Limits::default());
    let changes = store.changes();
    assert!(!changes.has_changed().unwrap());
    store.commit(block(&[numbered(1, 1)]), Origin::default());
    assert!(changes.has_changed().unwrap());
    assert_eq!(store.snapshot().epoch(), store.epoch());
}

#[test]
fn readers_and_writers_do_not_disturb_each_other() {
    let store = Store::new(Limits::of(2 << 20));
    std::thread::scope(|scope| {
        for writer in 1..=4u128 {
            let store = &store;
            scope.spawn(move || {
                for trace in 0..400 {
                    store.commit(
                        long(writer << 32 | trace, 30, trace % 50 == 0),
                        Origin::default(),
                    );
                }
            });
        }
        for _ in 0..2 {
            scope.spawn(|| {
                for _ in 0..50 {
                    let snapshot = store.snapshot();
                    let mut spans = 0;
                    for trace in snapshot.traces() {
                        assert_eq!(trace.spans().count(), trace.span_count());
                        assert_eq!(
                            trace.span_count(),
                            30,
                            "a request is there whole or not at all"
                        );
                        spans += trace.span_count();
                    }
                    assert_eq!(spans, snapshot.len());
                }
            });
        }
    });
    let stats = store.stats();
    assert_eq!(stats.received, 4 * 400 * 30);
    assert!(stats.adds_up(), "{stats:?}");
    assert!(stats.evicted[MEMORY] > 0);
}
