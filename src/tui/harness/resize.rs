//! Every view and popup at every size, as somebody has it who pulls at the corner of a window.

use std::sync::Arc;

use super::Harness;
use super::fixed::Fixed;
use super::fuzz::check;
use crate::config::Depth;
use crate::model::scenario;
use crate::text::{Charset, Clock};
use crate::tui::msg::Msg;
use crate::tui::setup::Setup;
use crate::tui::source::host::Alone;

/// From nothing to the largest, over and under each size at which something gives way.
const SIZES: [(u16, u16); 22] = [
    (20, 5),
    (1, 1),
    (500, 200),
    (40, 10),
    (39, 10),
    (40, 9),
    (500, 10),
    (40, 200),
    (41, 11),
    (56, 16),
    (60, 20),
    (79, 23),
    (80, 24),
    (81, 21),
    (82, 19),
    (99, 25),
    (100, 30),
    (120, 40),
    (161, 24),
    (200, 60),
    (3, 200),
    (500, 1),
];

/// How views and popups are come to from a trace that is open.
const PLACES: [&str; 38] = [
    // Views, and the detail in all its forms.
    "",
    "vg",
    "vf",
    "vs",
    "vt",
    "ve",
    "vj<Enter>",
    "vi",
    "<Enter>",
    "D<Enter>",
    "DD<Enter>",
    "i",
    // Parts of them that are typed in or chosen from.
    "/call",
    "/{ status =",
    "<Enter>/op",
    "vts",
    "vs,",
    "C",
    "<Enter><Space>",
    "AA",
    "<Enter>]]]]<Enter>",
    "<Enter>]]]]<Enter>/s",
    // Prefixes with their keys beside.
    "z",
    "y",
    "]",
    // Popups.
    "?",
    ":",
    ":the",
    "b",
    "@",
    "gn",
    ":themes<Enter>",
    // Other screens, and two beside each other.
    "S",
    "S<Tab>vf",
    "gm",
    "gmvm",
    "gs",
    "gsf",
];

async fn start() -> Harness {
    let clock = Clock::frozen(scenario::EPOCH.0 + 60_000_000_000);
    let setup = Setup::plain(clock, Depth::Truecolor, Charset::Unicode);
    let text = "shop: GET /cart 0..400 k=v\n  cart: call 10..390 note=\u{6f22}\u{5b57}\n    \
                redis: get 20..40 error +5:exception\n    redis: get 50..70\n    \
                a\u{1b}]0;x\u{7}: evil\u{200d}name 80..200\n  cart: op 300..399\n";
    let trace = scenario::trace(text);
    let id = trace.id();
    let backend = Arc::new(Fixed::new(vec![trace]));
    Harness::start(setup, backend, Arc::new(Alone), Some(id), (120, 40)).await
}

#[tokio::test]
async fn everything_is_whole_at_every_size() {
    for place in PLACES {
        let mut harness = start().await;
        harness.keys(place).await.unwrap();
        for (width, height) in SIZES {
            harness.send(Msg::Resize(width, height)).await;
            if let Err(what) = check(&harness) {
                panic!("{what}: {place:?} at {width}x{height}\n{}", harness.text());
            }
        }
        // And what was there is there again.
        harness.send(Msg::Resize(120, 40)).await;
        let mut fresh = start().await;
        fresh.keys(place).await.unwrap();
        assert_eq!(harness.text(), fresh.text(), "{place:?}");
    }
}

/// Where a window has no room for two beside each other, they stand one above the other, or the
/// one with the keys has it alone; a wider one brings both back.
#[tokio::test]
async fn a_split_narrower_than_two_screens_keeps_the_one_with_the_keys() {
    let mut harness = start().await;
    harness.keys("S<Tab>vf").await.unwrap();
    for (size, both) in [
        ((81, 40), true),
        ((80, 40), true),
        ((80, 20), true),
        ((80, 19), false),
    ] {
        harness.send(Msg::Resize(size.0, size.1)).await;
        let text = harness.text();
        assert_eq!(text.matches("[flame").count(), 1, "{size:?}\n{text}");
        let waterfalls = text.matches("[waterfall").count();
        assert_eq!(waterfalls == 1, both, "{size:?}\n{text}");
    }
}
