//! Searching beside a naive search.

use std::collections::BTreeSet;

use proptest::collection::vec;
use proptest::prelude::*;

use super::long;
use super::naive::{block, plain, unblocked};
use crate::model::{Block, SpanId, SpanRef, Time};
use crate::storage::{Everything, Limits, Order, Origin, Question, Rows, Search, Snapshot, Store};

/// Spans of one service, and with `several`, only in traces that have two of them or more.
#[derive(Debug, Clone, Copy)]
struct OfService {
    service: u8,
    several: bool,
}

impl OfService {
    fn fits(self, span: SpanRef<'_>) -> bool {
        unblocked(span).service == self.service
    }
}

impl Question for OfService {
    fn rows(&self, block: &Block) -> Rows {
        Rows::Some(
            block
                .spans()
                .filter(|&span| self.fits(span))
                .map(SpanRef::row)
                .collect(),
        )
    }

    fn is_about_spans(&self) -> bool {
        !self.several
    }

    fn spans(&self, trace: &crate::model::Trace) -> Vec<usize> {
        let spans: Vec<usize> = (0..trace.len())
            .filter(|&span| self.fits(trace.span(span)))
            .collect();
        if spans.len() > 1 { spans } else { Vec::new() }
    }
}

/// What a search finds, the naive way: all traces, filtered, sorted, cut.
fn naive_search(
    snapshot: &Snapshot,
    search: Search<'_>,
    question: OfService,
) -> Vec<(u128, Vec<SpanId>)> {
    let mut all = Vec::new();
    for trace in snapshot.traces() {
        let spans: Vec<_> = trace.spans().filter(|&span| question.fits(span)).collect();
        if question.several && spans.len() < 2 {
            continue;
        }
        let within = |span: &SpanRef<'_>| {
            search
                .window
                .is_none_or(|(from, to)| from <= span.start() && span.start() <= to)
        };
        let ids: BTreeSet<SpanId> = spans
            .into_iter()
            .filter(within)
            .map(SpanRef::span_id)
            .collect();
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

proptest! {
    #[test]
    fn a_search_finds_what_a_naive_one_finds(
        requests in vec(vec(plain(30), 1..12), 1..40),
        (service, several) in (0u8..4, any::<bool>()),
        (from, length) in (0u64..60, 0u64..60),
        (windowed, slowest, limit) in (any::<bool>(), any::<bool>(), 0usize..12),
    ) {
        let store = Store::new(Limits::default());
        for request in &requests {
            store.commit(block(request), Origin::default());
        }
        let question = OfService { service, several };
        let search = Search {
            question: &question,
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
        prop_assert_eq!(&found, &naive_search(&snapshot, search, question));
        prop_assert!(!ended.stopped);
        let all = naive_search(&snapshot, Search { limit: usize::MAX, ..search }, question).len() as u64;
        prop_assert!(ended.matching.is_none_or(|matching| matching == all), "{:?} of {}", ended, all);
        prop_assert!(several || ended.matching.is_some());
    }
}

#[test]
fn a_search_stops_when_told_to() {
    let store = Store::new(Limits::default());
    for trace in 1..=200 {
        store.commit(long(trace, 1, false), Origin::default());
    }
    let search = Search {
        question: &Everything,
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
