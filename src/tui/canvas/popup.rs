//! Parts of the screen that are drawn over it or in it: popups, panes that are screens of their own.

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

use crate::tui::canvas::hit::Target;
use crate::tui::canvas::phrase::Phrase;
use crate::tui::theme::Token;

use super::Canvas;

impl Canvas<'_> {
    /// An empty box with a title and a foot on its border. Returns what is inside.
    pub fn popup(&mut self, area: Rect, title: &Phrase, foot: &Phrase) -> Rect {
        let area = area.intersection(self.buffer.area);
        self.clear(area, Token::Panel);
        if area.width < 2 || area.height < 2 {
            return area;
        }
        let g = self.glyphs;
        let (left, right) = (area.left(), area.right() - 1);
        let (top, bottom) = (area.top(), area.bottom() - 1);
        for y in [top, bottom] {
            self.repeat(left + 1, y, area.width - 2, g.edge, Token::Border);
        }
        for y in top + 1..bottom {
            self.put(left, y, g.vertical, Token::Border);
            self.put(right, y, g.vertical, Token::Border);
        }
        let corners = [
            (left, top, g.corner_nw),
            (right, top, g.corner_ne),
            (left, bottom, g.corner_sw),
        ];
        for (x, y, glyph) in corners.into_iter().chain([(right, bottom, g.corner_se)]) {
            self.put(x, y, glyph, Token::Border);
        }
        for (phrase, y) in [(title, top), (foot, bottom)] {
            if !phrase.is_empty() {
                let framed = Phrase::text(" ").with(phrase.clone()).and(Token::Text, " ");
                self.phrase(left + 1, y, area.width - 2, &framed);
            }
        }
        self.hit(area, Target::Nothing);
        area.inner(ratatui::layout::Margin::new(1, 1))
    }

    /// A part of the screen that is drawn as if it were all of it. Without the keys, all of it is one
    /// place to click at, which takes them there.
    pub fn inset(&mut self, area: Rect, focused: bool, draw: impl FnOnce(&mut Canvas<'_>)) {
        let mut buffer = Buffer::empty(Rect::new(0, 0, area.width, area.height));
        let mut part = Canvas::new(&mut buffer, self.theme, self.glyphs);
        part.clear(part.area(), Token::Ground);
        draw(&mut part);
        let row = part.cursor_row;
        let drawn = part.finish();
        for at in buffer.area.positions() {
            let to = self.buffer.cell_mut((at.x + area.x, at.y + area.y));
            if let (Some(to), Some(cell)) = (to, buffer.cell(at)) {
                *to = cell.clone();
            }
        }
        if let Some(at) = drawn.wake {
            self.wake_at(at);
        }
        if !focused {
            return self.hit(area, Target::Beside);
        }
        let moved = |inner: Rect| Rect {
            x: inner.x + area.x,
            y: inner.y + area.y,
            ..inner
        };
        let hits = drawn.hits.into_iter();
        self.drawn
            .hits
            .extend(hits.map(|(at, target)| (moved(at), target)));
        let panes = drawn.panes.into_iter();
        self.drawn
            .panes
            .extend(panes.map(|(pane, at)| (pane, moved(at))));
        let links = drawn.links.into_iter();
        self.drawn
            .links
            .extend(links.map(|(at, url)| (moved(at), url)));
        self.drawn.caret = drawn
            .caret
            .map(|at| Position::new(at.x + area.x, at.y + area.y));
        self.cursor_row = row.map(|row| row + area.y);
    }

    /// Where a popup of that size goes: into the half of the screen that the cursor is not in.
    pub fn place(&self, width: u16, height: u16) -> Rect {
        let screen = self.buffer.area;
        let (width, height) = (
            width.min(screen.width),
            height.min(screen.height.saturating_sub(2)),
        );
        let x = screen.x + (screen.width - width) / 2;
        let below = self.cursor_row.is_none_or(|row| row < screen.height / 2);
        let y = if below {
            screen.bottom().saturating_sub(height + 1)
        } else {
            screen.y + 1
        };
        Rect::new(x, y, width, height)
    }

    /// Where a popup of that size goes that hides what is below anyway: into the middle.
    pub fn centred(&self, width: u16, height: u16) -> Rect {
        let screen = self.buffer.area;
        let (width, height) = (width.min(screen.width), height.min(screen.height));
        Rect::new(
            screen.x + (screen.width - width) / 2,
            screen.y + (screen.height - height) / 2,
            width,
            height,
        )
    }
}
