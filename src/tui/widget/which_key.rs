//! The popup that lists what may follow a prefix, 300 ms after it was typed.

use std::time::Duration;

use ratatui::layout::Rect;

use crate::text::Shown;
use crate::tui::canvas::Canvas;
use crate::tui::keymap::{Action, Context, Key, key};
use crate::tui::phrase::Phrase;
use crate::tui::shared::Shared;
use crate::tui::theme::Token;

use super::frame::key_glyph;

/// Who knows the key is not to be disturbed.
pub const DELAY: Duration = Duration::from_millis(300);
const COLUMN: u16 = 34;

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
    let columns = (screen.width.saturating_sub(2) / COLUMN)
        .clamp(1, 3)
        .min(rows.len().max(1) as u16);
    let height = (rows.len() as u16)
        .div_ceil(columns)
        .min(screen.height.saturating_sub(3));
    let width = (columns * COLUMN + 2).min(screen.width);
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
        let (column, row) = (at as u16 / inside.height, at as u16 % inside.height);
        let x = inside.x + column * COLUMN;
        if x >= inside.right() {
            break;
        }
        let keys = Shown::from(key_glyph(keys, canvas.glyphs));
        let room = COLUMN.min(inside.right() - x).saturating_sub(1);
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
