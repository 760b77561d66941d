//! The part of a trace's time that the bars show, and how it is zoomed and panned.

use crate::model::{Nanos, Time, Trace};

/// A range of a trace's time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Range {
    whole: (Time, Time),
    shown: (Time, Time),
}

impl Range {
    /// The whole trace.
    pub fn whole(trace: &Trace) -> Self {
        let whole = (trace.start(), trace.end());
        Self {
            whole,
            shown: whole,
        }
    }

    /// What is shown.
    pub fn shown(&self) -> (Time, Time) {
        self.shown
    }

    /// The whole trace.
    pub fn all(&self) -> (Time, Time) {
        self.whole
    }

    /// Whether all of the trace is shown.
    pub fn is_whole(&self) -> bool {
        self.shown == self.whole
    }

    /// The trace has grown: what showed all of it still does.
    pub fn grow(&mut self, trace: &Trace) {
        let was_whole = self.is_whole();
        self.whole = (trace.start(), trace.end());
        if was_whole {
            self.shown = self.whole;
        }
    }

    /// Shows exactly `from..to`, held within the trace.
    pub fn set(&mut self, from: Time, to: Time) {
        let from = from.clamp(self.whole.0, self.whole.1);
        let to = to.clamp(from + Nanos(1), self.whole.1.max(from + Nanos(1)));
        self.shown = (from, to);
    }

    /// Shows all of the trace.
    pub fn reset(&mut self) {
        let (from, to) = self.whole;
        self.set(from, to);
    }

    /// Shows half of the range, or twice as much, around an instant that keeps its place.
    pub fn zoom(&mut self, around: Time, closer: bool) {
        let (from, to) = self.shown;
        let around = around.clamp(from, to);
        let scaled = |length: Nanos| {
            if closer {
                Nanos(length.0 / 2)
            } else {
                length + length
            }
        };
        let (left, right) = (scaled(around.since(from)), scaled(to.since(around)));
        self.set((around - left).max(self.whole.0), around + right);
    }

    /// Moves the range by a tenth of its length; against an edge it keeps its length.
    pub fn pan(&mut self, later: bool) {
        let (from, to) = self.shown;
        let length = to.since(from);
        let step = Nanos((length.0 / 10).max(1));
        let (first, last) = self.whole;
        let start = if later {
            (from + step).min((last - length).max(first))
        } else {
            (from - step).max(first)
        };
        self.set(start, start + length);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::scenario::{self, EPOCH};

    fn millis((from, to): (Time, Time)) -> (u64, u64) {
        (
            from.since(EPOCH).0 / 1_000_000,
            to.since(EPOCH).0 / 1_000_000,
        )
    }

    #[test]
    fn panning_keeps_the_length_and_zooming_keeps_the_place() {
        let mut range = Range::whole(&scenario::trace("a: r 0..100\n"));
        range.zoom(EPOCH + Nanos::from_millis(80), true);
        assert_eq!(millis(range.shown()), (40, 90));
        range.pan(true);
        range.pan(true);
        range.pan(true);
        assert_eq!(millis(range.shown()), (50, 100));
        range.reset();
        assert!(range.is_whole());
        range.zoom(EPOCH, false);
        assert!(range.is_whole());
    }
}
