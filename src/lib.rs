//! **vizsla**: a terminal explorer of distributed traces.
//!
//! The crate is a house. Each room is a module, named after the part of Jaeger's own
//! architecture that it answers to, so that whoever knows one knows the other:
//!
//! - [`model`] is what a trace *is*: ids, time, attribute values, the columns of spans
//!   (`Block`), and a trace as a view of them (`Trace`). It imports nobody.
//! - [`text`] is what may reach a terminal: escaping, width, truncation, durations, counts.
//! - [`config`] merges files, environment and flags, and knows where each value came from.
//! - [`mod@format`] turns bytes into blocks and blocks into bytes, one file per format, and
//!   recognises which format some bytes are.
//! - [`traceql`] is the query language: lexer, parser, tree, evaluation, completion.
//! - [`analysis`] holds pure functions of traces: critical path, why line, comparison.
//! - [`graph`] builds service graphs and lays them out on a grid of cells.
//! - [`storage`] is where spans are kept: the embedded in-memory store.
//! - [`socket`] is a door that HTTP is served on, with its limits.
//! - [`collector`] is where spans arrive; [`query_service`] is where others ask for them, in
//!   Jaeger's and Tempo's words.
//! - [`backend`] is one trait over every system that traces are read from.
//! - [`demo`] is a synthetic ride-hailing system that emits real spans.
//! - [`tui`] is the terminal user interface, the only room that draws.
//! - [`cli`] is one file per subcommand, the only room that prints and that composes the others.
//!
//! Which room may import which is held by `tests/layering.rs`.
//!
//! A span's way from an application to the screen: a socket of the collector, a decoder of
//! `format` that fills one block, a commit of `storage`, a new epoch that wakes the interface,
//! a refresh of the list through `backend`, a frame.

pub mod analysis;
pub mod backend;
pub mod cli;
pub mod collector;
pub mod config;
pub mod demo;
pub mod format;
pub mod graph;
pub mod model;
pub mod query_service;
pub mod socket;
pub mod storage;
pub mod text;
pub mod traceql;
pub mod tui;
