//! Which columns a table has: any number of those on offer, narrowed by typing.

use crate::text::Shown;
use crate::tui::canvas::Canvas;
use crate::tui::canvas::hit::{Pane, Touch};
use crate::tui::canvas::phrase::Phrase;
use crate::tui::keymap::{Action, Context};
use crate::tui::page::{Act, Cx, Look, Move, Page};
use crate::tui::theme::Token;
use crate::tui::widget::picker::{Item, Picker};

/// The columns on offer.
#[derive(Debug, Clone, PartialEq)]
pub struct Columns {
    offered: Vec<(String, Shown<'static>)>,
    picker: Picker<String>,
    /// Some were added or taken away: what is under the cursor is not chosen by closing, too.
    changed: bool,
}

impl Columns {
    /// Columns by name, each with a word of what it shows; those in `chosen` stand in front.
    pub fn new(offered: Vec<(String, Shown<'static>)>, chosen: &[String]) -> Self {
        let mut columns = Self {
            offered,
            picker: Picker::new(Vec::new()),
            changed: false,
        };
        columns.picker = Picker::new(columns.items(chosen));
        columns
    }

    fn items(&self, chosen: &[String]) -> Vec<Item<String>> {
        let shown = |name: &String| chosen.contains(name);
        let mut offered: Vec<_> = self.offered.iter().collect();
        // A column that no span here has can be taken away all the same.
        let known = |name: &&String| self.offered.iter().any(|(other, _)| other == *name);
        let gone: Vec<_> = chosen
            .iter()
            .filter(|name| !known(name))
            .map(|name| (name.clone(), Shown::new("not in this trace")))
            .collect();
        offered.extend(&gone);
        offered.sort_by_key(|(name, _)| !shown(name));
        let item = |(name, said): &(String, Shown<'static>)| Item {
            class: if shown(name) { "shown" } else { "" },
            label: Shown::new(name).into_owned(),
            aside: said.clone(),
            value: name.clone(),
        };
        offered.into_iter().map(item).collect()
    }

    /// Adds the column under the cursor, or takes it away.
    fn toggle(&mut self, cx: &mut Cx<'_>) {
        let Some(name) = self.picker.chosen().map(|item| item.value.clone()) else {
            return;
        };
        self.changed = true;
        let chosen = &mut cx.shared.session.columns;
        let before = chosen.len();
        chosen.retain(|other| *other != name);
        if chosen.len() == before {
            chosen.push(name.clone());
        }
        let items = self.items(chosen);
        self.picker.replace(items);
        self.picker.choose(|other| *other == name);
    }
}

impl Page for Columns {
    fn context(&self) -> Context {
        Context::Picker
    }

    fn act(&mut self, act: Act, cx: &mut Cx<'_>) -> bool {
        match act.action {
            Action::Dismiss => cx.go(Move::Leave),
            Action::Complete => self.toggle(cx),
            Action::Run => {
                if !self.changed {
                    self.toggle(cx);
                }
                cx.go(Move::Leave);
            }
            _ => return self.picker.act(act, cx.rows(Pane::Popup)),
        }
        true
    }

    fn typed(&mut self, c: char, _cx: &mut Cx<'_>) {
        self.picker.typed(c);
    }

    fn touched(&mut self, touch: &Touch, cx: &mut Cx<'_>) {
        if self.picker.touched(touch, cx.rows(Pane::Popup)) {
            self.toggle(cx);
        }
    }

    fn draw(&self, look: &Look<'_>, canvas: &mut Canvas<'_>) {
        let screen = canvas.area();
        let rows = (self.offered.len() as u16)
            .saturating_add(3)
            .min(screen.height / 2 + 2);
        let area = canvas.place(screen.width.saturating_sub(4).min(84), rows.max(8));
        let count = look.shared.session.columns.len();
        let title = Phrase::text("columns").and(Token::Muted, format!("  {count} shown"));
        let foot = Phrase::of(Token::Accent, "Tab")
            .and(Token::Muted, " adds or takes away   ")
            .and(Token::Accent, "Enter")
            .and(Token::Muted, " and closes   ")
            .and(Token::Accent, "Esc")
            .and(Token::Muted, " closes");
        let inside = canvas.popup(area, &title, &foot);
        super::palette::draw_picker(&self.picker, "", canvas, inside, look.focused);
    }
}
