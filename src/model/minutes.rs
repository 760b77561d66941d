//! Calls, errors and paces minute by minute: enough to say since when something is so.

use super::time::{Nanos, Time};

/// Nanoseconds of a minute.
const MINUTE: u64 = 60_000_000_000;

/// Minutes kept; the oldest are given up.
const MOST: usize = 24 * 60;

/// Steps of a logarithm that are told apart, from one power of two to the next.
const STEPS: u32 = 64;

/// What happened in one minute.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Minute {
    /// Minutes since 1970-01-01T00:00Z.
    pub number: u32,
    /// Calls that started in it.
    pub calls: u32,
    /// Those of them that failed.
    pub errors: u32,
    /// The sum of the logarithms of their durations, see [`Minute::pace`].
    pub logs: u32,
}

impl Minute {
    /// The mean of the logarithms to base two of the calls' durations in ns, which are straight
    /// between powers of two: what is typical of a minute, whatever a few stragglers took.
    /// Durations of 0 count as 1 ns.
    pub fn pace(self) -> f64 {
        f64::from(self.logs) / f64::from(STEPS) / f64::from(self.calls.max(1))
    }

    /// The duration that has a pace, to two digits: a pace knows no more.
    pub fn typical(pace: f64) -> Nanos {
        let nanos = pace.floor().exp2() * (1.0 + pace.fract());
        let digit = 10_f64.powf(nanos.max(1.0).log10().floor() - 1.0);
        Nanos(((nanos / digit).round() * digit).round() as u64)
    }

    /// Its first instant.
    pub fn start(self) -> Time {
        Time(u64::from(self.number) * MINUTE)
    }
}

/// Calls, errors and paces of each minute that has any, by time, for at most a day.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Minutes(Vec<Minute>);

impl Minutes {
    /// None yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// The minutes, by time.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = Minute> + ExactSizeIterator {
        self.0.iter().copied()
    }

    /// What others counted.
    pub fn of(minutes: impl IntoIterator<Item = Minute>) -> Self {
        let mut all = Self::new();
        minutes.into_iter().for_each(|minute| all.count(minute));
        all
    }

    /// Counts one call.
    pub fn add(&mut self, start: Time, took: Nanos, failed: bool) {
        let number = (start.0 / MINUTE) as u32;
        self.count(Minute {
            number,
            calls: 1,
            errors: u32::from(failed),
            logs: logarithm(took),
        });
    }

    /// Takes one call out that was counted before.
    pub fn remove(&mut self, start: Time, took: Nanos, failed: bool) {
        let number = (start.0 / MINUTE) as u32;
        if let Ok(at) = self.0.binary_search_by_key(&number, |minute| minute.number) {
            let minute = &mut self.0[at];
            minute.calls = minute.calls.saturating_sub(1);
            minute.errors = minute.errors.saturating_sub(u32::from(failed));
            minute.logs = minute.logs.saturating_sub(logarithm(took));
            if minute.calls == 0 {
                self.0.remove(at);
            }
        }
    }

    /// Counts all of another series.
    pub fn merge(&mut self, other: &Self) {
        other.iter().for_each(|minute| self.count(minute));
    }

    /// Heap bytes held.
    pub fn bytes(&self) -> usize {
        self.0.capacity() * size_of::<Minute>()
    }

    fn count(&mut self, more: Minute) {
        // Nearly always the last one, or a new last one.
        let at = match self.0.last() {
            Some(last) if last.number == more.number => Ok(self.0.len() - 1),
            Some(last) if last.number < more.number => Err(self.0.len()),
            _ => self
                .0
                .binary_search_by_key(&more.number, |minute| minute.number),
        };
        match at {
            Ok(at) => {
                let minute = &mut self.0[at];
                minute.calls = minute.calls.saturating_add(more.calls);
                minute.errors = minute.errors.saturating_add(more.errors);
                minute.logs = minute.logs.saturating_add(more.logs);
            }
            Err(0) if self.0.len() >= MOST => {}
            Err(at) => {
                self.0.insert(at, more);
                if self.0.len() > MOST {
                    self.0.remove(0);
                }
            }
        }
    }
}

/// The logarithm to base two of a duration in ns, in [`STEPS`].
fn logarithm(Nanos(nanos): Nanos) -> u32 {
    let whole = nanos.max(1).ilog2();
    // The bits below the highest one, as a fraction of it, rounded.
    let part = (nanos.max(1) << (63 - whole)) & (u64::MAX >> 1);
    let below = 63 - STEPS.ilog2();
    whole * STEPS + ((part + (1 << (below - 1))) >> below) as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pace_is_that_of_most_calls() {
        let mut minutes = Minutes::new();
        for call in 0..16 {
            let took = if call == 0 { 1 << 40 } else { 1 << 20 };
            minutes.add(Time(call), Nanos(took), false);
        }
        let told = |minute: Minute| Minute::typical(minute.pace());
        assert!(
            minutes
                .iter()
                .all(|minute| told(minute) == Nanos(2_600_000))
        );
        assert_eq!(logarithm(Nanos(3)), 96, "half of the way");
        assert_eq!((logarithm(Nanos(0)), logarithm(Nanos(1))), (0, 0));
        assert_eq!(logarithm(Nanos(u64::MAX)), 64 * 64);
        for millis in [1, 7, 29, 410] {
            let nanos = Nanos::from_millis(millis);
            let pace = f64::from(logarithm(nanos)) / f64::from(STEPS);
            assert_eq!(Minute::typical(pace), nanos);
        }
    }

    #[test]
    fn minutes_are_sorted_counted_and_bounded() {
        let mut minutes = Minutes::new();
        for second in [120, 65, 70, 130] {
            minutes.add(Time(second * 1_000_000_000), Nanos(1), second == 70);
        }
        let all: Vec<_> = minutes
            .iter()
            .map(|m| (m.number, m.calls, m.errors))
            .collect();
        assert_eq!(all, [(1, 2, 1), (2, 2, 0)]);
        minutes.remove(Time(65_000_000_000), Nanos(1), false);
        assert_eq!(
            minutes.iter().next().map(|m| (m.calls, m.errors)),
            Some((1, 1))
        );
        for minute in 0..2 * MOST as u64 {
            minutes.add(Time(minute * MINUTE), Nanos(1), false);
        }
        assert_eq!(minutes.iter().len(), MOST);
    }
}
