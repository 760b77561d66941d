//! Traces over time and duration: where each falls in an area of cells, and the axes around.

use ratatui::layout::Rect;

use crate::text::{Clock, Shown, duration};
use crate::tui::canvas::Canvas;
use crate::tui::theme::Token;

/// Columns for the labels of the vertical axis.
pub const LABELS: u16 = 10;
/// Columns between two ticks of the horizontal axis.
const TICKS: u16 = 17;

/// One trace.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Dot {
    /// Start, in ns since 1970.
    pub start: u64,
    /// Duration in ns.
    pub lasts: u64,
    /// Whether it has many spans.
    pub large: bool,
    /// Whether spans of it failed.
    pub failed: bool,
}

/// Start and duration of two opposite corners: what lies between is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Boxed {
    pub one: (u64, u64),
    pub other: (u64, u64),
}

impl Boxed {
    /// Its times, the earlier first.
    pub fn times(self) -> (u64, u64) {
        let (a, b) = (self.one.0, self.other.0);
        (a.min(b), a.max(b))
    }

    /// Its durations, the shorter first.
    pub fn durations(self) -> (u64, u64) {
        let (a, b) = (self.one.1, self.other.1);
        (a.min(b), a.max(b))
    }
}

/// The times that the columns stand for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Axis {
    /// The first column of the plot.
    pub x: u16,
    /// Its columns.
    pub columns: u16,
    from: u64,
    to: u64,
}

impl Axis {
    /// The axis of dots drawn into `area`: tight to the data.
    pub fn of(area: Rect, dots: &[Dot]) -> Self {
        let starts = || dots.iter().map(|dot| dot.start);
        let from = starts().min().unwrap_or(0);
        let left = LABELS.min(area.width / 2);
        Self {
            x: area.x + left,
            columns: area.width.saturating_sub(left + 1).max(1),
            from,
            to: starts().max().unwrap_or(0).max(from.saturating_add(1)),
        }
    }

    /// The column of a time, from 0.
    pub fn column(self, time: u64) -> u16 {
        let last = u128::from(self.columns - 1);
        let at = u128::from(time.clamp(self.from, self.to) - self.from) * last;
        (at / u128::from(self.to - self.from)) as u16
    }

    /// The time of a column, from 0.
    pub fn time(self, column: u16) -> u64 {
        let last = u128::from(self.columns.saturating_sub(1).max(1));
        let at = u128::from(self.to - self.from) * u128::from(column.min(self.columns)) / last;
        self.from + at as u64
    }
}

/// How the rows divide the durations.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scale {
    /// Evenly, from zero to a round figure: slow ones stand out.
    Even,
    /// Each row so many times the one below: the shape of all is seen.
    Log,
}

/// Where dots fall in an area of at least three rows.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Plot {
    pub axis: Axis,
    top: u16,
    /// Rows above the base line.
    pub rows: u16,
    scale: Scale,
    least: u64,
    most: u64,
}

impl Plot {
    /// The plot of dots in an area.
    pub fn of(area: Rect, dots: &[Dot], scale: Scale) -> Self {
        let under = if area.height >= 4 { 2 } else { 1 };
        let lasts = || dots.iter().map(|dot| dot.lasts.max(1));
        let most = lasts().max().unwrap_or(1);
        let (least, most) = match scale {
            Scale::Even => (0, nice(most)),
            Scale::Log => {
                let least = lasts().min().unwrap_or(1);
                (least, most.max(least.saturating_mul(2)))
            }
        };
        Self {
            axis: Axis::of(area, dots),
            top: area.y,
            rows: area.height.saturating_sub(under).max(1),
            scale,
            least,
            most,
        }
    }

    /// How far up a duration is: 0 at the bottom, 1 at the top.
    fn height(self, lasts: u64) -> f64 {
        let (least, most) = (self.least as f64, self.most as f64);
        match self.scale {
            Scale::Even => lasts as f64 / most,
            Scale::Log => (lasts.max(1) as f64 / least).ln() / (most / least).ln(),
        }
    }

    /// The duration at a height.
    fn lasts_at(self, height: f64) -> u64 {
        let (least, most) = (self.least as f64, self.most as f64);
        match self.scale {
            Scale::Even => (most * height) as u64,
            Scale::Log => (least * (most / least).powf(height)) as u64,
        }
    }

    /// The screen's row of a duration.
    pub fn row(self, lasts: u64) -> u16 {
        let up = (self.height(lasts) * f64::from(self.rows)) as u16;
        self.top + self.rows - 1 - up.min(self.rows - 1)
    }

    /// The durations that a row of the screen stands for; the top row has no end.
    pub fn durations(self, y: u16) -> (u64, u64) {
        let base = self.top + self.rows;
        let up = base.saturating_sub(y.max(self.top) + 1).min(self.rows - 1);
        let edge = |up: u16| self.lasts_at(f64::from(up) / f64::from(self.rows));
        let most = if up + 1 == self.rows {
            u64::MAX
        } else {
            edge(up + 1)
        };
        (if up == 0 { 0 } else { edge(up) }, most)
    }

    /// The cells of a box.
    pub fn cells(self, boxed: Boxed) -> Rect {
        let ((from, to), (short, long)) = (boxed.times(), boxed.durations());
        let (left, right) = (self.axis.column(from), self.axis.column(to));
        let (top, bottom) = (self.row(long), self.row(short));
        Rect::new(
            self.axis.x + left,
            top,
            right - left + 1,
            bottom.saturating_sub(top) + 1,
        )
    }

    /// Draws the axes; the times only if `clock` is given.
    pub fn axes(self, canvas: &mut Canvas<'_>, area: Rect, clock: &Clock) {
        let g = canvas.glyphs;
        let axis = self.axis;
        let base = self.top + self.rows;
        for y in self.top..base {
            canvas.put(axis.x - 1, y, g.tee_w, Token::Faint);
        }
        let most = duration(self.most, g.charset);
        let least = match self.scale {
            Scale::Even => zero(&most),
            Scale::Log => duration(self.least, g.charset),
        };
        for (y, text) in [(self.top, most), (base, least)] {
            canvas.right(axis.x - 2, y, LABELS, &Shown::from(text), Token::Muted);
        }
        canvas.put(axis.x - 1, base, g.origin, Token::Faint);
        canvas.repeat(axis.x, base, axis.columns, g.edge, Token::Faint);
        if base + 1 < area.bottom() {
            self.times(canvas, base, area.right(), clock);
        }
    }

    fn times(self, canvas: &mut Canvas<'_>, base: u16, right: u16, clock: &Clock) {
        let axis = self.axis;
        let wide = axis.to - axis.from >= 10 * 60 * 1_000_000_000;
        for column in (0..axis.columns).step_by(TICKS.into()) {
            let time = axis.time(column);
            let text = Shown::from(if wide {
                clock.minute(time)
            } else {
                clock.second(time)
            });
            let width = text.width() as u16;
            let x = (axis.x + column).saturating_sub(width / 2);
            if column > 0 {
                canvas.put(axis.x + column, base, canvas.glyphs.tick, Token::Faint);
            }
            if x + width <= right {
                canvas.text(x, base + 1, width, &text, Token::Muted);
            }
        }
    }
}

/// Zero in the unit of the axis' other end: `0 ms`.
fn zero(most: &str) -> String {
    most.rsplit_once(' ')
        .map_or_else(|| "0".to_owned(), |(_, unit)| format!("0 {unit}"))
}

/// The next round figure: 1, 1.5, 2, 3, 5 or 7.5 times a power of ten.
fn nice(most: u64) -> u64 {
    let mut unit = 1_u64;
    loop {
        for tenths in [10, 15, 20, 30, 50, 75] {
            let figure = u128::from(unit) * tenths / 10;
            if figure >= u128::from(most) {
                return u64::try_from(figure).unwrap_or(most);
            }
        }
        match unit.checked_mul(10) {
            Some(next) => unit = next,
            None => return most,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn dot(start: u64, lasts: u64) -> Dot {
        Dot {
            start,
            lasts,
            large: false,
            failed: false,
        }
    }

    #[test]
    fn round_figures_are_at_least_the_data() {
        assert_eq!(nice(739_000_000), 750_000_000);
        assert_eq!(nice(1_310_000_000), 1_500_000_000);
        assert_eq!(nice(0), 1);
        assert_eq!(nice(u64::MAX), u64::MAX);
        assert_eq!(
            zero(&duration(750_000_000, crate::text::Charset::Unicode)),
            "0 ms"
        );
    }

    #[test]
    fn columns_and_times_agree_at_both_ends() {
        let axis = Axis::of(Rect::new(0, 0, 80, 5), &[dot(1_000, 1), dot(u64::MAX, 1)]);
        assert_eq!(
            (axis.column(1_000), axis.column(u64::MAX)),
            (0, axis.columns - 1)
        );
        assert_eq!(axis.time(0), 1_000);
        assert_eq!(axis.time(axis.columns - 1), u64::MAX);
        let single = Axis::of(Rect::new(0, 0, 4, 1), &[dot(5, 1)]);
        assert_eq!(single.column(5), 0);
    }

    #[test]
    fn every_duration_falls_into_the_row_that_stands_for_it() {
        let dots = [
            dot(0, 0),
            dot(9, 3_000),
            dot(5, 1_000_000),
            dot(7, u64::MAX),
        ];
        for scale in [Scale::Even, Scale::Log] {
            let plot = Plot::of(Rect::new(0, 2, 60, 9), &dots, scale);
            for dot in dots {
                let y = plot.row(dot.lasts);
                assert!((2..2 + plot.rows).contains(&y), "{scale:?} {dot:?}");
                let (least, most) = plot.durations(y);
                assert!(least <= dot.lasts && dot.lasts <= most, "{scale:?} {dot:?}");
            }
            let all = Boxed {
                one: (0, u64::MAX),
                other: (9, 0),
            };
            assert_eq!(plot.cells(all).height, plot.rows);
        }
    }
}
