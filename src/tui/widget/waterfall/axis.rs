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

/// What an axis shows: two that show the same lay everything on the same columns.
pub type Stretch = (Time, Time, u16, bool);

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

    /// What it shows, of a trace whose idle time is squeezed in one way only.
    pub fn stretch(&self) -> Stretch {
        (self.from, self.to, self.columns, self.squeeze.is_some())
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

    /// Ticks at multiples of `step` since `start`. Where idle time is squeezed, also where it is
    /// over: those at least `room` columns apart.
    pub fn ticks(&self, start: Time, step: Nanos, room: u16) -> Vec<Tick> {
        let step = step.0.max(1);
        let Some(squeeze) = self.squeeze else {
            return self.even_ticks(start, step, (self.from, self.to));
        };
        let ends = squeeze.gaps().map(|(_, end)| end);
        let seen = ends.filter(|end| (self.from..self.to).contains(end));
        let mut begins: Vec<Time> = std::iter::once(self.from).chain(seen).collect();
        begins.push(self.to);
        let mut ticks: Vec<Tick> = Vec::new();
        let apart = |ticks: &[Tick], column: u16| {
            let last = ticks.last();
            last.is_none_or(|last| column >= last.column + room)
        };
        for pair in begins.windows(2) {
            let tick = self.tick(pair[0], start);
            if apart(&ticks, tick.column) {
                ticks.push(tick);
            }
            let next = self.column(pair[1]);
            for tick in self.even_ticks(start, step, (pair[0], pair[1])) {
                if apart(&ticks, tick.column) && tick.column + room <= next {
                    ticks.push(tick);
                }
            }
        }
        ticks
    }

    /// The columns behind which idle time was squeezed.
    pub fn squeezed_columns(&self) -> impl Iterator<Item = u16> {
        let gaps = self.squeeze.into_iter().flat_map(Squeeze::gaps);
        gaps.filter(|(from, _)| (self.from..self.to).contains(from))
            .map(|(from, _)| self.column(from))
    }

    fn tick(&self, time: Time, start: Time) -> Tick {
        Tick {
            column: self.column(time),
            offset: time.since(start),
        }
    }

    fn even_ticks(&self, start: Time, step: u64, (from, to): (Time, Time)) -> Vec<Tick> {
        let mut offset = from.since(start).0.div_ceil(step).saturating_mul(step);
        let mut ticks = Vec::new();
        while start + Nanos(offset) <= to && ticks.len() <= usize::from(self.columns) {
            ticks.push(self.tick(start + Nanos(offset), start));
            let Some(next) = offset.checked_add(step) else {
                break;
            };
            offset = next;
        }
        ticks
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
            0..=500_000_000 => self.step(room).0,
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
    fn step(&self, room: u16) -> Nanos {
        let least = self.least(room);
        let mut power = 1u64;
        loop {
            for factor in [1, 2, 5] {
                let step = power.saturating_mul(factor);
                if step >= least {
                    return Nanos(step);
                }
            }
            power = power.saturating_mul(10);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn millis(axis: &Axis<'_>, step: Nanos, room: u16) -> Vec<u64> {
        let ticks = axis.ticks(Time(0), step, room).into_iter();
        ticks.map(|tick| tick.offset.0 / 1_000_000).collect()
    }

    #[test]
    fn ticks_are_round_and_have_room() {
        let axis = Axis::new(Time(0), Time(739_000_000), 72);
        assert_eq!(millis(&axis, axis.step(14), 14), [0, 200, 400, 600]);
        let zoomed = Axis::new(Time(310_000_000), Time(355_000_000), 60);
        let step = zoomed.step(12);
        assert_eq!(millis(&zoomed, step, 12), [310, 320, 330, 340, 350]);
    }

    #[test]
    fn where_idle_time_is_squeezed_a_tick_says_when_it_is_over() {
        let text = "a: r 0..100\nb: later 10000..10100\nc: x 10150..10151\nd: y 30000..30100\n";
        let trace = crate::model::scenario::trace(text);
        let squeeze = Squeeze::of(&trace);
        let axis = Axis::new(trace.start(), trace.end(), 100).squeezed(&squeeze);
        let ticks = axis.ticks(trace.start(), axis.step(10), 10);
        let millis = ticks.iter().map(|tick| tick.offset.0 / 1_000_000);
        let busy = [0, 50, 10_000, 10_050, 10_100, 30_000, 30_050];
        assert_eq!(millis.collect::<Vec<_>>(), busy);
        assert_eq!(axis.squeezed_columns().count(), 2);
    }

    #[test]
    fn times_of_the_clock_are_round_on_it() {
        let at = |minutes: u64| Time(minutes * 60_000_000_000);
        let axis = Axis::new(at(61), at(100), 100);
        let step = axis.clock_step(15);
        assert_eq!(step, Nanos(600_000_000_000));
        let ticks = axis.ticks(Time(0), step, 15);
        let minutes: Vec<u64> = ticks.iter().map(|t| t.offset.0 / 60_000_000_000).collect();
        assert_eq!(minutes, [70, 80, 90, 100]);
        let axis = Axis::new(Time(310_000_000), Time(355_000_000), 60);
        assert_eq!(axis.clock_step(15), Nanos(20_000_000));
        let ever = Axis::new(Time(0), Time(u64::MAX), 9).clock_step(9);
        assert!(ever >= Nanos(86_400_000_000_000));
    }

    #[test]
    fn the_ends_of_time_do_not_overflow() {
        let axis = Axis::new(Time(0), Time(u64::MAX), 200);
        assert_eq!(axis.column(Time(u64::MAX)), 199);
        assert!(axis.ticks(Time(0), axis.step(10), 10).len() < 30);
        assert_eq!(Axis::new(Time(5), Time(5), 10).column(Time(5)), 0);
    }
}
