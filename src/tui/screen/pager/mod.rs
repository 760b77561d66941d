//! One value, whole: wrapped or scrolled sideways, its folds, searched, laid out or as it came.
//!
//! Whoever opens it hands the text over; the page knows nothing of traces.

mod draw;
mod find;
mod rows;

#[cfg(test)]
mod tests;

use std::collections::BTreeSet;

use crate::text::Shown;
use crate::tui::canvas::Canvas;
use crate::tui::effect::{Effect, Outside};
use crate::tui::hit::{Gesture, Pane, Target, Touch};
use crate::tui::keymap::{Action, Context};
use crate::tui::memo::Memo;
use crate::tui::message::Message;
use crate::tui::page::{Act, Cx, Look, Move, Page};
use crate::tui::screen::Screen;
use crate::tui::value::{self, Form, Ink, Piece};
use crate::tui::widget::list::List;

use find::Find;
use rows::Row;

/// Columns that one step sideways scrolls by.
const STEP: usize = 16;

/// What is to be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reading {
    /// What it is called: an attribute's key.
    pub title: Shown<'static>,
    /// Whose it is.
    pub of: Shown<'static>,
    /// The text, or bytes as hexadecimal digits.
    pub text: String,
    /// How it is laid out; `None` as it came.
    pub form: Option<Form>,
    /// The text as it came, where that is another: bytes in base64.
    pub raw: Option<String>,
}

/// A value, and where the reader stands in it.
#[derive(Debug, Clone, PartialEq)]
pub struct Pager {
    reading: Reading,
    pieces: Vec<Piece>,
    /// Lines that hide what is below them.
    folded: BTreeSet<usize>,
    /// Shown as it came.
    raw: bool,
    /// Rows go on below, or end where the screen does.
    wrap: bool,
    /// Columns scrolled away at the left while nothing wraps.
    left: usize,
    list: List,
    find: Find,
    /// Rows by the width of the screen.
    rows: Memo<u16, Vec<Row>>,
}

impl Pager {
    /// A page on that value, laid out as it is best read.
    pub fn new(reading: Reading) -> Self {
        let mut pager = Self {
            reading,
            pieces: Vec::new(),
            folded: BTreeSet::new(),
            raw: false,
            wrap: true,
            left: 0,
            list: List::default(),
            find: Find::default(),
            rows: Memo::default(),
        };
        pager.lay();
        pager
    }

    /// The text that is shown.
    fn text(&self) -> &str {
        match &self.reading.raw {
            Some(raw) if self.raw => raw,
            _ => &self.reading.text,
        }
    }

    fn form(&self) -> Form {
        self.reading
            .form
            .filter(|_| !self.raw)
            .unwrap_or(Form::Text)
    }

    /// Lays the text out anew, frames of libraries folded.
    fn lay(&mut self) {
        self.pieces = value::lay(self.text(), self.form());
        let of_library = |(_, piece): &(usize, &Piece)| piece.ink == Ink::Aside && piece.below > 0;
        let pieces = self.pieces.iter().enumerate();
        self.folded = pieces.filter(of_library).map(|(at, _)| at).collect();
        self.list = List::default();
        self.rows.clear();
        self.find.run(
            self.reading
                .raw
                .as_ref()
                .filter(|_| self.raw)
                .unwrap_or(&self.reading.text),
        );
    }

    /// The rows on a screen of that width.
    fn rows(&self, width: u16) -> std::sync::Arc<Vec<Row>> {
        self.rows.get(width, || {
            let room = self.wrap.then_some(usize::from(width).max(8));
            let seen = value::visible(&self.pieces, |at| self.folded.contains(&at));
            rows::rows(self.text(), &self.pieces, &seen, room)
        })
    }

    /// The line under the cursor.
    fn piece(&self, width: u16) -> Option<usize> {
        let rows = self.rows(width);
        rows.get(self.list.cursor()).map(|row| row.piece as usize)
    }

    /// Puts the cursor on the first row of a line, or on the last before it.
    fn go(&mut self, piece: usize, width: u16, height: usize) {
        let rows = self.rows(width);
        let row = rows.partition_point(|row| (row.piece as usize) < piece);
        let row = row.min(rows.len().saturating_sub(1));
        self.list.go(row, height, rows.len());
    }

    /// Folds, opens or turns the line under the cursor, or the one that holds it.
    fn fold(&mut self, fold: Option<bool>, (width, height): (u16, usize)) {
        let Some(here) = self.piece(width) else {
            return;
        };
        let folds = |at: &usize| self.pieces.get(*at).is_some_and(|piece| piece.below > 0);
        let owner = || value::owner(&self.pieces, here);
        let at = match fold {
            Some(true) if self.folded.contains(&here) => owner(),
            _ => Some(here).filter(folds).or_else(owner),
        };
        let Some(at) = at else { return };
        if fold.unwrap_or(!self.folded.contains(&at)) {
            self.folded.insert(at);
        } else {
            self.folded.remove(&at);
        }
        self.rows.clear();
        self.go(at, width, height);
    }

    fn fold_all(&mut self, fold: bool, (width, height): (u16, usize)) {
        let here = self.piece(width).unwrap_or(0);
        let pieces = self.pieces.iter().enumerate();
        // The outermost line stays open: folded, it would hide all there is.
        let folds = pieces.filter(|(at, piece)| fold && *at > 0 && piece.below > 0);
        self.folded = folds.map(|(at, _)| at).collect();
        self.rows.clear();
        let here = (0..=here).rev().find(|at| {
            let owner = value::owner(&self.pieces, *at);
            owner.is_none_or(|owner| !self.folded.contains(&owner))
        });
        self.go(here.unwrap_or(0), width, height);
    }

    /// Opens a string of JSON as the text that it stands for, which may be laid out in turn.
    fn open(&self, width: u16) -> Option<Screen> {
        let piece = self.pieces.get(self.piece(width)?)?;
        let text = self.text().get(piece.text.clone())?.trim_end_matches(',');
        let inner: String = serde_json::from_str(text)
            .ok()
            .filter(|_| self.form() == Form::Json)?;
        let key = self.text().get(piece.key.clone())?;
        let title = Shown::from_owned(
            key.trim_end_matches([':', ' '])
                .trim_matches('"')
                .to_owned(),
        );
        let form = value::form_of(title.as_str(), &inner);
        Some(Screen::Pager(Box::new(Self::new(Reading {
            title,
            of: self.reading.title.clone(),
            text: inner,
            form,
            raw: None,
        }))))
    }

    /// Goes to the next or previous hit, opening the folds over it.
    fn hunt(&mut self, forward: bool, (width, height): (u16, usize)) -> bool {
        let rows = self.rows(width);
        let here = rows.get(self.list.cursor()).map_or(0, |row| row.from);
        let Some(hit) = self.find.step(here, forward) else {
            return false;
        };
        let piece = self.pieces.partition_point(|piece| piece.text.end < hit);
        let above = std::iter::successors(value::owner(&self.pieces, piece), |at| {
            value::owner(&self.pieces, *at)
        });
        let above: Vec<usize> = above.collect();
        for at in above {
            self.folded.remove(&at);
        }
        self.rows.clear();
        let rows = self.rows(width);
        let row = rows
            .partition_point(|row| row.to <= hit)
            .min(rows.len().saturating_sub(1));
        self.list.go(row, height, rows.len());
        true
    }

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
