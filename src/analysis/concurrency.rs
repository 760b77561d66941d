//! How many spans of a trace work at the same time.

use crate::model::{Kind, Time, Trace};

/// Work over time: how many spans are busy with something of their own.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Concurrency {
    steps: Vec<(Time, u32)>,
}

impl Concurrency {
    /// From each instant on, how many spans work, until the next; by time, ends with zero.
    pub fn steps(&self) -> &[(Time, u32)] {
        &self.steps
    }

    /// The most at any instant.
    pub fn most(&self) -> u32 {
        self.steps.iter().map(|&(_, busy)| busy).max().unwrap_or(0)
    }

    /// The mean in each of some equally long stretches, of which the first begins at `from` and the
    /// last ends at `to`.
    pub fn means(&self, from: Time, to: Time, stretches: usize) -> Vec<f64> {
        let length = to.since(from).0 as f64 / stretches.max(1) as f64;
        let mut means = vec![0.0; stretches];
        if length <= 0.0 {
            return means;
        }
        let at = |time: Time| (time.since(from).0 as f64 / length).min(stretches as f64);
        for pair in self.steps.windows(2) {
            let ((start, busy), (end, _)) = (pair[0], pair[1]);
            let (start, end) = (at(start), at(end));
            for (number, mean) in means.iter_mut().enumerate().skip(start as usize) {
                let covered = end.min(number as f64 + 1.0) - start.max(number as f64);
                if covered <= 0.0 {
                    break;
                }
                *mean += covered * f64::from(busy);
            }
        }
        means
    }

    /// The mean while anything works at all; zero for a trace without any work.
    pub fn mean(&self) -> f64 {
        let (mut work, mut time) = (0.0, 0.0);
        for pair in self.steps.windows(2) {
            let ((from, busy), (to, _)) = (pair[0], pair[1]);
            let length = if busy == 0 {
                0.0
            } else {
                to.since(from).0 as f64
            };
            work += length * f64::from(busy);
            time += length;
        }
        if time > 0.0 { work / time } else { 0.0 }
    }
}

/// The concurrency of a trace: a sweep over the intervals in which spans wait for no child
/// (children of kind consumer are not waited for, as in self time). O(n log n).
pub fn concurrency(trace: &Trace) -> Concurrency {
    let mut changes: Vec<(Time, i32)> = Vec::with_capacity(trace.len() * 2);
    let mut work = |from: Time, to: Time| {
        if from < to {
            changes.extend([(from, 1), (to, -1)]);
        }
    };
    for span in 0..trace.len() {
        let (mut clock, end) = (trace.start_of(span), trace.end_of(span));
        for child in trace.children(span) {
            if trace.span(child).kind() == Kind::Consumer {
                continue;
            }
            work(clock, trace.start_of(child).min(end));
            clock = clock.max(trace.end_of(child));
        }
        work(clock, end);
    }
    changes.sort_unstable();
    let mut steps: Vec<(Time, u32)> = Vec::new();
    let mut busy = 0_i64;
    for (time, change) in changes {
        busy += i64::from(change);
        let now = u32::try_from(busy).unwrap_or(0);
        match steps.last_mut() {
            Some(last) if last.0 == time => last.1 = now,
            _ => steps.push((time, now)),
        }
    }
    steps.dedup_by_key(|&mut (_, busy)| busy);
    Concurrency { steps }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::scenario;

    #[test]
    fn who_waits_does_not_work() {
        let text = "a: r 0..100\n  b: x 10..50\n  b: y 20..60\n  b: later 90..120 consumer\n";
        let concurrency = concurrency(&scenario::trace(text));
        let steps: Vec<(u64, u32)> = concurrency
            .steps()
            .iter()
            .map(|&(time, busy)| (time.since(scenario::EPOCH).0 / 1_000_000, busy))
            .collect();
        let expected = [(0, 1), (20, 2), (50, 1), (90, 2), (100, 1), (120, 0)];
        assert_eq!(steps, expected);
        assert_eq!(concurrency.most(), 2);
        assert!((concurrency.mean() - 160.0 / 120.0).abs() < 1e-9);
        let to = Time(scenario::EPOCH.0 + 120_000_000);
        let means = concurrency.means(scenario::EPOCH, to, 3);
        let expected = [1.5, 1.25, 1.25];
        let near = |(mean, expected): (&f64, f64)| (mean - expected).abs() < 1e-9;
        assert!(means.iter().zip(expected).all(near), "{means:?}");
    }

    #[test]
    fn nothing_takes_no_time() {
        let none = concurrency(&scenario::trace("a: r 5..5\n"));
        assert_eq!((none.most(), none.steps()), (0, [].as_slice()));
        assert!(none.mean().abs() < 1e-9);
    }
}
