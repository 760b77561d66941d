//! Bytes to blocks of spans and back: one file per format, containers, detection. No I/O.

pub mod json;
