//! One line of text being typed: a cursor between grapheme clusters, the usual editing keys, a
//! proposal behind the cursor.

use unicode_segmentation::UnicodeSegmentation;

use crate::text::{self, Shown};
use crate::tui::canvas::Canvas;
use crate::tui::keymap::Action;
use crate::tui::theme::Token;

/// Longer input than this is cut: no query is, and a pasted file must not freeze the screen.
const MAX_BYTES: usize = 64 * 1024;

/// A line of text and the cursor in it, a byte offset on a cluster's boundary.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Input {
    text: String,
    cursor: usize,
}

impl Input {
    /// That text, the cursor at its end.
    pub fn new(text: impl Into<String>) -> Self {
        let text = text.into();
        Self {
            cursor: text.len(),
            text,
        }
    }

    /// The text.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The byte offset of the cursor.
    pub fn cursor(&self) -> usize {
        self.cursor
    }

    /// What stands before the cursor, and what behind it.
    pub fn split(&self) -> (&str, &str) {
        self.text
            .split_at_checked(self.cursor)
            .unwrap_or((&self.text, ""))
    }

    /// Puts other text in its place, the cursor at byte `cursor` or the next boundary before it.
    pub fn set(&mut self, text: impl Into<String>, cursor: usize) {
        self.text = text.into();
        self.cursor = self
            .boundaries()
            .take_while(|at| *at <= cursor)
            .last()
            .unwrap_or(0);
    }

    /// Inserts a character at the cursor.
    pub fn insert(&mut self, c: char) {
        self.insert_str(c.encode_utf8(&mut [0; 4]));
    }

    /// Inserts text at the cursor; line breaks become blanks, other controls are left out.
    pub fn insert_str(&mut self, text: &str) {
        for c in text.chars() {
            let c = if matches!(c, '\n' | '\r' | '\t') {
                ' '
            } else {
                c
            };
            if !c.is_control() && self.text.len() + c.len_utf8() <= MAX_BYTES {
                self.text.insert(self.cursor, c);
                self.cursor += c.len_utf8();
            }
        }
    }

    /// Does an editing action. Returns false for any other.
    pub fn act(&mut self, action: Action) -> bool {
        match action {
            Action::EditLeft => self.cursor = self.before(),
            Action::EditRight => self.cursor = self.after(),
            Action::EditStart => self.cursor = 0,
            Action::EditEnd => self.cursor = self.text.len(),
            Action::EraseBack => self.erase(self.before(), self.cursor),
            Action::Erase => self.erase(self.cursor, self.after()),
            Action::EraseWord => self.erase(self.word_start(), self.cursor),
            Action::EraseToStart => self.erase(0, self.cursor),
            Action::EraseToEnd => self.erase(self.cursor, self.text.len()),
            _ => return false,
        }
        true
    }

    fn erase(&mut self, from: usize, to: usize) {
        self.text.replace_range(from..to, "");
        self.cursor = from;
    }

    fn boundaries(&self) -> impl Iterator<Item = usize> {
        self.text
            .grapheme_indices(true)
            .map(|(at, _)| at)
            .chain([self.text.len()])
    }

    fn before(&self) -> usize {
        self.boundaries()
            .take_while(|at| *at < self.cursor)
            .last()
            .unwrap_or(0)
    }

    fn after(&self) -> usize {
        self.boundaries()
            .find(|at| *at > self.cursor)
            .unwrap_or(self.text.len())
    }

    /// Where the word before the cursor starts; blanks behind it belong to it.
    fn word_start(&self) -> usize {
        let before = self.split().0.trim_end();
        before
            .char_indices()
            .rev()
            .find(|(_, c)| !is_word(*c))
            .map_or(0, |(at, c)| {
                let start = at + c.len_utf8();
                if start == before.len() { at } else { start }
            })
    }

    /// Draws the text in `width` columns, scrolled so that the cursor is seen, and the proposal
    /// behind it. `focused` shows the terminal's cursor.
    pub fn draw(
        &self,
        canvas: &mut Canvas<'_>,
        (x, y): (u16, u16),
        width: u16,
        ghost: &str,
        focused: bool,
    ) {
        if width == 0 {
            return;
        }
        let (before, after) = self.split();
        let at = Shown::new(before).width();
        let room = usize::from(width);
        let skipped = (at + 1).saturating_sub(room);
        let end = x.saturating_add(width);
        let visible = Shown::new(before).columns(skipped, room);
        let next = canvas.text(x, y, width, &visible, Token::Input);
        let caret = x + (at - skipped).min(room) as u16;
        let next = canvas.text(
            next,
            y,
            end.saturating_sub(next),
            &Shown::new(ghost),
            Token::Ghost,
        );
        canvas.text(
            next,
            y,
            end.saturating_sub(next),
            &Shown::new(after),
            Token::Input,
        );
        if focused {
            canvas.caret(caret.min(end - 1), y);
        }
    }

    /// Columns that the text takes.
    pub fn width(&self) -> usize {
        text::width(Shown::new(&self.text).as_str())
    }
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_cursor_moves_over_whole_clusters() {
        let mut input = Input::new("ae\u{301}注");
        input.act(Action::EditLeft);
        input.act(Action::EditLeft);
        input.insert('x');
        assert_eq!(input.text(), "axe\u{301}注");
        input.act(Action::Erase);
        assert_eq!(input.text(), "ax注");
        input.act(Action::EraseBack);
        assert_eq!(input.split(), ("a", "注"));
    }

    #[test]
    fn a_word_is_erased_as_people_expect() {
        let mut input = Input::new("{ span.http = ");
        let mut steps = Vec::new();
        for _ in 0..5 {
            input.act(Action::EraseWord);
            steps.push(input.text().to_owned());
        }
        assert_eq!(steps, ["{ span.http ", "{ span.", "{ span", "{ ", ""]);
    }

    #[test]
    fn pasted_lines_become_one_and_controls_vanish() {
        let mut input = Input::default();
        input.insert_str("a\nb\x1b[2Jc");
        assert_eq!(input.text(), "a b[2Jc");
        input.set("größe", 4);
        assert_eq!(input.split(), ("grö", "ße"));
    }
}
