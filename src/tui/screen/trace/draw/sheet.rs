//! A table of the trace as cells: heads, rows in view, bars of shares.

use ratatui::layout::Rect;

use crate::text::Shown;
use crate::tui::canvas::Canvas;
use crate::tui::canvas::hit::{Pane, Target};
use crate::tui::canvas::phrase::Phrase;
use crate::tui::page::Look;
use crate::tui::theme::Token;

use super::super::view::Seen;
use super::super::view::sheet::{Column, Content, Sheet};
use super::super::{Focus, Open};
use super::overview;

/// Rows that findings have at least below what is told at a glance.
const LEAST_BELOW: u16 = 8;
/// Columns that a column of names gets at least.
const NAME: u16 = 24;

pub fn draw(open: &Open, sheet: &Sheet, look: &Look<'_>, canvas: &mut Canvas<'_>, area: Rect) {
    let glance = open.explained.as_ref().map(|explained| &explained.overview);
    let glance = glance.filter(|glance| {
        let roomy = area.height >= LEAST_BELOW + overview::ROWS;
        matches!(sheet.content, Content::Findings) && roomy && !glance.services.is_empty()
    });
    let area = match glance {
        Some(glance) => {
            overview::draw(glance, look, canvas, area);
            Rect {
                y: area.y + overview::ROWS,
                height: area.height - overview::ROWS,
                ..area
            }
        }
        None => area,
    };
    let columns = placed(sheet.content.columns(), area);
    heads(sheet, canvas, &columns, area.y);
    let body = Rect {
        y: area.y + 1,
        height: area.height.saturating_sub(1),
        ..area
    };
    canvas.pane(Pane::Body, body);
    if sheet.len() == 0 {
        let none = Phrase::of(Token::Muted, "nothing of that kind in this trace");
        canvas.phrase(body.x + 3, body.y + 1, body.width.saturating_sub(4), &none);
    }
    let seen = open.seen();
    in_full(sheet, &seen, canvas, &columns, body);
    let window = sheet.list.window(body.height.into(), sheet.len());
    for (y, row) in (body.y..).zip(window) {
        let line = Rect {
            y,
            height: 1,
            ..body
        };
        canvas.hit(line, Target::Row(Pane::Body, row));
        let span = sheet.span_of(row, open.explained.as_deref());
        let hit = span.is_some_and(|span| open.find.is_hit(span));
        for &(column, x, width) in &columns {
            let phrase = sheet.cell(row, column, &seen);
            let phrase = if column.letter == 'n' {
                named(&phrase, hit, look)
            } else {
                phrase
            };
            let phrase = phrase.cut(width, canvas.charset());
            match sheet.share(row, column.letter) {
                Some(share) if column.title.is_empty() => bar(canvas, (x, y), width, share),
                Some(share) if phrase.width() + 2 <= width => heat(canvas, (x, y), share),
                _ => {}
            }
            let x = if column.right {
                x + width - phrase.width()
            } else {
                x
            };
            canvas.phrase(x, y, width, &phrase);
        }
        if row == sheet.list.cursor() {
            let token = if open.focus == Focus::Detail {
                Token::CursorIdle
            } else {
                Token::Cursor
            };
            canvas.over(line, token);
            canvas.put(body.x + 1, y, canvas.glyphs.cursor, Token::Accent);
            canvas.cursor_at(y);
        }
    }
}

/// The finding under the cursor once more below them all, where it is cut and there is room.
fn in_full(
    sheet: &Sheet,
    seen: &Seen<'_>,
    canvas: &mut Canvas<'_>,
    columns: &[(&Column, u16, u16)],
    body: Rect,
) {
    let Some(&(column, x, width)) = columns.first() else {
        return;
    };
    if !matches!(sheet.content, Content::Findings) {
        return;
    }
    let sentence = sheet.cell(sheet.list.cursor(), column, seen);
    if sentence.width() <= width {
        return;
    }
    let room = body.width.saturating_sub(4);
    let lines = Shown::from_owned(sentence.plain()).wrap(room.into());
    let below = (body.y..body.bottom()).skip(sheet.len() + 1);
    if below.len() >= lines.len() {
        for (y, line) in below.zip(&lines) {
            canvas.text(x, y, room, line, Token::Strong);
        }
    }
}

/// A name with its service in its hue, marked if it was found.
fn named(phrase: &Phrase, hit: bool, look: &Look<'_>) -> Phrase {
    let mut named = Phrase::default();
    for (text, token) in phrase.parts() {
        let token = match token {
            _ if hit => Token::Match,
            Token::Muted => look.shared.colours.token(text.as_str()),
            token => token,
        };
        named.push(token, text.clone());
    }
    named
}

/// A shade at the left of a figure, by its share of the greatest of its column.
fn heat(canvas: &mut Canvas<'_>, (x, y): (u16, u16), share: f64) {
    let step = (share.clamp(0.0, 1.0) * 7.0).round() as u8;
    if step > 0 {
        canvas.put(x, y, canvas.glyphs.heat(step), Token::Heat(step));
    }
}

fn bar(canvas: &mut Canvas<'_>, (x, y): (u16, u16), width: u16, share: f64) {
    let eighths = (share.clamp(0.0, 1.0) * f64::from(width) * 8.0).round() as u16;
    canvas.repeat(x, y, eighths / 8, canvas.glyphs.own_critical, Token::Accent);
    if !eighths.is_multiple_of(8) {
        let rest = canvas.glyphs.eighth((eighths % 8) as u8);
        canvas.put(x + eighths / 8, y, rest, Token::Accent);
    }
}

fn heads(sheet: &Sheet, canvas: &mut Canvas<'_>, columns: &[(&Column, u16, u16)], y: u16) {
    for &(column, x, width) in columns {
        let sorted = sheet.sort.0 == column.letter && !column.title.is_empty();
        let arrow = match (sorted, sheet.sort.1) {
            (false, _) => String::new(),
            (true, true) => format!(" {}", canvas.glyphs.slow),
            (true, false) => format!(" {}", canvas.glyphs.faster),
        };
        let token = if sorted { Token::Strong } else { Token::Muted };
        let head =
            Shown::from(format!("{}{arrow}", column.title)).cut(width.into(), canvas.charset());
        let x = if column.right {
            (x + width).saturating_sub(head.width() as u16)
        } else {
            x
        };
        canvas.text(x, y, width, &head, token);
    }
}

/// Where each column stands: those of the highest rank are dropped until names have room.
fn placed(columns: &'static [Column], area: Rect) -> Vec<(&'static Column, u16, u16)> {
    let mut kept: Vec<&Column> = columns.iter().collect();
    let room = area.width.saturating_sub(4);
    let taken = |kept: &[&Column]| -> u16 {
        kept.iter()
            .map(|column| if column.width == 0 { NAME } else { column.width } + 2)
            .sum()
    };
    while taken(&kept) > room {
        let Some(most) = kept
            .iter()
            .map(|column| column.rank)
            .max()
            .filter(|&rank| rank > 0)
        else {
            break;
        };
        let at = kept.iter().rposition(|column| column.rank == most);
        at.map(|at| kept.remove(at));
    }
    let fixed: u16 = kept.iter().map(|column| column.width).sum();
    let gaps = 2 * kept.len().saturating_sub(1) as u16;
    let shared = kept
        .iter()
        .filter(|column| column.width == 0)
        .count()
        .max(1) as u16;
    let share = room.saturating_sub(fixed + gaps) / shared;
    let mut x = area.x + 3;
    let place = |column: &'static Column| {
        let width = if column.width == 0 {
            share
        } else {
            column.width
        };
        let at = (column, x, width);
        x += width + 2;
        at
    };
    kept.into_iter().map(place).collect()
}
