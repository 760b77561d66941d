//! The pictures of `screenshots/` are what the program shows now: each is taken again, most by
//! `vizsla snap` over the demo, whose story and clock are always the same.
//!
//! `VIZSLA_KEEP_SCREENS=1 cargo test screenshots` takes them anew, to be looked at before they are
//! committed.

use std::path::Path;
use std::sync::Arc;

use vizsla::backend::Memory;
use vizsla::config::Depth;
use vizsla::demo;
use vizsla::storage::{Limits, Store};
use vizsla::text::{Charset, Clock};
use vizsla::tui::{Harness, Host, Listening, Setup, Surroundings};

use super::cli::Home;

/// The slow requests of the front door, all that a form may ask for, and one of them marked.
const SLOW: &str =
    "ffrontend<Tab><Tab><Tab><Tab><Tab>600ms<Tab><Tab><Tab><C-u>1500<Enter>9j<Space>";
/// One of the slowest, at what stands out in it.
const TRACE: &str = "sd4j<Enter>w";

/// Name of the picture, keys that lead to it, and how it is to look.
static PICTURES: [(&str, &str, &[&str]); 9] = [
    ("search", SLOW, &[]),
    ("search-light", SLOW, &["--theme", "paper"]),
    ("trace", TRACE, &[]),
    ("trace-light", TRACE, &["--theme", "paper"]),
    ("trace-80x24", TRACE, &["--size", "80x24"]),
    ("map", "dw", &[]),
    ("query", "/{ span.http.", &[]),
    ("help", "?", &[]),
    ("palette", "sd4j<Enter>:crit", &[]),
];

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

#[test]
fn screenshots_of_the_demo_are_what_the_program_shows() {
    let home = Home::new();
    let is_stale = |&(name, keys, look): &(&str, &str, &[&str])| {
        let mut args = vec!["snap", "-s", "demo:7", "--keys", keys, "--format", "svg"];
        args.extend(look);
        let taken = home.run(&args);
        assert_eq!((taken.code, taken.err.as_str()), (Some(0), ""), "{name}");
        !is_kept(name, &taken.out)
    };
    // Two at a time: each tells the whole story of the demo first.
    let half = PICTURES.len() / 2;
    let stale = |pictures: &'static [_]| -> Vec<_> {
        pictures
            .iter()
            .filter(|picture| is_stale(picture))
            .collect()
    };
    let (mut some, others) = std::thread::scope(|scope| {
        let others = scope.spawn(|| stale(&PICTURES[half..]));
        (stale(&PICTURES[..half]), others.join().unwrap())
    });
    some.extend(others);
    assert!(some.is_empty(), "{ANEW}: {some:?}");
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
    let clock = Clock::frozen(demo::FROZEN_NOW.0);
    let setup = Setup::plain(clock, Depth::Truecolor, Charset::Unicode);
    let backend = Arc::new(Memory::new(store));
    let screen = Harness::start(setup, backend, Arc::new(Ports), None, (120, 40)).await;
    assert!(is_kept("first-run", &screen.svg()), "first-run: {ANEW}");
}
