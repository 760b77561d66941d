//! The theme picker: each theme is shown on the whole screen while the cursor is on it; Esc goes
//! back to the one before.

use crate::text::Shown;
use crate::tui::canvas::Canvas;
use crate::tui::canvas::hit::{Gesture, Pane, Target, Touch};
use crate::tui::canvas::phrase::Phrase;
use crate::tui::keymap::{Action, Context};
use crate::tui::message::Message;
use crate::tui::page::{Act, Cx, Look, Move, Page};
use crate::tui::shared::Shared;
use crate::tui::theme::{self, Theme, Token};
use crate::tui::widget::picker::{Item, Picker};

/// The themes, and the one to go back to.
#[derive(Debug, Clone, PartialEq)]
pub struct Themes {
    picker: Picker<String>,
    before: String,
}

impl Themes {
    /// All themes, the cursor on the present one.
    pub fn new(shared: &Shared) -> Self {
        let mut names = vec![theme::AUTO.to_owned()];
        names.extend(theme::names(shared.theme_folder.as_deref()));
        let item = |name: String| Item {
            label: Shown::from(name.clone()),
            aside: Shown::from(if name == shared.theme_name {
                "now".to_owned()
            } else {
                String::new()
            }),
            class: "",
            value: name,
        };
        let mut picker = Picker::new(names.into_iter().map(item).collect());
        picker.choose(|name| *name == shared.theme_name);
        Self {
            picker,
            before: shared.theme_name.clone(),
        }
    }

    fn preview(&self, cx: &mut Cx<'_>) {
        if let Some(item) = self.picker.chosen() {
            apply(cx.shared, &item.value);
        }
    }
}

fn keep(cx: &mut Cx<'_>) {
    cx.shared.session.theme = Some(cx.shared.theme_name.clone());
    cx.go(Move::Leave);
}

/// Changes the theme; what is wrong with it is said, and the present one stays.
pub fn apply(shared: &mut Shared, name: &str) -> bool {
    match Theme::load(
        name,
        shared.depth,
        shared.appearance,
        shared.theme_folder.as_deref(),
    ) {
        Ok(theme) => {
            shared.theme = theme;
            name.clone_into(&mut shared.theme_name);
            true
        }
        Err(error) => {
            shared.say(Message::error(error.to_string()));
            false
        }
    }
}

impl Page for Themes {
    fn context(&self) -> Context {
        Context::Picker
    }

    fn act(&mut self, act: Act, cx: &mut Cx<'_>) -> bool {
        let rows = cx.rows(Pane::Popup);
        match act.action {
            Action::Dismiss => {
                apply(cx.shared, &self.before);
                cx.go(Move::Leave);
            }
            Action::Run => keep(cx),
            _ if self.picker.act(act, rows) => self.preview(cx),
            _ => return false,
        }
        true
    }

    fn typed(&mut self, c: char, cx: &mut Cx<'_>) {
        self.picker.typed(c);
        self.preview(cx);
    }

    fn touched(&mut self, touch: &Touch, cx: &mut Cx<'_>) {
        if let (Gesture::Click | Gesture::DoubleClick, Target::Row(_, row)) =
            (touch.gesture, &touch.target)
        {
            self.picker.choose_row(*row);
            self.preview(cx);
            if touch.gesture == Gesture::DoubleClick {
                keep(cx);
            }
        }
    }

    fn draw(&self, look: &Look<'_>, canvas: &mut Canvas<'_>) {
        let area = canvas.place(34, self.picker.len() as u16 + 3);
        let theme = &look.shared.theme;
        let title = Phrase::text("theme").and(Token::Muted, format!("  {}", depth_name(theme)));
        let foot = Phrase::of(Token::Accent, "Esc").and(Token::Muted, " goes back");
        let inside = canvas.popup(area, &title, &foot);
        super::palette::draw_picker(&self.picker, "", canvas, inside, look.focused);
    }
}

fn depth_name(theme: &Theme) -> &'static str {
    match theme.depth() {
        theme::Depth::Truecolor => "24-bit colour",
        theme::Depth::Ansi256 => "256 colours",
        theme::Depth::Ansi16 => "16 colours",
        theme::Depth::Mono => "no colour",
    }
}
