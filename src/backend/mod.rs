//! Systems that traces are read from: one trait, one file per system.
