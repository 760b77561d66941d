//! A synthetic ride-hailing system that sends real spans over OTLP.
//!
//! Its shape is that of Jaeger's `HotROD`: frontend asks customer (which asks mysql, behind a
//! lock), then driver (which asks redis for each driver), then route, ten times by three
//! workers; billing reads what frontend sends to a topic; a batch job disturbs them all.
//! Things go wrong in it for true reasons (see [`Fixes`]): queries queue for a lock, a store is asked in
//! a loop, a deploy makes one version slower, and the store begins to fail.
//!
//! [`Story`] tells it, deterministically, as blocks of spans; a [`Demo`] sends them through the
//! front door of whatever takes OTLP over HTTP, like any application.

mod batch;
mod billing;
mod cast;
mod customer;
mod driver;
mod http;
mod live;
mod lookup;
mod plot;
mod queues;
mod random;
mod record;
mod ride;
mod send;
mod story;
mod tape;
mod web;

pub use customer::{CUSTOMERS, Customer};
pub use live::{Demo, Desk, Options, Ordered, Progress};
pub use plot::{Fixes, LENGTH, Settings};
pub use record::Context;
pub use ride::Outcome;
pub use send::Trouble;
pub use story::Story;
pub use web::router;

use crate::model::{Block, Nanos, Time};

/// The moment at which [`frozen`] stories stop: 2026-03-14T14:02:12Z.
pub const FROZEN_NOW: Time = Time(1_773_496_932_000_000_000);

/// The twenty minutes before [`FROZEN_NOW`], as the story of this seed tells them.
pub fn frozen(seed: u64) -> Vec<Block> {
    let settings = Settings {
        seed,
        ..Settings::default()
    };
    let begin = FROZEN_NOW - LENGTH;
    let mut story = Story::new(settings, begin);
    let minutes = LENGTH.0 / 60_000_000_000;
    (1..=minutes)
        .map(|minute| story.until(begin + Nanos(minute * 60_000_000_000)))
        .collect()
}

#[cfg(test)]
mod tests;
