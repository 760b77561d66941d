//! The terminal's events as messages: keys by their one name, the mouse as gestures.

use std::time::Duration;

use crossterm::event::{
    Event, KeyCode, KeyEvent, KeyEventKind, KeyModifiers, MouseButton, MouseEvent, MouseEventKind,
};

use crate::tui::canvas::hit::Gesture;
use crate::tui::keymap::{Code, Key};
use crate::tui::msg::Msg;

/// Two clicks on a cell within this time are one double click.
const DOUBLE: Duration = Duration::from_millis(400);
/// Rows that one step of the wheel scrolls.
const WHEEL: i16 = 3;

/// What must be remembered between events: where the button went down, and the last click.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Input {
    down: Option<(u16, u16)>,
    dragged: bool,
    clicked: Option<((u16, u16), Duration)>,
}

impl Input {
    /// The message of an event that came at `now`; `None` if it means nothing.
    pub fn msg(&mut self, event: Event, now: Duration) -> Option<Msg> {
        match event {
            Event::Key(event) => key(event).map(Msg::Key),
            Event::Paste(text) => Some(Msg::Paste(text)),
            Event::Resize(width, height) => Some(Msg::Resize(width, height)),
            Event::Mouse(event) => {
                let (x, y) = (event.column, event.row);
                self.gesture(event, now)
                    .map(|gesture| Msg::Mouse { gesture, x, y })
            }
            Event::FocusGained | Event::FocusLost => None,
        }
    }

    fn gesture(&mut self, event: MouseEvent, now: Duration) -> Option<Gesture> {
        let at = (event.column, event.row);
        match event.kind {
            MouseEventKind::Down(MouseButton::Left) => {
                (self.down, self.dragged) = (Some(at), false);
                let again = self
                    .clicked
                    .take()
                    .is_some_and(|(cell, then)| cell == at && now.saturating_sub(then) < DOUBLE);
                if again {
                    return Some(Gesture::DoubleClick);
                }
                self.clicked = Some((at, now));
                Some(Gesture::Click)
            }
            MouseEventKind::Down(MouseButton::Right) => Some(Gesture::Menu),
            MouseEventKind::Drag(MouseButton::Left) => {
                self.dragged = true;
                self.down.map(|from| Gesture::Drag { from })
            }
            MouseEventKind::Up(MouseButton::Left) => {
                let dragged = std::mem::take(&mut self.dragged);
                self.down
                    .take()
                    .filter(|_| dragged)
                    .map(|from| Gesture::Drop { from })
            }
            MouseEventKind::ScrollDown => Some(Gesture::Wheel(WHEEL)),
            MouseEventKind::ScrollUp => Some(Gesture::Wheel(-WHEEL)),
            _ => None,
        }
    }
}

/// A press or a repetition by its one name. Terminals send Enter, Tab, Esc and Backspace as Ctrl
/// and a letter too, so those letters are never keys of their own.
fn key(event: KeyEvent) -> Option<Key> {
    if event.kind == KeyEventKind::Release {
        return None;
    }
    let ctrl = event.modifiers.contains(KeyModifiers::CONTROL);
    let alt = event.modifiers.contains(KeyModifiers::ALT);
    let shift = event.modifiers.contains(KeyModifiers::SHIFT);
    let code = match event.code {
        KeyCode::Char('m' | 'j') if ctrl => return Some(Key::plain(Code::Enter)),
        KeyCode::Char('[') if ctrl => return Some(Key::plain(Code::Esc)),
        KeyCode::Char('h') if ctrl => return Some(Key::plain(Code::Backspace)),
        KeyCode::Char(c) if ctrl => Code::Char(c.to_ascii_lowercase()),
        KeyCode::Char(c) => Code::Char(c),
        KeyCode::Enter => Code::Enter,
        KeyCode::Esc => Code::Esc,
        KeyCode::Tab if shift => Code::BackTab,
        KeyCode::Tab => Code::Tab,
        KeyCode::BackTab => Code::BackTab,
        KeyCode::Backspace => Code::Backspace,
        KeyCode::Delete => Code::Delete,
        KeyCode::Up => Code::Up,
        KeyCode::Down => Code::Down,
        KeyCode::Left => Code::Left,
        KeyCode::Right => Code::Right,
        KeyCode::Home => Code::Home,
        KeyCode::End => Code::End,
        KeyCode::PageUp => Code::PageUp,
        KeyCode::PageDown => Code::PageDown,
        _ => return None,
    };
    Some(Key { code, ctrl, alt })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pressed(code: KeyCode, modifiers: KeyModifiers) -> Option<Key> {
        key(KeyEvent::new(code, modifiers))
    }

    #[test]
    fn keys_have_one_name_and_releases_none() {
        assert_eq!(
            pressed(KeyCode::Char('D'), KeyModifiers::CONTROL),
            Some(Key::ctrl('d'))
        );
        assert_eq!(
            pressed(KeyCode::Char('G'), KeyModifiers::SHIFT),
            Some(Key::char('G'))
        );
        assert_eq!(
            pressed(KeyCode::Char('j'), KeyModifiers::CONTROL),
            Some(Key::plain(Code::Enter))
        );
        assert_eq!(
            pressed(KeyCode::Tab, KeyModifiers::SHIFT),
            Some(Key::plain(Code::BackTab))
        );
        assert_eq!(pressed(KeyCode::F(1), KeyModifiers::NONE), None);
        let release = KeyEvent::new_with_kind(
            KeyCode::Char('a'),
            KeyModifiers::NONE,
            KeyEventKind::Release,
        );
        assert_eq!(key(release), None);
    }

    #[test]
    fn clicks_drags_and_double_clicks_are_told_apart() {
        let mut input = Input::default();
        let mut at = |kind, column, ms| {
            let event = MouseEvent {
                kind,
                column,
                row: 0,
                modifiers: KeyModifiers::NONE,
            };
            match input.msg(Event::Mouse(event), Duration::from_millis(ms)) {
                Some(Msg::Mouse { gesture, .. }) => Some(gesture),
                _ => None,
            }
        };
        let (down, up) = (
            MouseEventKind::Down(MouseButton::Left),
            MouseEventKind::Up(MouseButton::Left),
        );
        let drag = MouseEventKind::Drag(MouseButton::Left);
        assert_eq!(at(down, 5, 0), Some(Gesture::Click));
        assert_eq!(at(up, 5, 50), None);
        assert_eq!(at(down, 5, 200), Some(Gesture::DoubleClick));
        assert_eq!(at(up, 5, 250), None);
        assert_eq!(at(down, 5, 300), Some(Gesture::Click));
        assert_eq!(at(drag, 9, 350), Some(Gesture::Drag { from: (5, 0) }));
        assert_eq!(at(up, 9, 400), Some(Gesture::Drop { from: (5, 0) }));
        assert_eq!(at(down, 5, 2000), Some(Gesture::Click));
    }
}
