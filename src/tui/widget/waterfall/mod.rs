//! The waterfall without a terminal: which rows a folded tree shows, which cells a span's bar
//! fills, what the minimap looks like. Pure functions of a trace, a range of time and a width;
//! the trace screen gives them colours.

mod axis;
mod bar;
mod minimap;
mod rows;
mod work;

pub use axis::Axis;
pub use bar::{Cell, Label, bar};
pub use minimap::Minimap;
pub use rows::{Row, Rows};
pub use work::{Interval, Work};
