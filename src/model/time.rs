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
    /// What stands for all instants before 1970: the beginning of that year, but for some
    /// milliseconds that no clock shows by chance, since zero is not recorded.
    pub const MIN: Self = Self(19_700_101);

    /// The instant so many nanoseconds after 1970. One that cannot be told becomes [`Self::MIN`] or
    /// [`Self::MAX`].
    #[must_use]
    pub fn of_nanos(nanos: i128) -> Self {
        if nanos < 0 {
            return Self::MIN;
        }
        u64::try_from(nanos).map_or(Self::MAX, Self)
    }

    /// Whether it stands for one that cannot be told: an end of the range is no time of a span.
    #[must_use]
    pub fn is_out_of_range(self) -> bool {
        self == Self::MIN || self == Self::MAX
    }

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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_told_is_the_nearest_that_can_and_says_so() {
        for (nanos, time) in [
            (0, Time(0)),
            (7, Time(7)),
            (-1, Time::MIN),
            (i128::MIN, Time::MIN),
            (1 << 64, Time::MAX),
            (i128::MAX, Time::MAX),
        ] {
            let found = Time::of_nanos(nanos);
            let is_far = !(0..1 << 64).contains(&nanos);
            assert_eq!((found, found.is_out_of_range()), (time, is_far), "{nanos}");
        }
        assert!((Time(5) + Nanos(u64::MAX)).is_out_of_range());
    }
}
