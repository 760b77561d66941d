//! What outlives its generation, and what a reader holds.

use super::long;
use crate::model::{BlockBuilder, TraceId, scenario};
use crate::storage::stats::{CLEARED, ERROR, RARE, SLOW};
use crate::storage::{Limits, Origin, Store};

#[test]
fn errors_outlive_their_generation_and_late_spans_find_them() {
    let store = Store::new(Limits::of(1 << 20));
    store.commit(long(1, 3, true), Origin::default());
    let mut trace = 10;
    while store.trace(TraceId(10)).is_some() || trace == 10 {
        store.commit(long(trace, 50, false), Origin::default());
        trace += 1;
    }
    assert_eq!(
        store.trace(TraceId(1)).map(|trace| trace.span_count()),
        Some(3)
    );
    let done = store.commit(long(1, 4, true), Origin::default());
    assert_eq!((done.duplicate, done.stored), (3, 1));
    assert_eq!(
        store.commit(long(10, 50, false), Origin::default()).late,
        50
    );
    assert!(store.was_evicted(TraceId(10)));
    assert!(store.stats().adds_up());
}

#[test]
fn slow_and_rare_traces_outlive_their_generation_too() {
    const USUAL: &str = "shop: GET /cart 0..100 server\n  cart: load 10..90\n";
    const SLOW_ONE: &str = "shop: GET /cart 0..900 server\n  cart: load 10..90\n";
    const RARE_ONE: &str = "shop: GET /cart 0..100 server\n  cart: rebuild 10..90\n";
    let store = Store::new(Limits::of(1 << 20));
    for trace in 1.. {
        let text = match trace {
            20 => SLOW_ONE,
            30 => RARE_ONE,
            _ => USUAL,
        };
        let mut builder = BlockBuilder::new();
        scenario::add(&mut builder, TraceId(trace), text);
        store.commit(builder.finish(), Origin::default());
        if store.trace(TraceId(1)).is_none() {
            break;
        }
    }
    assert!(store.trace(TraceId(20)).is_some() && store.trace(TraceId(30)).is_some());
    let kept = store.stats().kept;
    assert_eq!((kept.get(RARE), kept.get(ERROR)), (Some(&1), None));
    assert!(kept[SLOW] >= 1 && kept[SLOW] < 10, "{kept:?}");
}

#[test]
fn a_pinned_trace_stays_until_it_is_unpinned() {
    let store = Store::new(Limits::of(1 << 20));
    store.commit(long(1, 100, false), Origin::default());
    assert!(store.pin(TraceId(1)));
    assert!(!store.pin(TraceId(2)), "what is not there cannot be pinned");
    for trace in 10..1000 {
        store.commit(long(trace, 50, false), Origin::default());
    }
    assert_eq!(
        store.trace(TraceId(1)).map(|trace| trace.span_count()),
        Some(100)
    );
    store.unpin(TraceId(1));
    for trace in 1000..3000 {
        store.commit(long(trace, 50, trace % 5 == 0), Origin::default());
    }
    assert!(store.trace(TraceId(1)).is_none());
}

#[test]
fn what_a_reader_still_holds_counts() {
    let store = Store::new(Limits::default());
    store.commit(long(1, 1000, false), Origin::default());
    let before = store.stats().bytes;
    let tree = store.trace(TraceId(1)).unwrap().tree();
    store.clear();
    let blocks: usize = tree.blocks().iter().map(|block| block.bytes()).sum();
    assert!(store.stats().bytes >= blocks as u64);
    drop(tree);
    assert!(store.stats().bytes < before / 2);
    assert_eq!(store.stats().evicted[CLEARED], 1000);
    assert!(store.stats().adds_up());
}
