//! The waterfall driven by keys, over a trace that tells its own times.

mod beside;
mod detail;
mod growing;
mod rows;
mod stand;
mod views;

use std::sync::Arc;

use crate::config::Depth;
use crate::model::{BlockBuilder, Trace, TraceId, scenario};
use crate::text::{Charset, Clock};
use crate::tui::fixed::Fixed;
use crate::tui::harness::Harness;
use crate::tui::hit::{Gesture, Pane};
use crate::tui::host::Alone;
use crate::tui::msg::Msg;
use crate::tui::setup::Setup;

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
async fn bars_tell_own_work_from_waiting_and_the_critical_path() {
    let harness = ride((120, 40)).await;
    assert!(
        row(&harness, "HTTP GET /customer").contains("──────── 300 ms"),
        "{}",
        harness.text()
    );
    assert!(
        row(&harness, "mysql  SQL SELECT").contains("██◇███"),
        "{}",
        harness.text()
    );
    assert!(
        row(&harness, "53.0 ms").contains("▄▄▄"),
        "{}",
        harness.text()
    );
    assert!(
        row(&harness, "HTTP GET /dispatch                ─").contains("739 ms"),
        "{}",
        harness.text()
    );
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
async fn folds_hide_rows_and_say_what_they_hide() {
    let mut harness = ride((120, 40)).await;
    harness.keys("zM").await.unwrap();
    assert!(
        here(&harness).contains("▸ frontend  HTTP GET /dispatch  14 (✗1)"),
        "{}",
        harness.text()
    );
    assert!(
        here(&harness).contains("██████"),
        "a fold shows the critical work that it hides"
    );
    harness.keys("z2").await.unwrap();
    assert!(row(&harness, "FindNearest").contains("4 (✗1)"));
    harness.keys("e").await.unwrap();
    assert!(
        here(&harness).contains("GetDriver"),
        "a jump opens the folds over its span"
    );
    harness.keys("h").await.unwrap();
    assert!(
        here(&harness).contains("FindNearest"),
        "from a leaf to the parent"
    );
    harness.keys("hzR10j").await.unwrap();
    assert!(
        row(&harness, " 15/15").contains("15/15"),
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
async fn a_span_fits_the_width_and_the_whole_comes_back() {
    let mut harness = ride((120, 40)).await;
    harness.keys("ef").await.unwrap();
    assert!(
        row(&harness, "waterfall").contains("31.0 ms from +320 ms"),
        "{}",
        harness.text()
    );
    harness.keys("0").await.unwrap();
    assert!(row(&harness, "waterfall").contains("all of it"));
}

#[tokio::test]
async fn what_was_copied_is_what_was_seen() {
    let mut harness = ride((120, 40)).await;
    harness.keys("eysyt<Enter>yk").await.unwrap();
    assert_eq!(
        harness.copied,
        [
            "0000000000000007",
            "0000000000000000000000005ce0a510",
            "error=redis_timeout"
        ]
    );
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
async fn the_why_line_leads_to_its_evidence() {
    let mut harness = ride((120, 40)).await;
    assert!(
        row(&harness, " why  ").contains("mysql SQL SELECT"),
        "{}",
        harness.text()
    );
    harness.keys("w").await.unwrap();
    assert!(
        !here(&harness).contains("HTTP GET /dispatch"),
        "{}",
        harness.text()
    );
}

#[tokio::test]
async fn clocks_are_corrected_on_demand() {
    let trace = scenario::trace("a: call 100..200 client\n  b: answer 20..80 server\n");
    let id = trace.id();
    let setup = Setup::plain(Clock::frozen(0), Depth::Truecolor, Charset::Unicode);
    let mut harness = Harness::start(
        setup,
        Arc::new(Fixed::new(vec![trace])),
        Arc::new(Alone),
        Some(id),
        (120, 40),
    )
    .await;
    assert!(
        row(&harness, "b  answer").contains('?'),
        "{}",
        harness.text()
    );
    harness.keys("zk").await.unwrap();
    assert!(
        row(&harness, "waterfall").contains("clocks corrected"),
        "{}",
        harness.text()
    );
    harness.keys("zk").await.unwrap();
    assert!(!row(&harness, "waterfall").contains("clocks corrected"));
    let late = scenario::trace("a: call 100..200\n  b: goes on 150..240\n");
    let mut harness = opened(late).await;
    harness.keys("zk").await.unwrap();
    assert!(
        row(&harness, " waterfall").contains("spans moved into their callers"),
        "{}",
        harness.text()
    );
    let said = rows(&harness).pop().unwrap_or_default();
    assert!(
        said.contains("1 span moved") && said.contains("no clock is proven wrong"),
        "{said}"
    );
}

#[tokio::test]
async fn alike_siblings_are_one_row_that_opens_in_place() {
    let trace = scenario::trace(
        "a: r 0..100\n  b: get 1..11\n  b: get 20..30 error msg=boom\n  b: get 31..33\n  b: get 34..60\n  b: get 61..62\n  b: put 70..80\n",
    );
    let mut harness = opened(trace).await;
    assert!(
        row(&harness, "×5 alike").contains("b  get  ×5 alike (✗1)"),
        "{}",
        harness.text()
    );
    harness.keys("j").await.unwrap();
    assert!(row(&harness, "longest 5").contains("26.0 ms"));
    assert!(
        row(&harness, "── b get").contains("median 10.0 ms"),
        "{}",
        harness.text()
    );
    harness.keys("J").await.unwrap();
    assert!(here(&harness).contains("put"), "{}", harness.text());
    harness.keys("Kl").await.unwrap();
    assert!(harness.text().contains(" 2/8"), "{}", harness.text());
    harness.keys("jjhh").await.unwrap();
    assert!(
        here(&harness).contains("▸ b  get  ×5"),
        "{}",
        harness.text()
    );
    harness.keys("e").await.unwrap();
    assert!(here(&harness).contains("b  get") && here(&harness).contains('✗'));
}

#[tokio::test]
async fn a_span_slow_for_its_kind_says_so() {
    let calls: Vec<String> = (0..40)
        .map(|n| format!("  b: get {n}.0..{n}.5\n  b: put {n}.5..{n}.6\n"))
        .collect();
    let calls = calls.concat();
    let trace = scenario::trace(&format!("a: r 0..100\n{calls}  b: get 41..99\n"));
    let mut harness = opened(trace).await;
    harness.keys("G").await.unwrap();
    assert!(here(&harness).contains('▲'), "{}", harness.text());
    assert!(
        row(&harness, "── b get").contains("slower than 98 % of 41 like it"),
        "{}",
        harness.text()
    );
}

#[tokio::test]
async fn services_are_hidden_both_ways_and_come_back() {
    let mut harness = ride((120, 40)).await;
    harness.keys("3jxs").await.unwrap();
    assert!(!harness.text().contains("mysql  SQL"), "{}", harness.text());
    assert!(row(&harness, " waterfall").contains("without mysql: 1 span hidden"));
    harness.keys("xxggjxS").await.unwrap();
    assert!(
        row(&harness, "customer  HTTP GET").starts_with(" ▌ ▾ customer"),
        "what a hidden service called stands in its place\n{}",
        harness.text()
    );
    harness.keys("xxggxs").await.unwrap();
    assert!(harness.text().contains("that would leave no span"));
    harness.keys("/getdriver<Enter>&").await.unwrap();
    assert!(harness.text().contains(" 3/5"), "{}", harness.text());
    harness.keys("<Esc>").await.unwrap();
    assert!(harness.text().contains("/15"), "{}", harness.text());
}

#[tokio::test]
async fn the_ancestors_of_the_top_row_stay_in_view() {
    let calls: Vec<String> = (0..60)
        .map(|n| format!("    b: op{n} {n}..{}\n", n + 1))
        .collect();
    let text = format!("a: root 0..100\n  a: middle 0..90\n{}", calls.concat());
    let mut harness = opened(scenario::trace(&text)).await;
    harness.keys("G").await.unwrap();
    let shown = rows(&harness);
    let at = |part: &str| shown.iter().position(|row| row.contains(part));
    let (root, middle) = (at("a  root"), at("a  middle"));
    assert!(
        root.is_some() && middle == root.map(|at| at + 1),
        "{}",
        harness.text()
    );
    assert!(here(&harness).contains("op59"));
}

#[tokio::test]
async fn a_folded_call_names_who_answers_and_pills_tell_the_protocol() {
    let trace = scenario::trace(
        "a: GET 0..100 client http.request.method=GET http.status_code=503\n  b: GET /x 1..99 server\n    b: q 2..3 client peer.service=mysql\n",
    );
    let mut harness = opened(trace).await;
    assert!(row(&harness, "b → mysql  q").contains("b → mysql"));
    harness.keys("za").await.unwrap();
    assert!(
        here(&harness).contains("a → b / GET /x  2  503"),
        "{}",
        harness.text()
    );
}

#[tokio::test]
async fn the_longest_own_times_come_one_after_the_other() {
    let mut harness = ride((120, 40)).await;
    harness.keys("]l").await.unwrap();
    assert!(here(&harness).contains("mysql"), "{}", harness.text());
    harness.keys("]l").await.unwrap();
    assert!(here(&harness).contains("route  HTTP GET /route"));
    harness.keys("[l").await.unwrap();
    assert!(here(&harness).contains("mysql"));
}

#[tokio::test]
async fn zoom_is_undone_and_done_again_and_idle_time_squeezed() {
    let mut harness = ride((120, 40)).await;
    harness.keys("efu").await.unwrap();
    assert!(row(&harness, " waterfall").contains("all of it"));
    harness.keys("<C-r>").await.unwrap();
    assert!(row(&harness, " waterfall").contains("31.0 ms from +320 ms"));
    let trace = scenario::trace("a: r 0..100 id=1\nb: later 10000..10100 id=2 parent=1\n");
    let mut harness = opened(trace).await;
    harness.keys("zg").await.unwrap();
    assert!(row(&harness, " waterfall").contains("idle time squeezed"));
    assert!(
        row(&harness, "b  later").contains("▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄"),
        "{}",
        harness.text()
    );
}

#[tokio::test]
async fn what_is_copied_can_be_pasted_elsewhere() {
    let mut harness = ride((120, 40)).await;
    harness.keys("eywycyjyhym").await.unwrap();
    let [parent, command, json, markdown] = harness.copied.as_slice() else {
        panic!("{:?}", harness.copied)
    };
    assert_eq!(
        parent,
        "00-0000000000000000000000005ce0a510-0000000000000007-01"
    );
    assert_eq!(
        command,
        "vizsla fixed 0000000000000000000000005ce0a510 --span=0000000000000007"
    );
    assert!(
        json.starts_with("[\n{\"span_id\":\"0000000000000007\""),
        "{json}"
    );
    assert!(
        markdown.starts_with("- `redis GetDriver` took 31.0 ms"),
        "{markdown}"
    );
    harness.keys("a").await.unwrap();
    let query = "{ resource.service.name = \"redis\" && name = \"GetDriver\" }";
    assert!(harness.text().contains(query), "{}", harness.text());
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
async fn the_ruler_tells_times_since_the_start_of_the_clock_and_in_utc() {
    let mut harness = ride((120, 40)).await;
    assert!(row(&harness, "200 ms").contains("400 ms"));
    harness.keys("t").await.unwrap();
    assert!(row(&harness, "00:00:00.200 ").contains("00:00:00.400 "));
    harness.keys("tjj").await.unwrap();
    let ruler = row(&harness, "00:00:00.400Z");
    assert!(
        ruler.contains("00:00:00.002Z"),
        "the cursor's guide has its time: {ruler}"
    );
    harness.keys("t").await.unwrap();
    assert!(row(&harness, "400 ms").contains("2.00 ms"));
}

#[tokio::test]
async fn the_guide_of_the_cursor_goes_down_from_its_time() {
    let mut harness = ride((120, 40)).await;
    harness.keys("e").await.unwrap();
    let rows = rows(&harness);
    let ruler = rows.iter().position(|row| row.contains("320 ms")).unwrap();
    let column = rows[ruler]
        .chars()
        .collect::<String>()
        .find("320 ms")
        .unwrap();
    let below = rows[ruler + 2].chars().nth(column);
    assert_eq!(below, Some('┊'), "{}", harness.text());
}

#[tokio::test]
async fn a_drag_over_ruler_or_minimap_zooms_and_is_seen_while_it_lasts() {
    let mut harness = ride((120, 40)).await;
    for pane in [Pane::Ruler, Pane::Strip] {
        let area = harness.state.shared.drawn.pane(pane);
        let (left, right) = (area.x + area.width / 4, area.x + area.width / 2);
        let mouse = |gesture| Msg::Mouse {
            gesture,
            x: right,
            y: area.y,
        };
        let from = (left, area.y);
        let before = harness.ansi();
        harness.send(mouse(Gesture::Drag { from })).await;
        assert_ne!(harness.ansi(), before, "what is dragged over is marked");
        harness.send(mouse(Gesture::Drop { from })).await;
        let shown = row(&harness, " waterfall");
        assert!(shown.contains(" ms from +1"), "{shown}");
        harness.keys("u").await.unwrap();
        assert_eq!(harness.ansi(), before, "one step back");
    }
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
