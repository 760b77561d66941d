//! Chosen columns between the names and the bars.

use ratatui::layout::Rect;

use crate::tui::canvas::Canvas;
use crate::tui::canvas::hit::Target;
use crate::tui::keymap::Action;
use crate::tui::page::Look;
use crate::tui::theme::Token;

use super::super::Open;
use super::super::columns::Column;

/// Columns between one and the next.
const GAP: u16 = 2;
/// Columns that bars keep.
const BARS: u16 = 26;

/// The columns that there is room for, and how wide each is.
#[derive(Default)]
pub struct Shown(Vec<(Column, u16)>);

impl Shown {
    /// Of the chosen columns the first ones that leave the bars their room.
    pub fn of(open: &Open, look: &Look<'_>, room: u16) -> Self {
        let mut left = room.saturating_sub(BARS);
        let mut shown = Vec::new();
        for name in &look.shared.session.columns {
            let Some(column) = Column::named(name) else {
                continue;
            };
            let width = column.width(open);
            let Some(rest) = left.checked_sub(width + GAP) else {
                break;
            };
            left = rest;
            shown.push((column, width));
        }
        Self(shown)
    }

    /// How wide they are together.
    pub fn width(&self) -> u16 {
        self.0.iter().map(|(_, width)| width + GAP).sum()
    }

    /// Their heads, in the ruler's row.
    pub fn heads(&self, canvas: &mut Canvas<'_>, mut x: u16, y: u16) {
        for (column, width) in &self.0 {
            let head = column.head(*width, canvas.charset());
            if column.is_number() {
                canvas.right(x + width, y, *width, &head, Token::Muted);
            } else {
                canvas.text(x, y, *width, &head, Token::Muted);
            }
            canvas.hit(Rect::new(x, y, *width, 1), Target::Action(Action::Columns));
            x += width + GAP;
        }
    }

    /// The cells of a span.
    pub fn cells(&self, open: &Open, canvas: &mut Canvas<'_>, (mut x, y): (u16, u16), span: usize) {
        for (column, width) in &self.0 {
            let cell = column.cell(open, span);
            if column.is_number() || cell.token == Token::SyntaxNumber {
                canvas.right(x + width, y, *width, &cell.text, cell.token);
            } else {
                canvas.text(x, y, *width, &cell.text, cell.token);
            }
            x += width + GAP;
        }
    }
}
