//! Traces as points over time and duration, or how many there are of each; in a single row, their
//! density over time.
//!
//! One cell is one point: the worst and largest of the traces that fall into it.

use ratatui::layout::Rect;

use crate::text::{Clock, Shown};
use crate::tui::canvas::Canvas;
use crate::tui::canvas::hit::{Pane, Target};
use crate::tui::theme::Token;

use super::plot::{Axis, Boxed, Dot, LABELS, Plot, Scale};

/// What is drawn of the dots.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Each as a point.
    Points,
    /// How many there are, as shades.
    Heat,
}

impl Kind {
    /// How the rows divide the durations.
    pub fn scale(self) -> Scale {
        match self {
            Self::Points => Scale::Even,
            Self::Heat => Scale::Log,
        }
    }
}

/// Fewer rows than this show the density only.
pub const PLOT: u16 = 3;

/// Draws dots, the one at `here` emphasised, and a box over them.
pub fn draw(
    canvas: &mut Canvas<'_>,
    area: Rect,
    (dots, kind): (&[Dot], Kind),
    here: Option<usize>,
    boxed: Option<Boxed>,
    clock: &Clock,
) {
    canvas.pane(Pane::Strip, area);
    canvas.hit(area, Target::Spot(Pane::Strip));
    if area.height == 0 || dots.is_empty() {
        return;
    }
    let here = here.and_then(|at| dots.get(at));
    if area.height < PLOT {
        let area = Rect { height: 1, ..area };
        return density(canvas, area, dots, here, boxed, clock);
    }
    let plot = Plot::of(area, dots, kind.scale());
    plot.axes(canvas, area, clock);
    match kind {
        Kind::Points => points(canvas, plot, dots),
        Kind::Heat => heat(canvas, plot, dots),
    }
    if let Some(boxed) = boxed {
        canvas.over(plot.cells(boxed), Token::Cursor);
    }
    if let Some(dot) = here {
        let x = plot.axis.x + plot.axis.column(dot.start);
        canvas.reverse(Rect::new(x, plot.row(dot.lasts), 1, 1));
    }
}

/// How many traces started when, as columns; failed ones as marks.
fn density(
    canvas: &mut Canvas<'_>,
    area: Rect,
    dots: &[Dot],
    here: Option<&Dot>,
    boxed: Option<Boxed>,
    clock: &Clock,
) {
    let axis = Axis::of(area, dots);
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
    let end = axis.x.saturating_sub(1);
    canvas.right(end, area.y, LABELS, &first, Token::Muted);
    for (x, (count, failed)) in (axis.x..).zip(counts) {
        let eighths = (count * 8).div_ceil(most).min(8) as u8;
        if failed {
            canvas.put(x, area.y, canvas.glyphs.failed, Token::Error);
        } else {
            canvas.put(x, area.y, canvas.glyphs.column(eighths), Token::Chart1);
        }
    }
    if let Some((from, to)) = boxed.map(Boxed::times) {
        let (left, right) = (axis.column(from), axis.column(to));
        let cells = Rect::new(axis.x + left, area.y, right - left + 1, 1);
        canvas.over(cells, Token::Cursor);
    }
    if let Some(dot) = here {
        canvas.reverse(Rect::new(axis.x + axis.column(dot.start), area.y, 1, 1));
    }
}

fn points(canvas: &mut Canvas<'_>, plot: Plot, dots: &[Dot]) {
    // Failed ones last, so that they are seen.
    for failed in [false, true] {
        for dot in dots.iter().filter(|dot| dot.failed == failed) {
            let (x, y) = (
                plot.axis.x + plot.axis.column(dot.start),
                plot.row(dot.lasts),
            );
            match (dot.failed, dot.large) {
                (true, _) => canvas.put(x, y, canvas.glyphs.failed, Token::Error),
                (_, true) => canvas.put(x, y, canvas.glyphs.dot_large, Token::Text),
                _ => canvas.put(x, y, canvas.glyphs.dot_small, Token::Text),
            }
        }
    }
}

/// Shades for how many; a mark where at least half failed, and clearly more than everywhere.
fn heat(canvas: &mut Canvas<'_>, plot: Plot, dots: &[Dot]) {
    let columns = usize::from(plot.axis.columns);
    let mut cells = vec![(0_usize, 0_usize); columns * usize::from(plot.rows)];
    let top = plot.row(u64::MAX);
    for dot in dots {
        let row = usize::from(plot.row(dot.lasts) - top);
        let at = row * columns + usize::from(plot.axis.column(dot.start));
        if let Some((all, failed)) = cells.get_mut(at) {
            *all += 1;
            *failed += usize::from(dot.failed);
        }
    }
    let most = cells.iter().map(|(all, _)| *all).max().unwrap_or(0).max(4);
    let failed = dots.iter().filter(|dot| dot.failed).count();
    let usual = failed as f64 / dots.len().max(1) as f64;
    for (y, row) in (top..).zip(cells.chunks(columns)) {
        for (x, &(all, failed)) in (plot.axis.x..).zip(row) {
            let step = (all * 7).div_ceil(most).min(7) as u8;
            match all {
                0 => {}
                all if failed * 2 >= all && failed as f64 > 1.5 * usual * all as f64 => {
                    canvas.put(x, y, canvas.glyphs.failed, Token::Error);
                }
                _ => canvas.put(x, y, canvas.glyphs.heat(step), Token::Heat(step)),
            }
        }
    }
}
