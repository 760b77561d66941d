//! Where screens draw: cells of a ratatui buffer, through the theme and the glyphs.
//!
//! A canvas takes only [`Shown`] text, so nothing from a trace reaches the terminal uninterpreted.
//! It also records what the frame shows where, as a [`Drawn`]: keys and clicks apply to what the
//! last frame showed, even if data came since.

pub mod hit;
pub mod memo;
pub mod phrase;
pub mod sgr;

mod drawn;
mod popup;

use std::time::Duration;

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use ratatui::style::{Modifier, Style};

use crate::text::{Charset, Shown};

use self::hit::{Pane, Target};
use self::phrase::Phrase;
use super::theme::{Glyphs, Theme, Token};

pub use drawn::Drawn;

/// The cells of one frame.
pub struct Canvas<'a> {
    buffer: &'a mut Buffer,
    theme: &'a Theme,
    /// The glyphs to draw with.
    pub glyphs: &'static Glyphs,
    drawn: Drawn,
    cursor_row: Option<u16>,
}

impl<'a> Canvas<'a> {
    /// A canvas over all of `buffer`.
    pub fn new(buffer: &'a mut Buffer, theme: &'a Theme, glyphs: &'static Glyphs) -> Self {
        Self {
            buffer,
            theme,
            glyphs,
            drawn: Drawn::default(),
            cursor_row: None,
        }
    }

    /// All cells.
    pub fn area(&self) -> Rect {
        self.buffer.area
    }

    /// What was shown where.
    pub fn finish(self) -> Drawn {
        self.drawn
    }

    /// The look of a token.
    pub fn style(&self, token: Token) -> Style {
        self.theme.style(token)
    }

    /// The character set of the glyphs.
    pub fn charset(&self) -> Charset {
        self.glyphs.charset
    }

    /// Writes text from `(x, y)` on, cut at its end to `width` columns. Returns the next free column.
    pub fn text(&mut self, x: u16, y: u16, width: u16, text: &Shown<'_>, token: Token) -> u16 {
        let style = self.style(token);
        self.styled(x, y, width, text, style)
    }

    /// Like [`Canvas::text`], with a style of one's own making.
    pub fn styled(&mut self, x: u16, y: u16, width: u16, text: &Shown<'_>, style: Style) -> u16 {
        let width = width.min(self.buffer.area.right().saturating_sub(x));
        if width == 0 || y >= self.buffer.area.bottom() {
            return x;
        }
        if text.width() <= usize::from(width) {
            return self
                .buffer
                .set_stringn(x, y, text.as_str(), width.into(), style)
                .0;
        }
        let cut = text.clone().cut(width.into(), self.glyphs.charset);
        self.buffer
            .set_stringn(x, y, cut.as_str(), width.into(), style)
            .0
    }

    /// Writes text so that it ends before column `end`, within `width` columns, cut at its end.
    pub fn right(&mut self, end: u16, y: u16, width: u16, text: &Shown<'_>, token: Token) {
        let columns = (text.width() as u16).min(width);
        self.text(end.saturating_sub(columns), y, columns, text, token);
    }

    /// Writes one of our own glyphs.
    pub fn put(&mut self, x: u16, y: u16, glyph: &'static str, token: Token) {
        let style = self.style(token);
        if self.buffer.area.contains(Position::new(x, y)) {
            let room = self.buffer.area.right() - x;
            self.buffer.set_stringn(x, y, glyph, room.into(), style);
        }
    }

    /// Draws one sign of our own that no glyph of the table is: a line of a graph.
    pub fn sign(&mut self, x: u16, y: u16, sign: char, token: Token) {
        let style = self.style(token);
        if let Some(cell) = self.buffer.cell_mut(Position::new(x, y)) {
            cell.set_char(sign).set_style(style);
        }
    }

    /// Draws a braille pattern, U+2800 + `dots`; in ASCII a sign for many dots or few.
    pub fn braille(&mut self, x: u16, y: u16, dots: u8, token: Token) {
        let sign = match (self.charset(), dots.count_ones()) {
            (Charset::Unicode, _) => char::from_u32(0x2800 + u32::from(dots)).unwrap_or(' '),
            (Charset::Ascii, 0) => ' ',
            (Charset::Ascii, 1..4) => '-',
            (Charset::Ascii, _) => '=',
        };
        self.sign(x, y, sign, token);
    }

    /// Writes one of our own glyphs over and over.
    pub fn repeat(&mut self, x: u16, y: u16, width: u16, glyph: &'static str, token: Token) {
        for column in x..x.saturating_add(width).min(self.buffer.area.right()) {
            self.put(column, y, glyph, token);
        }
    }

    /// Writes a phrase, cut to `width` columns. Returns the next free column.
    pub fn phrase(&mut self, x: u16, y: u16, width: u16, phrase: &Phrase) -> u16 {
        let fitting = phrase.clone().cut(width, self.glyphs.charset);
        let end = x.saturating_add(width);
        fitting.parts().fold(x, |at, (text, token)| {
            self.text(at, y, end.saturating_sub(at), text, token)
        })
    }

    /// Lays a look over cells that are already drawn: the cursor's row, a hit.
    pub fn over(&mut self, area: Rect, token: Token) {
        let style = self.style(token);
        self.buffer
            .set_style(area.intersection(self.buffer.area), style);
    }

    /// Gives cells that are already drawn a style of one's own making.
    pub fn restyle(&mut self, area: Rect, style: Style) {
        let area = area.intersection(self.buffer.area);
        self.buffer.set_style(area, Style::reset().patch(style));
    }

    /// Turns cells that are already drawn over, ink for ground: the point of a plot that is meant.
    pub fn reverse(&mut self, area: Rect) {
        let style = Style::new().add_modifier(Modifier::REVERSED);
        self.buffer
            .set_style(area.intersection(self.buffer.area), style);
    }

    /// Empties cells.
    pub fn clear(&mut self, area: Rect, token: Token) {
        let style = self.style(token);
        let area = area.intersection(self.buffer.area);
        for position in area.positions() {
            if let Some(cell) = self.buffer.cell_mut(position) {
                cell.reset();
                cell.set_style(style);
            }
        }
    }

    /// The first words of a row that is already drawn, up to a gap of two columns: what a cursor
    /// is laid over.
    pub fn first_words(&self, row: Rect) -> Rect {
        const MOST: u16 = 24;
        let symbol = |x: u16| {
            self.buffer
                .cell((x, row.y))
                .map_or(" ", |cell| cell.symbol())
        };
        let letter = |x: &u16| symbol(*x).chars().all(char::is_alphanumeric);
        let Some(start) = (row.left()..row.right()).find(letter) else {
            return Rect { width: 0, ..row };
        };
        let gap = |x: &u16| symbol(*x) == " " && symbol(*x + 1) == " ";
        let end = (start..row.right().min(start + MOST)).find(gap);
        Rect {
            x: start,
            width: end.unwrap_or(row.right().min(start + MOST)) - start,
            ..row
        }
    }

    /// Draws the cursor on a row: a bar in its gutter, and `head`, the beginning of the row, laid
    /// over. The row as a whole is left alone: a step would cost two rows of bytes.
    pub fn cursor(&mut self, row: Rect, head: Rect, focused: bool) {
        let token = if focused {
            Token::Cursor
        } else {
            Token::CursorIdle
        };
        self.over(head, token);
        self.put(row.x + 1, row.y, self.glyphs.cursor, Token::Accent);
        self.cursor_at(row.y);
    }

    /// Records the cursor's row, which popups leave free.
    pub fn cursor_at(&mut self, y: u16) {
        self.cursor_row = Some(y);
    }

    /// Records that a click into `area` means `target`.
    pub fn hit(&mut self, area: Rect, target: Target) {
        self.drawn.hits.push((area, target));
    }

    /// Records that the text of a row leads to a page.
    pub fn link(&mut self, area: Rect, url: String) {
        self.drawn.links.push((area, url));
    }

    /// Records that what was drawn so far may lie under something else: nothing of it leads to a
    /// page.
    pub fn unlink(&mut self) {
        self.drawn.links.clear();
    }

    /// Records where a pane is.
    pub fn pane(&mut self, pane: Pane, area: Rect) {
        self.drawn.panes.push((pane, area));
    }

    /// Shows the terminal's cursor here.
    pub fn caret(&mut self, x: u16, y: u16) {
        self.drawn.caret = Some(Position::new(x, y));
    }

    /// Asks for another frame at that time, if none comes before.
    pub fn wake_at(&mut self, at: Duration) {
        self.drawn.wake = Some(self.drawn.wake.map_or(at, |earlier| earlier.min(at)));
    }
}
