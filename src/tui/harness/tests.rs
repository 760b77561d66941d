//! The application as a whole, without a terminal: frame, popups, prefixes, toasts, quitting.

use std::sync::Arc;

use super::Harness;
use super::fixed::Fixed;
use crate::config::Depth;
use crate::model::scenario;
use crate::text::{Charset, Clock};
use crate::tui::setup::Setup;
use crate::tui::source::host::Alone;

/// 2026-11-22 14:02:11 UTC.
const NOW: u64 = 1_795_356_131_000_000_000;

async fn start(size: (u16, u16)) -> Harness {
    let setup = Setup::plain(Clock::frozen(NOW), Depth::Truecolor, Charset::Unicode);
    let trace = scenario::trace("shop: GET /cart 0..120 server\n  cart: load 10..90\n");
    Harness::start(
        setup,
        Arc::new(Fixed::new(vec![trace])),
        Arc::new(Alone),
        None,
        size,
    )
    .await
}

#[tokio::test]
async fn the_frame_has_exactly_the_size_asked_for() {
    for (width, height) in [(1, 1), (20, 5), (40, 10), (80, 24), (300, 100)] {
        let text = start((width, height)).await.text();
        assert_eq!(text.lines().count(), usize::from(height));
        assert!(
            text.lines()
                .all(|line| crate::text::width(line) == usize::from(width)),
            "{text}"
        );
    }
}

#[tokio::test]
async fn too_small_says_so_and_a_resize_brings_all_back() {
    let mut harness = start((32, 8)).await;
    assert!(harness.text().starts_with("vizsla needs 40x10, has 32x8"));
    harness.send(crate::tui::msg::Msg::Resize(80, 24)).await;
    assert!(
        harness.text().starts_with(" vizsla  fixed › search"),
        "{}",
        harness.text()
    );
}

#[tokio::test]
async fn help_lists_filters_and_runs() {
    let mut harness = start((80, 24)).await;
    harness.keys("?").await.unwrap();
    assert!(
        harness.text().contains("five keys to begin"),
        "{}",
        harness.text()
    );
    harness.keys("/messages so<Enter>").await.unwrap();
    assert!(
        harness.text().contains("nothing was said yet"),
        "{}",
        harness.text()
    );
    harness.keys("q").await.unwrap();
    assert!(
        !harness.text().contains("newest first ─"),
        "{}",
        harness.text()
    );
    harness.keys(":help redraw<Enter>").await.unwrap();
    let text = harness.text();
    assert!(
        text.contains("draw everything anew") && !text.contains("half a page"),
        "{text}"
    );
}

#[tokio::test]
async fn a_prefix_shows_what_may_follow_and_a_wrong_key_says_so() {
    let mut harness = start((80, 24)).await;
    harness.keys("z").await.unwrap();
    assert!(
        harness.text().contains("cursor row to the middle"),
        "{}",
        harness.text()
    );
    harness.keys("!").await.unwrap();
    assert!(
        harness.text().contains("z! is bound to nothing here"),
        "{}",
        harness.text()
    );
    harness.keys("z<Esc>").await.unwrap();
    assert!(
        !harness.text().contains("bound to nothing"),
        "{}",
        harness.text()
    );
}

#[tokio::test]
async fn the_palette_finds_and_the_theme_picker_previews() {
    let mut harness = start((80, 24)).await;
    harness.keys(":theme paper<Enter>").await.unwrap();
    assert_eq!(harness.state.shared.theme.name(), "paper");
    harness.keys(":another theme<Enter>mono").await.unwrap();
    assert_eq!(harness.state.shared.theme.name(), "mono");
    harness.keys("<Esc>").await.unwrap();
    assert_eq!(harness.state.shared.theme.name(), "paper");
    harness.keys(":nonsense<Enter>").await.unwrap();
    assert!(
        harness.text().contains("no command nonsense"),
        "{}",
        harness.text()
    );
}

#[tokio::test]
async fn the_screen_is_copied_and_quitting_quits() {
    let mut harness = start((80, 24)).await;
    let text = harness.text();
    harness.keys("yp").await.unwrap();
    assert_eq!(harness.copied, [text]);
    harness.keys("yi").await.unwrap();
    assert!(harness.copied[1].starts_with("<svg"));
    harness.keys("q").await.unwrap();
    assert!(harness.quit);
}

#[tokio::test]
async fn control_c_quits_from_anywhere() {
    for keys in ["", ":", "?", "?/", "z", ":another theme<Enter>"] {
        let mut harness = start((80, 24)).await;
        harness.keys(keys).await.unwrap();
        harness.keys("<C-c>").await.unwrap();
        assert!(harness.quit, "{keys}");
    }
}
