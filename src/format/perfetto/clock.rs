//! Clocks, and what they show at once: `clock_snapshot.proto`.

use std::collections::HashMap;

use crate::format::protobuf::{Field, Message, Result};

/// Clocks that every trace may name. From [`OWN`] to 127 they are a sequence's own.
const REALTIME: u64 = 1;
pub(super) const MONOTONIC: u64 = 3;
const BOOTTIME: u64 = 6;
const OWN: u64 = 64;
/// Clocks that are remembered: honest traces have a few for each writer.
const CLOCKS: usize = 1 << 16;

/// What is known of clocks.
#[derive(Debug, Default)]
pub(super) struct Clocks {
    /// By the sequence whose own it is, or 0, and its number.
    known: HashMap<(u64, u64), Clock>,
    /// Nanoseconds from boot to 1970, negative.
    world: Option<i128>,
}

/// A clock as it was seen last.
#[derive(Debug, Clone, Copy)]
struct Clock {
    /// What it showed, in its unit, and nanoseconds since boot then.
    shown: u64,
    boot: u64,
    /// Nanoseconds of its unit.
    unit: u64,
    /// Times are told since the one before.
    is_incremental: bool,
}

impl Clocks {
    /// Takes note of what the clocks show.
    pub(super) fn snapshot(&mut self, mut message: Message<'_>, sequence: u64) -> Result<()> {
        let mut seen = Vec::new();
        while let Some((number, field)) = message.field()? {
            if let (1, Field::Bytes(clock)) = (number, field) {
                seen.push(read(clock)?);
            }
        }
        let shows = |wanted: u64| {
            let found = seen.iter().find(|(id, _)| *id == wanted);
            found.map(|(_, clock)| clock.shown.saturating_mul(clock.unit))
        };
        // What has no such clock was recorded by one that stands for it.
        let Some(boot) = shows(BOOTTIME).or_else(|| shows(MONOTONIC)) else {
            return Ok(());
        };
        if let Some(world) = shows(REALTIME) {
            self.world
                .get_or_insert(i128::from(world) - i128::from(boot));
        }
        for (id, clock) in seen {
            if self.known.len() < CLOCKS {
                let own = if id >= OWN { sequence } else { 0 };
                self.known.insert((own, id), Clock { boot, ..clock });
            }
        }
        Ok(())
    }

    /// Nanoseconds since boot of a time that a clock shows.
    pub(super) fn since_boot(&mut self, clock: Option<u64>, sequence: u64, time: u64) -> u64 {
        let Some(id) = clock.filter(|&id| id != BOOTTIME) else {
            return time;
        };
        let own = if id >= OWN { sequence } else { 0 };
        let Some(known) = self.known.get_mut(&(own, id)) else {
            return time;
        };
        if known.is_incremental {
            let passed = time.saturating_mul(known.unit);
            known.boot = known.boot.saturating_add(passed);
            return known.boot;
        }
        let shown = |time: u64| i128::from(time) * i128::from(known.unit);
        let since = shown(time) - shown(known.shown) + i128::from(known.boot);
        u64::try_from(since.max(0)).unwrap_or(u64::MAX)
    }

    /// What is added to a time since boot to tell it since 1970; 0 if nothing tells that.
    pub(super) fn to_world(&self) -> i128 {
        self.world.unwrap_or(0)
    }
}

fn read(mut message: Message<'_>) -> Result<(u64, Clock)> {
    let mut id = 0;
    let mut clock = Clock {
        shown: 0,
        boot: 0,
        unit: 1,
        is_incremental: false,
    };
    while let Some((number, field)) = message.field()? {
        match (number, field) {
            (1, Field::Varint(number)) => id = number,
            (2, Field::Varint(shown)) => clock.shown = shown,
            (3, Field::Varint(incremental)) => clock.is_incremental = incremental != 0,
            (4, Field::Varint(unit)) => clock.unit = unit.max(1),
            _ => {}
        }
    }
    Ok((id, clock))
}
