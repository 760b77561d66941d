//! The visible range of time over a number of columns, and the ticks of its ruler.

use crate::model::{Nanos, Time};

use super::squeeze::Squeeze;

/// A range of time laid over columns. Both edges of everything are computed from their own
/// time, never from widths added up, so that nothing drifts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Axis<'a> {
    from: Time,
    to: Time,
    columns: u16,
    squeeze: Option<&'a Squeeze>,
}

/// A labelled column of the ruler.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tick {
    /// The column.
    pub column: u16,
    /// Time since the trace's start.
    pub offset: Nanos,
}

/// Eighths of a column: what block glyphs can tell apart.
pub(super) const EIGHTHS: u64 = 8;

impl<'a> Axis<'a> {
    /// The range `from..to` over `columns`; an empty range is widened to one nanosecond.
    pub fn new(from: Time, to: Time, columns: u16) -> Self {
        Self {
            from,
            to: to.max(from + Nanos(1)),
            columns: columns.max(1),
            squeeze: None,
        }
    }

    /// The same with idle time squeezed out.
    #[must_use]
    pub fn squeezed(self, squeeze: &'a Squeeze) -> Self {
        Self {
            squeeze: Some(squeeze),
            ..self
        }
    }

    /// Where an instant lies once idle time is squeezed.
    fn place(&self, time: Time) -> Time {
        self.squeeze.map_or(time, |squeeze| squeeze.squeezed(time))
    }

    /// The first instant shown.
    pub fn from(&self) -> Time {
        self.from
    }

    /// The instant at the right edge.
    pub fn to(&self) -> Time {
        self.to
    }

    /// The number of columns.
    pub fn columns(&self) -> u16 {
        self.columns
    }

    /// The length of the range as it is drawn.
    pub fn length(&self) -> Nanos {
        Nanos(self.place(self.to).since(self.place(self.from)).0.max(1))
    }

    /// Where an instant stands, in eighths of a column, held within the axis.
    pub(super) fn eighth(&self, time: Time) -> u64 {
        let most = u64::from(self.columns) * EIGHTHS;
        let offset = u128::from(self.place(time).since(self.place(self.from)).0);
        let eighth = offset * u128::from(most) / u128::from(self.length().0);
        u64::try_from(eighth).unwrap_or(most).min(most)
    }

    /// The column an instant falls into, held within the axis.
    pub fn column(&self, time: Time) -> u16 {
        ((self.eighth(time) / EIGHTHS) as u16).min(self.columns - 1)
    }

    /// The instant at a column's left edge.
    pub fn time_at(&self, column: u16) -> Time {
        let length = u128::from(self.length().0);
        let offset = length * u128::from(column) / u128::from(self.columns);
        let offset = Nanos(u64::try_from(offset).unwrap_or(u64::MAX));
        match self.squeeze {
            None => self.from + offset,
            Some(squeeze) => squeeze.real(self.place(self.from) + offset),
        }
    }

    /// Ticks at round times since `start`, at least `room` columns apart, the first at the left
    /// edge.
    pub fn ticks(&self, start: Time, room: u16) -> Vec<Tick> {
        if self.squeeze.is_some() {
            return self.uneven_ticks(start, room);
        }
        self.even_ticks(start, self.step(room), room)
    }

    /// Ticks at times that are round on a clock, `step` apart.
    pub fn clock_ticks(&self, step: Nanos, room: u16) -> Vec<Tick> {
        if self.squeeze.is_some() {
            return self.uneven_ticks(Time(0), room);
        }
        self.even_ticks(Time(0), step.0.max(1), room)
    }

    fn even_ticks(&self, start: Time, step: u64, room: u16) -> Vec<Tick> {
        let first = self.from.since(start).0;
        let mut offset = first.div_ceil(step).saturating_mul(step);
        let mut ticks = Vec::new();
        while start + Nanos(offset) <= self.to && ticks.len() <= usize::from(self.columns) {
            let column = self.column(start + Nanos(offset));
            if column + room / 2 <= self.columns {
                ticks.push(Tick {
                    column,
                    offset: Nanos(offset),
                });
            }
            let Some(next) = offset.checked_add(step) else {
                break;
            };
            offset = next;
        }
        ticks
    }

    /// Ticks at even columns, where a column does not always last as long: none is round.
    fn uneven_ticks(&self, start: Time, room: u16) -> Vec<Tick> {
        let columns = (0..self.columns).step_by(usize::from(room.max(1)) * 3 / 2);
        let tick = |column| Tick {
            column,
            offset: self.time_at(column).since(start),
        };
        columns
            .filter(|column| column + room / 2 <= self.columns)
            .map(tick)
            .collect()
    }

    /// The smallest length that is round on a clock and fills `room` columns.
    pub fn clock_step(&self, room: u16) -> Nanos {
        let least = self.least(room);
        let seconds = [
            1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1_800, 3_600, 7_200, 10_800, 21_600,
            43_200, 86_400,
        ];
        let mut round = seconds
            .into_iter()
            .map(|seconds: u64| seconds * 1_000_000_000);
        let day = || {
            least
                .div_ceil(86_400_000_000_000)
                .saturating_mul(86_400_000_000_000)
        };
        Nanos(match least {
            0..=500_000_000 => self.step(room),
            _ => round.find(|step| *step >= least).unwrap_or_else(day),
        })
    }

    /// The length of `room` columns.
    fn least(&self, room: u16) -> u64 {
        let least =
            u128::from(self.length().0) * u128::from(room.max(1)) / u128::from(self.columns);
        u64::try_from(least).unwrap_or(u64::MAX).max(1)
    }

    /// The smallest round length (1, 2 or 5 times a power of ten) that fills `room` columns.
    fn step(&self, room: u16) -> u64 {
        let least = self.least(room);
        let mut power = 1u64;
        loop {
            for factor in [1, 2, 5] {
                let step = power.saturating_mul(factor);
                if step >= least {
                    return step;
                }
            }
            power = power.saturating_mul(10);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ticks_are_round_and_have_room() {
        let axis = Axis::new(Time(0), Time(739_000_000), 72);
        let offsets: Vec<u64> = axis
            .ticks(Time(0), 14)
            .iter()
            .map(|t| t.offset.0 / 1_000_000)
            .collect();
        assert_eq!(offsets, [0, 200, 400, 600]);
        let zoomed = Axis::new(Time(310_000_000), Time(355_000_000), 60);
        let offsets: Vec<u64> = zoomed
            .ticks(Time(0), 12)
            .iter()
            .map(|t| t.offset.0 / 1_000_000)
            .collect();
        assert_eq!(offsets, [310, 320, 330, 340, 350]);
    }

    #[test]
    fn times_of_the_clock_are_round_on_it() {
        let at = |minutes: u64| Time(minutes * 60_000_000_000);
        let axis = Axis::new(at(61), at(100), 100);
        let step = axis.clock_step(15);
        assert_eq!(step, Nanos(600_000_000_000));
        let ticks = axis.clock_ticks(step, 15);
        let minutes: Vec<u64> = ticks.iter().map(|t| t.offset.0 / 60_000_000_000).collect();
        assert_eq!(minutes, [70, 80, 90]);
        let axis = Axis::new(Time(310_000_000), Time(355_000_000), 60);
        assert_eq!(axis.clock_step(15), Nanos(20_000_000));
        let ever = Axis::new(Time(0), Time(u64::MAX), 9).clock_step(9);
        assert!(ever >= Nanos(86_400_000_000_000));
    }

    #[test]
    fn the_ends_of_time_do_not_overflow() {
        let axis = Axis::new(Time(0), Time(u64::MAX), 200);
        assert_eq!(axis.column(Time(u64::MAX)), 199);
        assert!(axis.ticks(Time(0), 10).len() < 30);
        assert_eq!(Axis::new(Time(5), Time(5), 10).column(Time(5)), 0);
    }
}
