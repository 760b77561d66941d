//! Traces as points over time and duration; in a single row, their density.
//!
//! One cell is one point: the worst and largest of the traces that fall into it.

use ratatui::layout::Rect;

use crate::text::{Charset, Clock, Shown, duration};
use crate::tui::canvas::Canvas;
use crate::tui::hit::{Pane, Target};
use crate::tui::theme::Token;

/// Columns for the labels of the vertical axis.
const LABELS: u16 = 10;
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
        let from = dots.iter().map(|dot| dot.start).min().unwrap_or(0);
        let to = dots
            .iter()
            .map(|dot| dot.start)
            .max()
            .unwrap_or(0)
            .max(from + 1);
        let left = LABELS.min(area.width / 2);
        Self {
            x: area.x + left,
            columns: area.width.saturating_sub(left + 1).max(1),
            from,
            to,
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

/// Draws dots, the one at `here` emphasised.
pub fn draw(canvas: &mut Canvas<'_>, area: Rect, dots: &[Dot], here: Option<usize>, clock: &Clock) {
    canvas.pane(Pane::Strip, area);
    canvas.hit(area, Target::Spot(Pane::Strip));
    if area.height == 0 || dots.is_empty() {
        return;
    }
    let axis = Axis::of(area, dots);
    if area.height < 3 {
        density(canvas, Rect { height: 1, ..area }, axis, dots, here, clock);
    } else {
        plot(canvas, area, axis, dots, here, clock);
    }
}

/// How many traces started when, as columns; failed ones as marks.
fn density(
    canvas: &mut Canvas<'_>,
    area: Rect,
    axis: Axis,
    dots: &[Dot],
    here: Option<usize>,
    clock: &Clock,
) {
    let mut counts = vec![(0_usize, false); axis.columns.into()];
    for dot in dots {
        if let Some((count, failed)) = counts.get_mut(usize::from(axis.column(dot.start))) {
            *count += 1;
            *failed |= dot.failed;
        }
    }
    // A single trace is no full column.
    let most = counts.iter().map(|(count, _)| *count).max();
    let most = most.unwrap_or(0).max(4);
    let first = Shown::from(clock.second(axis.time(0)));
    canvas.right(
        axis.x.saturating_sub(1),
        area.y,
        LABELS,
        &first,
        Token::Muted,
    );
    for (x, (count, failed)) in (axis.x..).zip(counts) {
        let eighths = (count * 8).div_ceil(most).min(8) as u8;
        if failed {
            canvas.put(x, area.y, canvas.glyphs.failed, Token::Error);
        } else {
            canvas.put(x, area.y, canvas.glyphs.column(eighths), Token::Chart1);
        }
    }
    if let Some(dot) = here.and_then(|at| dots.get(at)) {
        canvas.over(
            Rect::new(axis.x + axis.column(dot.start), area.y, 1, 1),
            Token::MatchHere,
        );
    }
}

fn plot(
    canvas: &mut Canvas<'_>,
    area: Rect,
    axis: Axis,
    dots: &[Dot],
    here: Option<usize>,
    clock: &Clock,
) {
    let labelled = area.height >= 4;
    let rows = area.height - if labelled { 2 } else { 1 };
    let most = nice(dots.iter().map(|dot| dot.lasts).max().unwrap_or(1));
    let row_of = |dot: &Dot| {
        let up = u128::from(dot.lasts) * u128::from(rows) / u128::from(most);
        area.y + rows.saturating_sub(1 + (up as u16).min(rows - 1))
    };
    axes(canvas, area, axis, rows, most, labelled.then_some(clock));
    // Failed ones last, so that they are seen.
    for failed in [false, true] {
        for dot in dots.iter().filter(|dot| dot.failed == failed) {
            let (x, y) = (axis.x + axis.column(dot.start), row_of(dot));
            match (dot.failed, dot.large) {
                (true, _) => canvas.put(x, y, canvas.glyphs.failed, Token::Error),
                (_, true) => canvas.put(x, y, canvas.glyphs.dot_large, Token::Text),
                _ => canvas.put(x, y, canvas.glyphs.dot_small, Token::Text),
            }
        }
    }
    if let Some(dot) = here.and_then(|at| dots.get(at)) {
        canvas.over(
            Rect::new(axis.x + axis.column(dot.start), row_of(dot), 1, 1),
            Token::MatchHere,
        );
    }
}

fn axes(
    canvas: &mut Canvas<'_>,
    area: Rect,
    axis: Axis,
    rows: u16,
    most: u64,
    clock: Option<&Clock>,
) {
    let g = canvas.glyphs;
    let label = |canvas: &mut Canvas<'_>, y, nanos| {
        let text = if nanos == 0 {
            zero(most, g.charset)
        } else {
            duration(nanos, g.charset)
        };
        canvas.right(axis.x - 2, y, LABELS, &Shown::from(text), Token::Muted);
    };
    for y in area.y..area.y + rows {
        canvas.put(axis.x - 1, y, g.tee_w, Token::Faint);
    }
    label(canvas, area.y, most);
    let base = area.y + rows;
    label(canvas, base, 0);
    canvas.put(axis.x - 1, base, g.origin, Token::Faint);
    canvas.repeat(axis.x, base, axis.columns, g.edge, Token::Faint);
    let Some(clock) = clock else { return };
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
            canvas.put(axis.x + column, base, g.tick, Token::Faint);
        }
        if x + width <= area.right() {
            canvas.text(x, base + 1, width, &text, Token::Muted);
        }
    }
}

/// Zero in the unit of the axis' other end: `0 ms`.
fn zero(most: u64, charset: Charset) -> String {
    let unit = duration(most, charset);
    unit.rsplit_once(' ')
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

    #[test]
    fn round_figures_are_at_least_the_data() {
        assert_eq!(nice(739_000_000), 750_000_000);
        assert_eq!(nice(1_310_000_000), 1_500_000_000);
        assert_eq!(nice(0), 1);
        assert_eq!(nice(u64::MAX), u64::MAX);
        assert_eq!(zero(750_000_000, Charset::Unicode), "0 ms");
    }

    #[test]
    fn columns_and_times_agree_at_both_ends() {
        let dot = |start| Dot {
            start,
            lasts: 1,
            large: false,
            failed: false,
        };
        let axis = Axis::of(Rect::new(0, 0, 80, 5), &[dot(1_000), dot(u64::MAX)]);
        assert_eq!(
            (axis.column(1_000), axis.column(u64::MAX)),
            (0, axis.columns - 1)
        );
        assert_eq!(axis.time(0), 1_000);
        assert_eq!(axis.time(axis.columns - 1), u64::MAX);
        let single = Axis::of(Rect::new(0, 0, 4, 1), &[dot(5)]);
        assert_eq!(single.column(5), 0);
    }
}
