//! The waterfall driven by keys, over a trace that tells its own times.

mod beside;
mod detail;
mod find;
mod fold;
mod growing;
mod rows;
mod share;
mod stand;
mod time;
mod views;
mod why;

use std::sync::Arc;

use crate::config::Depth;
use crate::model::{BlockBuilder, Trace, TraceId, scenario};
use crate::text::{Charset, Clock};
use crate::tui::canvas::hit::{Gesture, Pane};
use crate::tui::harness::Harness;
use crate::tui::harness::fixed::Fixed;
use crate::tui::msg::Msg;
use crate::tui::setup::Setup;
use crate::tui::source::host::Alone;

/// One ride of the example system: a database waits for a lock, a cache fails once, calls run
/// three at a time.
const RIDE: &str = "\
frontend: HTTP GET /dispatch 0..739 server http.route=/dispatch http.response.status_code=200
  frontend: HTTP GET: /customer 1..302 client
    customer: HTTP GET /customer 2..302 server
      mysql: SQL SELECT 3..301 client peer.service=mysql db.query.text=SELECT +2.1:Waiting +151:Acquired
  driver: FindNearest 303..507 server
    redis: FindDriverIDs 304..320 client
    redis: GetDriver 320..351 client error msg=redis_timeout
    redis: GetDriver 351..400 client
    redis: GetDriver 400..506 client
  frontend: HTTP GET: /route 508..563 client
    route: HTTP GET /route 509..562 server
  frontend: HTTP GET: /route 508..570 client
    route: HTTP GET /route 509..569 server
  frontend: HTTP GET: /route 570..736 client
    route: HTTP GET /route 571..735 server
";

async fn ride(size: (u16, u16)) -> Harness {
    show(scenario::trace(RIDE), size).await
}

/// A trace in the middle size.
async fn opened(trace: Trace) -> Harness {
    show(trace, (120, 40)).await
}

async fn show(trace: Trace, size: (u16, u16)) -> Harness {
    let id = trace.id();
    let setup = Setup::plain(
        Clock::frozen(scenario::EPOCH.0 + 1_000_000_000),
        Depth::Truecolor,
        Charset::Unicode,
    );
    let backend = Fixed::new(vec![trace]).with_trends();
    Harness::start(setup, Arc::new(backend), Arc::new(Alone), Some(id), size).await
}

/// The text of a screen, without the blanks at the ends of its rows.
fn rows(harness: &Harness) -> Vec<String> {
    harness
        .text()
        .lines()
        .map(|line| line.trim_end().to_owned())
        .collect()
}

fn row(harness: &Harness, part: &str) -> String {
    let found = rows(harness).into_iter().find(|row| row.contains(part));
    found.unwrap_or_else(|| panic!("no row with {part:?} in\n{}", harness.text()))
}

/// The row of the cursor.
fn here(harness: &Harness) -> String {
    let found = rows(harness).into_iter().find(|row| row.starts_with(" ▌"));
    found.unwrap_or_else(|| panic!("no cursor in\n{}", harness.text()))
}

#[tokio::test]
async fn in_and_out_of_the_detail() {
    let mut harness = ride((80, 24)).await;
    harness.keys("e").await.unwrap();
    assert!(
        here(&harness).contains("redis  GetDriver           ✗"),
        "{}",
        harness.text()
    );
    harness.keys("<Enter>").await.unwrap();
    assert!(row(&harness, "error ").contains("redis_timeout"));
    assert!(row(&harness, "status 1").starts_with(" ▌ ▾ status 1"));
    harness.keys("q").await.unwrap();
    assert!(!harness.text().contains("status 1"));
    harness.keys("q").await.unwrap();
    assert!(
        harness.text().starts_with(" vizsla  fixed › search  "),
        "{}",
        harness.text()
    );
}

#[tokio::test]
async fn finding_counts_and_goes_round() {
    let mut harness = ride((120, 40)).await;
    harness.keys("/getdriver<Enter>").await.unwrap();
    assert!(
        row(&harness, "/ getdriver").contains("1 of 3"),
        "{}",
        harness.text()
    );
    harness.keys("nn").await.unwrap();
    assert!(row(&harness, "/ getdriver").contains("3 of 3"));
    harness.keys("n").await.unwrap();
    assert!(row(&harness, "/ getdriver").contains("1 of 3"));
    harness.keys("<Esc>").await.unwrap();
    assert!(!harness.text().contains("/ getdriver"));
}

#[tokio::test]
async fn orphans_stand_under_their_missing_parent() {
    let trace = scenario::trace("a: first 0..10 parent=77\na: second 20..30 parent=77\n");
    let id = trace.id();
    let setup = Setup::plain(Clock::frozen(0), Depth::Mono, Charset::Ascii);
    let harness = Harness::start(
        setup,
        Arc::new(Fixed::new(vec![trace])),
        Arc::new(Alone),
        Some(id),
        (80, 24),
    )
    .await;
    assert!(
        row(&harness, "missing parent 0000000000000077").starts_with(" > ?"),
        "{}",
        harness.text()
    );
    assert!(harness.text().is_ascii(), "{}", harness.text());
}

#[tokio::test]
async fn long_values_are_laid_out_in_lines() {
    let trace = scenario::trace(
        "a: r 0..100 url.full=https://shop.example/search/results?q=dog&page=7&sort=price&order=down\n",
    );
    let mut harness = opened(trace).await;
    assert!(
        row(&harness, "?q=dog").contains("  ?q=dog"),
        "{}",
        harness.text()
    );
    harness.keys("<Enter>jxv").await.unwrap();
    assert!(
        harness.text().contains("{ span.url.full != \"https://shop"),
        "{}",
        harness.text()
    );
}

#[tokio::test]
async fn parts_are_resized_by_key_and_mouse_and_stay_so() {
    let mut harness = ride((120, 40)).await;
    let column = |harness: &Harness| harness.state.shared.drawn.pane(Pane::Ruler).x;
    let usual = column(&harness);
    harness.keys("3L").await.unwrap();
    assert!(column(&harness) > usual + 5, "{}", harness.text());
    harness.keys("20L").await.unwrap();
    assert!(
        !row(&harness, "SQL SELECT").contains('█'),
        "no bars\n{}",
        harness.text()
    );
    harness.keys("30H").await.unwrap();
    assert_eq!(column(&harness), 25, "names keep a little room");
    let detail = |harness: &Harness| harness.state.shared.drawn.pane(Pane::Detail).height;
    let was = detail(&harness);
    harness.keys("<Enter>4Hq").await.unwrap();
    assert_eq!(detail(&harness), was + 4, "{}", harness.text());
    let title = harness.state.shared.drawn.pane(Pane::Detail).y - 1;
    for (y, gesture) in [
        (title - 3, Gesture::Drag { from: (9, title) }),
        (title - 6, Gesture::Drag { from: (9, title) }),
        (title - 6, Gesture::Drop { from: (9, title) }),
    ] {
        harness.send(Msg::Mouse { gesture, x: 9, y }).await;
    }
    assert_eq!(detail(&harness), was + 10, "{}", harness.text());
    harness.keys("<C-c>").await.unwrap();
    let kept = harness.saved.take().unwrap().splits[1];
    assert!(kept.names.is_some() && kept.detail.is_some());
}

#[tokio::test]
async fn one_trace_stands_twice_and_two_scroll_together() {
    let other = "b: other 0..50\n  b: one 1..9\n  b: two 10..19\n  b: three 20..29\n";
    let mut builder = BlockBuilder::new();
    scenario::add(&mut builder, TraceId(1), RIDE);
    scenario::add(&mut builder, TraceId(2), other);
    let traces = Trace::all_of(&[Arc::new(builder.finish())]);
    let clock = Clock::frozen(scenario::EPOCH.0 + 1_000_000_000);
    let setup = Setup::plain(clock, Depth::Truecolor, Charset::Unicode);
    let backend = Arc::new(Fixed::new(traces).with_trends());
    let first = Some(TraceId(1));
    let mut harness = Harness::start(setup, backend, Arc::new(Alone), first, (161, 40)).await;
    harness.keys("3jS").await.unwrap();
    let cursors = |harness: &Harness| {
        let rows = rows(harness);
        let both = rows.iter().flat_map(|row| row.match_indices(" \u{258c}"));
        both.count()
    };
    assert_eq!(cursors(&harness), 2, "{}", harness.text());
    harness.keys("jj").await.unwrap();
    let apart: Vec<_> = rows(&harness)
        .into_iter()
        .filter(|row| row.contains(" \u{258c}"))
        .collect();
    assert_eq!(
        apart.len(),
        2,
        "the same trace at two places\n{}",
        harness.text()
    );
    harness.keys("S").await.unwrap();
    assert_eq!(cursors(&harness), 1, "{}", harness.text());
    let id = "00-00000000000000000000000000000002-0000000000000001-01";
    harness.send(Msg::Paste(id.to_owned())).await;
    harness.keys("S").await.unwrap();
    assert!(
        row(&harness, "b  other").contains("frontend"),
        "{}",
        harness.text()
    );
    let text = harness.text();
    harness.keys("jj").await.unwrap();
    let half = |text: &str, from: usize| -> Vec<String> {
        let half = |line: &str| line.chars().skip(from).take(40).collect();
        text.lines().map(half).collect()
    };
    for (from, said) in [(81, "the one with the keys"), (0, "the other goes along")] {
        let (was, is) = (half(&text, from), half(&harness.text(), from));
        assert_ne!(was, is, "{said}\n{}", harness.text());
    }
    harness.keys("<S-Tab>q").await.unwrap();
    assert!(harness.text().contains("b  three"), "{}", harness.text());
}
