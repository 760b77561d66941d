//! Time on the screen: zoom, ruler, guide, clocks.

use super::*;

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
