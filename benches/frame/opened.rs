//! The interface on a trace, and the keys that are pressed in it.

use std::sync::Arc;

use tokio::runtime::Runtime;
use vizsla::backend::Backend;
use vizsla::config::Depth;
use vizsla::model::{Trace, TraceId};
use vizsla::text::{Charset, Clock};
use vizsla::tui::{Alone, Fixed, Harness, Setup};

/// 2026-11-22 14:30 UTC.
const NOW: u64 = 1_795_357_800_000_000_000;
/// Keys that only move, as they come while somebody reads: rows, pages, ends, errors, time.
pub const MOVES: &str = "jjjj<C-d><C-d>kk<C-u>]ejGkkggnjj";

/// All views, and the keys that turn to them.
pub const VIEWS: [(&str, &str); 8] = [
    ("waterfall", "vw"),
    ("graph", "vg"),
    ("flame", "vf"),
    ("statistics", "vs"),
    ("table", "vt"),
    ("events", "ve"),
    ("JSON", "vj"),
    ("findings", "vi"),
];

/// The interface on a trace, everything known of it and nothing loading.
pub struct Opened {
    runtime: Runtime,
    harness: Harness,
}

impl Opened {
    pub fn new(trace: &Trace, size: (u16, u16)) -> Self {
        Self::of(&fixed(trace), trace.id(), size)
    }

    /// The same, over a backend that has the trace already.
    pub fn of(backend: &Arc<Fixed>, id: TraceId, size: (u16, u16)) -> Self {
        let runtime = Runtime::new().unwrap_or_else(|why| panic!("no runtime: {why}"));
        let backend = Arc::clone(backend) as Arc<dyn Backend>;
        let setup = Setup::plain(Clock::frozen(NOW), Depth::Truecolor, Charset::Unicode);
        let start = Harness::start(setup, backend, Arc::new(Alone), Some(id), size);
        let harness = runtime.block_on(start);
        Self { runtime, harness }
    }

    /// Presses keys and waits until all stands still.
    pub fn keys(&mut self, keys: &str) {
        let pressed = self.runtime.block_on(self.harness.keys(keys));
        assert!(pressed.is_ok(), "{pressed:?}");
    }
}

/// A backend of one trace.
pub fn fixed(trace: &Trace) -> Arc<Fixed> {
    Arc::new(Fixed::new(vec![trace.clone()]))
}

/// Keys one by one, as the harness writes them.
pub fn split(keys: &str) -> impl Iterator<Item = &str> + Clone {
    let mut rest = keys;
    std::iter::from_fn(move || {
        let named = rest.starts_with('<').then(|| rest.find('>')).flatten();
        let pair = rest.starts_with("gg") || rest.starts_with("]e");
        let end = named.map_or(if pair { 2 } else { 1 }, |end| end + 1);
        let (key, more) = rest.split_at_checked(end)?;
        rest = more;
        Some(key)
    })
}
