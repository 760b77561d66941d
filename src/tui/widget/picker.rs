//! A list narrowed by typing, best match first: palette, themes, backends, history.
//!
//! Patterns are those of fzf: `word`, `'exact`, `^start`, `end$`, `!not`, parted by blanks.

use nucleo_matcher::pattern::{CaseMatching, Normalization, Pattern};
use nucleo_matcher::{Config, Matcher, Utf32Str};
use ratatui::layout::Rect;

use crate::text::Shown;
use crate::tui::canvas::Canvas;
use crate::tui::canvas::hit::{Gesture, Pane, Target, Touch};
use crate::tui::keymap::Action;
use crate::tui::page::Act;
use crate::tui::theme::Token;

use super::input::Input;
use super::list::List;

/// One thing to pick.
#[derive(Debug, Clone, PartialEq)]
pub struct Item<T> {
    /// What picking it means.
    pub value: T,
    /// A word for its class, in front: `theme`, `service`. May be empty.
    pub class: &'static str,
    /// What is matched and shown.
    pub label: Shown<'static>,
    /// Something on the right: its key, its count.
    pub aside: Shown<'static>,
}

/// Things to pick from, and what was typed to narrow them.
#[derive(Debug, Clone, PartialEq)]
pub struct Picker<T> {
    pub input: Input,
    items: Vec<Item<T>>,
    found: Vec<usize>,
    list: List,
}

impl<T> Picker<T> {
    /// All items, nothing typed.
    pub fn new(items: Vec<Item<T>>) -> Self {
        let found = (0..items.len()).collect();
        Self {
            input: Input::default(),
            items,
            found,
            list: List::default(),
        }
    }

    /// The item under the cursor.
    pub fn chosen(&self) -> Option<&Item<T>> {
        self.items.get(*self.found.get(self.list.cursor())?)
    }

    /// Other items, narrowed by what is typed already.
    pub fn replace(&mut self, items: Vec<Item<T>>) {
        self.items = items;
        self.narrow();
    }

    /// Takes the wheel, or a click on a row. Returns whether a row was clicked.
    pub fn touched(&mut self, touch: &Touch, rows: usize) -> bool {
        match (touch.gesture, &touch.target) {
            (Gesture::Click | Gesture::DoubleClick, Target::Row(_, row)) => {
                self.choose_row(*row);
                true
            }
            (Gesture::Wheel(by), _) => {
                self.list.wheel(by, rows, self.found.len());
                false
            }
            _ => false,
        }
    }

    /// Puts the cursor on the first item that satisfies `wanted`.
    pub fn choose(&mut self, wanted: impl Fn(&T) -> bool) {
        let row = self
            .found
            .iter()
            .position(|at| wanted(&self.items[*at].value));
        self.list.go(row.unwrap_or(0), usize::MAX, self.found.len());
    }

    /// Puts the cursor on a row.
    pub fn choose_row(&mut self, row: usize) {
        self.list.go(row, usize::MAX, self.found.len());
    }

    /// How many items match.
    pub fn len(&self) -> usize {
        self.found.len()
    }

    /// Whether no item matches.
    pub fn is_empty(&self) -> bool {
        self.found.is_empty()
    }

    /// Typing and choosing. Returns false for any other action.
    pub fn act(&mut self, act: Act, rows: usize) -> bool {
        match act.action {
            Action::ChooseNext => self.step(1, rows),
            Action::ChoosePrevious => self.step(-1, rows),
            action if self.input.act(action) => self.narrow(),
            _ => return false,
        }
        true
    }

    /// Types a character.
    pub fn typed(&mut self, c: char) {
        self.input.insert(c);
        self.narrow();
    }

    /// Goes round at both ends.
    fn step(&mut self, by: isize, rows: usize) {
        let len = self.found.len().max(1);
        let to = (self.list.cursor() + len).saturating_add_signed(by) % len;
        self.list.go(to, rows, len);
    }

    fn narrow(&mut self) {
        let mut matcher = Matcher::new(Config::DEFAULT);
        let pattern = Pattern::parse(self.input.text(), CaseMatching::Smart, Normalization::Smart);
        let mut buffer = Vec::new();
        let mut scored: Vec<(u32, usize)> = Vec::new();
        let mut places = Vec::new();
        for (at, item) in self.items.iter().enumerate() {
            let text = Utf32Str::new(item.label.as_str(), &mut buffer);
            places.clear();
            let score = pattern.indices(text, &mut matcher, &mut places);
            places.sort_unstable();
            places.dedup();
            let words = self.input.text().trim();
            let score = score.filter(|_| !is_scattered(item.label.as_str(), words, &places));
            scored.extend(score.map(|score| (score, at)));
        }
        scored.sort_by_key(|(score, at)| (std::cmp::Reverse(*score), *at));
        self.found = scored.into_iter().map(|(_, at)| at).collect();
        self.list = List::default();
    }

    /// Draws the visible items.
    pub fn draw(&self, canvas: &mut Canvas<'_>, area: Rect) {
        canvas.pane(Pane::Popup, area);
        let window = self.list.window(area.height.into(), self.found.len());
        let class_width = self
            .items
            .iter()
            .map(|item| item.class.len())
            .max()
            .map_or(0, |w| w as u16 + 2);
        let class_width = if class_width == 2 { 0 } else { class_width };
        for (y, row) in (area.y..area.bottom()).zip(window) {
            let Some(item) = self.found.get(row).and_then(|at| self.items.get(*at)) else {
                continue;
            };
            let line = Rect::new(area.x, y, area.width, 1);
            canvas.text(
                area.x + 1,
                y,
                class_width,
                &Shown::new(item.class),
                Token::Muted,
            );
            let x = area.x + 1 + class_width;
            let aside = item.aside.width() as u16;
            let room = area.right().saturating_sub(x + aside + 2);
            canvas.text(x, y, room, &item.label, Token::Text);
            canvas.right(
                area.right().saturating_sub(1),
                y,
                aside,
                &item.aside,
                Token::Accent,
            );
            if row == self.list.cursor() {
                canvas.put(area.x, y, canvas.glyphs.cursor, Token::Accent);
                canvas.over(line, Token::Cursor);
            }
            canvas.hit(line, Target::Row(Pane::Popup, row));
        }
    }
}

/// Whether a match is picked together from letters here and there: more than one in four of them
/// stands alone inside a word, or one word's letters lie far apart.
fn is_scattered(label: &str, typed: &str, places: &[u32]) -> bool {
    let extent = places
        .first()
        .zip(places.last())
        .map_or(0, |(a, b)| b - a + 1);
    if !typed.contains(' ') && extent as usize > 3 * places.len() + 8 {
        return true;
    }
    let letters: Vec<char> = label.chars().collect();
    let matched = |at: u32| places.binary_search(&at).is_ok();
    let begins = |at: u32| {
        let before = at
            .checked_sub(1)
            .and_then(|before| letters.get(before as usize));
        before.is_none_or(|c| !c.is_alphanumeric())
    };
    let alone = |at: &&u32| {
        let (at, before) = (**at, at.checked_sub(1));
        !begins(at) && !before.is_some_and(matched) && !matched(at + 1)
    };
    places.iter().filter(alone).count() * 4 > places.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn picker() -> Picker<usize> {
        let labels = [
            "critical path on or off",
            "next critical segment",
            "theme",
            "copy the row",
        ];
        let item = |(value, label): (usize, &'static str)| Item {
            value,
            class: "",
            label: Shown::new(label),
            aside: Shown::default(),
        };
        Picker::new(labels.into_iter().enumerate().map(item).collect())
    }

    fn found(typed: &str) -> Vec<usize> {
        let mut picker = picker();
        typed.chars().for_each(|c| picker.typed(c));
        picker.found.clone()
    }

    #[test]
    fn typing_narrows_and_orders() {
        assert_eq!(found(""), [0, 1, 2, 3]);
        assert_eq!(found("crit"), [0, 1]);
        assert_eq!(found("cp"), [0]);
        assert_eq!(found("ctr"), [3]);
        assert!(found("cet").is_empty());
        assert!(found("crof").is_empty());
        assert_eq!(found("^next"), [1]);
        assert_eq!(found("critical !next"), [0]);
        assert!(found("zzz").is_empty());
    }

    #[test]
    fn choosing_goes_round() {
        let mut picker = picker();
        picker.act(Act::of(Action::ChoosePrevious), 10);
        assert_eq!(picker.chosen().map(|item| item.value), Some(3));
        picker.act(Act::of(Action::ChooseNext), 10);
        assert_eq!(picker.chosen().map(|item| item.value), Some(0));
    }
}
