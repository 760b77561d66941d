//! What keys cost on the wire: bytes to the terminal from one frame to the next.

use std::fmt::Write as _;
use std::sync::Arc;

use super::Harness;
use super::fixed::Fixed;
use super::golden::screen;
use crate::config::Depth;
use crate::model::scenario;
use crate::text::{Charset, Clock, Shown};
use crate::tui::setup::Setup;
use crate::tui::source::host::Alone;
use crate::tui::terminal::paint::Painter;
use crate::tui::terminal::paint::tape::Tape;

/// The most bytes that one of the keys costs at once, and the most that follow when the cursor
/// rests.
async fn costs(mut harness: Harness, keys: &[&str]) -> (usize, usize) {
    let tape = Tape::default();
    let mut painter = Painter::new(tape.clone(), harness.state.shared.size);
    let mut draw = |harness: &Harness| {
        painter
            .draw(harness.buffer(), None, &Shown::default())
            .unwrap();
        tape.0.take().len()
    };
    draw(&harness);
    let (mut most, mut rest) = (0, 0);
    for key in keys {
        harness.hurry(key).unwrap();
        most = most.max(draw(&harness));
        harness.settle().await;
        rest = rest.max(draw(&harness));
    }
    (most, rest)
}

/// The most bytes that one of the keys costs in all, after some that are not counted.
async fn cost(size: (u16, u16), before: &str, keys: &[&str]) -> usize {
    let harness = screen(size, Depth::Truecolor, Charset::Unicode, before).await;
    let (most, rest) = costs(harness, keys).await;
    most + rest
}

/// A trace that fills the screen, each span of which starts elsewhere.
async fn staggered(size: (u16, u16)) -> Harness {
    let mut text = "shop: GET /cart 0..1000\n".to_owned();
    for number in 1..60 {
        let (from, to) = (number * 15, number * 15 + 90);
        let service = ["cart", "redis", "pay"][number % 3];
        let _ = writeln!(text, "  {service}: call{number} {from}..{to} k=v");
    }
    let trace = scenario::trace(&text);
    let id = trace.id();
    let clock = Clock::frozen(scenario::EPOCH.0 + 60_000_000_000);
    let setup = Setup::plain(clock, Depth::Truecolor, Charset::Unicode);
    let backend = Arc::new(Fixed::new(vec![trace]));
    Harness::start(setup, backend, Arc::new(Alone), Some(id), size).await
}

#[tokio::test]
async fn a_cursor_move_costs_few_bytes() {
    for size in [(80, 24), (100, 30), (120, 40)] {
        let most = cost(size, "3j", &["j", "j", "k", "j"]).await;
        assert!(most <= 200, "{size:?}: {most}");
    }
}

#[tokio::test]
async fn a_step_through_a_trace_costs_few_bytes() {
    for size in [(80, 24), (100, 30), (120, 40)] {
        let mut harness = staggered(size).await;
        // The detail is closed, but for the line that tells the span where there is one.
        let keys = if size.0 < 100 { "5j" } else { "i5j" };
        harness.keys(keys).await.unwrap();
        let (step, rest) = costs(harness, &["j", "j", "k", "j", "j"]).await;
        assert!(step <= 170, "{size:?}: {step}");
        assert!(rest <= 500, "{size:?}: {rest}");
    }
    let open = cost((120, 40), "gg<Enter>j", &["j", "j", "k"]).await;
    assert!(open <= 1_500, "{open}");
}

#[tokio::test]
async fn scrolling_moves_rows_instead_of_writing_them() {
    let most = cost((120, 40), "G<Enter>G", &["<C-u>", "<C-d>", "gg"]).await;
    assert!(most <= 6_000, "{most}");
    let step = cost((120, 40), "G<Enter>gg40j", &["j", "j", "j"]).await;
    assert!(step <= 700, "{step}");
}

#[tokio::test]
async fn what_did_not_change_costs_nothing() {
    assert_eq!(cost((120, 40), "3j", &["<Esc>", "<Esc>"]).await, 0);
}
