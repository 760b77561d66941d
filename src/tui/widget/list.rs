//! Where a list stands: its cursor, and which row is on top. The rows themselves are the screen's;
//! only those of [`List::window`] are ever looked at.

use std::ops::Range;

use crate::tui::keymap::Action;
use crate::tui::page::Act;

/// The cursor and the first visible row of a list.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct List {
    cursor: usize,
    top: usize,
}

impl List {
    /// The row of the cursor.
    pub fn cursor(self) -> usize {
        self.cursor
    }

    /// The rows to draw, of `len`, in `height` rows: always with the cursor among them.
    pub fn window(self, height: usize, len: usize) -> Range<usize> {
        let height = height.max(1);
        let cursor = self.cursor.min(len.saturating_sub(1));
        let top = self
            .top
            .min(cursor)
            .max((cursor + 1).saturating_sub(height));
        let top = top.min(len.saturating_sub(height));
        top..(top + height).min(len)
    }

    /// Puts the cursor on a row, scrolling as little as needed.
    pub fn go(&mut self, row: usize, height: usize, len: usize) {
        self.cursor = row.min(len.saturating_sub(1));
        self.top = self.window(height, len).start;
    }

    /// Puts the cursor on a row that was elsewhere before, at the same height on the screen: the
    /// rows around it moved, not the reader's eye.
    pub fn follow(&mut self, row: usize) {
        let offset = self.cursor - self.top.min(self.cursor);
        self.cursor = row;
        self.top = row.saturating_sub(offset);
    }

    /// How many rows stand above the cursor's, where the list is scrolled.
    pub fn above(self) -> Option<usize> {
        (self.top > 0).then(|| self.cursor.saturating_sub(self.top))
    }

    /// Scrolls so that so many rows stand above the cursor's, if there are as many.
    pub fn leave_above(&mut self, rows: usize) {
        self.top = self.cursor.saturating_sub(rows);
    }

    /// Does a movement. Returns false for any other action.
    pub fn act(&mut self, act: Act, height: usize, len: usize) -> bool {
        let times = act.times();
        let last = len.saturating_sub(1);
        let half = (height / 2).max(1);
        let to = match act.action {
            Action::Down => self.cursor.saturating_add(times),
            Action::Up => self.cursor.saturating_sub(times),
            Action::HalfPageDown => self.cursor.saturating_add(half * times),
            Action::HalfPageUp => self.cursor.saturating_sub(half * times),
            Action::PageDown => self.cursor.saturating_add(height * times),
            Action::PageUp => self.cursor.saturating_sub(height * times),
            Action::Top => act.count.map_or(0, |row| row.saturating_sub(1) as usize),
            Action::Bottom => act.count.map_or(last, |row| row.saturating_sub(1) as usize),
            Action::RowToMiddle => return self.place(height / 2, height, len),
            Action::RowToTop => return self.place(0, height, len),
            Action::RowToBottom => return self.place(height.saturating_sub(1), height, len),
            _ => return false,
        };
        self.go(to, height, len);
        true
    }

    /// Scrolls by rows, taking the cursor along only if it would be lost.
    pub fn wheel(&mut self, rows: i16, height: usize, len: usize) {
        let top = self
            .window(height, len)
            .start
            .saturating_add_signed(rows.into());
        self.top = top.min(len.saturating_sub(height));
        let seen = self.top..(self.top + height.max(1));
        self.cursor = self
            .cursor
            .clamp(seen.start, seen.end - 1)
            .min(len.saturating_sub(1));
    }

    fn place(&mut self, offset: usize, height: usize, len: usize) -> bool {
        self.top = self.cursor.saturating_sub(offset);
        self.top = self.window(height, len).start;
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn after(mut list: List, actions: &[Act]) -> (usize, usize) {
        for act in actions {
            assert!(list.act(*act, 10, 100));
        }
        (list.cursor, list.top)
    }

    #[test]
    fn the_cursor_never_leaves_the_window() {
        let down = |n| Act {
            count: Some(n),
            ..Act::of(Action::Down)
        };
        assert_eq!(after(List::default(), &[down(12)]), (12, 3));
        assert_eq!(
            after(List::default(), &[down(12), Act::of(Action::Up)]),
            (11, 3)
        );
        assert_eq!(after(List::default(), &[Act::of(Action::Bottom)]), (99, 90));
        assert_eq!(
            after(List::default(), &[down(50), Act::of(Action::RowToTop)]),
            (50, 50)
        );
        assert_eq!(
            after(List::default(), &[down(50), Act::of(Action::RowToMiddle)]),
            (50, 45)
        );
        let fifth = Act {
            count: Some(5),
            ..Act::of(Action::Bottom)
        };
        assert_eq!(after(List::default(), &[fifth]), (4, 0));
    }

    #[test]
    fn a_short_or_empty_list_has_a_window_too() {
        let list = List { cursor: 7, top: 5 };
        assert_eq!(list.window(10, 0), 0..0);
        assert_eq!(list.window(10, 3), 0..3);
        assert_eq!(list.window(0, 3), 2..3);
    }

    #[test]
    fn a_row_that_moved_keeps_its_place_on_the_screen() {
        let mut list = List { cursor: 12, top: 8 };
        list.follow(40);
        assert_eq!((list.cursor, list.window(10, 100)), (40, 36..46));
    }

    #[test]
    fn the_wheel_takes_the_cursor_along_only_at_the_edge() {
        let mut list = List { cursor: 12, top: 8 };
        list.wheel(3, 10, 100);
        assert_eq!((list.cursor, list.top), (12, 11));
        list.wheel(3, 10, 100);
        assert_eq!((list.cursor, list.top), (14, 14));
        list.wheel(-100, 10, 100);
        assert_eq!((list.cursor, list.top), (9, 0));
    }
}
