//! The map driven by keys, over calls whose figures are known.

use std::fmt::Write as _;
use std::sync::Arc;

use crate::config::Depth;
use crate::model::scenario;
use crate::text::{Charset, Clock};
use crate::tui::harness::Harness;
use crate::tui::harness::fixed::Fixed;
use crate::tui::setup::Setup;
use crate::tui::source::host::Alone;

/// A frontend that calls two services, one of which has a cache that fails every fourth time.
fn calls() -> String {
    let mut text = String::from("frontend: HTTP GET /dispatch 0..700 server\n");
    text.push_str("  customer: HTTP GET /customer 1..300 server\n");
    text.push_str(
        "    customer: SQL SELECT 2..290 client db.system.name=mysql peer.service=mysql\n",
    );
    text.push_str("  driver: FindNearest 300..600 server\n");
    for n in 0..40 {
        let failed = if n % 4 == 0 { " error" } else { "" };
        let start = 300 + n * 5;
        _ = writeln!(
            text,
            "    redis: GetDriver {start}..{}{failed} server db.system.name=redis",
            start + 4
        );
    }
    text
}

async fn map(size: (u16, u16), charset: Charset) -> Harness {
    let setup = Setup::plain(
        Clock::frozen(scenario::EPOCH.0 + 60_000_000_000),
        Depth::Truecolor,
        charset,
    );
    let backend = Fixed::new(vec![scenario::trace(&calls())]);
    let mut harness = Harness::start(setup, Arc::new(backend), Arc::new(Alone), None, size).await;
    harness.keys("d").await.unwrap();
    harness
}

#[tokio::test]
async fn boxes_and_edges_are_drawn_with_what_they_carry() {
    for size in [(80, 24), (120, 40), (200, 60)] {
        let harness = map(size, Charset::Unicode).await;
        let text = harness.text();
        for service in ["frontend", "customer", "driver", "redis"] {
            assert!(text.contains(service), "{service} at {size:?}\n{text}");
        }
        assert!(text.contains('►'), "{text}");
    }
}

#[tokio::test]
async fn the_failing_call_is_found_and_leads_to_its_traces() {
    let mut harness = map((120, 40), Charset::Unicode).await;
    harness.keys("e").await.unwrap();
    assert!(
        harness.text().contains("driver → redis"),
        "{}",
        harness.text()
    );
    assert!(
        harness.text().contains("10 failed, 25 %"),
        "{}",
        harness.text()
    );
    harness.keys("<Enter>").await.unwrap();
    assert!(
        harness
            .text()
            .contains("> { resource.service.name = \"redis\" && status"),
        "{}",
        harness.text()
    );
}

#[tokio::test]
async fn a_focus_leaves_only_what_is_near() {
    let mut harness = map((120, 40), Charset::Unicode).await;
    harness.keys("ef").await.unwrap();
    assert!(!harness.text().contains("│ customer"), "{}", harness.text());
    harness.keys("f").await.unwrap();
    assert!(harness.text().contains("│ customer"), "{}", harness.text());
}

#[tokio::test]
async fn the_table_has_the_same_calls() {
    let mut harness = map((120, 40), Charset::Ascii).await;
    harness.keys("vt").await.unwrap();
    let text = harness.text();
    let first = text
        .lines()
        .find(|line| line.starts_with(" > driver"))
        .unwrap();
    assert!(first.contains("! 25 %"), "{text}");
    assert!(text.is_ascii(), "{text}");
    harness.keys("vb").await.unwrap();
    assert!(harness.text().contains('>'), "{}", harness.text());
}

#[tokio::test]
async fn the_matrix_shows_who_calls_whom_and_steps_from_call_to_call() {
    for size in [(80, 24), (120, 40)] {
        let mut harness = map(size, Charset::Unicode).await;
        harness.keys("vm").await.unwrap();
        let text = harness.text();
        assert!(text.contains("CALLS") && text.contains("matrix"), "{text}");
        harness.keys("ggJ").await.unwrap();
        assert!(harness.text().contains("calls   p50"), "{}", harness.text());
        harness.keys("e").await.unwrap();
        assert!(
            harness.text().contains("driver \u{2192} redis"),
            "{}",
            harness.text()
        );
        harness.keys("<Enter>").await.unwrap();
        assert!(harness.text().contains("\"driver\""), "{}", harness.text());
    }
}

#[tokio::test]
async fn a_baseline_is_asked_for_and_told() {
    let mut harness = map((120, 40), Charset::Unicode).await;
    harness.keys("B").await.unwrap();
    assert!(
        harness.text().contains("the 15 before"),
        "{}",
        harness.text()
    );
    harness.keys("avt").await.unwrap();
    let text = harness.text();
    assert!(
        text.contains("against the time before") && text.contains("CHANGE"),
        "{text}"
    );
    assert!(text.contains("as before"), "{text}");
    harness.keys("Bo").await.unwrap();
    assert!(!harness.text().contains("CHANGE"), "{}", harness.text());
}
