//! The find line under the keys: opening it, editing, running and forgetting what is on it.

use crate::tui::canvas::hit::Pane;
use crate::tui::keymap::Action;
use crate::tui::message::Message;
use crate::tui::page::{Act, Cx, Move};
use crate::tui::screen::{Overlay, Palette};

use super::super::find::Hits;
use super::super::study::Want;
use super::super::{Focus, Open};

impl Open {
    /// The find line has the keys, and what it can go on with is asked for.
    pub(super) fn open_find(&mut self) {
        self.focus = Focus::Find;
        self.find.typing.shut();
        self.ask_names();
    }

    pub(super) fn act_find(&mut self, act: Act, cx: &mut Cx<'_>) -> bool {
        match act.action {
            Action::Run => self.run_find(cx),
            Action::Dismiss => {
                self.focus = Focus::Tree;
                self.clear_find(cx.rows(Pane::Body));
            }
            Action::SearchHistory => {
                let finds = Palette::finds(cx.shared);
                cx.go(Move::Over(Overlay::Palette(finds)));
            }
            Action::EditOutside => cx.edit(self.find.text().to_owned()),
            Action::SwapForm => cx.say(Message::note("a find has no form: Tab completes it")),
            action => {
                let before = self.find.text().to_owned();
                let done = self.find.act(action, &cx.shared.session.finds);
                if before != self.find.text() {
                    self.seek();
                }
                return done;
            }
        }
        true
    }

    fn run_find(&mut self, cx: &mut Cx<'_>) {
        self.focus = Focus::Tree;
        cx.shared.session.remember_find(self.find.text().trim());
        let from = self.span().unwrap_or(0).checked_sub(1);
        let hit = from.map_or(self.find.hits.nth(0), |from| self.find.step(from, true, 1));
        match hit {
            Some(span) => self.go(span, cx.rows(Pane::Body)),
            None if self.find.text().is_empty() => {}
            None if self.find.seeking => self.find.eager = true,
            None => cx.say(Message::doubt("no span is like this")),
        }
    }

    /// Looks for something else in place of what is on the line.
    pub fn find_this(&mut self, line: &str) {
        self.find.typing.set(line);
        self.seek();
    }

    pub(super) fn find_operation(&mut self, cx: &mut Cx<'_>) {
        if let Some(span) = self.span() {
            let operation = self.trace.span(span).operation().to_owned();
            cx.shared.session.remember_find(&operation);
            self.find_this(&operation);
        }
    }

    /// Forgets what was found; what it hid comes back. Returns whether there was something.
    pub(super) fn clear_find(&mut self, height: usize) -> bool {
        let hid = self.find.hits_as == Hits::Only;
        if self.find.seeking {
            self.wants.push(Want::NoHits);
        }
        let some = self.find.clear();
        if hid {
            self.sift(height);
        }
        some
    }
}
