//! Time in nanoseconds: instants since the Unix epoch, and lengths of time.

use std::ops::{Add, Sub};

/// An instant: nanoseconds since 1970-01-01T00:00:00Z. Zero stands for *not recorded*.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Time(pub u64);

/// A length of time in nanoseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Nanos(pub u64);

impl Time {
    /// The latest instant there is: year 2554.
    pub const MAX: Self = Self(u64::MAX);

    /// The time since `earlier`, or zero if `earlier` is in fact later.
    pub fn since(self, earlier: Self) -> Nanos {
        Nanos(self.0.saturating_sub(earlier.0))
    }

    /// This instant moved by `offset` nanoseconds, held within what can be told.
    #[must_use]
    pub fn shifted(self, offset: i64) -> Self {
        Self(self.0.saturating_add_signed(offset))
    }
}

impl Nanos {
    /// `n` milliseconds.
    pub const fn from_millis(n: u64) -> Self {
        Self(n.saturating_mul(1_000_000))
    }

    /// `n` microseconds.
    pub const fn from_micros(n: u64) -> Self {
        Self(n.saturating_mul(1_000))
    }
}

impl Add<Nanos> for Time {
    type Output = Time;

    fn add(self, length: Nanos) -> Time {
        Time(self.0.saturating_add(length.0))
    }
}

impl Sub<Nanos> for Time {
    type Output = Time;

    fn sub(self, length: Nanos) -> Time {
        Time(self.0.saturating_sub(length.0))
    }
}

impl Add for Nanos {
    type Output = Nanos;

    fn add(self, other: Nanos) -> Nanos {
        Nanos(self.0.saturating_add(other.0))
    }
}

impl Sub for Nanos {
    type Output = Nanos;

    fn sub(self, other: Nanos) -> Nanos {
        Nanos(self.0.saturating_sub(other.0))
    }
}

impl std::iter::Sum for Nanos {
    fn sum<I: Iterator<Item = Nanos>>(lengths: I) -> Nanos {
        lengths.fold(Nanos(0), Add::add)
    }
}

impl From<std::time::Duration> for Nanos {
    fn from(length: std::time::Duration) -> Self {
        Self(u64::try_from(length.as_nanos()).unwrap_or(u64::MAX))
    }
}

impl From<Nanos> for std::time::Duration {
    fn from(length: Nanos) -> Self {
        Self::from_nanos(length.0)
    }
}
