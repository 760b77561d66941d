//! Idle time squeezed out of an axis: where no span runs, hours take a few columns.

use crate::model::{Nanos, Time, Trace};

/// What idle stretches are squeezed to, as a share of the time that is not idle.
const LEFT: u64 = 50;
/// A stretch is worth squeezing from this share of the trace on.
const WORTH: u64 = 20;

/// Idle stretches of a trace, and how much is taken out of each.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Squeeze {
    gaps: Vec<Gap>,
}

/// A stretch in which no span runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Gap {
    from: Time,
    to: Time,
    /// How much of it is left.
    left: u64,
    /// How much was taken out of the gaps before it.
    before: u64,
}

impl Squeeze {
    /// The stretches of at least a twentieth of the trace in which none of its spans runs. One
    /// pass, and a sort of the topmost spans' subtrees' ends.
    pub fn of(trace: &Trace) -> Self {
        let mut spans: Vec<(Time, Time)> = (0..trace.len())
            .map(|span| (trace.start_of(span), trace.end_of(span)))
            .collect();
        spans.sort_unstable();
        let least = trace.duration().0 / WORTH;
        let mut idle: Vec<(Time, Time)> = Vec::new();
        let mut end = trace.start();
        for (from, to) in spans {
            if from.since(end).0 > least.max(1) {
                idle.push((end, from));
            }
            end = end.max(to);
        }
        let all: u64 = idle.iter().map(|(from, to)| to.since(*from).0).sum();
        let left = (trace.duration().0.saturating_sub(all) / LEFT).max(1);
        let mut before = 0;
        let mut gaps = Vec::new();
        for (from, to) in idle {
            let length = to.since(from).0;
            let left = left.min(length);
            gaps.push(Gap {
                from,
                to,
                left,
                before,
            });
            before += length - left;
        }
        Self { gaps }
    }

    /// Whether there is nothing to squeeze.
    pub fn is_empty(&self) -> bool {
        self.gaps.is_empty()
    }

    /// The stretches that are squeezed, each from its first instant to its last.
    pub(super) fn gaps(&self) -> impl Iterator<Item = (Time, Time)> {
        self.gaps.iter().map(|gap| (gap.from, gap.to))
    }

    /// Where an instant lies once the gaps are squeezed. Never decreases.
    pub(super) fn squeezed(&self, time: Time) -> Time {
        let after = self.gaps.partition_point(|gap| gap.from <= time);
        let Some(gap) = after.checked_sub(1).and_then(|at| self.gaps.get(at)) else {
            return time;
        };
        let length = gap.to.since(gap.from).0;
        let taken = if time >= gap.to {
            length - gap.left
        } else {
            let into = u128::from(time.since(gap.from).0);
            let kept = into * u128::from(gap.left) / u128::from(length.max(1));
            u64::try_from(into - kept).unwrap_or(length)
        };
        time - Nanos(gap.before + taken)
    }

    /// The instant that lies there once the gaps are squeezed.
    pub(super) fn real(&self, squeezed: Time) -> Time {
        let begins = |gap: &Gap| gap.from - Nanos(gap.before);
        let after = self.gaps.partition_point(|gap| begins(gap) <= squeezed);
        let Some(gap) = after.checked_sub(1).and_then(|at| self.gaps.get(at)) else {
            return squeezed;
        };
        let (length, into) = (gap.to.since(gap.from).0, squeezed.since(begins(gap)).0);
        if into >= gap.left {
            return squeezed + Nanos(gap.before + length - gap.left);
        }
        let real = u128::from(into) * u128::from(length) / u128::from(gap.left.max(1));
        gap.from + Nanos(u64::try_from(real).unwrap_or(length))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::scenario::{self, EPOCH};
    use crate::tui::widget::waterfall::Axis;

    #[test]
    fn idle_time_takes_few_columns_and_nothing_else_moves() {
        let trace = scenario::trace("a: r 0..100\nb: later 10000..10100\n");
        let squeeze = Squeeze::of(&trace);
        let at = |ms: u64| EPOCH + Nanos::from_millis(ms);
        for ms in [0, 50, 100, 4_000, 10_000, 10_100] {
            let real = squeeze.real(squeeze.squeezed(at(ms)));
            assert!(
                real.since(at(ms)).0 + at(ms).since(real).0 < 3_000_000,
                "{ms}"
            );
        }
        let axis = Axis::new(trace.start(), trace.end(), 102).squeezed(&squeeze);
        assert_eq!(axis.column(at(100)), 50);
        assert!(
            (51..=53).contains(&axis.column(at(10_000))),
            "{}",
            axis.column(at(10_000))
        );
        assert!(Squeeze::of(&scenario::trace("a: r 0..100\n")).is_empty());
    }
}
