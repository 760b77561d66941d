//! The list of traces: which columns there is room for, and one row at a time.

use ratatui::layout::Rect;

use crate::backend::TraceRow;
use crate::text::{Shown, Style as TimeStyle, count_short, duration};
use crate::tui::canvas::Canvas;
use crate::tui::page::Look;
use crate::tui::theme::Token;

use super::Search;

/// Names are not cut below this.
const NAME: u16 = 24;
/// Names get no more than this: beyond it, the eye loses the row between a name and its figures.
const NAME_AT_MOST: u16 = 60;
/// Columns of the mark and of the figure of a duration.
const DURATION: u16 = 10;
const ERRORS: u16 = 6;
const SPANS: u16 = 7;

/// Where each column stands; a width of 0 is not shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Columns {
    start: (u16, u16),
    name: (u16, u16),
    duration: (u16, u16),
    bar: (u16, u16),
    spans: (u16, u16),
    errors: (u16, u16),
    services: (u16, u16),
}

impl Columns {
    /// The columns for `area`, with times of `start` columns. Services go first where room is
    /// short, then spans, then the bar; names are cut last.
    pub fn of(area: Rect, start: u16) -> Self {
        let width = area.width.saturating_sub(1);
        let fixed = 3 + start + 2 + DURATION + ERRORS;
        let mut rest = width.saturating_sub(fixed + 2);
        let mut spare = |wanted: u16, least: u16| {
            let given = if rest >= least + wanted { wanted } else { 0 };
            rest -= given;
            given
        };
        let bar = spare(if width >= 150 { 22 } else { 12 }, NAME + 20);
        let spans = spare(SPANS, NAME + 4);
        let services = spare(rest_for_services(width), NAME);
        let room = width.saturating_sub(fixed + 2 + bar + spans + services);
        let name = if bar > 0 {
            room.min(NAME_AT_MOST)
        } else {
            room
        };
        let bar = bar + (room - name);
        let mut x = area.x + 3;
        let mut take = |columns: u16, gap: u16| {
            let at = (x, columns);
            x += columns + gap;
            at
        };
        Self {
            start: take(start, 2),
            name: take(name, 1),
            duration: take(DURATION, 0),
            bar: take(bar, 0),
            spans: take(spans, 0),
            errors: take(ERRORS, 1),
            services: take(services, 0),
        }
    }

    /// The beginning of a row, which carries the cursor: its time to the second.
    pub fn head(self, line: Rect) -> Rect {
        Rect {
            x: self.start.0,
            width: self.start.1.min(8),
            ..line
        }
    }

    /// The heads.
    pub fn heads(self, canvas: &mut Canvas<'_>, y: u16, zone: &str) {
        let mut head = |(x, width): (u16, u16), text: &str, right: bool| {
            if width == 0 {
                return;
            }
            let text = Shown::from(text.to_owned());
            if right {
                canvas.right(x + width, y, width, &text, Token::Muted);
            } else {
                canvas.text(x, y, width, &text, Token::Muted);
            }
        };
        let start = if usize::from(self.start.1) >= zone.len() + 6 {
            format!("START {zone}")
        } else {
            "START".to_owned()
        };
        head(self.start, &start, false);
        head(self.name, "TRACE", false);
        head(self.duration, "DURATION", true);
        head(self.spans, "SPANS", true);
        head((self.errors.0 + 2, self.errors.1 - 2), "ERR", false);
        head(self.services, "SERVICES", false);
    }
}

/// A quarter of the screen, from 100 columns on.
fn rest_for_services(width: u16) -> u16 {
    if width < 96 { 0 } else { (width / 4).max(22) }
}

/// How wide the times of these rows are.
pub fn start_width(look: &Look<'_>, rows: &[TraceRow], narrow: bool) -> u16 {
    let width = |row: &TraceRow| start(look, row, narrow).width() as u16;
    rows.iter().map(width).max().unwrap_or(8).clamp(8, 20)
}

fn start(look: &Look<'_>, row: &TraceRow, narrow: bool) -> Shown<'static> {
    let shared = look.shared;
    let short = narrow && shared.time_style == TimeStyle::Local;
    Shown::from(if short {
        shared.clock.second(row.start.0)
    } else {
        shared.clock.time(row.start.0, shared.time_style)
    })
}

/// Draws one row; `longest` is what a full bar stands for.
pub fn draw(
    search: &Search,
    look: &Look<'_>,
    canvas: &mut Canvas<'_>,
    columns: Columns,
    y: u16,
    row: &TraceRow,
    longest: u64,
) {
    let narrow = columns.bar.1 == 0;
    let charset = canvas.charset();
    if search.results.marked.contains(&row.trace_id) {
        canvas.put(columns.start.0 - 1, y, canvas.glyphs.marked, Token::Mark);
    }
    canvas.text(
        columns.start.0,
        y,
        columns.start.1,
        &start(look, row, narrow),
        Token::Muted,
    );
    if look.shared.kept.contains(&row.trace_id) {
        canvas.put(columns.name.0 - 1, y, canvas.glyphs.pinned, Token::Pinned);
    }
    name(look, canvas, columns.name, y, row);
    let slow = search.usual.is_slow(row);
    let length = Shown::from(duration(row.duration.0, charset));
    let token = if slow { Token::Slow } else { Token::Text };
    let (x, width) = columns.duration;
    canvas.right(x + width, y, width, &length, token);
    if slow {
        let mark = (x + width).saturating_sub(length.width() as u16 + 2);
        canvas.put(mark, y, canvas.glyphs.slow, Token::Slow);
    }
    bar(canvas, columns.bar, y, row.duration.0, longest, token);
    spans(canvas, columns.spans, y, row);
    if row.errors > 0 {
        let (x, width) = columns.errors;
        let text = Shown::from(format!(
            "{} {}",
            canvas.glyphs.failed,
            count_short(row.errors.into())
        ));
        canvas.text(x + 2, y, width - 2, &text, Token::Error);
    }
    services(look, canvas, columns.services, y, row);
}

fn name(look: &Look<'_>, canvas: &mut Canvas<'_>, (x, width): (u16, u16), y: u16, row: &TraceRow) {
    let hue = look.shared.colours.token(&row.service);
    let operation = Shown::new(&row.name);
    // The service is kept before the operation.
    let service = Shown::new(&row.service).cut(usize::from(width), canvas.charset());
    let next = canvas.text(x, y, width, &service, hue);
    let gap = if next > x { 2 } else { 0 };
    canvas.text(
        next + gap,
        y,
        (x + width).saturating_sub(next + gap),
        &operation,
        Token::Text,
    );
}

fn bar(
    canvas: &mut Canvas<'_>,
    (x, width): (u16, u16),
    y: u16,
    lasts: u64,
    longest: u64,
    token: Token,
) {
    let cells = width.saturating_sub(2);
    if cells == 0 {
        return;
    }
    let eighths = u128::from(lasts) * u128::from(cells) * 8 / u128::from(longest.max(1));
    let eighths = (eighths as u16).max(u16::from(lasts > 0)).min(cells * 8);
    let token = if token == Token::Slow {
        Token::Slow
    } else {
        Token::Chart3
    };
    canvas.repeat(x + 2, y, eighths / 8, canvas.glyphs.own_critical, token);
    canvas.put(
        x + 2 + eighths / 8,
        y,
        canvas.glyphs.eighth((eighths % 8) as u8),
        token,
    );
}

fn spans(canvas: &mut Canvas<'_>, (x, width): (u16, u16), y: u16, row: &TraceRow) {
    if width == 0 {
        return;
    }
    let text = Shown::from(count_short(row.spans.into()));
    canvas.right(x + width, y, width, &text, Token::Text);
    if row.incomplete {
        canvas.put(x + width, y, canvas.glyphs.doubt, Token::Doubt);
    }
}

/// Those with errors first, then by name; what does not fit is counted.
fn services(
    look: &Look<'_>,
    canvas: &mut Canvas<'_>,
    (x, width): (u16, u16),
    y: u16,
    row: &TraceRow,
) {
    let mut all: Vec<_> = row.services.iter().collect();
    all.sort_by_key(|(name, count)| (count.errors == 0, name.as_ref().to_owned()));
    let (mut at, end) = (x, x + width);
    for (place, (name, count)) in all.iter().enumerate() {
        let text = Shown::new(name);
        let mark = if count.errors > 0 {
            canvas.glyphs.failed
        } else {
            ""
        };
        let left = all.len() - place;
        let reserve = if left > 1 { 4 } else { 0 };
        let needed = (text.width() + mark.chars().count()) as u16;
        if at + needed + reserve > end && at > x {
            canvas.text(
                at,
                y,
                end.saturating_sub(at),
                &Shown::from(format!("+{left}")),
                Token::Muted,
            );
            return;
        }
        at = canvas.text(
            at,
            y,
            end.saturating_sub(at),
            &text,
            look.shared.colours.token(name),
        );
        if count.errors > 0 && at < end {
            canvas.put(at, y, mark, Token::Error);
            at += mark.chars().count() as u16;
        }
        at += 1;
    }
}

/// The row that started nearest to a time.
pub fn nearest(rows: &[TraceRow], time: u64) -> Option<usize> {
    let (at, _) = rows
        .iter()
        .enumerate()
        .min_by_key(|(_, row)| row.start.0.abs_diff(time))?;
    Some(at)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_go_in_their_order_and_names_keep_their_least() {
        for width in 40..250 {
            let columns = Columns::of(Rect::new(0, 0, width, 10), if width < 100 { 8 } else { 12 });
            let end = columns.services.0 + columns.services.1;
            assert!(end <= width, "{width}: {columns:?}");
            assert!(
                columns.name.1 >= NAME.min(width - 33),
                "{width}: {columns:?}"
            );
        }
        let at = |width| Columns::of(Rect::new(0, 0, width, 10), 12);
        assert_eq!((at(80).bar.1, at(80).services.1), (0, 0));
        assert!(at(120).bar.1 > 0 && at(120).spans.1 > 0 && at(120).services.1 > 0);
        assert_eq!(at(200).name.1, NAME_AT_MOST);
        assert!(at(240).bar.1 > at(200).bar.1);
    }
}
