//! When an operation was slow: stretches of minutes in which its typical duration is far from that
//! of its other minutes.
//!
//! Minutes are compared by their pace, the mean logarithm of the durations, with the median of all
//! and the median distance from it (median absolute deviation, as in Hampel's identifier), so that
//! neither stragglers nor the slow minutes themselves decide what is usual.

use super::slow::ENOUGH;
use crate::model::{Minute, Minutes, Nanos, Time};

/// Fewer minutes do not tell what is usual.
const LEAST_MINUTES: usize = 5;

/// A slow minute is so many times the median distance away from the median.
const FAR: f64 = 6.0;

/// And at least so much, in powers of two: twice as slow.
const LEAST: f64 = 1.0;

/// Minutes without calls that do not end a stretch.
const PAUSE: u32 = 2;

/// A stretch of time in which an operation was slow.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Spell {
    /// The start of its first minute.
    pub from: Time,
    /// The end of its last minute.
    pub to: Time,
    /// Whether there is nothing after it.
    pub is_last: bool,
    /// Calls in it.
    pub calls: u64,
    /// How long a call typically took.
    pub typical: Nanos,
    /// How long one usually takes.
    pub usual: Nanos,
}

impl Spell {
    /// How much of a change it is: its calls, each by the power of two by which it was slower.
    pub fn weight(&self) -> f64 {
        let slower = self.typical.0.max(1) as f64 / self.usual.0.max(1) as f64;
        self.calls as f64 * slower.log2()
    }

    /// How much longer all calls took together.
    pub fn longer(&self) -> Nanos {
        Nanos((self.typical - self.usual).0.saturating_mul(self.calls))
    }

    /// Whether two have a minute in common.
    pub fn overlaps(&self, other: &Self) -> bool {
        self.from < other.to && other.from < self.to
    }
}

/// The stretches in which calls were slow, by time, each of at least [`ENOUGH`] calls.
pub fn spells(minutes: &Minutes) -> Vec<Spell> {
    let all: Vec<Minute> = minutes.iter().collect();
    if all.len() < LEAST_MINUTES {
        return Vec::new();
    }
    let median_of = |figure: &dyn Fn(&Minute) -> f64| {
        median(all.iter().map(|minute| (figure(minute), minute.calls)))
    };
    let usual = median_of(&|minute| minute.pace());
    let distance = median_of(&|minute| (minute.pace() - usual).abs());
    let limit = usual + (FAR * distance).max(LEAST);
    let last = all.last().map(|minute| minute.number);
    let together = |a: &Minute, b: &Minute| {
        b.number <= a.number + 1 + PAUSE && (a.pace() >= limit) == (b.pace() >= limit)
    };
    all.chunk_by(together)
        .filter(|run| run.first().is_some_and(|first| first.pace() >= limit))
        .filter_map(|run| spell(run, usual, last))
        .collect()
}

fn spell(run: &[Minute], usual: f64, last: Option<u32>) -> Option<Spell> {
    let (first, end) = (run.first()?, run.last()?);
    let calls: u64 = run.iter().map(|minute| u64::from(minute.calls)).sum();
    let paces = run
        .iter()
        .map(|minute| minute.pace() * f64::from(minute.calls));
    let pace = paces.sum::<f64>() / calls as f64;
    let after = Minute {
        number: end.number.saturating_add(1),
        ..*end
    };
    (calls >= ENOUGH).then(|| Spell {
        from: first.start(),
        to: after.start(),
        is_last: Some(end.number) == last,
        calls,
        typical: Minute::typical(pace),
        usual: Minute::typical(usual),
    })
}

/// The median of figures that weigh differently; 0 without any.
fn median(figures: impl Iterator<Item = (f64, u32)>) -> f64 {
    let mut sorted: Vec<(f64, u32)> = figures.collect();
    sorted.sort_by(|a, b| a.0.total_cmp(&b.0));
    let half = sorted
        .iter()
        .map(|&(_, calls)| u64::from(calls))
        .sum::<u64>()
        / 2;
    let mut before = 0;
    let middle = sorted.iter().find(|&&(_, calls)| {
        before += u64::from(calls);
        before > half
    });
    middle.map_or(0.0, |&(figure, _)| figure)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Forty calls a minute of so many ms.
    fn series(millis: &[u64]) -> Minutes {
        let mut minutes = Minutes::new();
        for (minute, &millis) in millis.iter().enumerate() {
            let start = Time(minute as u64 * 60_000_000_000);
            (0..40).for_each(|_| minutes.add(start, Nanos::from_millis(millis), false));
        }
        minutes
    }

    fn told(minutes: &Minutes) -> Vec<(u64, u64, u64, bool)> {
        let minute = |time: Time| time.0 / 60_000_000_000;
        let told = |s: Spell| (minute(s.from), minute(s.to), s.calls, s.is_last);
        spells(minutes).into_iter().map(told).collect()
    }

    #[test]
    fn slow_minutes_are_found_with_their_end() {
        let found = told(&series(&[10, 11, 10, 90, 80, 10, 9, 10, 10, 12, 70]));
        assert_eq!(found, [(3, 5, 80, false), (10, 11, 40, true)]);
    }

    #[test]
    fn what_varies_anyway_and_what_is_little_is_not_slow() {
        assert_eq!(told(&series(&[10, 30, 15, 40, 12, 35, 14, 45])), []);
        assert_eq!(told(&series(&[10, 10, 10, 10, 19, 10])), []);
        assert_eq!(told(&series(&[10, 10, 90])), [], "too few minutes");
        let mut few = series(&[10, 10, 10, 10, 10]);
        few.add(Time(9 * 60_000_000_000), Nanos::from_millis(900), false);
        assert_eq!(told(&few), [], "one call is no stretch");
    }
}
