//! The views of a trace: each in every size, and that turning keeps the span.

use std::fmt::Write as _;

use super::*;
use crate::tui::harness::golden::{SIZES, compare};

const VIEWS: [(&str, &str); 8] = [
    ("waterfall", "w"),
    ("graph", "wvg"),
    ("flame", "wvf"),
    ("statistics", "wvs"),
    ("table", "wvtsd"),
    ("events", "ve"),
    ("json", "wvj<Enter>"),
    ("findings", "vij"),
];

#[tokio::test]
async fn views_of_every_size() {
    for (width, height) in SIZES {
        for (name, keys) in VIEWS {
            let mut harness = ride((width, height)).await;
            harness.keys(keys).await.unwrap();
            let name = format!("trace-{name}-{width}x{height}.txt");
            compare(&name, &harness.text());
        }
    }
}

#[tokio::test]
async fn views_are_ascii_where_asked() {
    for (name, keys) in VIEWS {
        let trace = scenario::trace(RIDE);
        let id = trace.id();
        let setup = Setup::plain(
            Clock::frozen(scenario::EPOCH.0),
            Depth::Mono,
            Charset::Ascii,
        );
        let backend = Arc::new(Fixed::new(vec![trace]));
        let mut harness =
            Harness::start(setup, backend, Arc::new(Alone), Some(id), (120, 40)).await;
        harness.keys(keys).await.unwrap();
        let alien: String = harness.text().chars().filter(|c| !c.is_ascii()).collect();
        assert_eq!(alien, "", "{name}:\n{}", harness.text());
    }
}

#[tokio::test]
async fn turning_keeps_the_span() {
    let mut harness = ride((120, 40)).await;
    harness.keys("e").await.unwrap();
    for keys in ["vg", "vf", "vs", "vt", "vj", "vw"] {
        harness.keys(keys).await.unwrap();
    }
    assert!(
        here(&harness).contains("redis  GetDriver"),
        "{}",
        harness.text()
    );
    harness.keys("vt").await.unwrap();
    assert!(here(&harness).contains("redis  GetDriver") && here(&harness).contains('✗'));
    harness.keys("gg<Enter>").await.unwrap();
    assert!(here(&harness).contains("HTTP GET /dispatch"));
    assert!(row(&harness, "waterfall │").contains("all of it"));
}

#[tokio::test]
async fn statistics_group_and_sort() {
    let mut harness = ride((120, 40)).await;
    harness.keys("vs").await.unwrap();
    assert!(
        rows(&harness)[4].contains("mysql  SQL SELECT"),
        "{}",
        harness.text()
    );
    harness.keys("ss").await.unwrap();
    assert!(
        rows(&harness)[4].contains("route  HTTP GET /route"),
        "{}",
        harness.text()
    );
    harness.keys(",s").await.unwrap();
    assert!(
        row(&harness, "   redis").contains(" 4 "),
        "{}",
        harness.text()
    );
    harness.keys(",i").await.unwrap();
    assert!(
        row(&harness, "redis  client").contains(" 4 "),
        "{}",
        harness.text()
    );
}

#[tokio::test]
async fn messages_are_dashed_in_the_graph() {
    let trace =
        scenario::trace("a: send 0..10 producer\n  b: handle 5..25 consumer\n  c: call 1..2 k=1\n");
    let mut harness = opened(trace).await;
    harness.keys("vg").await.unwrap();
    let text = harness.text();
    assert!(text.contains("╌►│ handle"), "{text}");
    assert!(text.contains("─►│ call"), "{text}");
}

#[tokio::test]
async fn the_flame_graph_zooms_and_weighs() {
    let mut harness = ride((120, 40)).await;
    harness.keys("vfj<Enter>").await.unwrap();
    assert!(!rows(&harness)[5].contains("driver"), "{}", harness.text());
    harness.keys("-s").await.unwrap();
    assert!(row(&harness, "waterfall │").contains("   own time "));
    harness.keys("n").await.unwrap();
    harness.keys("/select<Enter>").await.unwrap();
    assert!(
        row(&harness, "── mysql SQL SELECT").contains("called once"),
        "{}",
        harness.text()
    );
}

const DEPTHS: [(&str, Depth, Charset); 4] = [
    ("256", Depth::Ansi256, Charset::Unicode),
    ("16", Depth::Ansi16, Charset::Unicode),
    ("mono", Depth::Mono, Charset::Unicode),
    ("mono-ascii", Depth::Mono, Charset::Ascii),
];

/// A number for a picture: that of Fowler, Noll and Vo (FNV-1a).
fn digest(picture: &str) -> u64 {
    let step = |sum: u64, byte: u8| (sum ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
    picture.bytes().fold(0xcbf2_9ce4_8422_2325, step)
}

/// Every view at every depth of colour: pictures of the smallest size, and a number for each of the
/// others, which would fill a megabyte.
#[tokio::test]
async fn views_of_every_depth() {
    let mut digests = String::new();
    for (depth_name, depth, charset) in DEPTHS {
        for (name, keys) in VIEWS {
            for (width, height) in SIZES {
                let trace = scenario::trace(RIDE);
                let id = trace.id();
                let clock = Clock::frozen(scenario::EPOCH.0 + 1_000_000_000);
                let setup = Setup::plain(clock, depth, charset);
                let backend = Arc::new(Fixed::new(vec![trace]).with_trends());
                let host = Arc::new(Alone);
                let size = (width, height);
                let mut harness = Harness::start(setup, backend, host, Some(id), size).await;
                harness.keys(keys).await.unwrap();
                let picture = harness.ansi();
                if (width, height) == SIZES[0] {
                    compare(&format!("trace-{name}-{depth_name}.ansi"), &picture);
                } else {
                    let number = digest(&picture);
                    writeln!(
                        digests,
                        "{name} {depth_name} {width}x{height} {number:016x}"
                    )
                    .unwrap();
                }
            }
        }
    }
    compare("trace-views.digests", &digests);
}

#[tokio::test]
async fn a_finding_too_long_for_its_row_is_told_whole_below() {
    let name = "/a/route/of/many/parts".repeat(6);
    let mut harness = opened(scenario::trace(&format!(
        "shop: GET:{name}/end 0..100\n  db: read 10..20\n"
    )))
    .await;
    harness.keys("vi").await.unwrap();
    let text = harness.text();
    let (_, below) = text.split_once("finding ").expect("a section for it");
    assert!(below.contains("/end"), "{text}");
    harness.keys("vw").await.unwrap();
    assert!(!rows(&harness).iter().any(|row| row.contains(" finding ")));
}
