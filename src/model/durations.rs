//! How durations are distributed: exact while they are few, within 1 % when they are many.

use super::time::Nanos;

/// Up to this many durations are kept as they are.
const EXACT: usize = 256;

/// Each power of two is parted into this many buckets (as a shift): 64 keep the middle of a
/// bucket within 0.8 % of everything in it.
const PRECISION: u32 = 6;

/// A distribution of durations that can be added to, taken from and merged, in bounded memory.
///
/// Beyond 256 durations it is a log-linear histogram (`HdrHistogram`'s buckets, Tene 2012) over
/// the range that occurs: a few hundred bytes to a few kilobytes. Order does not matter, and
/// merging is exact with respect to the buckets.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Durations {
    count: u64,
    sum: u64,
    few: Vec<u64>,
    /// Number of the first bucket kept.
    first: u32,
    buckets: Vec<u64>,
}

/// A distribution taken apart, to be kept or sent and put together again.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DurationParts {
    /// The sum in nanoseconds.
    pub sum: u64,
    /// The durations in nanoseconds, as long as they are few.
    pub few: Vec<u64>,
    /// Number of the first bucket, if they are many.
    pub first: u32,
    /// How many durations each bucket has, from the first on.
    pub buckets: Vec<u64>,
}

impl Durations {
    /// Takes it apart.
    pub fn parts(&self) -> DurationParts {
        DurationParts {
            sum: self.sum,
            few: self.few.clone(),
            first: self.first,
            buckets: self.buckets.clone(),
        }
    }

    /// Puts it together; `None` if no distribution has such parts.
    pub fn of_parts(parts: DurationParts) -> Option<Self> {
        let DurationParts {
            sum,
            few,
            first,
            buckets,
        } = parts;
        let end = u64::from(first) + buckets.len() as u64;
        let one_of_both = few.is_empty() || buckets.is_empty();
        if !one_of_both || few.len() > EXACT || end > u64::from(bucket_of(u64::MAX)) + 1 {
            return None;
        }
        let many = buckets.iter().fold(0, |sum: u64, &n| sum.saturating_add(n));
        Some(Self {
            count: many.saturating_add(few.len() as u64),
            sum,
            few,
            first,
            buckets,
        })
    }

    /// An empty distribution.
    pub fn new() -> Self {
        Self::default()
    }

    /// How many there are.
    pub fn count(&self) -> u64 {
        self.count
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// Their sum; stays at the greatest number there is rather than to wrap.
    pub fn sum(&self) -> Nanos {
        Nanos(self.sum)
    }

    /// Their mean, zero of none.
    pub fn mean(&self) -> Nanos {
        Nanos(self.sum.checked_div(self.count).unwrap_or(0))
    }

    /// Adds one.
    pub fn add(&mut self, duration: Nanos) {
        self.count += 1;
        self.sum = self.sum.saturating_add(duration.0);
        if self.buckets.is_empty() && self.few.len() < EXACT {
            self.few.push(duration.0);
            return;
        }
        self.spill();
        *self.bucket(bucket_of(duration.0)) += 1;
    }

    /// Takes one out that was added before.
    pub fn remove(&mut self, duration: Nanos) {
        let removed = if self.buckets.is_empty() {
            let at = self.few.iter().position(|&other| other == duration.0);
            at.map(|at| self.few.swap_remove(at)).is_some()
        } else {
            let bucket = self.bucket(bucket_of(duration.0));
            let any = *bucket > 0;
            *bucket = bucket.saturating_sub(1);
            any
        };
        if removed {
            self.count -= 1;
            self.sum = self.sum.saturating_sub(duration.0);
        }
    }

    /// Adds all of another distribution.
    pub fn merge(&mut self, other: &Self) {
        self.count += other.count;
        self.sum = self.sum.saturating_add(other.sum);
        let few = self.few.len() + other.few.len() <= EXACT;
        if few && self.buckets.is_empty() && other.buckets.is_empty() {
            self.few.extend_from_slice(&other.few);
            return;
        }
        self.spill();
        for &duration in &other.few {
            *self.bucket(bucket_of(duration)) += 1;
        }
        for (number, &count) in (other.first..).zip(&other.buckets) {
            if count > 0 {
                *self.bucket(number) += count;
            }
        }
    }

    /// The duration that the share `q` (0 to 1) of all does not exceed: the nearest rank, exact
    /// up to 256 durations, else within 1 %. `None` of none.
    pub fn quantile(&self, q: f64) -> Option<Nanos> {
        let rank = (q.clamp(0.0, 1.0) * self.count as f64).ceil() as u64;
        let rank = rank.clamp(1, self.count.max(1)) - 1;
        if self.buckets.is_empty() {
            let mut few = self.few.clone();
            let rank = usize::try_from(rank)
                .ok()
                .filter(|&rank| rank < few.len())?;
            return Some(Nanos(*few.select_nth_unstable(rank).1));
        }
        let mut below = 0;
        let counts = (self.first..).zip(&self.buckets);
        let mut found = counts.skip_while(|&(_, &count)| {
            below += count;
            below <= rank
        });
        found.next().map(|(number, _)| Nanos(middle_of(number)))
    }

    /// How many are shorter than `duration`, as a share from 0 to 1; zero of none.
    pub fn share_below(&self, duration: Nanos) -> f64 {
        let own = bucket_of(duration.0);
        let few = self.few.iter().filter(|&&other| other < duration.0).count() as u64;
        let counts = (self.first..own).zip(&self.buckets).map(|(_, count)| count);
        (few + counts.sum::<u64>()) as f64 / self.count.max(1) as f64
    }

    /// Heap bytes held.
    pub fn bytes(&self) -> usize {
        (self.few.capacity() + self.buckets.capacity()) * size_of::<u64>()
    }

    /// From exact durations to buckets.
    fn spill(&mut self) {
        for duration in std::mem::take(&mut self.few) {
            *self.bucket(bucket_of(duration)) += 1;
        }
    }

    fn bucket(&mut self, number: u32) -> &mut u64 {
        if self.buckets.is_empty() {
            self.first = number;
        }
        if number < self.first {
            let more = (self.first - number) as usize;
            self.buckets.splice(0..0, std::iter::repeat_n(0, more));
            self.first = number;
        }
        let index = (number - self.first) as usize;
        if index >= self.buckets.len() {
            self.buckets.resize(index + 1, 0);
        }
        &mut self.buckets[index]
    }
}

/// Values below 2^7 have a bucket each; above, each power of two has 2^6.
fn bucket_of(value: u64) -> u32 {
    let shift = (u64::BITS - value.leading_zeros()).saturating_sub(PRECISION + 1);
    (shift << PRECISION) + (value >> shift) as u32
}

/// The value in the middle of a bucket.
fn middle_of(number: u32) -> u64 {
    let shift = (number >> PRECISION).saturating_sub(1);
    let low = u64::from(number - (shift << PRECISION)) << shift;
    low + (1 << shift) / 2
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_quantile_is_within_one_percent_of_the_exact_one(
            mut values in prop::collection::vec(any::<u64>().prop_map(|v| v >> (v % 50)), 1..900),
            q in 0.0..=1.0,
        ) {
            let mut all = Durations::new();
            let (mut left, mut right) = (Durations::new(), Durations::new());
            for (at, &value) in values.iter().enumerate() {
                all.add(Nanos(value));
                if at % 3 == 0 { left.add(Nanos(value)) } else { right.add(Nanos(value)) }
            }
            left.merge(&right);
            prop_assert_eq!(left.quantile(q), all.quantile(q));
            prop_assert_eq!(Durations::of_parts(all.parts()), Some(all.clone()));
            values.sort_unstable();
            let rank = ((q * values.len() as f64).ceil() as usize).max(1) - 1;
            let (exact, found) = (values[rank] as f64, all.quantile(q).unwrap().0 as f64);
            prop_assert!((found - exact).abs() <= exact * 0.01, "{found} for {exact}");
        }
    }

    #[test]
    fn parts_of_nothing_are_refused() {
        let parts = |few: usize, first, buckets: usize| DurationParts {
            sum: 1,
            few: vec![1; few],
            first,
            buckets: vec![1; buckets],
        };
        for wrong in [parts(1, 0, 1), parts(257, 0, 0), parts(0, u32::MAX, 1)] {
            assert_eq!(Durations::of_parts(wrong), None);
        }
    }

    #[test]
    fn what_was_added_can_be_taken_out() {
        let mut durations = Durations::new();
        for value in 0..1_000 {
            durations.add(Nanos(value * 1_000));
        }
        for value in 1..1_000 {
            durations.remove(Nanos(value * 1_000));
        }
        assert_eq!(
            (durations.count(), durations.quantile(0.5)),
            (1, Some(Nanos(0)))
        );
        assert_eq!(Durations::new().quantile(0.5), None);
    }
}
