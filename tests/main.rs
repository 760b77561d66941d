//! All integration tests in one binary: linking is what a newcomer waits for.

mod cli;
mod collector;
mod corpus;
mod demo;
mod formats;
mod layering;
mod twins;
