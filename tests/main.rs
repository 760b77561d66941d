//! All integration tests in one binary: linking is what a newcomer waits for.

#![expect(
    clippy::unwrap_used,
    reason = "a test says by its panic what went wrong"
)]

mod checklist;
mod cli;
mod collector;
mod corpus;
mod demo;
mod formats;
mod layering;
mod matrix;
mod memory;
mod peer;
mod pty;
mod readme;
mod screenshots;
mod twins;
