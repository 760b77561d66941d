//! How much of some stretches of time intervals cover, however many they are: what is kept are the
//! stretches.

use crate::model::Time;

use super::work::Interval;

/// Stretches that are looked at one by one before the place is searched for.
const NEAR: usize = 4;

/// The time that is covered of each stretch between two edges.
pub(super) struct Cover<'a> {
    edges: &'a [Time],
    covered: Vec<u64>,
    /// The stretch that was covered last: the next interval is near it.
    at: usize,
}

impl<'a> Cover<'a> {
    /// What intervals cover between edges, which never decrease.
    pub(super) fn of(edges: &'a [Time], intervals: impl Iterator<Item = Interval>) -> Self {
        let stretches = edges.len().saturating_sub(1);
        let mut cover = Self {
            edges,
            covered: vec![0; stretches],
            at: 0,
        };
        if let (Some(&first), Some(&last)) = (edges.first(), edges.last()) {
            intervals.for_each(|interval| {
                cover.add(interval.from.max(first), interval.to.min(last));
            });
        }
        cover
    }

    /// How much of a stretch is covered: no more than all of it, though intervals may overlap.
    pub(super) fn within(&self, stretch: usize) -> u64 {
        let whole = self.edges[stretch + 1].since(self.edges[stretch]).0;
        self.covered[stretch].min(whole)
    }

    fn add(&mut self, mut from: Time, to: Time) {
        if from >= to {
            return;
        }
        self.at = self.place(from);
        while from < to {
            let end = self.edges[self.at + 1].min(to);
            self.covered[self.at] += end.since(from).0;
            from = from.max(end);
            if end < to {
                self.at += 1;
            }
        }
    }

    /// The stretch that an instant falls into.
    fn place(&self, time: Time) -> usize {
        let ends_after = |at: &usize| self.edges[at + 1] > time;
        if self.edges[self.at] <= time
            && let Some(near) = (self.at..self.covered.len()).take(NEAR).find(ends_after)
        {
            return near;
        }
        self.edges.partition_point(|&edge| edge <= time) - 1
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn intervals_in_any_order_are_shared_out() {
        let edges = [0, 10, 10, 20, 40].map(Time);
        let interval = |from, to| Interval {
            from: Time(from),
            to: Time(to),
        };
        let intervals = [(35, 90), (5, 25), (0, 1), (0, 0), (12, 20)];
        let cover = Cover::of(&edges, intervals.map(|(f, t)| interval(f, t)).into_iter());
        let within: Vec<u64> = (0..4).map(|at| cover.within(at)).collect();
        assert_eq!(within, [6, 0, 10, 10]);
    }
}
