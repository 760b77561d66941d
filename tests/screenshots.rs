//! The pictures of `screenshots/` are what the program shows now: each is taken again, as
//! `vizsla snap` takes it, most over the demo, whose story and clock are always the same.
//!
//! `VIZSLA_KEEP_SCREENS=1 cargo test screenshots` takes them anew, to be looked at before they are
//! committed.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use vizsla::backend::source::{Opening, Source};
use vizsla::backend::{Backend, Memory, Reading};
use vizsla::config::Depth;
use vizsla::demo;
use vizsla::storage::{DEFAULT_BUDGET, Limits, Store};
use vizsla::text::{Charset, Clock, Style};
use vizsla::tui::{Alone, Harness, Host, Listening, Setup, Surroundings};

/// A size that every terminal has, and the one of most pictures.
const SMALL: (u16, u16) = (80, 24);
const USUAL: (u16, u16) = (120, 40);

/// The slow requests of the front door, all that a form may ask for, and one of them marked.
const SLOW: &str =
    "ffrontend<Tab><Tab><Tab><Tab><Tab>600ms<Tab><Tab><Tab><C-u>1500<Enter>9j<Space>";
/// One of the slowest, at what stands out in it.
const TRACE: &str = "sd4j<Enter>w";

/// Name of the picture, keys that lead to it, theme and size.
const PICTURES: [(&str, &str, &str, (u16, u16)); 11] = [
    ("search", SLOW, "auto", USUAL),
    ("search-light", SLOW, "paper", USUAL),
    ("trace", TRACE, "auto", USUAL),
    ("trace-light", TRACE, "paper", USUAL),
    ("trace-80x24", TRACE, "auto", SMALL),
    ("flame", "sd4j<Enter>wvf", "auto", USUAL),
    ("graph", "sd4j<Enter>wvgi", "auto", USUAL),
    ("map", "dw", "auto", USUAL),
    ("query", "/{ span.http.", "auto", USUAL),
    ("help", "?", "auto", USUAL),
    ("palette", "sd4j<Enter>:crit", "auto", USUAL),
];

/// The default looks in every colour, with the time of the demo.
fn setup(theme: &str) -> Setup {
    let clock = Clock::frozen(demo::FROZEN_NOW.0);
    let mut setup = Setup::plain(clock, Depth::Truecolor, Charset::Unicode);
    setup.time_style = Style::Utc;
    assert!(setup.wear(theme).is_none(), "{theme}");
    setup
}

/// Compares a picture with the one that is kept, or keeps it.
fn is_kept(name: &str, taken: &str) -> bool {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("screenshots");
    let path = folder.join(name).with_extension("svg");
    if std::env::var_os("VIZSLA_KEEP_SCREENS").is_some() {
        std::fs::write(&path, taken).unwrap();
    }
    let kept = std::fs::read_to_string(&path);
    kept.is_ok_and(|kept| kept.replace("\r\n", "\n") == taken)
}

const ANEW: &str = "no longer what the program shows: VIZSLA_KEEP_SCREENS=1 cargo test screenshots \
                    takes pictures anew";

#[tokio::test]
async fn screenshots_of_the_demo_are_what_the_program_shows() {
    let source = Source::read(&["demo:7".to_owned()], &BTreeMap::new()).unwrap();
    let reading = Reading {
        budget: DEFAULT_BUDGET,
        patient: true,
        ..Reading::default()
    };
    let demo = demo::frozen;
    let backend: Arc<dyn Backend> = source.open(Opening { reading, demo }).unwrap();
    let mut stale = Vec::new();
    for (name, keys, theme, size) in PICTURES {
        let (setup, backend) = (setup(theme), Arc::clone(&backend));
        let mut screen = Harness::start(setup, backend, Arc::new(Alone), None, size).await;
        screen.keys(keys).await.unwrap();
        if !is_kept(name, &screen.svg()) {
            stale.push(name);
        }
    }
    assert!(stale.is_empty(), "{ANEW}: {stale:?}");
}

/// All receivers listen but one.
struct Ports;

impl Host for Ports {
    fn surroundings(&self) -> Surroundings {
        let ports = [
            ("otlp-http", Ok("127.0.0.1:4318")),
            ("otlp-grpc", Ok("127.0.0.1:4317")),
            ("query", Ok("127.0.0.1:16686")),
            (
                "zipkin",
                Err("9411 is taken by another process: that receiver is off, the others listen"),
            ),
        ];
        let listening = ports.map(|(name, state)| Listening {
            name: name.into(),
            state: state.map(Into::into).map_err(Into::into),
        });
        Surroundings {
            listening: listening.into(),
            can_demo: true,
            ..Surroundings::default()
        }
    }
}

#[tokio::test]
async fn the_screenshot_of_a_first_run_is_what_the_program_shows() {
    let store = Store::new(Limits::of(512_000_000));
    let backend = Arc::new(Memory::new(store));
    let screen = Harness::start(setup("auto"), backend, Arc::new(Ports), None, USUAL).await;
    assert!(is_kept("first-run", &screen.svg()), "first-run: {ANEW}");
}
