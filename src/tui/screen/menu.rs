//! A few choices by letter: sort, time, and questions before something is lost.
//!
//! A menu belongs to an action. Choosing performs that action again, now with the letter, so that
//! whoever opened the menu hears the choice and scripts can skip it.

use ratatui::layout::Rect;

use crate::text::Shown;
use crate::tui::canvas::Canvas;
use crate::tui::canvas::hit::{Gesture, Pane, Target, Touch};
use crate::tui::canvas::phrase::Phrase;
use crate::tui::keymap::{Action, Context};
use crate::tui::page::{Act, Cx, Look, Move, Page};
use crate::tui::theme::Token;
use crate::tui::widget::list::List;

/// One choice: its letter (never j, k, q), what it is, and something beside it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice {
    pub letter: char,
    pub label: Shown<'static>,
    pub aside: Shown<'static>,
}

impl Choice {
    /// A choice with nothing beside it.
    pub fn new(letter: char, label: impl Into<Shown<'static>>) -> Self {
        Self {
            letter,
            label: label.into(),
            aside: Shown::default(),
        }
    }
}

/// The choices of an action.
#[derive(Debug, Clone, PartialEq)]
pub struct Menu {
    action: Action,
    title: Shown<'static>,
    choices: Vec<Choice>,
    list: List,
}

impl Menu {
    /// The choices of `action`, the cursor on the one of `letter`.
    pub fn new(
        action: Action,
        title: impl Into<Shown<'static>>,
        choices: Vec<Choice>,
        letter: Option<char>,
    ) -> Self {
        let mut list = List::default();
        let at = choices
            .iter()
            .position(|choice| Some(choice.letter) == letter)
            .unwrap_or(0);
        list.go(at, usize::MAX, choices.len());
        Self {
            action,
            title: title.into(),
            choices,
            list,
        }
    }

    /// A question that is answered by yes or no.
    pub fn confirm(
        action: Action,
        question: impl Into<Shown<'static>>,
        yes: &'static str,
        no: &'static str,
    ) -> Self {
        let choices = vec![Choice::new('n', no), Choice::new('y', yes)];
        Self::new(action, question, choices, Some('n'))
    }

    fn choose(&self, letter: char, cx: &mut Cx<'_>) {
        cx.go(Move::Leave);
        cx.go(Move::Perform(Act {
            letter: Some(letter),
            ..Act::of(self.action)
        }));
    }
}

impl Page for Menu {
    fn context(&self) -> Context {
        Context::Menu
    }

    fn act(&mut self, act: Act, cx: &mut Cx<'_>) -> bool {
        match act.action {
            Action::CloseMenu | Action::Dismiss => cx.go(Move::Leave),
            Action::Run => {
                if let Some(choice) = self.choices.get(self.list.cursor()) {
                    self.choose(choice.letter, cx);
                }
            }
            _ => return self.list.act(act, self.choices.len(), self.choices.len()),
        }
        true
    }

    fn typed(&mut self, c: char, cx: &mut Cx<'_>) {
        if self.choices.iter().any(|choice| choice.letter == c) {
            self.choose(c, cx);
        }
    }

    fn touched(&mut self, touch: &Touch, cx: &mut Cx<'_>) {
        let Target::Row(_, row) = touch.target else {
            return;
        };
        let clicked = matches!(touch.gesture, Gesture::Click | Gesture::DoubleClick);
        if let Some(choice) = self.choices.get(row).filter(|_| clicked) {
            self.choose(choice.letter, cx);
        }
    }

    fn draw(&self, _look: &Look<'_>, canvas: &mut Canvas<'_>) {
        let widest = self
            .choices
            .iter()
            .map(|c| c.label.width() + c.aside.width() + 2)
            .max()
            .unwrap_or(0);
        let width = (widest + 8).max(self.title.width() + 6) as u16;
        let area = canvas.place(width, self.choices.len() as u16 + 2);
        let foot = Phrase::of(Token::Accent, "q").and(Token::Muted, " closes");
        let inside = canvas.popup(area, &Phrase::text(self.title.clone()), &foot);
        for (y, (row, choice)) in (inside.y..inside.bottom()).zip(self.choices.iter().enumerate()) {
            let line = Rect::new(inside.x, y, inside.width, 1);
            canvas.text(
                inside.x + 1,
                y,
                2,
                &choice.letter.to_string().into(),
                Token::Accent,
            );
            canvas.text(
                inside.x + 4,
                y,
                inside.width.saturating_sub(5),
                &choice.label,
                Token::Text,
            );
            canvas.right(
                inside.right().saturating_sub(1),
                y,
                inside.width,
                &choice.aside,
                Token::Muted,
            );
            if row == self.list.cursor() {
                canvas.put(inside.x, y, canvas.glyphs.cursor, Token::Accent);
                canvas.over(line, Token::Cursor);
            }
            canvas.hit(line, Target::Row(Pane::Popup, row));
        }
    }
}
