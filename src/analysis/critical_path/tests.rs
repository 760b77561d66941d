//! Paths of small traces, and what holds for all.

use proptest::prelude::*;

use super::*;
use crate::model::scenario;

/// Milliseconds on the path, span by span in depth-first order.
fn times(text: &str) -> Vec<u64> {
    let trace = scenario::trace(text);
    let path = critical_path(&trace);
    (0..trace.len())
        .map(|span| path.time_of(span).0 / 1_000_000)
        .collect()
}

#[test]
fn sequential_children_and_the_gaps_between() {
    // As CRISP's published case 4, with figures of our own.
    assert_eq!(
        times("a: r 0..50\n  b: x 5..15\n  b: y 20..25\n  b: z 30..45\n"),
        [20, 10, 5, 15]
    );
}

#[test]
fn siblings_that_touch_are_both_on_the_path() {
    assert_eq!(
        times("a: r 0..100\n  b: x 0..40\n  b: y 40..100\n"),
        [0, 40, 60]
    );
}

#[test]
fn siblings_that_hardly_overlap_are_both_on_the_path() {
    let of = |second: f64, extra: &str| {
        times(&format!(
            "a: r 0..1000\n  b: x 0..500\n  b: y {second}..900\n{extra}"
        ))
    };
    assert_eq!(of(490.0, ""), [100, 490, 410], "one hundredth");
    assert_eq!(of(489.999, ""), [589, 0, 410], "more");
    // What it called is cut with it.
    assert_eq!(
        times(
            "a: r 0..1000\n  b: x 0..500\n    c: z 100..498\n    c: l 495..499\n  b: y 490..1000\n"
        ),
        [0, 100, 390, 0, 510]
    );
    // Where a third begins or ends meanwhile, they were at work side by side.
    assert_eq!(of(495.0, "  b: z 300..496\n"), [400, 0, 195, 405]);
    assert_eq!(of(495.0, "  b: z 495..497\n"), [595, 0, 405, 0]);
    assert_eq!(of(495.0, "  b: i 496..496\n"), [100, 495, 405, 0]);
    // One that ends with the later one did not come before it.
    assert_eq!(
        times("a: r 0..1000\n  b: x 0..900\n  b: y 895..900\n"),
        [100, 900, 0]
    );
}

#[test]
fn strictly_it_is_jaegers() {
    let strict = |text: &str| {
        let trace = scenario::trace(text);
        let path = critical_path_by(&trace, Succession::Strict);
        (0..trace.len())
            .map(|span| path.time_of(span).0 / 1_000_000)
            .collect::<Vec<_>>()
    };
    // Of siblings that touch or overlap the earlier one is lost.
    let touching = "a: r 0..1000\n  b: w 0..100\n  b: x 100..500\n  b: y 500..900\n";
    assert_eq!(strict(touching), [500, 100, 0, 400]);
    assert_eq!(
        strict("a: r 0..1000\n  b: x 0..500\n  b: y 499..900\n"),
        [599, 0, 401]
    );
    // Those without length change nothing here either.
    assert_eq!(
        strict("a: r 0..10\n  b: x 2..6\n  b: i 6..6\n  b: j 7..7\n  b: y 7..8\n"),
        [5, 4, 0, 0, 1]
    );
}

#[test]
fn of_parallel_children_the_last_to_finish_counts() {
    let text = "a: r 0..100\n  b: x 10..60\n  b: y 10..90\n    c: z 20..90\n  b: early 2..8\n";
    // In order of start: r, early, x, y, z.
    assert_eq!(times(text), [14, 6, 0, 10, 70]);
}

#[test]
fn what_outlives_its_parent_is_cut_and_what_misses_it_is_left_out() {
    assert_eq!(
        times("a: r 10..50\n  b: x 0..20\n  b: y 40..90\n    c: z 60..80\n"),
        [20, 10, 10, 0]
    );
    assert_eq!(
        times("a: r 10..50\n  b: before 0..10\n  b: after 50..60\n"),
        [40, 0, 0]
    );
}

#[test]
fn nobody_waits_for_a_consumer_of_a_message() {
    let text = "a: send 0..10 producer\n  b: handle 2..9 consumer\n    b: work 3..8\n";
    assert_eq!(times(text), [10, 0, 0]);
    assert_eq!(times("a: r 0..10\n  b: poll 2..9 consumer\n"), [3, 7]);
}

#[test]
fn spans_without_length_change_nothing() {
    let text = "a: r 0..10\n  b: i 4..4\n  b: x 4..8\n  b: j 8..8\n  b: k 8..8\n";
    assert_eq!(times(text), [6, 0, 4, 0, 0]);
}

#[test]
fn orphans_are_off_the_path_of_a_root_and_stand_for_one_that_is_missing() {
    let beside = "a: r 0..10\nb: x 2..30 parent=99\n";
    assert_eq!(times(beside), [10, 0]);
    let fragment = "a: x 0..10 parent=99\n  b: y 2..7\n";
    assert_eq!(times(fragment), [5, 5]);
    let doubt = |text| critical_path(&scenario::trace(text)).doubt();
    assert_eq!(doubt(fragment), Some(Doubt::NoRoot));
    assert_eq!(doubt(beside), None);
    // As children of one that is missing: the later one was waited for, the earlier not.
    let two = "a: x 0..50 parent=99\na: y 20..70 parent=99\na: z 75..80 parent=98\n";
    assert_eq!(times(two), [0, 50, 5]);
    assert_eq!(
        critical_path(&scenario::trace(two)).total(),
        Nanos::from_millis(80)
    );
}

#[test]
fn a_ring_is_walked_from_where_it_is_cut() {
    let ring = "a: x 0..10 id=1 parent=2\na: y 2..8 id=2 parent=1\n";
    assert_eq!(times(ring), [4, 6]);
    let doubt = critical_path(&scenario::trace(ring)).doubt();
    assert_eq!(doubt, Some(Doubt::Ring));
}

#[test]
fn a_chain_of_a_hundred_thousand_spans_is_walked() {
    use crate::model::{BlockBuilder, SpanId};
    let mut builder = BlockBuilder::new();
    let mut text = String::new();
    for depth in 1..=100_000_u64 {
        use std::fmt::Write as _;
        let _ = writeln!(text, "a: x 0..10 id={depth:x} parent={:x}", depth - 1);
    }
    scenario::add(&mut builder, scenario::TRACE, &text);
    let block = std::sync::Arc::new(builder.finish());
    let trace = Trace::all_of(&[block]).remove(0);
    let path = critical_path(&trace);
    assert_eq!(path.sections().len(), 1);
    assert_eq!(
        trace.span(path.sections()[0].span).span_id(),
        SpanId(100_000)
    );
}

/// Any tree of up to 40 spans, children sticking out included.
fn trees() -> impl Strategy<Value = String> {
    let span = (0..40_usize, 0..60_u32, 0..40_u32, 0..8_u8);
    prop::collection::vec(span, 1..40).prop_map(|spans| {
        let lines = spans
            .iter()
            .enumerate()
            .map(|(at, &(parent, start, length, kind))| {
                let parent = if at == 0 { 0 } else { parent % at + 1 };
                let (start, length) = if at == 0 { (0, 60) } else { (start, length) };
                let kind = ["producer", "consumer"]
                    .get(usize::from(kind))
                    .unwrap_or(&"server");
                format!(
                    "s: o {start}..{} {kind} id={:x} parent={parent:x}",
                    start + length,
                    at + 1
                )
            });
        lines.collect::<Vec<_>>().join("\n")
    })
}

proptest! {
    #[test]
    fn sections_part_the_root_and_lie_in_their_spans(text in trees()) {
        let trace = scenario::trace(&text);
        let path = critical_path(&trace);
        prop_assert_eq!(path.total(), trace.duration_of(0));
        prop_assert_eq!(path.total(), Nanos::from_millis(60));
        for pair in path.sections().windows(2) {
            prop_assert_eq!(pair[0].to, pair[1].from);
        }
        for section in path.sections() {
            prop_assert!(section.from >= trace.start_of(section.span));
            prop_assert!(section.to <= trace.end_of(section.span));
        }
    }
}

#[test]
fn a_cancelled_walk_looks_at_few_spans() {
    let calls: Vec<String> = (0..5_000)
        .map(|n| format!("  b: get {n}..{}\n", n + 1))
        .collect();
    let trace = scenario::trace(&format!("a: r 0..5000\n{}", calls.concat()));
    assert_eq!(critical_path(&trace).sections().len(), 5_000);
    let cancelled = critical_path_until(&trace, &Cancellation::when(&|| true));
    assert!(cancelled.sections().len() < 1_000);
}
