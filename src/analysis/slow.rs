//! Slow for its kind: a span beside all others of its operation.

use crate::model::{Durations, Nanos};

/// A comparison with its like needs so many of them.
pub const ENOUGH: u64 = 30;

/// Durations of all spans of an operation, wherever they are kept.
pub trait Alike {
    /// The durations of a service's operation, if any are known.
    fn alike(&self, service: &str, operation: &str) -> Option<&Durations>;
}

/// How a span stands among its like.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Standing {
    /// The share of its like that was faster, from 0 to 1.
    pub faster: f64,
    /// How many of its like there are.
    pub of: u64,
    /// Their median.
    pub p50: Nanos,
    /// Their 95th percentile.
    pub p95: Nanos,
    /// At or above the 95th percentile, and slower than nine of ten: not merely equal to many.
    pub is_slow: bool,
}

/// How a duration stands among its like; `None` below [`ENOUGH`] of them.
pub fn standing(alike: &Durations, duration: Nanos) -> Option<Standing> {
    let (p50, p95) = (alike.quantile(0.5)?, alike.quantile(0.95)?);
    (alike.count() >= ENOUGH).then(|| Standing {
        faster: alike.share_below(duration),
        of: alike.count(),
        p50,
        p95,
        is_slow: duration >= p95 && alike.share_below(duration) >= 0.9,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slow_needs_thirty_alike() {
        let mut alike = Durations::new();
        (1..30).for_each(|ms| alike.add(Nanos::from_millis(ms)));
        assert_eq!(standing(&alike, Nanos::from_millis(99)), None);
        alike.add(Nanos::from_millis(30));
        let slow = standing(&alike, Nanos::from_millis(99)).unwrap();
        assert!(slow.is_slow && slow.of == 30 && slow.faster > 0.99);
        assert!(!standing(&alike, Nanos::from_millis(28)).unwrap().is_slow);
    }
}
