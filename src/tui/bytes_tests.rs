//! What keys cost on the wire: bytes to the terminal from one frame to the next.

use super::golden::screen;
use super::harness::Harness;
use super::terminal::paint::Painter;
use super::terminal::paint::tape::Tape;
use crate::config::Depth;
use crate::text::{Charset, Shown};

/// The most bytes that one of the keys costs, after some that are not counted.
async fn cost(size: (u16, u16), before: &str, keys: &[&str]) -> usize {
    let mut harness = screen(size, Depth::Truecolor, Charset::Unicode, before).await;
    let tape = Tape::default();
    let mut painter = Painter::new(tape.clone(), size);
    let mut draw = |harness: &Harness| {
        painter
            .draw(harness.buffer(), None, &Shown::default())
            .unwrap();
        tape.0.take().len()
    };
    draw(&harness);
    let mut most = 0;
    for key in keys {
        harness.keys(key).await.unwrap();
        most = most.max(draw(&harness));
    }
    most
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
    for size in [(80, 24), (100, 30)] {
        // Half of it is the line that tells the span.
        let closed = cost(size, "gg<Enter>ij", &["j", "j", "k"]).await;
        assert!(closed <= 500, "{size:?}: {closed}");
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
