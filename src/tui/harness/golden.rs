//! Pictures of screens, kept as text in `tests/fixtures/screens/`: every size, every depth of
//! colour. `VIZSLA_KEEP_SCREENS=1 cargo test` writes them anew, to be looked at before they are
//! committed.

use std::path::PathBuf;
use std::sync::Arc;

use super::Harness;
use super::fixed::Fixed;
use crate::backend::StoreStats;
use crate::config::Depth;
use crate::model::{BlockBuilder, Trace, TraceId, scenario};
use crate::text::{Charset, Clock};
use crate::tui::setup::Setup;
use crate::tui::source::host::{Alone, Host};
use crate::tui::source::{Listening, Surroundings};

/// The sizes of terminal that people have.
pub const SIZES: [(u16, u16); 3] = [(80, 24), (120, 40), (200, 60)];

/// Sixty traces of three operations in two minutes: some slow, some failed.
fn traces() -> Vec<Trace> {
    let mut builder = BlockBuilder::new();
    for number in 0..60_u64 {
        let start = number * 1_970 % 118_000;
        let lasts = 120 + number * 7_919 % 640 + if number % 17 == 3 { 900 } else { 0 };
        let (half, end) = (start + lasts / 2, start + lasts);
        let root = if number % 5 == 4 {
            "batch: rebalance"
        } else {
            "frontend: HTTP GET /dispatch"
        };
        let status = if number % 9 == 2 { "error" } else { "" };
        let text = format!(
            "{root} {start}..{end} server\n  customer: HTTP GET /customer {start}..{half}\n    \
             mysql: SQL SELECT {start}..{half}\n  driver: FindNearest {half}..{end}\n    \
             redis: GetDriver {half}..{end} client {status}\n"
        );
        let id = u128::from(number + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15_f39c_c060_5ced_c835);
        scenario::add(&mut builder, TraceId(id), &text);
    }
    Trace::all_of(&[Arc::new(builder.finish())])
}

fn setup(depth: Depth, charset: Charset) -> Setup {
    Setup::plain(
        Clock::frozen(scenario::EPOCH.0 + 130_000_000_000),
        depth,
        charset,
    )
}

/// Everything listens but one.
struct Ports;

impl Host for Ports {
    fn surroundings(&self) -> Surroundings {
        let on = |name: &str, address: &str| Listening {
            name: name.into(),
            state: Ok(address.into()),
        };
        let taken =
            "9411 is taken by another process: that receiver is off. Who: ss -ltnp 'sport = :9411'";
        Surroundings {
            listening: vec![
                on("otlp-http", "127.0.0.1:4318"),
                on("otlp-grpc", "127.0.0.1:4317"),
                on("query", "127.0.0.1:16686"),
                Listening {
                    name: "zipkin".into(),
                    state: Err(taken.into()),
                },
            ],
            can_demo: true,
            ..Surroundings::default()
        }
    }
}

pub(super) async fn screen(
    size: (u16, u16),
    depth: Depth,
    charset: Charset,
    keys: &str,
) -> Harness {
    let setup = setup(depth, charset);
    let mut harness = Harness::start(
        setup,
        Arc::new(Fixed::new(traces())),
        Arc::new(Alone),
        None,
        size,
    )
    .await;
    harness.keys(keys).await.unwrap();
    harness
}

async fn first_run(size: (u16, u16)) -> Harness {
    let backend = Fixed::new(Vec::new()).live(StoreStats {
        budget: 512_000_000,
        ..StoreStats::default()
    });
    let setup = setup(Depth::Truecolor, Charset::Unicode);
    Harness::start(setup, Arc::new(backend), Arc::new(Ports), None, size).await
}

/// Compares a screen with the one that is kept, or keeps it.
pub fn compare(name: &str, found: &str) {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("tests/fixtures/screens")
        .join(name);
    if std::env::var_os("VIZSLA_KEEP_SCREENS").is_some() {
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, found).unwrap();
        return;
    }
    let kept = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        kept == found,
        "{name} is no longer as it is kept. It was:\n{kept}\nit is:\n{found}"
    );
}

#[tokio::test]
async fn screens_of_every_size() {
    for (width, height) in SIZES {
        let size = (width, height);
        for (name, keys) in [
            ("search", "3j"),
            ("query", "/{ status = \"x\" }<Left><Left>"),
            ("complete", "/fr"),
            ("form", "f"),
            ("sort", "s"),
            ("time", "T"),
            ("help", "?"),
            ("palette", ":cop"),
            ("which-key", "y"),
            ("themes", ":another theme<Enter>"),
        ] {
            let harness = screen(size, Depth::Truecolor, Charset::Unicode, keys).await;
            compare(&format!("{name}-{width}x{height}.txt"), &harness.text());
        }
        compare(
            &format!("first-run-{width}x{height}.txt"),
            &first_run(size).await.text(),
        );
    }
}

#[tokio::test]
async fn screens_of_every_depth() {
    for (name, depth, charset) in [
        ("truecolor", Depth::Truecolor, Charset::Unicode),
        ("256", Depth::Ansi256, Charset::Unicode),
        ("16", Depth::Ansi16, Charset::Unicode),
        ("mono-ascii", Depth::Mono, Charset::Ascii),
    ] {
        let harness = screen((80, 24), depth, charset, "3j<Space>").await;
        compare(&format!("search-{name}.ansi"), &harness.ansi());
    }
}

#[tokio::test]
async fn ascii_is_ascii_on_every_screen() {
    for keys in [
        "3j<Space>",
        "/fr",
        "/{ x",
        "f",
        "s",
        "T",
        "?",
        ":",
        "y",
        "gn",
        ":another theme<Enter>",
        "<Tab>",
        "b",
    ] {
        let text = screen((120, 40), Depth::Mono, Charset::Ascii, keys)
            .await
            .text();
        let alien: String = text.chars().filter(|c| !c.is_ascii()).collect();
        assert_eq!(alien, "", "after {keys}:\n{text}");
    }
}

#[tokio::test]
async fn without_colour_nothing_is_told_by_colour() {
    let ansi = screen((80, 24), Depth::Mono, Charset::Unicode, "3j")
        .await
        .ansi();
    assert!(!ansi.contains(";38;") && !ansi.contains(";48;"), "{ansi}");
    assert!(ansi.contains("\x1b[0;1;7m"), "the cursor's row is reversed");
}
