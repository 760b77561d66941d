//! The steps of time into which spans are counted.

use crate::model::{Nanos, Time};

const SECOND: u64 = 1_000_000_000;

/// Steps of one length. The step that ends at `t` holds what started after `t - length`, up to
/// `t` itself; the first one holds its beginning too.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Steps {
    start: Time,
    length: Nanos,
    count: usize,
}

impl Steps {
    /// At most so many: what Prometheus and its readers allow.
    pub const MOST: usize = 11_000;

    /// The steps of a length that cover a window, beginning and ending at multiples of it. A
    /// length of zero, or one that makes more than [`Steps::MOST`] steps, is made longer.
    pub fn covering(from: Time, to: Time, length: Nanos) -> Self {
        let range = to.since(from).0;
        let length = length.0.max(range / (Self::MOST as u64 - 2) + 1);
        let start = from.0 - from.0 % length;
        let count = to.0.saturating_sub(start).div_ceil(length).max(1);
        Self {
            start: Time(start),
            length: Nanos(length),
            count: count as usize,
        }
    }

    /// One step, exactly the window: what an instant query asks for.
    pub fn whole(from: Time, to: Time) -> Self {
        Self {
            start: from,
            length: Nanos(to.since(from).0.max(1)),
            count: 1,
        }
    }

    /// Steps as somebody else divided time; `None` of none, or of too many.
    pub fn of_parts(start: Time, length: Nanos, count: usize) -> Option<Self> {
        let fits = length.0 > 0 && (1..=Self::MOST).contains(&count);
        fits.then_some(Self {
            start,
            length,
            count,
        })
    }

    /// The length that suits a range of time: some 240 steps, in round numbers. Tempo's choice.
    pub fn suitable(range: Nanos) -> Nanos {
        const GRIDS: [u64; 6] = [3600, 300, 60, 15, 5, 1];
        let ideal = range.0 / 240;
        let round = |grid: &u64| grid * SECOND;
        let grid = GRIDS.iter().map(round).find(|&grid| ideal >= grid);
        let grid = match grid {
            Some(grid) => grid,
            None if range.0 >= 60 * SECOND => return Nanos(SECOND),
            None => SECOND / 20,
        };
        Nanos((ideal - ideal % grid).max(grid))
    }

    /// How many there are; at least one.
    pub fn count(self) -> usize {
        self.count
    }

    /// Their length.
    pub fn length(self) -> Nanos {
        self.length
    }

    /// Where the first begins.
    pub fn start(self) -> Time {
        self.start
    }

    /// Where a step ends: the time of its value.
    pub fn end_of(self, step: usize) -> Time {
        Time(
            self.start
                .0
                .saturating_add(self.length.0.saturating_mul(step as u64 + 1)),
        )
    }

    /// Finds the steps of many instants, most of which follow each other.
    pub fn cursor(self) -> Cursor {
        Cursor {
            steps: self,
            at: None,
            after: 0,
            until: 0,
        }
    }

    /// The step that holds an instant.
    pub fn of(self, time: Time) -> Option<usize> {
        let after = time.0.checked_sub(self.start.0)?;
        let step = (after.saturating_sub(1) / self.length.0) as usize;
        (step < self.count).then_some(step)
    }
}

/// Remembers the step that it found last: a division for each span would be most of the work.
#[derive(Debug, Clone)]
pub struct Cursor {
    steps: Steps,
    at: Option<usize>,
    /// Instants from `after` until `until`, both included, are in step `at`.
    after: u64,
    until: u64,
}

impl Cursor {
    /// The step that holds an instant.
    pub fn of(&mut self, time: Time) -> Option<usize> {
        if self.at.is_some() && (self.after..=self.until).contains(&time.0) {
            return self.at;
        }
        self.at = self.steps.of(time);
        if let Some(step) = self.at {
            self.until = self.steps.end_of(step).0;
            // The first step begins with its first instant, others after the end of the one before.
            self.after = match step.checked_sub(1) {
                None => self.steps.start().0,
                Some(before) => self.steps.end_of(before).0.saturating_add(1),
            };
        }
        self.at
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_cursor_finds_the_same_steps(
            (start, length, count) in (0u64..50, 1u64..9, 1usize..9),
            times in proptest::collection::vec(0u64..150, 1..30),
        ) {
            let steps = Steps::of_parts(Time(start), Nanos(length), count).unwrap();
            let mut cursor = steps.cursor();
            for time in times.into_iter().map(Time) {
                prop_assert_eq!(cursor.of(time), steps.of(time));
            }
        }
    }

    #[test]
    fn steps_begin_and_end_at_multiples() {
        let steps = Steps::covering(Time(1_216), Time(2_416), Nanos(60));
        assert_eq!((steps.start(), steps.end_of(0)), (Time(1_200), Time(1_260)));
        assert_eq!((steps.count(), steps.end_of(20)), (21, Time(2_460)));
        let of = [1_199, 1_200, 1_260, 1_261, 2_460, 2_461].map(|t| steps.of(Time(t)));
        let wanted = [None, Some(0), Some(0), Some(1), Some(20), None];
        assert_eq!(of, wanted);
        let many = Steps::covering(Time(0), Time(u64::MAX), Nanos(1));
        assert!(many.count() <= Steps::MOST);
    }

    #[test]
    fn lengths_are_round() {
        let cases = [
            (10, 50),
            (60, 1_000),
            (3_600, 15_000),
            (1_200, 5_000),
            (86_400, 360_000 - 60_000),
            (900, 3_000),
        ];
        for (range, millis) in cases {
            let length = Steps::suitable(Nanos(range * SECOND));
            assert_eq!(length, Nanos::from_millis(millis), "{range} s");
        }
    }
}
