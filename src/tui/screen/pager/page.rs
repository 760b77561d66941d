//! What keys and the mouse do on the page.

use crate::text::Shown;
use crate::tui::canvas::Canvas;
use crate::tui::canvas::hit::{Gesture, Pane, Target, Touch};
use crate::tui::effect::{Effect, Outside};
use crate::tui::keymap::{Action, Context};
use crate::tui::message::Message;
use crate::tui::page::{Act, Cx, Look, Move, Page};

use super::{Pager, STEP, draw};

impl Pager {
    fn act_find(&mut self, act: Act, screen: (u16, usize), cx: &mut Cx<'_>) -> bool {
        match act.action {
            Action::Run => {
                self.find.typing = false;
                if !self.hunt(true, screen) && self.find.is_on() {
                    cx.say(Message::doubt("the value does not have that text"));
                }
            }
            Action::Dismiss => self.find.clear(),
            action => {
                let edited = self.find.input.act(action);
                self.look();
                return edited;
            }
        }
        true
    }

    fn look(&mut self) {
        let raw = self.reading.raw.as_ref().filter(|_| self.raw);
        self.find.run(raw.unwrap_or(&self.reading.text));
    }

    fn outside(&self, tool: fn(String, &'static str) -> Outside, cx: &mut Cx<'_>) {
        let extension = self.form().extension();
        cx.outside(tool(self.text().to_owned(), extension));
    }

    fn sideways(&mut self, right: bool, times: usize) {
        let by = STEP * times;
        // A line has at most as many columns as bytes, but for what is written out.
        let longest = self
            .pieces
            .iter()
            .map(|piece| piece.key.len() + piece.text.len());
        let most = longest.max().unwrap_or(0).saturating_sub(STEP);
        self.left = if right {
            (self.left + by).min(most)
        } else {
            self.left.saturating_sub(by)
        };
    }
}

impl Page for Pager {
    fn context(&self) -> Context {
        if self.find.typing {
            Context::Query
        } else {
            Context::Pager
        }
    }

    fn crumb(&self) -> Shown<'static> {
        self.reading.title.clone()
    }

    fn act(&mut self, act: Act, cx: &mut Cx<'_>) -> bool {
        let (width, height) = (cx.width(Pane::Body), cx.rows(Pane::Body));
        let screen = (width, height);
        if self.find.typing {
            return self.act_find(act, screen, cx);
        }
        match act.action {
            Action::In => match self.open(width) {
                Some(inner) => cx.go(Move::Open(inner)),
                None => self.fold(None, screen),
            },
            Action::Fold => self.fold(None, screen),
            Action::OpenFold => self.fold(Some(false), screen),
            Action::CloseFold => self.fold(Some(true), screen),
            Action::OpenAll => self.fold_all(false, screen),
            Action::CloseAll => self.fold_all(true, screen),
            Action::Right if self.wrap => self.fold(Some(false), screen),
            Action::Left if self.wrap => self.fold(Some(true), screen),
            Action::Right | Action::Left => self.sideways(act.action == Action::Right, act.times()),
            Action::Whole => self.left = 0,
            Action::Wrap => {
                let here = self.piece(width).unwrap_or(0);
                (self.wrap, self.left) = (!self.wrap, 0);
                self.rows.clear();
                self.go(here, width, height);
            }
            Action::Raw => {
                self.raw = !self.raw;
                self.lay();
            }
            Action::Ask => self.find.typing = true,
            Action::NextHit | Action::PreviousHit => {
                if !self.hunt(act.action == Action::NextHit, screen) {
                    cx.say(Message::note("nothing found: / finds"));
                }
            }
            Action::Dismiss if self.find.is_on() => self.find.clear(),
            Action::CopyValue | Action::CopyRow => {
                let raw = self.reading.raw.as_ref();
                cx.copy("value", raw.unwrap_or(&self.reading.text).clone());
            }
            Action::InPager => self.outside(Outside::Page, cx),
            Action::EditOutside => self.outside(Outside::View, cx),
            _ => return self.list.act(act, height, self.rows(width).len()),
        }
        true
    }

    fn typed(&mut self, c: char, _cx: &mut Cx<'_>) {
        self.find.input.insert(c);
        self.look();
    }

    fn touched(&mut self, touch: &Touch, cx: &mut Cx<'_>) {
        let screen = (cx.width(Pane::Body), cx.rows(Pane::Body));
        let len = self.rows(screen.0).len();
        match (touch.gesture, &touch.target) {
            (Gesture::Wheel(by), _) => self.list.wheel(by, screen.1, len),
            (Gesture::Click | Gesture::DoubleClick, Target::Row(Pane::Body, row)) => {
                self.list.go(*row, screen.1, len);
                if touch.gesture == Gesture::DoubleClick {
                    self.act(Act::of(Action::In), cx);
                }
            }
            _ => {}
        }
    }

    fn hints(&self) -> Vec<(Action, &'static str)> {
        let mut hints = vec![(Action::Ask, "find"), (Action::CopyValue, "copy")];
        if self.pieces.iter().any(|piece| piece.below > 0) {
            hints.push((Action::Fold, "fold"));
        }
        if self.reading.form.is_some() || self.reading.raw.is_some() {
            hints.push((
                Action::Raw,
                if self.raw { "laid out" } else { "as it came" },
            ));
        }
        hints.extend([
            (Action::Wrap, ""),
            (Action::InPager, ""),
            (Action::EditOutside, ""),
            (Action::Out, ""),
            (Action::Help, ""),
        ]);
        hints
    }

    fn draw(&self, look: &Look<'_>, canvas: &mut Canvas<'_>) {
        draw::draw(self, look, canvas);
    }
}

impl Cx<'_> {
    /// Hands text to a tool of the user's own.
    pub fn outside(&mut self, what: Outside) {
        self.effects.push(Effect::Outside(what));
    }

    /// The columns that the last frame gave a pane, at least one.
    pub fn width(&self, pane: Pane) -> u16 {
        self.shared.drawn.pane(pane).width.max(1)
    }
}
