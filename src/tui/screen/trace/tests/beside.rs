//! Large traces and odd ones: what is worked out beside the interface, and every view of it.

use std::fmt::Write as _;

use super::*;
use crate::model::{BlockBuilder, Cancellation};
use crate::tui::answer::Held;
use crate::tui::screen::trace::explain::outline;
use crate::tui::screen::trace::find::Find;
use crate::tui::screen::trace::open::Open;
use crate::tui::screen::trace::study::{AT_ONCE, Studied, Subject, Want};
use crate::tui::screen::trace::view::View;

/// A trace of so many spans, each line made of its number.
fn made(spans: usize, line: impl Fn(usize) -> String) -> Trace {
    let mut text = String::new();
    for number in 1..=spans {
        let _ = writeln!(text, "{} id={number:x}", line(number));
    }
    let mut builder = BlockBuilder::new();
    scenario::add(&mut builder, scenario::TRACE, &text);
    Trace::all_of(&[Arc::new(builder.finish())]).remove(0)
}

fn wide(spans: usize) -> Trace {
    made(spans, |n| {
        let parent = u8::from(n > 1);
        let (end, operation) = (n + 5, if n == 1 { 0 } else { n % 3 });
        format!("shop: call{operation} {n}..{end} parent={parent}")
    })
}

fn large() -> Open {
    let trace = Held(Arc::new(wide(AT_ONCE + 1)));
    let mut open = Open::new(trace.clone(), Charset::Unicode);
    open.explained(Held(Arc::new(outline(
        &trace,
        None,
        &Cancellation::never(),
    ))));
    open
}

/// Works out what is wanted, as a job would.
fn work_out(open: &mut Open) {
    for want in std::mem::take(&mut open.wants) {
        let Want::Study(_, study) = want else {
            panic!("{want:?}")
        };
        let mut told = Vec::new();
        study.run(&|| false, |studied| {
            told.push(studied);
            true
        });
        assert!(told.last().is_some_and(Studied::is_last));
        for told in told {
            open.studied(told, 10);
        }
    }
}

#[test]
fn a_view_of_a_large_trace_is_built_beside_the_interface() {
    let mut open = large();
    open.go(77, 10);
    assert!(open.turn(View::Flame, 10));
    assert_eq!((open.view, open.span()), (View::Flame, Some(77)));
    assert_eq!(open.position(), (0, 0));
    work_out(&mut open);
    assert!(open.building.is_none() && open.position().1 > 1);
    // Whoever turns back stands where he stood.
    open.turn(View::Waterfall, 10);
    assert_eq!(open.span(), Some(77));
}

#[test]
fn what_is_turned_away_from_is_not_built() {
    let mut open = large();
    open.turn(View::Statistics, 10);
    open.turn(View::Waterfall, 10);
    assert!(matches!(
        open.wants.as_slice(),
        [Want::Study(..), Want::NoView]
    ));
    open.wants.clear();
    open.turn(View::Table, 10);
    assert!(open.wants.is_empty() && open.position().1 > AT_ONCE);
}

#[test]
fn a_large_table_is_sorted_beside_the_interface_and_the_cursor_stays() {
    let mut open = large();
    open.turn(View::Table, 10);
    open.go(5, 10);
    open.sort('t', 10);
    assert!(
        matches!(&open.wants[..], [Want::Study(_, study)] if matches!(study.subject, Subject::Sort(..)))
    );
    work_out(&mut open);
    assert_eq!(open.span(), Some(5));
    assert_eq!(open.position().0, AT_ONCE - 5);
}

#[test]
fn hits_come_bit_by_bit_and_an_eager_reader_goes_to_the_first() {
    let mut open = large();
    open.find.typing.input.set("call2", 5);
    open.seek();
    assert!(open.find.seeking && open.find.hits.is_empty());
    open.find.eager = true;
    work_out(&mut open);
    let all = open.trace.len() / 3;
    assert!(!open.find.seeking && open.find.hits.len().abs_diff(all) <= 1);
    assert_eq!(open.span(), open.find.hits.nth(0));
    let mut at_once = Find::default();
    at_once.typing.input.set("call2", 5);
    at_once.run(&open.trace);
    assert_eq!(at_once.hits, open.find.hits);
}

#[test]
fn a_search_that_asked_for_all_marks_none_whatever_ids_they_share() {
    let trace = scenario::trace("a: r 0..9 id=1\n  b: s 1..8 id=2\n  c: s 2..7 id=2 parent=1\n");
    let ids = [1, 2].map(crate::model::SpanId);
    let mut open = Open::new(Held(Arc::new(trace)), Charset::Unicode);
    open.match_ids(&ids);
    assert!(open.find.hits.is_empty());
    open.match_ids(&ids[1..]);
    assert_eq!(open.find.hits.len(), 2);
}

/// Every view of a trace, and what it shows of it.
async fn in_all_views(trace: Trace, expected: &str) {
    let mut harness = opened(trace).await;
    harness.keys("zRgg").await.unwrap();
    for view in ["vw", "vg", "vf", "vs", "vt", "ve", "vj", "vi"] {
        harness.keys(view).await.unwrap();
        harness.keys("jG<C-u>k").await.unwrap();
        let text = harness.text();
        assert!(text.contains(expected), "{view}:\n{text}");
        harness.keys("gg").await.unwrap();
    }
}

#[tokio::test]
async fn a_trace_as_deep_as_long() {
    let deep = made(50_000, |n| {
        let (from, to) = (n, 200_000 - n);
        format!("shop: call{} {from}..{to} parent={:x}", n % 7, n - 1)
    });
    in_all_views(deep, "50,000 spans").await;
}

#[tokio::test]
async fn a_trace_of_siblings() {
    in_all_views(wide(60_000), "60,000 spans").await;
}

#[tokio::test]
async fn traces_without_length_without_success_and_without_root() {
    let shaped = |line: &'static str| made(6_000, move |n| format!("{line} parent={:x}", n / 3));
    in_all_views(shaped("shop: call 5..5"), "6,000 spans").await;
    in_all_views(shaped("shop: call 5..9 error"), "6,000").await;
    let rootless = made(6_000, |n| {
        format!("shop: call {n}..{} parent={:x}", n + 9, n / 3 + 9_000)
    });
    in_all_views(rootless, "6,000 spans").await;
}
