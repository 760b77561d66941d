//! How much went in and how much came out: what tells a bomb from a file.

use std::cell::Cell;
use std::io::{self, Read};

use crate::format::limits::Limits;

/// Bytes of one input and of all that it expanded to.
pub(super) struct Meter {
    limit: u64,
    ratio: u64,
    ratio_from: u64,
    read: Cell<u64>,
    expanded: Cell<u64>,
}

impl Meter {
    pub(super) fn new(limits: &Limits) -> Self {
        Self {
            limit: limits.expanded_bytes,
            ratio: limits.ratio,
            ratio_from: limits.ratio_from,
            read: Cell::new(0),
            expanded: Cell::new(0),
        }
    }

    fn check(&self) -> io::Result<()> {
        let (read, expanded) = (self.read.get(), self.expanded.get());
        let message = if expanded > self.limit {
            format!("it expands beyond {} bytes", self.limit)
        } else if expanded > self.ratio_from && expanded / self.ratio > read {
            format!("it expands to more than {} times its size", self.ratio)
        } else {
            return Ok(());
        };
        Err(io::Error::new(io::ErrorKind::FileTooLarge, message))
    }
}

/// A source whose bytes are counted.
pub(super) struct Metered<'m, R> {
    source: R,
    meter: &'m Meter,
    compressed: bool,
}

impl<'m, R: Read> Metered<'m, R> {
    /// The input itself.
    pub(super) fn input(source: R, meter: &'m Meter) -> Self {
        Self {
            source,
            meter,
            compressed: true,
        }
    }

    /// What a decoder makes of it.
    pub(super) fn expanded(source: R, meter: &'m Meter) -> Self {
        Self {
            source,
            meter,
            compressed: false,
        }
    }
}

impl<R: Read> Read for Metered<'_, R> {
    fn read(&mut self, room: &mut [u8]) -> io::Result<usize> {
        let count = self.source.read(room)?;
        let counter = if self.compressed {
            &self.meter.read
        } else {
            &self.meter.expanded
        };
        counter.set(counter.get() + count as u64);
        self.meter.check()?;
        Ok(count)
    }
}
