//! What may reach a terminal: escaping, width, truncation, durations, counts, times.
//!
//! Text from a trace, a file name, a server's answer or a config is hostile until it has
//! been through [`Shown`], the only string type that drawing and printing code takes.
//! Everything else here writes figures the one way they are written in this program, and
//! reads them back from arguments. Nothing here knows what a span is.
//!
//! ```
//! use vizsla::text::{Charset, Shown, duration};
//!
//! assert_eq!(Shown::new("evil\x1b]0;x\x07").as_str(), "evil\\x1b]0;x\\x07");
//! assert_eq!(Shown::new("HTTP GET /dispatch").cut(15, Charset::Unicode).as_str(), "HTTP GET /disp…");
//! assert_eq!(duration(1_310_000_000, Charset::Unicode), "1.31 s");
//! ```

mod display;
mod duration;
mod needle;
mod number;
mod spark;
mod time;
mod width;

pub use display::Shown;
pub use duration::{DurationError, duration, duration_by, duration_exact, offset, parse_duration};
pub use needle::Needle;
pub use number::{SizeError, bytes, count, count_short, parse_size, plural, rate, share};
pub use spark::spark;
pub use time::{Clock, Style, TimeError};
pub use width::width;

/// How much of Unicode the terminal is trusted with.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Charset {
    /// Box drawing, `…`, `µs`.
    #[default]
    Unicode,
    /// `--ascii`: nothing beyond 7 bits of our own; data is shown as it is.
    Ascii,
}

impl Charset {
    /// The mark of text that was cut: `…` or `...`; also a span that has not ended.
    pub fn ellipsis(self) -> &'static str {
        match self {
            Self::Unicode => "…",
            Self::Ascii => "...",
        }
    }

    /// The unit of 1,000 ns: `µs` or `us`.
    pub fn micros(self) -> &'static str {
        match self {
            Self::Unicode => "µs",
            Self::Ascii => "us",
        }
    }
}
