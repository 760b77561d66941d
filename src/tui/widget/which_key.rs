//! The popup that lists what may follow a prefix, 300 ms after it was typed.

use std::time::Duration;

use ratatui::layout::Rect;

use crate::text::Shown;
use crate::tui::canvas::Canvas;
use crate::tui::canvas::phrase::Phrase;
use crate::tui::keymap::{Action, Context, Key, key};
use crate::tui::shared::Shared;
use crate::tui::theme::Token;

use super::frame::key_glyph;

/// Who knows the key is not to be disturbed.
pub const DELAY: Duration = Duration::from_millis(300);

/// Columns of the screen that an action gets at least.
const LEAST: u16 = 34;

/// Columns at the left that stay free: a popup as high as the screen does not hide the cursor.
const GUTTER: u16 = 4;

/// Actions side by side at most.
const MOST: u16 = 3;

/// Draws the popup, or asks for the frame in which it is due.
pub fn draw(shared: &Shared, context: Context, canvas: &mut Canvas<'_>) {
    let prefix = shared.pending.prefix();
    if prefix.is_empty() {
        return;
    }
    let due = shared.pressed + DELAY;
    if shared.now < due {
        canvas.wake_at(due);
        return;
    }
    let rows = rows(&shared.keymap.following(context, prefix));
    let screen = canvas.area();
    let columns = columns(&rows, screen);
    let height = (rows.len() as u16)
        .div_ceil(columns)
        .min(screen.height.saturating_sub(3));
    let column = widest(&rows).max(LEAST);
    let width = (columns * column + 2).min(screen.width.saturating_sub(GUTTER));
    let column = width.saturating_sub(2) / columns;
    let area = Rect::new(
        screen.width - width,
        screen.height.saturating_sub(height + 3),
        width,
        height + 2,
    );
    let title = Phrase::of(Token::Accent, key::label(prefix));
    let inside = canvas.popup(area, &title, &Phrase::default());
    if inside.height == 0 {
        return;
    }
    for (at, (keys, action)) in rows.iter().enumerate() {
        let (at_column, row) = (at as u16 / inside.height, at as u16 % inside.height);
        let x = inside.x + at_column * column;
        if x >= inside.right() {
            break;
        }
        let keys = Shown::from(key_glyph(keys, canvas.glyphs));
        let room = column.min(inside.right() - x).saturating_sub(1);
        let next = canvas
            .text(x + 1, inside.y + row, room, &keys, Token::Accent)
            .max(x + 5)
            + 1;
        let sentence = Shown::new(action.entry().sentence);
        canvas.text(
            next,
            inside.y + row,
            (x + room).saturating_sub(next),
            &sentence,
            Token::Text,
        );
    }
}

/// Columns of the screen that the longest action takes, with its keys.
fn widest(rows: &[(String, Action)]) -> u16 {
    let width = |(keys, action): &(String, Action)| {
        let keys = Shown::from(keys.as_str()).width().max(4);
        keys + Shown::new(action.entry().sentence).width() + 3
    };
    rows.iter().map(width).max().unwrap_or(0) as u16
}

/// How many actions stand side by side: so many that each is told in full, unless the popup would
/// hide more than half of the screen.
fn columns(rows: &[(String, Action)], screen: Rect) -> u16 {
    let most = MOST.min(rows.len().max(1) as u16);
    let beside = |width: u16| (screen.width.saturating_sub(2) / width.max(1)).clamp(1, most);
    let (whole, cut) = (beside(widest(rows).max(LEAST)), beside(LEAST));
    let fits = (rows.len() as u16).div_ceil(whole) <= screen.height / 2;
    if fits { whole } else { cut }
}

/// One row for each action, its alternatives side by side.
fn rows(following: &[(Vec<Key>, Action)]) -> Vec<(String, Action)> {
    let mut rows: Vec<(String, Action)> = Vec::new();
    for (keys, action) in following {
        let label = key::label(keys);
        match rows.last_mut() {
            Some((labels, last)) if last == action => {
                labels.push(' ');
                labels.push_str(&label);
            }
            _ => rows.push((label, *action)),
        }
    }
    rows
}
