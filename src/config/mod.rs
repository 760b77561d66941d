//! Files, environment and flags, merged, with the origin of each value.

mod access;

pub use access::{Access, Denied, Secret};
