//! The waterfall without a terminal: which rows a folded tree shows, which cells a span's bar
//! fills, what the minimap looks like. Pure functions of a trace, a range of time and a width;
//! the trace screen gives them colours.

mod axis;
mod bar;
mod bundle;
mod cover;
mod minimap;
mod rows;
mod sieve;
mod squeeze;
mod work;

pub use axis::{Axis, Stretch};
pub use bar::{Bar, Cell, Label, bar};
pub use bundle::{Bundle, Bundles, Likeness};
pub use minimap::Minimap;
pub use rows::{Folds, Hidden, Row, Rows};
pub use sieve::Sieve;
pub use squeeze::Squeeze;
pub use work::{Interval, critical, critical_of, own};
